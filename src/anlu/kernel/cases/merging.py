"""Duplicates: the same thing found twice is suggested by place and kind, and merged into the first."""

from __future__ import annotations

import math
from typing import Any
from uuid import UUID

from django.db import transaction
from django.db.models import Q

from anlu.engine.geo import distance_m
from anlu.kernel.cases.history import add_event, tell
from anlu.kernel.cases.kinds import Kind, kinds
from anlu.kernel.cases.models import Case, CaseFile, CaseUnit, CaseWatcher, Outcome, Part
from anlu.kernel.cases.roles import has_role
from anlu.kernel.cases.services import FIGURED, MoveRefused, case_for, close, give_part, written
from anlu.kernel.core.audit import record
from anlu.kernel.core.errors import NotAllowed
from anlu.kernel.core.history import changed_fields, fields_of
from anlu.kernel.core.scope import SYSTEM, Viewer
from anlu.kernel.places.models import Located
from anlu.kernel.places.services import position_of

CELL_EQUATOR_M = 40_075_016.686 / 2**Located.CELL_ZOOM
SHOWN = 5


def cases_near(
    kind: Kind, lon: float, lat: float, *, by: Viewer, within_m: float | None = None, but: int | None = None
) -> list[tuple[Case, float]]:
    """Open cases of a kind within some metres (default: the kind's) that ``by`` may see, the nearest first."""
    reach = kind.near_m if within_m is None else within_m
    here = position_of(lon, lat)
    if here is None or reach <= 0:
        return []
    cells = int(reach / (CELL_EQUATOR_M * math.cos(math.radians(lat)))) + 1
    box = Q(cell_x__range=(here.cell_x - cells, here.cell_x + cells))
    box &= Q(cell_y__range=(here.cell_y - cells, here.cell_y + cells))
    rows = Case.objects.visible_to(by).open().filter(box, kind=kind.code)
    found: list[tuple[Case, float]] = [
        (one, float(distance_m(lon, lat, one.lon, one.lat)))
        for one in (rows.exclude(pk=but) if but else rows)
    ]
    return sorted((pair for pair in found if pair[1] <= reach), key=lambda pair: pair[1])[:SHOWN]


def likely_duplicates(case: Case, kind: Kind, *, by: Viewer) -> list[tuple[Case, float]]:
    """Open cases of the same kind near this one."""
    if case.lon is None or case.lat is None or case.closed_on is not None:
        return []
    return cases_near(kind, case.lon, case.lat, by=by, but=case.pk)


@transaction.atomic
def merge_cases(double: UUID, into: UUID, *, by: Viewer) -> Case:
    """
    Merge a case into another of its family; gives back the other.

    Its units, watchers and reporter go on with the other, its files are shown there, and whatever is done to it later
    is done to the other (``services.case_for``).

    Raises
    ------
    MoveRefused
        The same case, another family, one of them closed or merged.
    NotAllowed
        ``by`` may not handle both.
    PeriodClosed
        The one that goes was found in a closed period, and nobody granted a correction.
    """
    if double == into:
        raise MoveRefused("不能并入自己")
    pairs = {one: case_for(by, one, lock=True) for one in sorted((double, into))}
    gone, kept = pairs[double], pairs[into]
    if gone.uid != double or kept.uid != into:
        raise MoveRefused("其中一件已并入别的事项")
    if gone.family != kept.family:
        raise MoveRefused("不是同一台账的事项，不能合并")
    if gone.closed_on is not None or kept.closed_on is not None:
        raise MoveRefused("已办结的事项不能合并")
    if not all(has_role(one, "squadron", by) for one in (gone, kept)):
        raise NotAllowed("合并由辖区中队或上级办理")
    before = fields_of(gone, FIGURED)
    gone.merged_into = kept
    close(gone, Outcome.MERGED)
    gone.version += 1
    add_event(gone, "merged", f"并入 {kept.number}", by=by, colour="grey")
    gone.save()
    _hand_over(gone, kept)
    event = add_event(kept, "merge", f"并入 {gone.number}", by=by, note=gone.title, colour="blue")
    kinds.get(kept.kind).follow(kept, "merge", by)
    record("merge", gone, by=by, changes=changed_fields(before, gone, FIGURED), note=kept.number)
    written(gone)
    written(kept)
    reporters: set[Any] = {gone.created_by} if gone.created_by else set()
    tell(kept, reporters, f"{gone.number} 已并入 {kept.number}：{kept.title}", key=f"{event.uid}", by=by)
    return kept


def _hand_over(gone: Case, kept: Case) -> None:
    """Units, watchers, reporter and files of the one go on with the other."""
    Case.objects.filter(merged_into=gone).update(merged_into=kept)
    for part in CaseUnit.objects.filter(case=gone).select_related("unit"):
        give_part(kept, part.unit, Part.MERGED)
    people = set(CaseWatcher.objects.filter(case=gone).values_list("person", flat=True))
    people |= {gone.created_by} if gone.created_by and gone.created_by != SYSTEM.uid else set()
    have = set(CaseWatcher.objects.filter(case=kept).values_list("person", flat=True))
    CaseWatcher.objects.bulk_create(CaseWatcher(case=kept, person=one) for one in people - have)
    CaseFile.objects.filter(case=gone).update(case=kept)

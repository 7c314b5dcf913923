"""Writes of hazards: reported from a telephone, measures and quantities, interim measures; markets and rules."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from typing import Any, Final
from uuid import UUID

from django.db import IntegrityError, transaction

from anlu.apps.hazards import terms
from anlu.apps.hazards.common import FAMILY
from anlu.apps.hazards.models import (
    STANDING,
    GradeRule,
    Hazard,
    InterimMeasure,
    Market,
    Responsibility,
    WorkDone,
)
from anlu.kernel.cases.files import Kept, attach, require_partner
from anlu.kernel.cases.history import add_event
from anlu.kernel.cases.models import Case
from anlu.kernel.cases.services import MoveRefused, case_for, open_case, written
from anlu.kernel.core.audit import record
from anlu.kernel.core.clock import today
from anlu.kernel.core.dictionaries import label_of
from anlu.kernel.core.errors import AnluError, NotFound
from anlu.kernel.core.naming import sort_key_of
from anlu.kernel.core.revisions import touch
from anlu.kernel.core.scope import Viewer
from anlu.kernel.core.services import RecordServices, strike_out
from anlu.kernel.people.access import responsible_unit
from anlu.kernel.people.models import Unit
from anlu.kernel.places.locating import Locator

MARKETS_REVISION: Final = "hazards.market"
MOST_WORKS: Final = 20


class HazardProblem(AnluError):
    """What was stated about a hazard or a market contradicts itself."""


# ------------------------------------------------------------------------------------------------ reporting
@dataclass(frozen=True)
class Reported:
    """A hazard, and whether this report made it (False: the same draft had arrived before)."""

    case: Case
    new: bool


def report_hazard(
    kind: str,
    values: Mapping[str, Any],
    *,
    by: Viewer,
    details: Mapping[str, Any] | None = None,
    files: Sequence[Kept] = (),
    client_uid: UUID | None = None,
    accuracy_m: float | None = None,
    interim: tuple[str, date] | None = None,
) -> Reported:
    """
    Open a hazard with its photographs; a draft that is sent again is found, not doubled.

    Parameters
    ----------
    client_uid
        Made by the telephone when the draft was begun.
    interim
        An interim measure that stands already, and until when.

    Raises
    ------
    FactProblem, NotAllowed, BadFile
        As ``open_case`` and ``attach``.
    """
    known = _sent_before(client_uid, by)
    if known is not None:
        return Reported(known, new=False)
    try:
        with transaction.atomic():
            case = open_case(kind, values, details=details, by=by)
            Hazard.objects.filter(case=case).update(client_uid=client_uid, accuracy_m=accuracy_m)
            if files:
                attach(case.uid, files, by=by)
            if interim is not None:
                set_interim(case.uid, interim[0], interim[1], by=by)
    except IntegrityError:  # the same draft, sent twice at the same moment
        known = _sent_before(client_uid, by)
        if known is None:
            raise
        return Reported(known, new=False)
    return Reported(case, new=True)


def _sent_before(client_uid: UUID | None, by: Viewer) -> Case | None:
    if client_uid is None:
        return None
    found = (
        Hazard.objects.filter(client_uid=client_uid, case__created_by=by.uid).select_related("case").first()
    )
    return found.case if found else None


# ------------------------------------------------------------------------------------------------ measures
@dataclass(frozen=True)
class Work:
    """A measure with its quantity of work; ``item`` is "" where there is nothing to count."""

    measure: str
    item: str = ""
    quantity: Decimal = Decimal(0)
    note: str = ""


@transaction.atomic
def add_works(uid: UUID, works: Sequence[Work], *, by: Viewer, done_on: date | None = None) -> list[WorkDone]:
    """
    Write down what was done.

    Raises
    ------
    HazardProblem
        Nothing is stated, a quantity without an item or an item without a quantity, or a day to come.
    NotAllowed, MoveRefused
        ``by`` has no part in it, or it is closed.
    """
    case = _open_hazard(uid, by)
    day = done_on or today()
    if not works or len(works) > MOST_WORKS:
        raise HazardProblem(f"请登记 1 至 {MOST_WORKS} 项措施")
    if day > today():
        raise HazardProblem("完成日期晚于今天")
    if day < case.found_on:
        raise HazardProblem("完成日期早于发现日期")
    for one in works:
        _require_sound(one)
    rows = [
        WorkDone(case=case, measure=one.measure, item=one.item, quantity=one.quantity, done_on=day, note=one.note,
                 by_name=by.name[:60], created_by=by.uid)
        for one in works
    ]  # fmt: skip
    for row in rows:
        row.save()
    words = "；".join(work_words(row) for row in rows)
    add_event(case, "works", "登记整改措施", by=by, note=words, colour="blue")
    record("works", case, by=by, note=words)
    written(case)
    return rows


def _require_sound(one: Work) -> None:
    if not one.measure:
        raise HazardProblem("请选择措施")
    if one.quantity < 0 or one.quantity >= Decimal(10) ** 8:
        raise HazardProblem("数量须为不小于 0 的数")
    if bool(one.item) != (one.quantity > 0):
        raise HazardProblem("工程量须同时填项目和数量")


def work_words(row: WorkDone) -> str:
    """修剪 修剪绿篱 46 米."""
    measure = label_of(terms.MEASURE, row.measure)
    if not row.item:
        return measure
    label, _, unit = label_of(terms.WORK, row.item).partition("(")
    return f"{measure}：{label}{row.quantity.normalize():f}{unit.rstrip(')')}"


@transaction.atomic
def void_work(uid: UUID, *, why: str, by: Viewer) -> WorkDone:
    """
    Take a line out that should not be there, while the hazard is open.

    Raises
    ------
    NotFound
        There is no such line any more.
    HazardProblem
        No reason is given.
    NotAllowed, MoveRefused
        As ``add_works``.
    """
    row = WorkDone.objects.live().filter(uid=uid).select_related("case").first()
    if row is None:
        raise NotFound("没有这项措施")
    case = _open_hazard(row.case.uid, by)
    if not why.strip():
        raise HazardProblem("移除须说明原因")
    strike_out(row, why=why, by=by)
    words = f"{work_words(row)}：{why.strip()}"
    add_event(case, "works.void", "移除整改措施", by=by, note=words, colour="grey")
    record("works.void", case, by=by, note=words)
    written(case)
    return row


# ------------------------------------------------------------------------------------------------ interim
@transaction.atomic
def set_interim(uid: UUID, measure: str, until: date, *, by: Viewer, note: str = "") -> InterimMeasure:
    """
    Write down an interim measure and until when it must stand.

    Raises
    ------
    HazardProblem
        No measure, or a day that is past.
    """
    case = _open_hazard(uid, by)
    if not measure:
        raise HazardProblem("请选择临时措施")
    if until < today():
        raise HazardProblem(f"保持到 {until}，早于今天")
    made: InterimMeasure = InterimMeasure.objects.create(
        case=case, measure=measure, set_on=today(), until=until, note=note.strip()[:200], by_name=by.name[:60],
        created_by=by.uid,
    )  # fmt: skip
    words = f"{label_of(terms.INTERIM, measure)}，保持到 {until}"
    add_event(case, "interim", "设临时措施", by=by, note=words, colour="amber")
    record("interim", case, by=by, note=words)
    written(case)
    return made


@transaction.atomic
def remove_interim(uid: UUID, *, by: Viewer) -> InterimMeasure:
    """Say that an interim measure was taken away; also after the hazard was closed."""
    row, case = _standing(uid, by)
    row.removed_on = today()
    row.save()
    words = label_of(terms.INTERIM, row.measure)
    add_event(case, "interim.end", "撤除临时措施", by=by, note=words, colour="grey")
    record("interim.end", case, by=by, note=words)
    return row


@transaction.atomic
def hand_over_interim(uid: UUID, to: Unit, *, by: Viewer) -> InterimMeasure:
    """
    Say that an interim measure stays and who keeps it from now on (a warning sign goes to the highway office).

    Raises
    ------
    NotFound, NotAllowed
        As ``remove_interim``.
    """
    row, case = _standing(uid, by)
    row.handed_on, row.handed_to = today(), to
    row.save()
    words = f"{label_of(terms.INTERIM, row.measure)}，移交{to.name}"
    add_event(case, "interim.hand", "移交临时措施", by=by, note=words, colour="grey")
    record("interim.hand", case, by=by, note=words)
    return row


def _standing(uid: UUID, by: Viewer) -> tuple[InterimMeasure, Case]:
    """An interim measure that still stands, and its hazard, locked."""
    rows = InterimMeasure.objects.live().filter(STANDING, uid=uid)
    known = rows.values_list("case__uid", flat=True).first()
    if known is None:
        raise NotFound("没有这项临时措施，或已撤除、移交")
    case = case_for(by, known, lock=True)
    require_partner(case, by)
    row = rows.first()
    if row is None:
        raise NotFound("没有这项临时措施，或已撤除、移交")
    return row, case


def _open_hazard(uid: UUID, by: Viewer) -> Case:
    case = case_for(by, uid, lock=True)
    if case.family != FAMILY.code:
        raise NotFound("没有这处隐患")
    require_partner(case, by)
    if case.closed_on is not None:
        raise MoveRefused("已办结的隐患不能再登记")
    return case


# ------------------------------------------------------------------------------------------------ markets, rules
def _prepare_market(market: Market) -> None:
    Locator.current().complete(market, at=market.site)
    market.sort_key = sort_key_of(market.name)[:200]
    if market.unit_id is None:
        market.unit_id = responsible_unit(market.town_id, on=today())
    if market.town_id is None:
        raise HazardProblem("请选择镇街，或在图上点选位置")
    if market.calendar != "daily" and not market.fair_days:
        raise HazardProblem("请填写逢集日，如 逢一、六")
    if market.state == "moved" and not market.moved_to:
        raise HazardProblem("已搬迁的请填写搬迁地点")
    if (
        market.chainage_to_m is not None
        and market.chainage_m is not None
        and market.chainage_to_m < market.chainage_m
    ):
        raise HazardProblem("止桩号小于起桩号")
    if market.opens and market.closes and market.closes <= market.opens:
        raise HazardProblem("结束时间早于开始时间")
    touch(MARKETS_REVISION)


def _edited(row: Responsibility | GradeRule) -> None:
    row.edited = True
    if row.valid_from and row.valid_to and row.valid_to < row.valid_from:
        raise HazardProblem("停用日期早于启用日期")


PLACED: Final = ("lon", "lat", "town", "road", "chainage_m", "location_state", "unit", "sort_key")
markets = RecordServices(Market, "hazards.market", prepare=_prepare_market, tracked=PLACED)
responsibilities = RecordServices(
    Responsibility, "hazards.responsibility", prepare=_edited, tracked=("edited",)
)
rules = RecordServices(GradeRule, "hazards.rule", prepare=_edited, tracked=("edited",))

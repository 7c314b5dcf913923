"""The register of source systems and of the collections kept here, and what an import brought, changed and misses."""

from __future__ import annotations

import csv
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date
from pathlib import Path
from typing import Any, Final
from uuid import UUID

from django.db import transaction
from django.db.models import F, QuerySet
from django.db.models.functions import Coalesce

from anlu.kernel.core import permissions
from anlu.kernel.core.audit import record
from anlu.kernel.core.errors import AnluError, NeedsReason
from anlu.kernel.core.importing.reach import DAY, has_days, reach_of
from anlu.kernel.core.models import Batch, StagedChange
from anlu.kernel.core.models.sources import DataSet, SourceSystem
from anlu.kernel.core.ownership import system_of
from anlu.kernel.core.scope import SYSTEM, Viewer
from anlu.kernel.core.services import add_record, change_record, record_for, restore_record, void_record

FEW_LEFT: Final = 100_000  # rows that only earlier files hold, so few that their days are looked at
SHIPPED: Final = Path(__file__).parent / "registers" / "source_systems.csv"


class FormatTaken(AnluError):
    """An import format that already belongs to another system."""


# ------------------------------------------------------------------------------------------------ registers
def add_source(values: Mapping[str, Any], *, by: Viewer) -> SourceSystem:
    """Register a system."""
    _check_formats(values, None)
    return add_record(SourceSystem(**values), by=by, permission=permissions.SOURCE_CHANGE)


def change_source(uid: UUID, values: Mapping[str, Any], *, version: int, by: Viewer) -> SourceSystem:
    """Change what is registered of a system."""
    _check_formats(values, uid)
    return change_record(
        SourceSystem, uid, values, version=version, by=by, permission=permissions.SOURCE_CHANGE
    )


def void_source(uid: UUID, *, why: str, by: Viewer) -> SourceSystem:
    """Take a system out of the register: its records are then changed here with a reason."""
    return void_record(SourceSystem, uid, why=why, by=by, permission=permissions.SOURCE_CHANGE)


def restore_source(uid: UUID, *, by: Viewer) -> SourceSystem:
    """Bring it back."""
    return restore_record(SourceSystem, uid, by=by, permission=permissions.SOURCE_CHANGE)


def _check_formats(values: Mapping[str, Any], uid: UUID | None) -> None:
    for code in values.get("formats", ()):
        owner = system_of(code)
        if owner is not None and owner.uid != uid:
            raise FormatTaken(f"导入格式「{code}」已登记在{owner.name}名下")


def add_dataset(values: Mapping[str, Any], *, by: Viewer) -> DataSet:
    """Register a collection of data."""
    return add_record(DataSet(**values), by=by, permission=permissions.DATASET_CHANGE)


def change_dataset(uid: UUID, values: Mapping[str, Any], *, version: int, by: Viewer) -> DataSet:
    """Change what is registered of a collection."""
    return change_record(DataSet, uid, values, version=version, by=by, permission=permissions.DATASET_CHANGE)


def void_dataset(uid: UUID, *, why: str, by: Viewer) -> DataSet:
    """Take an entry that should not be there out of the register (destroying data is another thing)."""
    return void_record(DataSet, uid, why=why, by=by, permission=permissions.DATASET_CHANGE)


def restore_dataset(uid: UUID, *, by: Viewer) -> DataSet:
    """Bring it back."""
    return restore_record(DataSet, uid, by=by, permission=permissions.DATASET_CHANGE)


@transaction.atomic
def record_destruction(uid: UUID, *, on: date, how: str, by: Viewer) -> DataSet:
    """
    Write down that a collection was destroyed.

    Raises
    ------
    NeedsReason
        ``how`` is empty.
    NotFound
        There is none, or ``by`` may not.
    """
    if not how.strip():
        raise NeedsReason("请写明如何销毁、谁监销")
    found = record_for(DataSet, uid, by=by, permission=permissions.DATASET_CHANGE)
    found.destroyed_on, found.destroyed_how = on, how.strip()[:200]
    found.version += 1
    found.save()
    record("destroy", found, by=by, note=found.destroyed_how)
    return found


def overdue_datasets(*, on: date) -> QuerySet[DataSet]:
    """Collections whose time is over and whose destruction nobody wrote down, the oldest first."""
    return (
        DataSet.objects.live()
        .filter(keep_until__lt=on, destroyed_on__isnull=True)
        .order_by("keep_until", "pk")
    )


@transaction.atomic
def seed_sources(*, by: Viewer = SYSTEM) -> int:
    """Register the systems that every brigade has to do with, those that were never registered; gives how many."""
    known = set(SourceSystem.objects.values_list("code", flat=True))
    with SHIPPED.open(encoding="utf-8", newline="") as file:
        rows = [row for row in csv.DictReader(file) if row["code"] not in known]
    for row in rows:
        add_source({**row, "formats": row["formats"].split()}, by=by)
    return len(rows)


# -------------------------------------------------------------------------- new, changed, vanished
@dataclass(frozen=True)
class Vanished:
    """Rows that an earlier import brought and this one did not, within the days that its file covers."""

    rows: QuerySet[Any]
    since: date | None
    until: date | None


def added_rows(rows: QuerySet[Any], batch: Batch) -> QuerySet[Any]:
    """Of ``rows``, those that ``batch`` added."""
    return rows.filter(batch=batch)


def changed_rows(rows: QuerySet[Any], batch: Batch) -> QuerySet[Any]:
    """Of ``rows``, those that ``batch`` changed."""
    return rows.filter(pk__in=StagedChange.objects.filter(batch=batch).values("row_id"))


def vanished_rows(rows: QuerySet[Any], batch: Batch) -> Vanished:
    """
    Of ``rows``, those of the same source that stood in an earlier file and do not stand in this one.

    Only days between the first and the last one of the file are looked at, where records have a day: a file of June
    says nothing of May. Records without a day are all looked at.
    """
    reach = reach_of(rows.model, batch)
    earlier = Batch.objects.filter(noun=batch.noun, pk__lt=batch.pk).values_list("pk", flat=True)
    seen_before = rows.model._base_manager.filter(last_seen_batch__in=list(earlier)).order_by()
    left = seen_before.values("pk")[: FEW_LEFT + 1].count()  # from the index alone
    if not left:
        return Vanished(rows.none(), reach.since, reach.until)
    gone = rows.filter(source__in=reach.sources, last_seen_batch__in=list(earlier))
    if not has_days(rows.model):
        return Vanished(gone, None, None)
    if reach.since is None or reach.until is None:
        return Vanished(gone.none(), None, None)
    day = Coalesce(DAY, DAY) if left <= FEW_LEFT else F(DAY)  # no index on it: few are looked at one by one
    inside = gone.annotate(day_of_file=day).filter(day_of_file__range=(reach.since, reach.until))
    return Vanished(inside, reach.since, reach.until)

"""What an import brought, changed and misses: three sheets of rows (``practice`` 8)."""

from __future__ import annotations

from collections.abc import Callable, Collection
from dataclasses import dataclass
from datetime import date
from typing import Any, Final

from django.db.models import QuerySet
from django.urls import reverse

from anlu.kernel.core.importing.fields import MAIN
from anlu.kernel.core.importing.nouns import importers
from anlu.kernel.core.importing.storing import from_json
from anlu.kernel.core.language.words import word
from anlu.kernel.core.models import Batch, Sourced, StagedChange
from anlu.kernel.core.models.batches import BatchState
from anlu.kernel.core.scope import Viewer
from anlu.kernel.core.sources import added_rows, changed_rows, vanished_rows
from anlu.web.ledgers import Ledger, ledgers
from anlu.web.nav import pages
from anlu.web.pages.detail import words_of_changes
from anlu.web.pages.paging import total_of


@dataclass(frozen=True)
class Sheet:
    """One of the three; ``rows`` picks them among those that a person may see and says in words what was looked at."""

    code: str
    label: str
    rows: Callable[[QuerySet[Any], Batch], tuple[QuerySet[Any], str]]


def _added(rows: QuerySet[Any], batch: Batch) -> tuple[QuerySet[Any], str]:
    return added_rows(rows, batch), "这一批新增的"


def _changed(rows: QuerySet[Any], batch: Batch) -> tuple[QuerySet[Any], str]:
    return changed_rows(rows, batch), "原来就有、这一批更新了内容的"


def _vanished(rows: QuerySet[Any], batch: Batch) -> tuple[QuerySet[Any], str]:
    found = vanished_rows(rows, batch)
    within = f"{_day(found.since)} 至 {_day(found.until)} 之间、" if found.since and found.until else ""
    return found.rows, f"{within}同一来源以前导入过、这份文件里没有的；是否作废由人核对"


def changes_in(batch: Batch, ledger: Ledger, keys: Collection[int]) -> dict[int, str]:
    """What an import changed in the records with these keys, in words: each field with its former and its new value."""
    importer = importers.get(batch.noun)
    stated = {one.name for one in importer.sheet(MAIN).fields}
    found = {}
    for staged in StagedChange.objects.filter(batch=batch, row_id__in=keys):
        before, after = (
            from_json(importer.model, {name: row[name] for name in stated & row.keys()})
            for row in (staged.values.get("before", {}), staged.values["row"])
        )
        pairs = {
            name: [before[name], after[name]] for name in sorted(before) if before[name] != after.get(name)
        }
        own = words_of_changes(pairs, importer.model, ledger)
        others = [
            f"{word(importer.sheet(sheet).label)}{word('有变')}"
            for sheet in staged.values.get("replaced", {})
        ]
        found[staged.row_id] = "；".join(part for part in (own, *others) if part)
    return found


def _day(day: date) -> str:
    return f"{day:%Y-%m-%d}"


ADDED: Final = "added"
SHEETS: Final = {
    one.code: one
    for one in (
        Sheet(ADDED, "新增", _added),
        Sheet("changed", "变化", _changed),
        Sheet("vanished", "消失", _vanished),
    )
}


def ledger_of(batch: Batch) -> Ledger | None:
    """The ledger of what was imported."""
    return next((one for one in ledgers if one.importing == batch.noun), None)


def ledger_for(batch: Batch, viewer: Viewer) -> Ledger | None:
    """The ledger of what was imported, when this person may open it and its rows know their batch."""
    ledger = ledger_of(batch)
    if ledger is None or not issubclass(ledger.model, Sourced) or ledger.code not in pages:
        return None
    return ledger if batch.state == BatchState.LIVE and pages.get(ledger.code).allows(viewer) else None


def sheets_of(batch: Batch, viewer: Viewer) -> list[dict[str, Any]]:
    """Label, address and number of rows of each sheet, within what this person may see."""
    ledger = ledger_for(batch, viewer)
    if ledger is None:
        return []
    rows = ledger.visible_rows(viewer)
    adds_only = importers.get(batch.noun).adds_only  # then nothing is changed, and nothing is missed
    return [
        {
            "label": one.label,
            "url": reverse("web.batch.sheet", args=[batch.uid, one.code]),
            "number": total_of(one.rows(rows, batch)[0]),
        }
        for one in SHEETS.values()
        if one.code == ADDED or not adds_only
    ]

"""Who changed a figure after its period was closed, when and why: the records that make the difference."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from typing import Any, Final
from uuid import UUID

from django.db.models import Count, Max, Q

from anlu.engine.periods import Period
from anlu.kernel.core.history import kind_of
from anlu.kernel.core.models import AuditEntry, Record
from anlu.kernel.core.scope import Viewer
from anlu.kernel.indicators.define import Indicator, Leaf
from anlu.kernel.indicators.evaluate import rows_of
from anlu.kernel.indicators.guarding import WRITES, touches
from anlu.kernel.indicators.models import PeriodClose
from anlu.kernel.indicators.window import Window

AT_MOST: Final = 200
WORDS: Final = {"add": "补录", "restore": "恢复", "change": "更正", "void": "作废", "import": "导入"}


@dataclass(frozen=True)
class Restatement:
    """One act that made a difference to a closed figure."""

    at: datetime
    who: str
    action: str
    label: str
    why: str
    kind: str
    uid: UUID | None

    @property
    def words(self) -> str:
        """补录, 更正, 作废 ..."""
        return WORDS.get(self.action, self.action)


def restatements(indicator: Indicator, close: PeriodClose, viewer: Viewer) -> list[Restatement]:
    """The acts since the close on records that count, or counted, in it; the latest first."""
    found: list[Restatement] = []
    for leaf in {one.rows.model: one for one in indicator.leaves}.values():
        found += _acts(leaf, close, viewer)
        found += _imports(leaf, close, viewer)
    return sorted(found, key=lambda one: one.at, reverse=True)


def _acts(leaf: Leaf, close: PeriodClose, viewer: Viewer) -> list[Restatement]:
    """From the audit; only of records that the viewer may see."""
    model: type[Record] = leaf.rows.model
    entries = list(
        AuditEntry.objects.filter(thing_kind=kind_of(model), action__in=WRITES, at__gt=close.closed_at)
        .exclude(thing_uid=None)
        .order_by("-pk")[:AT_MOST]
    )
    seen = model.objects.published().in_scope(leaf.scope_of(viewer))
    things = {one.uid: one for one in seen.filter(uid__in={entry.thing_uid for entry in entries})}
    return [
        Restatement(
            entry.at,
            entry.actor_name,
            entry.action,
            entry.thing_label,
            entry.note,
            entry.thing_kind,
            entry.thing_uid,
        )
        for entry in entries
        if (thing := things.get(entry.thing_uid)) is not None
        and touches(leaf, entry.action, thing, entry.changes, close)
    ]


def _imports(leaf: Leaf, close: PeriodClose, viewer: Viewer) -> list[Restatement]:
    """What imports brought since, a line a batch."""
    model: Any = leaf.rows.model
    if not model.has_batches() or model.scope_through:
        return []
    rows = rows_of(leaf, Window(Period.parse(close.period)), viewer)
    late = rows.order_by().filter(Q(recorded_at__gt=close.closed_at), batch__isnull=False)
    lines = late.values_list("batch__pk", "batch__actor_name").annotate(
        rows=Count("pk"), at=Max("recorded_at")
    )
    return [
        Restatement(at, who, "import", f"导入批次 {batch}", f"补录 {count} 条", kind_of(model), None)
        for batch, who, count, at in lines
    ]

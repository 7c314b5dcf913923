"""Who changed a figure after its period was closed, when and why: the records that make the difference."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import datetime
from itertools import islice
from typing import Any, Final
from uuid import UUID

from django.db.models import Count, Max, Q

from anlu.engine.periods import Period
from anlu.kernel.core.history import kind_of
from anlu.kernel.core.models import AuditEntry, Record
from anlu.kernel.core.scope import Viewer
from anlu.kernel.indicators.define import Indicator, Leaf
from anlu.kernel.indicators.evaluate import rows_of
from anlu.kernel.indicators.guarding import FOLLOWED, touches
from anlu.kernel.indicators.models import PeriodClose
from anlu.kernel.indicators.window import Window

AT_MOST: Final = 200  # acts that are shown of a table
AT_ONCE: Final = 500
WORDS: Final = {
    "add": "补录",
    "restore": "恢复",
    "change": "更正",
    "void": "作废",
    "merge": "并入",
    "move": "办理",
    "import": "导入",
    "withdraw": "撤回导入",
}


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
    tables: dict[type[Record], list[Leaf]] = {}
    for leaf in indicator.leaves:
        tables.setdefault(leaf.rows.model, []).append(leaf)
    found: list[Restatement] = []
    for leaves in tables.values():
        found += islice(_acts(leaves, close, viewer), AT_MOST)
        found += _imports(leaves, close, viewer)
    return sorted(found, key=lambda one: one.at, reverse=True)


def _acts(leaves: Sequence[Leaf], close: PeriodClose, viewer: Viewer) -> Iterator[Restatement]:
    """From the audit, the latest first; only of records that the viewer may see, by any leaf over the same table."""
    entries = (
        AuditEntry.objects.filter(
            thing_kind=kind_of(leaves[0].rows.model), action__in=FOLLOWED, at__gt=close.closed_at
        )
        .exclude(thing_uid=None)
        .order_by("-pk")
        .iterator(chunk_size=AT_ONCE)
    )
    while some := list(islice(entries, AT_ONCE)):
        seen = [_seen(leaf, {entry.thing_uid for entry in some}, viewer) for leaf in leaves]
        for entry in some:
            if any(
                (thing := things.get(entry.thing_uid)) is not None
                and touches(leaf, entry.action, thing, entry.changes, close)
                for leaf, things in zip(leaves, seen, strict=True)
            ):
                yield Restatement(
                    entry.at,
                    entry.actor_name,
                    entry.action,
                    entry.thing_label,
                    entry.note,
                    entry.thing_kind,
                    entry.thing_uid,
                )


def _seen(leaf: Leaf, uids: set[UUID | None], viewer: Viewer) -> dict[UUID | None, Record]:
    """Those records of a leaf's noun that the viewer may see, voided ones too."""
    model: type[Record] = leaf.rows.model
    rows = model.objects.published().about(leaf.seen_under).in_scope(leaf.scope_of(viewer))
    return {one.uid: one for one in rows.filter(uid__in=uids)}


def _imports(leaves: Sequence[Leaf], close: PeriodClose, viewer: Viewer) -> list[Restatement]:
    """What imports brought since, a line a batch."""
    model: Any = leaves[0].rows.model
    if not model.has_batches() or model.scope_through:
        return []
    window = Window(Period.parse(close.period))
    counted = Q(pk__in=[])
    for leaf in leaves:
        counted |= Q(pk__in=rows_of(leaf, window, viewer).order_by().values("pk"))
    late = model.objects.filter(counted, recorded_at__gt=close.closed_at, batch__isnull=False).order_by()
    lines = late.values_list("batch__pk", "batch__actor_name").annotate(
        rows=Count("pk"), at=Max("recorded_at")
    )
    return [
        Restatement(at, who, "import", f"导入批次 {batch}", f"补录 {count} 条", kind_of(model), None)
        for batch, who, count, at in lines
    ]

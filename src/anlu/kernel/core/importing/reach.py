"""How far a file reached: from which sources its records are, and which days they span; worked out once."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date
from typing import Any, Final

from django.db.models import Max, Min, Model

from anlu.kernel.core.models import Batch

DAY: Final = "occurred_on"
KEPT_AS: Final = "reach"  # in the options of a batch


@dataclass(frozen=True)
class Reach:
    """Sources and days of the records that stand in a file, whoever looks at them."""

    sources: frozenset[str]
    since: date | None = None
    until: date | None = None

    @classmethod
    def found(cls, model: type[Model], batch: Batch) -> Reach:
        """From the records themselves: reads all that the batch has seen."""
        seen = model._base_manager.filter(last_seen_batch=batch).order_by()
        if not has_days(model):
            return cls.of([(source, None, None) for (source,) in seen.values_list("source").distinct()])
        spans = seen.values("source").annotate(first=Min(DAY), last=Max(DAY))
        return cls.of(spans.values_list("source", "first", "last"))

    @classmethod
    def of(cls, spans: Iterable[tuple[str, date | None, date | None]]) -> Reach:
        """From the span of each source."""
        spans = list(spans)
        first = [one for _, one, _ in spans if one]
        last = [one for _, _, one in spans if one]
        return cls(
            frozenset(source for source, _, _ in spans if source),
            min(first, default=None),
            max(last, default=None),
        )

    def kept(self) -> dict[str, Any]:
        """As a batch keeps it."""
        days = [one.isoformat() if one else None for one in (self.since, self.until)]
        return {"sources": sorted(self.sources), "days": days}


def has_days(model: type[Model]) -> bool:
    """True when records of this kind happen on a day."""
    return any(field.name == DAY for field in model._meta.get_fields())


def reach_of(model: type[Model], batch: Batch) -> Reach:
    """As it was kept, or, for a batch from before it was, worked out."""
    kept = batch.options.get(KEPT_AS)
    if kept is None:
        return Reach.found(model, batch)
    since, until = (date.fromisoformat(one) if one else None for one in kept["days"])
    return Reach(frozenset(kept["sources"]), since, until)

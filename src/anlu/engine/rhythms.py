"""
Required rhythm: what has to be held once a week, month, quarter or year, by whom, and where it is missing.

A *span* is owed by a *bearer* (a unit, a party branch) only when the rhythm and the bearer both exist during
the whole of it, so that nobody owes for a month in which they did not exist. Rules and a worked example:
``docs/methods/rhythm.md``.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, field
from datetime import date
from enum import StrEnum
from typing import Final, Literal

from anlu.engine.periods import Period

Every = Literal["week", "month", "quarter", "half", "year"]
EVERY: Final[tuple[Every, ...]] = ("week", "month", "quarter", "half", "year")


class SpanState(StrEnum):
    """How a span stands on a day."""

    DONE = "done"  # held as often as required
    OPEN = "open"  # not yet, and the span is not over
    MISSING = "missing"  # over, and not held as often as required


@dataclass(frozen=True)
class Rhythm:
    """
    ``times`` in every span.

    Parameters
    ----------
    months
        Months (1-12) to which the spans are narrowed: a yearly meeting that belongs into March is ``every="year",
        months={3}`` and its spans are the Marches. Empty = the whole span.
    start, end
        Days between which the rhythm is required, both included; None = without limit.
    """

    every: Every
    times: int = 1
    months: frozenset[int] = frozenset()
    start: date | None = None
    end: date | None = None

    def __post_init__(self) -> None:
        if self.times < 1:
            raise ValueError(f"times must be at least 1, got {self.times}")
        if not self.months <= frozenset(range(1, 13)):
            raise ValueError(f"months must lie between 1 and 12, got {sorted(self.months)}")


@dataclass(frozen=True)
class Bearer:
    """Who owes it: ``start`` and ``end`` are the first and last day on which they exist, None = without limit."""

    key: str
    start: date | None = None
    end: date | None = None


@dataclass(frozen=True)
class OwedSpan:
    """One span that one bearer owes, and how it stands."""

    bearer: str
    span: Period
    held: int
    required: int
    state: SpanState


def spans_of(rhythm: Rhythm, first: date, last: date) -> Iterator[Period]:
    """Whole spans of the rhythm that begin between two days, in order; narrowed to ``months`` where stated."""
    kind = "month" if rhythm.months else rhythm.every
    span = Period.containing(first, kind)
    if span.start < first:
        span = span.next()
    while span.start <= last:
        if not rhythm.months or span.start.month in rhythm.months:
            yield span
        span = span.next()


def owed_spans(
    rhythm: Rhythm,
    bearers: Iterable[Bearer],
    held: Mapping[str, Iterable[date]],
    *,
    first: date,
    last: date,
    today: date,
) -> list[OwedSpan]:
    """
    Every span that begins from ``first`` to ``last`` and has begun by ``today``, for every bearer who owes it.

    Parameters
    ----------
    held
        Days on which each bearer held it, by their key; days after ``today`` do not count.
    """
    spans = list(spans_of(rhythm, first, min(last, today)))
    found = []
    for bearer in bearers:
        days = sorted(day for day in held.get(bearer.key, ()) if day <= today)
        for span in spans:
            if _exists(rhythm.start, rhythm.end, span) and _exists(bearer.start, bearer.end, span):
                found.append(_owed(bearer, span, sum(day in span for day in days), rhythm.times, today))
    return found


def _exists(start: date | None, end: date | None, span: Period) -> bool:
    return (start is None or start <= span.start) and (end is None or end >= span.end)


def _owed(bearer: Bearer, span: Period, count: int, required: int, today: date) -> OwedSpan:
    not_done = SpanState.OPEN if today <= span.end else SpanState.MISSING
    state = SpanState.DONE if count >= required else not_done
    return OwedSpan(bearer.key, span, count, required, state)


@dataclass(frozen=True)
class Completeness:
    """Spans done and owed; what is still open counts neither way."""

    done: int = 0
    owed: int = 0
    counts: Mapping[SpanState, int] = field(default_factory=dict)

    @property
    def share(self) -> float | None:
        """0-1; None when nothing is owed yet."""
        return self.done / self.owed if self.owed else None


def completeness_of(spans: Iterable[OwedSpan]) -> Completeness:
    """How many of the spans that are over (or done already) were kept."""
    counts = Counter(one.state for one in spans)
    done = counts[SpanState.DONE]
    return Completeness(done, done + counts[SpanState.MISSING], dict(counts))

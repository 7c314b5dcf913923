"""From an expression to a value with its rows, its interval and its comparison with the year before."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from decimal import Decimal
from fractions import Fraction
from typing import Any

from django.db.models import QuerySet

from anlu.engine.indicators.compare import (
    change_pct,
    change_words,
    compare_counts,
    compare_shares,
)
from anlu.engine.indicators.intervals import poisson_interval, wilson_interval
from anlu.engine.periods import Period
from anlu.kernel.core.scope import Viewer
from anlu.kernel.indicators.define import Amount, Count, Distinct, Indicator, Leaf, Ratio, Share, Stock, Sum
from anlu.kernel.indicators.window import Window

Interval = tuple[float, float]


@dataclass(frozen=True)
class Value:
    """
    One figure of one window.

    ``value`` is a count, an amount, a share 0-1 or a rate, None when its base is 0; ``interval`` its 95 %
    interval where it is a count or a share. ``change_pct`` is in percent (counts, amounts, rates),
    ``change_points`` in percentage points (shares); ``change_interval`` is the 95 % interval of the change in
    the same unit; ``range_words`` says the same in plain words.
    """

    indicator: Indicator
    window: Window
    value: float | Amount | None
    numerator: Amount
    denominator: Amount | None
    interval: Interval | None
    previous_window: Window
    previous: float | Amount | None
    change_pct: float | None
    change_points: float | None
    change_interval: Interval | None
    words: str
    range_words: str

    @property
    def direction(self) -> str:
        """``up``, ``down``, ``same``, or "" when it cannot be compared."""
        if self.value is None or self.previous is None:
            return ""
        now, before = Fraction(self.value), Fraction(self.previous)
        return "same" if now == before else "up" if now > before else "down"

    @property
    def good(self) -> bool | None:
        """Whether the change is for the better; None when there is none or no direction is better."""
        if not self.indicator.better or self.direction not in ("up", "down"):
            return None
        return self.direction == self.indicator.better.value


def rows_of(leaf: Leaf, window: Window, viewer: Viewer) -> QuerySet[Any]:
    """All rows of a leaf inside the window that ``viewer`` may see."""
    model = leaf.rows.model
    visible = leaf.rows.published().in_scope(viewer.scope_for(model.view_permission))  # type: ignore[attr-defined]
    found: QuerySet[Any] = visible.filter(window.known() & window.condition(leaf))
    return found


def rows_behind(indicator: Indicator, window: Window, viewer: Viewer, *, base: bool = False) -> QuerySet[Any]:
    """
    The rows that make up the number (``base``: the number below the line); what they add sums to it exactly.

    Raises
    ------
    ValueError
        ``base`` is asked of an indicator that has none.
    """
    leaf = indicator.base if base else indicator.main
    if leaf is None:
        raise ValueError(f"{indicator.code} has no denominator")
    return rows_of(leaf, window, viewer).filter(leaf.contributing())


def total_of(leaf: Leaf, window: Window, viewer: Viewer) -> Amount:
    """The value of one leaf."""
    return leaf.total(rows_of(leaf, window, viewer))


def value_of(
    indicator: Indicator, window: Window, viewer: Viewer, *, previous: Period | None = None
) -> Value:
    """
    The figure for a window, compared with the like span of the year before.

    Parameters
    ----------
    previous
        Compare with this period instead (环比: the period before).
    """
    before = window.at(previous or window.period.previous_year())
    now, then = _parts(indicator, window, viewer), _parts(indicator, before, viewer)
    match indicator.expression:
        case Share():
            return _share(indicator, window, before, now, then)
        case Ratio(scale=scale):
            return _ratio(indicator, window, before, now, then, scale)
        case Sum() if isinstance(now[0], Decimal) or isinstance(then[0], Decimal):
            return _amount(indicator, window, before, now[0], then[0])
        case Count() | Sum() | Distinct() | Stock():
            return _count(indicator, window, before, int(now[0]), int(then[0]))
    raise TypeError(f"{indicator.code}: {type(indicator.expression).__name__} is no expression")


Parts = tuple[Amount, Amount | None]


def _parts(indicator: Indicator, window: Window, viewer: Viewer) -> Parts:
    base = indicator.base
    return (
        total_of(indicator.main, window, viewer),
        total_of(base, window, viewer) if base is not None else None,
    )


def _count(indicator: Indicator, window: Window, before: Window, now: int, then: int) -> Value:
    found = compare_counts(now, then)
    interval = tuple(100 * (bound - 1) for bound in found.ci95) if found.ci95 else None
    return Value(
        indicator=indicator,
        window=window,
        value=now,
        numerator=now,
        denominator=None,
        interval=poisson_interval(now),
        previous_window=before,
        previous=then,
        change_pct=found.change_pct,
        change_points=None,
        change_interval=(interval[0], interval[1]) if interval else None,
        words=found.words,
        range_words=found.range_words or "",
    )


def _amount(indicator: Indicator, window: Window, before: Window, now: Amount, then: Amount) -> Value:
    return Value(
        indicator=indicator,
        window=window,
        value=now,
        numerator=now,
        denominator=None,
        interval=None,
        previous_window=before,
        previous=then,
        change_pct=change_pct(now, then),
        change_points=None,
        change_interval=None,
        words=change_words(now, then),
        range_words="",
    )


def _share(indicator: Indicator, window: Window, before: Window, now: Parts, then: Parts) -> Value:
    part, whole = int(now[0]), int(now[1] or 0)
    found = compare_shares(part, whole, int(then[0]), int(then[1] or 0))
    return Value(
        indicator=indicator,
        window=window,
        value=found.current,
        numerator=part,
        denominator=whole,
        interval=wilson_interval(part, whole),
        previous_window=before,
        previous=found.previous,
        change_pct=None,
        change_points=found.change_points,
        change_interval=found.ci95,
        words=found.words,
        range_words="",
    )


def _ratio(
    indicator: Indicator, window: Window, before: Window, now: Parts, then: Parts, scale: int
) -> Value:
    value, previous = _per(now, scale), _per(then, scale)
    comparable = value is not None and previous is not None
    return Value(
        indicator=indicator,
        window=window,
        value=None if value is None else float(value),
        numerator=now[0],
        denominator=now[1],
        interval=None,
        previous_window=before,
        previous=None if previous is None else float(previous),
        change_pct=change_pct(value, previous) if value is not None and previous is not None else None,
        change_points=None,
        change_interval=None,
        words=change_words(value, previous)
        if comparable and value is not None and previous is not None
        else "",
        range_words="",
    )


def _per(parts: Parts, scale: int) -> Fraction | None:
    top, base = parts
    return Fraction(top) * scale / Fraction(base) if base else None


def series_of(
    indicator: Indicator, window: Window, viewer: Viewer, kind: str
) -> Iterator[tuple[Period, Amount]]:
    """The main leaf of an additive indicator for each part of the window, in order, by one query."""
    leaf = indicator.main
    by_day = dict(
        rows_of(leaf, window, viewer)
        .order_by()
        .values_list(leaf.on)
        .annotate(total=leaf.aggregate())
        .values_list(leaf.on, "total")
    )
    for part in window.period.split(kind):  # type: ignore[arg-type]
        yield part, sum((by_day[day] for day in part if by_day.get(day)), start=0)

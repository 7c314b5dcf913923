"""From an expression to a value with its rows, its interval and its comparison with the year before."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import date
from fractions import Fraction
from typing import Any

from django.core.exceptions import EmptyResultSet
from django.db.models import Count as CountOf
from django.db.models import QuerySet

from anlu.engine.indicators.compare import (
    change_pct,
    change_words,
    compare_counts,
    compare_shares,
)
from anlu.engine.indicators.intervals import poisson_interval, wilson_interval
from anlu.engine.periods import Kind, Period
from anlu.kernel.core.models.records import RecordQuerySet
from anlu.kernel.core.scope import Viewer
from anlu.kernel.indicators.columns import Unanswerable
from anlu.kernel.indicators.define import Amount, Indicator, Leaf, Ratio, Share, Stock, Sum
from anlu.kernel.indicators.facts import snapshot_of
from anlu.kernel.indicators.window import Window

Interval = tuple[float, float]
Parts = tuple[Amount, Amount | None]


@dataclass(frozen=True)
class Value:
    """
    One figure of one window.

    ``value`` is a count, an amount, a share 0-1 or a rate, None when its base is 0; ``interval`` its 95 %
    interval where it is a count or a share. ``change_pct`` is in percent (counts, amounts, rates),
    ``change_points`` in percentage points (shares); ``change_interval`` is the 95 % interval of the change in
    the same unit; ``range_words`` says the same in plain words. ``rows`` and ``base_rows`` say how many rows
    stand behind the number and behind the number below the line.
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
    rows: int = 0
    base_rows: int | None = None

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


def rows_of(
    leaf: Leaf, window: Window, viewer: Viewer, *, hidden: Sequence[int] | None = None
) -> QuerySet[Any]:
    """
    All rows of a leaf inside the window that ``viewer`` may see.

    Parameters
    ----------
    hidden
        The batches that are not live, where the caller has asked for them already.
    """
    model = leaf.rows.model
    rows: RecordQuerySet = leaf.rows  # type: ignore[assignment]
    published = rows.published() if hidden is None else rows.outside(hidden)
    visible = published.in_scope(viewer.scope_for(model.view_permission))
    known = window.known()
    if prefix := model.scope_prefix():  # a row of something voided counts no more than the thing itself
        known &= window.known(prefix)
    found: QuerySet[Any] = visible.filter(known & window.condition(leaf))
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


# ------------------------------------------------------------------------------------------------ adding up


@dataclass(frozen=True)
class Tally:
    """A leaf added up: the amount, and how many rows make it up."""

    amount: Amount
    rows: int


def tallies(leaves: Iterable[Leaf], window: Window, viewer: Viewer) -> dict[Leaf, Tally]:
    """All leaves of a window; those over the same rows are added up by one query."""
    found: dict[Leaf, Tally] = {}
    hidden = _HiddenBatches()
    for alike in alike_leaves(leaves, window):
        rows = rows_of(alike[0], window, viewer, hidden=hidden.of(alike[0])).order_by()
        found |= _counted(rows, alike) or _asked(rows, alike)
    return found


def _counted(rows: QuerySet[Any], leaves: Sequence[Leaf]) -> dict[Leaf, Tally]:
    """From the snapshot of the table; nothing where there is none that answers this."""
    kept = snapshot_of(rows.model)
    if kept is None:
        return {}
    try:
        totals = kept.totals(rows, leaves)
    except Unanswerable:
        return {}
    return {
        leaf: Tally(leaf.exact(amount), count) for leaf, (amount, count) in zip(leaves, totals, strict=True)
    }


def _asked(rows: QuerySet[Any], leaves: Sequence[Leaf]) -> dict[Leaf, Tally]:
    """By one query."""
    sums = rows.aggregate(**_sums(leaves), **_numbers(leaves))
    return {
        leaf: Tally(leaf.exact(sums[f"sum{place}"]), sums[f"rows{place}"])
        for place, leaf in enumerate(leaves)
    }


def tallies_by_day(leaves: Iterable[Leaf], window: Window, viewer: Viewer) -> dict[Leaf, dict[date, Amount]]:
    """
    The amount of every day that has any; leaves over the same rows by one query.

    Raises
    ------
    ValueError
        A leaf is not a sum of its days (``Distinct``, ``Stock``).
    """
    wanted = list(leaves)
    for leaf in wanted:
        if not leaf.additive or isinstance(leaf, Stock):
            raise ValueError(f"{type(leaf).__name__} is not the sum of its days")
    found: dict[Leaf, dict[date, Amount]] = {}
    hidden = _HiddenBatches()
    for alike in alike_leaves(wanted, window):
        rows = rows_of(alike[0], window, viewer, hidden=hidden.of(alike[0])).order_by()
        days = _days(rows, alike)
        for place, leaf in enumerate(alike, start=1):
            found[leaf] = {day[0]: leaf.exact(day[place]) for day in days if day[place]}
    return found


def _days(rows: QuerySet[Any], leaves: Sequence[Leaf]) -> list[tuple[Any, ...]]:
    """Each day with the sum of each leaf, from the snapshot of the table or by one query."""
    on = leaves[0].on
    try:
        if (kept := snapshot_of(rows.model)) is not None:
            return kept.grouped(rows, [on], leaves)
    except Unanswerable:
        pass
    return list(rows.values_list(on).annotate(**_sums(leaves)).values_list(on, *_sums(leaves)))


class _HiddenBatches:
    """The batches that are not live, asked once for each table."""

    def __init__(self) -> None:
        self._known: dict[Any, list[int]] = {}

    def of(self, leaf: Leaf) -> list[int]:
        model = leaf.rows.model
        if model not in self._known:
            self._known[model] = list(model.hidden_batches()) if model.has_batches() else []
        return self._known[model]


def _sums(leaves: Sequence[Leaf]) -> dict[str, Any]:
    return {f"sum{place}": leaf.aggregate() for place, leaf in enumerate(leaves)}


def _numbers(leaves: Sequence[Leaf]) -> dict[str, Any]:
    """Counts of the rows that contribute."""
    return {
        f"rows{place}": CountOf("pk", filter=leaf.contributing() or None) for place, leaf in enumerate(leaves)
    }


def alike_leaves(leaves: Iterable[Leaf], window: Window) -> list[list[Leaf]]:
    """Leaves that are added up over the same rows stand together."""
    groups: dict[Any, list[Leaf]] = {}
    for leaf in dict.fromkeys(leaves):
        groups.setdefault(_rows_key(leaf, window), []).append(leaf)
    return list(groups.values())


def _rows_key(leaf: Leaf, window: Window) -> Any:
    try:
        query = leaf.rows.order_by().query.sql_with_params()
    except EmptyResultSet:
        query = ("", ())
    during = leaf.during(window.period.start, window.period.end)
    return leaf.rows.model, query, during, leaf.unit, leaf.area


# ------------------------------------------------------------------------------------------------ values


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
    return values_of([indicator], window, viewer, previous=previous)[0]


def values_of(
    indicators: Iterable[Indicator], window: Window, viewer: Viewer, *, previous: Period | None = None
) -> list[Value]:
    """Several figures of one window, as ``value_of``, with as few queries as their rows allow."""
    wanted = list(indicators)
    before = window.at(previous or window.period.previous_year())
    leaves = [leaf for one in wanted for leaf in (one.main, one.base) if leaf is not None]
    now, then = tallies(leaves, window, viewer), tallies(leaves, before, viewer)
    return [_value(one, window, before, now, then) for one in wanted]


Tallies = Mapping[Leaf, Tally]


def _value(indicator: Indicator, window: Window, before: Window, now: Tallies, then: Tallies) -> Value:
    value = _compared(indicator, window, before, _parts(indicator, now), _parts(indicator, then))
    base = indicator.base
    return replace(
        value,
        rows=now[indicator.main].rows,
        base_rows=None if base is None else now[base].rows,
    )


def _compared(indicator: Indicator, window: Window, before: Window, now: Parts, then: Parts) -> Value:
    match indicator.expression:
        case Share():
            return _share(indicator, window, before, now, then)
        case Ratio(scale=scale):
            return _ratio(indicator, window, before, now, then, scale)
        case Sum(is_amount=True):
            return _amount(indicator, window, before, now[0], then[0])
        case Leaf():
            return _count(indicator, window, before, int(now[0]), int(then[0]))
    raise TypeError(f"{indicator.code}: {type(indicator.expression).__name__} is no expression")


def _parts(indicator: Indicator, found: Tallies) -> Parts:
    base = indicator.base
    return found[indicator.main].amount, None if base is None else found[base].amount


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
    indicator: Indicator, window: Window, viewer: Viewer, kind: Kind
) -> list[tuple[Period, Amount]]:
    """The main leaf of an additive indicator for each part of the window, in order, by one query."""
    by_day = tallies_by_day([indicator.main], window, viewer)[indicator.main]
    return in_parts(by_day, window.period.split(kind))


def in_parts(by_day: Mapping[date, Amount], parts: Iterable[Period]) -> list[tuple[Period, Amount]]:
    """Amounts by day added up to parts of a period."""
    return [(part, sum((by_day[day] for day in part if day in by_day), start=0)) for part in parts]

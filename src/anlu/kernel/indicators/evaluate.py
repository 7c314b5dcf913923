"""From an expression to a value with its rows, its interval and its comparison with the year before."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import asdict, dataclass
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
    points_words,
)
from anlu.engine.indicators.intervals import poisson_interval, rate_interval, wilson_interval
from anlu.engine.periods import FIRST_YEAR, Kind, Period
from anlu.kernel.core.models.records import RecordQuerySet
from anlu.kernel.core.scope import Viewer
from anlu.kernel.indicators.columns import Unanswerable
from anlu.kernel.indicators.define import (
    Amount,
    Coverage,
    Indicator,
    Latest,
    Leaf,
    MedianDays,
    Ordinal,
    Ratio,
    Rhythm,
    Share,
    Sum,
)
from anlu.kernel.indicators.facts import snapshot_of
from anlu.kernel.indicators.knowledge import Known, amounts_known, behind_known, known_on, rows_known
from anlu.kernel.indicators.occasions import parts_due
from anlu.kernel.indicators.window import Window

Interval = tuple[float, float]


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
    visible = published.in_scope(leaf.scope_of(viewer))
    known = window.known()
    if prefix := model.scope_prefix():  # a row of something voided counts no more than the thing itself
        known &= window.known(prefix)
    found: QuerySet[Any] = visible.filter(known & window.condition(leaf))
    if window.as_of is not None and leaf.additive:
        found = rows_known(found, known_on(model, window.as_of))
    return leaf.narrowed(found, window.period.start, window.period.end)


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
    rows = rows_of(leaf, window, viewer)
    if window.as_of is not None and leaf.additive:
        return behind_known(leaf, rows, known_on(leaf.rows.model, window.as_of))
    return rows.filter(leaf.contributing())


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
        since = known_on(alike[0].rows.model, window.as_of if alike[0].additive else None)
        if since.things:
            found |= _known(rows, alike, since)
        else:
            found |= _counted(rows, alike) or _asked(rows, alike)
    return found


def _known(rows: QuerySet[Any], leaves: Sequence[Leaf], since: Known) -> dict[Leaf, Tally]:
    """As on the day of knowledge: what has not changed since by the database, the rest as it was."""
    unchanged = _asked(rows.exclude(pk__in=since.keys), leaves)
    then = amounts_known(leaves, rows, since)
    return {
        leaf: Tally(unchanged[leaf].amount + amount, unchanged[leaf].rows + count)
        for leaf, (amount, count) in zip(leaves, then, strict=True)
    }


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
        A leaf is not the sum of its days (``Distinct``, ``Stock``, ``Ordinal`` ...).
    """
    wanted = list(leaves)
    for leaf in wanted:
        if not leaf.daily:
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
            self._known[model] = model.hidden_batches() if model.has_batches() else []
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
    by_itself = leaf if type(leaf).narrowed is not Leaf.narrowed else None
    return leaf.rows.model, query, during, leaf.unit, leaf.area, leaf.exact_place, by_itself


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
    leaves = [leaf for one in wanted for leaf in one.leaves]
    now = _sides(wanted, window, viewer, tallies(leaves, window, viewer))
    if before == window:
        return [_value(one, side, side) for one, side in zip(wanted, now, strict=True)]
    then = _sides(wanted, before, viewer, tallies(leaves, before, viewer))
    return [_value(*three) for three in zip(wanted, now, then, strict=True)]


Tallies = Mapping[Leaf, Tally]


class _Side:
    """One of the two periods that are compared: what stands above and below the line in it."""

    def __init__(self, indicator: Indicator, window: Window, viewer: Viewer, found: Tallies) -> None:
        base = indicator.base
        self.window = window
        self.top = found[indicator.main].amount
        self.rows = found[indicator.main].rows
        self.base = None if base is None else found[base].amount
        self.base_rows = None if base is None else found[base].rows
        if isinstance(indicator.expression, Rhythm):
            self.top, self.base = _rhythm(indicator.expression, window, viewer)

    @property
    def share(self) -> Fraction | None:
        """Top by base; None when the base is 0."""
        return Fraction(self.top) / Fraction(self.base) if self.base else None


def _sides(wanted: Sequence[Indicator], window: Window, viewer: Viewer, found: Tallies) -> list[_Side]:
    return [_Side(one, window, viewer, found) for one in wanted]


def _rhythm(expression: Rhythm, window: Window, viewer: Viewer) -> tuple[int, int]:
    """In how many parts of the period it was held, and in how many it was due."""
    held, due = held_and_due(expression, window, viewer)
    return len(held), len(due)


def held_and_due(expression: Rhythm, window: Window, viewer: Viewer) -> tuple[set[date], list[Period]]:
    """First days of the parts of the period in which it was held, and all parts in which it was due."""
    leaf, period = expression.held, window.period
    held = leaf.parts_in(rows_of(leaf, window, viewer))
    first = expression.since() if expression.since is not None else None
    if first is None and expression.from_first:
        ever = window.at(Period("span", date(FIRST_YEAR, 1, 1), period.end))
        first = rows_of(leaf, ever, viewer).order_by(leaf.on).values_list(leaf.on, flat=True).first()
    return held, parts_due(period, leaf.every, held=held, first=first)


def gaps_of(indicator: Indicator, window: Window, viewer: Viewer) -> list[Period]:
    """
    The months (weeks, quarters) in which it was due and not held.

    Raises
    ------
    ValueError
        The indicator is no rhythm.
    """
    if not isinstance(indicator.expression, Rhythm):
        raise ValueError(f"{indicator.code} is no rhythm")
    held, due = held_and_due(indicator.expression, window, viewer)
    return [part for part in due if part.start not in held]


def _value(indicator: Indicator, now: _Side, then: _Side) -> Value:
    compared = _compared(indicator, now, then)
    return Value(
        indicator=indicator,
        window=now.window,
        numerator=now.top,
        denominator=now.base,
        previous_window=then.window,
        rows=now.rows,
        base_rows=now.base_rows,
        **asdict(compared),
    )


@dataclass(frozen=True)
class _Compared:
    """What differs from one kind of expression to another."""

    value: float | Amount | None
    previous: float | Amount | None
    interval: Interval | None = None
    change_pct: float | None = None
    change_points: float | None = None
    change_interval: Interval | None = None
    words: str = ""
    range_words: str = ""


def _compared(indicator: Indicator, now: _Side, then: _Side) -> _Compared:
    match indicator.expression:
        case Share():
            return _share(now, then)
        case Coverage() | Rhythm():
            return _part(now, then)
        case Ratio() as ratio:
            return _ratio(ratio, now, then)
        case Latest() | Ordinal() | MedianDays() as leaf:
            return _stated(leaf, now, then)
        case Sum(is_amount=True):
            return _Compared(
                now.top,
                then.top,
                change_pct=change_pct(now.top, then.top),
                words=change_words(now.top, then.top),
            )
        case Leaf() as leaf:
            return _count(leaf, int(now.top), int(then.top))
    raise TypeError(f"{indicator.code}: {type(indicator.expression).__name__} is no expression")


def _count(leaf: Leaf, now: int, then: int) -> _Compared:
    if not leaf.comparable:
        return _Compared(now, then)
    found = compare_counts(now, then)
    if not leaf.by_chance:
        return _Compared(now, then, change_pct=found.change_pct, words=found.words)
    low, high = found.ci95 if found.ci95 else (None, None)
    return _Compared(
        now,
        then,
        interval=poisson_interval(now),
        change_pct=found.change_pct,
        change_interval=None if low is None or high is None else (100 * (low - 1), 100 * (high - 1)),
        words=found.words,
        range_words=found.range_words or "",
    )


def _stated(leaf: Leaf, now: _Side, then: _Side) -> _Compared:
    """What some row states, the number of a time, a median: none at all where there is no row."""
    value, previous = (side.top if side.rows else None for side in (now, then))
    if value is None or previous is None or not leaf.comparable:
        return _Compared(value, previous)
    return _Compared(
        value, previous, change_pct=change_pct(value, previous), words=change_words(value, previous)
    )


def _share(now: _Side, then: _Side) -> _Compared:
    part, whole = int(now.top), int(now.base or 0)
    found = compare_shares(part, whole, int(then.top), int(then.base or 0))
    return _Compared(
        found.current,
        found.previous,
        interval=wilson_interval(part, whole),
        change_points=found.change_points,
        change_interval=found.ci95,
        words=found.words,
    )


def _part(now: _Side, then: _Side) -> _Compared:
    """A share of things that are all known: no interval."""
    value, previous = now.share, then.share
    if value is None or previous is None:
        return _Compared(_float(value), _float(previous), words="无法比较(分母为0)")
    points = float(100 * (value - previous))
    words = points_words(value, previous)
    return _Compared(float(value), float(previous), change_points=points, words=words)


def _ratio(ratio: Ratio, now: _Side, then: _Side) -> _Compared:
    value, previous = (None if one.share is None else one.share * ratio.scale for one in (now, then))
    interval = None
    if (
        isinstance(ratio.base, Latest) and ratio.top.by_chance and now.base
    ):  # a base that is known, not counted
        interval = rate_interval(int(now.top), float(now.base), scale=ratio.scale)
    if value is None or previous is None:
        return _Compared(_float(value), _float(previous), interval=interval)
    return _Compared(
        float(value),
        float(previous),
        interval=interval,
        change_pct=change_pct(value, previous),
        words=change_words(value, previous),
    )


def _float(value: Fraction | None) -> float | None:
    return None if value is None else float(value)


def series_of(
    indicator: Indicator, window: Window, viewer: Viewer, kind: Kind
) -> list[tuple[Period, Amount]]:
    """The main leaf of an additive indicator for each part of the window, in order, by one query."""
    by_day = tallies_by_day([indicator.main], window, viewer)[indicator.main]
    return in_parts(by_day, window.period.split(kind))


def in_parts(by_day: Mapping[date, Amount], parts: Iterable[Period]) -> list[tuple[Period, Amount]]:
    """Amounts by day added up to parts of a period."""
    return [(part, sum((by_day[day] for day in part if day in by_day), start=0)) for part in parts]

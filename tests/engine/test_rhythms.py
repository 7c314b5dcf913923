"""Required rhythm: what is owed, kept and missing, against a count made day by day."""

from __future__ import annotations

from datetime import date, timedelta
from itertools import pairwise

import pytest
from hypothesis import given
from hypothesis import strategies as st

from anlu.engine.rhythms import (
    EVERY,
    Bearer,
    OwedSpan,
    Rhythm,
    SpanState,
    completeness_of,
    owed_spans,
    spans_of,
)

YEAR = date(2023, 1, 1), date(2023, 12, 31)
DAYS = st.dates(date(2022, 12, 1), date(2024, 2, 1))
LIMITS = st.one_of(st.none(), DAYS)


def owed(rhythm: Rhythm, days: list[date], today: date, bearer: Bearer | None = None) -> list[OwedSpan]:
    """What one bearer owes in 2023."""
    who = bearer or Bearer("a")
    return owed_spans(rhythm, [who], {who.key: days}, first=YEAR[0], last=YEAR[1], today=today)


def test_a_monthly_rhythm_names_the_months_that_were_missed() -> None:
    held = [date(2023, 1, 5), date(2023, 2, 28), date(2023, 4, 1), date(2023, 6, 30)]
    found = owed(Rhythm("month"), held, date(2023, 7, 3))
    missing = [one.span.code for one in found if one.state == SpanState.MISSING]
    assert missing == ["2023-03", "2023-05"]
    assert [one.span.code for one in found if one.state == SpanState.OPEN] == ["2023-07"]
    assert completeness_of(found).share == 4 / 6


def test_what_is_held_in_the_running_span_is_done_before_it_ends() -> None:
    found = owed(Rhythm("month"), [date(2023, 7, 1)], date(2023, 7, 3))
    assert found[-1].state == SpanState.DONE
    assert completeness_of(found).done == 1


def test_a_yearly_meeting_that_belongs_into_march_is_missed_when_march_is_over() -> None:
    rhythm = Rhythm("year", months=frozenset({3}))
    assert [one.span.code for one in owed(rhythm, [], date(2023, 4, 1))] == ["2023-03"]
    assert owed(rhythm, [], date(2023, 4, 1))[0].state == SpanState.MISSING
    assert owed(rhythm, [date(2023, 2, 28)], date(2023, 4, 1))[0].state == SpanState.MISSING
    assert owed(rhythm, [date(2023, 3, 31)], date(2023, 4, 1))[0].state == SpanState.DONE
    assert owed(rhythm, [], date(2023, 3, 31))[0].state == SpanState.OPEN


def test_nobody_owes_for_a_span_in_which_they_did_not_exist_throughout() -> None:
    founded = Bearer("a", start=date(2023, 2, 2), end=date(2023, 5, 30))
    assert [one.span.code for one in owed(Rhythm("month"), [], date(2023, 12, 31), founded)] == [
        "2023-03",
        "2023-04",
    ]


def test_a_rhythm_that_ends_asks_for_nothing_afterwards() -> None:
    rhythm = Rhythm("quarter", start=date(2023, 4, 1), end=date(2023, 9, 30))
    assert [one.span.code for one in owed(rhythm, [], date(2023, 12, 31))] == ["2023Q2", "2023Q3"]


def test_what_lies_in_the_future_does_not_count_yet() -> None:
    found = owed(Rhythm("month"), [date(2023, 7, 20)], date(2023, 7, 3))
    assert found[-1].held == 0


@pytest.mark.parametrize(("times", "months"), [(0, set()), (1, {0}), (1, {13})])
def test_a_rhythm_that_means_nothing_is_refused(times: int, months: set[int]) -> None:
    with pytest.raises(ValueError, match="must"):
        Rhythm("month", times=times, months=frozenset(months))


@given(
    every=st.sampled_from(EVERY),
    times=st.integers(1, 3),
    months=st.frozensets(st.integers(1, 12), max_size=4),
    limits=st.tuples(LIMITS, LIMITS),
    life=st.tuples(LIMITS, LIMITS),
    days=st.lists(DAYS, max_size=30),
    today=DAYS,
)
def test_gaps_are_those_that_a_count_day_by_day_finds(  # type: ignore[no-untyped-def]
    every, times, months, limits, life, days, today
) -> None:
    rhythm = Rhythm(every, times, months, *limits)
    bearer = Bearer("a", *life)
    found = {
        (one.span.start, one.span.end): (one.held, one.state) for one in owed(rhythm, days, today, bearer)
    }
    assert found == by_days(rhythm, bearer, days, today)


def by_days(  # type: ignore[no-untyped-def]
    rhythm: Rhythm, bearer: Bearer, days: list[date], today: date
) -> dict[tuple[date, date], tuple[int, SpanState]]:
    """The same by walking through the days and asking of each to which span it belongs."""

    def name(day: date) -> tuple[int, ...]:
        if rhythm.months or rhythm.every == "month":
            return day.year, day.month
        if rhythm.every == "week":
            return tuple(day.isocalendar()[:2])
        parts = {"quarter": 3, "half": 6, "year": 12}[rhythm.every]
        return day.year, (day.month - 1) // parts

    spans: dict[tuple[int, ...], list[date]] = {}
    day = date(2021, 12, 1)
    while day < date(2025, 3, 1):
        spans.setdefault(name(day), []).append(day)
        day += timedelta(days=1)
    found = {}
    for inside in spans.values():
        start, end = inside[0], inside[-1]
        if not (YEAR[0] <= start <= min(YEAR[1], today)):
            continue
        if rhythm.months and start.month not in rhythm.months:
            continue
        alive = [
            (rhythm.start or date.min) <= one <= (rhythm.end or date.max)
            and (bearer.start or date.min) <= one <= (bearer.end or date.max)
            for one in inside
        ]
        if not all(alive):
            continue
        held = sum(one in inside for one in days if one <= today)
        state = SpanState.DONE if held >= rhythm.times else SpanState.MISSING
        if state == SpanState.MISSING and end >= today:
            state = SpanState.OPEN
        found[start, end] = (held, state)
    return found


@given(every=st.sampled_from(EVERY), first=DAYS, length=st.integers(0, 800))
def test_spans_follow_each_other_without_overlap(every, first, length) -> None:  # type: ignore[no-untyped-def]
    last = first + timedelta(days=length)
    spans = list(spans_of(Rhythm(every), first, last))
    assert all(one.end < other.start for one, other in pairwise(spans))
    assert all((other.start - one.end).days == 1 for one, other in pairwise(spans))
    assert all(first <= one.start <= last for one in spans)

"""Severity, grades and the deaths that count."""

from datetime import UTC, datetime, timedelta
from decimal import Decimal
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given
from hypothesis import strategies as st

from anlu.engine.crashes.deaths import WITHIN_7_DAYS, WITHIN_30_DAYS, DeathRule, death_counts
from anlu.engine.crashes.records import SEVERITIES, PartyFacts
from anlu.engine.crashes.severity import Casualties, casualties, grade_1991, safety_grade, severity_of

SHANGHAI = ZoneInfo("Asia/Shanghai")
CRASH = datetime(2023, 6, 1, 22, 0, tzinfo=SHANGHAI)
DAY = timedelta(days=1)

injuries = st.sampled_from(["killed", "serious", "slight", "minor", "none", "unknown", ""])
parties = st.builds(
    PartyFacts,
    injury=injuries,
    died_at=st.none() | st.timedeltas(timedelta(0), timedelta(days=60)).map(lambda after: CRASH + after),
)


def counts(died_at, rule=WITHIN_7_DAYS, injury="killed", occurred_at=CRASH):
    return death_counts(injury, died_at, occurred_at, rule=rule, zone=SHANGHAI)


# --- deaths


def test_a_death_within_seven_times_24_hours_counts_and_a_second_later_does_not():
    assert counts(CRASH + 7 * DAY)
    assert not counts(CRASH + 7 * DAY + timedelta(seconds=1))


def test_by_days_the_whole_seventh_local_day_counts():
    by_days = DeathRule(7, by="days")
    last = datetime(2023, 6, 8, 23, 59, tzinfo=SHANGHAI)
    assert counts(last, by_days)
    assert not counts(last)  # 7 × 24 hours were over at 22:00
    assert not counts(last + timedelta(minutes=1), by_days)


def test_the_calendar_day_is_that_of_the_clock_on_the_wall():
    shortly_after_midnight = datetime(2023, 6, 2, 0, 30, tzinfo=SHANGHAI)
    death = datetime(2023, 6, 9, 15, 0, tzinfo=SHANGHAI)
    by_days = DeathRule(7, by="days")
    assert counts(death, by_days, occurred_at=shortly_after_midnight)
    assert not death_counts("killed", death, shortly_after_midnight, rule=by_days, zone=UTC)


def test_within_thirty_days_is_the_international_count():
    assert counts(CRASH + 30 * DAY, WITHIN_30_DAYS)
    assert not counts(CRASH + 31 * DAY, WITHIN_30_DAYS)


def test_a_stated_death_without_a_time_counts_in_both():
    assert counts(None)
    assert counts(None, WITHIN_30_DAYS)
    assert not counts(None, injury="serious")


def test_a_dated_death_counts_whatever_degree_is_stated():
    assert counts(CRASH + DAY, injury="serious")


def test_times_without_a_zone_are_refused():
    with pytest.raises(ValueError, match="zone"):
        counts(datetime(2023, 6, 2))
    with pytest.raises(ValueError, match="zone"):
        counts(CRASH, occurred_at=datetime(2023, 6, 1))


# --- casualties


def test_a_late_death_is_a_serious_injury_at_the_cut_off():
    found = casualties([PartyFacts("killed", CRASH + 10 * DAY), PartyFacts("minor")], CRASH, zone=SHANGHAI)
    assert found == Casualties(killed=0, killed_30d=1, serious=1, slight=1)
    assert (found.severity, found.injured) == ("serious", 2)


def test_each_degree_is_counted_once():
    stated = ["killed", "serious", "slight", "minor", "none", "unknown", "", "slight"]
    found = casualties(map(PartyFacts, stated), CRASH, zone=SHANGHAI)
    assert found == Casualties(killed=1, killed_30d=1, serious=1, slight=3)


@given(st.lists(parties, max_size=8))
def test_nobody_is_counted_twice_and_a_death_within_7_days_is_one_within_30(people):
    found = casualties(people, CRASH, zone=SHANGHAI)
    assert found.killed + found.injured <= len(people)
    assert found.killed <= found.killed_30d
    hurt = sum(
        each.injury in ("killed", "serious", "slight", "minor") or each.died_at is not None for each in people
    )
    assert found.killed + found.injured == hurt


@given(st.lists(parties, max_size=8), st.randoms())
def test_the_order_of_persons_does_not_matter(people, random):
    before = casualties(people, CRASH, zone=SHANGHAI)
    random.shuffle(people)
    assert casualties(people, CRASH, zone=SHANGHAI) == before


@given(st.lists(parties, max_size=5), parties)
def test_another_casualty_never_makes_a_crash_lighter(people, another):
    before = casualties(people, CRASH, zone=SHANGHAI).severity
    after = casualties([*people, another], CRASH, zone=SHANGHAI).severity
    assert SEVERITIES.index(after) <= SEVERITIES.index(before)


@pytest.mark.parametrize(
    ("numbers", "expected"),
    [
        ({"killed": 1, "serious": 2, "slight": 3}, "fatal"),
        ({"serious": 1, "slight": 3}, "serious"),
        ({"slight": 1}, "slight"),
        ({}, "damage"),
    ],
)
def test_the_worst_outcome_decides(numbers, expected):
    assert severity_of(**numbers) == expected


# --- grades


@pytest.mark.parametrize(
    ("killed", "serious", "loss", "grade"),
    [  # 条例 art. 3; the first four are the worked examples of the domain notes
        (3, 0, 0, "较大"),
        (9, 0, 0, "较大"),
        (10, 0, 0, "重大"),
        (2, 10, 0, "较大"),
        (2, 9, 9_999_999.99, "一般"),
        (29, 0, 0, "重大"),
        (30, 0, 0, "特别重大"),
        (0, 49, 0, "较大"),
        (0, 50, 0, "重大"),
        (0, 100, 0, "特别重大"),
        (0, 0, Decimal(10_000_000), "较大"),
        (0, 0, 50_000_000, "重大"),
        (0, 0, 100_000_000, "特别重大"),
        (0, 0, 0, "一般"),
        (3, 0, 100_000_000, "特别重大"),
    ],
)
def test_the_production_safety_grade_is_the_highest_of_the_three(killed, serious, loss, grade):
    assert safety_grade(killed=killed, serious=serious, loss_cny=loss) == grade


@pytest.mark.parametrize(
    ("numbers", "grade"),
    [
        ({"slight": 2}, "轻微"),
        ({"loss_cny": 999}, "轻微"),
        ({"loss_cny": 1_000}, "一般"),
        ({"loss_cny": 199, "motor": False}, "轻微"),
        ({"loss_cny": 200, "motor": False}, "一般"),
        ({"slight": 3}, "一般"),
        ({"serious": 2}, "一般"),
        ({"loss_cny": 29_999}, "一般"),
        ({"serious": 3}, "重大"),
        ({"serious": 10}, "重大"),
        ({"killed": 1, "serious": 7}, "重大"),
        ({"killed": 2, "serious": 4}, "重大"),
        ({"loss_cny": 30_000}, "重大"),
        ({"killed": 3}, "特大"),
        ({"serious": 11}, "特大"),
        ({"killed": 1, "serious": 8}, "特大"),
        ({"killed": 2, "serious": 5}, "特大"),
        ({"loss_cny": 60_000}, "特大"),
    ],
)
def test_the_grade_of_1991(numbers, grade):
    assert grade_1991(**numbers) == grade


@pytest.mark.parametrize("grade", [safety_grade, grade_1991])
@pytest.mark.parametrize("name", ["killed", "serious", "loss_cny"])
def test_negative_numbers_have_no_grade(grade, name):
    with pytest.raises(ValueError, match="negative"):
        grade(**{name: -1})

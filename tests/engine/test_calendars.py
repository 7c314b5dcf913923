"""Working days, against the examples worked out from the 2023 calendar."""

from datetime import date, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from anlu.engine.calendars import (
    Calendar,
    CalendarError,
    Deadline,
    add_working_days,
    china,
    deadline,
    parse_calendar,
    recounted,
    working_days_between,
)

# The notice for 2023 (国办发明电〔2022〕16号), typed here once more and on its own.
TABLE_2023 = """year,start,end,kind
2023,2022-12-31,2023-01-02,holiday
2023,2023-01-21,2023-01-27,holiday
2023,2023-01-28,2023-01-29,workday
2023,2023-04-05,2023-04-05,holiday
2023,2023-04-23,2023-04-23,workday
2023,2023-04-29,2023-05-03,holiday
2023,2023-05-06,2023-05-06,workday
2023,2023-06-22,2023-06-24,holiday
2023,2023-06-25,2023-06-25,workday
2023,2023-09-29,2023-10-06,holiday
2023,2023-10-07,2023-10-08,workday
"""
CHINA_2023 = parse_calendar(TABLE_2023.splitlines())
WEEKENDS_ONLY = Calendar(frozenset(), frozenset(), frozenset(range(1900, 2100)))

known_days = st.dates(date(2022, 1, 1), date(2026, 11, 30))


@pytest.mark.parametrize(
    ("start", "count", "expected"),
    [
        ("2023-09-22", 10, "2023-10-12"),  # Mid-Autumn and National Day, 7 and 8 October worked
        ("2023-04-27", 3, "2023-05-05"),
        ("2023-01-18", 5, "2023-01-30"),
        ("2023-06-19", 3, "2023-06-25"),
        ("2023-06-30", 10, "2023-07-14"),
    ],
)
@pytest.mark.parametrize("calendar", [CHINA_2023, china()], ids=["typed", "packaged"])
def test_the_statutory_examples_come_out(start, count, expected, calendar):
    assert add_working_days(date.fromisoformat(start), count, calendar) == date.fromisoformat(expected)


def test_the_packaged_table_covers_five_years_and_agrees_with_the_typed_one():
    assert china().years == frozenset(range(2022, 2027))
    for day in (date(2023, 1, 1) + timedelta(days=n) for n in range(364)):
        assert china().is_working_day(day) == CHINA_2023.is_working_day(day), day


@pytest.mark.parametrize(
    ("year", "working"),
    [  # weekdays − holidays on weekdays + make-up days; a public calendar package says the same
        (2022, 249),
        (2023, 249),
        (2024, 251),
        (2025, 248),
        (2026, 248),
    ],
)
def test_each_year_has_its_published_number_of_working_days(year, working):
    assert working_days_between(date(year - 1, 12, 31), date(year, 12, 31), china()) == working


def test_a_limit_of_no_days_ends_on_the_day():
    saturday = date(2023, 7, 1)
    assert deadline(saturday, 0, CHINA_2023) == Deadline(saturday, False)


def test_a_limit_that_begins_on_a_holiday_counts_from_the_first_working_day():
    assert add_working_days(date(2023, 10, 1), 1, CHINA_2023) == date(2023, 10, 7)


def test_beyond_the_table_a_limit_is_provisional_and_never_passed_off_as_certain():
    assert deadline(date(2023, 12, 29), 3, CHINA_2023) == Deadline(date(2024, 1, 3), True)
    with pytest.raises(CalendarError, match="没有 2024 年"):
        add_working_days(date(2023, 12, 29), 3, CHINA_2023)
    with pytest.raises(CalendarError, match="没有 2024 年"):
        working_days_between(date(2023, 12, 29), date(2024, 1, 3), CHINA_2023)


def test_a_negative_limit_is_refused():
    with pytest.raises(ValueError, match="negative"):
        deadline(date(2023, 7, 3), -1, CHINA_2023)


@given(known_days, st.integers(1, 15))
def test_the_deadline_is_a_working_day_with_the_right_number_before_it(start, count):
    end = add_working_days(start, count, china())
    assert china().is_working_day(end)
    assert working_days_between(start, end, china()) == count
    assert working_days_between(end, start, china()) == -count


@given(known_days, st.integers(0, 8), st.integers(0, 7))
def test_limits_add_up(start, first, second):
    calendar = china()
    step = add_working_days(add_working_days(start, first, calendar), second, calendar)
    if first:
        assert step == add_working_days(start, first + second, calendar)


@pytest.mark.parametrize(
    ("due", "limit", "today", "then"),
    [
        ("2023-10-09", "2023-10-11", "2023-09-28", "2023-10-11"),  # later
        ("2023-10-09", "2023-10-11", "2023-10-10", "2023-10-11"),  # later, although it has passed
        ("2023-10-09", "2023-10-07", "2023-09-28", "2023-10-07"),  # earlier, and still ahead
        ("2023-10-09", "2023-10-07", "2023-10-08", "2023-10-08"),  # earlier than today
        ("2023-10-09", "2023-10-07", "2023-10-09", "2023-10-09"),  # the last day
        ("2023-10-09", "2023-10-07", "2023-10-10", "2023-10-09"),  # earlier, but it has passed
        ("2023-10-09", "2023-10-09", "2023-10-10", "2023-10-09"),
    ],
)
def test_a_limit_that_is_counted_anew_makes_nobody_late(due, limit, today, then):
    days = [date.fromisoformat(one) for one in (due, limit, today, then)]
    assert recounted(days[0], days[1], today=days[2]) == days[3]


@given(st.dates(date(1900, 1, 1), date(2090, 1, 1)), st.integers(0, 300))
def test_without_holidays_five_working_days_are_a_week(start, weeks):
    if WEEKENDS_ONLY.is_working_day(start):
        assert add_working_days(start, 5 * weeks, WEEKENDS_ONLY) == start + timedelta(weeks=weeks)


@pytest.mark.parametrize(
    ("rows", "reason"),
    [
        ("2023,2023-13-01,2023-12-31,holiday", "第 2 行"),
        ("2023,2023-01-02,2023-01-01,holiday", "第 2 行"),
        ("2023,2023-01-01,2023-01-01,feast", "第 2 行"),
        ("2023,2023-01-01", "第 2 行"),
        ("2023,2023-01-01,2023-01-01,holiday\n2023,2023-01-01,2023-01-01,workday", "既是假日又是"),
        ("2023,2023-01-03,2023-01-03,workday", "不是周末"),
    ],
)
def test_a_table_that_cannot_be_right_is_refused(rows, reason):
    with pytest.raises(CalendarError, match=reason):
        parse_calendar(["year,start,end,kind", *rows.splitlines()])

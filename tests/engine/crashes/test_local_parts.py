"""Local parts of a moment are those of the clock where it happened."""

from datetime import UTC, date, datetime, timedelta
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given
from hypothesis import strategies as st

from anlu.engine.crashes.local_parts import LocalParts, ZoneError, local_parts

ZONES = ["Asia/Shanghai", "Asia/Hong_Kong", "Europe/London", "America/Montreal", "UTC", "Pacific/Apia"]


def test_a_local_time_keeps_its_own_parts():
    assert local_parts(datetime(2023, 6, 30, 23, 45), "Asia/Shanghai") == LocalParts(
        occurred_at=datetime(2023, 6, 30, 15, 45, tzinfo=UTC),
        occurred_on=date(2023, 6, 30),
        hour=23,
        weekday=5,
        period_month="2023-06",
    )


def test_an_aware_time_is_brought_to_the_clock_on_the_wall():
    parts = local_parts(datetime(2023, 6, 30, 17, 0, tzinfo=UTC), "Asia/Shanghai")
    assert (parts.occurred_on, parts.hour, parts.weekday, parts.period_month) == (
        date(2023, 7, 1),
        1,
        6,
        "2023-07",
    )


@pytest.mark.parametrize(("day", "weekday"), [(3, 1), (4, 2), (8, 6), (9, 7)])
def test_monday_is_one(day, weekday):
    assert local_parts(datetime(2023, 7, day), "Asia/Shanghai").weekday == weekday


@pytest.mark.parametrize(
    ("precision", "hour"), [("minute", 0), ("hour", 0), ("day", None), ("unknown", None)]
)
def test_a_time_known_to_the_day_has_no_hour(precision, hour):
    assert local_parts(datetime(2023, 7, 3), "Asia/Shanghai", precision=precision).hour == hour


def test_a_time_shown_twice_is_taken_as_the_first_and_said_so():
    parts = local_parts(datetime(2014, 10, 26, 1, 30), "Europe/London")
    assert (parts.ambiguous, parts.nonexistent) == (True, False)
    assert parts.occurred_at == datetime(2014, 10, 26, 0, 30, tzinfo=UTC)
    assert parts.hour == 1


def test_a_time_that_was_skipped_keeps_its_written_parts_and_is_said_so():
    parts = local_parts(datetime(2014, 3, 30, 1, 30), "Europe/London")
    assert (parts.ambiguous, parts.nonexistent) == (False, True)
    assert parts.occurred_at == datetime(2014, 3, 30, 1, 30, tzinfo=UTC)
    assert (parts.occurred_on, parts.hour) == (date(2014, 3, 30), 1)


def test_summer_time_in_china_before_1992_is_heeded():
    assert local_parts(datetime(1990, 7, 1, 12), "Asia/Shanghai").occurred_at.hour == 3


@pytest.mark.parametrize("name", ["Asia/Linqing", "", "../etc/passwd", "/etc", "Asia", "北京"])
def test_an_unknown_zone_is_refused(name):
    with pytest.raises(ZoneError, match="没有这个时区"):
        local_parts(datetime(2023, 7, 3), name)


@given(st.datetimes(datetime(1970, 1, 2), datetime(2037, 12, 30)), st.sampled_from(ZONES))
def test_the_parts_of_a_written_time_are_the_written_ones_and_lead_back_to_it(at, zone):
    parts = local_parts(at, zone)
    assert (parts.occurred_on, parts.hour) == (at.date(), at.hour)
    back = parts.occurred_at.astimezone(ZoneInfo(zone)).replace(tzinfo=None)
    assert (back == at) != parts.nonexistent
    if not parts.ambiguous:
        assert local_parts(parts.occurred_at, zone) == parts or parts.nonexistent


@given(
    st.datetimes(datetime(1970, 1, 2), datetime(2037, 12, 30), timezones=st.just(UTC)), st.sampled_from(ZONES)
)
def test_an_aware_time_stays_the_same_moment(at, zone):
    parts = local_parts(at, zone)
    assert parts.occurred_at == at
    assert abs(parts.occurred_on - at.date()) <= timedelta(days=1)
    assert not parts.ambiguous
    assert not parts.nonexistent

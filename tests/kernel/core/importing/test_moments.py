"""Written times: every usual form, impossible days, and the hours that a clock change skips or repeats."""

from __future__ import annotations

from datetime import UTC, date, datetime, timedelta
from zoneinfo import ZoneInfo

import polars as pl
import pytest
from hypothesis import given
from hypothesis import strategies as st

from anlu.engine.crashes.local_parts import local_parts
from anlu.kernel.core.importing.moments import FORMS, MomentReader, in_the_world, serial_day

AT = datetime(2023, 6, 5, 8, 15)
ZONES = ("Asia/Shanghai", "Asia/Hong_Kong", "Europe/London", "America/New_York")


def read(
    *written: str | None, stated: tuple[str, ...] = (), zone: str = "Asia/Shanghai"
) -> list[tuple[object, object]]:
    return MomentReader(stated).read(pl.Series(written, dtype=pl.String), zone).rows()


@pytest.mark.parametrize(("form", "precision"), FORMS)
def test_every_form_is_read_to_its_precision(form: str, precision: str) -> None:
    written = AT.strftime(form.replace("%.f", ""))
    expected = {"minute": AT, "hour": AT.replace(minute=0), "day": AT.replace(hour=0, minute=0)}[precision]
    assert read(written) == [(expected, precision)]


@pytest.mark.parametrize(
    "written",
    ["2023-02-30", "2023-13-01", "2023-06-05 25:00", "昨天", "45000", "0", "1900-01-01", "2199-01-01"],
)
def test_what_is_no_day_of_our_time_is_not_read(written: str) -> None:
    assert read(written) == [(None, None)]


def test_mixed_forms_stay_in_place() -> None:
    found = read("2023-06-05 08:15", None, "2023/6/5", "x", "2023年6月5日 8时")
    assert found == [
        (AT, "minute"),
        (None, None),
        (datetime(2023, 6, 5), "day"),
        (None, None),
        (datetime(2023, 6, 5, 8), "hour"),
    ]


def test_a_stated_form_is_the_only_one_tried() -> None:
    found = read("05/06/2023 08:15", "2023-06-05 08:15", stated=("%d/%m/%Y %H:%M",))
    assert found == [(AT, "minute"), (None, None)]


def test_a_time_that_names_its_offset_is_put_on_the_clock_of_the_zone() -> None:
    assert read("2023-06-05T00:15:00Z", "2023-06-05T02:15:00+02:00") == [(AT, "minute"), (AT, "minute")]


def world(local: datetime, zone: str) -> dict[str, object]:
    return pl.DataFrame({"local": [local]}).select(*in_the_world("local", zone)).row(0, named=True)


def test_the_hour_that_is_repeated_is_taken_as_the_earlier_one_and_flagged() -> None:
    found = world(datetime(2019, 10, 27, 1, 30), "Europe/London")
    assert found == {
        "utc": datetime(2019, 10, 27, 0, 30, tzinfo=UTC),
        "ambiguous": True,
        "nonexistent": False,
    }


def test_the_hour_that_is_skipped_is_moved_on_and_flagged() -> None:
    found = world(datetime(2019, 3, 31, 1, 30), "Europe/London")
    assert found == {"utc": datetime(2019, 3, 31, 1, 30, tzinfo=UTC), "ambiguous": False, "nonexistent": True}


@given(st.datetimes(datetime(1986, 1, 1), datetime(2030, 1, 1)), st.sampled_from(ZONES))
def test_columns_agree_with_the_rule_for_one_record(local: datetime, zone: str) -> None:
    local = local.replace(second=0, microsecond=0)
    found = world(local, zone)
    parts = local_parts(local, zone)
    assert found["utc"] == parts.occurred_at
    assert (found["ambiguous"], found["nonexistent"]) == (parts.ambiguous, parts.nonexistent)


@given(st.dates(date(1950, 1, 1), date(2100, 1, 1)), st.sampled_from([form for form, _ in FORMS]))
def test_any_day_written_in_any_form_is_that_day(day: date, form: str) -> None:
    written = datetime(day.year, day.month, day.day, 7, 5).strftime(form.replace("%.f", ""))
    ((local, _),) = read(written)
    assert isinstance(local, datetime)
    assert local.date() == day


def test_numbers_of_a_spreadsheet_are_recognised() -> None:
    assert serial_day("45000") == date(2023, 3, 15)
    assert serial_day("45000.5") == date(2023, 3, 15)
    assert serial_day("20230315") is None
    assert serial_day("x") is None


def test_zones_of_the_property_have_clock_changes() -> None:
    assert {ZoneInfo(zone).dst(datetime(1988, 7, 1)) for zone in ZONES} >= {timedelta(hours=1)}

"""Periods: how they are written, what they are compared with, and how they are taken apart."""

from datetime import date, timedelta
from itertools import pairwise

import pytest
from hypothesis import given
from hypothesis import strategies as st

from anlu.engine.periods import Period, PeriodError

days = st.dates(date(1901, 1, 1), date(2998, 12, 31))
calendar_kinds = st.sampled_from(["month", "quarter", "half", "year", "week", "day"])
wholes = st.builds(Period.containing, days, calendar_kinds)


@st.composite
def spans(draw: st.DrawFn) -> Period:
    start = draw(st.dates(date(1910, 1, 1), date(2900, 12, 31)))
    return Period("span", start, start + timedelta(days=draw(st.integers(0, 1500))))


@st.composite
def cut(draw: st.DrawFn) -> Period:
    whole = draw(wholes)
    return whole.to_date(draw(st.dates(whole.start, whole.end)))


periods = st.one_of(wholes, spans(), cut())


@pytest.mark.parametrize(
    ("text", "start", "end", "kind", "label"),
    [
        ("2023", "2023-01-01", "2023-12-31", "year", "2023年"),
        ("2023H1", "2023-01-01", "2023-06-30", "half", "2023年上半年"),
        ("2023H2", "2023-07-01", "2023-12-31", "half", "2023年下半年"),
        ("2023Q1", "2023-01-01", "2023-03-31", "quarter", "2023年第一季度"),
        ("2023Q2", "2023-04-01", "2023-06-30", "quarter", "2023年第二季度"),
        ("2023Q4", "2023-10-01", "2023-12-31", "quarter", "2023年第四季度"),
        ("2024-02", "2024-02-01", "2024-02-29", "month", "2024年2月"),
        ("2023W05", "2023-01-30", "2023-02-05", "week", "2023年第5周"),
        ("2020W53", "2020-12-28", "2021-01-03", "week", "2020年第53周"),
        ("2023-06-30", "2023-06-30", "2023-06-30", "day", "2023年6月30日"),
        ("2023-01-01..2023-06-30", "2023-01-01", "2023-06-30", "span", "2023年1月1日至6月30日"),
        ("2022-12-01..2023-01-31", "2022-12-01", "2023-01-31", "span", "2022年12月1日至2023年1月31日"),
        ("2023H1@2023-05-20", "2023-01-01", "2023-05-20", "half", "2023年上半年(截至5月20日)"),
    ],
)
def test_a_period_is_read_and_labelled(text, start, end, kind, label):
    period = Period.parse(text)
    assert (period.start.isoformat(), period.end.isoformat(), period.kind) == (start, end, kind)
    assert period.label == label
    assert period.code == str(period) == text


def test_case_blanks_and_a_hyphen_before_the_letter_do_not_matter():
    assert Period.parse(" 2023h1 ") == Period.parse("2023-H1") == Period.parse("2023H1")


@pytest.mark.parametrize(
    "text",
    [
        "", "2023H3", "2023H0", "2023Q5", "2023-13", "2023-00", "2023W54", "2023W00", "2021W53", "2023W5",
        "20231", "203", "0001", "3000", "2023-02-29", "2023-06-31", "2023-06-30..2023-01-01",
        "2023-06-30..", "2023-01-01...2023-06-30", "2023H1@2023-07-01", "2023H1@2022-12-31", "2023H1@",
        "二〇二三", "２０２３", "2023-1", "上半年", "2023H1;drop", "2023H1@2023-05-20@2023-05-21",
    ],
)  # fmt: skip
def test_nonsense_is_refused(text):
    with pytest.raises(PeriodError):
        Period.parse(text)


@pytest.mark.parametrize(
    ("kind", "start", "end"),
    [
        ("month", date(2023, 6, 2), date(2023, 6, 30)),
        ("month", date(2023, 6, 1), date(2023, 7, 1)),
        ("half", date(2023, 4, 1), date(2023, 9, 30)),
        ("week", date(2023, 1, 31), date(2023, 2, 5)),
        ("day", date(2023, 1, 1), date(2023, 1, 2)),
        ("span", date(2023, 1, 2), date(2023, 1, 1)),
        ("decade", date(2020, 1, 1), date(2029, 12, 31)),
    ],
)
def test_a_period_must_fit_its_kind(kind, start, end):
    with pytest.raises(PeriodError):
        Period(kind, start, end)


@pytest.mark.parametrize(
    ("text", "year_before", "before"),
    [
        ("2023H1", "2022H1", "2022H2"),
        ("2023Q1", "2022Q1", "2022Q4"),
        ("2023-01", "2022-01", "2022-12"),
        ("2023-11-01..2023-11-23", "2022-11-01..2022-11-23", "2023-10-09..2023-10-31"),
        ("2023-11@2023-11-23", "2022-11@2022-11-23", "2023-10@2023-10-23"),
        # the leap day is included as it is
        ("2024-02", "2023-02", "2024-01"),
        ("2025-02", "2024-02", "2025-01"),
        ("2024-01-01..2024-02-29", "2023-01-01..2023-02-28", "2023-11-02..2023-12-31"),
        ("2025-01-01..2025-02-28", "2024-01-01..2024-02-28", "2024-11-03..2024-12-31"),
        ("2024-02-29", "2023-02-28", "2024-02-28"),
        ("2024-02@2024-02-28", "2023-02", "2024-01@2024-01-28"),
        # a closed month stays a closed month
        ("2023Q2@2023-04-30", "2022Q2@2022-04-30", "2023Q1@2023-01-31"),
        ("2023-03@2023-03-30", "2022-03@2022-03-30", "2023-02"),
        ("2023W05", "2022W05", "2023W04"),
        ("2021W01", "2020W01", "2020W53"),
        ("2020W53", "2019W52", "2020W52"),
        ("2020W53@2020-12-30", "2019W52@2019-12-25", "2020W52@2020-12-23"),
    ],
)
def test_like_spans_are_compared(text, year_before, before):
    period = Period.parse(text)
    assert str(period.previous_year()) == year_before
    assert str(period.previous()) == before


def test_an_open_period_is_cut_at_today_and_compared_with_the_like_span():
    november = Period.parse("2023-11").to_date(date(2023, 11, 23))
    assert november.is_cut
    assert (november.end, november.previous_year().end) == (date(2023, 11, 23), date(2022, 11, 23))
    assert november.label == "2023年11月(截至11月23日)"


def test_a_period_that_is_over_is_not_cut():
    half = Period.parse("2023H1")
    assert half.to_date(date(2023, 6, 30)) == half.to_date(date(2023, 7, 3)) == half
    assert not half.is_cut


def test_a_period_that_has_not_begun_cannot_be_cut():
    with pytest.raises(PeriodError, match="还没有开始"):
        Period.parse("2023H2").to_date(date(2023, 6, 30))


def test_a_half_year_has_its_six_months():
    assert [str(month) for month in Period.parse("2023H1").months()] == [
        "2023-01", "2023-02", "2023-03", "2023-04", "2023-05", "2023-06",
    ]  # fmt: skip


def test_ragged_ends_of_a_span_stay_ragged():
    months = Period.parse("2023-01-15..2023-03-10").months()
    assert [str(month) for month in months] == ["2023-01-15..2023-01-31", "2023-02", "2023-03@2023-03-10"]


def test_containment_counts_both_ends():
    half = Period.parse("2023H1")
    assert date(2023, 1, 1) in half
    assert date(2023, 6, 30) in half
    assert date(2023, 7, 1) not in half
    assert half.covers(Period.parse("2023Q2"))
    assert not half.covers(Period.parse("2023Q3"))
    assert half.day_count == len(list(half)) == 181


def test_periods_sort_by_time():
    texts = ["2023H2", "2022", "2023-06", "2023H1"]
    assert [str(period) for period in sorted(map(Period.parse, texts))] == [
        "2022",
        "2023H1",
        "2023-06",
        "2023H2",
    ]


@given(periods)
def test_what_is_written_is_read_back(period):
    assert Period.parse(str(period)) == period


@given(periods, st.sampled_from(["day", "week", "month", "quarter", "half", "year"]))
def test_the_parts_of_a_period_are_exactly_the_period(period, kind):
    parts = period.split(kind)
    assert parts[0].start == period.start
    assert parts[-1].end == period.end
    for earlier, later in pairwise(parts):
        assert later.start == earlier.end + timedelta(days=1)
    assert sum(part.day_count for part in parts) == period.day_count


@given(wholes)
def test_next_undoes_previous(period):
    assert period.previous().next() == period
    assert period.next().previous() == period


@given(periods)
def test_the_period_before_never_overlaps(period):
    assert period.previous().end < period.start
    assert period.previous().kind == period.kind


@given(periods)
def test_last_year_is_about_as_long(period):
    like = period.previous_year()
    assert like.kind == period.kind
    assert abs(like.day_count - period.day_count) <= 1
    assert 357 <= (period.start - like.start).days <= 371


@given(days, calendar_kinds)
def test_every_day_lies_in_its_period(day, kind):
    assert day in Period.containing(day, kind)

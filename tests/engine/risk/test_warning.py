"""Early warning, forecast and the year's target: false alarms, coverage and calibration in seeded simulation."""

import math

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from scipy.stats import nbinom

from anlu.engine.risk.expectation import Prediction, course_of_year, predict
from anlu.engine.risk.forecast import forecast, forecast_links
from anlu.engine.risk.smoothing import empirical_bayes
from anlu.engine.risk.targets import target_outlook
from anlu.engine.risk.warning import false_discovery, weekly_counts, weekly_warning

WEEKS = 156
SEASON = np.arange(WEEKS + 1) % 52


def county(rng: np.random.Generator, units: int) -> np.ndarray:
    """Weekly counts of units with rates of their own and a common course of the year, three years and a week."""
    rate = rng.gamma(1.5, 1.0 / 1.5, units) * 0.8
    course = 1.0 + 0.3 * np.sin(2 * np.pi * SEASON / 52)
    return rng.poisson(rate[:, None] * course)


# -------------------------------------------------------------------------------------------------- early warning


def test_without_change_a_week_with_any_alarm_is_no_more_frequent_than_the_level() -> None:
    rng = np.random.default_rng(31)
    weeks = []
    for _ in range(300):
        counts = county(rng, 30)
        found = weekly_warning(counts[:, :-1], SEASON[:-1], counts[:, -1], int(SEASON[-1]), length=52)
        weeks.append(found.alarm.any())
    assert np.mean(weeks) <= 0.05 + 3 * math.sqrt(0.05 * 0.95 / 300)


def test_a_road_with_many_more_crashes_is_found_and_the_others_are_not() -> None:
    rng = np.random.default_rng(32)
    found, false = [], []
    for _ in range(60):
        counts = county(rng, 30)
        counts[7, -1] += 9
        warning = weekly_warning(counts[:, :-1], SEASON[:-1], counts[:, -1], int(SEASON[-1]), length=52)
        found.append(warning.alarm[7])
        false.append(warning.alarm.sum() - warning.alarm[7])
    assert np.mean(found) > 0.9
    assert np.mean(false) < 0.15


def test_what_has_become_usual_is_no_alarm_any_more() -> None:
    """A road that doubled two years ago: the older weeks fade."""
    counts = np.full((10, WEEKS), 2.0)
    counts[0, 52:] = 6.0
    even = predict(counts, SEASON[:-1], 0, 52)
    fading = predict(counts, SEASON[:-1], 0, 52, half_life=26.0)
    assert abs(fading.mean[0] - 6.0) < abs(even.mean[0] - 6.0)


@pytest.mark.parametrize("level", [0.0, 1.0, -0.1])
def test_a_level_that_is_no_probability_is_refused(level: float) -> None:
    with pytest.raises(ValueError, match="level"):
        weekly_warning([[1, 2]], [0, 1], [1], 2, level=level)


def test_counts_that_do_not_fit_are_refused() -> None:
    with pytest.raises(ValueError, match="1 counts"):
        weekly_warning([[1, 2]], [0, 1], [1, 1], 2)
    with pytest.raises(ValueError, match="not negative"):
        weekly_warning([[1, -2]], [0, 1], [1], 2)
    with pytest.raises(ValueError, match="not be negative"):
        weekly_warning([[1, 2]], [0, 1], [-1], 2)
    with pytest.raises(ValueError, match="not empty"):
        weekly_warning(np.empty((0, 3)), [0, 1, 2], [], 2)


def test_a_county_without_crashes_raises_no_alarm() -> None:
    warning = weekly_warning(np.zeros((5, 60)), np.arange(60) % 52, np.zeros(5), 8)
    assert not warning.alarm.any()
    assert (warning.p == 1.0).all()


def test_adjusted_p_values_of_a_worked_example() -> None:
    """Benjamini and Hochberg: n p / rank, made monotone from the largest."""
    assert false_discovery([0.01, 0.04, 0.03, 0.5]) == pytest.approx([0.04, 0.16 / 3, 0.16 / 3, 0.5])


@given(st.lists(st.floats(0, 1), min_size=1, max_size=30))
def test_adjusted_p_values_are_no_smaller_and_keep_the_order(p: list[float]) -> None:
    q = false_discovery(p)
    assert (q >= np.array(p) - 1e-12).all()
    assert (q <= 1.0).all()
    order = np.argsort(p)
    assert (np.diff(q[order]) >= -1e-12).all()


def test_weeks_are_counted_back_from_a_day() -> None:
    dates = np.array(
        ["2023-06-25", "2023-06-24", "2023-06-18", "2023-06-19", "2023-06-26", "2022-01-01"], "M8[D]"
    )
    counts, season = weekly_counts([0, 1, 1, 0, 0, 1], dates, 2, until=np.datetime64("2023-06-25"), weeks=3)
    assert counts.tolist() == [[0, 0, 2], [0, 1, 1]]
    assert season.tolist() == [23, 24, 25]
    none, _ = weekly_counts([-1], dates[:1], 2, until=np.datetime64("2023-06-25"), weeks=3)
    assert none.sum() == 0


# ------------------------------------------------------------------------------------------------------- forecast


def test_intervals_of_the_next_week_cover_at_least_at_their_level() -> None:
    rng = np.random.default_rng(33)
    counts = county(rng, 1500)
    (next_week,) = forecast(counts[:, :-1], SEASON[:-1], 52, 1)
    low, high = next_week.interval(0.95)
    inside = ((low <= counts[:, -1]) & (counts[:, -1] <= high)).mean()
    assert 0.95 - 3 * math.sqrt(0.95 * 0.05 / 1500) < inside <= 1.0
    assert next_week.mean.mean() == pytest.approx(counts[:, :-1].mean(), rel=0.1)


def test_the_interval_of_the_whole_county_covers_at_its_level() -> None:
    rng = np.random.default_rng(34)
    inside = []
    for _ in range(200):
        counts = county(rng, 20)
        (next_week,) = forecast(counts[:, :-1], SEASON[:-1], 52, 1)
        low, high = next_week.total.interval(0.9)
        inside.append(low[0] <= counts[:, -1].sum() <= high[0])
    assert 0.85 < np.mean(inside) < 0.97


def test_the_course_of_the_year_is_carried_on() -> None:
    season = np.arange(48) % 12
    counts = np.tile(np.where(np.arange(12) < 6, 20.0, 60.0), 4)[None, :]
    ahead = forecast(counts, season, 12, 12)
    low, high = (np.mean([ahead[m].mean[0] for m in months]) for months in (range(1, 5), range(7, 11)))
    assert high / low == pytest.approx(3.0, rel=0.2)


def test_a_steady_county_has_no_course_of_the_year() -> None:
    rng = np.random.default_rng(35)
    factor = course_of_year(rng.poisson(1.0, (3, 260)), np.arange(260) % 52, 52)
    assert factor.mean() == pytest.approx(1.0)
    assert np.abs(factor - 1.0).max() < 0.35
    assert course_of_year(np.zeros((2, 52)), np.arange(52), 52).tolist() == [1.0] * 52


def test_forecasts_of_links_cover_at_least_at_their_level() -> None:
    rng = np.random.default_rng(36)
    mu, k = rng.uniform(0.5, 6.0, 3000), 0.6
    rate = rng.gamma(1 / k, k * mu)
    estimate = empirical_bayes(rng.poisson(rate), mu, k)
    ahead = forecast_links(estimate, 3.0, 1.0)
    low, high = ahead.interval(0.95)
    later = rng.poisson(rate / 3.0)
    assert 0.94 < ((low <= later) & (later <= high)).mean() < 0.995
    assert ahead.mean.sum() == pytest.approx(rate.sum() / 3.0, rel=0.03)


def test_links_that_expect_nothing_are_forecast_nothing() -> None:
    ahead = forecast_links(empirical_bayes([0], [0.0], 0.5), 3.0)
    assert [limits.tolist() for limits in ahead.interval()] == [[0], [0]]


def test_time_without_length_is_refused() -> None:
    with pytest.raises(ValueError, match="positive"):
        forecast_links(empirical_bayes([1], [1.0], 0.5), 0.0)
    with pytest.raises(ValueError, match="ahead"):
        forecast([[1, 2]], [0, 1], 12, 0)


def test_tail_and_limits_are_those_of_the_negative_binomial() -> None:
    prediction = Prediction(np.array([3.0]), np.array([2.0]))
    assert prediction.tail([5])[0] == pytest.approx(1.0 - nbinom.cdf(4, 2.0, 2.0 / 5.0))
    low, high = prediction.interval(0.9)
    assert nbinom.cdf(high[0], 2.0, 0.4) - nbinom.cdf(low[0] - 1, 2.0, 0.4) >= 0.9


# --------------------------------------------------------------------------------------------------- year's target


def test_probabilities_of_the_target_are_calibrated() -> None:
    """Years whose rates jump by a tenth: of outlooks at about p, a share of about p comes true."""
    rng = np.random.default_rng(37)
    share = np.array([5, 5, 7, 8, 9, 9, 10, 10, 10, 10, 9, 8]) / 100
    said, came = [], []
    for _ in range(1500):
        rates = 150 * rng.gamma(100, 1 / 100, 6)
        months = rng.poisson(rates[:, None] * share)
        outlook = target_outlook(months[:5], months[5, : rng.integers(0, 11)], int(rng.integers(125, 175)))
        said.append(outlook.probability)
        came.append(months[5].sum() <= outlook.target)
    said, came = np.array(said), np.array(came)
    for low, high in ((0.0, 0.2), (0.2, 0.5), (0.5, 0.8), (0.8, 1.01)):
        here = (low <= said) & (said < high)
        assert abs(said[here].mean() - came[here].mean()) < 0.09
    assert said.mean() == pytest.approx(came.mean(), abs=0.03)


def test_the_interval_of_the_year_covers_at_its_level() -> None:
    rng = np.random.default_rng(38)
    inside = []
    for _ in range(800):
        months = rng.poisson((120 * rng.gamma(80, 1 / 80, 6) / 12)[:, None], (6, 12))
        outlook = target_outlook(months[:5], months[5, :6], 120)
        inside.append(outlook.low <= months[5].sum() <= outlook.high)
    assert 0.92 < np.mean(inside) < 0.97


def test_a_target_already_exceeded_cannot_be_kept() -> None:
    assert target_outlook([[10] * 12], [50, 60], 100).probability == 0.0


def test_a_finished_year_is_certain() -> None:
    outlook = target_outlook([[10] * 12], [9] * 12, 108)
    assert (outlook.so_far, outlook.expected, outlook.low, outlook.high, outlook.probability) == (
        108, 108.0, 108, 108, 1.0,
    )  # fmt: skip
    assert target_outlook([[10] * 12], [9] * 12, 107).probability == 0.0


def test_the_more_the_target_allows_the_likelier_it_is_kept() -> None:
    chances = [target_outlook([[8] * 12, [11] * 12], [9, 9, 9], t).probability for t in range(60, 180, 10)]
    assert chances == sorted(chances)
    assert chances[0] < 0.01
    assert chances[-1] > 0.99


def test_years_without_crashes_leave_hardly_any_to_expect() -> None:
    outlook = target_outlook(np.zeros((3, 12)), [0, 0], 0)
    assert outlook.expected < 1.0
    assert 0.5 < outlook.probability < 1.0


@pytest.mark.parametrize(
    ("history", "now"),
    [([[1] * 11], [1]), ([[1] * 12], [1] * 13), ([[-1] * 12], [1]), ([[1] * 12], [-1]), ([], [])],
)
def test_counts_that_are_no_months_are_refused(history: list[list[int]], now: list[int]) -> None:
    with pytest.raises(ValueError, match="must"):
        target_outlook(history, now, 10)

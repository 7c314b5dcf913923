"""Severity weights, rates, safety performance functions, empirical Bayes: published numbers and properties."""

import math

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from anlu.engine.risk.rates import crash_rate, critical_rate, million_vehicle_km
from anlu.engine.risk.screening import fit_length_model, ranks_of
from anlu.engine.risk.severity import EPDO, Severity, Weights, severity_of
from anlu.engine.risk.smoothing import empirical_bayes
from anlu.engine.risk.spf import NotFitted, fit_negative_binomial, log_likelihood

# Quine's days of absence of 146 pupils by ethnic group, sex, age and learner status (Aitkin 1978), one line per group.
QUINE = """
    2 11 14; 5 5 13 20 22; 6 6 15; 7 14; 6 32 53 57; 14 16 16 17 40 43 46; 8 23 23 28 34 36 38; 3; 5 11 24 45;
    5 6 6 9 13 23 25 32 53 54; 5 5 11 17 19; 8 13 14 20 47 48 60 81; 2; 0 2 3 5 10 14 21 36 40; 6 17 67;
    0 0 2 7 11 12; 0 0 5 5 5 11 17; 3 4; 22 30 36; 8 0 1 5 7 16 27; 0 30 10 14 27 41 69; 25; 10 11 20 33;
    5 7 0 1 5 5 5 5 7 11 15; 5 14 6 6 7 28; 0 5 14 2 2 3 8 10 12; 1; 1 9 22 3 3 5 15 18 22 37
"""


# ------------------------------------------------------------------------------------------------ severity and rates


@pytest.mark.parametrize(
    ("word", "severity"),
    [
        ("Fatal", 1),
        ("SERIOUS", 2),
        (" slight ", 3),
        ("damage", 4),
        ("1", 1),
        ("4.0", 4),
        ("重伤", 2),
        ("财产损失", 4),
    ],
)
def test_severity_is_read_from_words_and_numbers(word: str, severity: int) -> None:
    assert severity_of(word) == severity


@pytest.mark.parametrize("word", ["", "0", "5", "1.5", "dead", "nan"])
def test_other_words_are_no_severity(word: str) -> None:
    assert severity_of(word) is None


def test_equivalent_damage_of_the_published_weights() -> None:
    """2 fatal, 3 injury and 4 damage crashes under 10/5/1 are 39 (nmcog.org)."""
    assert EPDO.of([1, 1, 2, 3, 3, 4, 4, 4, 4]).sum() == 39.0


def test_weights_can_be_any_others() -> None:
    assert Weights(542.0, 11.0, 11.0, 1.0).of([4, 1, 3, Severity.SERIOUS]).tolist() == [
        1.0,
        542.0,
        11.0,
        11.0,
    ]


def test_rate_of_a_segment() -> None:
    """40 crashes in 3 years on 17.5 km with 5,000 vehicles a day: 40 * 10^6 / (365 * 3 * 5000 * 17.5)."""
    exposure = million_vehicle_km([17.5], [5000], 3)
    assert crash_rate([40], exposure) == pytest.approx([0.41748], abs=1e-5)


def test_critical_rate_is_the_textbook_sum() -> None:
    assert critical_rate(0.5, [100.0]) == pytest.approx([0.5 + 1.645 * math.sqrt(0.005) + 0.005])


def test_a_road_without_traffic_has_no_rate_and_cannot_be_critical() -> None:
    exposure = million_vehicle_km([1.0, 0.0, 2.0], [0, 100, 100], 1)
    assert np.isnan(crash_rate([1, 1, 1], exposure)).tolist() == [True, True, False]
    assert np.isinf(critical_rate(0.5, exposure)).tolist() == [True, True, False]


@pytest.mark.parametrize("bad", [-1.0, np.nan, np.inf])
def test_rates_refuse_numbers_that_cannot_be(bad: float) -> None:
    with pytest.raises(ValueError, match="not negative"):
        crash_rate([bad], [1.0])
    with pytest.raises(ValueError, match="not negative"):
        million_vehicle_km([1.0], [bad], 1)


# ------------------------------------------------------------------------------------- negative binomial regression


def test_overdispersion_of_mites_on_apple_leaves() -> None:
    """Bliss and Fisher (1953): 150 leaves, mean 1.14667, exponent 1.02459."""
    counts = np.repeat(np.arange(8), [70, 38, 17, 10, 9, 3, 2, 1])
    fit = fit_negative_binomial(counts, np.ones((150, 1)))
    assert math.exp(fit.coefficients[0]) == pytest.approx(1.14667, abs=1e-5)
    assert 1.0 / fit.k == pytest.approx(1.02459, abs=1e-5)


def test_regression_of_days_of_absence() -> None:
    """Venables and Ripley, all interactions: theta 1.92836014510701, twice the log-likelihood -1039.324."""
    groups = [[int(day) for day in group.split()] for group in QUINE.split(";")]
    of = np.repeat(np.arange(len(groups)), [len(group) for group in groups])
    fit = fit_negative_binomial(np.concatenate(groups), np.eye(len(groups))[of])
    assert (fit.sites, len(fit.coefficients)) == (146, 28)
    assert 1.0 / fit.k == pytest.approx(1.92836014510701, rel=1e-9)
    assert 2.0 * fit.log_likelihood == pytest.approx(-1039.324, abs=5e-4)
    assert np.exp(fit.coefficients) == pytest.approx([np.mean(group) for group in groups])


@pytest.mark.parametrize("k", [0.0, 0.3, 2.0])
def test_a_fit_recovers_what_the_counts_were_drawn_from(k: float) -> None:
    rng = np.random.default_rng(5)
    length = rng.uniform(100, 3000, 4000)
    mean = 4.0 * math.exp(-6.0) * length**0.9
    rate = mean if k == 0 else rng.gamma(1 / k, k * mean)
    fit = fit_length_model(rng.poisson(rate), length, 4.0)
    assert fit.b1_error is not None
    assert abs(fit.b0 + 6.0) < 4 * fit.b0_error
    assert abs(fit.b1 - 0.9) < 4 * fit.b1_error
    assert fit.k == pytest.approx(k, abs=0.1)


def test_the_fit_is_the_maximum() -> None:
    rng = np.random.default_rng(6)
    x = np.column_stack([np.ones(200), rng.normal(size=200)])
    y = rng.poisson(rng.gamma(2.0, 0.5 * np.exp(0.5 + 0.4 * x[:, 1])))
    fit = fit_negative_binomial(y, x)
    for step in ([0.01, 0, 0], [0, 0.01, 0], [0, 0, 0.01], [-0.01, 0, 0], [0, -0.01, 0], [0, 0, -0.01]):
        nearby = fit.coefficients + step[:2]
        assert log_likelihood(y, np.exp(x @ nearby), fit.k + step[2]) < fit.log_likelihood


def test_counts_less_varied_than_chance_have_no_overdispersion() -> None:
    assert fit_negative_binomial([2, 2, 2, 3], np.ones((4, 1))).k == 0.0


@pytest.mark.parametrize(
    ("counts", "design"),
    [([3], [[1.0]]), ([0, 0, 0], [[1.0]] * 3), ([1, 2, 3], [[1.0, 2.0]] * 3), ([], np.empty((0, 1)))],
)
def test_data_that_say_nothing_are_refused(counts: list[int], design: list[list[float]]) -> None:
    with pytest.raises(NotFitted):
        fit_negative_binomial(counts, design)


def test_links_of_one_length_share_a_rate() -> None:
    model = fit_length_model([1, 2, 0, 5], [50.0] * 4, 2.0)
    assert (model.b1, model.b1_error) == (1.0, None)
    assert model.yearly([50.0]) == pytest.approx([1.0])


def test_links_without_length_are_left_out_of_the_fit_and_expect_nothing() -> None:
    with_zero = fit_length_model([1, 2, 0, 5, 0], [100.0, 250.0, 300.0, 900.0, 0.0], 2.0)
    assert with_zero == fit_length_model([1, 2, 0, 5], [100.0, 250.0, 300.0, 900.0], 2.0)
    assert with_zero.yearly([0.0, 100.0])[0] == 0.0


@pytest.mark.parametrize("counts", [[9, 0, 0, 0], [0, 0, 0, 9]])
def test_crashes_on_one_end_of_the_lengths_only_give_no_power(counts: list[int]) -> None:
    """The likelihood rises for ever with the power: the rate per metre is taken instead."""
    model = fit_length_model(counts, [10.0, 200.0, 3000.0, 40000.0], 1.0)
    assert (model.b1, model.b1_error) == (1.0, None)
    assert np.isfinite([model.b0, model.k, model.b0_error]).all()


def test_a_group_without_crashes_has_no_coefficient() -> None:
    with pytest.raises(NotFitted):
        fit_negative_binomial([3, 1, 4, 0, 0, 0], np.eye(2)[[0, 0, 0, 1, 1, 1]])


def test_one_link_cannot_be_screened() -> None:
    with pytest.raises(NotFitted):
        fit_length_model([4], [100.0], 1.0)


@pytest.mark.parametrize("years", [0.0, -1.0, math.nan, math.inf])
def test_a_period_without_length_is_refused(years: float) -> None:
    with pytest.raises(ValueError, match="years"):
        fit_length_model([1, 2], [1.0, 2.0], years)


# ------------------------------------------------------------------------------------------------- empirical Bayes

HAUER_MU = 0.0224 * 4000**0.564 * 1.8
HAUER_K = 1.0 / (2.05 * 1.8)


def test_hauers_example_of_one_year() -> None:
    """Hauer, Harwood, Council and Griffith (2002): 4.71 +- 1.19 crashes per km and year."""
    found = empirical_bayes([12], [HAUER_MU], HAUER_K)
    assert found.weight == pytest.approx([0.459759], abs=1e-5)
    assert found.eb / 1.8 == pytest.approx([4.71], abs=5e-3)
    assert np.sqrt(found.variance) / 1.8 == pytest.approx([1.19], abs=5e-3)


def test_hauers_example_of_three_years() -> None:
    """12, 7 and 8 crashes: 7.97 +- 1.44 a year, 4.43 per km and year."""
    found = empirical_bayes([27], [3 * HAUER_MU], HAUER_K)
    assert found.weight == pytest.approx([0.220987], abs=1e-5)
    assert found.eb / 3 == pytest.approx([7.97], abs=5e-3)
    assert np.sqrt(found.variance) / 3 == pytest.approx([1.44], abs=5e-3)
    assert found.eb / 3 / 1.8 == pytest.approx([4.43], abs=5e-3)


def test_the_base_function_of_a_rural_road() -> None:
    """4 miles, 5,630 vehicles a day, 56 crashes in 3 years; N = AADT L 365e-6 exp(-0.312), k = 0.236 / L."""
    yearly = 5630 * 4 * 365e-6 * math.exp(-0.312)
    assert yearly == pytest.approx(6.01674, abs=1e-5)
    found = empirical_bayes([56], [3 * yearly], 0.236 / 4)
    assert found.weight == pytest.approx([0.484270], abs=1e-6)
    assert found.eb == pytest.approx([37.62206], abs=1e-5)


def test_five_years_at_three_a_year() -> None:
    found = empirical_bayes([27], [15], 0.4)
    assert (found.weight[0], found.eb[0], found.variance[0]) == pytest.approx(
        (0.142857, 25.2857, 21.673), abs=5e-4
    )


numbers = st.lists(st.tuples(st.integers(0, 200), st.floats(0, 100)), min_size=1, max_size=20)


@given(numbers, st.floats(0, 20))
def test_the_estimate_lies_between_observed_and_expected(pairs: list[tuple[int, float]], k: float) -> None:
    x, mu = (np.array(column, float) for column in zip(*pairs, strict=True))
    found = empirical_bayes(x, mu, k)
    slack = 1e-9 * (1 + x + mu)
    assert (found.eb >= np.minimum(x, mu) - slack).all()
    assert (found.eb <= np.maximum(x, mu) + slack).all()
    assert (found.variance >= 0).all()
    assert (found.variance <= found.eb + slack).all()


@given(numbers, st.floats(0, 20))
def test_excess_sums_to_what_the_estimates_exceed_the_function_by(
    pairs: list[tuple[int, float]], k: float
) -> None:
    x, mu = (np.array(column, float) for column in zip(*pairs, strict=True))
    found = empirical_bayes(x, mu, k)
    assert found.excess.sum() == pytest.approx(((1 - found.weight) * (x - mu)).sum(), abs=1e-6)


def test_intervals_of_the_estimates_cover_at_their_level() -> None:
    """Sites drawn from the model: the true mean of 95 % (+- 4 standard errors) lies within its interval."""
    rng = np.random.default_rng(9)
    mu, k = rng.uniform(0.5, 8.0, 4000), 0.7
    truth = rng.gamma(1 / k, k * mu)
    low, high = empirical_bayes(rng.poisson(truth), mu, k).interval()
    covered = ((low <= truth) & (truth <= high)).mean()
    assert abs(covered - 0.95) < 4 * math.sqrt(0.95 * 0.05 / 4000)


def test_without_overdispersion_the_function_decides_alone() -> None:
    assert empirical_bayes([9], [4.0], 0.0).eb.tolist() == [4.0]


def test_what_nothing_is_expected_of_keeps_nothing() -> None:
    assert empirical_bayes([3], [0.0], 0.5).eb.tolist() == [0.0]


# ------------------------------------------------------------------------------------------------------------ ranks


def test_ranks_break_ties_by_order_and_put_the_undefined_last() -> None:
    assert ranks_of([2.0, np.nan, 5.0, 2.0, -1.0]).tolist() == [2, 5, 1, 3, 4]

"""Intervals of single figures against published values and scipy."""

import pytest
from hypothesis import given
from hypothesis import strategies as st
from scipy.stats import binomtest, chi2

from anlu.engine.indicators.intervals import (
    newcombe_interval,
    poisson_interval,
    rate_interval,
    wilson_interval,
)


def test_the_exact_interval_of_39_deaths():
    assert poisson_interval(39) == pytest.approx((27.73, 53.31), abs=0.005)


def test_none_at_all_still_has_an_upper_bound():
    assert poisson_interval(0) == pytest.approx((0, 3.6889), abs=1e-4)


@given(st.integers(1, 100_000), st.sampled_from([0.8, 0.9, 0.95, 0.99]))
def test_the_poisson_interval_is_garwoods(count, level):
    tail = (1 - level) / 2
    expected = chi2.ppf(tail, 2 * count) / 2, chi2.isf(tail, 2 * count + 2) / 2
    assert poisson_interval(count, level=level) == pytest.approx(expected, rel=1e-7)


@given(st.integers(0, 5000), st.integers(1, 5000), st.sampled_from([0.8, 0.9, 0.95, 0.99]))
def test_the_wilson_interval_is_scipys(part, whole, level):
    part = min(part, whole)
    expected = binomtest(part, whole).proportion_ci(level, method="wilson")
    assert wilson_interval(part, whole, level=level) == pytest.approx(
        (expected.low, expected.high), abs=1e-12
    )


@given(st.integers(0, 300), st.integers(1, 300))
def test_the_wilson_interval_holds_the_share_and_stays_within_0_and_1(part, whole):
    part = min(part, whole)
    low, high = wilson_interval(part, whole)
    assert 0 <= low <= part / whole <= high <= 1


def test_a_share_of_nothing_has_no_interval():
    assert wilson_interval(0, 0) is None


def test_a_rate_scales_the_interval_of_its_count():
    # 39 deaths among 210 000 vehicles: 1.86 per 10 000
    low, high = rate_interval(39, 210_000, scale=10_000)
    assert (low, high) == pytest.approx((1.3206, 2.5388), abs=1e-3)
    assert low < 39 / 210_000 * 10_000 < high


def test_a_base_of_nothing_gives_no_rate():
    assert rate_interval(39, 0) is None


@pytest.mark.parametrize(
    ("counts", "expected"),
    [  # Newcombe (1998), Statistics in Medicine 17: 873–890, table II, method 10
        ((56, 70, 48, 80), (0.0524, 0.3339)),
        ((9, 10, 3, 10), (0.1705, 0.8090)),
        ((6, 7, 2, 7), (0.0582, 0.8062)),
        ((5, 56, 0, 29), (-0.0381, 0.1926)),
        ((0, 10, 0, 20), (-0.1611, 0.2775)),
        ((10, 10, 0, 10), (0.6075, 1.0000)),
    ],
)
def test_the_difference_of_shares_has_newcombes_interval(counts, expected):
    assert newcombe_interval(*counts) == pytest.approx(expected, abs=6e-5)


@pytest.mark.parametrize(
    "call",
    [
        lambda: poisson_interval(-1),
        lambda: poisson_interval(1, level=1.0),
        lambda: rate_interval(1, -1),
        lambda: rate_interval(1, float("nan")),
        lambda: wilson_interval(2, 1),
        lambda: wilson_interval(-1, 1),
        lambda: newcombe_interval(0, 0, 1, 2),
    ],
)
def test_impossible_figures_are_refused(call):
    with pytest.raises(ValueError, match=r"must|needs"):
        call()

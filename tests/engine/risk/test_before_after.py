"""Before and after: worked examples of the guides, coverage of the intervals, and what cannot be compared."""

import math

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from scipy.stats import binom

from anlu.engine.risk.before_after import (
    FEW,
    REGRESSION_TO_THE_MEAN,
    comparison_effect,
    empirical_bayes_effect,
    naive_effect,
)


def test_one_treated_site() -> None:
    """FHWA-HRT-17-075 notation: P_b 12, k 0.3, O_b 18, P_a 6, O_a 5."""
    found = empirical_bayes_effect([12], [18], [6], [5], 0.3)
    assert found.expected == pytest.approx(8.348, abs=5e-4)
    assert found.expected_variance == pytest.approx(3.2665, abs=5e-5)
    assert found.observed / found.expected == pytest.approx(0.5990, abs=5e-5)
    assert found.cmf == pytest.approx(0.5721, abs=5e-5)
    assert found.change_pct == pytest.approx(-42.8, abs=0.05)
    assert found.standard_error == pytest.approx(0.291, abs=5e-4)
    guide = empirical_bayes_effect([12], [18], [6], [5], 0.3, fhwa_variance=True)
    assert guide.standard_error == pytest.approx(0.272, abs=5e-4)


def test_three_treated_sites() -> None:
    sites = ([12, 8, 5], [18, 10, 9], [6, 4, 2.5], [5, 3, 2])
    found = empirical_bayes_effect(*sites, 0.3)
    assert found.expected == pytest.approx(16.7537, abs=5e-5)
    assert found.expected_variance == pytest.approx(6.0374, abs=5e-5)
    assert found.observed == 10
    assert found.observed / found.expected == pytest.approx(0.5969, abs=5e-5)
    assert found.cmf == pytest.approx(0.5843, abs=5e-5)
    assert found.standard_error == pytest.approx(0.206, abs=5e-4)
    guide = empirical_bayes_effect(*sites, 0.3, fhwa_variance=True)
    assert guide.standard_error == pytest.approx(0.199, abs=5e-4)


def test_a_comparison_group() -> None:
    """FHWA guide to CMFs: 173 to 144 treated, 897 to 870 in the comparison group."""
    found = comparison_effect(173, 144, 897, 870)
    assert found.expected == pytest.approx(167.79, abs=5e-3)
    assert found.expected_variance == pytest.approx(226.49, abs=5e-3)
    assert found.cmf == pytest.approx(0.8514, abs=5e-5)
    assert found.standard_error == pytest.approx(0.103, abs=5e-4)
    assert (found.low, found.high) == pytest.approx((0.649, 1.054), abs=5e-4)
    assert not found.is_significant
    assert found.warning == ""


def test_the_naive_comparison_always_warns() -> None:
    found = naive_effect(40, 20)
    assert (found.cmf, found.expected, found.warning) == (0.5, 40.0, REGRESSION_TO_THE_MEAN)
    assert found.is_significant


def test_the_naive_comparison_allows_for_periods_of_different_length() -> None:
    assert naive_effect(10, 20, duration_ratio=2.0).cmf == 1.0


def test_the_limits_of_the_naive_comparison_leave_a_fortieth_on_either_side() -> None:
    """At the limits the observed 39 after 53 has a binomial tail of 2.5 %."""
    found = naive_effect(53, 39)
    low, high = (ratio / (1.0 + ratio) for ratio in (found.low, found.high))
    assert binom.sf(38, 92, low) == pytest.approx(0.025)
    assert binom.cdf(39, 92, high) == pytest.approx(0.025)


def test_no_crash_after_still_has_an_upper_limit() -> None:
    naive = naive_effect(10, 0)
    assert (naive.cmf, naive.low) == (0.0, 0.0)
    assert 0.2 < naive.high < 0.6
    compared = comparison_effect(20, 0, 100, 100)
    assert (compared.cmf, compared.low, compared.warning) == (0.0, 0.0, FEW)
    assert 0.0 < compared.high < 0.2
    with_function = empirical_bayes_effect([12], [18], [6], [0], 0.3)
    assert with_function.low == 0.0
    assert with_function.high > 0.1


@pytest.mark.parametrize(
    "counts", [(0, 3, 5, 5), (3, 3, 0, 5), (3, 3, 5, 0), (-1, 3, 5, 5), (3, math.nan, 5, 5)]
)
def test_a_comparison_with_nothing_is_refused(counts: tuple[int, int, int, int]) -> None:
    with pytest.raises(ValueError, match="must"):
        comparison_effect(*counts)


def test_a_naive_comparison_with_nothing_is_refused() -> None:
    with pytest.raises(ValueError, match="nothing to compare"):
        naive_effect(0, 3)
    with pytest.raises(ValueError, match="duration_ratio"):
        naive_effect(3, 3, duration_ratio=0.0)


@pytest.mark.parametrize(
    ("sites", "said"),
    [
        (([0.0], [1], [1.0], [1]), "predicted_before"),
        (([1.0], [1, 2], [1.0], [1]), "differ"),
        (([1.0], [-1], [1.0], [1]), "not negative"),
        (([1.0], [1], [-1.0], [1]), "not be negative"),
        (([1.0], [1], [0.0], [1]), "nothing was expected"),
        (([], [], [], []), "nothing was expected"),
    ],
)
def test_sites_that_cannot_be_evaluated_are_refused(sites: tuple[list[float], ...], said: str) -> None:
    with pytest.raises(ValueError, match=said):
        empirical_bayes_effect(*sites, 0.3)


@given(
    st.lists(
        st.tuples(st.floats(0.5, 30), st.integers(0, 60), st.floats(0.5, 30), st.integers(0, 60)), min_size=1
    ),
    st.floats(0.01, 3),
    st.randoms(use_true_random=False),
)
def test_the_order_of_sites_does_not_matter(sites: list[tuple[float, ...]], k: float, random: object) -> None:
    shuffled = sites[:]
    random.shuffle(shuffled)  # type: ignore[attr-defined]
    one, other = (empirical_bayes_effect(*zip(*each, strict=True), k) for each in (sites, shuffled))
    assert (one.expected, one.cmf, one.high) == pytest.approx((other.expected, other.cmf, other.high))


def _share_covering(truth: float, effects: list[tuple[float, float]]) -> float:
    return sum(low <= truth <= high for low, high in effects) / len(effects)


def test_intervals_of_the_comparison_group_cover_at_their_level() -> None:
    """Both groups change alike, the measure takes a quarter away; with 30 crashes they cover 91 %."""
    rng = np.random.default_rng(21)
    draws = rng.poisson([600, 600 * 0.9 * 0.75, 4000, 4000 * 0.9], (2000, 4))
    effects = [comparison_effect(*row) for row in draws.tolist()]
    share = _share_covering(0.75, [(e.low, e.high) for e in effects])
    assert 0.93 < share < 0.97
    assert np.mean([e.cmf for e in effects]) == pytest.approx(0.75, abs=0.01)


def test_empirical_bayes_is_right_where_the_naive_comparison_sees_an_effect_that_is_none() -> None:
    """The worst tenth of 300 sites is treated with something that does nothing: regression to the mean."""
    rng = np.random.default_rng(22)
    naive, bayes = [], []
    for _ in range(300):
        mu, k = rng.uniform(2, 6, 300), 0.5
        rate = rng.gamma(1 / k, k * mu)
        before, after = rng.poisson(rate), rng.poisson(rate)
        worst = np.argsort(-before)[:30]
        naive.append(naive_effect(int(before[worst].sum()), int(after[worst].sum())))
        bayes.append(empirical_bayes_effect(mu[worst], before[worst], mu[worst], after[worst], k))
    assert np.mean([e.cmf for e in naive]) < 0.88
    assert np.mean([e.cmf for e in bayes]) == pytest.approx(1.0, abs=0.02)
    assert 0.92 < _share_covering(1.0, [(e.low, e.high) for e in bayes]) < 0.98
    assert _share_covering(1.0, [(e.low, e.high) for e in naive]) < 0.5


def test_exact_naive_intervals_cover_at_least_at_their_level() -> None:
    rng = np.random.default_rng(23)
    draws = rng.poisson([15, 15 * 0.6], (2000, 2)).tolist()
    effects = [naive_effect(b, a) for b, a in draws if b]
    assert 0.94 < _share_covering(0.6, [(e.low, e.high) for e in effects]) < 0.995

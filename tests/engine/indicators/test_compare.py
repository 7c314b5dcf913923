"""Comparing counts and shares: published answers, and agreement with exact arithmetic and with scipy."""

import math
from fractions import Fraction
from math import comb

import pytest
from hypothesis import assume, example, given
from hypothesis import strategies as st
from scipy.stats import binomtest

from anlu.engine.indicators.binomial import two_sided_p
from anlu.engine.indicators.compare import (
    LARGEST_COUNT,
    change_words,
    compare_counts,
    compare_shares,
    points_words,
)

counts = st.integers(0, 600)


def test_the_published_example_of_deaths():
    compared = compare_counts(39, 53)
    assert round(compared.change_pct, 2) == -26.42
    assert round(compared.rate_ratio, 4) == 0.7358
    assert tuple(round(bound, 4) for bound in compared.ci95) == (0.4866, 1.1127)
    assert round(compared.p_two_sided, 4) == 0.1750
    assert compared.words == "下降26.42%"
    assert compared.range_words == "数量较小,波动范围 −51%~+11%"


@pytest.mark.parametrize(
    ("current", "previous", "change", "words"),
    [(187, 280, -33.21, "下降33.21%"), (164, 242, -32.23, "下降32.23%"), (39, 53, -26.42, "下降26.42%")],
)
def test_the_three_falls_of_the_half_year(current, previous, change, words):
    compared = compare_counts(current, previous)
    assert round(compared.change_pct, 2) == change
    assert compared.words == words


def test_a_large_count_is_not_called_small():
    assert compare_counts(1000, 1100).range_words == "波动范围 −17%~−1%"


def test_a_base_of_nothing_has_no_percentage_and_no_interval():
    compared = compare_counts(5, 0)
    assert (compared.change_pct, compared.rate_ratio, compared.ci95) == (None, None, None)
    assert compared.words == "上年同期为0(新增5)"
    assert compared.p_two_sided == 2 * 0.5**5
    assert compared.range_words is None


def test_a_fall_to_nothing_has_a_percentage_but_no_interval():
    compared = compare_counts(0, 5)
    assert (compared.change_pct, compared.words) == (-100, "下降100.00%")
    assert (compared.rate_ratio, compared.ci95) == (None, None)


def test_nothing_against_nothing_is_level():
    compared = compare_counts(0, 0)
    assert (compared.words, compared.change_pct, compared.p_two_sided) == ("持平", None, 1.0)


@pytest.mark.parametrize(
    ("current", "previous", "words"),
    [
        (100, 100, "持平"),
        (21, 20, "上升5.00%"),
        (80_001, 80_000, "上升不足0.01%"),
        (799_999_999, 800_000_000, "下降不足0.01%"),
        (8041, 8000, "上升0.51%"),  # 0.5125
        (20_001, 20_000, "上升0.01%"),  # exactly 0.005: half goes up
        (1005, 1000, "上升0.50%"),
        (0.3, 0.1, "上升200.00%"),  # amounts are taken as written, not as binary fractions
    ],
)
def test_the_words_for_a_change(current, previous, words):
    assert change_words(current, previous) == words


@pytest.mark.parametrize(("current", "previous"), [(-1, 5), (5, -1), (LARGEST_COUNT + 1, 1)])
def test_what_is_not_a_count_is_refused(current, previous):
    with pytest.raises(ValueError, match="count must be between"):
        compare_counts(current, previous)


@pytest.mark.parametrize("exposure", [0.0, -1.0, math.inf, math.nan])
def test_an_exposure_ratio_must_be_positive_and_finite(exposure):
    with pytest.raises(ValueError, match="exposure_ratio"):
        compare_counts(1, 2, exposure_ratio=exposure)


def test_twice_the_exposure_halves_the_ratio():
    plain, doubled = compare_counts(40, 30), compare_counts(40, 30, exposure_ratio=2)
    assert doubled.rate_ratio == pytest.approx(plain.rate_ratio / 2)
    assert doubled.ci95 == pytest.approx([bound / 2 for bound in plain.ci95])
    assert doubled.change_pct == plain.change_pct


@given(st.integers(0, 40), st.integers(0, 40), st.integers(1, 7), st.integers(1, 7))
@example(1, 1, 2, 1)  # the most probable outcome is shared with its neighbour
@example(1, 5, 1, 2)
@example(3, 2, 1, 1)
def test_p_is_the_sum_of_probabilities_not_above_the_observed(current, previous, mine, theirs):
    total = current + previous
    share = Fraction(mine, mine + theirs)
    weights = [comb(total, k) * share**k * (1 - share) ** (total - k) for k in range(total + 1)]
    expected = sum(weight for weight in weights if weight <= weights[current])
    assert two_sided_p(current, previous, mine / theirs) == pytest.approx(float(expected), rel=1e-12)


@given(counts, counts, st.floats(0.05, 20))
def test_p_agrees_with_scipy(current, previous, exposure):
    assume(current + previous > 0)
    expected = binomtest(current, current + previous, exposure / (1 + exposure)).pvalue
    assume(expected > 1e-250)  # scipy loses the far tail before we do
    assert two_sided_p(current, previous, exposure) == pytest.approx(expected, rel=1e-9)


@given(st.integers(0, 10_000_000), st.floats(-6, 6))
def test_p_of_large_counts_agrees_with_scipy(previous, sigmas):
    current = max(0, round(previous + sigmas * math.sqrt(2 * previous)))
    assume(current + previous > 0)
    expected = binomtest(current, current + previous, 0.5).pvalue
    assert two_sided_p(current, previous) == pytest.approx(expected, rel=1e-8)


def test_p_of_the_largest_counts_agrees_with_the_normal_limit():
    previous = LARGEST_COUNT
    current = previous - 2_000_000
    limit = math.erfc((2_000_000 - 1) / math.sqrt(2 * (current + previous)))
    assert two_sided_p(current, previous) == pytest.approx(limit, rel=1e-5)


@given(counts, counts)
def test_swapping_the_periods_turns_the_ratio_round(current, previous):
    forward, back = compare_counts(current, previous), compare_counts(previous, current)
    assert forward.p_two_sided == back.p_two_sided
    assert 0 < forward.p_two_sided <= 1
    if forward.ci95 is not None:
        assert forward.rate_ratio * back.rate_ratio == pytest.approx(1)
        assert forward.ci95[0] * back.ci95[1] == pytest.approx(1)
        assert forward.ci95[0] < forward.rate_ratio < forward.ci95[1]


@given(st.integers(1, 500), st.integers(1, 50))
def test_the_further_apart_the_smaller_p(count, step):
    assert (
        compare_counts(count + 2 * step, count).p_two_sided <= compare_counts(count + step, count).p_two_sided
    )


def test_shares_differ_in_percentage_points():
    # Newcombe (1998), table II, example (a), method 10: 56/70 − 48/80, interval 0.0524 to 0.3339
    compared = compare_shares(56, 70, 48, 80)
    assert compared.change_points == pytest.approx(20)
    assert compared.ci95 == pytest.approx((5.24, 33.39), abs=0.005)
    assert compared.words == "上升20.00个百分点"


def test_a_share_of_nothing_cannot_be_compared():
    compared = compare_shares(0, 0, 1, 2)
    assert (compared.current, compared.previous, compared.change_points) == (None, 0.5, None)
    assert compared.ci95 is None


def test_a_part_cannot_exceed_its_whole():
    with pytest.raises(ValueError, match="between 0 and its whole"):
        compare_shares(3, 2, 1, 2)


def test_points_are_rounded_half_up_in_words():
    assert points_words(Fraction(117, 1000), Fraction(1, 10)) == "上升1.70个百分点"
    assert points_words(0.1, 0.1) == "持平"
    assert points_words(0.12345, 0.1234) == "上升0.01个百分点"

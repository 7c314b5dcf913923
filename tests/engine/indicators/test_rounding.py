"""Rounding half up, on the number as it is written."""

from decimal import ROUND_HALF_UP, Decimal
from fractions import Fraction

import pytest
from hypothesis import given
from hypothesis import strategies as st

from anlu.engine.indicators.rounding import round_down, round_half_up


@pytest.mark.parametrize(
    ("value", "digits", "expected"),
    [
        (0.125, 2, "0.13"),  # banker's rounding would say 0.12
        (2.675, 2, "2.68"),  # the binary fraction lies below the tie
        (-0.125, 2, "-0.13"),
        (-0.001, 2, "0.00"),
        (2.5, 0, "3"),
        (Fraction(1, 3), 4, "0.3333"),
        (Decimal("6.89583"), 4, "6.8958"),
        (331, 0, "331"),
        (10**30, 2, "1000000000000000000000000000000.00"),
    ],
)
def test_halves_go_away_from_zero(value, digits, expected):
    assert f"{round_half_up(value, digits):f}" == expected


@given(st.decimals(-10_000, 10_000, places=5), st.integers(0, 4))
def test_it_is_the_rounding_of_decimal(value, digits):
    expected = value.quantize(Decimal(1).scaleb(-digits), rounding=ROUND_HALF_UP)
    assert round_half_up(value, digits) == expected


def test_rounding_down_goes_towards_minus_infinity():
    assert round_down(Fraction(24_310, 10_000), 1) == Decimal("2.4")
    assert round_down(286, -1) == 280
    assert round_down(-0.01) == -1


@pytest.mark.parametrize("value", [float("nan"), float("inf"), Decimal("NaN"), Decimal("-Infinity")])
def test_what_is_not_a_number_is_refused(value):
    with pytest.raises(ValueError, match="finite"):
        round_half_up(value)

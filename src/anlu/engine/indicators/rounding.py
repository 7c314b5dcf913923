"""Rounding half up, as reports do, on exact numbers."""

from __future__ import annotations

from decimal import Context, Decimal
from fractions import Fraction

_WIDE = Context(prec=400)


def round_half_up(value: int | float | Decimal | Fraction, digits: int = 2) -> Decimal:
    """
    ``value`` rounded to ``digits`` decimal places, a tie away from zero (never banker's rounding).

    A float is taken as the shortest decimal that stands for it: 2.675 rounds to 2.68, as people expect.

    Raises
    ------
    ValueError
        ``value`` is not finite.
    """
    exact = _fraction(value)
    scaled = abs(exact) * Fraction(10) ** digits
    whole = int(scaled + Fraction(1, 2))
    sign = -1 if exact < 0 and whole else 1
    return _WIDE.scaleb(Decimal(sign * whole), -digits)


def round_down(value: int | float | Decimal | Fraction, digits: int = 0) -> Decimal:
    """``value`` rounded towards minus infinity to ``digits`` decimal places; −1 rounds down to tens."""
    exact = _fraction(value) * Fraction(10) ** digits
    whole = exact.numerator // exact.denominator
    return _WIDE.scaleb(Decimal(whole), -digits)


def _fraction(value: int | float | Decimal | Fraction) -> Fraction:
    try:
        return Fraction(repr(value)) if isinstance(value, float) else Fraction(value)
    except (OverflowError, ValueError):
        raise ValueError(f"only finite numbers can be rounded, got {value}") from None

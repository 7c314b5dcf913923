"""
Comparing a number with that of another period: change, words for it, and how far chance alone would carry it.

Methods, limits and a worked example: ``docs/methods/compare.md``.
"""

from __future__ import annotations

import math
import operator
from dataclasses import dataclass
from decimal import Decimal
from fractions import Fraction
from typing import Final

from anlu.engine.indicators.binomial import two_sided_p
from anlu.engine.indicators.intervals import newcombe_interval
from anlu.engine.indicators.rounding import round_half_up
from anlu.engine.indicators.wording import signed_percent

Number = int | float | Decimal | Fraction
Interval = tuple[float, float]

LARGEST_COUNT: Final = 10**11
Z95: Final = 1.96  # as the method is published: exp(ln RR ± 1.96·√(1/a + 1/b))
SMALL_COUNT: Final = 100


@dataclass(frozen=True, slots=True)
class Comparison:
    """
    Two counts compared.

    ``change_pct`` in percent, ``None`` when the previous count is 0; ``rate_ratio`` and its 95 % interval,
    ``None`` when either is 0; ``p_two_sided`` of equal rates (exact conditional binomial); ``words`` as
    reports write it.
    """

    current: int
    previous: int
    change_pct: float | None
    rate_ratio: float | None
    ci95: Interval | None
    p_two_sided: float
    words: str

    @property
    def range_words(self) -> str | None:
        """The interval in plain words: ``数量较小,波动范围 −51%~+11%``; ``None`` without an interval."""
        if self.ci95 is None:
            return None
        low, high = (signed_percent(100 * (bound - 1)) for bound in self.ci95)
        small = "数量较小," if min(self.current, self.previous) < SMALL_COUNT else ""
        return f"{small}波动范围 {low}~{high}"


def compare_counts(current: int, previous: int, *, exposure_ratio: float = 1.0) -> Comparison:
    """
    ``current`` against ``previous``, two independent counts of events.

    Parameters
    ----------
    exposure_ratio
        Exposure (days, vehicles …) of ``current`` over that of ``previous``. It enters the ratio, the
        interval and p; ``change_pct`` and ``words`` stay those of the counts themselves.

    Raises
    ------
    ValueError
        A count is negative or above 10¹¹, or ``exposure_ratio`` is not positive and finite.
    """
    now, before = _count(current), _count(previous)
    if not (math.isfinite(exposure_ratio) and exposure_ratio > 0):
        raise ValueError(f"exposure_ratio must be positive and finite, got {exposure_ratio}")
    ratio = now / before / exposure_ratio if now and before else None
    return Comparison(
        current=now,
        previous=before,
        change_pct=change_pct(now, before),
        rate_ratio=ratio,
        ci95=None if ratio is None else _ratio_interval(ratio, now, before),
        p_two_sided=two_sided_p(now, before, exposure_ratio),
        words=change_words(now, before),
    )


def _count(value: int) -> int:
    count = operator.index(value)
    if not 0 <= count <= LARGEST_COUNT:
        raise ValueError(f"a count must be between 0 and {LARGEST_COUNT}, got {count}")
    return count


def _ratio_interval(ratio: float, current: int, previous: int) -> Interval:
    spread = math.exp(Z95 * math.sqrt(1 / current + 1 / previous))
    return ratio / spread, ratio * spread


def change_pct(current: Number, previous: Number) -> float | None:
    """Change in percent of the previous value; ``None`` when that is 0."""
    change = _change(current, previous)
    return None if change is None else float(100 * change)


def change_words(current: Number, previous: Number, digits: int = 2) -> str:
    """
    ``下降26.42%``, ``上升5.00%``, ``持平``, or ``上年同期为0(新增n)``: unsigned, rounded half up.

    A change that rounds to nothing is ``下降不足0.01%``, not 持平.
    """
    if current == previous:
        return "持平"
    change = _change(current, previous)
    if change is None:
        return f"上年同期为0(新增{_plain(current)})"
    return _turn(change, "{}%", 100 * change, digits)


def _change(current: Number, previous: Number) -> Fraction | None:
    now, before = _exact(current), _exact(previous)
    if now < 0 or before < 0:
        raise ValueError(f"values compared must not be negative, got {current} and {previous}")
    return (now - before) / before if before else None


def _exact(value: Number) -> Fraction:
    try:
        return Fraction(repr(value)) if isinstance(value, float) else Fraction(value)
    except (OverflowError, ValueError):
        raise ValueError(f"values compared must be finite, got {value}") from None


def _plain(value: Number) -> str:
    return str(value) if isinstance(value, int) else f"{float(value):.15g}"


def _turn(direction: Fraction, form: str, size: Fraction, digits: int) -> str:
    verb = "上升" if direction > 0 else "下降"
    rounded = round_half_up(abs(size), digits)
    if rounded:
        return verb + form.format(f"{rounded:f}")
    return f"{verb}不足{form.format(f'{Decimal(1).scaleb(-digits):f}')}"


@dataclass(frozen=True, slots=True)
class ShareComparison:
    """
    Two shares compared: values 0–1, the difference in percentage points (百分点) with its 95 % interval.

    A share of nothing (whole 0) is ``None``, and so are difference and interval.
    """

    current: float | None
    previous: float | None
    change_points: float | None
    ci95: Interval | None
    words: str


def compare_shares(
    part: int, whole: int, previous_part: int, previous_whole: int, *, digits: int = 2
) -> ShareComparison:
    """
    Share ``part``/``whole`` against the previous one; interval by Newcombe's hybrid of two Wilson intervals.

    Raises
    ------
    ValueError
        A part is negative or larger than its whole.
    """
    _check_part(part, whole)
    _check_part(previous_part, previous_whole)
    now = Fraction(part, whole) if whole else None
    before = Fraction(previous_part, previous_whole) if previous_whole else None
    if now is None or before is None:
        return ShareComparison(_float(now), _float(before), None, None, "无法比较(分母为0)")
    low, high = newcombe_interval(part, whole, previous_part, previous_whole)
    return ShareComparison(
        current=float(now),
        previous=float(before),
        change_points=float(100 * (now - before)),
        ci95=(100 * low, 100 * high),
        words=points_words(now, before, digits),
    )


def points_words(current: Number, previous: Number, digits: int = 2) -> str:
    """Difference of two shares (0–1) in words: ``上升1.20个百分点``, or ``持平``."""
    difference = _exact(current) - _exact(previous)
    return _turn(difference, "{}个百分点", 100 * difference, digits) if difference else "持平"


def _check_part(part: int, whole: int) -> None:
    if not 0 <= part <= whole:
        raise ValueError(f"a part must be between 0 and its whole, got {part} of {whole}")


def _float(value: Fraction | None) -> float | None:
    return None if value is None else float(value)

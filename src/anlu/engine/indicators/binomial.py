"""
Exact conditional test of two Poisson counts, without scipy.

Given the sum n of two counts, the first is binomial with share p under equal rates. Single probabilities come
from Loader's saddle-point form, accurate to the last few bits for any n; tails are summed from their largest
term until further terms no longer matter, which takes at most some 4·√n steps.

Sources: C. Loader (2000), *Fast and accurate computation of binomial probabilities*; J. Przyborowski and
H. Wilenski (1940), *Homogeneity of results in testing samples from Poisson series*, Biometrika 31.
"""

from __future__ import annotations

import math
from typing import Final

# Probabilities that differ by less than this count as equal; the value that R and scipy use.
SAME_PROBABILITY: Final = 1e-7
_NEGLIGIBLE: Final = 1e-18
_LARGEST_TABLED: Final = 15
_TWO_PI: Final = 2 * math.pi


def two_sided_p(current: int, previous: int, exposure_ratio: float = 1.0) -> float:
    """
    Probability of a split at least as improbable as the observed one, when both rates are equal.

    Sum of the binomial probabilities not above the observed one. ``exposure_ratio`` is the exposure of
    ``current`` over that of ``previous``.
    """
    total = current + previous
    if exposure_ratio == 1.0:
        lower = min(current, previous)
        return 1.0 if 2 * lower >= total - 1 else min(1.0, 2 * _lower_tail(lower, total, 0.5, 0.5))
    share = exposure_ratio / (1 + exposure_ratio)
    rest = 1 / (1 + exposure_ratio)
    if current > (total + 1) * share:  # look from the other side, so that the observed one lies low
        return _two_sided(previous, total, rest, share)
    return _two_sided(current, total, share, rest)


def _two_sided(observed: int, total: int, share: float, rest: float) -> float:
    mode = min(total, math.floor((total + 1) * share))
    ceiling = probability(observed, total, share, rest) * (1 + SAME_PROBABILITY)
    if observed >= mode or probability(mode, total, share, rest) <= ceiling:
        return 1.0
    lower = _lower_tail(observed, total, share, rest)
    first = _first_not_above(ceiling, mode, total, share, rest)
    upper = 0.0 if first > total else _lower_tail(total - first, total, rest, share)
    return min(1.0, lower + upper)


def _first_not_above(ceiling: float, mode: int, total: int, share: float, rest: float) -> int:
    """Smallest count above the mode whose probability does not exceed ``ceiling``; total + 1 when none."""
    low, high = mode, total + 1
    while high - low > 1:
        middle = (low + high) // 2
        if probability(middle, total, share, rest) <= ceiling:
            high = middle
        else:
            low = middle
    return high


def _lower_tail(count: int, total: int, share: float, rest: float) -> float:
    """P(X ≤ count) for a count below the mode: its probability times a sum of shrinking ratios."""
    odds = rest / share
    term = whole = 1.0
    for k in range(count, 0, -1):
        term *= k / (total - k + 1) * odds
        whole += term
        if term < _NEGLIGIBLE * whole:
            break
    return probability(count, total, share, rest) * whole


def probability(count: int, total: int, share: float, rest: float) -> float:
    """Binomial probability of ``count`` out of ``total``; ``rest`` is 1 − ``share``, not rounded twice."""
    if count == 0:
        return math.exp(total * _log_of(rest, share))
    if count == total:
        return math.exp(total * _log_of(share, rest))
    other = total - count
    exponent = (
        _stirling_error(total)
        - _stirling_error(count)
        - _stirling_error(other)
        - _deviance(count, total * share)
        - _deviance(other, total * rest)
    )
    return math.exp(exponent) * math.sqrt(total / (_TWO_PI * count * other))


def _log_of(share: float, rest: float) -> float:
    return math.log(share) if share < 0.5 else math.log1p(-rest)


def _deviance(count: float, mean: float) -> float:
    """count·ln(count/mean) + mean − count, without cancellation near the mean."""
    gap = count - mean
    if abs(gap) >= 0.1 * (count + mean):
        return count * math.log(count / mean) + mean - count
    v = gap / (count + mean)
    whole, term = gap * v, 2 * count * v
    for j in range(1, 1000):
        term *= v * v
        following = whole + term / (2 * j + 1)
        if following == whole:
            break
        whole = following
    return whole


def _stirling_error(n: int) -> float:
    """ln n! − ln(√(2πn)·(n/e)^n)."""
    if n <= _LARGEST_TABLED:
        return _STIRLING_ERRORS[n]
    n2 = float(n) * n
    # Stirling's series with the Bernoulli numbers 1/12, 1/360, 1/1260, 1/1680, 1/1188, 691/360360.
    series = 1 / 1188 - (691 / 360360) / n2
    for coefficient in (1 / 1680, 1 / 1260, 1 / 360, 1 / 12):
        series = coefficient - series / n2
    return series / n


def _small_stirling_error(n: int) -> float:
    if n == 0:
        return 0.0  # never used: the ends have their own formula
    return math.log(math.factorial(n)) - 0.5 * math.log(_TWO_PI * n) - n * math.log(n) + n


_STIRLING_ERRORS: Final = tuple(_small_stirling_error(n) for n in range(_LARGEST_TABLED + 1))

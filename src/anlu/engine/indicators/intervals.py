"""
Intervals for single figures: one count, a count over a base, a share, and the difference of two shares.

Sources: F. Garwood (1936), *Fiducial limits for the Poisson distribution*; E. B. Wilson (1927), *Probable
inference*; R. G. Newcombe (1998), *Interval estimation for the difference between independent proportions*,
method 10. Worked examples: ``docs/methods/compare.md``.
"""

from __future__ import annotations

import math
from statistics import NormalDist

Interval = tuple[float, float]


def poisson_interval(count: int, *, level: float = 0.95) -> Interval:
    """
    Exact (Garwood) interval for the mean of one Poisson count.

    Raises
    ------
    ValueError
        ``count`` is negative or ``level`` is not between 0 and 1.
    """
    from scipy.special import gammaincinv  # costs start-up time, and comparing two counts does not need it

    if count < 0:
        raise ValueError(f"a count must not be negative, got {count}")
    tail = (1 - _checked(level)) / 2
    low = float(gammaincinv(count, tail)) if count else 0.0
    return low, float(gammaincinv(count + 1, 1 - tail))


def rate_interval(count: int, base: float, *, scale: float = 1.0, level: float = 0.95) -> Interval | None:
    """
    Interval for ``scale`` × ``count`` / ``base``, the base (vehicles, inhabitants, km) taken as known.

    ``None`` when the base is 0: then there is no rate.

    Raises
    ------
    ValueError
        ``base`` is negative or not finite.
    """
    if not (math.isfinite(base) and base >= 0):
        raise ValueError(f"a base must be finite and not negative, got {base}")
    if base == 0:
        return None
    low, high = poisson_interval(count, level=level)
    return scale * low / base, scale * high / base


def wilson_interval(part: int, whole: int, *, level: float = 0.95) -> Interval | None:
    """
    Wilson interval for the share ``part``/``whole``, within 0–1; ``None`` when the whole is 0.

    Raises
    ------
    ValueError
        The part is negative or larger than its whole.
    """
    if not 0 <= part <= whole:
        raise ValueError(f"a part must be between 0 and its whole, got {part} of {whole}")
    if whole == 0:
        return None
    z2 = _z(level) ** 2
    centre = (part + z2 / 2) / (whole + z2)
    reach = math.sqrt(z2 * (part * (whole - part) / whole + z2 / 4)) / (whole + z2)
    low = 0.0 if part == 0 else max(0.0, centre - reach)
    high = 1.0 if part == whole else min(1.0, centre + reach)
    return low, high


def newcombe_interval(
    part: int, whole: int, previous_part: int, previous_whole: int, *, level: float = 0.95
) -> Interval:
    """
    Interval for the difference of two independent shares, from their Wilson intervals.

    Raises
    ------
    ValueError
        A whole is 0, or a part does not lie between 0 and its whole.
    """
    now = wilson_interval(part, whole, level=level)
    before = wilson_interval(previous_part, previous_whole, level=level)
    if now is None or before is None:
        raise ValueError("the difference needs two shares with a base")
    share, earlier = part / whole, previous_part / previous_whole
    difference = share - earlier
    below = math.hypot(share - now[0], before[1] - earlier)
    above = math.hypot(now[1] - share, earlier - before[0])
    return difference - below, difference + above


def _z(level: float) -> float:
    return NormalDist().inv_cdf((1 + _checked(level)) / 2)


def _checked(level: float) -> float:
    if not 0 < level < 1:
        raise ValueError(f"level must lie between 0 and 1, got {level}")
    return level

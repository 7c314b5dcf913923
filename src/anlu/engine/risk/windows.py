"""
Where along a road is it worst? Sliding windows and peak searching, as in the Highway Safety Manual, chapter 4.

A road is an axis in metres (:mod:`anlu.engine.roads.referencing` gives every crash its chainage). Method:
``methods/screening.md``.
"""

import math
from dataclasses import dataclass

import numpy as np
from numpy.typing import ArrayLike

from anlu.engine.roads.network import Floats, Ints

WHOLE = 1e-9  # of a step, so that rounding adds no window


@dataclass(frozen=True, eq=False)
class Windows:
    """
    Windows along a road, in its direction (n,).

    Attributes
    ----------
    begin_m, end_m
        The last one ends where the road ends; a road shorter than the window is one window.
    total
        Crashes, or the sum of their weights; a crash on a limit counts for the window that begins there, and at the
        end of the road for the last.
    """

    begin_m: Floats
    end_m: Floats
    total: Floats

    @property
    def worst(self) -> int:
        """The window with the greatest total; of equal ones the first."""
        return int(self.total.argmax())


def sliding_windows(
    at_m: ArrayLike,
    road: tuple[float, float],
    *,
    length_m: float = 1000.0,
    step_m: float = 100.0,
    weights: ArrayLike | None = None,
) -> Windows:
    """
    Sum crashes in windows that move along a road.

    Parameters
    ----------
    at_m : (m,)
        Chainage of each crash; those beyond the road are left out.
    road
        Chainage where it begins and ends.
    length_m, step_m
        Of the window, and how far it moves.
    weights : (m,), optional
        Of the crashes, 1 each by default.

    Raises
    ------
    ValueError
        The road has no length, or a length is not positive and finite.
    """
    begin, end = road
    _check(begin, end, length_m, step_m)
    last = max(begin, end - length_m)
    count = math.ceil((last - begin) / step_m - WHOLE) + 1
    begins = np.minimum(begin + step_m * np.arange(count), last)
    ends = np.minimum(begins + length_m, end)
    return Windows(begins, ends, _totals(at_m, begins, ends, road, weights))


def _check(begin: float, end: float, *lengths_m: float) -> None:
    if not (math.isfinite(begin) and math.isfinite(end) and end > begin):
        raise ValueError(f"the road must have a length, got {begin} to {end}")
    for each in lengths_m:
        if not (math.isfinite(each) and each > 0):
            raise ValueError(f"lengths must be positive, got {each}")


def _totals(
    at_m: ArrayLike, begins: Floats, ends: Floats, road: tuple[float, float], weights: ArrayLike | None
) -> Floats:
    at = np.asarray(at_m, np.float64)
    weight = np.ones(len(at)) if weights is None else np.asarray(weights, np.float64)
    inside = (road[0] <= at) & (at <= road[1])
    order = np.argsort(at[inside], kind="stable")
    at, summed = at[inside][order], np.concatenate(([0.0], np.cumsum(weight[inside][order])))
    after = np.where(ends >= road[1], len(at), np.searchsorted(at, ends, side="left"))
    return np.asarray(summed[after] - summed[np.searchsorted(at, begins, side="left")])


def apart(windows: Windows, threshold: float) -> Ints:
    """Windows that reach the threshold and do not overlap (k,), the worst first; of those that overlap the worst."""
    chosen: list[int] = []
    for i in np.argsort(-windows.total, kind="stable").tolist():
        if windows.total[i] < threshold:
            break
        free = all(
            windows.end_m[i] <= windows.begin_m[j] or windows.begin_m[i] >= windows.end_m[j] for j in chosen
        )
        if free:
            chosen.append(i)
    return np.array(chosen, np.int64)


@dataclass(frozen=True)
class Peak:
    """
    The worst part of a road that is known well enough.

    Attributes
    ----------
    begin_m, end_m, mean
        The part and its expected crashes.
    variation
        Its coefficient of variation, at most the limit.
    """

    begin_m: float
    end_m: float
    mean: float
    variation: float


def variation(mean: ArrayLike, deviation: ArrayLike) -> Floats:
    """Coefficients of variation (n,): deviation over mean; infinite where nothing is expected."""
    m, s = np.broadcast_arrays(np.asarray(mean, np.float64), np.asarray(deviation, np.float64))
    return np.asarray(np.divide(s, m, out=np.full(m.shape, np.inf), where=m > 0))


def peak_search(
    at_m: ArrayLike,
    road: tuple[float, float],
    expected_per_m: float,
    k_per_m: float,
    *,
    limit: float = 0.5,
    length_m: float = 100.0,
) -> Peak | None:
    """
    The part of a road with the highest expected crashes per metre, as short as its precision allows.

    Parameters
    ----------
    at_m : (m,)
        Chainage of each crash.
    road
        Chainage where it begins and ends.
    expected_per_m
        What the safety performance function gives a metre of such road, over the same period.
    k_per_m
        Overdispersion of one metre; a part of L metres has ``k_per_m / L``.
    limit
        Greatest coefficient of variation of a peak.
    length_m
        Length of the first parts.

    Returns
    -------
    Peak or None
        None when not even the whole road is known so well.

    Raises
    ------
    ValueError
        The road has no length, the length or the limit is not positive, or a number is negative.

    Notes
    -----
    Parts lie side by side, the last moved back so that it ends with the road. If no part's empirical Bayes estimate
    has a coefficient of variation within the limit, the parts become twice, three times, ... as long.
    """
    begin, end = road
    _check(begin, end, length_m, limit)
    if not (expected_per_m >= 0 and k_per_m >= 0):
        raise ValueError("expected_per_m and k_per_m must not be negative")
    whole = end - begin
    for times in range(1, math.ceil(whole / length_m - WHOLE) + 1):
        length = min(times * length_m, whole)
        parts = sliding_windows(at_m, road, length_m=length, step_m=length)
        mean, cv = _estimates(parts, expected_per_m * length, k_per_m / length)
        known = np.flatnonzero(cv <= limit)
        if known.size:
            best = int(known[mean[known].argmax()])
            return Peak(
                float(parts.begin_m[best]), float(parts.end_m[best]), float(mean[best]), float(cv[best])
            )
    return None


def _estimates(parts: Windows, mu: float, k: float) -> tuple[Floats, Floats]:
    """Empirical Bayes mean of each part, and its coefficient of variation."""
    weight = 1.0 / (1.0 + k * mu)
    mean = weight * mu + (1.0 - weight) * parts.total
    return mean, variation(mean, np.sqrt((1.0 - weight) * mean))

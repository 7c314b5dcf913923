"""
What each road or town is to be expected to have next week or next month, from all of them together.

Each unit has a rate of its own, gamma-distributed among units; the year's course is common to all; older weeks count
less. The number of a coming week is then negative binomial. :mod:`.warning` holds a week against it, :mod:`.forecast`
looks ahead. Method: ``methods/early-warning.md``.
"""

from dataclasses import dataclass

import numpy as np
from numpy.typing import ArrayLike

from anlu.engine.roads.network import Flags, Floats, Ints

from .spf import NotFitted, fit_negative_binomial

SMOOTHED_OVER = 5  # weeks of the year's course that are averaged; months stand for themselves
MONTHS = 12
LARGEST_SIZE = 1e7  # beyond, a negative binomial is a Poisson


@dataclass(frozen=True, eq=False)
class Prediction:
    """
    Distribution of the count of each unit in one period (n,).

    Attributes
    ----------
    mean
    size
        Of the negative binomial: variance = mean + mean^2 / size.
    """

    mean: Floats
    size: Floats

    def tail(self, counts: ArrayLike) -> Floats:
        """Probability of at least so many (n,)."""
        from scipy.stats import nbinom, poisson

        above = np.asarray(counts, np.float64) - 1.0
        mixed = nbinom.sf(above, self.size, self._share)
        return np.asarray(np.where(self._is_poisson, poisson.sf(above, self.mean), mixed))

    def interval(self, level: float = 0.95) -> tuple[Ints, Ints]:
        """Counts (n,) between which it falls with at least this probability."""
        low, high = (self._quantile(q) for q in ((1 - level) / 2, (1 + level) / 2))
        return low, high

    def _quantile(self, q: float) -> Ints:
        from scipy.stats import nbinom, poisson

        mixed = nbinom.ppf(q, self.size, self._share)
        return np.where(self._is_poisson, poisson.ppf(q, self.mean), mixed).astype(np.int64)

    @property
    def total(self) -> "Prediction":
        """Of the sum of all units (1,), taken to be independent: mean and variance add up."""
        beyond = float((self.mean**2 / self.size).sum())
        mean = float(self.mean.sum())
        size = mean**2 / beyond if beyond > 0 else LARGEST_SIZE
        return Prediction(np.array([mean]), np.array([min(size, LARGEST_SIZE)]))

    @property
    def _is_poisson(self) -> Flags:
        return np.asarray(self.size >= LARGEST_SIZE)

    @property
    def _share(self) -> Floats:
        return np.asarray(self.size / (self.size + self.mean))


def course_of_year(counts: ArrayLike, season: ArrayLike, length: int) -> Floats:
    """
    Factor of each part of the year (length,), 1 on average, from the sum of all units.

    Parameters
    ----------
    counts : (n, T)
    season : (T,)
        Part of the year of each period, 0 to ``length - 1``.

    Notes
    -----
    Of weeks a running mean over five round the year; drawn towards 1 by as much as its variance between parts is
    chance.
    """
    total, part = np.asarray(counts, np.float64).sum(axis=0), np.asarray(season, np.int64)
    times = np.bincount(part, minlength=length)
    mean = np.divide(
        np.bincount(part, total, length), times, out=np.full(length, total.mean()), where=times > 0
    )
    if not mean.mean() > 0:
        return np.ones(length)
    over = SMOOTHED_OVER if length > MONTHS else 1
    half = over // 2
    smooth = np.stack([np.roll(mean, shift) for shift in range(-half, half + 1)]).mean(axis=0)
    factor = smooth / smooth.mean()
    chance = 1.0 / (mean.mean() * max(times.mean(), 1.0) * over)
    kept = max(0.0, 1.0 - chance / factor.var()) if factor.var() > 0 else 0.0
    return np.asarray(1.0 + kept * (factor - 1.0))


def predict(
    counts: ArrayLike,
    season: ArrayLike,
    next_season: int,
    length: int,
    *,
    half_life: float | None = None,
) -> Prediction:
    """
    The count of each unit in the period after the last.

    Parameters
    ----------
    counts : (n, T)
        Of n units in T periods, the oldest first.
    season : (T,)
        Part of the year of each period, 0 to ``length - 1``.
    next_season
        Part of the year of the period asked for.
    length
        Parts of a year: 52 or 53 weeks, 12 months.
    half_life
        Periods after which a count weighs half; all weigh the same by default.

    Raises
    ------
    ValueError
        There are no periods or no units, or a count is negative.

    Notes
    -----
    With prior Gamma(a, a / m) for a unit's rate (m the mean of all, a from a negative binomial fit to the units' sums),
    x weighted crashes in e weighted, seasonally adjusted periods give Gamma(a + x, a / m + e). Counts that vary more
    from period to period than that says widen the prediction by their dispersion.
    """
    x = np.asarray(counts, np.float64)
    if x.ndim != 2 or not x.size or (x < 0).any():
        raise ValueError("counts must be (units, periods), not empty and not negative")
    factor = course_of_year(x, season, length)
    weight = np.ones(x.shape[1]) if half_life is None else 0.5 ** (np.arange(x.shape[1])[::-1] / half_life)
    crashes, exposure = x @ weight, float(weight @ factor[np.asarray(season, np.int64)])
    mean = crashes.sum() / (len(x) * exposure)
    shape = _prior_shape(x.sum(axis=1))
    posterior, rate = shape + crashes, shape / max(mean, 1e-12) + exposure
    ahead = np.asarray(factor[next_season] * posterior / rate)
    fitted = np.outer(posterior / rate, factor[np.asarray(season, np.int64)])
    extra = max(0.0, _dispersion(x, fitted) - 1.0)
    spread = ahead / posterior + extra  # variance = mean (1 + spread)
    with np.errstate(divide="ignore"):
        size = np.where(spread > 0, ahead / spread, np.inf)
    return Prediction(ahead, np.minimum(size, LARGEST_SIZE))


def _prior_shape(totals: Floats) -> float:
    """How alike the units are: 1 / k of a negative binomial fit to their sums."""
    try:
        k = fit_negative_binomial(totals, np.ones((len(totals), 1))).k
    except NotFitted:
        return 1.0
    return LARGEST_SIZE if k == 0.0 else 1.0 / k


def _dispersion(counts: Floats, fitted: Floats) -> float:
    """Pearson's chi-square per degree of freedom."""
    there = fitted > 0
    freedom = counts.size - counts.shape[0]
    if freedom <= 0:
        return 1.0
    return float((((counts - fitted) ** 2)[there] / fitted[there]).sum() / freedom)

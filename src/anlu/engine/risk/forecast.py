"""
What to expect next, and how far it may be missed: of roads and towns by week or month, of links by year.

Method: ``methods/forecast.md``.
"""

import numpy as np
from numpy.typing import ArrayLike

from .expectation import LARGEST_SIZE, Prediction, predict
from .smoothing import Estimate


def forecast(
    counts: ArrayLike, season: ArrayLike, length: int, ahead: int, *, half_life: float | None = None
) -> list[Prediction]:
    """
    The next ``ahead`` periods of each unit, one prediction each.

    Parameters
    ----------
    counts : (n, T)
        Of n units in T periods, the oldest first.
    season : (T,)
        Part of the year of each period, 0 to ``length - 1``.
    length
        Parts of a year: 52 or 53 weeks, 12 months.
    half_life
        Periods after which a count weighs half; all weigh the same by default.

    Raises
    ------
    ValueError
        There are no periods or no units, a count is negative, or ``ahead`` is not positive.

    Notes
    -----
    ``Prediction.total`` is the whole county's. All periods ahead are taken to be as uncertain as the next.
    """
    if ahead < 1:
        raise ValueError(f"ahead must be at least 1, got {ahead}")
    last = int(np.asarray(season)[-1]) if np.size(season) else 0
    return [
        predict(counts, season, (last + step) % length, length, half_life=half_life)
        for step in range(1, ahead + 1)
    ]


def forecast_links(estimate: Estimate, years: float, ahead_years: float = 1.0) -> Prediction:
    """
    Crashes of links (n,) in the time to come, from their empirical Bayes estimates.

    Parameters
    ----------
    estimate
        Over the period that it was made from, ``years`` long.
    ahead_years
        Length of the time to come.

    Raises
    ------
    ValueError
        A length is not positive.

    Notes
    -----
    The rate of a link has a gamma distribution with the estimate's mean and variance, the count of the time to come is
    Poisson given the rate: negative binomial with mean r EB and size EB^2 / Var, r the ratio of the two lengths.
    """
    if not (years > 0 and ahead_years > 0):
        raise ValueError(f"years and ahead_years must be positive, got {years} and {ahead_years}")
    nothing = np.full(len(estimate.eb), LARGEST_SIZE)
    size = np.divide(estimate.eb**2, estimate.variance, out=nothing, where=estimate.variance > 0)
    return Prediction(estimate.eb * ahead_years / years, np.minimum(size, LARGEST_SIZE))

"""How likely is it that the year ends within its target? Method: ``methods/target-probability.md``."""

from dataclasses import dataclass

import numpy as np
from numpy.typing import ArrayLike

from anlu.engine.roads.network import Floats

from .expectation import LARGEST_SIZE

LEAST_JUMP = 0.07  # relative standard deviation of the rate from year to year


@dataclass(frozen=True)
class Outlook:
    """
    The year's total as it is to be expected from what has happened so far.

    Attributes
    ----------
    so_far
    expected, low, high
        Total at the end of the year, with a 95 % interval.
    target
    probability
        That the total will be at most the target.
    """

    so_far: int
    expected: float
    low: int
    high: int
    target: int
    probability: float


def target_outlook(history: ArrayLike, this_year: ArrayLike, target: int) -> Outlook:
    """
    Outlook on the year's total.

    Parameters
    ----------
    history : (Y, 12)
        Monthly counts of whole past years, the oldest first.
    this_year : (m,)
        Monthly counts of the whole months so far, 0 <= m <= 12.
    target
        At most so many in the year.

    Raises
    ------
    ValueError
        No history, a count that is negative, or more than twelve months.

    Notes
    -----
    The share of each month comes from the past years (half a crash added to each month). The year's rate has a gamma
    prior with the mean of the past years and their variance beyond chance; the months so far make it sharper; what is
    left of the year is then negative binomial. Steady years make a sharp prior, jumping years a vague one.
    """
    past, now = np.atleast_2d(np.asarray(history, np.float64)), np.asarray(this_year, np.float64)
    if past.ndim != 2 or past.shape[1] != 12 or not len(past) or now.ndim != 1 or len(now) > 12:
        raise ValueError("history must be (years, 12), this_year at most 12 months")
    if (past < 0).any() or (now < 0).any():
        raise ValueError("counts must not be negative")
    share = (past.sum(axis=0) + 0.5) / (past.sum() + 6.0)
    done = float(share[: len(now)].sum())
    shape, rate = _prior(past.sum(axis=1))
    shape, rate = shape + now.sum(), rate + done
    left = shape / rate * (1.0 - done)
    so_far = int(now.sum())
    if len(now) == 12:
        return Outlook(so_far, float(so_far), so_far, so_far, target, float(so_far <= target))
    from scipy.stats import nbinom, poisson  # half a second: only who asks for an outlook waits for it

    rest = poisson(left) if shape >= LARGEST_SIZE else nbinom(shape, shape / (shape + left))
    low, high = (so_far + int(rest.ppf(q)) for q in (0.025, 0.975))
    chance = float(rest.cdf(target - so_far)) if target >= so_far else 0.0
    return Outlook(so_far, float(so_far + left), low, high, target, chance)


def _prior(totals: Floats) -> tuple[float, float]:
    """
    Gamma prior of the year's rate: mean of the past years, and their variance beyond chance.

    Few years say little about the variance: it is widened as that of a prediction from n years, and never below that of
    rates that jump by 7 % from year to year.
    """
    n, mean = len(totals), max(float(totals.mean()), 0.5)
    beyond = mean
    if n > 1:
        beyond = float(totals.var(ddof=1)) * (n + 1) / n * (n - 1) / max(n - 2, 1) - mean
    variance = (
        max(beyond, LEAST_JUMP**2 * mean**2) + mean / n
    )  # and what chance leaves unknown of the mean itself
    return mean**2 / variance, mean / variance

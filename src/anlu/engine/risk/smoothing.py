"""
Empirical Bayes: what is known of a site from its own crashes and from sites like it, weighed by their precision.

w = 1 / (1 + k sum(mu)), EB = w sum(mu) + (1 - w) sum(x), variance (1 - w) EB (Hauer 1997). Method and worked examples:
``methods/screening.md``.
"""

from dataclasses import dataclass

import numpy as np
from numpy.typing import ArrayLike, NDArray
from scipy.special import gammaincinv

from anlu.engine.roads.network import Floats


@dataclass(frozen=True, eq=False)
class Estimate:
    """
    Expected crashes of sites over the whole period (n,).

    Attributes
    ----------
    weight
        Of what sites like this have (w); 1 - w is that of the site's own crashes.
    eb, variance
        The estimate and its variance.
    excess
        EB minus what sites like this have; negative where a site is better.
    """

    weight: Floats
    eb: Floats
    variance: Floats
    excess: Floats

    def interval(self, level: float = 0.95) -> tuple[Floats, Floats]:
        """Limits of the gamma distribution with this mean and variance (n,); both 0 where the mean is."""
        with np.errstate(divide="ignore", invalid="ignore"):
            scale = self.variance / self.eb
            shape = self.eb / scale
            tails = [scale * gammaincinv(shape, q) for q in ((1 - level) / 2, (1 + level) / 2)]
        settled = self.variance <= 0.0  # nothing left to vary
        low, high = (np.where(settled, self.eb, tail) for tail in tails)
        return low, high


def empirical_bayes(observed: ArrayLike, expected: ArrayLike, k: ArrayLike) -> Estimate:
    """
    Weigh observed against expected crashes.

    Parameters
    ----------
    observed, expected : (n,)
        Crashes counted, and mu summed over the same years.
    k : scalar or (n,)
        Overdispersion of the counts over the whole period; for phi per kilometre use 1 / (phi length).

    Raises
    ------
    ValueError
        A number is negative or not finite.
    """
    x, mu, over = (np.asarray(v, np.float64) for v in (observed, expected, k))
    for name, values in (("observed", x), ("expected", mu), ("k", over)):
        if not (np.isfinite(values) & (values >= 0)).all():
            raise ValueError(f"{name} must be finite and not negative")
    weight = 1.0 / (1.0 + over * mu)
    eb = weight * mu + (1.0 - weight) * x
    return Estimate(weight, eb, (1.0 - weight) * eb, eb - mu)


def level_of_safety(observed: ArrayLike, expected: ArrayLike, k: ArrayLike) -> NDArray[np.int64]:
    """
    Level of service of safety 1 (best) to 4 (n,): bands at mu - 1.5 sigma, mu, mu + 1.5 sigma, sigma = sqrt(k mu^2).

    Kononov and Allery (2003), as in the Highway Safety Manual.
    """
    x, mu = np.asarray(observed, np.float64), np.asarray(expected, np.float64)
    sigma = np.sqrt(np.asarray(k, np.float64)) * mu
    bands = (x > mu - 1.5 * sigma).astype(np.int64) + (x > mu) + (x > mu + 1.5 * sigma)
    return np.asarray(1 + bands, np.int64)

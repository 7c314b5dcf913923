"""
Safety performance functions: what a site like this one has, fitted by negative binomial regression.

Counts have mean m and variance m + k m^2; ln m is linear in the covariates. Method: ``methods/screening.md``.
"""

import math
from dataclasses import dataclass

import numpy as np
from numpy.typing import ArrayLike

from anlu.engine.roads.network import Floats

SMALLEST_K, LARGEST_K = 1e-8, 1e6
MOST_STEPS = 200
WORST_CONDITION = 1e12  # of the information matrix


class NotFitted(ValueError):
    """The data say nothing about the parameters: too few sites, no crash, or covariates that do not vary."""


@dataclass(frozen=True, eq=False)
class NegativeBinomial:
    """
    A fitted regression.

    Attributes
    ----------
    coefficients, standard_errors : (p,)
    covariance : (p, p)
        Of the coefficients, with k held.
    k
        Overdispersion; 0 when the counts vary no more than by chance.
    log_likelihood
    sites
        How many it was fitted on.
    """

    coefficients: Floats
    standard_errors: Floats
    covariance: Floats
    k: float
    log_likelihood: float
    sites: int

    def mean(self, design: ArrayLike, exposure: ArrayLike = 1.0) -> Floats:
        """Expected count of each site (n,), given its covariates (n, p) and exposure."""
        return np.asarray(exposure, np.float64) * np.exp(np.asarray(design, np.float64) @ self.coefficients)


def fit_negative_binomial(
    counts: ArrayLike, design: ArrayLike, exposure: ArrayLike = 1.0
) -> NegativeBinomial:
    """
    Fit by maximum likelihood.

    Parameters
    ----------
    counts : (n,)
        Not negative.
    design : (n, p)
        Covariates; give a column of ones for the intercept.
    exposure : scalar or (n,)
        Years, say: the mean is proportional to it.

    Raises
    ------
    NotFitted
        No more sites than parameters, no crash at all, covariates that cannot be told apart, or a coefficient without
        bound (a group of sites without any crash, say).
    ValueError
        Shapes do not fit, a count is negative, or an exposure is not positive.

    Notes
    -----
    For each k the coefficients are found by Fisher scoring; k is the root of the score at those coefficients, which is
    the maximum of the profile likelihood. Lawless (1987), Canadian Journal of Statistics 15, 209-225.
    """
    y, x = np.asarray(counts, np.float64), np.asarray(design, np.float64)
    e = np.broadcast_to(np.asarray(exposure, np.float64), y.shape)
    if x.ndim != 2 or y.shape != x.shape[:1] or (y < 0).any() or not (e > 0).all():
        raise ValueError("counts (n,) must not be negative, design must be (n, p), exposure positive")
    if len(y) <= x.shape[1] or not y.sum() > 0 or np.linalg.matrix_rank(x) < x.shape[1]:
        raise NotFitted(f"{len(y)} sites with {y.sum():g} crashes cannot give {x.shape[1]} parameters")
    start = np.linalg.lstsq(x, np.full(len(y), math.log(y.sum() / e.sum())), rcond=None)[0]
    with np.errstate(over="ignore", invalid="ignore"):
        return _fitted(y, x, e, np.asarray(start, np.float64))


def _fitted(y: Floats, x: Floats, e: Floats, start: Floats) -> NegativeBinomial:
    beta = _coefficients(y, x, e, 0.0, start)
    k = _overdispersion(y, x, e, beta)
    beta = _coefficients(y, x, e, k, beta)
    mean = e * np.exp(x @ beta)
    information = (x * (mean / (1.0 + k * mean))[:, None]).T @ x
    if not np.isfinite(information).all() or np.linalg.cond(information) > WORST_CONDITION:
        raise NotFitted("the counts push a coefficient beyond all bounds")
    covariance = np.asarray(np.linalg.inv(information), np.float64)
    errors = np.sqrt(np.diag(covariance))
    return NegativeBinomial(beta, errors, covariance, k, log_likelihood(y, mean, k), len(y))


def log_likelihood(counts: ArrayLike, mean: ArrayLike, k: float) -> float:
    """Log-likelihood of counts (n,) with the given means and overdispersion (0: Poisson)."""
    from scipy.special import gammaln

    y, m = np.asarray(counts, np.float64), np.asarray(mean, np.float64)
    with np.errstate(divide="ignore", invalid="ignore"):
        fall = np.where(y > 0, y * np.log(m), 0.0)
    if k < SMALLEST_K:
        return float((fall - m - gammaln(y + 1.0)).sum())
    r = 1.0 / k
    terms = gammaln(y + r) - gammaln(r) - gammaln(y + 1.0) + fall - (y + r) * np.log(m + r) + r * math.log(r)
    return float(terms.sum())


def _coefficients(y: Floats, x: Floats, e: Floats, k: float, start: Floats) -> Floats:
    """Fisher scoring with halved steps; k is held."""
    beta = start
    best = log_likelihood(y, e * np.exp(x @ beta), k)
    for _ in range(MOST_STEPS):
        mean = e * np.exp(x @ beta)
        weight = mean / (1.0 + k * mean)
        score = x.T @ ((y - mean) / (1.0 + k * mean))
        try:
            step = np.linalg.solve((x * weight[:, None]).T @ x, score)
        except np.linalg.LinAlgError:
            raise NotFitted("the covariates cannot be told apart") from None
        size = 1.0
        while size > 1e-9:
            value = log_likelihood(y, e * np.exp(np.clip(x @ (beta + size * step), -700, 700)), k)
            if value >= best - 1e-12 * abs(best):
                break
            size /= 2
        beta, best = beta + size * step, max(best, value)
        if np.abs(size * step).max() <= 1e-12 * (1.0 + np.abs(beta).max()):
            return beta
    return beta


def _overdispersion(y: Floats, x: Floats, e: Floats, beta: Floats) -> float:
    """Root of the profile score in k, on a logarithmic scale; 0 when it falls from the start."""
    from scipy.optimize import brentq
    from scipy.special import psi

    mean = e * np.exp(x @ beta)
    if ((y - mean) ** 2 - y).sum() <= 0.0:  # the score at k = 0 (Dean 1992)
        return 0.0

    def score(log_k: float) -> float:
        k = math.exp(log_k)
        m = e * np.exp(x @ _coefficients(y, x, e, k, beta))
        r = 1.0 / k
        return -float((psi(y + r) - psi(r) + np.log(r / (m + r)) + (m - y) / (m + r)).sum())

    low, high = math.log(1e-6), math.log(1.0)
    while score(high) > 0.0 and high < math.log(LARGEST_K):
        high += 2.0
    if score(high) > 0.0:
        return LARGEST_K
    if score(low) <= 0.0:
        return 0.0
    return math.exp(float(brentq(score, low, high, xtol=1e-12, rtol=1e-14)))

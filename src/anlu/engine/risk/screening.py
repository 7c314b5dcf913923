"""
Network screening: which links have more crashes than links like them, and how many more.

The expected number of a link comes from a safety performance function (SPF), the county's own by default; empirical
Bayes (:mod:`.smoothing`) weighs it against the link's own crashes; the excess is what treatment could save. Method:
``methods/screening.md``.
"""

import math
from dataclasses import dataclass

import numpy as np
from numpy.typing import ArrayLike

from anlu.engine.roads.network import Floats, Ints

from .spf import NotFitted, fit_negative_binomial

LEAST_VARIATION = 1e-9  # of ln L; lengths more alike than this cannot give a power


@dataclass(frozen=True)
class LengthModel:
    """
    Crashes per year of a link of L metres, mu = exp(b0) L^b1, counts negative binomial with overdispersion k.

    Attributes
    ----------
    b0, b1
    k
        Of the counts over the whole period; 0 when they vary no more than by chance.
    b0_error, b1_error
        Standard errors; that of ``b1`` is None when it could not be fitted and was taken as 1 (all links of one
        length, or all crashes on the shortest).
    log_likelihood, links
        Of the fit, and how many links it was fitted on.
    """

    b0: float
    b1: float
    k: float
    b0_error: float
    b1_error: float | None
    log_likelihood: float
    links: int

    def yearly(self, length_m: ArrayLike) -> Floats:
        """Crashes per year (n,) of links of these lengths; 0 without length."""
        length = np.asarray(length_m, np.float64)
        return np.asarray(math.exp(self.b0) * length**self.b1)


def fit_length_model(counts: ArrayLike, length_m: ArrayLike, years: float) -> LengthModel:
    """
    Fit the county's own function by maximum likelihood.

    Parameters
    ----------
    counts, length_m : (n,)
        Crashes of the whole period, and metres; links without length are left out.
    years
        Length of the period.

    Raises
    ------
    NotFitted
        Fewer than two links (:class:`.spf.NotFitted`), or no crash.
    ValueError
        The period or a length is not positive or finite, or a count is negative.
    """
    y, length = np.asarray(counts, np.float64), np.asarray(length_m, np.float64)
    if not (math.isfinite(years) and years > 0):
        raise ValueError(f"years must be positive, got {years}")
    if not (np.isfinite(length) & (length >= 0)).all() or not (np.isfinite(y) & (y >= 0)).all():
        raise ValueError("counts and lengths must be finite and not negative")
    there = length > 0
    y, log_length = y[there], np.log(length[there])
    if len(y) > 2 and np.ptp(log_length) > LEAST_VARIATION:
        try:
            return _with_power(y, log_length, years)
        except NotFitted:  # all crashes on the shortest or on the longest link: no power is too extreme
            pass
    fit = fit_negative_binomial(y, np.ones((len(y), 1)), years * np.exp(log_length))
    b0, error = float(fit.coefficients[0]), float(fit.standard_errors[0])
    return LengthModel(b0, 1.0, fit.k, error, None, fit.log_likelihood, fit.sites)


def _with_power(y: Floats, log_length: Floats, years: float) -> LengthModel:
    middle = float(log_length.mean())  # centred, so that the two coefficients are told apart well
    fit = fit_negative_binomial(y, np.column_stack([np.ones(len(y)), log_length - middle]), years)
    at_middle, b1 = fit.coefficients.tolist()
    to_zero = np.array([1.0, -middle])  # b0 = at_middle - middle b1
    b0_error = math.sqrt(to_zero @ fit.covariance @ to_zero)
    b1_error = float(fit.standard_errors[1])
    return LengthModel(at_middle - b1 * middle, b1, fit.k, b0_error, b1_error, fit.log_likelihood, fit.sites)


def ranks_of(score: ArrayLike) -> Ints:
    """Ranks (n,), 1 for the highest score; equal ones in order of rows, NaN last."""
    s = np.asarray(score, np.float64)
    order = np.argsort(-np.where(np.isnan(s), -np.inf, s), kind="stable")
    ranks = np.empty(len(s), np.int64)
    ranks[order] = np.arange(1, len(s) + 1)
    return ranks

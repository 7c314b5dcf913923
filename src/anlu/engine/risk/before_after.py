"""
Did it help? Crashes after a measure against what would have been without it.

Three methods, from weak to strong: naive, comparison group, empirical Bayes. Formulas: Gross, Persaud and Lyon (2010),
*A Guide to Developing Quality Crash Modification Factors*, and FHWA-HRT-17-075. Method and worked examples:
``methods/before-after.md``.
"""

import math
from dataclasses import dataclass

import numpy as np
from numpy.typing import ArrayLike
from scipy.stats import beta

from .smoothing import empirical_bayes

NORMAL_95 = 1.959963984540054


@dataclass(frozen=True)
class Effect:
    """
    Crash modification factor and its precision.

    Attributes
    ----------
    expected, expected_variance
        Crashes of the after period, had nothing been done.
    observed
        Crashes of the after period.
    cmf
        Observed over expected, corrected for the variance of the expected; below 1 means fewer crashes.
    standard_error
    low, high
        95 % interval of the CMF.
    warning
        What must be said with the number; empty when nothing must.
    """

    expected: float
    expected_variance: float
    observed: float
    cmf: float
    standard_error: float
    low: float
    high: float
    warning: str = ""

    @property
    def change_pct(self) -> float:
        """Change by the measure in per cent; negative means fewer crashes."""
        return 100.0 * (self.cmf - 1.0)

    @property
    def is_significant(self) -> bool:
        return self.high < 1.0 or self.low > 1.0


REGRESSION_TO_THE_MEAN = "简单前后对比: 地点若因事故多而被选中, 即使不治理事故也会回落, 不能据此说明措施有效"
FEW = "事故太少, 区间只作参考"
FEWEST = 5


def naive_effect(before: int, after: int, *, duration_ratio: float = 1.0) -> Effect:
    """
    After against before alone.

    Parameters
    ----------
    duration_ratio
        Length of the after period over that of the before period.

    Raises
    ------
    ValueError
        A count is negative, there were no crashes before, or the ratio is not positive.

    Notes
    -----
    The interval is exact (Clopper and Pearson on after out of both), the warning always there.
    """
    _check_counts(before=before, after=after)
    if before == 0:
        raise ValueError("no crashes before: there is nothing to compare with")
    if not duration_ratio > 0:
        raise ValueError(f"duration_ratio must be positive, got {duration_ratio}")
    expected, variance = before * duration_ratio, before * duration_ratio**2
    ratio = after / expected
    low = float(beta.ppf(0.025, after, before + 1)) if after else 0.0
    high = float(beta.ppf(0.975, after + 1, before))
    error = ratio * math.sqrt(1.0 / after + 1.0 / before) if after else 1.0 / expected
    limits = [share / (1.0 - share) / duration_ratio for share in (low, high)]
    return Effect(expected, variance, after, ratio, error, limits[0], limits[1], REGRESSION_TO_THE_MEAN)


def comparison_effect(before: int, after: int, comparison_before: int, comparison_after: int) -> Effect:
    """
    Treated sites against a comparison group over the same periods.

    E = N_tb N_ca / N_cb, Var(E) = E^2 (1/N_tb + 1/N_cb + 1/N_ca), CMF = (N_ta / E) / (1 + Var / E^2).

    Raises
    ------
    ValueError
        A count is negative, or one that is divided by is 0.
    """
    _check_counts(
        before=before, after=after, comparison_before=comparison_before, comparison_after=comparison_after
    )
    if not (before and comparison_before and comparison_after):
        raise ValueError("before, comparison_before and comparison_after must be more than 0")
    expected = before * comparison_after / comparison_before
    variance = expected**2 * (1 / before + 1 / comparison_before + 1 / comparison_after)
    spread = variance / expected**2
    cmf = after / expected / (1.0 + spread)
    # without a crash after: the variance of one
    error = math.sqrt((cmf or 1.0 / expected) ** 2 * (1.0 / max(after, 1) + spread) / (1.0 + spread) ** 2)
    return _effect(expected, variance, after, cmf, error)


def empirical_bayes_effect(
    predicted_before: ArrayLike,
    observed_before: ArrayLike,
    predicted_after: ArrayLike,
    observed_after: ArrayLike,
    k: ArrayLike,
    *,
    fhwa_variance: bool = False,
) -> Effect:
    """
    Treated sites against what a safety performance function and their own past expect of them.

    Parameters
    ----------
    predicted_before, predicted_after : (n,)
        Crashes that the function gives each site in each period.
    observed_before, observed_after : (n,)
    k : scalar or (n,)
        Overdispersion of the function.
    fhwa_variance
        Variance theta^2 (1/O + V/E^2) / (1 + V/E^2)^2 with the corrected theta, as in FHWA-HRT-17-075; by default
        theta'^2 (1/O + V/E^2) / (1 + V/E^2) with the raw ratio theta', as in the Highway Safety Manual.

    Raises
    ------
    ValueError
        Shapes differ, a number is negative, or nothing was expected.
    """
    arrays = (predicted_before, observed_before, predicted_after, observed_after)
    p_before, o_before, p_after, o_after = (np.atleast_1d(np.asarray(v, np.float64)) for v in arrays)
    if not p_before.shape == o_before.shape == p_after.shape == o_after.shape:
        raise ValueError("predictions and observations differ in number")
    if not (p_before > 0).all():
        raise ValueError("predicted_before must be positive")
    if (p_after < 0).any() or (o_after < 0).any():
        raise ValueError("predicted_after and observed_after must not be negative")
    before = empirical_bayes(o_before, p_before, k)
    ratio = p_after / p_before
    expected = float((ratio * before.eb).sum())
    variance = float((ratio**2 * before.variance).sum())
    if not expected > 0:
        raise ValueError("nothing was expected after: there is nothing to compare with")
    observed = float(o_after.sum())
    spread = variance / expected**2
    raw = observed / expected
    size = raw or 1.0 / expected  # without a crash after: the variance of one
    if fhwa_variance:
        size /= (1.0 + spread) ** 1.5  # the corrected theta, and one power more in the denominator
    error = math.sqrt(size**2 * (1.0 / max(observed, 1.0) + spread) / (1.0 + spread))
    return _effect(expected, variance, observed, raw / (1.0 + spread), error)


def _effect(expected: float, variance: float, observed: float, cmf: float, error: float) -> Effect:
    low, high = max(0.0, cmf - NORMAL_95 * error), cmf + NORMAL_95 * error
    warning = FEW if min(observed, expected) < FEWEST else ""
    return Effect(expected, variance, observed, cmf, error, low, high, warning)


def _check_counts(**counts: float) -> None:
    for name, value in counts.items():
        if not (math.isfinite(value) and value >= 0):
            raise ValueError(f"{name} must not be negative, got {value}")

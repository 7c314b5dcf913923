"""
Crashes per vehicle-kilometre and the rate beyond which chance is no explanation. Method: ``methods/screening.md``.
"""

import numpy as np
from numpy.typing import ArrayLike

from anlu.engine.roads.network import Floats

ONE_SIDED_95 = 1.645


def million_vehicle_km(length_km: ArrayLike, vehicles_per_day: ArrayLike, years: float) -> Floats:
    """
    Exposure 365 Y V L / 10^6 of road segments (n,).

    Raises
    ------
    ValueError
        A number is negative or not finite.
    """
    parts = (np.asarray(v, np.float64) for v in (length_km, vehicles_per_day, years))
    length, vehicles, span = (_not_negative(v, "length, traffic and years") for v in parts)
    return np.asarray(365.0 * span * length * vehicles / 1e6)


def crash_rate(crashes: ArrayLike, exposure: ArrayLike) -> Floats:
    """
    Crashes per million vehicle-kilometres (n,); NaN where nobody travelled.

    Raises
    ------
    ValueError
        A number is negative or not finite.
    """
    a, m = (_not_negative(np.asarray(v, np.float64), "crashes and exposure") for v in (crashes, exposure))
    nowhere = np.full(np.broadcast(a, m).shape, np.nan)
    return np.asarray(np.divide(a, m, out=nowhere, where=m > 0))


def critical_rate(average_rate: float, exposure: ArrayLike, *, quantile: float = ONE_SIDED_95) -> Floats:
    """
    Rate that a segment of this exposure exceeds by chance in one case out of twenty (n,).

    Ra + P sqrt(Ra / MVKT) + 1 / (2 MVKT), Norden, Orlansky and Jacobs (1956); infinite where nobody travelled.

    Raises
    ------
    ValueError
        A number is negative or not finite.
    """
    m = _not_negative(np.asarray(exposure, np.float64), "exposure")
    _not_negative(np.asarray(average_rate), "average_rate")
    with np.errstate(divide="ignore", invalid="ignore"):
        return np.where(m > 0, average_rate + quantile * np.sqrt(average_rate / m) + 0.5 / m, np.inf)


def _not_negative(values: Floats, name: str) -> Floats:
    if not (np.isfinite(values) & (values >= 0)).all():
        raise ValueError(f"{name} must be finite and not negative")
    return values

"""
Density in space and time: when crashes count, as weight columns that share one search over the network.

A window (weekday mornings, the first half-year) gives each crash 0 or 1; a kernel in time gives it a weight by how far
its moment lies from the one asked for, around the week or along the calendar. Method: ``methods/density.md``.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import TypeAlias

import numpy as np
from numpy.typing import ArrayLike, NDArray

from anlu.engine.roads.network import Floats, Network

from .density import Density, Method, network_density
from .kernels import KERNELS
from .positions import Positions

Times: TypeAlias = NDArray[np.datetime64]
HOURS_A_WEEK = 168.0
MONDAY = np.datetime64("1970-01-05T00", "h")
EVERY_DAY = frozenset(range(7))


@dataclass(frozen=True)
class Window:
    """
    Part of the week, part of the calendar, or both.

    Attributes
    ----------
    first_hour, last_hour
        Of the day, from 0 to 24: ``first_hour <= h < last_hour``; past midnight when the first is not below the last
        (22 to 6). The hours after midnight belong to the day on which they fall.
    weekdays
        0 is Monday.
    first_day, last_day
        Both included; open when None.
    """

    first_hour: float = 0.0
    last_hour: float = 24.0
    weekdays: frozenset[int] = EVERY_DAY
    first_day: np.datetime64 | None = None
    last_day: np.datetime64 | None = None

    def __post_init__(self) -> None:
        hours = (self.first_hour, self.last_hour)
        if not all(0 <= h <= 24 for h in hours) or self.first_hour == self.last_hour:
            raise ValueError(f"hours must differ and lie in 0..24, got {hours[0]:g} to {hours[1]:g}")
        if not self.weekdays or not self.weekdays <= EVERY_DAY:
            raise ValueError(f"weekdays must be some of 0 to 6, got {sorted(self.weekdays)}")

    def holds(self, times: Times) -> NDArray[np.bool_]:
        """Whether each moment (n,) lies in the window; a missing one never does."""
        day, hour = _day_and_hour(times)
        inside = (hour >= self.first_hour) & (hour < self.last_hour)
        if self.first_hour > self.last_hour:
            inside = (hour >= self.first_hour) | (hour < self.last_hour)
        inside &= np.isin(
            ((day - MONDAY.astype("datetime64[D]")).astype(np.int64)) % 7, sorted(self.weekdays)
        )
        if self.first_day is not None:
            inside &= day >= self.first_day.astype("datetime64[D]")
        if self.last_day is not None:
            inside &= day <= self.last_day.astype("datetime64[D]")
        return np.asarray(inside & ~np.isnat(times))


def _day_and_hour(times: Times) -> tuple[Times, Floats]:
    day = times.astype("datetime64[D]")
    return day, (times.astype("datetime64[s]") - day).astype(np.float64) / 3600.0


def hours_of_week(times: Times) -> Floats:
    """Hours since Monday 0:00, 0 to 168, of each moment (n,); NaN where it is missing."""
    seconds = (times.astype("datetime64[s]") - MONDAY).astype(np.float64)
    return np.where(np.isnat(times), np.nan, seconds / 3600.0 % HOURS_A_WEEK)


def in_windows(times: Times, windows: Sequence[Window]) -> Floats:
    """Weight 1 or 0 of each moment in each window, (n, C)."""
    return np.stack([window.holds(times) for window in windows], axis=1).astype(np.float64)


def around_the_week(
    times: Times, centres_h: ArrayLike, bandwidth_h: float, *, kernel: str = "quartic"
) -> Floats:
    """
    Kernel weight per hour of each moment around hours of the week, (n, C); Sunday midnight joins Monday.

    Over a whole week the weights of one crash integrate to 1 (gaussian, cut at the bandwidth: 0.68).

    Raises
    ------
    ValueError
        Unknown kernel, or a bandwidth that is not positive or longer than half a week.
    """
    if not 0 < bandwidth_h <= HOURS_A_WEEK / 2:
        raise ValueError(f"bandwidth_h must be positive and at most half a week, got {bandwidth_h}")
    away = np.abs(hours_of_week(times)[:, None] - np.asarray(centres_h, np.float64)) % HOURS_A_WEEK
    return _kernel(np.minimum(away, HOURS_A_WEEK - away), bandwidth_h, kernel)


def around_the_dates(
    times: Times, centres: ArrayLike, bandwidth_days: float, *, kernel: str = "quartic"
) -> Floats:
    """
    Kernel weight per day of each moment around moments of the calendar, (n, C).

    Raises
    ------
    ValueError
        Unknown kernel, or a bandwidth that is not positive.
    """
    if not (bandwidth_days > 0 and np.isfinite(bandwidth_days)):
        raise ValueError(f"bandwidth_days must be positive, got {bandwidth_days}")
    moments = np.asarray(centres, "datetime64[s]")
    away = (times.astype("datetime64[s]")[:, None] - moments).astype(np.float64) / 86_400.0
    away = np.where(np.isnat(times)[:, None], np.nan, np.abs(away))
    return _kernel(away, bandwidth_days, kernel)


def _kernel(distance: Floats, bandwidth: float, kernel: str) -> Floats:
    if kernel not in KERNELS:
        raise ValueError(f"unknown kernel {kernel!r}, expected one of {', '.join(KERNELS)}")
    weights = KERNELS[kernel].value(np.where(np.isnan(distance), np.inf, distance), bandwidth)
    return np.asarray(weights, np.float64)


def density_over_time(
    network: Network,
    crashes: Positions,
    in_time: Floats,
    samples: Positions,
    bandwidth_m: float,
    *,
    kernel: str = "quartic",
    method: Method = "simple",
    weights: ArrayLike | None = None,
) -> Density:
    """
    Density at S samples for each of C windows or moments, (C, S), in one pass.

    Parameters
    ----------
    in_time : (n, C)
        From :func:`in_windows` (crashes per metre), :func:`around_the_week` (per metre and hour) or
        :func:`around_the_dates` (per metre and day).
    weights : (n,)
        Of each crash, besides.
    """
    columns = in_time if weights is None else in_time * np.asarray(weights, np.float64)[:, None]
    return network_density(
        network, crashes, samples, bandwidth_m, kernel=kernel, method=method, weights=columns
    )

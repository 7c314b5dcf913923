"""
Which roads and towns had more crashes in a week than chance explains, with a known rate of false alarms.

Method: ``methods/early-warning.md``.
"""

from dataclasses import dataclass

import numpy as np
from numpy.typing import ArrayLike

from anlu.engine.roads.network import Flags, Floats, Ints

from .expectation import predict


@dataclass(frozen=True, eq=False)
class WeekWarning:
    """
    One week of all units (n,).

    Attributes
    ----------
    observed, expected
    p
        Probability of at least so many.
    q
        Smallest share of false alarms among the alarms at which the unit would be one (Benjamini and Hochberg).
    alarm
        Whether ``q`` is at most the level.
    """

    observed: Floats
    expected: Floats
    p: Floats
    q: Floats
    alarm: Flags


def weekly_warning(
    history: ArrayLike,
    season: ArrayLike,
    current: ArrayLike,
    current_season: int,
    *,
    length: int = 53,
    level: float = 0.05,
    half_life: float | None = 104.0,
) -> WeekWarning:
    """
    Hold the counts of a week against what the weeks before let expect.

    Parameters
    ----------
    history : (n, T)
        Weekly counts of n units, the oldest first, without the current week.
    season : (T,)
        Week of the year of each, 0 to ``length - 1``.
    current : (n,)
    current_season
        Week of the year of the current week.
    level
        In a week in which nothing has changed anywhere, the probability of any alarm is at most this.
    half_life
        Weeks after which a count weighs half.

    Raises
    ------
    ValueError
        Shapes do not fit, a count is negative, or the level is not between 0 and 1.

    Notes
    -----
    Of many alarms over time, the share that is false is at most the level on average (false discovery rate).
    """
    now = np.asarray(current, np.float64)
    if not 0 < level < 1:
        raise ValueError(f"level must lie between 0 and 1, got {level}")
    prediction = predict(history, season, current_season, length, half_life=half_life)
    if (now < 0).any():
        raise ValueError("counts must not be negative")
    if now.shape != prediction.mean.shape:
        raise ValueError(f"current must have {len(prediction.mean)} counts, got {now.shape}")
    p = prediction.tail(now)
    q = false_discovery(p)
    return WeekWarning(now, prediction.mean, p, q, q <= level)


def false_discovery(p: ArrayLike) -> Floats:
    """Adjusted p-values (n,) after Benjamini and Hochberg (1995)."""
    values = np.asarray(p, np.float64)
    n = len(values)
    order = np.argsort(values)
    raised = values[order] * n / np.arange(1, n + 1)
    q = np.empty(n)
    q[order] = np.minimum(np.minimum.accumulate(raised[::-1])[::-1], 1.0)
    return q


def weekly_counts(
    unit: ArrayLike, dates: ArrayLike, units: int, *, until: np.datetime64, weeks: int
) -> tuple[Floats, Ints]:
    """
    Counts (units, weeks) of whole weeks of seven days, the last ending on ``until``, and the week of the year of each.

    Parameters
    ----------
    unit : (m,)
        Unit of each crash, -1 for none.
    dates : (m,)
        datetime64[D].
    """
    u, days = np.asarray(unit, np.int64), np.asarray(dates, "datetime64[D]")
    last = until.astype("datetime64[D]")
    back = (last - days).astype(np.int64) // 7
    used = (u >= 0) & (days <= last) & (back < weeks)
    counts = np.zeros((units, weeks))
    np.add.at(counts, (u[used], weeks - 1 - back[used]), 1.0)
    ends = last - 7 * np.arange(weeks)[::-1]
    year_start = ends.astype("datetime64[Y]").astype("datetime64[D]")
    return counts, ((ends - year_start).astype(np.int64) // 7)

"""
Which links or cells will have the next crashes?

What is to be expected of a unit is a mean of its own crashes and of its surroundings: crashes nearby and farther off,
and roads of its class. How much each counts, and how fast the past fades, is what would have predicted the last years
best.
Method and measured comparison: ``methods/ranking.md``.
"""

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from anlu.engine.roads.network import Floats

from .blending import Blend, Known, learn_blend, mixed
from .units import Units, counts_of

DAYS_PER_YEAR = 365.25
BANDWIDTHS_M = (150.0, 300.0, 600.0, 1200.0, 2400.0)
HALF_LIVES_YEARS = (np.inf, 2.0)
VALIDATION_YEARS = 2  # last years that the proportions are learnt on, one at a time


@dataclass(frozen=True, eq=False)
class Ranking:
    """
    Crashes to expect per year (n,), and why: ``expected = own + near + background``.

    Attributes
    ----------
    score
        Expected per year and metre, or square metre: what to rank by. NaN for a unit without size.
    own, near, background
        What of it comes from the unit's own crashes, from those of its neighbours, and from its class and size alone.
    own_weight
        Share of the own crashes in the mean.
    blend
        The proportions and how they came about.
    """

    score: Floats
    expected: Floats
    own: Floats
    near: Floats
    background: Floats
    own_weight: Floats
    blend: Blend


def rank_units(units: Units, until: np.datetime64 | None = None) -> Ranking:
    """
    What to expect of each unit from the day ``until`` on, by all that happened before it.

    Parameters
    ----------
    until
        First day that is not known; the day after the last crash by default. Later crashes are not looked at.

    Notes
    -----
    With o_i the unit's share of past crashes and m_i what the surroundings expect, s_i = w_i m_i + (1 - w_i) o_i,
    w_i = 1 / (1 + a (N m_i)^q). The proportions, a and q maximise sum_i y_i ln(s_i / sum s) over the
    crashes y of the last years, each predicted from the years before it.
    """
    dates = units.dates
    if until is None:
        until = dates.max() + 1 if len(dates) else np.datetime64("1970-01-01", "D")
    first = dates.min() if len(dates) else until
    days = [day for day in validation_days(first, until) if (dates < day).any()]
    known = _all_known(units, [*days, until])
    ends = [*days, until][1:]
    later = [_between(units, a, b) for a, b in zip(days, ends, strict=True)]
    blend = learn_blend(known, later, len(BANDWIDTHS_M))
    years = max(1.0, float((until - first).astype(np.int64))) / DAYS_PER_YEAR
    return _ranked(units, known[-1], blend, known[-1].crashes / years)


def _between(units: Units, begin: np.datetime64, end: np.datetime64) -> Floats:
    """Crashes of each unit (n,) from a day to before another."""
    return counts_of(units, ((units.dates >= begin) & (units.dates < end)).astype(np.float64))


def validation_days(first: np.datetime64, until: np.datetime64) -> list[np.datetime64]:
    """
    First day of each period that is predicted from what came before it, to learn from; the last ends at ``until``.

    The last two years, as long as a year comes before them; of a shorter history its last third.
    """
    days = int((until - first).astype(np.int64))
    year = np.timedelta64(365, "D")
    periods = min(VALIDATION_YEARS, round(days / DAYS_PER_YEAR) - 1)
    if periods >= 1:
        return [until - year * back for back in range(periods, 0, -1)]
    return [until - np.timedelta64(days // 3, "D")] if days >= 3 else []


def _all_known(units: Units, days: list[np.datetime64]) -> list[Known]:
    """What was known before each day; all in one pass over the crashes."""
    weights = np.concatenate([faded(units.dates, day) for day in days], axis=1)
    near, own = units.near(weights, BANDWIDTHS_M), counts_of(units, weights)
    fading = len(HALF_LIVES_YEARS)
    found = []
    for i in range(len(days)):
        columns = slice(i * fading, (i + 1) * fading)
        around = np.moveaxis(near[:, :, columns], 0, 1).reshape(len(units.size), -1)
        crashes = own[:, columns.start]  # not faded: the first half-life is without end
        background = _background(units, crashes)
        plain = background[:, 0]
        found.append(
            Known(
                np.column_stack([_shares(around, plain), background]),
                _shares(own[:, columns], plain),
                float(crashes.sum()),
            )
        )
    return found


def faded(dates: NDArray[np.datetime64], day: np.datetime64) -> Floats:
    """Weight of each crash on a day, by half-life (m, H); 0 for those that had not happened yet."""
    age = (day - dates).astype("timedelta64[D]").astype(np.float64) / DAYS_PER_YEAR
    lives = np.array(HALF_LIVES_YEARS)
    return np.where(age[:, None] > 0, 0.5 ** (np.maximum(age, 0.0)[:, None] / lives), 0.0)


def _shares(columns: Floats, otherwise: Floats) -> Floats:
    """Columns that sum to 1; one without anything becomes ``otherwise``."""
    total = columns.sum(axis=0)
    shares = np.divide(columns, total, out=np.zeros_like(columns), where=total > 0)
    return np.where(total > 0, shares, otherwise[:, None])


def _background(units: Units, crashes: Floats) -> Floats:
    """Distributions by size alone and, where classes are known, by the crashes of the class per size."""
    size = units.size
    plain = size / size.sum() if size.sum() > 0 else np.full(len(size), 1.0 / max(1, len(size)))
    if units.group is None:
        return plain[:, None]
    held = np.bincount(units.group, crashes)
    share = np.bincount(units.group, plain)
    # one crash more for every class, as if it were like the others: a short class without crashes is not safe for that
    per_size = (held + 1.0) / (share * max(1.0, crashes.sum()) + 1.0)
    by_class = plain * per_size[units.group]
    return np.column_stack([plain, by_class / by_class.sum()])


def _ranked(units: Units, known: Known, blend: Blend, per_year: float) -> Ranking:
    kinds = len(blend.background)
    near = known.around[:, :-kinds] @ blend.near.ravel()
    background = known.around[:, -kinds:] @ blend.background
    own = known.own @ blend.own
    s, weight = mixed(near + background, own, known.crashes, blend.trust)
    scale = per_year / s.sum() if s.sum() > 0 else 0.0
    size = units.size
    score = np.divide(scale * s, size, out=np.full(len(s), np.nan), where=size > 0)
    parts = (scale * (1.0 - weight) * own, scale * weight * near, scale * weight * background)
    return Ranking(score, scale * s, *parts, 1.0 - weight, blend)

"""
Scores of cells or links by the methods in use, to be held against the default ranking. Method: ``methods/backtest.md``.

None of them looks at what happens after the day it is asked for. Bandwidths are those that would have found most of the
crashes of the last years, each from the years before it.
"""

from collections.abc import Callable
from dataclasses import dataclass

import numpy as np

from anlu.engine.roads.network import Floats

from .backtest import taken_fraction
from .ranking import DAYS_PER_YEAR, rank_units, validation_days
from .screening import fit_length_model
from .smoothing import empirical_bayes
from .spf import NotFitted
from .units import LinkUnits, Units, counts_of

BANDWIDTHS_M = (100.0, 150.0, 200.0, 250.0, 300.0, 400.0, 500.0, 600.0, 800.0, 1200.0)
FOUND_AT = (0.01, 0.02, 0.05)  # shares of length or area at which crashes found are counted
USUAL_M = 300.0  # where there is nothing to learn from

#: Density at the units (n,) for weights (m,) and a bandwidth.
Smoother = Callable[[Floats, float], Floats]


@dataclass(frozen=True, eq=False)
class Scored:
    """Score of each unit (n,), the higher the more dangerous, NaN last; and the bandwidth where there is one."""

    score: Floats
    bandwidth_m: float | None = None


def score_by_count(units: Units, until: np.datetime64) -> Scored:
    """Crashes of each unit."""
    return Scored(counts_of(units, _before(units, until)))


def score_by_planar_density(units: Units, until: np.datetime64) -> Scored:
    """Kernel density in the plane."""
    return _densest(units, until, units.planar)


def score_by_network_density(units: Units, until: np.datetime64) -> Scored:
    """
    Kernel density along the network.

    Raises
    ------
    ValueError
        The units are not links.
    """
    if not isinstance(units, LinkUnits):
        raise ValueError("density along the network needs links")
    return _densest(units, until, units.along)


def score_by_empirical_bayes(units: Units, until: np.datetime64) -> Scored:
    """
    Plain empirical Bayes: expected crashes of each unit, with a function of its size fitted on all of them.

    Of cells, which are all of one size, it gives the order of their counts.
    """
    counts = counts_of(units, _before(units, until))
    first = units.dates.min() if len(units.dates) else until
    years = max(1.0, float((until - first).astype(np.int64))) / DAYS_PER_YEAR
    try:
        model = fit_length_model(counts, units.size, years)
    except NotFitted:
        return Scored(counts)
    return Scored(empirical_bayes(counts, years * model.yearly(units.size), model.k).eb)


def score_by_default(units: Units, until: np.datetime64) -> Scored:
    """The default ranking."""
    return Scored(rank_units(units, until).score)


METHODS: dict[str, Callable[[Units, np.datetime64], Scored]] = {
    "count": score_by_count,
    "kde": score_by_planar_density,
    "nkde": score_by_network_density,
    "eb": score_by_empirical_bayes,
    "default": score_by_default,
}


def _before(units: Units, until: np.datetime64) -> Floats:
    """1 for each crash before the day (m,), else 0."""
    return (units.dates < until).astype(np.float64)


def _densest(units: Units, until: np.datetime64, smooth: Smoother) -> Scored:
    bandwidth = _best_bandwidth(units, until, smooth)
    return Scored(smooth(_before(units, until), bandwidth), bandwidth)


def _best_bandwidth(units: Units, until: np.datetime64, smooth: Smoother) -> float:
    """The one by which most crashes of the last years lie in the highest 1, 2 and 5 %; of equal ones the shortest."""
    if not len(units.dates):
        return USUAL_M
    days = [day for day in validation_days(units.dates.min(), until) if (units.dates < day).any()]
    found = np.zeros(len(BANDWIDTHS_M))
    for begin, end in zip(days, [*days, until][1:], strict=True):
        later = counts_of(units, ((units.dates >= begin) & (units.dates < end)).astype(np.float64))
        for i, bandwidth in enumerate(BANDWIDTHS_M):
            score = smooth(_before(units, begin), bandwidth)
            found[i] += sum(later @ taken_fraction(score, units.size, share) for share in FOUND_AT)
    return float(BANDWIDTHS_M[int(found.argmax())]) if found.max() > 0 else USUAL_M

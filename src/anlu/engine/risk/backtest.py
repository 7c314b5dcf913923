"""
How well does a ranking made from past crashes find the next ones?

The units ranked highest, up to a share of all road or area, hold some share of the later crashes; PAI (prediction
accuracy index) is that share over the share of road: Chainey, Tompson and Uhlig (2008). Method:
``methods/backtest.md``.
"""

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import ArrayLike

from anlu.engine.roads.network import Floats

SHARES_PCT = (1, 2, 5, 10)


@dataclass(frozen=True)
class Hit:
    """
    What the highest-ranked share of all units holds of the later crashes.

    Attributes
    ----------
    share
        Of length or area.
    events_share, harm_share
        Of later crashes, and of their harm; None when there were none.
    pai, pai_ci95
        ``events_share / share`` with a bootstrap interval over the later crashes.
    """

    share: float
    events_share: float | None
    harm_share: float | None
    pai: float | None
    pai_ci95: tuple[float, float] | None


def taken_fraction(score: ArrayLike, size: ArrayLike, share: float) -> Floats:
    """
    Fraction of each unit (n,) that belongs to the highest-ranked ``share`` of the total size.

    Whole units in order of score, equal ones in order of rows, and a fraction of the last.
    """
    s, sizes = np.asarray(score, np.float64), np.asarray(size, np.float64)
    order = np.argsort(-np.where(np.isnan(s), -np.inf, s), kind="stable")
    wanted = share * sizes.sum()
    before = np.concatenate(([0.0], np.cumsum(sizes[order])))[:-1]
    fraction = np.zeros(len(s))
    with np.errstate(divide="ignore", invalid="ignore", over="ignore"):
        part = np.where(sizes[order] > 0, (wanted - before) / sizes[order], wanted > before)
    fraction[order] = np.clip(part, 0.0, 1.0)
    return fraction


@dataclass(frozen=True)
class Gain:
    """
    PAI of one ranking minus that of another on the same later crashes.

    Attributes
    ----------
    pai
        Positive where the first is better; None when there were no later crashes.
    ci95
        Paired bootstrap over the later crashes: both rankings are judged by each draw.
    """

    pai: float | None
    ci95: tuple[float, float] | None


def evaluate(
    score: ArrayLike,
    size: ArrayLike,
    later: ArrayLike,
    harm: ArrayLike | None = None,
    *,
    shares_pct: Sequence[int] = SHARES_PCT,
    draws: int = 1000,
    rng: np.random.Generator,
) -> dict[int, Hit]:
    """
    Hits of a ranking at several shares (in per cent).

    Parameters
    ----------
    score, size : (n,)
        Of each unit; NaN ranks last.
    later : (m,)
        Unit of each later crash, -1 for one outside all units (it counts as missed).
    harm : (m,), optional
        Weight of each later crash.
    """
    return {
        pct: _hit(_caught(score, size, later, pct / 100.0), harm, pct / 100.0, draws, rng)
        for pct in shares_pct
    }


def compare(
    score: ArrayLike,
    other: ArrayLike,
    size: ArrayLike,
    later: ArrayLike,
    *,
    shares_pct: Sequence[int] = SHARES_PCT,
    draws: int = 1000,
    rng: np.random.Generator,
) -> dict[int, Gain]:
    """What one ranking finds more than another at several shares (in per cent); arguments as in :func:`evaluate`."""
    gains = {}
    for pct in shares_pct:
        more = _caught(score, size, later, pct / 100.0) - _caught(other, size, later, pct / 100.0)
        gains[pct] = _gain(more, pct / 100.0, draws, rng)
    return gains


def _caught(score: ArrayLike, size: ArrayLike, later: ArrayLike, share: float) -> Floats:
    """Fraction of each later crash (m,) that lies in the highest-ranked share."""
    return np.append(taken_fraction(score, size, share), 0.0)[np.asarray(later, np.int64)]


def _hit(caught: Floats, harm: ArrayLike | None, share: float, draws: int, rng: np.random.Generator) -> Hit:
    if not len(caught):
        return Hit(share, None, None, None, None)
    mean = float(caught.mean())
    return Hit(share, mean, _harm_share(caught, harm), mean / share, _interval(caught, share, draws, rng))


def _harm_share(caught: Floats, harm: ArrayLike | None) -> float | None:
    weight = np.zeros(1) if harm is None else np.asarray(harm, np.float64)
    return float((caught * weight).sum() / weight.sum()) if weight.sum() > 0 else None


def _gain(more: Floats, share: float, draws: int, rng: np.random.Generator) -> Gain:
    if not len(more):
        return Gain(None, None)
    return Gain(float(more.mean()) / share, _interval(more, share, draws, rng))


def _interval(values: Floats, share: float, draws: int, rng: np.random.Generator) -> tuple[float, float]:
    """Bootstrap interval of the mean over the share. The values are few: drawing how often each comes up is enough."""
    distinct, counts = np.unique(values, return_counts=True)
    again = rng.multinomial(len(values), counts / counts.sum(), draws) @ distinct / len(values)
    low, high = np.quantile(again, [0.025, 0.975]) / share
    return float(low), float(high)


def expected_pai(score: ArrayLike, size: ArrayLike, intensity: ArrayLike, share_pct: float) -> float:
    """PAI that a ranking has on average over all futures, where the crashes to expect of each unit (n,) are known."""
    danger = np.asarray(intensity, np.float64)
    share = share_pct / 100.0
    return float(taken_fraction(score, size, share) @ danger / danger.sum() / share)

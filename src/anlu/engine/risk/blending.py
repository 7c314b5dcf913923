"""
How much of what to expect comes from a unit's own crashes and how much from its surroundings: learnt from the past.

The proportions of :mod:`.ranking`, by the likelihood of where the crashes of the last years happened. Method:
``methods/ranking.md``.
"""

from dataclasses import dataclass

import numpy as np
from scipy.optimize import minimize

from anlu.engine.roads.network import Floats

KEPT_FOR_ALL = 1e-3  # of the surroundings: roads where and near which nothing happened yet
# Where there is little to learn from: equal proportions, and a trust as real and made counties have it.
USUAL_TRUST, TRUST_VARIES = np.array([0.5, 0.4]), np.array([1.0, 0.3])
PROPORTIONS_VARY = 4.0  # on a logarithmic scale
TRUST_BOUNDS = [(-10.0, 10.0), (0.0, 1.5)]
MOST_STEPS = 300
TINY = 1e-300


@dataclass(frozen=True, eq=False)
class Blend:
    """
    How the parts of a ranking are weighed.

    Attributes
    ----------
    near : (B, H)
        Of the surroundings: crashes of other units, by bandwidth and half-life.
    background : (1,) or (2,)
        Of the surroundings: all roads alike and, where classes are known, as the class has it.
    own : (H,)
        Of the unit's own crashes, by half-life.
    trust
        (ln a, q): the surroundings weigh 1 / (1 + a mu^q) where they expect mu crashes in the whole period. q = 1 is
        plain empirical Bayes (a the overdispersion), q = 0 the same weight everywhere.
    learnt_on
        Crashes that it was learnt on.
    """

    near: Floats
    background: Floats
    own: Floats
    trust: Floats
    learnt_on: int


@dataclass(frozen=True, eq=False)
class Known:
    """
    What was known before a day.

    Attributes
    ----------
    around : (n, B * H + 1 or + 2)
        Distributions over units by what lies near (by bandwidth, then by half-life) and by the background.
    own : (n, H)
        Distribution of the crashes themselves.
    crashes
        How many there had been.
    """

    around: Floats
    own: Floats
    crashes: float


def learn_blend(known: list[Known], later: list[Floats], bandwidths: int) -> Blend:
    """
    The proportions that would have predicted best.

    Parameters
    ----------
    known
        What was known before each period; the last entry may be of a period yet to come and is used for its shape only.
    later
        Crashes of each unit (n,) in each period, at most one fewer than ``known``.
    bandwidths
        Of the columns of ``Known.around``.

    Notes
    -----
    Maximises sum_i y_i ln(s_i / sum s) over the periods, with a weak normal prior on the logarithms, so that a history
    without crashes gives the usual proportions and a long one overrules them.
    """
    fading, columns = known[-1].own.shape[1], known[-1].around.shape[1]
    kinds = columns - bandwidths * fading
    prior = np.concatenate([np.zeros(columns + fading), USUAL_TRUST])
    spread = np.concatenate([np.full(columns + fading, PROPORTIONS_VARY), TRUST_VARIES])
    periods = [_Period(k, y, kinds) for k, y in zip(known, later, strict=False)]

    def loss(p: Floats) -> tuple[float, Floats]:
        away = (p - prior) / spread
        value, slope = 0.5 * float(away @ away), away / spread
        for period in periods:
            lost, by = period.unlikelihood(p)
            value, slope = value + lost, slope + by
        return value, slope

    bounds = [(-30.0, 30.0)] * (columns + fading) + TRUST_BOUNDS
    p = minimize(loss, prior, jac=True, method="L-BFGS-B", bounds=bounds, options={"maxiter": MOST_STEPS}).x
    around = _around(p[:columns], kinds)
    return Blend(
        near=around[:-kinds].reshape(bandwidths, fading),
        background=around[-kinds:],
        own=_softmax(p[columns:-2]),
        trust=p[-2:],
        learnt_on=int(sum(float(y.sum()) for y in later)),
    )


def mixed(around: Floats, own: Floats, crashes: float, trust: Floats) -> tuple[Floats, Floats]:
    """Share of the crashes to expect of each unit (n,), up to a factor, and the weight of its surroundings (n,)."""
    log_odds = trust[0] + trust[1] * _log(crashes * around)
    weight = 1.0 / (1.0 + np.exp(np.clip(log_odds, -700.0, 700.0)))
    return weight * around + (1.0 - weight) * own, weight


@dataclass(frozen=True, eq=False)
class _Period:
    """A period to learn from: what was known before it, and its crashes (n,)."""

    known: Known
    later: Floats
    kinds: int

    def unlikelihood(self, p: Floats) -> tuple[float, Floats]:
        """Minus the logarithm of the probability of where its crashes happened, and its slope in ``p``."""
        columns = self.known.around.shape[1]
        softmax, own_mix, trust = _softmax(p[:columns]), _softmax(p[columns:-2]), p[-2:]
        around = _times(self.known.around, _around(p[:columns], self.kinds))
        own = _times(self.known.own, own_mix)
        s, w = mixed(around, own, self.known.crashes, trust)
        total, sum_s = self.later.sum(), s.sum()
        value = float(total * np.log(sum_s) - (self.later * _log(s)).sum())
        by_s = total / sum_s - self.later / np.maximum(s, TINY)
        by_log_odds = by_s * (own - around) * w * (1.0 - w)
        by_around = by_s * w + by_log_odds * trust[1] / np.maximum(around, TINY)
        slope = (1.0 - KEPT_FOR_ALL) * _weighted(by_around, self.known.around)
        own_slope = _weighted(by_s * (1.0 - w), self.known.own)
        trust_slope = [by_log_odds.sum(), (by_log_odds * _log(self.known.crashes * around)).sum()]
        return value, np.concatenate(
            [softmax * (slope - softmax @ slope), own_mix * (own_slope - own_mix @ own_slope), trust_slope]
        )


def _around(z: Floats, kinds: int) -> Floats:
    """Proportions of the surroundings, a little of them kept for all roads."""
    proportions = (1.0 - KEPT_FOR_ALL) * _softmax(z)
    proportions[-kinds] += KEPT_FOR_ALL
    return proportions


def _times(matrix: Floats, vector: Floats) -> Floats:
    """Their product, on one processor: threads cost more than they save on narrow matrices."""
    return np.asarray(np.einsum("nk,k->n", matrix, vector))


def _weighted(weights: Floats, matrix: Floats) -> Floats:
    """Weighted sums of the columns."""
    return np.asarray(np.einsum("n,nk->k", weights, matrix))


def _softmax(z: Floats) -> Floats:
    e = np.exp(z - z.max())
    return np.asarray(e / e.sum())


def _log(values: Floats) -> Floats:
    return np.asarray(np.log(np.maximum(values, TINY)))

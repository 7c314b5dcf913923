"""
Stretches of the network with more crashes than chance explains, each with the probability that it is chance.

Circles of road (all that lies within a radius along the network) around every lixel are compared by likelihood ratio;
the strongest that do not touch are the candidates, and permutations say how strong the candidates of a network without
any cluster are. Kulldorff (1997) in the network form of Shiode (2011); share of false ones by Benjamini and Hochberg
(1995) over the candidates, as for peaks by Chumbley and others (2010). Method: ``methods/kfunction.md``.
"""

import os
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from typing import NamedTuple

import numpy as np
from numba import njit
from numpy.typing import ArrayLike, NDArray
from scipy.special import betaincinv

from anlu.engine.compiling import COMPILED, INLINED
from anlu.engine.roads.network import Floats, Ints, Network

from .neighbours import Near, places_within
from .pieces import Ints32
from .positions import Lixels, Positions, cut_lixels

SURE = 0.9  # that the strongest is beyond chance: one-sided limit of Clopper and Pearson (1934)
BATCH = 64  # permutations at a time
TICK = 2.0**-30  # strengths are told apart by so much: equal ones stand in the order of lixels
ALMOST = 1.0 - 1e-11  # ways there and back differ by less


@dataclass(frozen=True, eq=False)
class Cluster:
    """
    A stretch with many crashes.

    Attributes
    ----------
    centre
        Lixel in its middle.
    radius_m
    lixels : (m,)
        All that belong to it.
    observed, expected
        Crashes there, and what the baseline puts there.
    strength
        Log-likelihood ratio.
    p
        Probability that a network without any cluster shows one as strong anywhere.
    q
        Benjamini and Hochberg: declaring this cluster and all stronger ones, the expected share of false ones is
        at most this; on a network without any cluster it is the probability of declaring one at all.
    """

    centre: int
    radius_m: float
    lixels: Ints
    observed: float
    expected: float
    strength: float
    p: float
    q: float


@dataclass(frozen=True, eq=False)
class Scan:
    """
    The network as the scan sees it.

    Attributes
    ----------
    baseline, stratum : (n,)
        Relative expectation and class of each lixel.
    radius_m : (R,)
        Rising.
    place
        Lixels of the circles: those of circle r around lixel i are ``place[start[i]:end[i, r]]``.
    start : (n,)
    end : (n, R)
    """

    lixels: Lixels
    baseline: Floats
    stratum: Ints
    radius_m: Floats
    place: Ints32
    start: Ints
    end: Ints


def prepare_scan(
    network: Network,
    *,
    lixel_m: float = 50.0,
    radius_m: tuple[float, ...] = (100.0, 250.0, 500.0),
    edge_baseline: ArrayLike | None = None,
    edge_stratum: ArrayLike | None = None,
    junctions_apart: bool = False,
) -> Scan:
    """
    Everything that does not depend on the crashes.

    Parameters
    ----------
    edge_baseline : (E,)
        Relative expectation per metre of each edge (traffic, say); the same everywhere by default.
    edge_stratum : (E,)
        Class of each edge, from 0; crashes are only ever exchanged within a class, so that a class may be as
        dangerous as it is. One class by default.
    junctions_apart
        Make classes of their own of the lixels at junctions, so that a place is no cluster for being a junction: where
        crashes gather at junctions, four counties in ten would otherwise show one by that alone.

    Raises
    ------
    ValueError
        Radii that are not positive and rising, a baseline or classes that do not fit the edges.
    """
    radii = np.asarray(radius_m, np.float64)
    if not (len(radii) and radii[0] > 0 and np.isfinite(radii).all() and (np.diff(radii) > 0).all()):
        raise ValueError(f"radius_m must be positive and rising, got {radius_m}")
    per_metre = np.ones(network.edges) if edge_baseline is None else np.asarray(edge_baseline, np.float64)
    if per_metre.shape != (network.edges,) or not (np.isfinite(per_metre) & (per_metre >= 0)).all():
        raise ValueError(f"edge_baseline must hold {network.edges} numbers that are not negative")
    stratum = (
        np.zeros(network.edges, np.int64) if edge_stratum is None else np.asarray(edge_stratum, np.int64)
    )
    if stratum.shape != (network.edges,) or (stratum < 0).any():
        raise ValueError(f"edge_stratum must hold {network.edges} classes counted from 0")
    lixels = cut_lixels(network, lixel_m)
    near = places_within(network, lixels.middles, float(radii[-1]))
    place, end = _by_ring(
        near, radii * ALMOST
    )  # there and back may differ by rounding: both must be in, or none
    weight = lixels.length_m * per_metre[lixels.edge]
    classes = stratum[lixels.edge]
    if junctions_apart:
        classes = 2 * classes + at_junction(network, lixels)
    return Scan(lixels, weight, classes, radii, place, near.start[:-1], end)


def at_junction(network: Network, lixels: Lixels) -> NDArray[np.bool_]:
    """Whether each lixel (n,) touches a node where three or more ends of road meet."""
    junction = network.degree >= 3
    edge = lixels.edge
    begins = (lixels.begin_m == 0.0) & junction[network.tail[edge]]
    ends = (lixels.end_m == network.lengths[edge]) & junction[network.head[edge]]
    return np.asarray(begins | ends)


def find_clusters(
    scan: Scan,
    crashes: Positions,
    *,
    simulations: int = 199,
    level: float = 0.05,
    least: int = 2,
    rng: np.random.Generator,
) -> list[Cluster]:
    """
    Clusters with ``q`` of at most ``level``, the strongest first; no two share a lixel. None at all unless ``p`` of the
    strongest is at most ``level`` too, with allowance for the error of so few simulations: a network without any
    cluster shows one in at most that share of cases.

    Parameters
    ----------
    least
        Crashes that make a cluster.

    Raises
    ------
    ValueError
        No simulation; or crashes on edges of a class whose baseline is zero.

    Notes
    -----
    A candidate's own probability is its rank among the candidates of all permutations together; Benjamini and
    Hochberg's rule is applied to these. ``p`` is its rank among the strongest of each permutation.
    """
    if simulations < 1:
        raise ValueError(f"simulations must be positive, got {simulations}")
    counts = lixel_counts(scan.lixels, crashes)
    if not counts.sum():
        return []
    wanted = _within(scan, _expected(scan, counts))
    found = _candidates(counts, wanted, least, scan.place, scan.start, scan.end)
    largest, pooled = _by_chance(scan, counts, wanted, least, simulations, rng)
    p, q = _chance_of(largest, found.strength), adjusted(_chance_of(pooled, found.strength))
    if not _is_beyond_chance(p, simulations, level):  # q alone promises that only for independent candidates
        return []
    declared = np.flatnonzero(q <= level).tolist()
    return [_cluster(scan, counts, wanted, found, i, float(p[i]), float(q[i])) for i in declared]


def _is_beyond_chance(p: Floats, simulations: int, level: float) -> bool:
    """Whether the true probability of the smallest ``p``, which is known from a sample only, is below the level."""
    if not len(p):
        return False
    larger = round(float(p.min()) * (simulations + 1)) - 1  # permutations at least as strong
    limit = betaincinv(larger + 1, simulations - larger, SURE) if larger < simulations else 1.0
    return bool(limit <= level)


def lixel_counts(lixels: Lixels, crashes: Positions) -> Floats:
    """Crashes on each lixel (n,)."""
    first = np.searchsorted(lixels.edge, crashes.edge, side="left")
    last = np.searchsorted(lixels.edge, crashes.edge, side="right")
    step = lixels.length_m[first]
    ordinal = np.minimum((crashes.offset_m / step).astype(np.int64), last - first - 1)
    return np.bincount(first + ordinal, minlength=len(lixels.edge)).astype(np.float64)


def adjusted(p: Floats) -> Floats:
    """Benjamini and Hochberg's adjusted probabilities (n,) of probabilities (n,)."""
    order = np.argsort(p, kind="stable")[::-1]
    rank = np.arange(len(p), 0, -1)
    q = np.empty(len(p))
    q[order] = np.minimum(1.0, np.minimum.accumulate(p[order] * len(p) / rank))
    return q


def _expected(scan: Scan, counts: Floats) -> Floats:
    """Crashes of each class spread over it by the baseline (n,)."""
    strata = int(scan.stratum.max()) + 1
    crashes = np.bincount(scan.stratum, counts, strata)
    weight = np.bincount(scan.stratum, scan.baseline, strata)
    if (crashes[weight == 0] > 0).any():
        raise ValueError("crashes lie on edges of a class whose baseline is zero")
    share = np.divide(crashes, weight, out=np.zeros(strata), where=weight > 0)
    return np.asarray(scan.baseline * share[scan.stratum])


def _within(scan: Scan, values: Floats) -> Floats:
    """Sums of values (n,) over every circle, (n, R)."""
    before = np.concatenate(([0.0], np.cumsum(values[scan.place])))
    return np.asarray(before[scan.end] - before[scan.start][:, None])


class Candidates(NamedTuple):
    """Circles that do not touch, the strongest first: lixel in the middle, number of the radius, strength."""

    centre: Ints
    radius: Ints
    strength: Floats


def _by_chance(
    scan: Scan, counts: Floats, wanted: Floats, least: int, simulations: int, rng: np.random.Generator
) -> tuple[Floats, Floats]:
    """The largest strength in each permutation (S,), and all strengths, both sorted."""
    strengths: list[Floats] = []

    def work(drawn: Floats) -> Floats:
        return np.asarray(_candidates(drawn, wanted, least, scan.place, scan.start, scan.end).strength)

    with ThreadPoolExecutor(os.cpu_count()) as pool:
        for begin in range(0, simulations, BATCH):
            drawn = _drawn(scan, counts, min(BATCH, simulations - begin), rng)
            strengths += list(pool.map(work, drawn))
    largest = np.array([found.max(initial=0.0) for found in strengths])
    return np.sort(largest), np.sort(np.concatenate(strengths))


def _drawn(scan: Scan, counts: Floats, draws: int, rng: np.random.Generator) -> Floats:
    """Counts (draws, n) when the crashes of each class fall anywhere in it by the baseline."""
    drawn = np.zeros((draws, len(counts)))
    for stratum in np.unique(scan.stratum):
        rows = np.flatnonzero(scan.stratum == stratum)
        crashes, weight = int(counts[rows].sum()), scan.baseline[rows]
        if crashes:
            drawn[:, rows] = rng.multinomial(crashes, weight / weight.sum(), draws)
    return drawn


def _chance_of(sorted_values: Floats, values: Floats) -> Floats:
    """Share of values at least as large as each one, were it one of the sorted ones itself."""
    larger = len(sorted_values) - np.searchsorted(sorted_values, values, side="left")
    return np.asarray((1.0 + larger) / (len(sorted_values) + 1.0), np.float64)


def _cluster(
    scan: Scan, counts: Floats, wanted: Floats, found: Candidates, i: int, p: float, q: float
) -> Cluster:
    centre, r = int(found.centre[i]), int(found.radius[i])
    lixels = np.sort(scan.place[scan.start[centre] : scan.end[centre, r]]).astype(np.int64)
    return Cluster(
        centre, float(scan.radius_m[r]), lixels, float(counts[lixels].sum()), float(wanted[centre, r]),
        float(found.strength[i]), p, q,
    )  # fmt: skip


@njit(**COMPILED)
def _by_ring(near: Near, radius_m: Floats) -> tuple[Ints32, Ints]:
    """The places near each place, those within the first radius first, and where those of each radius end (n, R)."""
    n, radii = len(near.start) - 1, len(radius_m)
    place, end = np.zeros(len(near.place), np.int32), np.zeros((n, radii), np.int64)
    for i in range(n):
        to = near.start[i]
        for r in range(radii):
            inner = 0.0 if r == 0 else radius_m[r - 1]
            for j in range(near.start[i], near.start[i + 1]):
                if inner <= near.distance_m[j] < radius_m[r]:
                    place[to] = near.place[j]
                    to += 1
            end[i, r] = to
    return place, end


@njit(**COMPILED)
def _candidates(
    counts: Floats, wanted: Floats, least: int, place: Ints32, start: Ints, end: Ints
) -> Candidates:
    """
    The circles with at least ``least`` crashes and more than ``wanted`` (n, R): the strongest, the strongest of
    those that do not touch it, and so on. Equally strong ones in the order of lixels, the smaller radius first.
    """
    n, radii = wanted.shape
    total = counts.sum()
    observed = np.zeros((n, radii))
    for i in range(n):  # circles are mutual: what lies near i has i near it
        if counts[i] > 0.0:
            j = start[i]
            for r in range(radii):
                while j < end[i, r]:
                    observed[place[j], r] += counts[i]
                    j += 1
    room = 0
    for i in range(n):
        for r in range(radii):
            if r > 0:
                observed[i, r] += observed[i, r - 1]
            room += observed[i, r] >= least and observed[i, r] > wanted[i, r]
    circle, weakness, count = np.empty(room, np.int64), np.empty(room), 0
    for i in range(n):
        for r in range(radii):
            x, mu = observed[i, r], wanted[i, r]
            if x >= least and x > mu:
                ratio = x * np.log(x / mu)
                if x < total:
                    ratio += (total - x) * np.log((total - x) / (total - mu))
                circle[count], weakness[count] = i * radii + r, -np.floor(ratio / TICK + 0.5) * TICK
                count += 1
    taken = np.zeros(n, np.bool_)
    chosen, kept = np.empty(room, np.int64), 0
    for c in np.argsort(weakness, kind="mergesort"):
        i, r = circle[c] // radii, circle[c] % radii
        if not _any_taken(taken, place, start[i], end[i, r]):
            for j in range(start[i], end[i, r]):
                taken[place[j]] = True
            chosen[kept] = c
            kept += 1
    chosen = chosen[:kept]
    return Candidates(circle[chosen] // radii, circle[chosen] % radii, -weakness[chosen])


@njit(**INLINED)
def _any_taken(taken: NDArray[np.bool_], place: Ints32, low: int, high: int) -> bool:
    for j in range(low, high):  # noqa: SIM110 - generators are not compiled
        if taken[place[j]]:
            return True
    return False

"""Do crashes on the network lie closer together than chance would put them? Method: ``methods/kfunction.md``."""

import math
import os
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass

import numpy as np
from numba import njit
from numpy.typing import ArrayLike

from anlu.engine.compiling import COMPILED
from anlu.engine.roads.network import Floats, Ints, Network

from .nearby import bucket_count, empty_queue, search
from .pieces import Ints32, Streets, cut_network
from .positions import Positions, on_edges

LEVEL = 0.05  # of the envelope
MOST_PLACES = 4_000_000  # simulated at a time
TASKS = 8
STEPS = 256  # of the largest radius, to look up the first radius above a distance


@dataclass(frozen=True, eq=False)
class NetworkK:
    """
    Network K-function with an envelope of chance.

    Attributes
    ----------
    radius_m : (R,)
    observed : (R,)
        K(r) = L / (n (n - 1)) times the number of ordered pairs nearer than r, in metres: the road within r of a
        crash, were the crashes spread evenly.
    mean, low, high : (R,)
        Of crashes put on the network by chance: their mean, and the band that they leave anywhere, at whatever
        radius, in 5 % of cases.
    p
        Probability that chance alone would depart from its mean as far as the crashes do, at any of the radii.
    clustered
        Whether the largest departure is upwards.
    """

    radius_m: Floats
    observed: Floats
    mean: Floats
    low: Floats
    high: Floats
    p: float
    clustered: bool


def network_k(
    network: Network,
    crashes: Positions,
    radius_m: ArrayLike,
    *,
    simulations: int = 199,
    edge_baseline: ArrayLike | None = None,
    rng: np.random.Generator,
) -> NetworkK:
    """
    K-function of crashes along the network against chance.

    Parameters
    ----------
    radius_m : (R,)
        Rising.
    edge_baseline : (E,)
        Relative chance per metre of each edge (traffic, say); the same everywhere by default.

    Raises
    ------
    ValueError
        Fewer than two crashes or 19 simulations, radii that are not positive and rising, an unfit baseline.

    Notes
    -----
    Okabe and Yamada (2001), Geographical Analysis 33, 271-290. One test for all radii: the largest departure from
    the mean in units of the standard deviation, ranked among that of every simulation (Myllymäki and others 2017,
    J. R. Statist. Soc. B 79, 381-404).
    """
    if len(crashes) < 2:
        raise ValueError("two crashes are needed")
    if simulations + 1 < 1 / LEVEL:
        raise ValueError(f"at least {1 / LEVEL - 1:.0f} simulations are needed, got {simulations}")
    radii = np.atleast_1d(np.asarray(radius_m, np.float64))
    pairs = pairs_nearer(network, crashes, np.zeros(len(crashes), np.int64), 1, radii)
    chance = _pairs_by_chance(network, len(crashes), radii, simulations, edge_baseline, rng)
    scale = network.lengths.sum() / (len(crashes) * (len(crashes) - 1.0))
    return _judged(radii, np.vstack([pairs, chance]) * scale)


def _pairs_by_chance(
    network: Network,
    crashes: int,
    radii: Floats,
    simulations: int,
    edge_baseline: ArrayLike | None,
    rng: np.random.Generator,
) -> Ints:
    step = max(1, MOST_PLACES // crashes)
    found = []
    for begin in range(0, simulations, step):
        sets = min(step, simulations - begin)
        places = random_positions(network, crashes * sets, rng, edge_baseline)
        found.append(pairs_nearer(network, places, np.repeat(np.arange(sets), crashes), sets, radii))
    return np.concatenate(found)


def _judged(radii: Floats, k: Floats) -> NetworkK:
    """The first row of ``k`` (1 + S, R) held against the others."""
    mean, spread = k.mean(axis=0), k.std(axis=0)
    departure = np.divide(k - mean, spread, out=np.zeros_like(k), where=spread > 0)
    largest = np.abs(departure).max(axis=1)
    rank = math.floor(LEVEL * len(k) + 1e-9)
    width = (
        np.sort(largest)[-rank - 1 :][:2].mean() * spread
    )  # outside of it is what has p of at most the level
    upwards = bool(departure[0, np.abs(departure[0]).argmax()] > 0)
    p = float((largest >= largest[0]).mean())
    return NetworkK(radii, k[0], mean, mean - width, mean + width, p, upwards)


def random_positions(
    network: Network, count: int, rng: np.random.Generator, edge_baseline: ArrayLike | None = None
) -> Positions:
    """
    Places with equal chance on every metre of the network, or as ``edge_baseline`` (E,) says per metre.

    Raises
    ------
    ValueError
        The baseline is not of that length, negative, not finite, or zero everywhere.
    """
    per_metre = np.ones(network.edges) if edge_baseline is None else np.asarray(edge_baseline, np.float64)
    if per_metre.shape != (network.edges,) or not (np.isfinite(per_metre) & (per_metre >= 0)).all():
        raise ValueError(f"edge_baseline must hold {network.edges} numbers that are not negative")
    before = np.concatenate(([0.0], np.cumsum(network.lengths * per_metre)))
    if not before[-1] > 0:
        raise ValueError("edge_baseline must not be zero everywhere")
    along = rng.uniform(0.0, before[-1], count)
    edge = np.clip(np.searchsorted(before, along, side="right") - 1, 0, network.edges - 1)
    offset = (along - before[edge]) / per_metre[edge]
    return on_edges(network, edge, np.clip(offset, 0.0, network.lengths[edge]))


def pairs_nearer(network: Network, places: Positions, owner: Ints, owners: int, radius_m: Floats) -> Ints:
    """
    Ordered pairs of places of one owner nearer than each radius, along the network, as (owners, R).

    ``owner`` (n,) numbers the set that each place belongs to: the searches are shared by all sets.

    Raises
    ------
    ValueError
        The radii are not positive and rising.
    """
    rising = radius_m.ndim == 1 and len(radius_m) > 0 and bool((np.diff(radius_m) > 0).all())
    if not rising or not (radius_m[0] > 0 and math.isfinite(radius_m[-1])):
        raise ValueError(f"radius_m must be positive and rising, got {radius_m}")
    unit_m = 2.0 ** math.ceil(math.log2(radius_m[-1]))  # a power of two: lengths keep all their digits
    streets = cut_network(network, unit_m=unit_m, longest_m=math.inf).streets
    order = np.lexsort((owner, places.edge))
    start = np.searchsorted(places.edge[order], np.arange(network.edges + 1))
    sorted_places = (start, places.offset_m[order] / unit_m, owner[order].astype(np.int32))
    parts = np.array_split(np.flatnonzero(np.diff(start) > 0), TASKS)
    counts = [np.zeros((owners, len(radius_m)), np.int64) for _ in parts]
    buckets = bucket_count(streets)

    def work(part: Ints, count: Ints) -> None:
        _count_pairs(part, streets, *sorted_places, radius_m / unit_m, buckets, count)

    with ThreadPoolExecutor(os.cpu_count()) as pool:
        list(pool.map(work, parts, counts))
    return np.asarray(2 * np.cumsum(sum(counts), axis=1))


@njit(**COMPILED)
def _count_pairs(
    todo: Ints,
    streets: Streets,
    start: Ints,
    at: Floats,
    owner: Ints32,
    radius: Floats,
    buckets: int,
    count: Ints,
) -> None:
    """
    Add the pairs with one place on the edges ``todo`` and the other there or on a later edge to ``count``
    (owners, R), each under the first radius above its distance.
    """
    tail, head, length, adj_start, adj_piece, adj_node, adj_length, _ = streets
    nodes, reach = len(adj_start) - 1, radius[-1]
    queue = empty_queue(nodes, buckets)
    node, distance = np.empty(2 * nodes, np.int32), np.empty(2 * nodes)
    from_tail, from_head = np.full(nodes, np.inf), np.full(nodes, np.inf)
    seen = np.full(len(tail), -1, np.int64)
    steps = STEPS / reach
    first = np.searchsorted(
        radius, (np.arange(STEPS + 1) - 1) / steps
    )  # a radius to begin with, none above it
    for e in todo:
        middle = search(tail[e], adj_start, adj_node, adj_length, queue, node, distance, 0, reach)
        last = search(head[e], adj_start, adj_node, adj_length, queue, node, distance, middle, reach)
        for j in range(last):
            if j < middle:
                from_tail[node[j]] = distance[j]
            else:
                from_head[node[j]] = distance[j]
        for j in range(last):
            for a in range(adj_start[node[j]], adj_start[node[j] + 1]):
                f = adj_piece[a]
                if f < e or seen[f] == e:
                    continue
                seen[f] = e
                u, v = tail[f], head[f]
                i, k = start[e], start[f]
                while i < start[e + 1] and k < start[f + 1]:  # both in the order of owners
                    if owner[i] != owner[k]:
                        i, k = i + (owner[i] < owner[k]), k + (owner[i] > owner[k])
                        continue
                    s = at[i]
                    to_tail = min(s + from_tail[u], length[e] - s + from_head[u])
                    to_head = min(s + from_tail[v], length[e] - s + from_head[v]) + length[f]
                    m = i + 1 if f == e else k
                    if f != e and min(to_tail, to_head - length[f]) >= reach:
                        m = start[f + 1]
                    while m < start[f + 1] and owner[m] == owner[i]:
                        way = min(to_tail + at[m], to_head - at[m])
                        if f == e:
                            way = min(way, abs(s - at[m]))
                        if way < reach:
                            r = first[int(way * steps)]
                            while way >= radius[r]:
                                r += 1
                            count[owner[i], r] += 1
                        m += 1
                    i += 1
        for j in range(last):
            from_tail[node[j]] = np.inf
            from_head[node[j]] = np.inf

"""
All road within a distance of each crash, as stretches of edges.

Whatever is asked of windows that slide over a network (how many crashes lie within 250 m of here?) is answered by these
stretches: a place is near a crash where the crash's stretches cover it.
"""

from typing import NamedTuple

import numpy as np
from numba import njit

from anlu.engine.compiling import COMPILED
from anlu.engine.roads.network import Floats, Ints, Network

from .nearby import bucket_count, empty_queue, search
from .pieces import Streets, cut_network
from .positions import Positions

BEYOND = 1e-9
MOST_STRETCHES = 10_000_000  # of 32 bytes


class Stretches(NamedTuple):
    """
    Parts of edges, one row each: ``crash`` reaches all of ``edge`` from ``begin_m`` to ``end_m`` (from its tail).
    """

    crash: Ints
    edge: Ints
    begin_m: Floats
    end_m: Floats


class TooMuchRoad(ValueError):
    """The stretches would not fit into memory."""


def stretches_within(network: Network, crashes: Positions, radius_m: float) -> Stretches:
    """
    Every stretch of road at most ``radius_m`` from each crash along the network, in order of crashes.

    Stretches of one crash on one edge do not overlap, and several that touch are one. A place exactly at the radius is
    reached: the radius is taken 10^-9 of itself longer.

    Raises
    ------
    TooMuchRoad
        There would be more than 10 million stretches.
    """
    unit_m = radius_m * (1.0 + BEYOND)
    streets = cut_network(network, unit_m=unit_m, longest_m=np.inf).streets
    offset = crashes.offset_m / unit_m
    found = _stretches(streets, crashes.edge, offset, 1.0, bucket_count(streets), MOST_STRETCHES)
    if len(found.crash) > MOST_STRETCHES:
        raise TooMuchRoad(
            f"{len(crashes)} crashes reach more than {MOST_STRETCHES} stretches within {radius_m} m"
        )
    length = network.lengths[found.edge]
    end_m = found.end_m * unit_m
    whole = end_m >= length * (1.0 - BEYOND)  # rounding must not leave out the very end of an edge
    return Stretches(found.crash, found.edge, found.begin_m * unit_m, np.where(whole, length, end_m))


@njit(**COMPILED)
def _stretches(
    streets: Streets, edge: Ints, offset: Floats, reach: float, buckets: int, most: int
) -> Stretches:
    tail, head, length, adj_start, adj_piece, adj_node, adj_length, _ = streets
    nodes = len(adj_start) - 1
    queue = empty_queue(nodes, buckets)
    near, distance = np.empty(2 * nodes, np.int32), np.empty(2 * nodes)
    best = np.full(nodes, np.inf)
    seen = np.full(len(tail), -1, np.int64)
    room = 4 * len(edge) + 64
    out_crash, out_edge = np.empty(room, np.int64), np.empty(room, np.int64)
    out_begin, out_end = np.empty(room), np.empty(room)
    count = 0
    for i in range(len(edge)):
        if count > most:
            break
        own, t = edge[i], offset[i]
        reached = 0
        for end in range(2):
            node = tail[own] if end == 0 else head[own]
            start = t if end == 0 else length[own] - t
            if start >= reach:
                continue
            last = search(node, adj_start, adj_node, adj_length, queue, near, distance, 0, reach - start)
            for j in range(last):
                if best[near[j]] == np.inf:
                    near[nodes + reached] = near[j]
                    reached += 1
                best[near[j]] = min(best[near[j]], start + distance[j])
        if count + 3 * len(tail) > room:
            room = 2 * room + 3 * len(tail)
            out_crash, out_edge = _longer(out_crash, count, room), _longer(out_edge, count, room)
            out_begin, out_end = _longer_floats(out_begin, count, room), _longer_floats(out_end, count, room)
        # the crash's own edge, which may be reached from its ends too
        low, high = max(0.0, t - reach), min(length[own], t + reach)
        for j in range(reached):
            node = near[nodes + j]
            for a in range(adj_start[node], adj_start[node + 1]):
                e = adj_piece[a]
                if seen[e] == i:
                    continue
                seen[e] = i
                if e == own:
                    continue
                count = _parts(
                    out_crash, out_edge, out_begin, out_end, count, i, e,
                    reach - best[tail[e]], reach - best[head[e]], length[e], 0.0, -1.0,
                )  # fmt: skip
        count = _parts(
            out_crash, out_edge, out_begin, out_end, count, i, own,
            reach - best[tail[own]], reach - best[head[own]], length[own], low, high,
        )  # fmt: skip
        for j in range(reached):
            best[near[nodes + j]] = np.inf
    return Stretches(out_crash[:count], out_edge[:count], out_begin[:count], out_end[:count])


@njit(**COMPILED)
def _longer(values: Ints, count: int, room: int) -> Ints:
    larger = np.empty(room, np.int64)
    larger[:count] = values[:count]
    return larger


@njit(**COMPILED)
def _longer_floats(values: Floats, count: int, room: int) -> Floats:
    larger = np.empty(room)
    larger[:count] = values[:count]
    return larger


@njit(**COMPILED)
def _parts(
    out_crash: Ints,
    out_edge: Ints,
    out_begin: Floats,
    out_end: Floats,
    count: int,
    crash: int,
    edge: int,
    from_tail: float,
    from_head: float,
    length: float,
    low: float,
    high: float,
) -> int:
    """Write [0, from_tail], [low, high] and [length - from_head, length], those not empty, as parts apart."""
    begins, ends = (0.0, low, max(0.0, length - from_head)), (min(from_tail, length), high, length)
    first, second, third = 0, 1, 2
    if begins[1] > begins[2]:
        second, third = 2, 1
    open_begin, open_end = 0.0, -1.0
    for p in (first, second, third):
        if ends[p] < begins[p]:
            continue
        if open_end < open_begin:
            open_begin, open_end = begins[p], ends[p]
        elif begins[p] <= open_end:
            open_end = max(open_end, ends[p])
        else:
            out_crash[count], out_edge[count] = crash, edge
            out_begin[count], out_end[count] = open_begin, open_end
            count += 1
            open_begin, open_end = begins[p], ends[p]
    if open_end >= open_begin:
        out_crash[count], out_edge[count] = crash, edge
        out_begin[count], out_end[count] = open_begin, open_end
        count += 1
    return count

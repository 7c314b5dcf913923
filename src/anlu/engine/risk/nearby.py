"""Every node within a bandwidth of a node, with its shortest distance: a bounded search in buckets."""

from typing import NamedTuple

import numpy as np
from numba import njit

from anlu.engine.compiling import COMPILED, INLINED
from anlu.engine.roads.network import Floats

from .pieces import Ints32, Streets

MOST_BUCKETS = 256


class Queue(NamedTuple):
    """
    Nodes to be looked at, in K buckets of equal width; each bucket is a list through ``later`` and
    ``earlier`` (N,).

    Between searches every ``first`` and ``last`` (K,) and every ``bucket`` (N,) is -1, every ``best`` (N,)
    infinite.
    """

    first: Ints32
    last: Ints32
    later: Ints32
    earlier: Ints32
    bucket: Ints32
    best: Floats


def bucket_count(streets: Streets) -> int:
    """
    Buckets about twice as wide as the mean piece: measured to be fastest, from one to 300 pieces a
    bandwidth.
    """
    mean = float(streets.length.mean()) if len(streets.length) else 1.0
    return int(2 ** np.clip(np.round(np.log2(0.5 / mean)), 0, np.log2(MOST_BUCKETS)))


@njit(**INLINED)
def empty_queue(nodes: int, buckets: int) -> Queue:
    return Queue(
        np.full(buckets, -1, np.int32),
        np.full(buckets, -1, np.int32),
        np.empty(nodes, np.int32),
        np.empty(nodes, np.int32),
        np.full(nodes, -1, np.int32),
        np.full(nodes, np.inf),
    )


@njit(**INLINED)
def search(
    source: int,
    adj_start: Ints32,
    adj_node: Ints32,
    adj_length: Floats,
    queue: Queue,
    node: Ints32,
    distance: Floats,
    count: int,
    reach: float,
) -> int:
    """
    Write the nodes nearer than ``reach`` (at most 1) and their distances from place ``count`` on; return
    the next place.

    Label-correcting inside a bucket, label-setting between buckets (Dial 1969; Meyer and Sanders 2003). The
    room left in ``node`` and ``distance`` must hold every node of the network.
    """
    first, last, later, earlier, bucket, best = queue
    begin, buckets = count, len(first)
    best[source], bucket[source], first[0], last[0] = 0.0, 0, source, source
    later[source], earlier[source] = -1, -1
    node[count] = source
    count += 1
    for k in range(buckets):
        while first[k] >= 0:
            x = first[k]
            z = later[x]
            first[k] = z
            if z >= 0:
                earlier[z] = -1
            else:
                last[k] = -1
            bucket[x] = -1
            here = best[x]
            for j in range(adj_start[x], adj_start[x + 1]):
                there = here + adj_length[j]
                if there >= reach:
                    continue
                y = adj_node[j]
                known = best[y]
                if there >= known:
                    continue
                if known == np.inf:
                    node[count] = y
                    count += 1
                best[y] = there
                new, old = int(there * buckets), bucket[y]
                if new == old:
                    continue
                if old >= 0:
                    p, z = earlier[y], later[y]
                    if p >= 0:
                        later[p] = z
                    else:
                        first[old] = z
                    if z >= 0:
                        earlier[z] = p
                    else:
                        last[old] = p
                p = last[new]
                earlier[y], later[y] = p, -1
                if p >= 0:
                    later[p] = y
                else:
                    first[new] = y
                last[new], bucket[y] = y, new
    for j in range(begin, count):
        distance[j] = best[node[j]]
        best[node[j]] = np.inf
    return count


@njit(**COMPILED)
def reached_from(
    sources: Ints32, adj_start: Ints32, adj_node: Ints32, adj_length: Floats, reach: float
) -> Floats:
    """Shortest distance (N,) from the nearest of several nodes; infinite from ``reach`` on."""
    nodes = len(adj_start) - 1
    best = np.full(nodes, np.inf)
    waiting = np.zeros(nodes, np.bool_)
    line = np.empty(nodes + 1, np.int32)
    head, tail = 0, 0
    for s in sources:
        if best[s] > 0.0:
            best[s], waiting[s], line[tail] = 0.0, True, s
            tail += 1
    while head != tail:
        x = line[head]
        head = 0 if head == nodes else head + 1
        waiting[x] = False
        for j in range(adj_start[x], adj_start[x + 1]):
            y, there = adj_node[j], best[x] + adj_length[j]
            if there < reach and there < best[y]:
                best[y] = there
                if not waiting[y]:
                    waiting[y], line[tail] = True, y
                    tail = 0 if tail == nodes else tail + 1
    return best

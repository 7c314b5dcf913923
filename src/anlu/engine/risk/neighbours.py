"""Which places on the network lie within a distance of each other. Used by the cluster test and by forecasts."""

from typing import NamedTuple

import numpy as np
from numba import njit

from anlu.engine.compiling import COMPILED
from anlu.engine.roads.network import Floats, Ints, Network

from .moments import Marks, sort_marks
from .nearby import bucket_count, empty_queue, search
from .pieces import Ints32, Streets, cut_network
from .positions import Positions


class Near(NamedTuple):
    """Places near each place i: ``place[start[i]:start[i + 1]]``, itself included, at ``distance_m``."""

    start: Ints
    place: Ints32
    distance_m: Floats


def places_within(network: Network, places: Positions, radius_m: float) -> Near:
    """All pairs of places nearer than ``radius_m`` along the network."""
    pieces = cut_network(network, unit_m=radius_m, longest_m=np.inf)
    marks: Marks = sort_marks(places.edge, places.offset_m / radius_m, network.edges)
    found = _near(
        pieces.streets, marks, places.edge, places.offset_m / radius_m, bucket_count(pieces.streets)
    )
    return Near(found[0], found[1], found[2] * radius_m)


@njit(**COMPILED)
def _near(streets: Streets, marks: Marks, edge: Ints, offset: Floats, buckets: int) -> Near:
    tail, head, length, adj_start, adj_piece, adj_node, adj_length, _ = streets
    mark_start, mark_at, mark_row = marks
    nodes = len(adj_start) - 1
    queue = empty_queue(nodes, buckets)
    node, distance = np.empty(2 * nodes, np.int32), np.empty(2 * nodes)
    from_tail, from_head = np.full(nodes, np.inf), np.full(nodes, np.inf)
    seen = np.full(len(tail), -1, np.int64)
    room = 8 * len(edge) + 1024
    out_place, out_distance = np.empty(room, np.int32), np.empty(room)
    start = np.zeros(len(edge) + 1, np.int64)
    count = 0
    for e in range(len(mark_start) - 1):
        if mark_start[e + 1] == mark_start[e]:
            continue
        middle = search(tail[e], adj_start, adj_node, adj_length, queue, node, distance, 0, 1.0)
        last = search(head[e], adj_start, adj_node, adj_length, queue, node, distance, middle, 1.0)
        for j in range(middle):
            from_tail[node[j]] = distance[j]
        for j in range(middle, last):
            from_head[node[j]] = distance[j]
        for m in range(mark_start[e], mark_start[e + 1]):
            row, s = mark_row[m], mark_at[m]
            start[row + 1] = count  # where it begins, for now
            for j in range(last + 1):
                low, high = (adj_start[node[j]], adj_start[node[j] + 1]) if j < last else (0, 1)
                for a in range(low, high):
                    f = adj_piece[a] if j < last else e
                    if seen[f] == m:
                        continue
                    seen[f] = m
                    to_tail = min(s + from_tail[tail[f]], length[e] - s + from_head[tail[f]])
                    to_head = min(s + from_tail[head[f]], length[e] - s + from_head[head[f]])
                    if count + mark_start[f + 1] - mark_start[f] > room:
                        room = 2 * room + mark_start[f + 1] - mark_start[f]
                        longer_place, longer_distance = np.empty(room, np.int32), np.empty(room)
                        longer_place[:count], longer_distance[:count] = (
                            out_place[:count],
                            out_distance[:count],
                        )
                        out_place, out_distance = longer_place, longer_distance
                    for q in range(mark_start[f], mark_start[f + 1]):
                        way = min(to_tail + mark_at[q], to_head + length[f] - mark_at[q])
                        if f == e:
                            way = min(way, abs(mark_at[q] - s))
                        if way < 1.0:
                            out_place[count], out_distance[count] = mark_row[q], way
                            count += 1
        for j in range(middle):
            from_tail[node[j]] = np.inf
        for j in range(middle, last):
            from_head[node[j]] = np.inf
    found: Near = _by_row(start, mark_row, out_place[:count], out_distance[:count])
    return found


@njit(**COMPILED)
def _by_row(begin: Ints, order: Ints32, place: Ints32, distance: Floats) -> Near:
    """Put runs that were found in ``order`` into the order of rows; ``begin[row + 1]`` is where each was written."""
    rows = len(order)
    start = np.zeros(rows + 1, np.int64)
    for m in range(rows):
        end = begin[order[m + 1] + 1] if m + 1 < rows else len(place)
        start[order[m] + 1] = end - begin[order[m] + 1]
    for row in range(rows):
        start[row + 1] += start[row]
    out_place, out_distance = np.empty(len(place), np.int32), np.empty(len(place))
    for m in range(rows):
        row = order[m]
        first, to = begin[row + 1], start[row]
        n = start[row + 1] - start[row]
        out_place[to : to + n], out_distance[to : to + n] = (
            place[first : first + n],
            distance[first : first + n],
        )
    return Near(start, out_place, out_distance)

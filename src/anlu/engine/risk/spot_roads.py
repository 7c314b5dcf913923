"""
The road of a black spot: how far its crashes are apart, and the ways between them. Method: ``methods/blackspots.md``.
"""

import math
from dataclasses import dataclass
from heapq import heappop, heappush

import numpy as np

from anlu.engine.roads.network import Network

from .positions import Lixels, Positions

SHORTEST_M = 10.0  # drawn for a spot without extent
SLACK = 1.0 + 1e-9

Place = tuple[int, float]
Parts = dict[int, list[tuple[float, float]]]


class Ways:
    """Shortest ways on a network from one place, as far as ``reach_m``."""

    def __init__(self, network: Network, place: Place, reach_m: float) -> None:
        self._network = network
        self._edge, self._offset_m = place
        self._away: dict[int, float] = {}
        self._before: dict[
            int, tuple[int, int]
        ] = {}  # edge and node by which a node is reached; -1: from the place
        self._search(reach_m * SLACK)

    def _search(self, reach_m: float) -> None:
        n, edge = self._network, self._edge
        ahead = float(n.lengths[edge]) - self._offset_m
        waiting: list[tuple[float, int, int, int]] = []
        heappush(waiting, (self._offset_m, int(n.tail[edge]), edge, -1))
        heappush(waiting, (ahead, int(n.head[edge]), edge, -1))
        while waiting:
            distance, node, by, source = heappop(waiting)
            if node in self._away or distance > reach_m:
                continue
            self._away[node], self._before[node] = distance, (by, source)
            for a in range(int(n.adj_start[node]), int(n.adj_start[node + 1])):
                e = int(n.adj_edge[a])
                heappush(waiting, (distance + float(n.lengths[e]), int(n.adj_node[a]), e, node))

    def _last_step(self, place: Place) -> tuple[float, int, tuple[float, float]]:
        """Distance of a place, the node by which it is reached (-1: along its edge), and the part of its edge."""
        edge, offset_m = place
        length = float(self._network.lengths[edge])
        tail, head = int(self._network.tail[edge]), int(self._network.head[edge])
        by_tail = self._away.get(tail, math.inf) + offset_m
        by_head = self._away.get(head, math.inf) + length - offset_m
        if edge == self._edge and abs(offset_m - self._offset_m) <= min(by_tail, by_head):
            low, high = sorted((offset_m, self._offset_m))
            return high - low, -1, (low, high)
        if by_tail <= by_head:
            return by_tail, tail, (0.0, offset_m)
        return by_head, head, (offset_m, length)

    def distance_m(self, place: Place) -> float:
        """Along the road; infinite beyond the reach."""
        return self._last_step(place)[0]

    def add_way(self, place: Place, parts: Parts) -> None:
        """Add the parts of edges on the way to a place within reach."""
        _, node, part = self._last_step(place)
        parts.setdefault(place[0], []).append(part)
        while node >= 0:
            by, source = self._before[node]
            length = float(self._network.lengths[by])
            if source >= 0:
                part = (0.0, length)
            else:
                from_tail = node == int(self._network.tail[by]) and self._away[node] == self._offset_m
                part = (0.0, self._offset_m) if from_tail else (self._offset_m, length)
            parts.setdefault(by, []).append(part)
            node = source


@dataclass(frozen=True, eq=False)
class SpotRoad:
    """
    The road of a spot.

    Attributes
    ----------
    extent_m
        The longest of the shortest ways between its crashes; 0 when all are in one place.
    parts
        The shortest ways from its most central crash to the others, as parts of edges in order; around a spot in one
        place 10 m.
    """

    extent_m: float
    parts: Lixels


def spot_road(network: Network, places: Positions, longest_m: float) -> SpotRoad:
    """
    How far the crashes of a spot are apart, and the road between them.

    Parameters
    ----------
    longest_m
        No two of the places are farther apart.
    """
    found = _distinct(places)
    ways = [Ways(network, place, longest_m) for place in found]
    farthest = [max(way.distance_m(place) for place in found) for way in ways]
    central = ways[farthest.index(min(farthest))]
    parts: Parts = {}
    for place in found:
        central.add_way(place, parts)
    if sum(end - begin for each in parts.values() for begin, end in each) < SHORTEST_M:
        edge, offset_m = found[0]
        half = min(SHORTEST_M, longest_m) / 2.0
        near = (max(0.0, offset_m - half), min(float(network.lengths[edge]), offset_m + half))
        parts.setdefault(edge, []).append(near)
    merged = [(edge, *part) for edge in sorted(parts) for part in _union(parts[edge])]
    edges, begins, ends = zip(*merged, strict=True)
    return SpotRoad(max(farthest), Lixels(np.array(edges, np.int64), np.array(begins), np.array(ends)))


def _distinct(places: Positions) -> list[Place]:
    return sorted(set(zip(places.edge.tolist(), places.offset_m.tolist(), strict=True)))


def _union(intervals: list[tuple[float, float]]) -> list[tuple[float, float]]:
    merged: list[tuple[float, float]] = []
    for begin, end in sorted(intervals):
        if merged and begin <= merged[-1][1]:
            merged[-1] = (merged[-1][0], max(merged[-1][1], end))
        else:
            merged.append((begin, end))
    return [each for each in merged if each[1] > each[0]]

"""
Township and village roads: paths through the triangulation of villages, hamlets and places on main roads.

Edges of a triangulation never cross, so neither do roads that are made of them; bends that would make them cross
are straightened again.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field
from itertools import pairwise

import numpy as np
import shapely
from numpy.typing import NDArray
from scipy.sparse import coo_matrix, csr_matrix
from scipy.sparse.csgraph import dijkstra, minimum_spanning_tree
from scipy.spatial import Delaunay
from shapely.geometry import Polygon

from .curves import joined, length_of, smooth, swung, thinned
from .dice import Dice, Floats, Ints

TOWNSHIP_ROADS = 45
_LEAVING_M = 130.0  # so far from a main road an edge must have gone ...
_CLEAR_M = 85.0  # ... to be this far away from it
_LONGEST_M = 3_600.0
_TOWNSHIP_M = (5_200.0, 11_500.0)
_STARTS = 10
_SWING_M = 45.0
_WAVE_M = 1_100.0
_SECOND_LINK = 0.72  # of the hamlets at the end of a lane get a second one


@dataclass
class Lattice:
    """
    Candidate edges between nodes.

    Attributes
    ----------
    xy : (n, 2)
    main : (n,) bool
        Whether a node lies on a main road.
    village : (n,) bool
    a, b : (e,)
        Ends of the edges, a < b.
    length_m : (e,)
    """

    xy: Floats
    main: NDArray[np.bool_]
    village: NDArray[np.bool_]
    a: Ints
    b: Ints
    length_m: Floats
    number: dict[tuple[int, int], int] = field(default_factory=dict)

    def __post_init__(self) -> None:
        self.number = {(int(a), int(b)): e for e, (a, b) in enumerate(zip(self.a, self.b, strict=True))}

    def edges_of(self, nodes: Sequence[int]) -> list[int]:
        """Edges of a path through nodes."""
        return [self.number[min(a, b), max(a, b)] for a, b in pairwise(nodes)]

    def graph(self, weight: Floats) -> csr_matrix:
        """Both ways; an infinite weight leaves the edge out."""
        kept = np.isfinite(weight)
        a, b, w = self.a[kept], self.b[kept], weight[kept]
        n = len(self.xy)
        return coo_matrix((np.r_[w, w], (np.r_[a, b], np.r_[b, a])), shape=(n, n)).tocsr()


def build_lattice(
    main: Floats, villages: Floats, hamlets: Floats, roads: Sequence[Floats], keep_out: Polygon
) -> Lattice:
    """Edges of the triangulation that keep clear of the main roads between their ends."""
    xy = np.vstack([main, villages, hamlets])
    kind = np.repeat([0, 1, 2], [len(main), len(villages), len(hamlets)])
    corners = Delaunay(xy).simplices
    pairs = np.sort(np.vstack([corners[:, [0, 1]], corners[:, [1, 2]], corners[:, [0, 2]]]), axis=1)
    pairs = np.unique(pairs, axis=0)
    length = np.hypot(*(xy[pairs[:, 1]] - xy[pairs[:, 0]]).T)
    pairs, length = pairs[length <= _LONGEST_M], length[length <= _LONGEST_M]
    fits = _clear(xy, kind == 0, pairs, length, roads, keep_out)
    pairs, length = pairs[fits], length[fits]
    return Lattice(
        xy, kind == 0, kind == 1, pairs[:, 0].astype(np.int64), pairs[:, 1].astype(np.int64), length
    )


def _clear(
    xy: Floats,
    main: NDArray[np.bool_],
    pairs: Ints,
    length: Floats,
    roads: Sequence[Floats],
    keep_out: Polygon,
) -> NDArray[np.bool_]:
    tree = shapely.STRtree([shapely.linestrings(path) for path in roads])
    start, end = xy[pairs[:, 0]], xy[pairs[:, 1]]
    way = (end - start) / length[:, None]
    fits = length > 2.2 * _LEAVING_M
    for leave_m, clear_m in ((_LEAVING_M, _CLEAR_M), (3.0, 0.5)):
        first = start + way * np.where(main[pairs[:, 0]], leave_m, 1.0)[:, None]
        last = end - way * np.where(main[pairs[:, 1]], leave_m, 1.0)[:, None]
        middles = shapely.linestrings(np.stack([first, last], axis=1))
        near, _ = tree.query(middles, predicate="dwithin", distance=clear_m)
        fits[near] = False
    fits[shapely.intersects(keep_out, middles)] = False
    return fits


@dataclass
class Lane:
    """A township or village road as nodes of the lattice, later as a path in metres."""

    nodes: list[int]
    path: Floats | None = None
    cuts: list[int] = field(default_factory=list)


def township_roads(lattice: Lattice, dice: Dice) -> list[Lane]:
    """Paths from main road to main road that serve villages; no edge is used twice."""
    weight = lattice.length_m.copy()
    served = lattice.main.copy()
    lanes: list[Lane] = []
    starts = np.flatnonzero(lattice.main)
    while len(lanes) < TOWNSHIP_ROADS:
        tried = starts[dice.order(len(starts))[:_STARTS]]
        lane = _best_path(lattice, _attracted(lattice, weight, served), tried, served)
        if lane is not None:
            lanes.append(lane)
            weight[lattice.edges_of(lane.nodes)] = np.inf
            served[lane.nodes] = True
    return lanes


def _attracted(lattice: Lattice, weight: Floats, served: NDArray[np.bool_]) -> Floats:
    """Edges at villages without a road are shorter than they are."""
    waiting = lattice.village & ~served
    touched = waiting[lattice.a].astype(float) + waiting[lattice.b]
    return np.asarray(weight * (1.0 - 0.22 * touched))


def _best_path(lattice: Lattice, weight: Floats, starts: Ints, served: NDArray[np.bool_]) -> Lane | None:
    far, before = dijkstra(
        lattice.graph(weight), indices=starts, limit=_TOWNSHIP_M[1], return_predecessors=True
    )
    best, best_worth = None, 0.0
    for row, start in enumerate(starts):
        ends = np.flatnonzero(lattice.main & np.isfinite(far[row]) & (far[row] > 0.6 * _TOWNSHIP_M[0]))
        for end in ends:
            nodes = _walked(before[row], int(start), int(end))
            length = float(lattice.length_m[lattice.edges_of(nodes)].sum())
            beeline = float(np.hypot(*(lattice.xy[end] - lattice.xy[start])))
            if not _TOWNSHIP_M[0] <= length <= _TOWNSHIP_M[1] or beeline < 0.72 * length:
                continue
            inner = np.array(nodes[1:-1])
            fresh = (lattice.village & ~served)[inner].sum() + 0.25 * (~served)[inner].sum()
            worth = fresh / (length / 1000.0) * (beeline / length) - 0.15 * served[inner].sum()
            if worth > best_worth:
                best, best_worth = nodes, worth
    return Lane(best) if best else None


def _walked(before: Ints, start: int, end: int) -> list[int]:
    nodes = [end]
    while nodes[-1] != start:
        nodes.append(int(before[nodes[-1]]))
    return nodes[::-1]


def village_roads(lattice: Lattice, taken: Sequence[Lane], length_km: float, dice: Dice) -> list[Lane]:
    """Lanes that connect every settlement, then second links, until there are ``length_km`` of them."""
    used = np.zeros(len(lattice.a), bool)
    for lane in taken:
        used[lattice.edges_of(lane.nodes)] = True
    chosen = _spanning(lattice, used)
    degree = np.bincount(np.r_[lattice.a[chosen | used], lattice.b[chosen | used]], minlength=len(lattice.xy))
    worth = lattice.length_m * (0.6 + 0.8 * dice.shares(len(lattice.a)))
    lonely = (degree[lattice.a] < 2) & ~lattice.main[lattice.a] | (degree[lattice.b] < 2) & ~lattice.main[
        lattice.b
    ]
    worth = (
        worth
        * np.where(lonely, 1.0 - _SECOND_LINK, 1.0)
        * np.where(lattice.main[lattice.a] & lattice.main[lattice.b], 2.5, 1.0)
    )
    left = length_km * 1000.0 - lattice.length_m[chosen].sum()
    for edge in np.argsort(worth, kind="stable"):
        if left <= 0:
            break
        if not (used[edge] or chosen[edge]) and not _sharp(lattice, used | chosen, int(edge)):
            chosen[edge] = True
            left -= lattice.length_m[edge]
    return _chains(lattice, chosen, used)


def _spanning(lattice: Lattice, used: NDArray[np.bool_]) -> NDArray[np.bool_]:
    """The shortest edges that join every settlement to the roads there are."""
    node = np.where(lattice.main, 0, np.arange(len(lattice.xy)))
    node[np.r_[lattice.a[used], lattice.b[used]]] = 0  # what has a road is one place
    a, b = node[lattice.a], node[lattice.b]
    low, high = np.minimum(a, b), np.maximum(a, b)
    order = np.lexsort((lattice.length_m, high, low))
    order = order[(low != high)[order]]
    key = low[order] * len(node) + high[order]
    first = order[np.unique(key, return_index=True)[1]]
    tree = minimum_spanning_tree(
        coo_matrix((lattice.length_m[first], (low[first], high[first])), shape=(len(node), len(node)))
    ).tocoo()
    edge_at = {(int(low[e]), int(high[e])): int(e) for e in first}
    chosen = np.zeros(len(lattice.a), bool)
    chosen[[edge_at[int(min(r, c)), int(max(r, c))] for r, c in zip(tree.row, tree.col, strict=True)]] = True
    return chosen


def _sharp(lattice: Lattice, there: NDArray[np.bool_], edge: int) -> bool:
    """Whether an edge would leave another one under less than 35 degrees."""
    for node, other in ((lattice.a[edge], lattice.b[edge]), (lattice.b[edge], lattice.a[edge])):
        near = np.flatnonzero(there & ((lattice.a == node) | (lattice.b == node)))
        ends = np.where(lattice.a[near] == node, lattice.b[near], lattice.a[near])
        ways = lattice.xy[ends] - lattice.xy[node]
        own = lattice.xy[other] - lattice.xy[node]
        cosines = ways @ own / np.maximum(np.hypot(*ways.T) * np.hypot(*own), 1e-9)
        if (cosines > np.cos(np.radians(35))).any():
            return True
    return False


def _chains(lattice: Lattice, chosen: NDArray[np.bool_], used: NDArray[np.bool_]) -> list[Lane]:
    """Edges joined to lanes where exactly two of them, and nothing else, meet."""
    at: dict[int, list[int]] = {}
    for edge in np.flatnonzero(chosen).tolist():
        at.setdefault(int(lattice.a[edge]), []).append(edge)
        at.setdefault(int(lattice.b[edge]), []).append(edge)
    busy = set(np.r_[lattice.a[used], lattice.b[used]].tolist()) | set(np.flatnonzero(lattice.main).tolist())
    ends = [node for node, edges in sorted(at.items()) if len(edges) != 2 or node in busy]
    left = set(np.flatnonzero(chosen).tolist())
    lanes = []
    for node in [*ends, *sorted(at)]:  # the second round takes rings without an end
        for edge in at[node]:
            if edge in left:
                lanes.append(_followed(lattice, at, set(ends), left, node, edge))
    return lanes


def _followed(
    lattice: Lattice, at: dict[int, list[int]], ends: set[int], left: set[int], node: int, edge: int
) -> Lane:
    nodes = [node]
    while True:
        left.discard(edge)
        node = int(lattice.b[edge] if lattice.a[edge] == node else lattice.a[edge])
        nodes.append(node)
        further = [other for other in at[node] if other in left]
        if node in ends or not further:
            return Lane(nodes)
        edge = further[0]


# ------------------------------------------------------------ from nodes to curves


def bend(lattice: Lattice, lanes: Sequence[Lane], roads: Sequence[Floats], dice: Dice) -> None:
    """Give every lane its path; spans whose bends would meet another road are straight."""
    spans: list[Floats] = []
    owner: list[tuple[int, int]] = []
    for number, lane in enumerate(lanes):
        for place, span in enumerate(smooth(lattice.xy[lane.nodes])):
            spans.append(thinned(swung(span, dice, _SWING_M, _WAVE_M)))
            owner.append((number, place))
    _straighten(spans, roads)
    by_lane: dict[int, list[Floats]] = {}
    for (number, _), span in zip(owner, spans, strict=True):
        by_lane.setdefault(number, []).append(span)
    for number, lane in enumerate(lanes):
        lane.path = joined(by_lane[number])


def _straighten(spans: list[Floats], roads: Sequence[Floats]) -> None:
    fixed = [shapely.linestrings(path) for path in roads]
    for _ in range(12):
        lines = [shapely.linestrings(span) for span in spans]
        meeting = _meeting(np.array(lines, object), np.array([*lines, *fixed], object))
        curved = [number for number in meeting if len(spans[number]) > 2]
        if not curved:
            return
        for number in curved:
            ends = spans[number][[0, -1]]
            eased = 0.5 * spans[number] + 0.5 * _on_chord(spans[number])
            spans[number] = np.round(eased, 3) if length_of(spans[number]) > 1.02 * length_of(ends) else ends


def _on_chord(span: Floats) -> Floats:
    share = np.concatenate([[0.0], np.cumsum(np.hypot(*np.diff(span, axis=0).T))])
    return np.asarray(span[0] + (share / share[-1])[:, None] * (span[-1] - span[0]))


def _meeting(lines: NDArray[np.object_], others: NDArray[np.object_]) -> list[int]:
    """Lines that meet another one elsewhere than at their own ends, or not at all simply."""
    tree = shapely.STRtree(others)
    one, other = tree.query(lines, predicate="intersects")
    one, other = one[one != other], other[one != other]
    shared = shapely.intersection(lines[one], others[other])
    ends = shapely.boundary(lines[one])
    wrong = ~shapely.is_empty(shapely.difference(shared, shapely.buffer(ends, 0.01)))
    close = wrong | (shapely.length(shared) > 0.02)
    rough = np.flatnonzero(~shapely.is_simple(lines))
    return sorted({int(number) for number in [*one[close], *rough]})

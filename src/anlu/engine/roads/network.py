"""
A road network from line geometries: edges that keep their shape, joined at nodes.

Lines are taken as they come: parallel edges, loops, one-way streets and separate pieces all stay. Coordinates
are planar metres; :mod:`anlu.engine.roads.projection` finds them for geographic files. Method and limits:
``methods/roads.md``.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from functools import cached_property
from typing import Any, TypeAlias

import numpy as np
import shapely
from numpy.typing import ArrayLike, NDArray

Floats: TypeAlias = NDArray[np.float64]
Ints: TypeAlias = NDArray[np.int64]
Flags: TypeAlias = NDArray[np.bool_]
#: Line geometries (None and empty ones allowed), or vertices (V, 2) with the start of each line (L + 1).
Lines: TypeAlias = Sequence[Any] | NDArray[np.object_] | tuple[Floats, Ints]

DEFAULT_TOLERANCE_M = 0.01  # ends written with two decimals of a metre still meet


@dataclass(frozen=True, eq=False)
class Network:
    """
    Edges with their shape and the nodes they join, as plain arrays.

    E edges, N nodes, V vertices; lengths in metres. Offsets on an edge count from its first vertex, the tail.

    Attributes
    ----------
    coords : (V, 2)
        Vertices of all edges one after the other, in the direction in which they were drawn.
    starts : (E + 1,)
        Edge ``e`` owns ``coords[starts[e]:starts[e + 1]]``.
    measures : (V,)
        Distance of each vertex from the first vertex of its edge.
    lengths : (E,)
    tail, head : (E,)
        Node at the first and at the last vertex; equal for a loop.
    oneway : (E,) int8
        0 both ways, 1 only as drawn, -1 only against it.
    line, line_offset_m : (E,)
        Input line the edge belongs to, and where on that line (or its part) it begins.
    node_xy : (N, 2)
    component : (N,)
        Number of the connected piece that the node belongs to (one-way signs ignored), by first node.
    adj_start : (N + 1,)
        Node ``n`` owns ``adj_*[adj_start[n]:adj_start[n + 1]]``; a loop stands there twice.
    adj_edge, adj_node : (2E,)
        Edge leaving the node, and the node at its other end.
    adj_forward : (2E,) bool
        Whether the edge leaves as drawn (from its tail).
    unused : (K,)
        Input lines of which nothing became an edge: null, empty, or without length.
    """

    coords: Floats
    starts: Ints
    measures: Floats
    lengths: Floats
    tail: Ints
    head: Ints
    oneway: NDArray[np.int8]
    line: Ints
    line_offset_m: Floats
    node_xy: Floats
    component: Ints
    adj_start: Ints
    adj_edge: Ints
    adj_node: Ints
    adj_forward: Flags
    unused: Ints

    @property
    def edges(self) -> int:
        return len(self.lengths)

    @property
    def nodes(self) -> int:
        return len(self.node_xy)

    @property
    def degree(self) -> Ints:
        """Ends of edges at each node (N,); a loop counts twice."""
        return np.diff(self.adj_start)

    @cached_property
    def owner(self) -> Ints:
        """Edge that each vertex belongs to (V,)."""
        return np.repeat(np.arange(self.edges, dtype=np.int64), np.diff(self.starts))

    @cached_property
    def _laid_out(self) -> tuple[Floats, Floats]:
        """All edges end to end: where each begins (E,), and each vertex (V,)."""
        begins = np.concatenate(([0.0], np.cumsum(self.lengths)))[:-1]
        return begins, self.measures + begins[self.owner]

    @property
    def adj_open(self) -> Flags:
        """Whether traffic may enter the edge from the node (2E,)."""
        way = self.oneway[self.adj_edge]
        return np.where(self.adj_forward, way >= 0, way <= 0)


@dataclass(frozen=True, eq=False)
class _Parts:
    """Simple lines before they are joined: vertices, starts, owner and place on the owner."""

    coords: Floats
    starts: Ints
    line: Ints
    line_offset_m: Floats

    @property
    def owner(self) -> Ints:
        """Part that each vertex belongs to (V,)."""
        return np.repeat(np.arange(len(self.line)), np.diff(self.starts))


def build_network(
    lines: Lines,
    *,
    tolerance_m: float = DEFAULT_TOLERANCE_M,
    oneway: ArrayLike | None = None,
    split: bool = False,
) -> Network:
    """
    Join lines whose ends lie within ``tolerance_m`` of each other.

    Parameters
    ----------
    lines
        LineStrings or MultiLineStrings (a third coordinate is left out; None and empty ones allowed), or
        ``(coords, starts)`` with the vertices of all lines and the L + 1 places where each begins.
    oneway : (L,), optional
        Per line 0 (both ways), 1 (as drawn), -1 (against); bool counts as 0 and 1. Kept for searches.
    split
        Also cut a line where another line's end touches it, and where two lines share a vertex. Lines that
        cross without a common vertex (bridges) are never joined.

    Raises
    ------
    ValueError
        A geometry is no line, a coordinate is not finite, ``oneway`` does not fit, the tolerance is negative.

    Notes
    -----
    Ends are joined by single linkage, so that the order of lines does not matter; the node lies at the first
    end in file order. The lines themselves are not moved and keep their length.
    """
    if not tolerance_m >= 0:
        raise ValueError(f"tolerance_m must not be negative, got {tolerance_m}")
    count, parts = _parts_of(lines)
    ways = _oneway_of(oneway, count)
    parts = _without_repeats(parts)
    if split:
        parts = _cut_at_junctions(parts, tolerance_m)
    return _joined(parts, count, ways, tolerance_m)


def edge_lines(network: Network, edges: ArrayLike | None = None) -> NDArray[np.object_]:
    """Shape of each edge, or of the given ones in their order, as a shapely LineString (E,)."""
    chosen = np.arange(network.edges) if edges is None else np.asarray(edges, np.int64)
    sizes = np.diff(network.starts)[chosen]
    rows = np.repeat(network.starts[chosen] - _starts(sizes)[:-1], sizes) + np.arange(sizes.sum())
    shapes: NDArray[np.object_] = shapely.linestrings(
        network.coords[rows], indices=np.repeat(np.arange(len(chosen)), sizes)
    )
    return shapes


def points_along(network: Network, edges: ArrayLike, offsets_m: ArrayLike) -> Floats:
    """Points (n, 2) at the given offsets of the given edges; offsets beyond an end are taken as that end."""
    edge, offset = np.asarray(edges, np.int64), np.asarray(offsets_m, np.float64)
    first = _segment_at(network, edge, offset)
    past, ahead = offset - network.measures[first], network.measures[first + 1] - network.measures[first]
    share = np.clip(np.divide(past, ahead, out=np.ones_like(past), where=ahead > 0), 0.0, 1.0)[:, None]
    here, there = network.coords[first], network.coords[first + 1]
    return np.where(share == 1.0, there, here + share * (there - here))


def directions_along(network: Network, edges: ArrayLike, offsets_m: ArrayLike) -> Floats:
    """Unit vectors (n, 2) of the drawn direction at the given offsets of the given edges."""
    edge, offset = np.asarray(edges, np.int64), np.asarray(offsets_m, np.float64)
    first = _segment_at(network, edge, offset)
    step = network.coords[first + 1] - network.coords[first]
    return step / np.hypot(step[:, 0], step[:, 1])[:, None]


def _segment_at(network: Network, edge: Ints, offset: Floats) -> Ints:
    """First vertex of the straight piece that holds each offset."""
    begins, along = network._laid_out
    found = np.searchsorted(along, begins[edge] + offset, side="right") - 1
    return np.clip(found, network.starts[edge], network.starts[edge + 1] - 2).astype(np.int64)


# ------------------------------------------------------------ input to simple lines


def _parts_of(lines: Lines) -> tuple[int, _Parts]:
    if isinstance(lines, tuple) and len(lines) == 2 and isinstance(lines[0], np.ndarray):
        return _parts_of_arrays(np.asarray(lines[0], np.float64), np.asarray(lines[1], np.int64))
    shapes = np.empty(len(lines), object)
    shapes[:] = list(lines)
    kinds = shapely.get_type_id(shapes)  # -1 null, 1 LineString, 2 LinearRing, 5 MultiLineString
    wrong = np.flatnonzero(~np.isin(kinds, (-1, 1, 2, 5)) & ~shapely.is_empty(shapes))
    if wrong.size:
        raise ValueError(f"line {wrong[0]} is a {shapes[wrong[0]].geom_type}, expected a LineString")
    simple, owner = shapely.get_parts(shapes, return_index=True)
    kept = shapely.get_num_coordinates(simple) > 1
    simple, owner = simple[kept], owner[kept]
    sizes = shapely.get_num_coordinates(simple)
    return len(shapes), _checked(shapely.get_coordinates(simple), _starts(sizes), owner.astype(np.int64))


def _parts_of_arrays(coords: Floats, starts: Ints) -> tuple[int, _Parts]:
    coords = coords.reshape(-1, 2)
    sizes = np.diff(starts)
    if starts.ndim != 1 or not starts.size or starts[0] or starts[-1] != len(coords) or (sizes < 0).any():
        raise ValueError(f"starts must rise from 0 to the number of vertices ({len(coords)})")
    kept = sizes > 1
    rows = np.repeat(kept, sizes)
    return len(sizes), _checked(coords[rows], _starts(sizes[kept]), np.flatnonzero(kept).astype(np.int64))


def _checked(coords: Floats, starts: Ints, line: Ints) -> _Parts:
    bad = np.flatnonzero(~np.isfinite(coords).all(axis=1))
    if bad.size:
        where = line[np.searchsorted(starts, bad[0], side="right") - 1]
        raise ValueError(f"line {where} has a coordinate that is not finite")
    return _Parts(coords, starts, line, np.zeros(len(line)))


def _oneway_of(oneway: ArrayLike | None, count: int) -> NDArray[np.int8]:
    if oneway is None:
        return np.zeros(count, np.int8)
    given = np.asarray(oneway)
    if given.shape != (count,) or not np.isin(given, (-1, 0, 1)).all():
        raise ValueError(f"oneway must hold -1, 0 or 1 for each of {count} lines")
    return given.astype(np.int8)


def _starts(sizes: ArrayLike) -> Ints:
    return np.concatenate(([0], np.cumsum(np.asarray(sizes, np.int64)))).astype(np.int64)


def _without_repeats(parts: _Parts) -> _Parts:
    """Leave out vertices that repeat the one before, so that every straight piece has a length."""
    owner = parts.owner
    repeats = np.zeros(len(owner), bool)
    repeats[1:] = (owner[1:] == owner[:-1]) & (np.diff(parts.coords, axis=0) == 0).all(axis=1)
    sizes = np.bincount(owner[~repeats], minlength=len(parts.line))
    real = sizes > 1
    rows = ~repeats & real[owner]
    return _Parts(parts.coords[rows], _starts(sizes[real]), parts.line[real], parts.line_offset_m[real])


def _measures(parts: _Parts) -> Floats:
    """Distance of each vertex from the first of its part."""
    steps = np.zeros(len(parts.coords))
    steps[1:] = np.hypot(*np.diff(parts.coords, axis=0).T)
    steps[parts.starts[:-1]] = 0.0
    total = np.cumsum(steps)
    return total - total[parts.starts[:-1]][parts.owner]


# ------------------------------------------------------------ joining ends to nodes


def _joined(parts: _Parts, count: int, ways: NDArray[np.int8], tolerance_m: float) -> Network:
    measures = _measures(parts)
    lengths = measures[parts.starts[1:] - 1]
    tail, head, node_xy = _nodes_of(parts, tolerance_m)
    swallowed = (tail == head) & (
        lengths <= tolerance_m
    )  # shorter than the tolerance: its two ends are one node
    if swallowed.any():
        return _joined(_kept_parts(parts, ~swallowed), count, ways, tolerance_m)
    adj_start, adj_edge, adj_node, adj_forward = _adjacency(tail, head, len(node_xy))
    return Network(
        coords=np.ascontiguousarray(parts.coords),
        starts=parts.starts,
        measures=measures,
        lengths=lengths,
        tail=tail,
        head=head,
        oneway=ways[parts.line],
        line=parts.line,
        line_offset_m=parts.line_offset_m,
        node_xy=node_xy,
        component=_components(tail, head, len(node_xy)),
        adj_start=adj_start,
        adj_edge=adj_edge,
        adj_node=adj_node,
        adj_forward=adj_forward,
        unused=np.setdiff1d(np.arange(count), parts.line).astype(np.int64),
    )


def _kept_parts(parts: _Parts, kept: Flags) -> _Parts:
    sizes = np.diff(parts.starts)
    rows = np.repeat(kept, sizes)
    return _Parts(parts.coords[rows], _starts(sizes[kept]), parts.line[kept], parts.line_offset_m[kept])


def _nodes_of(parts: _Parts, tolerance_m: float) -> tuple[Ints, Ints, Floats]:
    """Node at the tail and the head of each part, and where the nodes are."""
    ends = np.stack([parts.starts[:-1], parts.starts[1:] - 1], axis=1).ravel()
    xy = parts.coords[ends]
    label = _clusters(xy, tolerance_m)
    _, first, node = np.unique(label, return_index=True, return_inverse=True)
    order = np.argsort(first, kind="stable")  # nodes are numbered as they first occur
    rank = np.empty(len(order), np.int64)
    rank[order] = np.arange(len(order))
    node = rank[node.ravel()]
    return node[0::2].copy(), node[1::2].copy(), xy[first[order]].copy()


def _clusters(xy: Floats, tolerance_m: float) -> Ints:
    """Points joined by steps of at most the tolerance share a label."""
    spots, label = np.unique(xy, axis=0, return_inverse=True)
    label = label.ravel().astype(np.int64)
    if tolerance_m == 0 or len(spots) < 2:
        return label
    points = shapely.points(spots)
    first, second = shapely.STRtree(points).query(points, predicate="dwithin", distance=tolerance_m)
    return _components(first, second, len(spots))[label]


def _components(tail: Ints, head: Ints, nodes: int) -> Ints:
    """
    Number of the connected part of each node, in the order of their first nodes.

    Every node takes the lowest label across its edges, then that label's label, until nothing changes; scipy's
    would do, but importing it costs every command a quarter of a second.
    """
    label, before = np.arange(nodes), np.zeros(0, np.int64)
    while not np.array_equal(label, before):
        before = label
        low = np.minimum(label[tail], label[head])
        label = label.copy()
        np.minimum.at(label, before[tail], low)
        np.minimum.at(label, before[head], low)
        while not np.array_equal(label, label[label]):
            label = label[label]
    return np.unique(label, return_inverse=True)[1].astype(np.int64)


def _adjacency(tail: Ints, head: Ints, nodes: int) -> tuple[Ints, Ints, Ints, Flags]:
    """Both ends of every edge, grouped by node, in the order of edges."""
    edge = np.repeat(np.arange(len(tail)), 2)
    from_node = np.stack([tail, head], axis=1).ravel()
    to_node = np.stack([head, tail], axis=1).ravel()
    order = np.argsort(from_node, kind="stable")
    forward = (order % 2) == 0
    return _starts(np.bincount(from_node, minlength=nodes)), edge[order], to_node[order], forward


# ------------------------------------------------------------ cutting lines at junctions


def _cut_at_junctions(parts: _Parts, tolerance_m: float) -> _Parts:
    measures = _measures(parts)
    at_ends = _touched_by_ends(parts, measures, tolerance_m)
    at_vertices = _shared_vertices(parts, measures, tolerance_m)
    part = np.concatenate([at_ends[0], at_vertices[0]])
    offset = np.concatenate([at_ends[1], at_vertices[1]])
    part, offset = _proper_cuts(parts, measures, part, offset, tolerance_m)
    return _without_repeats(_cut(parts, measures, part, offset))


def _touched_by_ends(parts: _Parts, measures: Floats, tolerance_m: float) -> tuple[Ints, Floats]:
    """Part and offset of every place where an end of a line touches a line."""
    first = np.setdiff1d(np.arange(len(parts.coords)), parts.starts[1:] - 1)
    if not first.size:
        return np.zeros(0, np.int64), np.zeros(0)
    pieces = shapely.linestrings(np.stack([parts.coords[first], parts.coords[first + 1]], axis=1))
    ends = np.unique(np.stack([parts.starts[:-1], parts.starts[1:] - 1]))
    touching = shapely.points(np.unique(parts.coords[ends], axis=0))
    point, piece = shapely.STRtree(pieces).query(touching, predicate="dwithin", distance=tolerance_m)
    offset = measures[first[piece]] + shapely.line_locate_point(pieces[piece], touching[point])
    return parts.owner[first[piece]].astype(np.int64), offset


def _shared_vertices(parts: _Parts, measures: Floats, tolerance_m: float) -> tuple[Ints, Floats]:
    """Part and offset of every vertex that lies on a vertex of another part."""
    spot = _clusters(parts.coords, tolerance_m)
    seen = np.unique(np.stack([spot, parts.owner], axis=1), axis=0)
    shared = np.bincount(seen[:, 0], minlength=len(spot) + 1) > 1
    rows = np.flatnonzero(shared[spot])
    return parts.owner[rows].astype(np.int64), measures[rows]


def _proper_cuts(
    parts: _Parts, measures: Floats, part: Ints, offset: Floats, tolerance_m: float
) -> tuple[Ints, Floats]:
    """Cuts in order along each part, none within the tolerance of an end or of the cut before."""
    length = measures[parts.starts[1:] - 1][part]
    inside = (offset > tolerance_m) & (offset < length - tolerance_m)
    part, offset = part[inside], offset[inside]
    order = np.lexsort((offset, part))
    part, offset = part[order], offset[order]
    fresh = np.ones(len(part), bool)
    fresh[1:] = (np.diff(part) > 0) | (np.diff(offset) > tolerance_m)
    return part[fresh], offset[fresh]


def _cut(parts: _Parts, measures: Floats, part: Ints, offset: Floats) -> _Parts:
    """Each cut ends one piece and begins the next with the same point."""
    before = np.concatenate(([0.0], np.cumsum(measures[parts.starts[1:] - 1])))
    along = measures + before[parts.owner]
    first = np.searchsorted(along, before[part] + offset, side="right") - 1
    first = np.clip(first, parts.starts[part], parts.starts[part + 1] - 2)
    share = ((offset - measures[first]) / (measures[first + 1] - measures[first]))[:, None]
    points = parts.coords[first] + share * (parts.coords[first + 1] - parts.coords[first])
    coords = np.insert(parts.coords, np.repeat(first + 1, 2), np.repeat(points, 2, axis=0), axis=0)
    begins = first + 1 + 2 * np.arange(len(part)) + 1
    old = parts.starts + 2 * np.searchsorted(part, np.arange(len(parts.starts)))
    starts = np.sort(np.concatenate([old, begins])).astype(np.int64)
    source = np.searchsorted(old, starts[:-1], side="right") - 1
    offsets = np.concatenate([np.zeros(len(parts.line)), offset])
    order = np.argsort(np.concatenate([old[:-1], begins]), kind="stable")
    return _Parts(coords, starts, parts.line[source], parts.line_offset_m[source] + offsets[order])

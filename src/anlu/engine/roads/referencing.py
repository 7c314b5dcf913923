"""
Points to road and chainage, and back.

Every chainage between the lowest and the highest of a road has a place: on a line, or in a gap on the
straight from one line to the next. Where stakes repeat, a side or a line says which is meant. Method:
methods/roads.md.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from functools import cached_property
from itertools import pairwise
from typing import Final

import numpy as np
from numpy.typing import ArrayLike, NDArray

from .chainage import Chainage, measured, measured_beside, sides_where_stakes_repeat, staked
from .grids import Grid
from .matching import build_grid, snap
from .network import Flags, Floats, Ints, Network, directions_along, points_along
from .spans import Spans, spans_of
from .stakes import Side

HALF_A_METRE: Final = 0.5  # a stake rounded to the metre may lie this far beyond the line it was taken from
NO_ROAD: Final = -1
_CODES: Final = {Side.NONE: 0, Side.RIGHT: 1, Side.LEFT: -1}
_SIDES: Final = {code: side for side, code in _CODES.items()}


@dataclass(frozen=True, eq=False)
class Roads:
    """
    A network whose edges know their road and chainage.

    Attributes
    ----------
    names
        Of the roads, in order of first appearance; a road goes by its place in them.
    road : (E,)
        Road of each edge, -1 for none.
    from_m, to_m : (E,)
        Chainage at the first and last vertex of each edge; they differ by its length. NaN without a road.
    side : (E,) int8
        1 where the edge is the right carriageway of a divided road, -1 the left, 0 neither.
    rank : (E,)
        Of edges with the same stake the lowest is meant.
    staked : (R,)
        Whether the chainage of each road comes from stakes; else it was measured from an end of the road.
    """

    network: Network
    names: tuple[str, ...]
    road: Ints
    from_m: Floats
    to_m: Floats
    side: NDArray[np.int8]
    rank: Ints
    staked: Flags

    @property
    def rises(self) -> Flags:
        """Whether chainage rises along each edge as drawn (E,)."""
        return self.to_m >= self.from_m

    @cached_property
    def numbers(self) -> dict[str, int]:
        """Place of each road in ``names``."""
        return {name: number for number, name in enumerate(self.names)}

    @cached_property
    def grid(self) -> Grid:
        """For snapping point by point."""
        return build_grid(self.network)

    @cached_property
    def low_m(self) -> Floats:
        """Lowest chainage of each edge (E,)."""
        return np.minimum(self.from_m, self.to_m)

    @cached_property
    def high_m(self) -> Floats:
        """Highest chainage of each edge (E,)."""
        return np.maximum(self.from_m, self.to_m)

    @cached_property
    def spans(self) -> dict[int, Spans]:
        """What lies at which chainage: on either carriageway (0), the right (1), the left (-1)."""
        if not self.side.any():
            return dict.fromkeys((0, 1, -1), _spans(self, 0))
        return {code: _spans(self, code) for code in (0, 1, -1)}


@dataclass(frozen=True, eq=False)
class Located:
    """
    Points on roads (n,): road -1, edge -1 and NaN where there is none near enough.

    Attributes
    ----------
    road, edge
    chainage_m
    offset_m
        Distance from the road, never negative.
    roadside
        1 where the point lies right of the line as stakes rise, -1 left, 0 on it.
    side
        1 or -1 on the right or left carriageway of a divided road, else 0.
    x, y
        The point on the road, in metres.
    """

    road: Ints
    edge: Ints
    chainage_m: Floats
    offset_m: Floats
    roadside: NDArray[np.int8]
    side: NDArray[np.int8]
    x: Floats
    y: Floats

    @property
    def found(self) -> Flags:
        return self.road >= 0


@dataclass(frozen=True, eq=False)
class Places:
    """
    Chainages as points (n,): edge -1 and NaN where the road has no such chainage.

    Attributes
    ----------
    x, y
        Metres.
    edge
        Line that the place is on, or in a gap the one before it.
    in_gap
        Whether the chainage falls between two lines.
    """

    x: Floats
    y: Floats
    edge: Ints
    in_gap: Flags

    @property
    def found(self) -> Flags:
        return self.edge >= 0


def reference_roads(
    network: Network,
    road_of_line: Sequence[str | None],
    *,
    stake_start_m: ArrayLike | None = None,
    side_of_line: Sequence[Side] | None = None,
) -> Roads:
    """
    Give every edge its road and its chainage.

    Parameters
    ----------
    road_of_line : (L,)
        Name or number of the road of each input line; lines with the same one form a road, None forms none.
    stake_start_m : (L,), optional
        Chainage at a line's first vertex, NaN where it is not known. Without any on a road, it is measured
        from 0 along its lines in the order that joins them.
    side_of_line : (L,), optional
        Carriageway of each line. Without it the carriageways of a divided road are known by their stakes.

    Raises
    ------
    ValueError
        An argument does not have one value for each line.
    """
    lines = int(max(network.line.max(initial=-1), network.unused.max(initial=-1))) + 1
    if len(road_of_line) != lines:
        raise ValueError(f"{len(road_of_line)} road names for {lines} lines")
    names = tuple(dict.fromkeys(name for name in road_of_line if name is not None))
    numbers = {name: number for number, name in enumerate(names)}
    road_of = np.array([NO_ROAD if name is None else numbers[name] for name in road_of_line], np.int64)
    stakes = _one_each(np.full(lines, np.nan) if stake_start_m is None else stake_start_m, lines)
    sides = _one_each([_CODES[side] for side in side_of_line or [Side.NONE] * lines], lines)
    starts_a_line = np.r_[True, np.diff(network.line) != 0] & (network.line_offset_m == 0)
    roads = Roads(
        network=network,
        names=names,
        road=road_of[network.line],
        from_m=np.full(network.edges, np.nan),
        to_m=np.full(network.edges, np.nan),
        side=sides[network.line].astype(np.int8),
        rank=np.zeros(network.edges, np.int64),
        staked=np.zeros(len(names), np.bool_),
    )
    return _measured(roads, np.where(starts_a_line[: network.edges], stakes[network.line], np.nan))


def locate(roads: Roads, xs: ArrayLike, ys: ArrayLike, max_offset_m: float | None = None) -> Located:
    """
    Road and chainage of the place on the nearest line to each point.

    Parameters
    ----------
    xs, ys : (n,)
        Metres, in the network's coordinates.
    max_offset_m
        Points farther from every line are not located.
    """
    network = roads.network
    found = snap(network, xs, ys, max_offset_m, grid=roads.grid if network.edges else None)
    if not network.edges:
        return _nowhere(len(found.edge))
    edge = np.where(found.found, found.edge, 0)
    on_road = found.found & (roads.road[edge] >= 0)
    sense = np.where(roads.rises[edge], 1.0, -1.0)
    chainage_m = roads.from_m[edge] + sense * found.offset_m
    direction = directions_along(network, edge, np.nan_to_num(found.offset_m)) * sense[:, None]
    away_x = np.asarray(xs, np.float64).ravel() - found.x
    away_y = np.asarray(ys, np.float64).ravel() - found.y
    left = np.nan_to_num(direction[:, 0] * away_y - direction[:, 1] * away_x)
    return Located(
        road=np.where(on_road, roads.road[edge], NO_ROAD),
        edge=np.where(on_road, edge, -1),
        chainage_m=np.where(on_road, chainage_m, np.nan),
        offset_m=np.where(on_road, found.distance_m, np.nan),
        roadside=np.where(on_road, -np.sign(left), 0).astype(np.int8),
        side=np.where(on_road, roads.side[edge], 0).astype(np.int8),
        x=np.where(on_road, found.x, np.nan),
        y=np.where(on_road, found.y, np.nan),
    )


def places_of(
    roads: Roads,
    road: ArrayLike,
    chainage_m: ArrayLike,
    *,
    side: ArrayLike | None = None,
    line: ArrayLike | None = None,
) -> Places:
    """
    The point at each chainage of a road.

    Parameters
    ----------
    road, chainage_m : (n,)
        Road by its place in ``roads.names`` (-1: none).
    side : (n,), optional
        1 or -1 where the right or left carriageway is meant. Without it, where stakes repeat, the right one
        is, and of several lines the first.
    line : (n,), optional
        Input line that is meant, -1 where any; the strongest hint where stakes repeat.

    Notes
    -----
    A chainage up to half a metre beyond a line, as rounding makes it, is taken as the end of that line.
    """
    number = np.array(road, np.int64, ndmin=1)
    at_m = np.array(chainage_m, np.float64, ndmin=1)
    wanted = np.broadcast_to(0 if side is None else np.asarray(side, np.int64), at_m.shape)
    places = Places(
        np.full(len(at_m), np.nan),
        np.full(len(at_m), np.nan),
        np.full(len(at_m), -1),
        np.zeros(len(at_m), bool),
    )
    for code in np.unique(wanted):
        _put_places(roads, roads.spans[int(code)], number, at_m, np.flatnonzero(wanted == code), places)
    if line is not None:
        _prefer_lines(roads, number, at_m, np.broadcast_to(np.asarray(line, np.int64), at_m.shape), places)
    return places


def _nowhere(count: int) -> Located:
    none, nan, zero = np.full(count, -1), np.full(count, np.nan), np.zeros(count, np.int8)
    return Located(none, none, nan, nan, zero, zero, nan, nan)


def side_words(codes: ArrayLike) -> list[Side]:
    """Codes of sides (1, -1, 0) as they are written."""
    return [_SIDES[int(code)] for code in np.asarray(codes)]


def side_codes(sides: Sequence[Side]) -> NDArray[np.int8]:
    """Sides as codes: 1 right, -1 left, 0 neither."""
    return np.array([_CODES[side] for side in sides], np.int8)


# ------------------------------------------------------------ chainage of all roads


def _one_each(values: ArrayLike, lines: int) -> Floats:
    array = np.asarray(values, np.float64)
    if array.shape != (lines,):
        raise ValueError(f"expected one value for each of {lines} lines, got shape {array.shape}")
    return array


def _measured(roads: Roads, stakes_m: Floats) -> Roads:
    order = np.argsort(roads.road, kind="stable")
    bounds = np.searchsorted(roads.road[order], np.arange(len(roads.names) + 1))
    for number, (begin, end) in enumerate(pairwise(bounds)):
        rank = 0
        roads.staked[number] = np.isfinite(stakes_m[order[begin:end]]).any()
        for chainage in _chainages(roads, order[begin:end], stakes_m):
            edges = np.array(chainage.order, np.int64)
            roads.from_m[edges] = [chainage.from_m[edge] for edge in chainage.order]
            roads.to_m[edges] = [chainage.to_m[edge] for edge in chainage.order]
            roads.rank[edges] = rank + np.arange(len(edges))
            rank += len(edges)
    return roads


def _chainages(roads: Roads, edges: Ints, stakes_m: Floats) -> list[Chainage]:
    network = roads.network
    given = {int(edge): float(stakes_m[edge]) for edge in edges if np.isfinite(stakes_m[edge])}
    if given:
        chainage = staked(network, edges, given)
        if not roads.side[edges].any():
            for edge, side in sides_where_stakes_repeat(chainage).items():
                roads.side[edge] = _CODES[side]
        return [chainage]
    left = roads.side[edges] == _CODES[Side.LEFT]
    if left.all() or not left.any():
        return [measured(network, edges)]
    main = measured(network, edges[~left])
    return [main, measured_beside(network, edges[left], main)]


# ------------------------------------------------------------ chainage to point


def _spans(roads: Roads, code: int) -> Spans:
    """Spans of all roads, for the right (1), the left (-1) or either carriageway (0, the right one first)."""
    other = roads.side == _CODES[Side.LEFT] if code == 0 else roads.side != code
    place = np.empty(roads.network.edges, np.int64)
    place[np.lexsort((roads.rank, other))] = np.arange(roads.network.edges)
    meant = (roads.road >= 0) & ((code == 0) | (roads.side == code) | (roads.side == 0))
    edges = np.flatnonzero(meant)
    return spans_of(
        len(roads.names), edges, roads.road[edges], roads.low_m[edges], roads.high_m[edges], place[edges]
    )


def _on_edge(roads: Roads, edge: Ints, at_m: Floats) -> Floats:
    """Points (n, 2) of edges at chainages; beyond an end of the edge, that end."""
    held = np.clip(at_m, roads.low_m[edge], roads.high_m[edge])
    return points_along(roads.network, edge, np.abs(held - roads.from_m[edge]))


def _put_places(roads: Roads, spans: Spans, road: Ints, at_m: Floats, rows: Ints, places: Places) -> None:
    """Write the places of the given rows."""
    span = spans.find(road[rows], at_m[rows], HALF_A_METRE)
    rows, span = rows[span >= 0], span[span >= 0]
    past, left = at_m[rows] - spans.begin_m[span], spans.end_m[span] - at_m[rows]
    edge = np.where(left < past, spans.after[span], spans.before[span])  # in a gap the nearer line
    points = _on_edge(roads, edge, at_m[rows])
    gap = (spans.edge[span] < 0) & (np.minimum(past, left) > HALF_A_METRE)
    begin = _on_edge(roads, spans.before[span[gap]], spans.begin_m[span[gap]])
    end = _on_edge(roads, spans.after[span[gap]], spans.end_m[span[gap]])
    points[gap] = begin + (past / (past + left))[gap, None] * (end - begin)
    places.x[rows], places.y[rows] = points.T
    places.edge[rows] = np.where(gap, spans.before[span], edge)
    places.in_gap[rows] = gap


def _prefer_lines(roads: Roads, road: Ints, at_m: Floats, line: Ints, places: Places) -> None:
    """Where a line is named and has the chainage, the place is on it."""
    lines = roads.network.line
    first, last = (np.searchsorted(lines, line, side=side) for side in ("left", "right"))
    for part in range(int((last - first).max(initial=0))):
        edge = np.minimum(first + part, roads.network.edges - 1)
        fits = (first + part < last) & (roads.road[edge] == road)
        fits &= (roads.low_m[edge] - HALF_A_METRE <= at_m) & (at_m <= roads.high_m[edge] + HALF_A_METRE)
        places.x[fits], places.y[fits] = _on_edge(roads, edge[fits], at_m[fits]).T
        places.edge[fits], places.in_gap[fits] = edge[fits], False

"""Places on a network: crashes and samples as an edge and an offset, or as a node."""

import math
from dataclasses import dataclass

import numpy as np
import shapely
from numpy.typing import ArrayLike, NDArray

from anlu.engine.roads.matching import Snapped
from anlu.engine.roads.network import Floats, Ints, Network, points_along

JUNCTION_TOLERANCE_M = 1.0


@dataclass(frozen=True, eq=False)
class Positions:
    """
    n places on a network.

    Attributes
    ----------
    edge : (n,)
    offset_m : (n,)
        From the tail of the edge.
    node : (n,)
        The node that the place sits on, or -1. A place on a node has the offset of that end of its edge.
    """

    edge: Ints
    offset_m: Floats
    node: Ints

    def __len__(self) -> int:
        return len(self.edge)

    def __getitem__(self, rows: ArrayLike | slice) -> "Positions":
        keep = rows if isinstance(rows, slice) else np.asarray(rows)
        return Positions(self.edge[keep], self.offset_m[keep], self.node[keep])


def on_edges(network: Network, edges: ArrayLike, offsets_m: ArrayLike) -> Positions:
    """
    Places strictly on edges, whatever their distance to a node: samples are such.

    Raises
    ------
    ValueError
        An edge does not exist, or an offset lies beyond its ends.
    """
    edge = np.ascontiguousarray(edges, np.int64).ravel()
    offset = np.ascontiguousarray(offsets_m, np.float64).ravel()
    if edge.shape != offset.shape:
        raise ValueError(f"edges and offsets differ in number: {len(edge)} and {len(offset)}")
    if len(edge) and not (edge.min() >= 0 and edge.max() < network.edges):
        raise ValueError(f"edges must lie in 0..{network.edges - 1}")
    slack = 1e-9 * (1.0 + network.lengths[edge])
    if not ((offset >= -slack) & (offset <= network.lengths[edge] + slack)).all():
        raise ValueError("an offset lies beyond the ends of its edge")
    return Positions(edge, np.clip(offset, 0.0, network.lengths[edge]), np.full(len(edge), -1, np.int64))


def with_junctions(
    network: Network, positions: Positions, tolerance_m: float = JUNCTION_TOLERANCE_M
) -> Positions:
    """
    Move places within ``tolerance_m`` along the road of an end of their edge onto the node there.

    Half of all crashes are recorded at junctions, a few centimetres into one of the roads: which one must
    not matter.

    Raises
    ------
    ValueError
        The tolerance is negative.
    """
    if not tolerance_m >= 0:
        raise ValueError(f"tolerance_m must not be negative, got {tolerance_m}")
    length = network.lengths[positions.edge]
    ahead = length - positions.offset_m
    at_tail = (positions.offset_m <= tolerance_m) & (positions.offset_m <= ahead)
    at_head = (ahead <= tolerance_m) & ~at_tail
    node = np.where(at_tail, network.tail[positions.edge], -1)
    node = np.where(at_head, network.head[positions.edge], node)
    offset = np.where(at_tail, 0.0, np.where(at_head, length, positions.offset_m))
    return Positions(positions.edge, offset, node.astype(np.int64))


def place_crashes(
    network: Network, snapped: Snapped, tolerance_m: float = JUNCTION_TOLERANCE_M
) -> tuple[Positions, Ints]:
    """Snapped crashes as positions, junctions included, and the rows that could be placed (m,)."""
    rows = np.flatnonzero(snapped.found)
    on_road = on_edges(network, snapped.edge[rows], snapped.offset_m[rows])
    return with_junctions(network, on_road, tolerance_m), rows.astype(np.int64)


@dataclass(frozen=True, eq=False)
class Lixels:
    """
    Edges cut into equal parts of at most a given length: part i lies on ``edge[i]`` from ``begin_m`` to
    ``end_m``.
    """

    edge: Ints
    begin_m: Floats
    end_m: Floats

    @property
    def length_m(self) -> Floats:
        return self.end_m - self.begin_m

    @property
    def middles(self) -> Positions:
        middle = 0.5 * (self.begin_m + self.end_m)
        return Positions(self.edge, middle, np.full(len(self.edge), -1, np.int64))


def cut_lixels(network: Network, length_m: float) -> Lixels:
    """
    Cut every edge into equal lixels no longer than ``length_m``: no short remainder at the end.

    Raises
    ------
    ValueError
        The length is not positive, or there would be more than 100 million lixels.
    """
    if not (length_m > 0 and math.isfinite(length_m)):
        raise ValueError(f"length_m must be positive, got {length_m}")
    counts = np.maximum(1, np.ceil(network.lengths / length_m * (1 - 1e-12)))
    if counts.sum() > 1e8:
        raise ValueError(f"{length_m} m would give {counts.sum():.0f} lixels")
    number = counts.astype(np.int64)
    edge = np.repeat(np.arange(network.edges), number)
    ordinal = np.arange(len(edge)) - np.repeat(np.cumsum(number) - number, number)
    step = (network.lengths / counts)[edge]
    last = ordinal == number[edge] - 1
    return Lixels(edge, ordinal * step, np.where(last, network.lengths[edge], (ordinal + 1) * step))


def lixel_lines(network: Network, lixels: Lixels) -> NDArray[np.object_]:
    """Shape of each lixel as a LineString (n,): its two ends and the vertices of the edge between them."""
    count = len(lixels.edge)
    first = np.searchsorted(lixels.edge, np.arange(network.edges))
    owner = np.repeat(np.arange(network.edges), np.diff(network.starts))
    before = np.concatenate(([0.0], np.cumsum(network.lengths)))
    along = before[lixels.edge] + lixels.begin_m
    holder = np.clip(
        np.searchsorted(along, before[owner] + network.measures, side="right") - 1, first[owner], None
    )
    inner = (network.measures > lixels.begin_m[holder]) & (network.measures < lixels.end_m[holder])
    coords = np.concatenate(
        [
            points_along(network, lixels.edge, lixels.begin_m),
            network.coords[inner],
            points_along(network, lixels.edge, lixels.end_m),
        ]
    )
    lixel = np.concatenate([np.arange(count), holder[inner], np.arange(count)])
    measure = np.concatenate([lixels.begin_m, network.measures[inner], lixels.end_m])
    order = np.lexsort((measure, lixel))
    shapes: NDArray[np.object_] = shapely.linestrings(coords[order], indices=lixel[order])
    return shapes

"""
The network as the density kernels read it: edges cut so short that powers of offsets stay exact.

An edge longer than the limit becomes several pieces joined at nodes of degree two. Such a node changes no
distance and splits no wave (1 / (2 - 1) = 2 / 2 = 1), so every estimator stays what it is.
"""

from dataclasses import dataclass
from typing import NamedTuple

import numpy as np
from numba import njit
from numpy.typing import NDArray

from anlu.engine.compiling import COMPILED
from anlu.engine.roads.network import Floats, Ints, Network

Ints32 = NDArray[np.int32]


class Streets(NamedTuple):
    """
    Pieces as arrays, lengths in units of the largest bandwidth. P pieces, N nodes.

    ``adj_*[adj_start[n]:adj_start[n + 1]]`` are the ends at node n (a loop stands there twice): the piece,
    the node at its other end, its length, and 0 where it leaves from its tail, 1 from its head.
    """

    tail: Ints32
    head: Ints32
    length: Floats
    adj_start: Ints32
    adj_piece: Ints32
    adj_node: Ints32
    adj_length: Floats
    adj_side: NDArray[np.int8]


@dataclass(frozen=True, eq=False)
class Pieces:
    """
    Edges of a network cut into equal pieces.

    Attributes
    ----------
    streets
        The pieces, in units of ``unit_m``.
    first : (E + 1,)
        Edge e consists of the pieces ``first[e]`` to ``first[e + 1]``.
    edge : (P,)
        Edge each piece belongs to.
    order : (P,)
        Pieces along a curve that keeps neighbours together (Morton order of the tails).
    """

    streets: Streets
    unit_m: float
    first: Ints
    edge: Ints
    order: Ints32

    def locate(self, edges: Ints, offsets_m: Floats) -> tuple[Ints, Floats]:
        """Piece of each place on an edge, and how far from the piece's tail, in units."""
        within = offsets_m / self.unit_m
        if len(self.edge) == len(self.first) - 1:
            return edges, within
        counts = np.diff(self.first)[edges]
        step = self.streets.length[self.first[edges]]
        ordinal = np.minimum((within / step).astype(np.int64), counts - 1)
        return self.first[edges] + ordinal, np.clip(within - ordinal * step, 0.0, step)


def cut_network(network: Network, *, unit_m: float, longest_m: float) -> Pieces:
    """
    Cut every edge into equal pieces of at most ``longest_m``.

    Raises
    ------
    ValueError
        There would be more than 2^31 pieces.
    """
    counts = np.maximum(1, np.ceil(network.lengths / longest_m)).astype(np.int64)
    first = np.concatenate(([0], np.cumsum(counts)))
    if first[-1] >= 2**31:
        raise ValueError(f"the network would be cut into {first[-1]} pieces of {longest_m} m")
    edge = np.repeat(np.arange(network.edges), counts)
    tail, head = _piece_ends(network, counts, first, edge)
    length = (network.lengths / counts / unit_m)[edge]
    nodes = network.nodes + int(first[-1]) - network.edges
    by_place = np.argsort(_morton(network.node_xy[network.tail]), kind="stable")
    place = np.empty(len(by_place), np.int64)
    place[by_place] = np.arange(len(by_place))
    order = np.argsort(place[edge], kind="stable") if len(edge) > len(counts) else by_place
    return Pieces(_streets(tail, head, length, nodes), unit_m, first, edge, order.astype(np.int32))


def _piece_ends(network: Network, counts: Ints, first: Ints, edge: Ints) -> tuple[Ints32, Ints32]:
    """Nodes at both ends of each piece; new nodes are numbered after the network's own."""
    ordinal = np.arange(len(edge)) - first[edge]
    inner = network.nodes + first[edge] - edge + ordinal  # node after this piece, were it not the last
    head = np.where(ordinal == counts[edge] - 1, network.head[edge], inner)
    tail = np.where(ordinal == 0, network.tail[edge], inner - 1)
    return tail.astype(np.int32), head.astype(np.int32)


def _streets(tail: Ints32, head: Ints32, length: Floats, nodes: int) -> Streets:
    start = np.zeros(nodes + 1, np.int32)
    start[1:] = np.cumsum(np.bincount(tail, minlength=nodes) + np.bincount(head, minlength=nodes))
    piece, side = np.empty(2 * len(tail), np.int32), np.empty(2 * len(tail), np.int8)
    _enter_ends(tail, head, start[:-1].copy(), piece, side)
    other = np.where(side == 0, head[piece], tail[piece])
    return Streets(tail, head, length, start, piece, other, length[piece], side)


@njit(**COMPILED)
def _enter_ends(tail: Ints32, head: Ints32, slot: Ints32, piece: Ints32, side: NDArray[np.int8]) -> None:
    """Write both ends of every piece into the places of their nodes, in the order of pieces."""
    for p in range(len(tail)):
        for end in range(2):
            node = tail[p] if end == 0 else head[p]
            piece[slot[node]], side[slot[node]] = p, end
            slot[node] += 1


def _morton(xy: Floats) -> NDArray[np.uint64]:
    """Interleaved bits of both coordinates on a grid of 65,536 x 65,536 cells."""
    if not len(xy):
        return np.zeros(0, np.uint64)
    low = xy.min(axis=0)
    extent = float((xy.max(axis=0) - low).max()) or 1.0
    cell = ((xy - low) * (65_535.0 / extent)).astype(np.uint64)
    return _spread(cell[:, 0]) | (_spread(cell[:, 1]) << np.uint64(1))


def _spread(value: NDArray[np.uint64]) -> NDArray[np.uint64]:
    for shift, mask in ((8, 0x00FF00FF), (4, 0x0F0F0F0F), (2, 0x33333333), (1, 0x55555555)):
        value = (value | (value << np.uint64(shift))) & np.uint64(mask)
    return value

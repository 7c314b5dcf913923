"""
Points onto the nearest edge of a network, exactly and by the million.

Every straight piece of every edge is entered in the cells of a square grid that it crosses; a point looks at
its own cell, then at rings of cells around it until no nearer piece is possible. Method: methods/roads.md.
"""

import math
import os
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass

import numpy as np
from numpy.typing import ArrayLike, NDArray

from .grids import Grid
from .network import Floats, Ints, Network

PIECES_PER_CELL = 3.0  # measured: fewer slow points far from roads, more slow the many near them
CHUNK = 20_000  # points a thread takes at a time


@dataclass(frozen=True, eq=False)
class Snapped:
    """
    Points on edges, one row per point asked for (n,).

    ``edge`` is -1, and the rest NaN, where a point has no coordinates or no edge is near enough.

    Attributes
    ----------
    edge
        Nearest edge; of several equally near the one with the lowest number.
    offset_m
        Distance along the edge from its first vertex.
    distance_m
        From the point to the edge.
    x, y
        The point on the edge.
    """

    edge: Ints
    offset_m: Floats
    distance_m: Floats
    x: Floats
    y: Floats

    @property
    def found(self) -> NDArray[np.bool_]:
        return self.edge >= 0


def snap(
    network: Network,
    xs: ArrayLike,
    ys: ArrayLike,
    max_distance_m: float | None = None,
    *,
    grid: Grid | None = None,
) -> Snapped:
    """
    Nearest point of the network to each point.

    Parameters
    ----------
    xs, ys : (n,)
        Metres, in the network's coordinates.
    max_distance_m
        Points farther away get edge -1; no limit by default.
    grid
        From :func:`build_grid`, for those who ask about few points many times.

    Raises
    ------
    ValueError
        ``xs`` and ``ys`` differ in length, or the limit is negative.

    Notes
    -----
    Exact: the result is that of comparing with every edge. Equal distances go to the lowest edge, then to the
    lowest offset, whatever the order of points or the number of threads.
    """
    x = np.ascontiguousarray(xs, np.float64).ravel()
    y = np.ascontiguousarray(ys, np.float64).ravel()
    limit = math.inf if max_distance_m is None else float(max_distance_m)
    if x.shape != y.shape:
        raise ValueError(f"xs and ys differ in length: {len(x)} and {len(y)}")
    if not limit >= 0:
        raise ValueError(f"max_distance_m must not be negative, got {max_distance_m}")
    found = Snapped(np.full(len(x), -1, np.int64), *(np.full(len(x), np.nan) for _ in range(4)))
    if network.edges and len(x):
        _search_all(network, grid or build_grid(network), x, y, limit, found)
    return found


def build_grid(network: Network) -> Grid:
    """Enter every straight piece of a network that has edges in the cells that it crosses."""
    from .searching import enter  # compiled loops: numba is loaded where a point is looked for

    coords, starts = network.coords, network.starts
    firsts = np.setdiff1d(np.arange(len(coords)), starts[1:] - 1).astype(np.int64)
    low, high = coords.min(axis=0), coords.max(axis=0)
    size_m = _cell_size(high - low, len(firsts))
    columns, rows = (int(n) for n in np.floor((high - low) / size_m) + 1)
    nothing = np.zeros(0, np.int64)
    empty = Grid(float(low[0]), float(low[1]), size_m, columns, rows, nothing, nothing, network.owner)
    slots = np.zeros(columns * rows + 1, np.int64)
    enter(coords, firsts, empty, slots, False)
    cell_start = np.concatenate(([0], np.cumsum(slots[:-1]))).astype(np.int64)
    pieces = np.zeros(cell_start[-1], np.int64)
    enter(coords, firsts, empty._replace(pieces=pieces), cell_start.copy(), True)
    return empty._replace(cell_start=cell_start, pieces=pieces)


def _cell_size(extent: Floats, pieces: int) -> float:
    """Square cells, one for every few pieces; a long thin network gets a single row of them."""
    cells = max(1.0, pieces / PIECES_PER_CELL)
    width, height = float(extent.max()), float(extent.min())
    if width == 0.0:
        return 1.0
    return max(math.sqrt(width * height / cells), width / cells)


def _search_all(network: Network, grid: Grid, x: Floats, y: Floats, limit: float, found: Snapped) -> None:
    from .searching import search_some

    def search(begin: int) -> None:
        part = slice(begin, begin + CHUNK)
        search_some(
            network.coords,
            network.measures,
            grid,
            x[part],
            y[part],
            limit,
            found.edge[part],
            found.offset_m[part],
            found.distance_m[part],
            found.x[part],
            found.y[part],
        )

    begins = range(0, len(x), CHUNK)
    with ThreadPoolExecutor(min(len(begins), len(os.sched_getaffinity(0)))) as threads:
        for _ in threads.map(search, begins):
            pass  # an error in a thread comes out here

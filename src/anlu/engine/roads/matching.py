"""
Points onto the nearest edge of a network, exactly and by the million.

Every straight piece of every edge is entered in the cells of a square grid that it crosses; a point looks at
its own cell, then at rings of cells around it until no nearer piece is possible. Method: methods/roads.md.
"""

import math
import os
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from typing import NamedTuple

import numba
import numpy as np
from numpy.typing import ArrayLike, NDArray

from anlu.engine.compiling import COMPILED

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


class Grid(NamedTuple):
    """Straight pieces by cell; a piece goes by its first vertex, cells run row by row from the south-west."""

    x0: float
    y0: float
    size_m: float
    columns: int
    rows: int
    cell_start: Ints  # cell c holds pieces[cell_start[c]:cell_start[c + 1]], in rising order
    pieces: Ints
    owner: Ints  # edge of each vertex


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
    coords, starts = network.coords, network.starts
    firsts = np.setdiff1d(np.arange(len(coords)), starts[1:] - 1).astype(np.int64)
    low, high = coords.min(axis=0), coords.max(axis=0)
    size_m = _cell_size(high - low, len(firsts))
    columns, rows = (int(n) for n in np.floor((high - low) / size_m) + 1)
    nothing = np.zeros(0, np.int64)
    empty = Grid(float(low[0]), float(low[1]), size_m, columns, rows, nothing, nothing, network.owner)
    slots = np.zeros(columns * rows + 1, np.int64)
    _enter(coords, firsts, empty, slots, False)
    cell_start = np.concatenate(([0], np.cumsum(slots[:-1]))).astype(np.int64)
    pieces = np.zeros(cell_start[-1], np.int64)
    _enter(coords, firsts, empty._replace(pieces=pieces), cell_start.copy(), True)
    return empty._replace(cell_start=cell_start, pieces=pieces)


def _cell_size(extent: Floats, pieces: int) -> float:
    """Square cells, one for every few pieces; a long thin network gets a single row of them."""
    cells = max(1.0, pieces / PIECES_PER_CELL)
    width, height = float(extent.max()), float(extent.min())
    if width == 0.0:
        return 1.0
    return max(math.sqrt(width * height / cells), width / cells)


def _search_all(network: Network, grid: Grid, x: Floats, y: Floats, limit: float, found: Snapped) -> None:
    def search(begin: int) -> None:
        part = slice(begin, begin + CHUNK)
        _search(
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


# ------------------------------------------------------------ compiled inner loops


@numba.njit(**COMPILED)
def _enter(coords: Floats, firsts: Ints, grid: Grid, slots: Ints, write: bool) -> None:
    """Count the pieces of each cell in ``slots``, or write them from the places that ``slots`` holds."""
    size = grid.size_m
    slack = 1e-9 * (abs(grid.x0) + abs(grid.y0) + size * (grid.columns + grid.rows + 1))
    for v in firsts:
        ax, ay = coords[v, 0] - grid.x0, coords[v, 1] - grid.y0
        bx, by = coords[v + 1, 0] - grid.x0, coords[v + 1, 1] - grid.y0
        if ay > by:
            ax, ay, bx, by = bx, by, ax, ay
        row_low = max(0, int((ay - slack) / size))
        row_high = min(grid.rows - 1, int((by + slack) / size))
        for row in range(row_low, row_high + 1):
            enters, leaves = ax, bx  # where along x the piece enters and leaves this row of cells
            if by > ay:
                below = min(1.0, max(0.0, (row * size - slack - ay) / (by - ay)))
                above = min(1.0, max(0.0, ((row + 1) * size + slack - ay) / (by - ay)))
                enters, leaves = ax + below * (bx - ax), ax + above * (bx - ax)
            column_low = max(0, int((min(enters, leaves) - slack) / size))
            column_high = min(grid.columns - 1, int((max(enters, leaves) + slack) / size))
            for cell in range(row * grid.columns + column_low, row * grid.columns + column_high + 1):
                if write:
                    grid.pieces[slots[cell]] = v
                slots[cell] += 1


@numba.njit(**COMPILED)
def _foot(coords: Floats, v: int, x: float, y: float) -> tuple[float, float]:
    """Squared distance to the piece that begins at vertex ``v``, and where on it the foot lies (0 to 1)."""
    ax, ay = coords[v, 0] - x, coords[v, 1] - y
    sx, sy = coords[v + 1, 0] - coords[v, 0], coords[v + 1, 1] - coords[v, 1]
    along, square = -(ax * sx + ay * sy), sx * sx + sy * sy
    if along <= 0.0:
        return ax * ax + ay * ay, 0.0
    if along >= square:  # measured to the vertex itself, so that edges meeting there are equally near
        bx, by = coords[v + 1, 0] - x, coords[v + 1, 1] - y
        return bx * bx + by * by, 1.0
    t = along / square
    dx, dy = ax + t * sx, ay + t * sy
    return dx * dx + dy * dy, t


@numba.njit(**COMPILED)
def _nearest_outside(grid: Grid, px: float, py: float, column: int, row: int, ring: int) -> float:
    """Squared distance below which no cell lies that is more than ``ring`` cells from (column, row)."""
    width, height = grid.columns * grid.size_m, grid.rows * grid.size_m
    off_x, off_y = max(0.0, -px, px - width), max(0.0, -py, py - height)
    nearest = np.inf
    if column - ring > 0:
        nearest = min(nearest, max(0.0, px - (column - ring) * grid.size_m) ** 2 + off_y**2)
    if column + ring + 1 < grid.columns:
        nearest = min(nearest, max(0.0, (column + ring + 1) * grid.size_m - px) ** 2 + off_y**2)
    if row - ring > 0:
        nearest = min(nearest, max(0.0, py - (row - ring) * grid.size_m) ** 2 + off_x**2)
    if row + ring + 1 < grid.rows:
        nearest = min(nearest, max(0.0, (row + ring + 1) * grid.size_m - py) ** 2 + off_x**2)
    return nearest


@numba.njit(**COMPILED)
def _nearest_piece(coords: Floats, grid: Grid, x: float, y: float, limit: float) -> tuple[float, int, float]:
    """Squared distance, first vertex and foot of the nearest piece; of equal ones the lowest vertex."""
    px, py = x - grid.x0, y - grid.y0
    column = int(min(grid.columns - 1.0, max(0.0, px / grid.size_m)))
    row = int(min(grid.rows - 1.0, max(0.0, py / grid.size_m)))
    nearest, piece, foot = np.inf, -1, 0.0
    for ring in range(max(grid.columns, grid.rows)):
        for r in range(max(0, row - ring), min(grid.rows - 1, row + ring) + 1):
            step = 1 if abs(r - row) == ring else 2 * ring  # whole top and bottom rows, else the two sides
            for c in range(column - ring, column + ring + 1, step):
                if c < 0 or c >= grid.columns:
                    continue
                cell = r * grid.columns + c
                for k in range(grid.cell_start[cell], grid.cell_start[cell + 1]):
                    v = grid.pieces[k]
                    d2, t = _foot(coords, v, x, y)
                    if d2 < nearest or (d2 == nearest and v < piece):
                        nearest, piece, foot = d2, v, t
        outside = _nearest_outside(grid, px, py, column, row, ring)
        if outside > nearest or outside > limit * limit:
            break
    return nearest, piece, foot


@numba.njit(**COMPILED)
def _search(
    coords: Floats,
    measures: Floats,
    grid: Grid,
    xs: Floats,
    ys: Floats,
    limit: float,
    edge: Ints,
    offset_m: Floats,
    distance_m: Floats,
    foot_x: Floats,
    foot_y: Floats,
) -> None:
    for i in range(len(xs)):
        if not (np.isfinite(xs[i]) and np.isfinite(ys[i])):
            continue
        nearest, v, t = _nearest_piece(coords, grid, xs[i], ys[i], limit)
        if v < 0 or math.sqrt(nearest) > limit:
            continue
        edge[i], distance_m[i] = grid.owner[v], math.sqrt(nearest)
        if t == 1.0:
            offset_m[i], foot_x[i], foot_y[i] = measures[v + 1], coords[v + 1, 0], coords[v + 1, 1]
        else:
            offset_m[i] = measures[v] + t * (measures[v + 1] - measures[v])
            foot_x[i] = coords[v, 0] + t * (coords[v + 1, 0] - coords[v, 0])
            foot_y[i] = coords[v, 1] + t * (coords[v + 1, 1] - coords[v, 1])

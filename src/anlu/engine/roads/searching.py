"""
Compiled inner loops of :mod:`.matching`.

A module of its own, imported where the first point is looked for: whoever only reads a road does not wait for the
compiler.
"""

import math

import numpy as np
from numba import njit

from anlu.engine.compiling import COMPILED

from .grids import Grid
from .network import Floats, Ints


@njit(**COMPILED)
def enter(coords: Floats, firsts: Ints, grid: Grid, slots: Ints, write: bool) -> None:
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


@njit(**COMPILED)
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


@njit(**COMPILED)
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


@njit(**COMPILED)
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


@njit(**COMPILED)
def search_some(
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

"""Kernel density of crashes in the plane, whatever the roads. Method: ``methods/backtest.md``."""

import numpy as np
from numba import njit
from numpy.typing import ArrayLike

from anlu.engine.compiling import COMPILED
from anlu.engine.roads.network import Floats, Ints

MOST_BINS = 1000  # across: a short bandwidth in a wide country needs no finer ones


def planar_density(
    px: ArrayLike,
    py: ArrayLike,
    x: ArrayLike,
    y: ArrayLike,
    bandwidth_m: float,
    weights: ArrayLike | None = None,
) -> Floats:
    """
    Quartic kernel density at points (n,): (n,) or, for weights (m, C), (n, C), per square metre.

    Parameters
    ----------
    px, py : (n,)
        Where it is wanted.
    x, y : (m,)
        Crashes; those without coordinates count nothing.

    Raises
    ------
    ValueError
        The bandwidth is not positive.

    Notes
    -----
    K_b(d) = 3 / (pi b^2) (1 - (d / b)^2)^2, Silverman (1986), eq. 4.5.
    """
    if not 0 < bandwidth_m < np.inf:
        raise ValueError(f"bandwidth_m must be positive, got {bandwidth_m}")
    points = np.stack([np.asarray(px, np.float64), np.asarray(py, np.float64)], axis=1)
    xy = np.stack([np.asarray(x, np.float64), np.asarray(y, np.float64)], axis=1)
    there = np.isfinite(xy).all(axis=1)
    w = np.ones(len(xy)) if weights is None else np.asarray(weights, np.float64)
    columns = np.ascontiguousarray(w.reshape(len(xy), w.shape[1] if w.ndim == 2 else 1)[there])
    out = np.zeros((len(points), columns.shape[1]))
    if len(points) and there.any():
        _spread(out, points, *_binned(points, bandwidth_m), xy[there], columns, float(bandwidth_m))
        out *= 3.0 / (np.pi * bandwidth_m**2)
    return out[:, 0] if w.ndim == 1 else out


def _binned(points: Floats, bandwidth_m: float) -> tuple[Ints, Ints, Floats, int, float]:
    """Points in order of square bins, where each bin begins, the lowest corner, bins in a column, and their side."""
    low, high = points.min(axis=0), points.max(axis=0)
    side = max(bandwidth_m, float((high - low).max()) / MOST_BINS)
    column, row = np.floor((points - low) / side).astype(np.int64).T
    rows = int(row.max()) + 1
    bin_of = column * rows + row
    order = np.argsort(bin_of, kind="stable").astype(np.int64)
    start = np.searchsorted(bin_of[order], np.arange((int(column.max()) + 1) * rows + 1))
    return order, start.astype(np.int64), low, rows, side


@njit(**COMPILED)
def _spread(
    out: Floats,
    points: Floats,
    order: Ints,
    start: Ints,
    low: Floats,
    rows: int,
    side: float,
    crashes: Floats,
    weights: Floats,
    bandwidth: float,
) -> None:
    columns = (len(start) - 1) // rows
    square = bandwidth * bandwidth
    for i in range(len(crashes)):
        x, y = crashes[i, 0], crashes[i, 1]
        first_row = max(0, int(np.floor((y - bandwidth - low[1]) / side)))
        last_row = min(rows - 1, int(np.floor((y + bandwidth - low[1]) / side)))
        if last_row < first_row:
            continue
        first_column = max(0, int(np.floor((x - bandwidth - low[0]) / side)))
        last_column = min(columns - 1, int(np.floor((x + bandwidth - low[0]) / side)))
        for column in range(first_column, last_column + 1):
            for k in range(start[column * rows + first_row], start[column * rows + last_row + 1]):
                p = order[k]
                dx, dy = points[p, 0] - x, points[p, 1] - y
                left = 1.0 - (dx * dx + dy * dy) / square
                if left > 0.0:
                    for c in range(weights.shape[1]):
                        out[p, c] += weights[i, c] * left * left

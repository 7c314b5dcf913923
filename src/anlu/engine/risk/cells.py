"""A square grid over the crashes. Method: ``methods/backtest.md``."""

from dataclasses import dataclass

import numpy as np
import shapely
from numpy.typing import ArrayLike

from anlu.engine.roads.network import Floats, Ints


@dataclass(frozen=True, eq=False)
class Cells:
    """
    Square cells whose corners are multiples of their size.

    Attributes
    ----------
    size_m
    column, row : (n,)
        Cell i reaches from (column, row) * size to (column + 1, row + 1) * size; in order of column, then row.
    """

    size_m: float
    column: Ints
    row: Ints

    def __len__(self) -> int:
        return len(self.column)

    @property
    def centres(self) -> tuple[Floats, Floats]:
        """x and y of the middle of each cell (n,)."""
        x, y = (np.asarray((index + 0.5) * self.size_m, np.float64) for index in (self.column, self.row))
        return x, y

    def index_of(self, x: ArrayLike, y: ArrayLike) -> Ints:
        """Cell of each point (m,), -1 outside all of them or without coordinates."""
        xs, ys = np.asarray(x, np.float64), np.asarray(y, np.float64)
        there = np.isfinite(xs) & np.isfinite(ys)
        found = np.full(len(xs), -1, np.int64)
        if not len(self) or not there.any():
            return found
        table, low = self._table()
        column = np.floor(xs[there] / self.size_m).astype(np.int64) - low[0]
        row = np.floor(ys[there] / self.size_m).astype(np.int64) - low[1]
        inside = (column >= 0) & (row >= 0) & (column < table.shape[0]) & (row < table.shape[1])
        where = np.flatnonzero(there)[inside]
        found[where] = table[column[inside], row[inside]]
        return found

    def _table(self) -> tuple[Ints, tuple[int, int]]:
        """Cell at each (column, row) of the bounding rectangle, -1 where there is none, and its lowest corner."""
        low = int(self.column.min()), int(self.row.min())
        shape = int(self.column.max()) - low[0] + 1, int(self.row.max()) - low[1] + 1
        table = np.full(shape, -1, np.int64)
        table[self.column - low[0], self.row - low[1]] = np.arange(len(self))
        return table, low

    def counts(self, x: ArrayLike, y: ArrayLike, weights: ArrayLike | None = None) -> Floats:
        """Points, or their weights, in each cell (n,)."""
        index = self.index_of(x, y)
        inside = index >= 0
        given = None if weights is None else np.asarray(weights, np.float64)[inside]
        return np.bincount(index[inside], given, minlength=len(self)).astype(np.float64)


def cells_around(x: ArrayLike, y: ArrayLike, size_m: float) -> Cells:
    """
    Cells whose centre lies within the convex hull of the points.

    Raises
    ------
    ValueError
        The size is not positive, no point has coordinates, or there would be more than 50 million cells.
    """
    if not size_m > 0:
        raise ValueError(f"size_m must be positive, got {size_m}")
    points = np.stack([np.asarray(x, np.float64), np.asarray(y, np.float64)], axis=1)
    points = points[np.isfinite(points).all(axis=1)]
    if not len(points):
        raise ValueError("no point has coordinates")
    low = np.floor(points.min(axis=0) / size_m).astype(np.int64)
    high = np.floor(points.max(axis=0) / size_m).astype(np.int64) + 1
    if np.prod((high - low).astype(np.float64)) > 5e7:
        raise ValueError(f"cells of {size_m} m would be too many")
    column, row = (v.ravel() for v in np.mgrid[low[0] : high[0], low[1] : high[1]])
    hull = shapely.convex_hull(shapely.multipoints(points))
    shapely.prepare(hull)
    inside = shapely.contains_xy(hull, (column + 0.5) * size_m, (row + 0.5) * size_m)
    if not inside.any():  # all crashes in one place or on one line: the cells that hold them
        held = np.unique(np.floor(points / size_m).astype(np.int64), axis=0)
        return Cells(size_m, held[:, 0].copy(), held[:, 1].copy())
    return Cells(size_m, column[inside].astype(np.int64), row[inside].astype(np.int64))

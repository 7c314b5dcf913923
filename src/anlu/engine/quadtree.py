"""
Points in the order of a quad tree, so that a map tile is one run of them and a grid cell of a tile a shorter run.

Cells are whole numbers from the north-west corner of the world; the key of a cell interleaves their bits. Morton
(1966), *A computer oriented geodetic data base and a new technique in file sequencing*, IBM.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Final

import numpy as np
from numpy.typing import NDArray

CELL_BITS: Final = 24  # cells of a world side, as a power of two
Ints = NDArray[np.int64]
Floats = NDArray[np.float64]
_SPREAD: Final = (
    (16, 0x0000FFFF0000FFFF),
    (8, 0x00FF00FF00FF00FF),
    (4, 0x0F0F0F0F0F0F0F0F),
    (2, 0x3333333333333333),
    (1, 0x5555555555555555),
)


def keys_of(x: NDArray[np.integer], y: NDArray[np.integer]) -> Ints:
    """
    Keys (n,) of cells: those of one tile are neighbours, whatever its zoom.

    Raises
    ------
    ValueError
        a cell lies outside the world.
    """
    for name, values in (("x", x), ("y", y)):
        if values.size and (values.min() < 0 or values.max() >= 1 << CELL_BITS):
            raise ValueError(f"{name} must lie in [0, 2**{CELL_BITS}), got {values.min()} to {values.max()}")
    return _spread(x) | _spread(y) << 1


def _spread(values: NDArray[np.integer]) -> Ints:
    """A zero bit between any two bits."""
    spread = values.astype(np.int64)
    for step, mask in _SPREAD:
        spread = (spread | spread << step) & mask
    return spread


def key_range(zoom: int, x: int, y: int) -> tuple[int, int]:
    """
    First key of a tile and the first one after it.

    Raises
    ------
    ValueError
        there is no such tile, or it is smaller than a cell.
    """
    if not (0 <= zoom <= CELL_BITS and 0 <= x < 1 << zoom and 0 <= y < 1 << zoom):
        raise ValueError(f"no tile {x}/{y} at zoom {zoom}")
    first = int(keys_of(np.array([x]), np.array([y]))[0]) << 2 * (CELL_BITS - zoom)
    return first, first + (1 << 2 * (CELL_BITS - zoom))


@dataclass(frozen=True, eq=False)
class Runs:
    """Runs of equal values in a sorted array: where each begins (k,) and how long it is (k,)."""

    starts: NDArray[np.intp]
    lengths: NDArray[np.intp]

    def sums(self, values: NDArray[np.number]) -> Floats:
        """Sum of ``values`` (n,) over each run (k,)."""
        return np.add.reduceat(values.astype(np.float64), self.starts) if self.starts.size else np.empty(0)

    def means(self, values: NDArray[np.number]) -> Floats:
        """Mean of ``values`` (n,) over each run (k,)."""
        return self.sums(values) / self.lengths

    def greatest(self, values: NDArray[np.integer]) -> Ints:
        """Greatest of ``values`` (n,) in each run (k,)."""
        return (
            np.maximum.reduceat(values.astype(np.int64), self.starts)
            if self.starts.size
            else np.empty(0, int)
        )


def runs_of(values: NDArray[np.integer]) -> Runs:
    """Runs of a sorted array (n,)."""
    if not values.size:
        return Runs(np.empty(0, np.intp), np.empty(0, np.intp))
    starts = np.flatnonzero(np.concatenate(([True], values[1:] != values[:-1])))
    return Runs(starts, np.diff(np.append(starts, values.size)))

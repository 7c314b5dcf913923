"""
Which cells lie inside a ring drawn on a map, in whole numbers, so that every machine and database agrees.

The even-odd rule over half-open edges (Shimrat 1962, *Algorithm 112: Position of point relative to polygon*,
Communications of the ACM 5(8)): a cell on a common border belongs to exactly one of two neighbouring rings.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

Corner = tuple[int, int]


@dataclass(frozen=True)
class Edge:
    """A side of a ring from its upper end (``x``, ``y``) to ``x + dx``, ``y + dy``; ``dy`` > 0."""

    x: int
    y: int
    dx: int
    dy: int


def edges_of(ring: Sequence[Corner]) -> list[Edge]:
    """
    Sides of a ring of cells, the last corner joined to the first; level ones decide nothing and are left out.

    Raises
    ------
    ValueError
        the ring has fewer than three corners.
    """
    if len(ring) < 3:
        raise ValueError(f"a ring has at least 3 corners, got {len(ring)}")
    sides = zip(ring, [*ring[1:], ring[0]], strict=True)
    ordered = [(a, b) if a[1] < b[1] else (b, a) for a, b in sides if a[1] != b[1]]
    return [Edge(*a, b[0] - a[0], b[1] - a[1]) for a, b in ordered]


def inside(x: NDArray[np.integer], y: NDArray[np.integer], ring: Sequence[Corner]) -> NDArray[np.bool_]:
    """Whether the cells ``x`` (n,), ``y`` (n,) lie inside ``ring``; where it crosses itself, by the even-odd rule."""
    across, down = x.astype(np.int64), y.astype(np.int64)
    found = np.zeros(across.shape, bool)
    for side in edges_of(ring):
        beside = (side.y <= down) & (down < side.y + side.dy)
        found ^= beside & ((across - side.x) * side.dy < (down - side.y) * side.dx)
    return found

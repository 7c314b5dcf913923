"""
What is ranked: cells of a grid or links of a network, and the crashes that are known of them.

Both say how many crashes lie on them, and how many of the crashes elsewhere lie near. Method: ``methods/ranking.md``.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from functools import cached_property
from typing import Protocol

import numpy as np
from numpy.typing import ArrayLike, NDArray

from anlu.engine.roads.network import Floats, Ints, Network, points_along

from .cells import Cells
from .density import network_density
from .kernels import KERNELS
from .planar import planar_density
from .positions import Lixels, Positions, cut_lixels

LIXEL_M = 100.0  # links are looked at in the middle of parts no longer than this


class Units(Protocol):
    """
    n cells or links and m crashes.

    Attributes
    ----------
    size : (n,)
        Area in square metres, or length in metres.
    unit : (m,)
        Unit of each crash, -1 for none.
    dates : (m,)
        datetime64[D].
    group : (n,), optional
        Class of each unit (of road, say), counted from 0.
    """

    @property
    def size(self) -> Floats: ...

    @property
    def unit(self) -> Ints: ...

    @property
    def dates(self) -> NDArray[np.datetime64]: ...

    @property
    def group(self) -> Ints | None: ...

    def near(self, weights: Floats, bandwidths_m: Sequence[float]) -> Floats:
        """
        How much of the crashes of other units lies near each unit: (B, n, C) for weights (m, C).

        Kernel density of what happened elsewhere, summed over the unit.
        """

    def planar(self, weights: Floats, bandwidth_m: float) -> Floats:
        """Planar kernel density of all crashes, its own included, on average over each unit (n,), for weights (m,)."""


def counts_of(units: Units, weights: Floats | None = None) -> Floats:
    """Crashes of each unit (n,), or the sum of their weights; (n, C) for weights (m, C)."""
    inside = units.unit >= 0
    owner, n = units.unit[inside], len(units.size)
    if weights is None:
        return np.bincount(owner, minlength=n).astype(np.float64)
    columns = weights[inside].reshape(len(owner), weights.shape[1] if weights.ndim == 2 else 1)
    found = np.zeros((n, columns.shape[1]))
    for c in range(columns.shape[1]):
        found[:, c] = np.bincount(owner, columns[:, c], n)
    return found[:, 0] if weights.ndim == 1 else found


@dataclass(frozen=True, eq=False)
class CellUnits:
    """Cells of a grid, and crashes in the plane (m,)."""

    cells: Cells
    x: Floats
    y: Floats
    dates: NDArray[np.datetime64]
    group: Ints | None = None

    @cached_property
    def size(self) -> Floats:
        return np.full(len(self.cells), self.cells.size_m**2)

    @cached_property
    def unit(self) -> Ints:
        return self.cells.index_of(self.x, self.y)

    def near(self, weights: Floats, bandwidths_m: Sequence[float]) -> Floats:
        """Seen from the centre of each cell."""
        px, py = self.cells.centres
        inside = np.flatnonzero(self.unit >= 0)
        own = self.unit[inside]
        square = (self.x[inside] - px[own]) ** 2 + (self.y[inside] - py[own]) ** 2
        found = np.empty((len(bandwidths_m), len(self.cells), weights.shape[1]))
        for b, bandwidth in enumerate(bandwidths_m):
            found[b] = planar_density(px, py, self.x, self.y, bandwidth, weights)
            kernel = 3.0 / (np.pi * bandwidth**2) * np.maximum(1.0 - square / bandwidth**2, 0.0) ** 2
            for c in range(weights.shape[1]):
                found[b, :, c] -= np.bincount(own, kernel * weights[inside, c], len(self.cells))
        return np.maximum(found, 0.0) * self.cells.size_m**2

    def planar(self, weights: Floats, bandwidth_m: float) -> Floats:
        return planar_density(*self.cells.centres, self.x, self.y, bandwidth_m, weights)


@dataclass(frozen=True, eq=False)
class LinkUnits:
    """
    Links of a network, and crashes on it (m,).

    Attributes
    ----------
    links
        How many there are: lines of the file the network was built from (``Network.line``), usable or not.
    """

    network: Network
    links: int
    crashes: Positions
    dates: NDArray[np.datetime64]
    group: Ints | None = None

    @cached_property
    def size(self) -> Floats:
        return np.bincount(self.network.line, self.network.lengths, self.links).astype(np.float64)

    @cached_property
    def unit(self) -> Ints:
        return np.asarray(self.network.line[self.crashes.edge], np.int64)

    @cached_property
    def lixels(self) -> Lixels:
        return cut_lixels(self.network, LIXEL_M)

    def near(self, weights: Floats, bandwidths_m: Sequence[float]) -> Floats:
        """Along the network, by shortest paths; the link's own crashes are taken out again edge by edge."""
        at_lixels = self._density(weights, bandwidths_m)
        crash, lixel, distance = self._same_edge
        for b, bandwidth in enumerate(bandwidths_m):
            kernel = KERNELS["quartic"].value(distance, bandwidth)
            for c in range(weights.shape[1]):
                own = np.bincount(lixel, kernel * weights[crash, c], len(self.lixels.edge))
                at_lixels[b, c] -= own
        return self._summed(np.maximum(at_lixels, 0.0))

    def along(self, weights: Floats, bandwidth_m: float) -> Floats:
        """Network kernel density of all crashes, its own included, on average over each link (n,), for weights (m,)."""
        return self._mean(self._density(weights[:, None], [bandwidth_m])[0, 0])

    def planar(self, weights: Floats, bandwidth_m: float) -> Floats:
        px, py = points_along(self.network, self.lixels.edge, self.lixels.middles.offset_m).T
        x, y = points_along(self.network, self.crashes.edge, self.crashes.offset_m).T
        return self._mean(planar_density(px, py, x, y, bandwidth_m, weights))

    def _density(self, weights: Floats, bandwidths_m: Sequence[float]) -> Floats:
        """At the lixels (B, C, S)."""
        found = network_density(
            self.network, self.crashes, self.lixels.middles, list(bandwidths_m), weights=weights
        )
        return found.values

    def _summed(self, at_lixels: Floats) -> Floats:
        """Lixels (B, C, S) to links (B, n, C)."""
        owner, length = self.network.line[self.lixels.edge], self.lixels.length_m
        found = np.zeros((at_lixels.shape[0], self.links, at_lixels.shape[1]))
        for b, c in np.ndindex(at_lixels.shape[:2]):
            found[b, :, c] = np.bincount(owner, at_lixels[b, c] * length, self.links)
        return found

    def _mean(self, at_lixels: Floats) -> Floats:
        total = self._summed(at_lixels[None, None])[0, :, 0]
        return np.divide(total, self.size, out=np.zeros(self.links), where=self.size > 0)

    @cached_property
    def _same_edge(self) -> tuple[Ints, Ints, Floats]:
        """Every crash with every lixel of its edge, and how far they are apart along it."""
        edges = np.arange(self.network.edges + 1)
        start = np.searchsorted(self.lixels.edge, edges)
        first, count = start[self.crashes.edge], np.diff(start)[self.crashes.edge]
        crash = np.repeat(np.arange(len(self.crashes)), count)
        lixel = np.arange(len(crash)) - np.repeat(np.cumsum(count) - count - first, count)
        distance = np.abs(self.lixels.middles.offset_m[lixel] - self.crashes.offset_m[crash])
        return crash, lixel, distance


def groups_of(names: ArrayLike) -> Ints:
    """Numbers from 0 for names of classes (n,), in alphabetical order."""
    return np.unique(np.asarray(names).astype(str), return_inverse=True)[1].ravel().astype(np.int64)

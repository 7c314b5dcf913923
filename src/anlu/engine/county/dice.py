"""
Draws that come out the same on every machine and with every version of numpy.

Only the bits of the generator (PCG64, whose stream numpy promises to keep) are taken from numpy; everything
else is worked out here. Each part of the county has dice of its own, so that a change to one part does not
throw the others about.
"""

from __future__ import annotations

import math
import zlib
from collections.abc import Mapping, Sequence
from typing import TypeVar

import numpy as np
from numpy.typing import ArrayLike, NDArray
from scipy.special import gammaincinv, ndtri

T = TypeVar("T")
Floats = NDArray[np.float64]
Ints = NDArray[np.int64]

_BITS = 2.0**-53  # a float holds 53 bits


class Dice:
    """Draws for one part of one county."""

    def __init__(self, seed: int, part: str) -> None:
        self._bits = np.random.PCG64(np.random.SeedSequence([seed, zlib.crc32(part.encode())]))

    def shares(self, count: int) -> Floats:
        """Uniform on [0, 1), (count,)."""
        raw = self._bits.random_raw(count)
        return np.asarray((raw >> np.uint64(11)) * _BITS, np.float64)

    def share(self) -> float:
        """Uniform on [0, 1)."""
        return (int(self._bits.random_raw()) >> 11) * _BITS  # as ``shares``, without an array

    def between(self, low: float, high: float) -> float:
        """Uniform between two numbers."""
        return low + (high - low) * self.share()

    def whole(self, low: int, high: int) -> int:
        """One of low, low + 1 … high."""
        return low + int(self.share() * (high - low + 1))

    def happens(self, share: float) -> bool:
        """True with this probability."""
        return self.share() < share

    def normals(self, count: int) -> Floats:
        """Standard normal, (count,)."""
        return np.asarray(ndtri(np.clip(self.shares(count), _BITS, 1 - _BITS)), np.float64)

    def normal(self, mean: float = 0.0, spread: float = 1.0) -> float:
        """Normal."""
        return mean + spread * float(ndtri(min(max(self.share(), _BITS), 1 - _BITS)))

    def gammas(self, count: int, shape: float) -> Floats:
        """Gamma of mean 1 and variance 1 / shape, (count,)."""
        return np.asarray(gammaincinv(shape, self.shares(count)) / shape, np.float64)

    def pick(self, weights: ArrayLike, count: int) -> Ints:
        """Places in ``weights``, each as often as its weight says, (count,)."""
        reached = np.cumsum(np.asarray(weights, np.float64))
        found = np.searchsorted(reached, self.shares(count) * reached[-1], side="right")
        return np.asarray(np.minimum(found, len(reached) - 1), np.int64)

    def one_of(self, options: Sequence[T]) -> T:
        """One of several, each as likely."""
        return options[int(self.share() * len(options))]

    def weighted(self, table: Mapping[T, float]) -> T:
        """One of the keys, as often as its weight says."""
        left = self.share() * math.fsum(table.values())
        for option, weight in table.items():
            left -= weight
            if left < 0:
                return option
        return option

    def order(self, count: int) -> Ints:
        """A shuffled 0 … count - 1."""
        return np.argsort(self.shares(count), kind="stable")

    def sample(self, weights: ArrayLike, count: int) -> Ints:
        """``count`` different places in ``weights``, in rising order; those of weight 0 only when there is no other."""
        weight = np.maximum(np.asarray(weights, np.float64), 1e-300)
        waits = -np.log1p(-self.shares(len(weight))) / weight
        return np.sort(np.argsort(waits, kind="stable")[:count])

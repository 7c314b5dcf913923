"""
Sums of a polynomial kernel over the crashes of one piece, from running sums of powers of their offsets.

For a crash at offset t, reached at distance D + sign t, and k(u) = sum_j c_j u^j,

    sum_i w_i k(D + sign t_i) = sum_m sign^m S_m sum_j C(m + j, m) c_(m+j) D^j,    S_m = sum_i w_i t_i^m,

and S_m over any run of crashes in order of offset is a difference of two rows of running sums. Running sums
start again at every piece and pieces are no longer than the bandwidth, so that nothing large is subtracted.
"""

from typing import NamedTuple

import numpy as np
from numba import njit
from numpy.typing import NDArray

from anlu.engine.compiling import COMPILED, INLINED
from anlu.engine.roads.network import Floats, Ints

from .kernels import Kernel

FAST_SIZE = 5  # coefficients of the quartic: the others but the Gaussian have fewer
RADIX = 64  # crashes on one piece from which sorting by bins pays


class Marks(NamedTuple):
    """
    Points on pieces, grouped by piece and in order of offset there.

    ``at[start[p]:start[p + 1]]`` are the offsets on piece p, ``row`` the rows they came from.
    """

    start: Ints
    at: Floats
    row: NDArray[np.int32]


class Shape(NamedTuple):
    """
    A kernel at B bandwidths, the largest first, in units in which the largest is at most 1.

    Compiled loops take its arrays one by one: taking one out of a tuple costs more than a kernel.

    Attributes
    ----------
    radius : (B,)
    coefficients : (B, size)
        c_j / r_b^j, so that k(d / r_b) = sum_j c_j / r_b^j d^j.
    power : (size, size)
        The table C(m, j).
    """

    radius: Floats
    coefficients: Floats
    power: Floats


def shape_of(kernel: Kernel, radius: Floats) -> Shape:
    """
    The kernel's coefficients at each radius (B,), which must fall; at least five, the length made fast
    below.
    """
    c = np.zeros(max(FAST_SIZE, len(kernel.coefficients)))
    c[: len(kernel.coefficients)] = kernel.coefficients
    size = len(c)
    power = np.zeros((size, size))
    power[:, 0] = 1.0
    for m in range(1, size):
        power[m, 1:] = power[m - 1, 1:] + power[m - 1, :-1]
    return Shape(radius, c / radius[:, None] ** np.arange(size), power)


@njit(**COMPILED)
def sort_marks(piece: Ints, at: Floats, pieces: int) -> Marks:
    """Group points (n,) by piece, then order them by offset; equal offsets keep the order of rows."""
    start = np.zeros(pieces + 1, np.int64)
    for p in piece:
        start[p + 1] += 1
    for p in range(pieces):
        start[p + 1] += start[p]
    slot = start[:-1].copy()
    row = np.empty(len(piece), np.int32)
    offset = np.empty(len(piece))
    for i in range(len(piece)):
        s = slot[piece[i]]
        slot[piece[i]] = s + 1
        row[s], offset[s] = i, at[i]
    for p in range(pieces):
        low, high = start[p], start[p + 1]
        if high - low >= RADIX:
            _bin(offset[low:high], row[low:high])
        _insert(offset, row, low, high)
    return Marks(start, offset, row)


@njit(**COMPILED)
def _bin(offset: Floats, row: NDArray[np.int32]) -> None:
    """Distribute the points of one piece over as many bins as points: nearly sorted afterwards."""
    n = len(offset)
    low, high = np.inf, -np.inf
    for x in offset:
        low, high = min(low, x), max(high, x)
    if not high > low:
        return
    scale = (n - 1) / (high - low)
    slot = np.zeros(n + 1, np.int32)
    for x in offset:
        slot[int((x - low) * scale) + 1] += 1
    for b in range(n):
        slot[b + 1] += slot[b]
    old_offset, old_row = offset.copy(), row.copy()
    for i in range(n):
        b = int((old_offset[i] - low) * scale)
        offset[slot[b]], row[slot[b]] = old_offset[i], old_row[i]
        slot[b] += 1


@njit(**INLINED)
def _insert(offset: Floats, row: NDArray[np.int32], low: int, high: int) -> None:
    for i in range(low + 1, high):
        x, r, j = offset[i], row[i], i - 1
        while j >= low and offset[j] > x:
            offset[j + 1], row[j + 1] = offset[j], row[j]
            j -= 1
        offset[j + 1], row[j + 1] = x, r


@njit(**COMPILED)
def running_moments(marks: Marks, weights: Floats, size: int) -> Floats:
    """
    Running sums (n + P, C, size) of w t^m; piece p has the rows ``start[p] + p`` to ``start[p + 1] + p``.

    ``weights`` is (rows, C); one row of a single 1 stands for every crash counting once.
    """
    start, at, row = marks.start, marks.at, marks.row
    columns = weights.shape[1]
    sums = np.empty((len(at) + len(start) - 1, columns, size))
    alike = len(weights) == 1
    for p in range(len(start) - 1):
        r = start[p] + p
        for c in range(columns):
            for m in range(size):
                sums[r, c, m] = 0.0
        for i in range(start[p], start[p + 1]):
            for c in range(columns):
                x = weights[0 if alike else row[i], c]
                for m in range(size):
                    sums[r + 1, c, m] = sums[r, c, m] + x
                    x *= at[i]
            r += 1
    return sums


@njit(**INLINED)
def first_at_least(at: Floats, low: int, high: int, limit: float) -> int:
    """First of the places low..high whose offset is at least the limit; ``high`` when there is none."""
    while low < high:
        middle = (low + high) >> 1
        if at[middle] < limit:
            low = middle + 1
        else:
            high = middle
    return low


@njit(**INLINED)
def first_beyond(at: Floats, low: int, high: int, limit: float) -> int:
    """First of the places low..high whose offset is above the limit; ``high`` when there is none."""
    while low < high:
        middle = (low + high) >> 1
        if at[middle] <= limit:
            low = middle + 1
        else:
            high = middle
    return low


@njit(**INLINED)
def kernel_sum(
    sums: Floats, low: int, high: int, c: int, distance: float, sign: float, k: Floats, power: Floats, b: int
) -> float:
    """
    Sum of kernel b over the crashes between two rows of running sums, at ``distance + sign offset``.

    ``k`` (B, size): the coefficients of :class:`Shape`.
    """
    d, size = distance, k.shape[1]
    if size == FAST_SIZE:
        s0, s1 = sums[high, c, 0] - sums[low, c, 0], sign * (sums[high, c, 1] - sums[low, c, 1])
        s2, s3 = sums[high, c, 2] - sums[low, c, 2], sign * (sums[high, c, 3] - sums[low, c, 3])
        s4 = sums[high, c, 4] - sums[low, c, 4]
        c1, c2, c3, c4 = k[b, 1], k[b, 2], k[b, 3], k[b, 4]
        value: float = (
            s0 * (k[b, 0] + d * (c1 + d * (c2 + d * (c3 + d * c4))))
            + s1 * (c1 + d * (2 * c2 + d * (3 * c3 + d * (4 * c4))))
            + s2 * (c2 + d * (3 * c3 + d * (6 * c4)))
            + s3 * (c3 + d * (4 * c4))
            + s4 * c4
        )
        return value
    total, factor = 0.0, 1.0
    for m in range(size):
        total += factor * (sums[high, c, m] - sums[low, c, m]) * _derivative(m, d, k, power, b)
        factor *= sign
    return total


@njit(**INLINED)
def _derivative(m: int, distance: float, k: Floats, power: Floats, b: int) -> float:
    """The m-th derivative of kernel b over m!."""
    value = 0.0
    for j in range(k.shape[1] - 1, m - 1, -1):
        value = value * distance + power[j, m] * k[b, j]
    return value


@njit(**INLINED)
def gather(
    into: Floats,
    row: int,
    b: int,
    share: float,
    sums: Floats,
    low: int,
    high: int,
    c: int,
    distance: float,
    sign: float,
    power: Floats,
) -> None:
    """
    Add ``share`` times the moments of ``distance + sign offset`` of the crashes between two rows of running
    sums to ``into[row, b, c]``. Indices instead of views: a view costs more than the sum.
    """
    size = into.shape[3]
    d = distance
    if size == FAST_SIZE:
        s0, s1 = sums[high, c, 0] - sums[low, c, 0], sign * (sums[high, c, 1] - sums[low, c, 1])
        s2, s3 = sums[high, c, 2] - sums[low, c, 2], sign * (sums[high, c, 3] - sums[low, c, 3])
        s4 = sums[high, c, 4] - sums[low, c, 4]
        into[row, b, c, 0] += share * s0
        into[row, b, c, 1] += share * (s1 + d * s0)
        into[row, b, c, 2] += share * (s2 + d * (2 * s1 + d * s0))
        into[row, b, c, 3] += share * (s3 + d * (3 * s2 + d * (3 * s1 + d * s0)))
        into[row, b, c, 4] += share * (s4 + d * (4 * s3 + d * (6 * s2 + d * (4 * s1 + d * s0))))
        return
    for m in range(size):
        value, factor = 0.0, 1.0
        for j in range(m + 1):  # Horner in the distance: its highest power goes with the moment of order 0
            value = value * d + factor * power[m, j] * (sums[high, c, j] - sums[low, c, j])
            factor *= sign
        into[row, b, c, m] += share * value


@njit(**INLINED)
def moments_sum(near: Floats, row: int, b: int, c: int, distance: float, k: Floats, power: Floats) -> float:
    """The sum of kernel b at ``distance`` beyond the point from which ``near[row, b, c]`` was taken."""
    total = 0.0
    for m in range(near.shape[3]):
        total += near[row, b, c, m] * _derivative(m, distance, k, power, b)
    return total

"""
Density of crashes along a road network, in crashes (or weight) per metre of road.

Three estimators, five kernels, any number of bandwidths and of weight columns in one pass, exact. Formulas,
sources, limits and a worked example: ``methods/density.md``.
"""

import math
import os
from collections.abc import Callable, Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from itertools import pairwise
from typing import Literal, TypeAlias, TypeVar

import numpy as np
from numpy.typing import ArrayLike

from anlu.engine.roads.network import Floats, Ints, Network

from .kernels import KERNELS
from .moments import Marks, Shape, running_moments, shape_of, sort_marks
from .nearby import bucket_count, reached_from
from .pieces import Ints32, Pieces, cut_network
from .positions import Positions
from .simple import add_shortest_paths
from .splitting import MOST_WAVES, add_all_gathered, add_waves

T = TypeVar("T")
R = TypeVar("R")
Method: TypeAlias = Literal["simple", "discontinuous", "continuous"]
METHODS: tuple[Method, ...] = ("simple", "discontinuous", "continuous")

GROUP = 512  # pieces whose searches are kept together
TASKS = 8  # parts of the work: a fixed number, so that results do not depend on the number of threads
WIDEST_PASS = 4.0  # largest bandwidth of one pass over its smallest
MOMENT_ROOM = 256 << 20  # bytes for running sums: more weight columns are taken in turns


@dataclass(frozen=True, eq=False)
class Density:
    """
    Densities at S samples and how they were obtained.

    Attributes
    ----------
    values : (S,), (B, S), (C, S) or (B, C, S)
        Per metre; B and C are there when several bandwidths or weight columns were given.
    merged_m
        Widest bin of travelled distance into which waves had to be put because there were too many walks to
        keep apart; 0 when the result is exact.
    """

    values: Floats
    merged_m: float


class TooManyWalks(ValueError):
    """
    The bandwidth reaches over so many junctions that the walks cannot be summed; use a shorter one or
    ``simple``.
    """


def network_density(
    network: Network,
    crashes: Positions,
    samples: Positions,
    bandwidth_m: float | Sequence[float] | Floats,
    *,
    kernel: str = "quartic",
    method: Method = "simple",
    weights: ArrayLike | None = None,
    threads: int | None = None,
) -> Density:
    """
    Kernel density of crashes at samples on a network.

    Parameters
    ----------
    crashes, samples
        From :mod:`.positions`. A crash on a node is one (``Positions.node``) for the equal-split methods;
        samples are taken on their edge.
    bandwidth_m
        One, or B of them.
    kernel
        quartic, gaussian (cut at the bandwidth), epanechnikov, triangle or uniform: K_b(d) = k(d / b) / b
        below b.
    method
        ``simple``: shortest paths, does not conserve the number of crashes. ``discontinuous`` and
        ``continuous``: equal split, all walks; dead ends take waves in.
    weights : (n,) or (n, C)
        Of each crash, finite and not negative; 1 by default. Columns (time windows, severities) share one
        search.

    Raises
    ------
    ValueError
        Unknown kernel or method, a bandwidth that is not positive, unfit weights.
    TooManyWalks
        An equal-split method cannot sum the walks within the bandwidth.

    Notes
    -----
    Linear in the crashes. Dividing by their number gives a density that integrates to about 1 (equal
    split). Sources: Xie and Yan (2008) for ``simple``; Okabe and Sugihara (2012), ch. 9, for the
    equal-split methods.
    """
    bandwidths = _bandwidths(bandwidth_m)
    columns = _weights(weights, len(crashes))
    if kernel not in KERNELS:
        raise ValueError(f"unknown kernel {kernel!r}, expected one of {', '.join(KERNELS)}")
    if method not in METHODS:
        raise ValueError(f"unknown method {method!r}, expected one of {', '.join(METHODS)}")
    values = np.zeros((len(bandwidths), columns.shape[1], len(samples)))
    merged_m = 0.0
    if len(crashes) and len(samples):
        run = _Pass(network, crashes, samples, columns, kernel, method, threads or _processors())
        for rows in _passes(bandwidths):
            values[rows], merged = run.at(bandwidths[rows])
            merged_m = max(merged_m, merged)
    keep_b, keep_c = np.ndim(bandwidth_m) == 1, np.ndim(weights) == 2 if weights is not None else False
    values = values if keep_c else values[:, 0]
    return Density(values if keep_b else values[0], merged_m)


def _bandwidths(bandwidth_m: float | Sequence[float] | Floats) -> Floats:
    bandwidths = np.atleast_1d(np.asarray(bandwidth_m, np.float64))
    if bandwidths.ndim != 1 or not len(bandwidths) or not (np.isfinite(bandwidths) & (bandwidths > 0)).all():
        raise ValueError(f"bandwidth_m must be positive, got {bandwidth_m}")
    return bandwidths


def _weights(weights: ArrayLike | None, crashes: int) -> Floats:
    """Weight columns (n, C); a single row of 1 stands for no weights."""
    if weights is None:
        return np.ones((1, 1))
    given = np.asarray(weights, np.float64)
    columns = given.reshape(-1, 1) if given.ndim == 1 else given
    if columns.ndim != 2 or len(columns) != crashes:
        raise ValueError(f"weights must be (n,) or (n, C) with n = {crashes}, got {given.shape}")
    if not (np.isfinite(columns) & (columns >= 0)).all():
        raise ValueError("weights must be finite and not negative")
    return np.ascontiguousarray(columns) if crashes != 1 else np.vstack([columns, columns])


def _passes(bandwidths: Floats) -> list[Ints]:
    """Rows of bandwidths that are worth one search, each falling."""
    order = np.argsort(-bandwidths, kind="stable")
    passes: list[list[int]] = []
    for row in order:
        if not passes or bandwidths[row] * WIDEST_PASS < bandwidths[passes[-1][0]]:
            passes.append([])
        passes[-1].append(int(row))
    return [np.array(rows, np.int64) for rows in passes]


def _processors() -> int:
    return len(os.sched_getaffinity(0)) if hasattr(os, "sched_getaffinity") else os.cpu_count() or 1


@dataclass(frozen=True, eq=False)
class _Pass:
    """What stays the same from one group of bandwidths to the next."""

    network: Network
    crashes: Positions
    samples: Positions
    columns: Floats
    kernel: str
    method: Method
    threads: int

    def at(self, bandwidths: Floats) -> tuple[Floats, float]:
        """Densities (B, C, S) for falling bandwidths, and the widest bin in metres."""
        unit_m = 2.0 ** math.ceil(math.log2(bandwidths[0]))  # a power of two: lengths keep all their digits
        pieces = cut_network(self.network, unit_m=unit_m, longest_m=float(bandwidths[-1]))
        shape = shape_of(KERNELS[self.kernel], bandwidths / unit_m)
        samples = self._marks(pieces, self.samples, False)
        crashes = self._marks(pieces, self.crashes, self.method != "simple")
        size = shape.coefficients.shape[1]
        most = max(1, MOMENT_ROOM // (8 * size * (len(crashes.at) + len(crashes.start))))
        values = np.empty((len(bandwidths), self.columns.shape[1], len(self.samples)))
        merged = 0.0
        for low in range(0, self.columns.shape[1], most):
            columns = self.columns[:, low : low + most]
            sums = running_moments(crashes, np.ascontiguousarray(columns), size)
            out, coarse = self._summed(pieces, crashes, sums, samples, shape)
            merged = max(merged, coarse)
            values[:, low : low + most, samples.row] = out.transpose(1, 2, 0)
        values /= bandwidths[:, None, None]
        if self.method != "continuous":
            np.maximum(values, 0.0, out=values)  # rounding where all crashes are nearly a bandwidth away
        return values, merged * unit_m

    def _marks(self, pieces: Pieces, positions: Positions, nodes_apart: bool) -> Marks:
        piece, at = pieces.locate(positions.edge, positions.offset_m)
        groups = len(pieces.edge)
        if nodes_apart:
            on_node = positions.node >= 0
            piece = np.where(on_node, groups + positions.node, piece)
            at = np.where(on_node, 0.0, at)
            groups += len(pieces.streets.adj_start) - 1
        marks: Marks = sort_marks(piece, at, groups)
        return marks

    def _summed(
        self, pieces: Pieces, crashes: Marks, sums: Floats, samples: Marks, shape: Shape
    ) -> tuple[Floats, float]:
        if self.method == "simple":
            return _shortest_paths(pieces, crashes, sums, samples, shape, self.threads), 0.0
        continuous = self.method == "continuous"
        return _waves(pieces, crashes, sums, samples, shape, continuous, self.threads)


def _shortest_paths(
    pieces: Pieces, crashes: Marks, sums: Floats, samples: Marks, shape: Shape, threads: int
) -> Floats:
    streets = pieces.streets
    held = np.diff(crashes.start) > 0
    sources = np.unique(np.concatenate([streets.tail[held], streets.head[held]]))
    near = reached_from(sources, streets.adj_start, streets.adj_node, streets.adj_length, shape.radius[0])
    wanted = (np.diff(samples.start) > 0) & (
        held | np.isfinite(near[streets.tail]) | np.isfinite(near[streets.head])
    )
    todo = pieces.order[wanted[pieces.order]]
    groups = np.append(np.arange(0, len(todo), GROUP), len(todo)).astype(np.int64)
    with_crashes = _adjacency_of(pieces, held)
    out = np.zeros((len(samples.at), len(shape.radius), sums.shape[1]))
    buckets = bucket_count(streets)

    def work(part: Ints) -> None:
        add_shortest_paths(
            out, todo, part, streets, with_crashes, crashes, sums, samples, shape, buckets
        )  # fmt: skip

    bounds = np.linspace(0, len(groups) - 1, min(TASKS, max(1, len(groups) - 1)) + 1).astype(np.int64)
    _in_threads(work, [groups[a : b + 1] for a, b in pairwise(bounds)], threads)
    return out


def _adjacency_of(pieces: Pieces, held: np.ndarray) -> tuple[Ints32, Ints32, Ints32, np.ndarray]:
    """The adjacency restricted to pieces with crashes: start, piece, node at the other end, side."""
    streets = pieces.streets
    keep = held[streets.adj_piece]
    start = np.concatenate(([0], np.cumsum(keep)))[streets.adj_start].astype(np.int32)
    return start, streets.adj_piece[keep], streets.adj_node[keep], streets.adj_side[keep]


def _waves(
    pieces: Pieces, crashes: Marks, sums: Floats, samples: Marks, shape: Shape, continuous: bool, threads: int
) -> tuple[Floats, float]:
    todo = np.flatnonzero(np.diff(crashes.start) > 0)
    parts = np.array_split(todo, min(TASKS, len(todo)))
    size = (len(shape.radius), sums.shape[1])
    coarse = [np.zeros(len(part)) for part in parts]

    def work(i: int) -> Floats:
        out = np.zeros((len(samples.at), *size))
        near = np.zeros((2 * len(pieces.edge), *size, sums.shape[2]))
        add_waves(
            out, near, parts[i], coarse[i], continuous,
            pieces.streets, crashes, sums, samples, shape, MOST_WAVES,
        )  # fmt: skip
        add_all_gathered(out, near, pieces.streets.length, samples, shape)
        return out

    total = np.zeros((len(samples.at), *size))
    for out in _in_threads(work, list(range(len(parts))), threads):
        total += out
    widest = max(float(c.max()) for c in coarse)
    if math.isinf(widest):
        raise TooManyWalks(
            "too many walks within the bandwidth: use a shorter bandwidth or the simple method"
        )
    return total, widest


def _in_threads(work: Callable[[T], R], parts: list[T], threads: int) -> list[R]:
    if threads == 1 or len(parts) == 1:
        return [work(part) for part in parts]
    with ThreadPoolExecutor(min(threads, len(parts))) as pool:
        return list(pool.map(work, parts))

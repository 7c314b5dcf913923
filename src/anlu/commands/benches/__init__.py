"""
What ``anlu bench`` measures: one module per name, found by being here.

A module has ``measure(options)``, which yields :class:`Result` as soon as each is known. Times are the least of
several runs on whatever machine this is; nothing here passes or fails.
"""

from __future__ import annotations

import gc
import time
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from typing import Protocol


@dataclass(frozen=True)
class Peer:
    """
    The same work by another program.

    ``measured`` is true when it ran here just now, by the path given; otherwise ``value`` was measured elsewhere
    before.
    """

    name: str
    value: float
    measured: bool


@dataclass(frozen=True)
class Result:
    """
    One measurement.

    Attributes
    ----------
    floor
        What it must reach (a bar for times, the least possible for others); None when nothing is promised.
    ratio
        How many times faster than the peer; without a peer, value over floor.
    """

    name: str
    value: float
    unit: str
    floor: float | None = None
    ratio: float | None = None
    peer: Peer | None = None


@dataclass(frozen=True)
class Options:
    """``rows``: size asked for, if any; ``peers``: name → path of an installed program; ``repeats``: runs of each."""

    rows: int | None
    peers: dict[str, str]
    repeats: int


class Bench(Protocol):
    """A module of this package; names of programs that it can run beside stand in its ``PEERS``, if any."""

    def measure(self, options: Options) -> Iterator[Result]:
        """Measure and yield."""


def least_seconds(work: Callable[[], object], repeats: int) -> float:
    """The shortest of several runs, after one that is not counted (it may compile)."""
    work()
    best = float("inf")
    for _ in range(repeats):
        gc.collect()
        begun = time.perf_counter()
        work()
        best = min(best, time.perf_counter() - begun)
    return best


def against(name: str, value: float, unit: str, floor: float | None, peer: Peer | None) -> Result:
    """A result with its ratio."""
    ratio = peer.value / value if peer and value else value / floor if floor else None
    return Result(name, value, unit, floor, ratio, peer)

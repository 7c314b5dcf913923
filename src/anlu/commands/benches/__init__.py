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
from typing import NamedTuple, Protocol


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


class Spent(NamedTuple):
    """Seconds on the clock, and of all processors together: the second tells when others keep the machine busy."""

    wall: float
    cpu: float


def least_spent(work: Callable[[], object], repeats: int) -> Spent:
    """The least of several runs, of each kind, after one that is not counted (it may compile)."""
    work()
    walls, cpus = [], []
    for _ in range(repeats):
        gc.collect()
        wall, cpu = time.perf_counter(), time.process_time()
        work()
        walls.append(time.perf_counter() - wall)
        cpus.append(time.process_time() - cpu)
    return Spent(min(walls), min(cpus))


def least_seconds(work: Callable[[], object], repeats: int) -> float:
    """The shortest of several runs, after one that is not counted."""
    return least_spent(work, repeats).wall


def against(name: str, value: float, unit: str, floor: float | None, peer: Peer | None) -> Result:
    """A result with its ratio."""
    ratio = peer.value / value if peer and value else value / floor if floor else None
    return Result(name, value, unit, floor, ratio, peer)

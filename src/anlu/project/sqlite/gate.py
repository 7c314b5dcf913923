"""
The gate: writers of one SQLite file pass one at a time, in a fair order, across threads and processes.

SQLite lets waiting writers find out by chance when the file is free, so that one of them can starve. Here
each writer first holds ``flock`` on ``<database>.gate``. A second lock, the *turn*, makes it fair: who has
just left the gate has to queue for the turn again, behind whoever holds it. Both locks die with their
process, and neither file is ever deleted. Every passing opens the files anew: ``flock`` belongs to the open
file description, so threads and connections exclude each other exactly as processes do.
"""

from __future__ import annotations

import fcntl
import os
import random
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

# Between two looks at a lock that somebody else holds. The one whose turn it is looks more often.
GATE_WAIT_S = (0.0002, 0.0005)
TURN_WAIT_S = (0.001, 0.003)


class GateTimeout(Exception):
    """The gate stayed shut for too long: another writer hangs, or was stopped."""


class Gate:
    """One connection's way through the gate of a database file. Not shared between threads."""

    def __init__(self, database: str | Path, *, timeout_s: float) -> None:
        self.gate_path = f"{database}.gate"
        self.turn_path = f"{database}.turn"
        self.timeout_s = timeout_s
        self._held: int | None = None

    @property
    def held(self) -> bool:
        """True between ``enter`` and ``leave``."""
        return self._held is not None

    def enter(self) -> None:
        """Wait for the gate and hold it; entering twice is one entry.

        Raises
        ------
        GateTimeout
            It did not open within ``timeout_s``.
        """
        if self._held is not None:
            return
        until = time.monotonic() + self.timeout_s
        turn = _locked(self.turn_path, until, TURN_WAIT_S)
        try:
            self._held = _locked(self.gate_path, until, GATE_WAIT_S)
        finally:
            _release(turn)

    def leave(self) -> None:
        """Open the gate for the next; harmless when it is not held."""
        if self._held is not None:
            held, self._held = self._held, None
            _release(held)

    @contextmanager
    def passing(self) -> Iterator[None]:
        """Hold the gate for a block; inside an outer entry this adds nothing."""
        if self.held:
            yield
            return
        self.enter()
        try:
            yield
        finally:
            self.leave()


def _locked(path: str, until: float, wait_s: tuple[float, float]) -> int:
    """A file descriptor of ``path`` with the lock on it."""
    descriptor = os.open(path, os.O_RDWR | os.O_CREAT | os.O_CLOEXEC, 0o600)
    try:
        while not _try_lock(descriptor):
            if time.monotonic() > until:
                raise GateTimeout(f"{path} stayed locked")
            time.sleep(random.uniform(*wait_s))
    except BaseException:
        os.close(descriptor)
        raise
    return descriptor


def _try_lock(descriptor: int) -> bool:
    try:
        fcntl.flock(descriptor, fcntl.LOCK_EX | fcntl.LOCK_NB)
    except BlockingIOError:
        return False
    return True


def _release(descriptor: int) -> None:
    """Unlock by name, not only by closing: a forked child may still hold a copy of the descriptor."""
    try:
        fcntl.flock(descriptor, fcntl.LOCK_UN)
    finally:
        os.close(descriptor)

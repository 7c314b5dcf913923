"""
The gate: writers of one SQLite file pass one at a time, in a fair order, across threads and processes.

SQLite lets waiting writers find out by chance when the file is free, so that one of them can starve. Here
each writer first holds ``flock`` on ``<database>.gate``. Before that it queues: it draws the next number from
``<database>.turn``, locks the byte of its number in that file and waits until the byte of the number before it is
free. Who is far behind looks seldom, so that fifty who wait do not take the processor from the one who writes.
Who waits gives up when nobody has entered for a while, because then a writer hangs; a queue that moves on a slow or
busy machine is no reason to, and is waited for longer.
All locks die with their process, and neither file is ever deleted; whatever the queue says, only one holds the
gate. Every passing opens the files anew: the locks belong to the open file description, so threads and
connections exclude each other exactly as processes do.
"""

from __future__ import annotations

import fcntl
import os
import random
import struct
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Final

# Between two looks at what somebody else holds.
LOOK_S: Final = (0.0002, 0.0005)
STEP_S: Final = 0.0005  # longer for everybody who stands before
LONGEST_LOOK_S: Final = 0.03
PATIENCE: Final = 3  # how many times longer one waits while others enter
NUMBER: Final = struct.Struct("<Q")
NEXT_AT, SERVED_AT = 0, NUMBER.size  # in the file of the queue: the last number drawn, the last that entered
BYTES_AT: Final = 2 * NUMBER.size  # the byte of number n is BYTES_AT + n; the first byte guards the drawing
FLOCK: Final = struct.Struct("@hhqqi4x")  # struct flock of Linux: type, whence, start, length, pid


class GateTimeout(Exception):
    """The gate stayed shut for too long: another writer hangs, was stopped, or too many came before."""


class Gate:
    """
    One connection's way through the gate of a database file. Not shared between threads.

    Parameters
    ----------
    timeout_s
        How long to wait while nobody enters; ``PATIENCE`` times as long at most while others do.
    """

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
            Nobody entered for ``timeout_s``, or it was not yet our turn after ``PATIENCE`` times as long.
        """
        if self._held is not None:
            return
        queue = os.open(self.turn_path, os.O_RDWR | os.O_CREAT | os.O_CLOEXEC, 0o600)
        number, patience = 0, _Patience(self.timeout_s, lambda: _read(queue, SERVED_AT))
        try:
            number = _draw(queue, patience)
            _wait(
                lambda: _is_free(queue, number - 1), patience, self.turn_path, lambda: _pause(queue, number)
            )
            self._held = _locked(self.gate_path, patience)
            os.pwrite(queue, NUMBER.pack(number), SERVED_AT)
        finally:
            _step_out(queue, number)

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


class _Patience:
    """How long one who waits goes on; ``served`` tells who entered last."""

    def __init__(self, timeout_s: float, served: Callable[[], int]) -> None:
        self.timeout_s, self.served = timeout_s, served
        self._seen = served()
        self._until = time.monotonic() + timeout_s
        self._longest = time.monotonic() + PATIENCE * timeout_s

    def is_over(self) -> bool:
        """Whether to give up now; somebody who entered since the last look is a reason to go on."""
        now = time.monotonic()
        if (served := self.served()) != self._seen:
            self._seen, self._until = served, now + self.timeout_s
        return now > min(self._until, self._longest)


# ------------------------------------------------------------------------------------------------ the queue
def _draw(queue: int, patience: _Patience) -> int:
    """The next number; its byte is locked before anybody can draw the one after it."""
    _wait(lambda: _lock_byte(queue, 0), patience, "the queue")
    try:
        number = _read(queue, NEXT_AT) + 1
        os.pwrite(queue, NUMBER.pack(number), NEXT_AT)
        _lock_byte(queue, BYTES_AT + number)
    finally:
        _unlock_byte(queue, 0)
    return number


def _pause(queue: int, number: int) -> float:
    """How long to wait before looking again: the longer, the more stand before."""
    before = max(1, number - _read(queue, SERVED_AT))
    return min(before * STEP_S, LONGEST_LOOK_S)


def _step_out(queue: int, number: int) -> None:
    """Let the next one move up. By name, not only by closing: a forked child may hold a copy of the descriptor."""
    try:
        _unlock_byte(queue, BYTES_AT + number)
    finally:
        os.close(queue)


def _read(queue: int, at: int) -> int:
    found = os.pread(queue, NUMBER.size, at)
    return int(NUMBER.unpack(found)[0]) if len(found) == NUMBER.size else 0


def _is_free(queue: int, number: int) -> bool:
    """Whether nobody stands in the queue with this number any more."""
    asked = FLOCK.pack(fcntl.F_WRLCK, os.SEEK_SET, BYTES_AT + number, 1, 0)
    return bool(FLOCK.unpack(fcntl.fcntl(queue, fcntl.F_OFD_GETLK, asked))[0] == fcntl.F_UNLCK)


def _lock_byte(queue: int, at: int) -> bool:
    try:
        fcntl.fcntl(queue, fcntl.F_OFD_SETLK, FLOCK.pack(fcntl.F_WRLCK, os.SEEK_SET, at, 1, 0))
    except BlockingIOError:
        return False
    return True


def _unlock_byte(queue: int, at: int) -> None:
    fcntl.fcntl(queue, fcntl.F_OFD_SETLK, FLOCK.pack(fcntl.F_UNLCK, os.SEEK_SET, at, 1, 0))


# ------------------------------------------------------------------------------------------------ the gate
def _locked(path: str, patience: _Patience) -> int:
    """A file descriptor of ``path`` with the lock on it."""
    descriptor = os.open(path, os.O_RDWR | os.O_CREAT | os.O_CLOEXEC, 0o600)
    try:
        _wait(lambda: _try_lock(descriptor), patience, path)
    except BaseException:
        os.close(descriptor)
        raise
    return descriptor


def _wait(
    done: Callable[[], bool],
    patience: _Patience,
    what: str,
    pause_s: Callable[[], float] = lambda: random.uniform(*LOOK_S),
) -> None:
    """Look again and again until something is done.

    Raises
    ------
    GateTimeout
        The patience was over before.
    """
    while not done():
        if patience.is_over():
            raise GateTimeout(f"{what} stayed locked")
        time.sleep(pause_s())


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

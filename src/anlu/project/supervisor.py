"""
Keeps a few processes running: forks them from one that has everything loaded, and starts again what dies.

Forking makes a restart instant. The children are in process groups of their own, so that Ctrl-C reaches
only the supervisor, which then stops them in order; when the supervisor is killed they are told by the
kernel.
"""

from __future__ import annotations

import ctypes
import logging
import os
import signal
import sys
import time
import traceback
from collections.abc import Callable, Mapping
from contextlib import suppress
from dataclasses import dataclass, field
from typing import Final

LOOK_EVERY_S: Final = 0.1
STOP_WITHIN_S: Final = 12.0
QUICK_DEATH_S: Final = 5.0
QUICK_DEATHS: Final = 5
LONGEST_PAUSE_S: Final = 10.0
PR_SET_PDEATHSIG: Final = 1
STOPS: Final = (signal.SIGTERM, signal.SIGINT, signal.SIGHUP)  # asked, Ctrl-C, terminal closed

log = logging.getLogger("anlu.serve")


@dataclass
class Part:
    """One process to be kept running."""

    name: str
    work: Callable[[], None]
    pid: int = 0
    started_at: float = 0.0
    quick_deaths: int = 0
    start_at: float = field(default=0.0)


class Supervisor:
    """
    Runs ``parts`` (name → what the process does) until SIGTERM, SIGINT or SIGHUP.

    ``before_fork`` closes what must not be shared; ``on_tick`` is called between looks, in the supervisor.
    """

    def __init__(
        self,
        parts: Mapping[str, Callable[[], None]],
        *,
        before_fork: Callable[[], None] = lambda: None,
        on_tick: Callable[[], None] = lambda: None,
    ) -> None:
        self.parts = [Part(name, work) for name, work in parts.items()]
        self.before_fork, self.on_tick = before_fork, on_tick
        self.stopping = False

    def run(self) -> int:
        """Keep everything running; 0 after a stop that was asked for, 1 when a part cannot be kept alive."""
        for number in STOPS:
            signal.signal(number, self._stop_asked)
        try:
            while not self.stopping:
                self._bury()
                if any(part.quick_deaths >= QUICK_DEATHS for part in self.parts):
                    return 1
                self._start_due()
                self.on_tick()
                time.sleep(LOOK_EVERY_S)
        finally:
            self._stop_all()
        return 0

    def _stop_asked(self, *_: object) -> None:
        self.stopping = True

    def _start_due(self) -> None:
        for part in self.parts:
            if not part.pid and time.monotonic() >= part.start_at:
                self._fork(part)

    def _fork(self, part: Part) -> None:
        self.before_fork()
        sys.stdout.flush()
        sys.stderr.flush()
        parent = os.getpid()
        pid = os.fork()
        if pid == 0:
            _become(part, parent)
        part.pid, part.started_at = pid, time.monotonic()

    def _bury(self) -> None:
        """Notice what died, and say when it starts again."""
        for part in self.parts:
            if part.pid and _is_over(part.pid):
                quick = time.monotonic() - part.started_at < QUICK_DEATH_S
                part.quick_deaths = part.quick_deaths + 1 if quick else 0
                part.start_at = time.monotonic() + min(part.quick_deaths, LONGEST_PAUSE_S)
                part.pid = 0
                log.warning("%s ended unexpectedly and is started again", part.name)

    def _stop_all(self) -> None:
        until = time.monotonic() + STOP_WITHIN_S
        for part in self.parts:
            _send(part.pid, signal.SIGTERM)
        while any(part.pid for part in self.parts):
            if time.monotonic() > until:
                for part in self.parts:
                    _send(part.pid, signal.SIGKILL)
            for part in self.parts:
                if part.pid and _is_over(part.pid):
                    part.pid = 0
            time.sleep(LOOK_EVERY_S / 2)


def _send(pid: int, number: signal.Signals) -> None:
    if pid:
        with suppress(ProcessLookupError):
            os.kill(pid, number)


def _is_over(pid: int) -> bool:
    try:
        return os.waitpid(pid, os.WNOHANG)[0] == pid
    except ChildProcessError:
        return True


def _become(part: Part, parent: int) -> None:
    """In the child: do the work and never come back."""
    code = 1
    try:
        os.setpgid(0, 0)
        for number in STOPS:
            signal.signal(number, signal.SIG_DFL)
        end_with_parent(parent)
        part.work()
        code = 0
    except SystemExit as request:
        code = request.code if isinstance(request.code, int) else 1
    except BaseException:
        traceback.print_exc()
    finally:
        with suppress(BaseException):
            sys.stdout.flush()
            sys.stderr.flush()
        os._exit(code)


def end_with_parent(parent: int) -> None:
    """Ask the kernel for SIGTERM when the parent is gone, however it went (Linux)."""
    with suppress(OSError, AttributeError):
        ctypes.CDLL(None).prctl(PR_SET_PDEATHSIG, signal.SIGTERM)
    if os.getppid() != parent:  # it was quicker
        os._exit(1)

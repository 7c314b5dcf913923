"""Leases: while a process lives, what it does is its own; when it is gone, somebody else takes it over."""

from __future__ import annotations

import os
import secrets
import socket
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from datetime import timedelta
from pathlib import Path
from typing import Final

from django.conf import settings
from django.db import close_old_connections

from anlu.kernel.core.clock import now
from anlu.kernel.core.models import Job, JobState

LEASE: Final = timedelta(seconds=60)
_held: set[str] = set()


def new_holder() -> str:
    """A name for one lease: this process, and which of its leases."""
    return f"{process_name()} {secrets.token_hex(4)}"


@contextmanager
def holding(holder: str) -> Iterator[None]:
    """Keep a lease alive for a block (see ``renew_leases``)."""
    _held.add(holder)
    try:
        yield
    finally:
        _held.discard(holder)
        if not settings.TASKS_INLINE:
            close_old_connections()


def renew_leases() -> int:
    """Renew the leases of all that this process does, also of work that reports no progress for long."""
    held = list(_held)
    if not held:
        return 0
    running = Job.objects.filter(lease_holder__in=held, state=JobState.RUNNING)
    return running.update(lease_until=now() + LEASE)


def release_dead_leases() -> int:
    """Take the leases from processes of this machine that are gone, without waiting for them to run out."""
    released = 0
    for row in Job.objects.filter(state=JobState.RUNNING).exclude(lease_holder=""):
        if is_gone(row.lease_holder):
            mine = Job.objects.filter(pk=row.pk, lease_holder=row.lease_holder, state=JobState.RUNNING)
            released += mine.update(lease_until=now() - timedelta(seconds=1))
    return released


def process_name() -> str:
    """This process, so that it cannot be taken for a later one with the same number."""
    return f"{socket.gethostname()} {os.getpid()} {_started(os.getpid())}"


def is_gone(holder: str) -> bool:
    """True when the process is one of this machine and runs no more; of other machines nothing is known."""
    host, pid, started = [*holder.split(" "), "", "", ""][:3]
    return host == socket.gethostname() and pid.isdigit() and _started(int(pid)) != started


def _started(pid: int) -> str:
    """When a process started, in clock ticks since boot; "" when it is gone or not known."""
    with suppress(OSError, IndexError):
        stat = Path(f"/proc/{pid}/stat").read_text()
        return stat[stat.rindex(")") + 2 :].split()[19]
    return ""

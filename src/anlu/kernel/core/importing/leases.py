"""Who works on a batch: a lease that a living process renews with every chunk, and that a dead one loses."""

from __future__ import annotations

import os
import socket
from datetime import timedelta
from pathlib import Path
from typing import Any, Final

from django.db.models import Q

from anlu.kernel.core.clock import now
from anlu.kernel.core.models import Batch

LEASE: Final = timedelta(minutes=2)


def me() -> str:
    """This process, so that no later one with the same number is taken for it: machine, number, start."""
    return _name(os.getpid())


def _name(pid: int) -> str:
    return f"{socket.gethostname()}/{pid}/{_started(pid)}"[:80]


def _started(pid: int) -> str:
    """When a process of this machine was started, in clock ticks since boot; "" when there is none."""
    try:
        stat = Path(f"/proc/{pid}/stat").read_text(encoding="ascii", errors="replace")
    except OSError:
        return ""
    return stat.rpartition(")")[2].split()[19]


def is_dead(holder: str) -> bool:
    """True when the process is one of this machine and runs no more; of other machines nothing is known."""
    host, _, rest = holder.partition("/")
    pid, _, started = rest.partition("/")
    if host != socket.gethostname() or not pid.isdigit() or not started:
        return False
    return _started(int(pid)) != started


def taken(batch: Batch) -> bool:
    """Take a batch that nobody works on; False when somebody does."""
    free = Q(lease_until__isnull=True) | Q(lease_until__lt=now()) | Q(lease_holder=me())
    if batch.lease_holder and is_dead(batch.lease_holder):
        free |= Q(lease_holder=batch.lease_holder)
    got = Batch.objects.filter(free, pk=batch.pk).update(lease_holder=me(), lease_until=now() + LEASE)
    if got:
        batch.refresh_from_db()
    return bool(got)


def renewed(batch: Batch, **values: Any) -> bool:
    """Set values on the batch if this process still holds it, and hold it for longer."""
    held = Batch.objects.filter(pk=batch.pk, lease_holder=me())
    done = held.update(lease_until=now() + LEASE, **values)
    for name, value in values.items():
        setattr(batch, name, value)
    return bool(done)


def given_back(batch: Batch) -> None:
    """Nobody works on the batch any more."""
    Batch.objects.filter(pk=batch.pk, lease_holder=me()).update(lease_until=None, lease_holder="")

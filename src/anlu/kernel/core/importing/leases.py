"""
Who works on a batch: a lease that a living thread renews with every chunk, and that a dead process loses.

The holder is a thread, not a process: the worker tends what was left behind beside the very imports it runs.
"""

from __future__ import annotations

from threading import get_ident
from typing import Any

from django.db.models import Q

from anlu.kernel.core.clock import now
from anlu.kernel.core.leases import LEASE, is_gone, process_name
from anlu.kernel.core.models import Batch


def holder() -> str:
    """This thread of this process, as leases name it."""
    return f"{process_name()} {get_ident() % 1_000_000}"


def taken(batch: Batch) -> bool:
    """Take a batch that nobody works on; False when somebody does."""
    free = Q(lease_until__isnull=True) | Q(lease_until__lt=now()) | Q(lease_holder=holder())
    if batch.lease_holder and is_gone(batch.lease_holder):
        free |= Q(lease_holder=batch.lease_holder)
    mine = {"lease_holder": holder(), "lease_until": now() + LEASE}
    got = Batch.objects.filter(free, pk=batch.pk).update(**mine)
    if got:
        batch.refresh_from_db()
    return bool(got)


def renewed(batch: Batch, **values: Any) -> bool:
    """Set values on the batch if this thread still holds it, and hold it for longer."""
    held = Batch.objects.filter(pk=batch.pk, lease_holder=holder())
    done = held.update(lease_until=now() + LEASE, **values)
    for name, value in values.items():
        setattr(batch, name, value)
    return bool(done)


def given_back(batch: Batch) -> None:
    """Nobody works on the batch any more."""
    Batch.objects.filter(pk=batch.pk, lease_holder=holder()).update(lease_until=None, lease_holder="")

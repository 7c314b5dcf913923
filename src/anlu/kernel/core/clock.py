"""
Two clocks.

The *business date* (deadlines, pages, periods) may be set by ``ANLU_TODAY`` so that a demonstration county
can live on a fixed day. Everything technical (sessions, leases, lockouts, seals, backups) uses the real
clock.
"""

from __future__ import annotations

import os
from datetime import date, datetime

from django.utils import timezone

VARIABLE = "ANLU_TODAY"


def today() -> date:
    """The business date: ``ANLU_TODAY`` when set, else the local calendar day.

    Raises
    ------
    ValueError
        ``ANLU_TODAY`` is set but is not a date written YYYY-MM-DD.
    """
    stated = os.environ.get(VARIABLE, "").strip()
    if not stated:
        return timezone.localdate()
    try:
        return date.fromisoformat(stated)
    except ValueError:
        raise ValueError(f"{VARIABLE} must be a date like 2023-07-03, found {stated!r}") from None


def now() -> datetime:
    """The real time, aware (UTC)."""
    return timezone.now()

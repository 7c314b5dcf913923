"""
Local parts of a moment: the date, hour, weekday and month on the clock where it happened.

They are worked out once, when a record is written, and then stay: statistics group by them.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import UTC, date, datetime, tzinfo
from functools import cache
from typing import Literal
from zoneinfo import ZoneInfo, ZoneInfoNotFoundError

Precision = Literal["minute", "hour", "day", "unknown"]


class ZoneError(ValueError):
    """There is no such time zone."""


@dataclass(frozen=True, slots=True)
class LocalParts:
    """
    A moment and its local parts.

    ``occurred_at`` is aware, in UTC. ``hour`` is ``None`` where the time of day is not known. ``weekday``
    counts from Monday = 1. A naive time that the clocks showed twice is ``ambiguous`` and taken as the
    first; one that they skipped is ``nonexistent`` and moved on by the gap; its parts are those that were
    written down.
    """

    occurred_at: datetime
    occurred_on: date
    hour: int | None
    weekday: int
    period_month: str
    ambiguous: bool = False
    nonexistent: bool = False


def local_parts(at: datetime, zone: str | tzinfo, *, precision: Precision = "minute") -> LocalParts:
    """
    The local parts of ``at``: an aware time, or a naive one that the clocks of ``zone`` showed.

    Parameters
    ----------
    zone
        IANA name (``Asia/Shanghai``) or a zone.
    precision
        How exactly the time is known; with ``day`` and ``unknown`` there is no hour.

    Raises
    ------
    ZoneError
        There is no zone of this name.
    """
    clocks = zone_of(zone) if isinstance(zone, str) else zone
    ambiguous = nonexistent = False
    if at.tzinfo is None:
        local = at.replace(tzinfo=clocks, fold=0)
        shifted = local.utcoffset() != local.replace(fold=1).utcoffset()
        if shifted:
            nonexistent = local.astimezone(UTC).astimezone(clocks).replace(tzinfo=None) != at.replace(fold=0)
            ambiguous = not nonexistent
    else:
        local = at.astimezone(clocks)
    return LocalParts(
        occurred_at=local.astimezone(UTC),
        occurred_on=local.date(),
        hour=local.hour if precision in ("minute", "hour") else None,
        weekday=local.isoweekday(),
        period_month=f"{local:%Y-%m}",
        ambiguous=ambiguous,
        nonexistent=nonexistent,
    )


@cache
def zone_of(name: str) -> ZoneInfo:
    """
    The IANA time zone of this name.

    Raises
    ------
    ZoneError
        There is none.
    """
    try:
        return ZoneInfo(name)
    except (ZoneInfoNotFoundError, ValueError, OSError):
        raise ZoneError(f"没有这个时区: {name!r}") from None

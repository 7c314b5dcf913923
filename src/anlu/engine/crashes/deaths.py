"""
Which deaths count: within 7 days of the crash in national statistics, within 30 internationally.

Sources: 生产安全事故报告和调查处理条例 (2007) arts 13 and 20; Vienna Convention on Road Traffic, 30 days.
Rule and worked examples: ``docs/methods/severity.md``.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime, timedelta, tzinfo
from typing import Final, Literal


@dataclass(frozen=True, slots=True)
class DeathRule:
    """
    Deaths up to ``days`` after the crash.

    ``by="hours"`` counts days × 24 hours from the moment of the crash, the limit included; ``by="days"``
    counts local calendar days, so that any time of the last day is included.
    """

    days: int
    by: Literal["hours", "days"] = "hours"


WITHIN_7_DAYS: Final = DeathRule(7)
WITHIN_30_DAYS: Final = DeathRule(30)


def death_counts(
    injury: str, died_at: datetime | None, occurred_at: datetime, *, rule: DeathRule, zone: tzinfo
) -> bool:
    """
    Whether the person counts as killed under ``rule``.

    A stated degree ``killed`` without a time of death counts; a dated death counts whatever degree is
    stated, if it lies within the limit. Aware times only; ``zone`` says where the calendar day is that of
    the clock on the wall.

    Raises
    ------
    ValueError
        A time has no zone.
    """
    if died_at is None:
        return injury == "killed"
    if died_at.tzinfo is None or occurred_at.tzinfo is None:
        raise ValueError("times of crash and death must carry a zone")
    if rule.by == "hours":
        return died_at - occurred_at <= timedelta(days=rule.days)
    last_day = occurred_at.astimezone(zone).date() + timedelta(days=rule.days)
    return died_at.astimezone(zone).date() <= last_day

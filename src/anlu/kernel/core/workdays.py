"""
Days off and make-up working days as dated data: two dictionaries, seeded from the notices that come with the platform.

When a new notice is out its spans are entered as 字典 (放假安排, 调休上班): first and last day as 启用 and 停用,
the year first in the code (``2027-0101``). Deadlines go by them from then on.
"""

from __future__ import annotations

import threading
import time
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from datetime import date, timedelta
from typing import Any, Final

from django.db.models.signals import post_delete, post_save
from django.dispatch import receiver

from anlu.engine.calendars import SATURDAY, Calendar, china, shipped_spans
from anlu.kernel.core.dictionaries import CHECK_EVERY_S, seed_rows, terms
from anlu.kernel.core.models import Term
from anlu.kernel.core.seeding import seed

HOLIDAYS: Final = "core.holiday"
WORKDAYS: Final = "core.workday"
LISTS: Final = {"holiday": HOLIDAYS, "workday": WORKDAYS}
NAMES: Final = (
    (HOLIDAYS, "放假安排", "Public holidays", 950),
    (WORKDAYS, "调休上班", "Make-up working days", 951),
)
YEAR_LETTERS: Final = 4


@dataclass
class _Held(threading.local):
    """This thread's calendar, and when it was made."""

    calendar: Calendar | None = None
    made_at: float = 0.0


_held = _Held()


def working_calendar() -> Calendar:
    """The calendar of the installation; that of the package where nothing was entered."""
    if _held.calendar is None or time.monotonic() - _held.made_at > CHECK_EVERY_S:
        _held.calendar, _held.made_at = calendar_of(terms(HOLIDAYS), terms(WORKDAYS)), time.monotonic()
    return _held.calendar


@receiver([post_save, post_delete], sender=Term, dispatch_uid="anlu.workdays")
def forget_calendar(instance: Term, **_: Any) -> None:
    """Whoever enters a span counts with it at once; other processes learn of it within a second."""
    if instance.list in LISTS.values():
        _held.calendar = None


def calendar_of(holidays: Iterable[Term], workdays: Iterable[Term]) -> Calendar:
    """
    The calendar that spans of days make.

    A span without both its days is not counted yet; where the two contradict each other a holiday is a holiday, and a
    weekday is no make-up day.
    """
    off, known = list(holidays), list(workdays)
    if not off:
        return china()
    days_off = {day for term in off for day in days_of(term)}
    worked = {day for term in known for day in days_of(term) if day.weekday() >= SATURDAY}
    years = {year for term in (*off, *known) if (year := year_of(term)) is not None}
    return Calendar(frozenset(days_off), frozenset(worked - days_off), frozenset(years))


def days_of(term: Term) -> Iterator[date]:
    """The days of a span; none while one of its ends is missing."""
    if term.valid_from is not None and term.valid_to is not None:
        length = (term.valid_to - term.valid_from).days
        yield from (term.valid_from + timedelta(days=n) for n in range(length + 1))


def year_of(term: Term) -> int | None:
    """The year whose notice a span belongs to: that of its code, else that of its first day."""
    stated = term.code[:YEAR_LETTERS]
    if stated.isdigit() and len(stated) == YEAR_LETTERS:
        return int(stated)
    return term.valid_from.year if term.valid_from is not None else None


@seed("core.workdays", "节假日安排")
def seed_workdays() -> int:
    """The notices that come with the platform; what somebody edited stays."""
    names = [
        _row("core.lists", code, label, label_en=english, order=order)
        for code, label, english, order in NAMES
    ]
    spans = [
        _row(
            LISTS[span["kind"]],
            f"{span['year']}-{span['start'][5:].replace('-', '')}",
            span["name"],
            order=place,
            source=span["source"],
            valid_from=date.fromisoformat(span["start"]),
            valid_to=date.fromisoformat(span["end"]),
        )
        for place, span in enumerate(shipped_spans(), start=1)
    ]
    return seed_rows([*names, *spans], label="holidays_cn.csv").added


def _row(list: str, code: str, label: str, **facts: Any) -> dict[str, Any]:
    blank: dict[str, Any] = {"label_en": "", "colour": "", "order": 0, "source": "本平台", "confidence": "S"}
    return blank | {"list": list, "code": code, "label": label, "valid_from": None, "valid_to": None} | facts

"""
Days off and make-up working days as dated data: two dictionaries, seeded from the notices that come with the platform.

When a new notice is out its spans are entered as 字典 (放假安排, 调休上班): first and last day as 启用 and 停用,
the year first in the code (``2027-0101``). Deadlines go by them from then on.
"""

from __future__ import annotations

import threading
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date, timedelta
from typing import Any, Final

from anlu.engine.calendars import SATURDAY, Calendar, china, shipped_spans
from anlu.kernel.core.dictionaries import seed_rows, terms
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
LONGEST_DAYS: Final = 60


@dataclass
class _Held(threading.local):
    """This thread's calendar, and the entries that it was made of."""

    spans: tuple[tuple[Term, ...], ...] = ()
    calendar: Calendar | None = None


_held = _Held()


def working_calendar() -> Calendar:
    """
    The calendar of the installation; that of the package where nothing was entered.

    Made anew when the dictionaries give other entries, within a second of a change.
    """
    spans = (terms(HOLIDAYS), terms(WORKDAYS))
    if _held.calendar is None or any(one is not other for one, other in zip(spans, _held.spans, strict=True)):
        _held.spans, _held.calendar = spans, calendar_of(*spans)
    return _held.calendar


def calendar_of(holidays: Iterable[Term], workdays: Iterable[Term]) -> Calendar:
    """
    The calendar that spans of days make.

    A span counts, and its year is known, only where it has both its days and no more than ``LONGEST_DAYS``: no notice
    gives more, a slip of the pen does. Where spans contradict each other a holiday is a holiday, and a weekday is no
    make-up day.
    """
    off, known = ([term for term in listed if days_of(term)] for listed in (holidays, workdays))
    if not off:
        return china()
    days_off = {day for term in off for day in days_of(term)}
    worked = {day for term in known for day in days_of(term) if day.weekday() >= SATURDAY}
    years = {year_of(term, days_of(term)[0]) for term in (*off, *known)}
    return Calendar(frozenset(days_off), frozenset(worked - days_off), frozenset(years))


def days_of(term: Term) -> list[date]:
    """The days of a span; none while one of its ends is missing, before the other or too far from it."""
    if term.valid_from is None or term.valid_to is None:
        return []
    length = (term.valid_to - term.valid_from).days + 1
    return [term.valid_from + timedelta(days=n) for n in range(length if length <= LONGEST_DAYS else 0)]


def year_of(term: Term, first: date) -> int:
    """The year whose notice a span belongs to: that of its code, else that of its first day."""
    stated = term.code[:YEAR_LETTERS]
    return int(stated) if stated.isdecimal() and len(stated) == YEAR_LETTERS else first.year


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

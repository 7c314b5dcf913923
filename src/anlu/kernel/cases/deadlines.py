"""By when: deadlines in working days, by the holidays and make-up days of each year (``engine.calendars``)."""

from __future__ import annotations

from datetime import date, timedelta
from typing import Final

from anlu.engine.calendars import Deadline, deadline
from anlu.kernel.core.workdays import working_calendar

_ONE_DAY: Final = timedelta(days=1)
SOON_WORKING_DAYS: Final = 3  # within these a deadline is called near


def due_after(start: date, working_days: int) -> Deadline:
    """The last day of a limit that begins on ``start``; provisional where holidays are not known yet."""
    return deadline(start, working_days, working_calendar())


def shifted(day: date, working_days: int) -> date:
    """The working day so many after ``day`` or, for a negative number, before it; 0 is ``day`` itself."""
    known = working_calendar()
    if working_days >= 0:
        return deadline(day, working_days, known).on
    left = -working_days
    while left:
        day -= _ONE_DAY
        left -= known.is_working_day(day)
    return day


def due_words(due_on: date | None, today: date) -> str:
    """逾期2天, 今天到期, 明天到期, 还有3天; "" without a deadline. Calendar days, as people count them."""
    if due_on is None:
        return ""
    days = (due_on - today).days
    if days < 0:
        return f"逾期{-days}天"
    return {0: "今天到期", 1: "明天到期"}.get(days, f"还有{days}天")


def due_colour(due_on: date | None, today: date) -> str:
    """Red when over, amber within three working days, else none."""
    if due_on is None:
        return ""
    if due_on < today:
        return "red"
    return "amber" if due_on <= shifted(today, SOON_WORKING_DAYS) else ""

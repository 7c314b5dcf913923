"""
Working days: weekdays, without public holidays, with the weekend days that make up for them.

Holidays are data, set each year by a notice of the State Council, and an argument of every function. The
table that comes with the package is ``data/holidays_cn.csv``. Rules and worked examples:
``docs/methods/calendars.md``.
"""

from __future__ import annotations

import csv
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from datetime import date, timedelta
from functools import cache
from importlib.resources import files

SATURDAY = 5
_ONE_DAY = timedelta(days=1)


class CalendarError(ValueError):
    """The table does not reach that far, or contradicts itself."""


@dataclass(frozen=True, slots=True)
class Calendar:
    """
    Days off and make-up working days of the years in ``years``.

    Raises
    ------
    CalendarError
        A day is both, or a make-up day is no weekend day.
    """

    holidays: frozenset[date]
    workdays: frozenset[date]
    years: frozenset[int]

    def __post_init__(self) -> None:
        both = self.holidays & self.workdays
        if both:
            raise CalendarError(f"{min(both)} 既是假日又是调休上班日")
        idle = [day for day in self.workdays if day.weekday() < SATURDAY]
        if idle:
            raise CalendarError(f"{min(idle)} 不是周末, 不能作调休上班日")

    def covers(self, day: date) -> bool:
        """Whether the holidays of the day's year are known."""
        return day.year in self.years

    def is_working_day(self, day: date) -> bool:
        """Whether people work on ``day``; in a year that is not covered, whether it is a weekday."""
        return day in self.workdays or (day.weekday() < SATURDAY and day not in self.holidays)


@dataclass(frozen=True, slots=True)
class Deadline:
    """The last day of a time limit; ``provisional`` while the holidays on the way are not all known."""

    on: date
    provisional: bool


def add_working_days(start: date, count: int, calendar: Calendar) -> date:
    """
    The ``count``-th working day after ``start``; the day after ``start`` is the first that can count.

    Raises
    ------
    CalendarError
        The way leads through a year whose holidays are not known: see :func:`deadline`.
    ValueError
        ``count`` is negative.
    """
    limit = deadline(start, count, calendar)
    if limit.provisional:
        raise CalendarError(f"节假日表没有 {limit.on.year} 年, 算不出 {start} 之后第 {count} 个工作日")
    return limit.on


def deadline(start: date, count: int, calendar: Calendar) -> Deadline:
    """
    Like :func:`add_working_days`, but where a year is not covered only weekends are left out, and the
    result is provisional.

    ``count`` 0 is ``start`` itself, working day or not.

    Raises
    ------
    ValueError
        ``count`` is negative.
    """
    if count < 0:
        raise ValueError(f"count must not be negative, got {count}")
    day, left, known = start, count, True
    while left:
        day += _ONE_DAY
        known = known and calendar.covers(day)
        left -= calendar.is_working_day(day)
    return Deadline(day, not known)


def recounted(due: date, limit: date, *, today: date) -> date:
    """
    Where a deadline goes when its limit, counted anew, ends on another day.

    Later it always goes. Earlier it never makes anybody late: one that has passed stays, one that is still ahead comes
    no nearer than today.
    """
    if limit >= due or due < today:
        return max(limit, due)
    return max(limit, today)


def working_days_between(start: date, end: date, calendar: Calendar) -> int:
    """
    Working days after ``start`` up to and including ``end``; negative when ``end`` lies before ``start``.

    Raises
    ------
    CalendarError
        The way leads through a year whose holidays are not known.
    """
    if end < start:
        return -working_days_between(end, start, calendar)
    days = [start + timedelta(days=n) for n in range(1, (end - start).days + 1)]
    unknown = [day for day in days if not calendar.covers(day)]
    if unknown:
        raise CalendarError(f"节假日表没有 {unknown[0].year} 年, 算不出 {start} 至 {end} 的工作日")
    return sum(calendar.is_working_day(day) for day in days)


def parse_calendar(lines: Iterable[str]) -> Calendar:
    """
    The calendar in a table with columns ``year,start,end,kind`` (``holiday`` or ``workday``); others are
    notes.

    Raises
    ------
    CalendarError
        A line cannot be read; the message names it.
    """
    days: dict[str, set[date]] = {"holiday": set(), "workday": set()}
    years: set[int] = set()
    for number, row in enumerate(csv.DictReader(lines), start=2):
        try:
            days[row["kind"]].update(_days(date.fromisoformat(row["start"]), date.fromisoformat(row["end"])))
            years.add(int(row["year"]))
        except (KeyError, TypeError, ValueError) as error:
            raise CalendarError(f"节假日表第 {number} 行读不懂: {error}") from None
    return Calendar(frozenset(days["holiday"]), frozenset(days["workday"]), frozenset(years))


def _days(start: date, end: date) -> Iterator[date]:
    if end < start:
        raise ValueError(f"{end} 早于 {start}")
    return (start + timedelta(days=n) for n in range((end - start).days + 1))


def shipped_spans() -> list[dict[str, str]]:
    """The spans that come with the package: ``year, start, end, kind, name, source`` of each line."""
    return list(csv.DictReader(_shipped().splitlines()))


@cache
def china() -> Calendar:
    """The calendar that comes with the package: the notices for 2022 to 2026."""
    return parse_calendar(_shipped().splitlines())


def _shipped() -> str:
    return files("anlu.engine").joinpath("data/holidays_cn.csv").read_text(encoding="utf-8")

"""
Deadlines over every holiday and every make-up day of 2022 to 2026, counted a second time on a wall calendar.

The random cases (``test_machine``) begin on any day and meet a holiday by chance; here each limit that a declared kind
gives is begun before each of them, and what was met is counted.
"""

from __future__ import annotations

from collections import Counter
from datetime import date, timedelta
from itertools import pairwise

import pytest

from anlu.kernel.cases.deadlines import due_after
from anlu.kernel.cases.kinds import kinds, sample_details
from anlu.kernel.cases.models import Case
from anlu.kernel.cases.services import open_case
from anlu.kernel.core.scope import SYSTEM
from anlu.kernel.core.workdays import seed_workdays
from tests.contracts.test_kinds import DAYS_OFF, DAYS_WORKED, WORKING, counted

pytestmark = pytest.mark.django_db
SATURDAY = 5
FIRST, LAST = date(2022, 1, 1), date(2026, 12, 31)
LOST = frozenset(day for day in DAYS_OFF if day.weekday() < SATURDAY)  # would be worked but for a holiday
GAINED = frozenset(day for day in DAYS_WORKED if day.weekday() >= SATURDAY)
LIMITS = sorted(
    {days for kind in kinds if (days := kind.lifecycle.working_days) is not None}
    | {move.working_days for kind in kinds for move in kind.lifecycle.moves if move.working_days is not None}
)


def before_holidays() -> list[date]:
    """The last working day before each run of days off that a holiday made, and the day before each make-up day."""
    gaps = [
        first
        for first, following in pairwise(WORKING)
        if LOST & {first + timedelta(days=n) for n in range(1, (following - first).days)}
    ]
    return sorted({*gaps, *(day - timedelta(days=1) for day in GAINED)} - {FIRST - timedelta(days=1)})


BEFORE_HOLIDAYS = before_holidays()


def met(start: date, due: date) -> Counter[str]:
    """What lies between a first day and the deadline counted from it, by year."""
    days = [start + timedelta(days=n) for n in range(1, (due - start).days + 1)]
    return Counter(
        f"{day.year} {'off' if day in LOST else 'worked'}" for day in days if day in LOST or day in GAINED
    )


def test_every_limit_is_counted_over_every_holiday_and_make_up_day() -> None:
    seed_workdays()
    assert len(BEFORE_HOLIDAYS) > 50
    lost, gained = set(), set()
    for days in (one for one in LIMITS if one):
        years: Counter[str] = Counter()
        for start in BEFORE_HOLIDAYS:
            due = counted_or_none(start, days)
            if due is None:
                continue  # it ends in a year whose notice is not out
            assert due_after(start, days).on == due, (start, days)
            within = {start + timedelta(days=n) for n in range(1, (due - start).days + 1)}
            lost, gained = lost | (within & LOST), gained | (within & GAINED)
            years += met(start, due)
        for year in range(2022, 2027):
            assert years[f"{year} off"], (days, year)
            assert years[f"{year} worked"], (days, year)
    # New Year's Day of 2022 lies before the first day that was counted, which is a holiday itself.
    assert lost == {day for day in LOST if day > BEFORE_HOLIDAYS[0]}
    assert gained == GAINED


def counted_or_none(start: date, days: int) -> date | None:
    """As ``counted``; None where it ends after the last day of the table."""
    later = [day for day in WORKING if day > start]
    return counted(start, days) if len(later) >= days else None


def test_cases_opened_before_each_holiday_are_due_when_a_wall_calendar_says(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    """Through the service, with the shortest limit and the longest that a kind gives on opening."""
    seed_workdays()
    declared = sorted(
        (one for one in kinds if one.lifecycle.working_days and not one.needs_place and not one.within),
        key=lambda one: one.lifecycle.working_days or 0,
    )
    crossed: Counter[str] = Counter()
    for kind in {declared[0].code: declared[0], declared[-1].code: declared[-1]}.values():
        days = kind.lifecycle.working_days
        assert days is not None
        for start in BEFORE_HOLIDAYS:
            due = counted_or_none(start, days)
            if due is None:
                continue
            monkeypatch.setenv("ANLU_TODAY", start.isoformat())
            case = open_case(kind.code, {"title": "跨节"}, details=sample_details(kind), by=SYSTEM)
            assert Case.objects.get(pk=case.pk).due_on == due, (kind.code, start)
            crossed += met(start, due)
    assert {f"{year} {what}" for year in range(2022, 2027) for what in ("off", "worked")} <= set(crossed)

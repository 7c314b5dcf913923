"""Days off as data of the installation: a new notice counts as soon as it is entered."""

from __future__ import annotations

from datetime import date

import pytest

from anlu.engine.calendars import china
from anlu.kernel.cases.deadlines import due_after
from anlu.kernel.core.dictionaries import add_term, change_term
from anlu.kernel.core.models import Term
from anlu.kernel.core.scope import SYSTEM
from anlu.kernel.core.workdays import HOLIDAYS, WORKDAYS, calendar_of, seed_workdays, working_calendar

pytestmark = pytest.mark.django_db


@pytest.fixture(autouse=True)
def seeded(db: None) -> None:
    assert seed_workdays() == Term.objects.count() > 50


def test_the_seeded_dictionaries_are_the_calendar_of_the_package() -> None:
    assert working_calendar() == china()
    assert seed_workdays() == 0


def test_a_new_notice_moves_deadlines_and_they_are_no_longer_provisional() -> None:
    before = due_after(date(2027, 9, 29), 3)  # a Wednesday: Thursday, Friday, Monday
    assert (before.on, before.provisional) == (date(2027, 10, 4), True)
    span = {"valid_from": date(2027, 10, 1), "valid_to": date(2027, 10, 7)}
    add_term(HOLIDAYS, "2027-1001", "国庆节", by=SYSTEM, **span)
    worked = {"valid_from": date(2027, 10, 9), "valid_to": date(2027, 10, 9)}
    add_term(WORKDAYS, "2027-1009", "国庆节调休", by=SYSTEM, **worked)
    after = due_after(date(2027, 9, 29), 3)  # Thursday the 30th, Friday the 8th, Saturday the 9th
    assert (after.on, after.provisional) == (date(2027, 10, 9), False)


def test_what_the_installation_changed_stays_and_counts() -> None:
    change_term(HOLIDAYS, "2023-0405", by=SYSTEM, valid_from=date(2023, 4, 5), valid_to=date(2023, 4, 6))
    assert seed_workdays() == 0
    assert not working_calendar().is_working_day(date(2023, 4, 6))
    assert china().is_working_day(date(2023, 4, 6))


def test_half_entered_or_contradicting_spans_break_nothing() -> None:
    whole = Term(list=HOLIDAYS, code="2027-a", valid_from=date(2027, 5, 1), valid_to=date(2027, 5, 3))
    half = Term(list=HOLIDAYS, code="x", valid_from=date(2027, 6, 1))
    strange = Term(list=WORKDAYS, code="2027-b", valid_from=date(2027, 5, 2), valid_to=date(2027, 5, 9))
    made = calendar_of([whole, half], [strange])
    assert made.holidays == {date(2027, 5, day) for day in (1, 2, 3)}
    assert made.workdays == {date(2027, 5, 8), date(2027, 5, 9)}


def test_a_year_is_known_only_from_spans_that_count() -> None:
    whole = Term(list=HOLIDAYS, code="2027-a", valid_from=date(2027, 5, 1), valid_to=date(2027, 5, 3))
    undated = Term(list=HOLIDAYS, code="2028-0101")
    half = Term(list=WORKDAYS, code="2029-0101", valid_to=date(2029, 1, 6))
    slip = Term(list=HOLIDAYS, code="2030-0501", valid_from=date(2030, 5, 1), valid_to=date(2130, 5, 3))
    back = Term(list=HOLIDAYS, code="2031-0501", valid_from=date(2031, 5, 3), valid_to=date(2031, 5, 1))
    made = calendar_of([whole, undated, slip, back], [half])
    assert made.years == {2027}
    assert len(made.holidays) == 3
    assert calendar_of([undated], []) == china()


def test_the_calendar_is_made_once_for_the_same_entries() -> None:
    made = working_calendar()
    assert working_calendar() is made
    change_term(HOLIDAYS, "2023-0405", by=SYSTEM, label="清明")
    assert working_calendar() is not made
    assert working_calendar() == made

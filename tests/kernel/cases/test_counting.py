"""Figures against a plain count of the same cases, one by one."""

from __future__ import annotations

import random
from collections.abc import Iterable
from datetime import date, timedelta
from typing import Any

import pytest

from anlu.kernel.cases.models import Case, Outcome
from anlu.kernel.cases.queries import (
    AGES,
    NAMES,
    Figures,
    figures,
    figures_by,
    figures_by_kind,
    total_of,
)
from anlu.kernel.people.models import Unit
from tests.factories import make_unit

pytestmark = pytest.mark.django_db
FIRST = date(2023, 1, 1)
DAYS = 200
PERIODS = ((0, 199), (40, 80), (80, 80), (150, 260), (-60, -1))


def day(number: int) -> date:
    """So many days after the first."""
    return FIRST + timedelta(days=number)


@pytest.fixture
def cases(db: None) -> list[Case]:
    """Cases of two families: open, put right, set aside, merged, back again; some with neither lead nor deadline."""
    dice, units = random.Random(11), [make_unit(), make_unit()]
    made = [_case(dice, number, units) for number in range(300)]
    Case.objects.bulk_create(made)
    return made


def _case(dice: random.Random, number: int, units: list[Unit]) -> Case:
    found = dice.randrange(DAYS)
    outcome = dice.choice(["", "", *Outcome.values, Outcome.RESOLVED, Outcome.RESOLVED])
    closed = found + dice.randrange(60) if outcome else None
    due = found + dice.randrange(40) if dice.random() < 0.8 else None
    right = outcome == Outcome.RESOLVED and due is not None
    family = dice.choice(["hazards.hazard", "inspections.finding"])
    return Case(
        kind=f"{family}.{dice.randrange(3)}",
        family=family,
        number=f"C-{number:04}",
        title="事项",
        state="sent",
        lead=dice.choice([None, *units]),
        found_on=day(found),
        closed_on=None if closed is None else day(closed),
        due_on=None if due is None else day(due),
        outcome=outcome,
        on_time=closed <= due if right and closed is not None and due is not None else None,
        reopened_on=day(found + dice.randrange(80)) if dice.random() < 0.3 else None,
    )


def counted(cases: Iterable[Case], start: date, end: date) -> Figures:
    """What the figures mean, said once more."""
    numbers = dict.fromkeys(NAMES, 0)
    ages = {label: 0 for _, label in AGES}
    for one in cases:
        if one.outcome == Outcome.MERGED:
            continue
        right = one.outcome == Outcome.RESOLVED and one.closed_on is not None
        closed = right and one.closed_on is not None and start <= one.closed_on <= end
        found, back = start <= one.found_on <= end, bool(one.reopened_on and start <= one.reopened_on <= end)
        still = one.found_on <= end and (one.closed_on is None or one.closed_on > end)
        numbers["found"] += found
        numbers["found_closed"] += bool(found and right and one.closed_on and one.closed_on <= end)
        numbers["closed"] += closed
        numbers["limited"] += closed and one.on_time is not None
        numbers["on_time"] += bool(closed and one.on_time)
        numbers["rebounds"] += back
        numbers["closed_or_back"] += closed or back
        numbers["open_at_end"] += still
        numbers["overdue_at_end"] += bool(still and one.due_on and one.due_on < end)
        if still:
            ages[next(label for most, label in AGES if (end - one.found_on).days <= most)] += 1
    return Figures(**numbers, ages=ages)


def grouped(cases: Iterable[Case], names: tuple[str, ...]) -> dict[Any, list[Case]]:
    """Cases by the values of some columns."""
    found: dict[Any, list[Case]] = {}
    for one in cases:
        found.setdefault(tuple(getattr(one, name) for name in names), []).append(one)
    return found


@pytest.mark.parametrize("period", PERIODS)
def test_figures_are_those_of_a_count_one_by_one(cases: list[Case], period: tuple[int, int]) -> None:
    start, end = day(period[0]), day(period[1])
    assert figures(Case.objects.all(), start, end) == counted(cases, start, end)
    some = [one for one in cases if one.family == "hazards.hazard"]
    assert figures(Case.objects.filter(family="hazards.hazard"), start, end) == counted(some, start, end)


@pytest.mark.parametrize("period", PERIODS)
def test_figures_of_groups_are_theirs_and_add_up(cases: list[Case], period: tuple[int, int]) -> None:
    start, end = day(period[0]), day(period[1])
    by_lead = figures_by(Case.objects.all(), "lead", start, end)
    wanted = {key: counted(some, start, end) for (key,), some in grouped(cases, ("lead_id",)).items()}
    nothing = total_of(())
    assert {key: one for key, one in by_lead.items() if one != nothing} == {
        key: one for key, one in wanted.items() if one != nothing
    }
    by_kind = figures_by_kind(Case.objects.all(), start, end)
    for key, some in grouped(cases, ("family", "kind")).items():
        assert by_kind.get(key, nothing) == counted(some, start, end)
    assert total_of(by_lead.values()) == total_of(by_kind.values()) == counted(cases, start, end)


def test_groups_with_nothing_in_the_period_are_told_with_zeros(cases: list[Case]) -> None:
    """As long as they have a case: a town where all is quiet is not a town that does not exist."""
    Case.objects.update(outcome=Outcome.RESOLVED, closed_on=day(0), found_on=day(0), reopened_on=None)
    leads, nothing = {one.lead_id for one in cases}, total_of(())
    later = (day(300), day(330))
    assert figures_by(Case.objects.all(), "lead", *later) == dict.fromkeys(leads, nothing)
    assert figures_by(Case.objects.all(), "lead", day(-30), day(-1)) == {}
    known = ["hazards.hazard.1", "nowhere.to_be_found"]
    assert figures_by_kind(Case.objects.all(), *later, kinds=known) == {
        ("hazards.hazard", "hazards.hazard.1"): nothing
    }

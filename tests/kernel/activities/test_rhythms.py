"""Rhythm over the records: what holds, cancels, voids or moves an activity moves the gaps; reminders come once."""

from __future__ import annotations

from datetime import date
from typing import Any

import pytest

from anlu.engine.rhythms import SpanState
from anlu.kernel.activities import reminders, services
from anlu.kernel.activities.models import Activity, Rhythm
from anlu.kernel.activities.reminders import remind
from anlu.kernel.activities.rhythms import RhythmProblem, add_rhythm, gap_table
from anlu.kernel.core.models.notices import Notice
from anlu.kernel.core.scope import SYSTEM, Width
from anlu.kernel.people.models import Unit
from tests.factories import make_officer, make_unit

pytestmark = pytest.mark.django_db
TODAY = date(2023, 7, 3)
CHANGE = "team.training.change"


@pytest.fixture(autouse=True)
def on_a_fixed_day(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("ANLU_TODAY", f"{TODAY}")


def monthly(**facts: Any) -> Rhythm:
    """Every squadron trains once a month."""
    values = {
        "code": "training",
        "kind": "team.training",
        "bearers": "unit.squadron",
        "every": "month",
        **facts,
    }
    return add_rhythm(values, by=SYSTEM)


def trained(unit: Unit, on: date, **facts: Any) -> Activity:
    """A training of this unit that was held."""
    values = {
        "kind": "team.training",
        "title": "练兵",
        "planned_on": on,
        "held_on": on,
        "state": "held",
        "unit": unit,
        **facts,
    }
    return services.add_activity(values, by=SYSTEM, permission="team.training.add")


def missing(rhythm: Rhythm) -> set[tuple[str, str]]:
    """Who misses which month of the first half of 2023."""
    table = gap_table(rhythm, date(2023, 1, 1), date(2023, 6, 30), today=TODAY)
    return {(bearer.name, owed.span.code) for bearer, owed in table.missing}


def test_gaps_are_the_months_without_a_held_activity() -> None:
    one, two = make_unit("甲中队"), make_unit("乙中队")
    rhythm = monthly()
    for month in (1, 2, 4, 5, 6):
        trained(one, date(2023, month, 15))
    for month in range(1, 7):
        trained(two, date(2023, month, 1))
    assert missing(rhythm) == {("甲中队", "2023-03")}


def test_moving_cancelling_or_voiding_an_activity_moves_the_gap() -> None:
    unit = make_unit("甲中队")
    rhythm = monthly()
    held = [trained(unit, date(2023, month, 15)) for month in range(1, 7)]
    assert missing(rhythm) == set()
    values = {"held_on": date(2023, 2, 20)}
    services.change_activity(held[2].uid, values, version=1, by=SYSTEM, permission=CHANGE)
    assert missing(rhythm) == {("甲中队", "2023-03")}
    services.void_activity(held[0].uid, why="重复", by=SYSTEM, permission="team.training.void")
    assert missing(rhythm) == {("甲中队", "2023-01"), ("甲中队", "2023-03")}
    services.restore_activity(held[0].uid, by=SYSTEM, permission="team.training.void")
    assert missing(rhythm) == {("甲中队", "2023-03")}


def test_an_activity_held_together_counts_for_each() -> None:
    one, two = make_unit("甲中队"), make_unit("乙中队")
    rhythm = monthly(every="half")
    keys = [f"unit.squadron:{one.uid}", f"unit.squadron:{two.uid}"]
    trained(one, date(2023, 3, 3), bearers=keys)
    assert missing(rhythm) == set()


def test_a_planned_activity_fills_no_gap() -> None:
    unit = make_unit("甲中队")
    rhythm = monthly(every="half")
    trained(unit, date(2023, 3, 3), state="planned", held_on=None)
    assert missing(rhythm) == {("甲中队", "2023H1")}


def test_the_table_leads_to_the_activity_behind_a_square() -> None:
    unit = make_unit("甲中队")
    rhythm = monthly(every="quarter")
    activity = trained(unit, date(2023, 3, 3))
    table = gap_table(rhythm, date(2023, 1, 1), date(2023, 6, 30), today=TODAY)
    assert table.activities == {(f"unit.squadron:{unit.uid}", "2023Q1"): activity.uid}
    states = [one.state for one in table.owed]
    assert states == [SpanState.DONE, SpanState.MISSING]


def test_a_rhythm_that_contradicts_itself_is_refused() -> None:
    with pytest.raises(RhythmProblem):
        monthly(valid_from=date(2023, 5, 1), valid_to=date(2023, 4, 1))
    with pytest.raises(RhythmProblem):
        monthly(months=[13])


# ------------------------------------------------------------------------------------------------ reminders


def test_a_reminder_goes_once_to_whoever_keeps_the_ledger_of_the_unit() -> None:
    unit, other = make_unit("甲中队"), make_unit("乙中队")
    monthly()
    clerk = make_officer(unit, "activities.rhythm.reminded", width=Width.OWN)
    stranger = make_officer(other, "activities.rhythm.reminded", width=Width.OWN)
    for month in range(1, 7):
        trained(other, date(2023, month, 15))
    told = remind(TODAY)
    mine = Notice.objects.filter(to=clerk.uid)
    assert told == mine.count()
    assert [one.title for one in mine.order_by("pk")][-1] == "甲中队 · 2023年6月 · 实战大练兵未开展(0/1)"
    assert not Notice.objects.filter(to=stranger.uid).exists()
    assert remind(TODAY) == 0


def test_what_was_told_stays_told_when_the_rest_fails(monkeypatch: pytest.MonkeyPatch) -> None:
    for name in ("甲中队", "乙中队"):
        make_officer(make_unit(name), "activities.rhythm.reminded", width=Width.OWN)
    monthly()
    tell, times = reminders.notify, iter(range(9))

    def once(*given: Any, **named: Any) -> int:
        if next(times):
            raise ConnectionError
        return tell(*given, **named)

    monkeypatch.setattr(reminders, "notify", once)
    with pytest.raises(ConnectionError):
        remind(TODAY)
    assert Notice.objects.count() == 1


def test_what_ends_soon_is_told_before_it_is_missed_and_again_when_it_was() -> None:
    unit = make_unit("甲中队")
    monthly(valid_from=date(2023, 6, 1))
    clerk = make_officer(unit, "activities.rhythm.reminded", width=Width.OWN)
    assert remind(date(2023, 6, 20)) == 0
    assert remind(date(2023, 6, 25)) == 1
    assert remind(date(2023, 6, 30)) == 0
    assert remind(date(2023, 7, 1)) == 1
    titles = list(Notice.objects.filter(to=clerk.uid).order_by("pk").values_list("title", flat=True))
    assert titles == [
        "甲中队 · 2023年6月 · 实战大练兵还未开展,06-30 截止",
        "甲中队 · 2023年6月 · 实战大练兵未开展(0/1)",
    ]


def test_what_was_held_is_not_told() -> None:
    unit = make_unit("甲中队")
    monthly(valid_from=date(2023, 6, 1))
    make_officer(unit, "activities.rhythm.reminded", width=Width.OWN)
    trained(unit, date(2023, 6, 3))
    assert remind(date(2023, 6, 29)) == 0
    assert remind(date(2023, 7, 1)) == 0

"""What is said about why somebody may see a record agrees with what they see."""

from __future__ import annotations

from typing import Any

import pytest

from anlu.apps.crashes.models import Crash
from anlu.kernel.core.scope import SYSTEM, Width
from anlu.kernel.people.explain import grounds_for, hidden_words
from anlu.kernel.people.models import Officer, OfficerKind, UnitKind
from anlu.kernel.people.services import grant_role
from tests.contracts.makers import MAKERS
from tests.factories import make_area, make_officer, make_role, make_unit

pytestmark = pytest.mark.django_db
VIEW = "crashes.crash.view"


def says_yes(officer: Officer, thing: Any) -> bool:
    return not hidden_words(thing) and any(one.because for one in grounds_for(officer, VIEW, thing))


def test_the_reasons_agree_with_what_is_seen_for_every_width_and_place() -> None:
    """Five widths, people of our unit, of one above, of another and of two towns, against four crashes."""
    towns = [make_area("东镇"), make_area("西镇")]
    brigade = make_unit("大队", UnitKind.BRIGADE)
    squadrons = [make_unit(parent=brigade, area=town) for town in towns]
    offices = [make_unit(kind=UnitKind.TOWN_OFFICE, area=town) for town in towns]
    crashes: list[Any] = [MAKERS["crashes.crash"](unit, town) for unit in squadrons for town in towns]
    compared = 0
    for unit in (brigade, *squadrons, *offices):
        for width in Width:
            officer = make_officer(unit)
            chosen = {"units": squadrons[1:], "areas": towns[:1]} if width == Width.CHOSEN else {}
            grant_role(officer, make_role(VIEW, width=width), by=SYSTEM, **chosen)
            Crash.objects.filter(pk=crashes[0].pk).update(created_by=officer.uid)
            seen = set(Crash.objects.visible_to(officer, VIEW).values_list("pk", flat=True))
            assert {one.pk for one in crashes if says_yes(officer, one)} == seen, (unit, width)
            compared += len(crashes)
    assert compared == 100


def test_each_ground_says_what_it_rests_on() -> None:
    town = make_area()
    unit = make_unit(area=town)
    crash: Any = MAKERS["crashes.crash"](unit, town)
    officer = make_officer(unit, VIEW, width=Width.OWN)
    grant_role(officer, make_role("people.unit.view"), by=SYSTEM)
    first, second = sorted(grounds_for(officer, VIEW, crash), key=lambda one: one.because, reverse=True)
    assert first.because == "记录的单位在范围内"
    assert (second.because, second.obstacle) == ("", "角色没有勾选这项权限")
    [mine, _] = sorted(grounds_for(officer, VIEW), key=lambda one: one.carries, reverse=True)
    assert (mine.carries, mine.because) == (True, "")


def test_a_power_of_sworn_officers_is_withheld_and_said_so() -> None:
    officer = make_officer(make_unit(), "core.export.approve", kind=OfficerKind.AUXILIARY)
    [ground] = grounds_for(officer, "core.export.approve")
    assert not ground.carries
    assert "只有民警" in ground.obstacle
    assert not officer.may("core.export.approve")


def test_a_voided_record_is_hidden_from_everybody() -> None:
    town = make_area()
    crash: Any = MAKERS["crashes.crash"](make_unit(area=town), town)
    Crash.objects.filter(pk=crash.pk).update(voided_at=crash.created_at)
    crash.refresh_from_db()
    assert "作废" in hidden_words(crash)
    assert not says_yes(make_officer(make_unit(), VIEW, width=Width.ALL), crash)

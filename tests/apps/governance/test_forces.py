"""Task forces: rights of members begin and end with their days; secondments; the sentences Q12, Q13."""

from __future__ import annotations

from datetime import date
from typing import Any

import pytest

from anlu.apps.governance.forces import forces, members, secondments
from anlu.apps.governance.ledgers.forces import MEMBERS
from anlu.apps.governance.models import ForceMember, TaskForce
from anlu.apps.governance.services import GovernanceProblem
from anlu.engine.periods import Period
from anlu.kernel.core.scope import SYSTEM
from anlu.kernel.indicators.define import indicators
from anlu.kernel.indicators.evaluate import value_of
from anlu.kernel.indicators.evidence import evidence
from anlu.kernel.indicators.window import Window
from anlu.kernel.people.access import access_of
from anlu.kernel.people.models import Officer, Role, Unit, UnitKind
from anlu.kernel.people.seeding import seed_roles
from anlu.kernel.people.services import end_grant
from anlu.kernel.places.models import Area
from tests.factories import make_area, make_officer, make_unit

pytestmark = pytest.mark.django_db
SEES = "hazards.hazard.view"
H1 = Window(Period.parse("2023H1"))


@pytest.fixture
def town(db: None) -> Area:
    seed_roles()
    return make_area("柳亭镇")


@pytest.fixture
def garden(town: Area) -> Officer:
    return make_officer(make_unit("园林", UnitKind.DEPARTMENT))


def a_force(town: Area, **more: Any) -> TaskForce:
    values = {
        "name": "视距专班",
        "task": "清理遮挡",
        "unit": make_unit("安委办", UnitKind.COMMITTEE),
        "leader": "副县长",
    }
    dates = {"valid_from": date(2023, 3, 1), "valid_to": date(2023, 6, 30)}
    return forces.add(values | {"area": town} | dates | more, by=SYSTEM)


def join(force: TaskForce, officer: Officer, **more: Any) -> ForceMember:
    values = {"force": force, "unit": officer.unit, "officer": officer, "valid_from": date(2023, 3, 10)}
    return members.add(values | more, by=SYSTEM)


def may_on(officer: Officer, day: date) -> bool:
    return access_of(officer, on=day).may(SEES)


def test_a_member_has_the_rights_on_the_days_of_the_membership_and_not_a_day_longer(
    town: Area, garden: Officer
) -> None:
    join(a_force(town), garden)
    days = [date(2023, 3, 9), date(2023, 3, 10), date(2023, 6, 30), date(2023, 7, 1)]
    assert [may_on(garden, day) for day in days] == [False, True, True, False]
    assert access_of(garden, on=days[1]).scope_for(SEES).areas == frozenset({town.pk})


def test_rights_follow_when_the_task_force_is_prolonged_ended_early_or_moved(
    town: Area, garden: Officer
) -> None:
    force = a_force(town)
    join(force, garden)
    elsewhere = make_area("云桥镇")
    longer = {"valid_to": date(2023, 9, 30), "area": elsewhere}
    force = forces.change(force.uid, longer, version=force.version, by=SYSTEM)
    assert may_on(garden, date(2023, 9, 30))
    assert access_of(garden, on=date(2023, 5, 1)).scope_for(SEES).areas == frozenset({elsewhere.pk})
    forces.change(force.uid, {"valid_to": date(2023, 4, 30)}, version=force.version, by=SYSTEM)
    assert not may_on(garden, date(2023, 5, 1))


def test_rights_end_today_for_a_member_who_is_struck_out(
    town: Area, garden: Officer, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("ANLU_TODAY", "2023-05-08")
    member = join(a_force(town), garden)
    members.void(member.uid, why="登记错误", by=SYSTEM)
    assert not may_on(garden, date(2023, 5, 8))
    members.restore(member.uid, by=SYSTEM)
    assert may_on(garden, date(2023, 5, 8))


def test_a_right_that_was_over_keeps_its_last_day_when_the_member_is_struck_out(
    town: Area, garden: Officer, monkeypatch: pytest.MonkeyPatch
) -> None:
    member = join(a_force(town), garden, valid_to=date(2023, 4, 10))
    monkeypatch.setenv("ANLU_TODAY", "2023-06-01")
    members.void(member.uid, why="登记错误", by=SYSTEM)
    assert may_on(garden, date(2023, 4, 10))
    assert not may_on(garden, date(2023, 4, 11))


def test_a_right_that_was_taken_back_does_not_return_with_a_change_of_the_task_force(
    town: Area, garden: Officer, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("ANLU_TODAY", "2023-05-08")
    force = a_force(town)
    member = join(force, garden)
    end_grant(garden.grants.get().pk, on=date(2023, 4, 30), by=SYSTEM)
    force = forces.change(force.uid, {"basis": "县政府通知"}, version=force.version, by=SYSTEM)
    forces.change(force.uid, {"valid_to": date(2023, 9, 30)}, version=force.version, by=SYSTEM)
    forces.void(force.uid, why="登记错误", by=SYSTEM)
    forces.restore(force.uid, by=SYSTEM)
    members.change(member.uid, {"duty": "修剪"}, version=member.version, by=SYSTEM)
    assert [may_on(garden, day) for day in (date(2023, 4, 30), date(2023, 5, 1))] == [True, False]


def test_an_account_is_a_member_once_on_any_day(town: Area, garden: Officer) -> None:
    force = a_force(town)
    first = join(force, garden, valid_to=date(2023, 4, 30))
    with pytest.raises(GovernanceProblem, match="日期不能重叠"):
        join(force, garden, valid_from=date(2023, 4, 30))
    members.void(first.uid, why="登记错误", by=SYSTEM)
    join(force, garden, valid_from=date(2023, 4, 30))
    with pytest.raises(GovernanceProblem, match="日期不能重叠"):
        members.restore(first.uid, by=SYSTEM)
    join(force, garden, valid_from=date(2023, 3, 10), valid_to=date(2023, 4, 29))


def test_a_member_with_an_account_is_of_its_unit_and_name_as_when_chosen(town: Area, garden: Officer) -> None:
    member = join(a_force(town), garden, unit=make_unit("柳亭中队"))
    then = (garden.unit, garden.name)
    assert (member.unit, member.name) == then
    garden.name, garden.unit = "改名", make_unit("交通局", UnitKind.DEPARTMENT)
    garden.save()
    member = members.change(member.uid, {"duty": "修剪"}, version=member.version, by=SYSTEM)
    assert (member.unit, member.name) == then


def test_who_serves_today_is_asked_for_the_day_of_the_question(
    town: Area, garden: Officer, monkeypatch: pytest.MonkeyPatch
) -> None:
    member = join(a_force(town), garden)
    serving = next(one for one in MEMBERS.filters if one.name == "now")
    for day, expected in (("2023-03-09", []), ("2023-03-10", [member]), ("2023-07-01", [])):
        monkeypatch.setenv("ANLU_TODAY", day)
        assert list(ForceMember.objects.filter(serving.q(True))) == expected


def test_an_administrator_cannot_be_a_member(town: Area, garden: Officer) -> None:
    garden.grants.create(role=Role.objects.get(code="system_administrator"))
    with pytest.raises(Exception, match="三员分立"):
        join(a_force(town), garden)
    assert not ForceMember.objects.exists()


def test_a_member_begins_within_the_task_force_and_has_a_name(town: Area, garden: Officer) -> None:
    force = a_force(town)
    with pytest.raises(GovernanceProblem, match="起日须在其间"):
        join(force, garden, valid_from=date(2023, 7, 1))
    with pytest.raises(GovernanceProblem, match="请选账号"):
        members.add({"force": force, "unit": garden.unit, "valid_from": date(2023, 3, 1)}, by=SYSTEM)


def test_the_sentences_hold_with_records_and_say_what_is_missing_without(town: Area, garden: Officer) -> None:
    formed, drawn = evidence.get("Q12").check, evidence.get("Q13").check
    assert formed(H1, SYSTEM).missing == ("专班：任务、组长、成员、起止",)
    force = a_force(town)
    join(force, garden)
    assert formed(H1, SYSTEM).missing == ("「视距专班」两个以上单位的成员",)
    squadron = make_unit("柳亭中队")
    join(force, make_officer(squadron))
    assert formed(H1, SYSTEM).holds
    seconded: tuple[tuple[Unit, int], ...] = ((squadron, 8), (garden.unit, 12))
    assert len(drawn(H1, SYSTEM).missing) == 3
    for unit, people in seconded:
        values = {"purpose": "joint", "work": "联合执法", "unit": unit, "head_count": people, "force": force}
        secondments.add(values | {"valid_from": date(2023, 4, 26)}, by=SYSTEM)
    found = drawn(H1, SYSTEM)
    assert found.holds
    assert found.words == "抽调警力 1 批 8 人次，部门镇街参加 12 人次，联合执法 1 次"


def test_a_task_force_works_on_its_last_day() -> None:
    a_force(make_area("甲镇"), valid_to=date(2023, 6, 30))
    working = indicators.get("governance.task_forces")
    for period, number in (("2023-01-01..2023-06-30", 1), ("2023-01-01..2023-07-01", 0)):
        assert value_of(working, Window(Period.parse(period)), SYSTEM).value == number, period

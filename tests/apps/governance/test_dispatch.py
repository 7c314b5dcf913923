"""The dispatch meeting: an agenda from the data, decisions that become cases once, minutes, weeks without a meeting."""

from __future__ import annotations

from datetime import date
from typing import Any

import pytest
from django.test import Client
from django.urls import reverse

from anlu.apps.governance.dispatch import agenda_of, since
from anlu.apps.governance.ledgers.committee import MEMBERS
from anlu.apps.governance.models import AgendaItem, Decision, Group, Member
from anlu.apps.governance.pages import weeks_of
from anlu.apps.governance.services import (
    GovernanceProblem,
    bodies,
    close_agenda,
    decide,
    draft_minutes,
    members,
)
from anlu.engine.periods import Period
from anlu.kernel.activities.models import Activity
from anlu.kernel.activities.seeding import seed_rhythms
from anlu.kernel.activities.services import add_activity, void_activity
from anlu.kernel.cases.models import Case
from anlu.kernel.cases.services import About, MoveRefused, move_case, open_case
from anlu.kernel.core.demo import on_day, step_of
from anlu.kernel.core.permissions import permissions
from anlu.kernel.core.scope import SYSTEM
from anlu.kernel.documents.seeding import seed_documents
from anlu.kernel.indicators.define import indicators
from anlu.kernel.indicators.evaluate import value_of
from anlu.kernel.indicators.evidence import evidence
from anlu.kernel.indicators.window import Window
from anlu.kernel.people.models import Officer, Unit, UnitKind
from anlu.kernel.people.seeding import seed_roles
from tests.factories import make_area, make_officer, make_unit, seed_dictionaries

pytestmark = pytest.mark.django_db
H1 = Window(Period.parse("2023H1"))


@pytest.fixture(autouse=True)
def on_a_fixed_day(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("ANLU_TODAY", "2023-07-03")
    seed_dictionaries()


@pytest.fixture
def office() -> Unit:
    return make_unit("安委办", UnitKind.COMMITTEE)


def held(office: Unit, day: str, kind: str = "governance.dispatch") -> Activity:
    on = date.fromisoformat(day)
    values = {
        "kind": kind,
        "title": f"会议{day}",
        "planned_on": on,
        "held_on": on,
        "state": "held",
        "unit": office,
    }
    return add_activity(values, by=SYSTEM, permission="governance.meeting.add")


def decision(office: Unit, lead: Unit, found: str, due: str = "2023-07-20", **facts: Any) -> Case:
    values = {"title": "补划标线", "unit": office, "lead": lead, "due_on": date.fromisoformat(due), **facts}
    with on_day(found):
        return open_case("governance.decision", values, by=SYSTEM)


# ------------------------------------------------------------------------------------------------ agenda
def test_closing_the_agenda_is_asked_before(office: Unit, client: Client) -> None:
    meeting = held(office, "2023-07-03")
    client.force_login(make_officer(office, *permissions.codes()))
    page = client.get(reverse("governance.dispatch.meeting", args=[meeting.uid])).content.decode()
    assert 'data-confirm-title="议程定稿" data-confirm-label="定稿"' in page


def test_the_agenda_is_what_is_new_overdue_and_returned_since_the_last_meeting(office: Unit) -> None:
    department = make_unit("公路中心", UnitKind.DEPARTMENT, parent=office)
    town = make_unit("柳亭镇安全办", UnitKind.TOWN_OFFICE, parent=office, area=make_area("柳亭镇"))
    held(office, "2023-06-21")
    before = decision(office, department, "2023-06-20")
    new = decision(office, town, "2023-06-22")
    overdue = decision(office, department, "2023-06-01", "2023-06-23")
    returned = decision(office, department, "2023-06-02")
    closed = decision(office, department, "2023-06-02", "2023-06-20")
    with on_day("2023-06-26"):
        move_case(closed.uid, "reply", by=SYSTEM, note="已办")
        move_case(closed.uid, "close", by=SYSTEM)
        move_case(returned.uid, "reply", by=SYSTEM, note="已办")
        move_case(returned.uid, "return", by=SYSTEM, note="未附照片")
    meeting = held(office, "2023-06-28")
    assert since(meeting) == date(2023, 6, 21)
    agenda = agenda_of(meeting, SYSTEM)
    assert {(one.group, one.case) for one in agenda.items} == {
        (Group.NEW, new),
        (Group.OVERDUE, overdue),
        (Group.RETURNED, returned),
    }
    assert before not in {one.case for one in agenda.items}
    assert [(one.label, one.counts) for one in agenda.by_town] == [
        ("柳亭镇", (1, 0, 0)),
        ("未定镇街", (0, 1, 1)),
    ]
    assert sum(one.total for one in agenda.by_lead) == len(agenda.items)


def test_a_closed_agenda_stays_as_it_was(office: Unit) -> None:
    case = decision(office, make_unit("公路中心", UnitKind.DEPARTMENT), "2023-06-01", "2023-06-23")
    meeting = held(office, "2023-06-28")
    close_agenda(meeting.uid, by=SYSTEM)
    move_case(case.uid, "reply", by=SYSTEM, note="已办")
    move_case(case.uid, "close", by=SYSTEM)
    decision(office, make_unit(), "2023-06-27")
    again = close_agenda(meeting.uid, by=SYSTEM)
    assert again.frozen
    assert [(one.group, one.case) for one in again.items] == [(Group.OVERDUE, case)]
    assert AgendaItem.objects.count() == 1


def test_an_agenda_without_items_is_closed_too(office: Unit) -> None:
    meeting = held(office, "2023-06-28")
    assert close_agenda(meeting.uid, by=SYSTEM).frozen
    decision(office, make_unit("公路中心", UnitKind.DEPARTMENT), "2023-06-27")
    agenda = agenda_of(meeting, SYSTEM)
    assert (agenda.frozen, agenda.items) == (True, ())


def test_an_agenda_is_not_closed_before_the_day_of_the_meeting(
    office: Unit, monkeypatch: pytest.MonkeyPatch
) -> None:
    planned = {"kind": "governance.dispatch", "title": "下周", "planned_on": date(2023, 7, 5), "unit": office}
    meeting = add_activity(planned, by=SYSTEM, permission="governance.meeting.add")
    with pytest.raises(GovernanceProblem, match="2023-07-05 才开会"):
        close_agenda(meeting.uid, by=SYSTEM)
    late = decision(office, make_unit("公路中心", UnitKind.DEPARTMENT), "2023-07-03")
    monkeypatch.setenv("ANLU_TODAY", "2023-07-05")
    assert [one.case for one in close_agenda(meeting.uid, by=SYSTEM).items] == [late]


# ------------------------------------------------------------------------------------------------ decisions
def test_one_click_twice_is_one_decision_with_owner_and_day(office: Unit) -> None:
    lead = make_unit("公路中心", UnitKind.DEPARTMENT)
    matter = decision(office, lead, "2023-06-22")
    meeting = held(office, "2023-06-28")
    first = decide(meeting.uid, str(matter.uid), {}, by=SYSTEM, matter=matter.uid)
    second = decide(meeting.uid, str(matter.uid), {}, by=SYSTEM, matter=matter.uid)
    assert first == second
    assert Decision.objects.count() == 1
    assert (first.lead, first.about_uid, first.found_on) == (lead, meeting.uid, date(2023, 6, 28))
    assert first.due_on == date(2023, 7, 7)  # seven working days by the calendar of 2023


def test_a_decision_names_who_does_what(office: Unit) -> None:
    meeting = held(office, "2023-06-28")
    with pytest.raises(GovernanceProblem, match="责任单位"):
        decide(meeting.uid, "a", {"title": "补划标线"}, by=SYSTEM)
    with pytest.raises(GovernanceProblem, match="议定事项"):
        decide(meeting.uid, "a", {"lead": make_unit()}, by=SYSTEM)
    assert not Case.objects.exists()


def test_minutes_come_from_the_records_and_are_drafted_once(office: Unit) -> None:
    seed_documents()
    meeting = held(office, "2023-06-28")
    with pytest.raises(GovernanceProblem, match="没有议定事项"):
        draft_minutes(meeting.uid, by=SYSTEM)
    lead = make_unit("公路中心", UnitKind.DEPARTMENT)
    decide(meeting.uid, "a", {"title": "补划标线", "lead": lead, "due_on": date(2023, 7, 20)}, by=SYSTEM)
    document = draft_minutes(meeting.uid, by=SYSTEM)
    assert document.facts["matters"] == [{"matter": "补划标线", "owner": "公路中心", "due": "2023年7月20日"}]
    assert document.figures["matter_count"]["value"] == 1
    assert draft_minutes(meeting.uid, by=SYSTEM) == document


# ------------------------------------------------------------------------------------------------ weeks
def test_weeks_without_a_meeting_are_listed_from_the_first_one_on(office: Unit) -> None:
    there = [held(office, day) for day in ("2023-03-01", "2023-03-08", "2023-03-22")]
    lines = weeks_of(there, Period.parse("2023-01-01..2023-03-24"))
    states = {one["label"]: one["state"] for one in lines}
    assert states == {"第9周": "held", "第10周": "held", "第11周": "missing", "第12周": "held"}


# ------------------------------------------------------------------------------------------------ tasks and members
def test_a_task_is_answered_only_when_its_parts_are_done(office: Unit) -> None:
    details = {"issuer": "支队", "document_number": "澜公交〔2023〕1号"}
    task = open_case("governance.superior", {"title": "排查", "unit": office}, details=details, by=SYSTEM)
    lead = make_unit()
    move_case(task.uid, "take", by=SYSTEM, values={"lead": lead})
    about = About("governance.task", task.uid)
    part = open_case(
        "governance.part", {"title": "摸底", "lead": lead, "unit": office}, by=SYSTEM, about=about
    )
    with pytest.raises(MoveRefused, match="1 项分解任务"):
        move_case(task.uid, "reply", by=SYSTEM)
    move_case(part.uid, "reply", by=SYSTEM, note="已办")
    move_case(part.uid, "close", by=SYSTEM)
    with pytest.raises(MoveRefused, match="文件"):
        move_case(task.uid, "reply", by=SYSTEM)


def test_a_unit_is_a_member_once_at_a_time(office: Unit) -> None:
    body = members.model._meta.get_field("body").related_model.objects.create(
        name="交安委", valid_from=date(2021, 3, 1)
    )
    unit = make_unit("园林中心", UnitKind.DEPARTMENT)
    begun = {"body": body, "unit": unit, "valid_from": date(2021, 3, 1)}
    members.add(begun | {"valid_to": date(2023, 1, 31)}, by=SYSTEM)
    with pytest.raises(GovernanceProblem, match="重叠"):
        members.add(begun | {"valid_from": date(2023, 1, 31)}, by=SYSTEM)
    members.add(begun | {"valid_from": date(2023, 2, 1)}, by=SYSTEM)


def test_who_is_a_member_now_goes_by_the_day_on_which_one_looks(
    office: Unit, monkeypatch: pytest.MonkeyPatch
) -> None:
    body = bodies.add({"name": "交安委", "valid_from": date(2021, 3, 1)}, by=SYSTEM)
    spans = {
        "以前": ("2021-03-01", "2023-06-30"),
        "到七月": ("2021-03-01", "2023-07-05"),
        "八月起": ("2023-08-01", None),
    }
    for name, (begun, ended) in spans.items():
        unit = make_unit(name, UnitKind.DEPARTMENT)
        days = {"valid_from": date.fromisoformat(begun), "valid_to": ended and date.fromisoformat(ended)}
        members.add({"body": body, "unit": unit} | days, by=SYSTEM)
    now = next(one for one in MEMBERS.filters if one.name == "now")
    seen = {}
    for day in ("2023-07-03", "2023-07-06", "2023-08-01"):
        monkeypatch.setenv("ANLU_TODAY", day)
        seen[day] = set(Member.objects.filter(now.q(True)).values_list("unit__name", flat=True))
    assert seen == {"2023-07-03": {"到七月"}, "2023-07-06": set(), "2023-08-01": {"八月起"}}


def test_the_name_follows_the_account_that_is_chosen(office: Unit) -> None:
    body = bodies.add({"name": "交安委", "valid_from": date(2021, 3, 1)}, by=SYSTEM)
    first, second = make_officer(office), make_officer(office)
    one = members.add(
        {"body": body, "unit": office, "liaison": first, "valid_from": date(2021, 3, 1)}, by=SYSTEM
    )
    assert one.liaison_name == first.name
    same = {"liaison": second, "liaison_name": first.name}  # as a form gives both back
    one = members.change(one.uid, same, version=one.version, by=SYSTEM)
    assert one.liaison_name == second.name
    Officer.objects.filter(pk=second.pk).update(name="改过名")
    one = members.change(one.uid, {"duty": "联络"}, version=one.version, by=SYSTEM)
    assert one.liaison_name == second.name  # as it was when it was chosen


# ------------------------------------------------------------------------------------------------ the county
def test_the_county_met_every_week_from_march_and_a_week_taken_away_shows() -> None:
    seed_roles()
    seed_documents()
    seed_rhythms()
    steps = ("committee", "meetings", "decisions", "tasks")
    for step in ("places.areas", "people.units", "people.accounts", *(f"governance.{one}" for one in steps)):
        step_of(step).make()
    weekly = indicators.get("governance.dispatch_weeks")
    value = value_of(weekly, H1, SYSTEM)
    assert (value.value, value.numerator, value.denominator) == (1, 18, 18)
    for code in ("Q02", "Q07", "Q09"):
        found = evidence.get(code).check(H1, SYSTEM)
        assert found.holds, (code, found.words, found.missing)
    one = Activity.objects.get(kind="governance.dispatch", held_on=date(2023, 5, 10))
    void_activity(one.uid, why="重复登记", by=SYSTEM, permission="governance.meeting.void")
    value = value_of(weekly, H1, SYSTEM)
    assert (value.numerator, value.denominator) == (17, 18)
    first = Activity.objects.get(kind="governance.dispatch", held_on=date(2023, 3, 1))
    void_activity(first.uid, why="重复登记", by=SYSTEM, permission="governance.meeting.void")
    value = value_of(weekly, H1, SYSTEM)
    assert (value.numerator, value.denominator) == (
        16,
        18,
    )  # due since March, whoever held the first one when
    for meeting in Activity.objects.filter(kind="governance.government")[:2]:
        void_activity(meeting.uid, why="重复登记", by=SYSTEM, permission="governance.meeting.void")
    assert not evidence.get("Q09").check(H1, SYSTEM).holds

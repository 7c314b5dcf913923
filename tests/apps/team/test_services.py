"""Links of a discussion, names beside accounts, and the numbers of the problem lists with their rows."""

from __future__ import annotations

from datetime import date
from typing import Any

import pytest
from django.test import Client
from django.urls import reverse

from anlu.apps.publicity import services as publicity
from anlu.apps.team import services as team
from anlu.apps.team.models import Discussion
from anlu.kernel.activities.models import Activity
from anlu.kernel.activities.services import add_activity
from anlu.kernel.cases.models import Case
from anlu.kernel.cases.services import About, move_case, open_case
from anlu.kernel.core.permissions import permissions
from anlu.kernel.core.scope import SYSTEM, Width
from anlu.kernel.people.models import Unit
from tests.factories import make_officer, make_unit, seed_dictionaries

pytestmark = pytest.mark.django_db


@pytest.fixture(autouse=True)
def on_a_fixed_day(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("ANLU_TODAY", "2023-07-03")
    seed_dictionaries()


def session(unit: Unit, day: str) -> Activity:
    """A meeting of a discussion that was held."""
    on = date.fromisoformat(day)
    values = {"kind": "team.discussion_meeting", "title": f"讨论{day}", "unit": unit, "state": "held"}
    return add_activity(values | {"planned_on": on, "held_on": on}, by=SYSTEM, permission="team.study.add")


def discussion(unit: Unit, **facts: Any) -> Discussion:
    """One that began in May."""
    values = {"title": "大讨论", "unit": unit, "started_on": date(2023, 5, 1)}
    return team.discussions.add(values | facts, by=SYSTEM)


def test_links_to_what_somebody_does_not_see_or_was_not_offered_stay() -> None:
    ours, theirs = make_unit(), make_unit()
    one = discussion(ours)
    first, second, hidden, early = (
        session(ours, "2023-05-10"),
        session(ours, "2023-05-17"),
        session(theirs, "2023-05-24"),
        session(ours, "2023-04-10"),
    )
    team.link_activities(one.uid, [first, hidden, early], by=SYSTEM)
    clerk = make_officer(ours, "team.discussion.view", "team.discussion.change", "team.study.view",
                         "activities.activity.view", width=Width.OWN)  # fmt: skip
    team.link_activities(one.uid, [second, hidden], offered=[first, second], by=clerk)
    linked = set(one.links.values_list("activity", flat=True))
    assert linked == {second.pk, hidden.pk, early.pk}
    team.link_activities(one.uid, [second], by=clerk)
    assert set(one.links.values_list("activity", flat=True)) == {second.pk, hidden.pk}


def test_a_name_follows_the_account_that_is_chosen_and_stays_when_that_is_renamed() -> None:
    unit = make_unit()
    old, new = make_officer(unit), make_officer(unit)
    begun = {"started_on": date(2023, 1, 1)}
    series = publicity.series.add({"name": "大讨论", "channel": "wechat", **begun}, by=SYSTEM)
    column = publicity.columns.add({"series": series, "name": "青年说", **begun}, by=SYSTEM)
    piece = publicity.pieces.add(
        {"column": column, "title": "题", "published_on": date(2023, 6, 1), "officer": old}, by=SYSTEM
    )
    body = team.bodies.add(
        {"code": "A", "name": "党总支", "kind": "committee", "unit": unit, "valid_from": date(2020, 1, 1)},
        by=SYSTEM,
    )
    office = team.offices.add(
        {"body": body, "office": "secretary", "officer": old, "valid_from": date(2023, 1, 1)}, by=SYSTEM
    )
    writing = team.writings.add({"kind": "note", "officer": old, "handed_in_on": date(2023, 6, 1)}, by=SYSTEM)
    for services, thing, name in (
        (publicity.pieces, piece, "author"),
        (team.offices, office, "name"),
        (team.writings, writing, "author"),
    ):
        assert getattr(thing, name) == old.name
        stated = {"officer": new, name: old.name}  # as the form gives both back
        changed = services.change(thing.uid, stated, version=thing.version, by=SYSTEM)
        assert getattr(changed, name) == new.name
        type(new).objects.filter(pk=new.pk).update(name="改过名")
        again = services.change(thing.uid, {"officer": new}, version=changed.version, by=SYSTEM)
        assert getattr(again, name) == new.name


# ------------------------------------------------------------------------------------------------ problem lists
def problem(unit: Unit, found: str, about: Discussion | None, source: str, fate: str) -> Case:
    """One that was found and came so far."""
    values = {"title": "问题", "unit": unit, "lead": unit, "due_on": date.fromisoformat(found)}
    values["found_on"] = date.fromisoformat(found)
    belongs = About("team.discussion", about.uid) if about else None
    case = open_case("team.problem", values, details={"source": source}, by=SYSTEM, about=belongs)
    if fate == "closed":
        move_case(case.uid, "fix", by=SYSTEM, note="已改")
        move_case(case.uid, "close", by=SYSTEM)
    elif fate == "withdrawn":
        move_case(case.uid, "withdraw", by=SYSTEM, note="重复")
    return case


@pytest.fixture
def lists() -> list[Unit]:
    """Two units, two discussions, three sources, in every state."""
    units = [make_unit("甲中队"), make_unit("乙中队")]
    talks = [discussion(units[0]), discussion(units[0], title="别的讨论"), None]
    fates = ("open", "closed", "withdrawn", "open", "closed")
    for n, (about, source) in enumerate(
        [(talks[0], "self"), (talks[0], "mutual"), (talks[1], "self"), (None, "superior")]
    ):
        for m, fate in enumerate(fates):
            problem(units[(n + m) % 2], f"2023-06-{1 + n + m:02}", about, source, fate)
    return units


def test_every_number_of_the_problem_lists_opens_exactly_its_rows(lists: list[Unit], client: Client) -> None:
    client.force_login(make_officer(lists[0], *permissions.codes()))
    context = client.get(reverse("team.problem_lists")).context
    lines = [*context["by_discussion"], *context["by_source"], *context["by_unit"], context["total"]]
    assert len(lines) == 2 + 3 + 2 + 1
    opened = 0
    for one in lines:
        for number, url in one["cells"]:
            if url:
                assert client.get(url).context["total"].number == number, (one["label"], url)
                opened += 1
            else:
                assert number == 0
    assert opened > 20
    assert [number for number, _ in context["total"]["cells"]] == [16, 8, 8, 8]


def test_the_problem_lists_ask_the_database_no_more_for_more_discussions(
    lists: list[Unit], client: Client, django_assert_max_num_queries: Any
) -> None:
    client.force_login(make_officer(lists[0], *permissions.codes()))
    address = reverse("team.problem_lists")
    client.get(address)
    with django_assert_max_num_queries(10_000) as before:
        client.get(address)
    for n in range(6):
        unit = make_unit(f"新{n}")
        problem(unit, "2023-06-20", discussion(unit, title=f"新讨论{n}"), "self", "open")
    with django_assert_max_num_queries(len(before)):
        client.get(address)

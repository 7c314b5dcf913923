"""Suggestions and complaints are between who makes them and who answers: a wide role alone opens none."""

from __future__ import annotations

from dataclasses import replace
from typing import Any
from uuid import uuid4

import pytest

from anlu.apps.suggestions.kinds import FAMILY
from anlu.kernel.cases.history import people_of_parts
from anlu.kernel.cases.models import Case, CaseWatcher, Part
from anlu.kernel.cases.searching import hits
from anlu.kernel.cases.services import assign_case, case_for, open_case
from anlu.kernel.core.errors import NotFound
from anlu.kernel.core.scope import SYSTEM, Scope, Width
from anlu.kernel.people.explain import grounds_for
from anlu.kernel.people.models import Officer
from anlu.kernel.people.seeding import default_roles, matching
from tests.factories import make_officer, make_unit

pytestmark = pytest.mark.django_db
ANSWERING = {"chief", "commissar", "deputy", "office_clerk"}  # the office handles them, its leaders decide
VIEW, ADD, HANDLE = (FAMILY.permission_to(verb) for verb in ("view", "add", "handle"))


def complaint(by: Any) -> Case:
    """Somebody complains."""
    details = {"about": "conduct"}
    return open_case("suggestions.complaint", {"title": "劝导站要求打卡"}, details=details, by=by)


def seen_by(viewer: Officer) -> set[str]:
    """Numbers of what somebody finds, in lists and by search alike."""
    rows = Case.objects.visible_to(viewer)
    found = set(rows.values_list("number", flat=True))
    assert found == set(Case.objects.visible_to(viewer, VIEW).values_list("number", flat=True))
    shown = hits(viewer, list(Case.objects.values_list("uid", flat=True)))
    assert found == {hit.title.split()[0] for hit in shown}
    return found


def test_of_all_roles_only_those_who_answer_see_the_complaints_of_others() -> None:
    unit = make_unit()
    reporter = make_officer(unit, VIEW, ADD, width=Width.OWN)
    number = complaint(reporter).number
    assert seen_by(reporter) == {number}
    everybody = {}
    for row in default_roles():
        codes = matching(row["permissions"])
        if VIEW in codes:
            everybody[row["code"]] = seen_by(make_officer(unit, *codes, width=Width(row["width"])))
    assert len(everybody) > 25
    assert {code for code, found in everybody.items() if found} == ANSWERING


def test_whoever_is_named_in_one_sees_that_one() -> None:
    unit = make_unit()
    wide = make_officer(unit, VIEW, ADD, FAMILY.permission_to("export"))
    handled, watched, other = complaint(SYSTEM), complaint(SYSTEM), complaint(SYSTEM)
    assert seen_by(wide) == set()
    assign_case(handled.uid, {"handler": wide}, by=SYSTEM)
    CaseWatcher.objects.create(case=watched, person=wide.uid)
    assert seen_by(wide) == {handled.number, watched.number}
    exported = Case.objects.visible_to(wide, FAMILY.permission_to("export"))
    assert {one.number for one in exported} == {handled.number, watched.number}
    with pytest.raises(NotFound):
        case_for(wide, other.uid)
    assert [bool(ground.because) for one in (handled, other) for ground in grounds_for(wide, VIEW, one)] == [
        True,
        False,
    ]


def test_people_of_a_unit_hear_of_one_only_if_they_work_on_such_cases() -> None:
    unit = make_unit()
    worker = make_officer(unit, VIEW, FAMILY.permission_to("reply"), width=Width.OWN)
    make_officer(unit, VIEW, ADD)
    make_officer(unit, HANDLE)  # works on them, but may not look
    case = assign_case(complaint(SYSTEM).uid, {"lead": unit}, by=SYSTEM)
    assert people_of_parts(case, Part.LEAD) == {worker.uid}
    assert seen_by(worker) == {case.number}


def test_what_two_scopes_have_in_common() -> None:
    person, stranger = uuid4(), uuid4()
    one = Scope(units=frozenset({1, 2}), areas=frozenset({5}), person=person)
    other = Scope(units=frozenset({2, 3}), areas=frozenset({6}), person=person)
    assert one & other == other & one == Scope(units=frozenset({2}), person=person)
    for another in (replace(other, person=stranger), replace(other, person=None)):
        assert (one & another).person is None
    assert one & Scope(everything=True) == Scope(everything=True) & one == one
    assert (one & Scope()).nothing

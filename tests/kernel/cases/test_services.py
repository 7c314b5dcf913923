"""Cases through their services: who may do what, what is refused in words, and what is written down."""

from __future__ import annotations

from datetime import date
from typing import Any

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from anlu.kernel.cases.history import moves_of, replayed
from anlu.kernel.cases.kinds import FactProblem, kinds
from anlu.kernel.cases.models import (
    Case,
    CaseEvent,
    CaseFact,
    CaseFile,
    CaseUnit,
    CaseWatcher,
    FileKind,
    Part,
)
from anlu.kernel.cases.services import (
    MoveRefused,
    assign_case,
    case_for,
    change_case,
    give_part,
    move_case,
    moves_for,
    open_case,
)
from anlu.kernel.core.errors import NotAllowed, NotFound
from anlu.kernel.core.models import AuditEntry, Notice, SearchEntry
from anlu.kernel.core.scope import Viewer, Width
from anlu.kernel.core.search import matching
from anlu.kernel.core.store import keep
from anlu.kernel.people.models import Officer, UnitKind
from tests.factories import make_area, make_officer, make_unit
from tests.kernel.cases.conftest import Stage, allowed

DAY = date(2023, 6, 20)  # a Tuesday; 22 and 23 June were holidays, Sunday the 25th was worked


@pytest.fixture(autouse=True)
def on_the_day(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("ANLU_TODAY", DAY.isoformat())


def found(stage: Stage, by: Viewer | None = None, **values: Any) -> Case:
    """A case that the squadron found."""
    stated = {"title": "行道树遮挡", "town": stage.town, **values}
    return open_case("test.sight", stated, details={"what": "行道树", "sight_m": "62"}, by=by or stage.finder)


def photo(case: Case, by: Viewer, kind: FileKind = FileKind.AFTER) -> CaseFile:
    """A file of a case, without looking at its content."""
    upload = keep(b"picture", name="a.jpg", purpose="case", by=by)
    return CaseFile.objects.create(case=case, kind=kind, upload=upload, media_type="image/jpeg")


def sent(stage: Stage) -> Case:
    return move_case(found(stage).uid, "send", by=stage.finder, values={"lead": stage.garden})


def fixed(stage: Stage) -> Case:
    case = sent(stage)
    photo(case, stage.liaison)
    return move_case(case.uid, "fix", by=stage.liaison)


def test_a_case_gets_the_next_number_and_the_unit_that_answers_for_the_town(stage: Stage) -> None:
    first, second = found(stage), found(stage)
    assert (first.number, second.number) == ("SJ-2023-00001", "SJ-2023-00002")
    assert first.unit == stage.squadron


def test_deadlines_leave_out_holidays_and_count_make_up_days(stage: Stage) -> None:
    assert found(stage).due_on == date(2023, 6, 25)
    assert sent(stage).due_on == date(2023, 6, 30)


def test_facts_are_read_and_those_to_filter_by_are_kept_in_rows(stage: Stage) -> None:
    case = found(stage)
    assert case.details == {"what": "行道树", "sight_m": 62.0}
    rows = {row.code: (row.text, row.number) for row in CaseFact.objects.filter(case=case)}
    assert rows == {"test.hazard.what": ("行道树", None), "test.hazard.sight_m": ("", 62.0)}
    with pytest.raises(FactProblem, match="遮挡物须填写"):
        open_case("test.sight", {"title": "x"}, details={}, by=stage.finder)
    with pytest.raises(FactProblem, match="实测视距：「远」不是数"):
        open_case("test.sight", {"title": "x"}, details={"what": "树", "sight_m": "远"}, by=stage.finder)


def test_the_way_to_closure_takes_the_right_people_and_their_evidence(stage: Stage) -> None:
    case = found(stage)
    with pytest.raises(MoveRefused, match="现在是「待核实」，不能「整改完成」"):
        move_case(case.uid, "fix", by=stage.finder)
    with pytest.raises(MoveRefused, match="「交办」须选定牵头单位"):
        move_case(case.uid, "send", by=stage.finder)
    case = move_case(case.uid, "send", by=stage.finder, values={"lead": stage.garden})
    with pytest.raises(MoveRefused, match="「整改完成」由牵头单位办理"):
        move_case(case.uid, "fix", by=stage.finder)
    with pytest.raises(MoveRefused, match="「整改完成」还缺整改后照片"):
        move_case(case.uid, "fix", by=stage.liaison)
    photo(case, stage.liaison)
    case = move_case(case.uid, "fix", by=stage.liaison)
    case = move_case(case.uid, "close", by=stage.finder, note="已修剪")
    assert (case.state, case.closed_on, case.on_time, case.outcome) == ("closed", DAY, True, "resolved")
    assert moves_of(case) == ["send", "fix", "close"]
    assert replayed(case) == case.state


def test_a_returned_case_needs_new_pictures_and_gets_a_new_deadline(stage: Stage) -> None:
    case = fixed(stage)
    with pytest.raises(MoveRefused, match="还缺说明"):
        move_case(case.uid, "return", by=stage.finder)
    case = move_case(case.uid, "return", by=stage.finder, note="西侧未动")
    assert (case.returns, case.due_on) == (1, date(2023, 6, 26))
    case = move_case(case.uid, "send", by=stage.finder)
    with pytest.raises(MoveRefused, match="还缺整改后照片"):
        move_case(case.uid, "fix", by=stage.liaison)


def test_a_rebound_keeps_its_number_and_is_counted(stage: Stage) -> None:
    case = move_case(fixed(stage).uid, "close", by=stage.finder, note="已修剪")
    number = case.number
    case = move_case(case.uid, "rebound", by=stage.chief, note="又长出来了")
    assert (case.number, case.state, case.rebounds, case.closed_on) == (number, "reopened", 1, None)
    assert case.due_on == date(2023, 6, 26)


def test_auxiliaries_do_not_make_moves_of_sworn_officers(stage: Stage) -> None:
    case = fixed(stage)
    with pytest.raises(MoveRefused, match="「销号」须由民警办理"):
        move_case(case.uid, "close", by=stage.auxiliary, note="好了")
    assert "close" not in [move.code for move, _ in moves_for(case, stage.auxiliary)]
    assert "close" in [move.code for move, _ in moves_for(case, stage.finder)]


def test_who_may_not_see_a_case_does_not_find_it_and_who_takes_part_does(stage: Stage) -> None:
    case = found(stage)
    for person in (stage.stranger, stage.liaison):
        with pytest.raises(NotFound):
            case_for(person, case.uid)
        with pytest.raises(NotFound):
            move_case(case.uid, "send", by=person)
    move_case(case.uid, "send", by=stage.finder, values={"lead": stage.garden})
    assert case_for(stage.liaison, case.uid) == case
    assert list(Case.objects.visible_to(stage.liaison, "test.hazard.view")) == [case]
    assert not Case.objects.visible_to(stage.stranger).exists()


def test_every_way_of_having_to_do_with_a_case_shows_it_and_none_that_is_over(stage: Stage) -> None:
    """Looked at through the list of all cases, beside one that nobody of them has to do with."""
    found(stage)
    case = sent(stage)
    read = allowed("view", "reply")
    offices = {part: make_unit(f"{part}单位", UnitKind.DEPARTMENT) for part in ("next", "helper", "merged")}
    people = {part: make_officer(unit, *read, width=Width.OWN) for part, unit in offices.items()}
    people |= {part: make_officer(None, *read, width=Width.MINE) for part in ("handler", "watcher", "nobody")}
    town_hall = make_unit("镇政府", UnitKind.TOWN_OFFICE, area=make_area("别的镇"))
    people["area"] = make_officer(town_hall, *read, width=Width.OWN)
    assert sees(people, case) == set()
    give_part(case, offices["merged"], Part.MERGED)
    given = {"lead": offices["next"], "helpers": [offices["helper"], town_hall], "handler": people["handler"]}
    assign_case(case.uid, given, by=stage.chief)
    CaseWatcher.objects.create(case=case, person=people["watcher"].uid)
    assert sees(people | {"liaison": stage.liaison}, case) == {*people} - {"nobody"}
    assign_case(case.uid, {"lead": stage.garden, "helpers": []}, by=stage.chief)
    assert sees(people | {"liaison": stage.liaison}, case) == {"merged", "handler", "watcher", "liaison"}


def sees(people: dict[str, Officer], case: Case) -> set[str]:
    """Those of the people who see just this one case."""
    shown = {name: list(Case.objects.visible_to(one)) for name, one in people.items()}
    assert all(rows in ([], [case]) for rows in shown.values())
    return {name for name, rows in shown.items() if rows}


def test_the_unit_that_leads_stands_in_the_case_and_among_those_who_take_part(stage: Stage) -> None:
    """Who may see a case is asked of the case alone where it is the lead."""
    case = fixed(stage)
    other = make_unit("公路中心", UnitKind.DEPARTMENT)
    for lead in (other, stage.garden, other):
        assign_case(case.uid, {"lead": lead}, by=stage.chief)
        leading = CaseUnit.objects.filter(case=case, part=Part.LEAD)
        assert [one.unit for one in leading] == [Case.objects.get(pk=case.pk).lead] == [lead]


def test_whoever_reported_a_case_sees_it_wherever_it_lies(stage: Stage) -> None:
    case = found(stage, by=stage.stranger)
    assert case.unit == stage.squadron
    assert case_for(stage.stranger, case.uid) == case
    with pytest.raises(MoveRefused, match="由辖区中队办理"):
        move_case(case.uid, "send", by=stage.stranger, values={"lead": stage.garden})


def test_the_lead_is_told_once_and_whoever_acted_is_not(stage: Stage) -> None:
    case = sent(stage)
    told = Notice.objects.filter(to=stage.liaison.uid)
    assert [one.title for one in told] == [f"{case.number} 交由贵单位牵头办理：行道树遮挡"]
    assert told[0].url == f"/test-hazards/{case.uid}/"
    assert not Notice.objects.filter(to=stage.finder.uid).exists()


def test_every_write_leaves_history_and_audit(stage: Stage) -> None:
    case = sent(stage)
    assert [event.label for event in CaseEvent.objects.filter(case=case).order_by("pk")] == ["登记", "交办"]
    actions = AuditEntry.objects.filter(thing_uid=case.uid).order_by("pk").values_list("action", flat=True)
    assert list(actions) == ["add", "move"]


def test_a_move_leaves_the_search_alone_unless_the_case_is_found_by_other_words(
    stage: Stage, monkeypatch: pytest.MonkeyPatch
) -> None:
    case = found(stage)
    entry = SearchEntry.objects.get(uid=case.uid)
    case = move_case(case.uid, "send", by=stage.finder, values={"lead": stage.garden})
    photo(case, stage.liaison)
    with CaptureQueriesContext(connection) as asked:
        move_case(case.uid, "fix", by=stage.liaison)
    assert len(asked) <= 22  # all other writers of SQLite wait for these
    assert SearchEntry.objects.get(uid=case.uid).pk == entry.pk

    def renamed(case: Case, move: str, by: Viewer) -> None:
        Case.objects.filter(pk=case.pk).update(title="雨棚遮挡")
        case.title = "雨棚遮挡"

    monkeypatch.setitem(vars(kinds.get(case.kind)), "follow", renamed)
    move_case(case.uid, "return", by=stage.finder, note="仍有遮挡")
    assert SearchEntry.objects.get(uid=case.uid).pk != entry.pk
    assert Case.objects.filter(matching("cases.case", "雨棚")).get() == case


def test_somebody_who_was_quicker_is_not_overwritten(stage: Stage) -> None:
    case = found(stage)
    assign_case(case.uid, {"lead": stage.garden}, by=stage.finder)
    with pytest.raises(MoveRefused, match="刚被他人办理过"):
        move_case(case.uid, "send", by=stage.finder, version=case.version)


def test_only_those_who_handle_assign(stage: Stage) -> None:
    case = sent(stage)
    with pytest.raises(NotAllowed):
        assign_case(case.uid, {"lead": stage.squadron}, by=stage.liaison)


def test_correcting_facts_keeps_the_unit_of_the_day(stage: Stage) -> None:
    case = found(stage)
    changed = change_case(
        case.uid, {"title": "绿篱遮挡"}, details={"what": "绿篱"}, version=case.version, by=stage.finder
    )
    assert (changed.title, changed.details["what"], changed.unit) == ("绿篱遮挡", "绿篱", stage.squadron)
    assert CaseFact.objects.get(case=case, code="test.hazard.what").text == "绿篱"

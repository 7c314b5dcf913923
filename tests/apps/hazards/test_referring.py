"""抄告, the rung of the ladder that only hazards have: drafted where the brigade may refer, and held up by nobody."""

from __future__ import annotations

from datetime import date, timedelta

import pytest

from anlu.apps.hazards.drafting import DRAFTS, draft_for
from anlu.apps.hazards.seeding import seed_rungs
from anlu.kernel.cases.deadlines import shifted
from anlu.kernel.cases.escalation import climb_all
from anlu.kernel.cases.ladder import change_rung, rungs, seed_ladder
from anlu.kernel.cases.models import Case, Escalation, Rung, StepState
from anlu.kernel.cases.services import move_case
from anlu.kernel.core.scope import SYSTEM, Width
from anlu.kernel.documents import services
from anlu.kernel.documents.models import Document, Letterhead, State
from anlu.kernel.documents.seeding import seed_documents
from anlu.kernel.people.models import Officer, Role, Unit, UnitKind
from anlu.kernel.people.seeding import seed_roles
from anlu.kernel.people.services import grant_role
from tests.apps.hazards.conftest import Stage, allowed
from tests.apps.hazards.test_hazards import found
from tests.factories import make_officer, make_unit

PAPERS = [f"documents.document.{verb}" for verb in ("view", "draft", "check", "sign", "issue")]


@pytest.fixture
def offices(stage: Stage) -> None:
    """Rules of issuing, the ladder, and letterheads of the brigade and the committee's office."""
    seed_roles()
    seed_documents()
    seed_ladder()
    assert seed_rungs() == 1
    brigade = Unit.objects.get(kind=UnitKind.BRIGADE)
    committee = make_unit("县交安委办公室", UnitKind.COMMITTEE)
    for unit, mark in ((brigade, "测公交"), (committee, "测交安办")):
        Letterhead.objects.create(unit=unit, name=unit.name, mark=mark)


def employed(role: str) -> Officer:
    """Somebody who checks or signs, and may see hazards."""
    made = make_officer(None, *PAPERS, *allowed("view", "sign"), width=Width.ALL)
    grant_role(made, Role.objects.get(code=role), by=SYSTEM)
    return Officer.objects.get(pk=made.pk)


def sent_to(stage: Stage, lead: Unit) -> Case:
    case = found(stage)
    move_case(case.uid, "verify", by=stage.finder)
    return move_case(case.uid, "send", by=stage.finder, values={"lead": lead})


def climbed(case: Case, days: int) -> list[tuple[str, str]]:
    """Rungs and their states when the worker comes round every day until so many working days after the deadline."""
    assert case.due_on is not None
    day, last = case.due_on, shifted(case.due_on, days)
    while day <= last:
        climb_all(on=day)
        day += timedelta(days=1)
    return list(Escalation.objects.filter(case=case).order_by("pk").values_list("rung", "state"))


def test_the_worker_drafts_a_copy_to_the_department_and_goes_on_without_waiting(
    stage: Stage, offices: None, monkeypatch: pytest.MonkeyPatch
) -> None:
    case = sent_to(stage, stage.highway)
    assert climbed(case, 5) == [
        ("remind", "done"), ("urge", "done"), ("refer", "drafted"), ("supervise", "done"), ("notice", "drafted")
    ]  # fmt: skip
    assert Escalation.objects.get(rung="refer").on == shifted(case.due_on, 2)  # type: ignore[arg-type]
    paper = Document.objects.get(kind="referral")
    assert (paper.unit.kind, paper.addressee_unit, paper.state) == (
        UnitKind.BRIGADE,
        stage.highway,
        State.DRAFT,
    )
    assert paper.facts["hazard_number"] == case.number

    monkeypatch.setenv("ANLU_TODAY", shifted(case.due_on, 5).isoformat())  # type: ignore[arg-type]
    stated = {"measures": "修剪行道树", "place": "柳镇路口", "findings": "遮挡"}
    services.change_document(
        paper.uid, stated, version=paper.version, by=employed("chief"), addressee=stage.highway
    )
    services.check(paper.uid, by=employed("legal_officer"))
    services.sign(paper.uid, by=employed("chief"))
    issued = services.issue(paper.uid, by=employed("chief"))
    assert issued.number == "测公交抄〔2023〕1号"
    case.refresh_from_db()
    assert Escalation.objects.get(rung="refer").state == StepState.SIGNED
    assert case.rung == "supervise"  # the copy lies below what was done since
    assert case.events.filter(code="paper.issue", note__contains=issued.number).exists()


def test_nobody_refers_to_a_town_nor_a_second_time(stage: Stage, offices: None) -> None:
    assert "refer" not in dict(climbed(sent_to(stage, stage.office), 5))
    referral = next(one for one in DRAFTS if one.kind == "referral")
    case = sent_to(stage, stage.highway)
    clerk = make_officer(Unit.objects.get(kind=UnitKind.BRIGADE), *PAPERS, *allowed("view"))
    written = draft_for(case, referral, by=clerk)
    assert "refer" not in dict(climbed(case, 5))
    assert list(Document.objects.filter(kind="referral", about_uid=case.uid)) == [written]


def test_what_is_no_hazard_has_no_such_rung_and_an_edited_rung_keeps_its_place(
    stage: Stage, offices: None
) -> None:
    notice = Rung.objects.get(code="notice")
    reader = make_officer(None, "cases.rung.view", "cases.rung.change")
    change_rung(notice.uid, {"working_days": 6}, version=notice.version, by=reader)
    Rung.objects.filter(code="notice").update(order=4)  # as in the file of an earlier version
    seed_ladder()
    assert list(Rung.objects.order_by("order").values_list("code", "working_days"))[2:5] == [
        ("refer", 2), ("supervise", 3), ("notice", 6)
    ]  # fmt: skip
    standard = rungs("standard", on=date(2023, 6, 20))
    assert "refer" not in {one.code for one in standard}
    assert [one.code for one in rungs("hazards", on=date(2023, 6, 20))][2] == "refer"
    assert not rungs("", on=date(2023, 6, 20)).exists()

"""Documents of cases: drafted by the worker once, signed by people in documents, seen on the case."""

from __future__ import annotations

from datetime import date

import pytest
from django.db import transaction

from anlu.kernel.cases.deadlines import due_after, shifted
from anlu.kernel.cases.escalation import climb, climb_all, drop_step, sign_step
from anlu.kernel.cases.history import moves_of
from anlu.kernel.cases.ladder import seed_ladder
from anlu.kernel.cases.models import Case, CaseEvent, Escalation, StepState
from anlu.kernel.cases.papers import CaseOver, drop_stale_papers, hear_of_paper
from anlu.kernel.cases.services import MoveRefused, void_case
from anlu.kernel.core.models import Notice
from anlu.kernel.core.scope import SYSTEM, Width
from anlu.kernel.documents import services
from anlu.kernel.documents.changes import Change
from anlu.kernel.documents.models import Document, Letterhead, State
from anlu.kernel.documents.seeding import seed_documents
from anlu.kernel.people.models import Officer, Role, Unit, UnitKind
from anlu.kernel.people.seeding import seed_roles
from anlu.kernel.people.services import grant_role
from tests.factories import make_officer, make_unit
from tests.kernel.cases.conftest import Stage, allowed
from tests.kernel.cases.test_services import DAY, sent

PAPERS = [f"documents.document.{verb}" for verb in ("view", "draft", "check", "sign", "issue", "deliver", "reply",
                                                    "withdraw", "void")]  # fmt: skip


@pytest.fixture
def committee(stage: Stage, monkeypatch: pytest.MonkeyPatch) -> Unit:
    monkeypatch.setenv("ANLU_TODAY", DAY.isoformat())
    seed_roles()
    seed_documents()
    seed_ladder()
    made = make_unit("县交安委办公室", UnitKind.COMMITTEE)
    Letterhead.objects.create(unit=made, name=made.name, mark="青交安办")
    return made


def employed(role: str) -> Officer:
    """Somebody who checks or signs, and may see the cases of the test."""
    found = make_officer(None, *PAPERS, *allowed("view", "sign"), width=Width.ALL)
    grant_role(found, Role.objects.get(code=role), by=SYSTEM)
    return Officer.objects.get(pk=found.pk)


def overdue(stage: Stage, monkeypatch: pytest.MonkeyPatch, days: int = 6) -> tuple[Case, date]:
    case = sent(stage)
    assert case.due_on is not None
    late = shifted(case.due_on, days)
    monkeypatch.setenv("ANLU_TODAY", late.isoformat())
    return case, late


def papers() -> dict[str, Document]:
    return {one.kind: one for one in Document.objects.live()}


def test_the_worker_drafts_documents_of_the_kinds_that_the_ladder_names(
    stage: Stage, committee: Unit, monkeypatch: pytest.MonkeyPatch
) -> None:
    case, late = overdue(stage, monkeypatch)
    climb_all(on=late)
    made = papers()
    assert set(made) == {"supervision", "rectification"}
    notice = made["rectification"]
    assert (notice.unit, notice.addressee_unit, notice.state) == (committee, stage.garden, State.DRAFT)
    assert (notice.about_kind, notice.about_uid) == (case.family, case.uid)
    assert notice.facts["hazard_number"] == case.number
    assert notice.facts["limit_on"] == due_after(late, 7).on.isoformat()
    assert "督办" in notice.facts["before"]
    step = Escalation.objects.get(rung="notice")
    assert (step.state, step.document, step.text) == (StepState.DRAFTED, notice.uid, "")
    assert made["supervision"].figures["days_over"]["value"] == (late - case.due_on).days  # type: ignore[operator]


def test_a_worker_that_is_cut_off_and_runs_again_drafts_each_document_once(
    stage: Stage, committee: Unit, monkeypatch: pytest.MonkeyPatch
) -> None:
    case, late = overdue(stage, monkeypatch)

    @transaction.atomic
    def cut_off() -> None:
        assert climb(case.pk, on=late) is not None
        raise KeyboardInterrupt

    with pytest.raises(KeyboardInterrupt):
        cut_off()
    assert not Document.objects.exists()
    for _ in range(3):
        climb_all(on=late)
        Case.objects.update(step_on=late)  # as if it had lost where it was
    assert Document.objects.count() == 2


def test_where_nobody_may_send_it_the_step_keeps_its_words_as_text(
    stage: Stage, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("ANLU_TODAY", DAY.isoformat())
    seed_ladder()
    _, late = overdue(stage, monkeypatch)
    climb_all(on=late)
    step = Escalation.objects.get(rung="notice")
    assert step.document is None
    assert stage.garden.name in step.text


def test_each_step_of_the_document_is_seen_on_the_case_and_the_signature_reaches_the_rung(
    stage: Stage, committee: Unit, monkeypatch: pytest.MonkeyPatch
) -> None:
    case, late = overdue(stage, monkeypatch)
    climb_all(on=late)
    checker, signer = employed("legal_officer"), employed("chief")
    before = moves_of(case)
    document = Document.objects.get(kind="rectification")
    step = Escalation.objects.get(rung="notice")
    with pytest.raises(MoveRefused, match="已拟成公文"):
        sign_step(step.uid, by=stage.chief)
    services.change_document(document.uid, {"measures": "修剪行道树", "place": "柳镇路口", "findings": "遮挡",
                             "limit_on": due_after(late, 7).on}, version=document.version, by=signer,
                             addressee=stage.garden)  # fmt: skip
    services.check(document.uid, by=checker)
    case.refresh_from_db()
    assert case.rung == "supervise"
    services.sign(document.uid, by=signer)
    case.refresh_from_db()
    step.refresh_from_db()
    assert (case.rung, step.state, step.signed_by, step.on) == ("notice", StepState.SIGNED, signer.uid, late)
    document = services.issue(document.uid, by=signer)
    services.deliver(document.uid, by=signer, receiver="收发室")
    monkeypatch.setenv("ANLU_TODAY", shifted(late, 30).isoformat())
    services.mark_overdue(document.uid)
    services.reply(document.uid, "已修剪", by=signer)
    told = list(CaseEvent.objects.filter(case=case, code__startswith="paper.").order_by("pk")
                .values_list("code", flat=True))  # fmt: skip
    assert told == [f"paper.{one}" for one in ("check", "sign", "issue", "deliver", "overdue", "reply")]
    assert document.number in CaseEvent.objects.get(code="paper.issue").note
    assert moves_of(case) == before  # papers are no moves
    climb_all(on=shifted(late, 5))
    assert Escalation.objects.get(rung="interview").state == StepState.DRAFTED


def test_a_withdrawn_document_takes_the_rung_back(
    stage: Stage, committee: Unit, monkeypatch: pytest.MonkeyPatch
) -> None:
    case, late = overdue(stage, monkeypatch)
    climb_all(on=late)
    document = Document.objects.get(kind="rectification")
    services.withdraw(document.uid, why="对象有误", by=employed("chief"))
    step = Escalation.objects.get(rung="notice")
    case.refresh_from_db()
    assert (step.state, case.rung) == (StepState.DROPPED, "supervise")


def test_whoever_signs_cases_drops_a_draft_without_the_power_to_void_documents(
    stage: Stage, committee: Unit, monkeypatch: pytest.MonkeyPatch
) -> None:
    _, late = overdue(stage, monkeypatch)
    climb_all(on=late)
    assert not stage.chief.may("documents.document.void")
    drop_step(Escalation.objects.get(rung="notice").uid, why="已书面说明", by=stage.chief)
    paper = Document.objects.get(kind="rectification")
    assert paper.voided_at is not None
    assert paper.voided_why == f"{stage.chief.name}：已书面说明"
    assert CaseEvent.objects.get(code="drop.notice").by_name == stage.chief.name


@pytest.mark.parametrize("how", ["closed", "voided"])
def test_nothing_is_signed_about_a_case_that_is_over_and_its_drafts_go(
    how: str, stage: Stage, committee: Unit, monkeypatch: pytest.MonkeyPatch
) -> None:
    case, late = overdue(stage, monkeypatch)
    climb_all(on=late)
    document = Document.objects.get(kind="rectification")
    services.change_document(document.uid, {"measures": "修剪", "place": "路口", "findings": "遮挡", "limit_on": late},
                             version=document.version, by=employed("chief"), addressee=stage.garden)  # fmt: skip
    if how == "closed":
        Case.objects.filter(pk=case.pk).update(closed_on=late)
        with pytest.raises(CaseOver, match="已办结"):
            services.check(document.uid, by=employed("legal_officer"))
    else:
        services.check(document.uid, by=employed("legal_officer"))
        void_case(case.uid, why="重复登记", by=stage.chief)
        with pytest.raises(CaseOver, match="已作废"):
            services.sign(document.uid, by=employed("chief"))
    assert drop_stale_papers() == 1
    assert drop_stale_papers() == 0
    assert Escalation.objects.get(rung="notice").state == StepState.DROPPED
    assert not Document.objects.live().filter(kind="rectification").exists()
    why = Document.objects.get(kind="rectification").voided_why
    assert why == {"closed": "事项已办结", "voided": "事项已作废"}[how]


def test_of_a_voided_case_nobody_is_told_that_a_document_was_issued(
    stage: Stage, committee: Unit, monkeypatch: pytest.MonkeyPatch
) -> None:
    told = {}
    for how in ("open", "voided"):
        case, late = overdue(stage, monkeypatch)
        climb_all(on=late)
        document = Document.objects.get(kind="supervision", about_uid=case.uid)
        Escalation.objects.filter(case=case).update(document=None)  # one that somebody drew up themselves
        if how == "voided":
            void_case(case.uid, why="重复登记", by=stage.chief)
        hear_of_paper(Change(document, "issue", employed("chief"), ""))
        told[how] = Notice.objects.filter(to=stage.liaison.uid, title__contains=f"：{case.number}",
                                          colour="red").count()  # fmt: skip
        monkeypatch.setenv("ANLU_TODAY", DAY.isoformat())
    assert told == {"open": 1, "voided": 0}

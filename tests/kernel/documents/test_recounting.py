"""The day by which an answer is due, after a notice of days off."""

from __future__ import annotations

from datetime import date

import pytest

from anlu.kernel.core.dictionaries import change_term
from anlu.kernel.core.models import AuditEntry, Notice
from anlu.kernel.core.scope import SYSTEM
from anlu.kernel.core.workdays import HOLIDAYS, seed_workdays
from anlu.kernel.documents import services
from anlu.kernel.documents.issuing import mark_overdue
from anlu.kernel.documents.models import Document, KindRule, State
from tests.kernel.cases.test_recounting import recounted
from tests.kernel.documents.conftest import Office
from tests.kernel.documents.writing import issued

HOLIDAY = "2023-0929"  # Mid-Autumn and National Day


@pytest.fixture
def document(office: Office, monkeypatch: pytest.MonkeyPatch) -> Document:
    """Issued on 25 September 2023, to be answered within seven working days."""
    seed_workdays()
    recounted()
    monkeypatch.setenv("ANLU_TODAY", "2023-09-25")
    KindRule.objects.filter(kind="referral").update(reply_days=7, delivery=False)
    made = issued(office)
    assert (made.due_on, made.due_from, made.due_days) == (date(2023, 10, 10), date(2023, 9, 25), 7)
    return made


def longer() -> None:
    change_term(HOLIDAYS, HOLIDAY, by=SYSTEM, valid_to=date(2023, 10, 8))


def test_it_moves_with_a_step_that_says_why_and_those_who_answer_are_told(
    document: Document, office: Office
) -> None:
    longer()
    assert recounted() == {"cases": 0, "documents": 1}
    document.refresh_from_db()
    assert (document.due_on, document.state) == (date(2023, 10, 12), State.ISSUED)
    words = "节假日安排有变：2023-09-25 起 7 个工作日，原期限 2023-10-10，现期限 2023-10-12"
    assert document.events.get(action="recount").note == words
    assert AuditEntry.objects.get(action="recount", thing_uid=document.uid).note == words
    told = Notice.objects.filter(title__startswith="回复期限改为 2023-10-12")
    assert {office.liaison.uid, office.clerk.uid} <= set(told.values_list("to", flat=True))
    assert recounted() == {}


def test_one_that_was_called_late_by_mistake_waits_again(
    document: Document, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("ANLU_TODAY", "2023-10-11")
    mark_overdue(document)
    longer()
    recounted()
    document.refresh_from_db()
    assert (document.due_on, document.state) == (date(2023, 10, 12), State.ISSUED)


def test_an_answered_one_stays(document: Document, office: Office) -> None:
    services.reply(document, "已修剪。", by=office.liaison)
    longer()
    assert recounted()["documents"] == 0


def test_a_day_that_the_paper_states_stays(office: Office, monkeypatch: pytest.MonkeyPatch) -> None:
    seed_workdays()
    recounted()
    made = issued(office)
    Document.objects.filter(pk=made.pk).update(due_on=date(2023, 10, 9), due_from=None, due_days=None)
    longer()
    assert recounted()["documents"] == 0

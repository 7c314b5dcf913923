"""A write that does not get its turn: a page that can send the form again, 503 for programs, never a fault."""

from __future__ import annotations

import json
from collections.abc import Callable
from typing import Any

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.db import OperationalError, connection, connections, transaction
from django.test import Client

from anlu.apps.suggestions.kinds import FAMILY
from anlu.kernel.cases.models import Case
from anlu.kernel.core.dictionaries import add_term
from anlu.kernel.core.scope import SYSTEM
from anlu.project.sqlite.base import _enter
from anlu.project.sqlite.gate import Gate
from anlu.web.busy import is_busy
from tests.factories import make_officer, png_picture

KIND = "suggestions.suggestion"
ADD = "/suggestions/new/?kind=suggestions.suggestion"
STATED = {"title": "表太多<>", "found_on": "2023-06-30", "d_subject": "form"}
LOCKED = "database is locked: x.gate stayed locked"


def locked(*args: Any, **options: Any) -> Any:
    """What a service does whose transaction was not let in."""
    raise OperationalError(LOCKED)


@pytest.fixture
def clerk(db: None, client: Client) -> Client:
    """A browser of somebody who reads, adds and handles suggestions."""
    add_term("suggestion.subject", "form", "表单", by=SYSTEM)
    verbs = ("view", "add", "handle")
    client.force_login(make_officer(None, "web.api", *(FAMILY.permission_to(verb) for verb in verbs)))
    return client


@pytest.fixture
def while_locked(monkeypatch: pytest.MonkeyPatch) -> Callable[[], None]:
    """Nobody can open a case until this is called."""
    for place in ("anlu.web.desk.cases.writing", "anlu.web.desk.cases.api"):
        monkeypatch.setattr(f"{place}.open_case", locked)
    return monkeypatch.undo


def test_a_page_says_that_nothing_was_saved_and_its_button_sends_the_same_form(
    clerk: Client, while_locked: Callable[[], None]
) -> None:
    answer = clerk.post(ADD, STATED)
    assert (answer.status_code, answer.headers["Retry-After"]) == (503, "5")
    page = answer.content.decode()
    assert "没有轮到，没有保存" in page
    assert f'action="{ADD}"' in page
    for name, value in STATED.items():
        escaped = value.replace("<", "&lt;").replace(">", "&gt;")
        assert f'<input type="hidden" name="{name}" value="{escaped}">' in page
    assert not Case.objects.exists()
    while_locked()
    assert clerk.post(ADD, STATED).status_code == 302
    assert Case.objects.get().title == "表太多<>"


def test_files_and_passwords_are_not_sent_again_from_the_page(
    clerk: Client, while_locked: Callable[[], None]
) -> None:
    secret = clerk.post(ADD, {**STATED, "new_password1": "geheim"})
    filed = clerk.post(ADD, {**STATED, "photo": SimpleUploadedFile("a.png", png_picture(), "image/png")})
    for answer in (secret, filed):
        assert answer.status_code == 503
        assert "返回上一页，填写的内容还在" in answer.content.decode()
        assert 'type="hidden" name="title"' not in answer.content.decode()
        assert "geheim" not in answer.content.decode()


def test_a_program_gets_503_and_when_to_try_again(clerk: Client, while_locked: Callable[[], None]) -> None:
    stated = json.dumps({"title": "表太多", "details": {"subject": "form"}})
    answer = clerk.post(f"/api/v1/cases/new/{KIND}", stated, content_type="application/json")
    assert (answer.status_code, answer.json()["code"], answer.headers["Retry-After"]) == (503, "busy", "5")
    while_locked()
    assert clerk.post(f"/api/v1/cases/new/{KIND}", stated, content_type="application/json").status_code == 201


def test_where_it_may_have_been_saved_nobody_is_told_that_it_was_not(
    clerk: Client, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The case is there; only the session could not be kept."""
    monkeypatch.setattr(
        "django.contrib.sessions.middleware.SessionMiddleware.process_response", lambda *args: locked()
    )
    clerk.raise_request_exception = False
    answer = clerk.post(ADD, STATED)
    assert answer.status_code == 503
    assert "可能没有保存" in answer.content.decode()
    assert "再提交一次</button>" not in answer.content.decode()
    assert Case.objects.count() == 1


def test_any_other_error_of_the_database_stays_a_fault(
    clerk: Client, monkeypatch: pytest.MonkeyPatch
) -> None:
    def broken(*args: Any, **options: Any) -> Any:
        raise OperationalError("no such table: cases_case")

    monkeypatch.setattr("anlu.web.desk.cases.writing.open_case", broken)
    monkeypatch.setattr("anlu.web.desk.cases.api.open_case", broken)
    clerk.raise_request_exception = False
    assert clerk.post(ADD, STATED).status_code == 500
    stated = json.dumps({"title": "x", "details": {"subject": "form"}})
    answer = clerk.post(f"/api/v1/cases/new/{KIND}", stated, content_type="application/json")
    assert answer.status_code == 500


@pytest.mark.sqlite
def test_what_the_gate_says_is_busy(tmp_path: Any) -> None:
    gate = Gate(tmp_path / "x.sqlite3", timeout_s=0.01)
    with gate.passing(), pytest.raises(OperationalError) as caught:
        _enter(Gate(tmp_path / "x.sqlite3", timeout_s=0.01))
    assert is_busy(caught.value)


@pytest.mark.postgres
@pytest.mark.django_db(transaction=True)
def test_a_row_that_stays_locked_is_busy_on_postgresql() -> None:
    other = connections.create_connection("default")
    case = Case.objects.create(
        kind=KIND, family=FAMILY.code, state="new", number="YJ-1", found_on="2023-01-01"
    )
    try:
        with other.cursor() as cursor, transaction.atomic():
            Case.objects.select_for_update().get(pk=case.pk)
            cursor.execute("SET lock_timeout = '10ms'")
            with pytest.raises(OperationalError) as caught:
                cursor.execute("UPDATE cases_case SET version = 2 WHERE id = %s", [case.pk])
        assert is_busy(caught.value)
    finally:
        other.close()
    assert connection.vendor == "postgresql"

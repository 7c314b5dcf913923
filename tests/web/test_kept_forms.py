"""A form that its page sends itself: told where to go, and told apart when the session is over or another."""

from __future__ import annotations

import pytest
from django.test import Client

from anlu.apps.suggestions.kinds import FAMILY
from anlu.kernel.cases.models import Case
from anlu.kernel.core.dictionaries import add_term
from anlu.kernel.core.scope import SYSTEM
from tests.factories import make_officer

ADD = "/suggestions/new/?kind=suggestions.suggestion"
STATED = {"title": "表太多", "found_on": "2023-06-30", "d_subject": "form"}
KEPT = {"X-Kept-Form": "1"}


@pytest.fixture
def clerk(db: None, client: Client) -> Client:
    """A browser of somebody who adds suggestions."""
    add_term("suggestion.subject", "form", "表单", by=SYSTEM)
    client.force_login(make_officer(None, *(FAMILY.permission_to(verb) for verb in ("view", "add"))))
    return client


def test_the_page_that_sent_a_form_is_told_where_to_go(clerk: Client) -> None:
    told = clerk.post(ADD, STATED, headers=KEPT)
    case = Case.objects.get(title="表太多")
    assert (told.status_code, told.headers["X-Location"]) == (204, FAMILY.address_of(case.uid))
    assert clerk.post(ADD, STATED | {"title": "会太多"}).status_code == 302  # a browser is led there


def test_what_a_refused_form_answers_comes_whole(clerk: Client) -> None:
    answer = clerk.post(ADD, STATED | {"found_on": ""}, headers=KEPT)
    assert answer.status_code == 422
    assert "表太多" in answer.content.decode()


def test_a_form_of_a_session_that_is_over_is_told_so_and_not_led_to_the_sign_in(clerk: Client) -> None:
    clerk.logout()
    assert clerk.post(ADD, STATED, headers=KEPT).status_code == 401
    assert clerk.post(ADD, STATED).status_code == 302
    assert not Case.objects.exists()


def test_a_form_of_another_session_is_told_apart_from_what_is_not_allowed(clerk: Client) -> None:
    strict = Client(enforce_csrf_checks=True)
    strict.cookies = clerk.cookies
    answer = strict.post(ADD, STATED, headers=KEPT)
    page = answer.content.decode()
    assert (answer.status_code, answer.headers["X-Forged"]) == (403, "1")
    assert "这次没有提交" in page
    assert "没有办理这一项的权限" not in page
    refused = clerk.get("/hazards/new/")
    assert refused.status_code == 403
    assert "X-Forged" not in refused.headers

"""Language and theme: whose choice holds, where it is kept, and what an answer says of its language."""

from __future__ import annotations

import pytest
from django.test import Client
from django.urls import reverse

from anlu.kernel.core.permissions import permissions
from anlu.kernel.people.models import Officer
from tests.factories import PASSWORD, make_officer

pytestmark = pytest.mark.django_db

TODAY = {"zh-hans": "我的待办", "en": "My tasks"}


def signed_in(officer: Officer) -> Client:
    """A browser of its own in which this person has signed in."""
    client = Client()
    client.post(reverse("web.sign_in"), {"username": officer.login, "password": PASSWORD})
    return client


def choose(client: Client, **chosen: str) -> str:
    """Send the form of the person menu; where it leads."""
    answer = client.post(reverse("web.looks"), chosen)
    assert answer.status_code == 302
    return answer.headers["Location"]


def language_of(client: Client) -> str:
    """The language of the first page, in which header, document and heading agree."""
    answer = client.get(reverse("web.today"))
    said = answer.headers["Content-Language"]
    html = {"en": "en", "zh-hans": "zh-CN"}[said]
    page = answer.content.decode()
    assert f'<html lang="{html}"' in page
    assert f">{TODAY[said]}</h1>" in page
    return said


@pytest.fixture
def officer() -> Officer:
    """Somebody with all permissions."""
    return make_officer(None, *permissions.codes())


def test_a_language_chosen_in_one_browser_is_found_in_another(officer: Officer) -> None:
    first, second = signed_in(officer), signed_in(officer)
    assert language_of(first) == language_of(second) == "zh-hans"
    choose(first, language="en")
    assert language_of(first) == language_of(second) == "en"
    assert language_of(signed_in(officer)) == "en"
    choose(second, language="zh-hans")
    assert language_of(first) == "zh-hans"


def test_the_choice_of_one_person_is_not_that_of_the_next_in_the_same_browser(officer: Officer) -> None:
    other = make_officer(None, *permissions.codes())
    Officer.objects.filter(pk=other.pk).update(language="zh-hans")
    client = signed_in(officer)
    choose(client, language="en")
    client.post(reverse("web.sign_out"))
    client.post(reverse("web.sign_in"), {"username": other.login, "password": PASSWORD})
    assert language_of(client) == "zh-hans"


def test_before_anybody_signs_in_the_browser_keeps_the_choice() -> None:
    client = Client()
    choose(client, language="en")
    answer = client.get(reverse("web.sign_in"))
    assert answer.headers["Content-Language"] == "en"
    assert "Login name" in answer.content.decode()


@pytest.mark.parametrize("unknown", ["fr", "", "zh-hant", "en-GB"])
def test_a_language_that_there_is_not_changes_nothing(officer: Officer, unknown: str) -> None:
    client = signed_in(officer)
    choose(client, language="en")
    choose(client, language=unknown)
    assert language_of(client) == "en"


def test_a_theme_is_kept_with_the_account_and_going_by_the_system_takes_it_back(officer: Officer) -> None:
    first, second = signed_in(officer), signed_in(officer)
    choose(first, theme="dark")
    assert 'data-theme="dark"' in second.get(reverse("web.today")).content.decode()
    choose(second, theme="")
    assert (
        "data-theme="
        not in first.get(reverse("web.today")).content.decode().partition(">")[2].partition(">")[0]
    )
    assert language_of(first) == "zh-hans"


def test_choosing_leads_back_but_never_out_of_the_installation(officer: Officer) -> None:
    client = signed_in(officer)
    assert choose(client, language="en", next="/crashes/?severity=fatal") == "/crashes/?severity=fatal"
    assert choose(client, language="en", next="https://elsewhere.example/") == "/"


@pytest.mark.parametrize("address", ["web.sign_in", "web.today", "web.help"])
def test_a_page_says_that_it_differs_with_the_person_and_is_kept_nowhere(
    officer: Officer, address: str
) -> None:
    answer = signed_in(officer).get(reverse(address), follow=True, headers={"Accept-Encoding": "gzip"})
    assert {"Cookie", "Accept-Encoding"} <= {one.strip() for one in answer.headers["Vary"].split(",")}
    assert answer.headers["Cache-Control"] == "private, no-store"
    assert answer.headers["Content-Language"] == "zh-hans"


def test_what_is_no_page_names_no_language(officer: Officer) -> None:
    answer = signed_in(officer).get("/api/v1/openapi.json")
    assert answer.status_code == 200
    assert "Content-Language" not in answer.headers

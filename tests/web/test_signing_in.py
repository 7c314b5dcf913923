"""Signing in and out, lockout, forced change of the password, idle sessions, one session at a time."""

from __future__ import annotations

from datetime import timedelta

import pytest
from django.test import Client
from django.urls import reverse

from anlu.kernel.core.clock import now
from anlu.kernel.core.models import Installation
from anlu.kernel.core.permissions import permissions
from anlu.kernel.people.models import Officer, SignIn
from anlu.web import middleware
from anlu.web.middleware import SEEN
from tests.factories import PASSWORD, make_officer

pytestmark = pytest.mark.django_db

NEW_PASSWORD = "Another-horse-7"


def sign_in(client: Client, officer: Officer, password: str = PASSWORD, **more: str):  # type: ignore[no-untyped-def]
    """Fill in the form."""
    given = {"username": officer.login, "password": password, **more}
    return client.post(reverse("web.sign_in"), given)


@pytest.fixture
def officer() -> Officer:
    """Somebody with all permissions."""
    return make_officer(None, *permissions.codes())


def test_the_right_password_opens_a_session_and_is_logged(client: Client, officer: Officer) -> None:
    answer = sign_in(client, officer)
    assert answer.status_code == 302
    assert client.get(reverse("web.today")).status_code == 200
    assert SignIn.objects.get().outcome == "in"


@pytest.mark.parametrize(
    ("wanted", "leads_to"),
    [
        ("/system/people/?q=x", "/system/people/?q=x"),
        ("https://elsewhere.example/", "/"),
        ("//elsewhere.example/", "/"),
        ("javascript:alert(1)", "/"),
        ("", "/"),
    ],
)
def test_after_signing_in_one_stays_in_this_installation(
    client: Client, officer: Officer, wanted: str, leads_to: str
) -> None:
    assert sign_in(client, officer, next=wanted).headers["Location"] == leads_to


def test_a_wrong_password_does_not_say_which_of_the_two_is_wrong(client: Client, officer: Officer) -> None:
    wrong_password = sign_in(client, officer, "Wrong-horse-9")
    wrong_login = client.post(reverse("web.sign_in"), {"username": "nobody-here", "password": PASSWORD})
    assert wrong_password.status_code == wrong_login.status_code == 422
    for answer in (wrong_password, wrong_login):
        assert "登录名或密码不对" in answer.content.decode()
        assert PASSWORD not in answer.content.decode()
    assert list(SignIn.objects.values_list("outcome", flat=True)) == ["refused", "refused"]


def test_too_many_wrong_passwords_lock_the_account_and_say_until_when(
    client: Client, officer: Officer, settings
) -> None:  # type: ignore[no-untyped-def]
    for _ in range(settings.AXES_FAILURE_LIMIT):
        answer = sign_in(client, officer, "Wrong-horse-9")
    assert answer.status_code == 429
    assert "账号已暂时锁定" in answer.content.decode()
    assert sign_in(client, officer).status_code == 429  # not even the right one


def test_the_system_administrator_unlocks_an_account(client: Client, officer: Officer, settings) -> None:  # type: ignore[no-untyped-def]
    locked = make_officer()
    for _ in range(settings.AXES_FAILURE_LIMIT):
        sign_in(Client(), locked, "Wrong-horse-9")
    client.force_login(officer)
    client.post(reverse("people.officer.unlock", args=[locked.uid]))
    assert sign_in(Client(), locked).status_code == 302


def test_signing_out_needs_a_form_and_ends_the_session(client: Client, officer: Officer) -> None:
    sign_in(client, officer)
    assert client.get(reverse("web.sign_out")).status_code == 405
    client.post(reverse("web.sign_out"))
    assert client.get(reverse("web.today")).status_code == 302
    assert SignIn.objects.order_by("-pk")[0].outcome == "out"


def test_an_account_that_is_switched_off_cannot_sign_in(client: Client, officer: Officer) -> None:
    Officer.objects.filter(pk=officer.pk).update(is_active=False)
    assert sign_in(client, officer).status_code == 422


def test_a_given_password_is_changed_before_anything_else(client: Client, officer: Officer) -> None:
    Officer.objects.filter(pk=officer.pk).update(must_change_password=True)
    sign_in(client, officer)
    asked = client.get(reverse("people.officer") + "?q=x")
    assert asked.headers["Location"].startswith(reverse("web.password"))
    given = {"present": PASSWORD, "new": NEW_PASSWORD, "again": NEW_PASSWORD, "next": "/system/people/"}
    changed = client.post(reverse("web.password"), given)
    assert changed.headers["Location"] == "/system/people/"
    assert client.get(reverse("people.officer")).status_code == 200  # the session lives on


def test_a_password_that_is_too_old_is_changed_first(client: Client, officer: Officer, settings) -> None:  # type: ignore[no-untyped-def]
    long_ago = now() - timedelta(days=settings.ANLU_PASSWORD_DAYS + 1)
    Officer.objects.filter(pk=officer.pk).update(password_changed_at=long_ago)
    sign_in(client, officer)
    assert client.get(reverse("web.today")).headers["Location"].startswith(reverse("web.password"))


@pytest.mark.parametrize(
    ("given", "said"),
    [
        ({"present": "Wrong-horse-9", "new": NEW_PASSWORD, "again": NEW_PASSWORD}, "当前密码不对"),
        ({"present": PASSWORD, "new": NEW_PASSWORD, "again": "Yet-another-7"}, "不一样"),
        ({"present": PASSWORD, "new": PASSWORD, "again": PASSWORD}, "最近五次"),
        ({"present": PASSWORD, "new": "short", "again": "short"}, "有 1 处需要改正"),
    ],
)
def test_a_bad_new_password_is_refused_with_the_reason(
    client: Client, officer: Officer, given: dict[str, str], said: str
) -> None:
    client.force_login(officer)
    answer = client.post(reverse("web.password"), given)
    assert answer.status_code == 422
    assert said in answer.content.decode()


def test_a_session_without_activity_ends(client: Client, officer: Officer, settings, monkeypatch) -> None:  # type: ignore[no-untyped-def]
    sign_in(client, officer)
    assert client.get(reverse("web.today")).status_code == 200
    later = client.session[SEEN] + settings.SESSION_COOKIE_AGE + 1
    monkeypatch.setattr(middleware, "time", lambda: later)
    answer = client.get(reverse("web.today"), follow=True)
    assert answer.redirect_chain
    assert "已自动退出" in answer.content.decode()


def test_a_busy_session_does_not_end_and_is_not_written_at_each_page(
    client: Client, officer: Officer, settings, monkeypatch
) -> None:  # type: ignore[no-untyped-def]
    sign_in(client, officer)
    client.get(reverse("web.today"))
    begun = client.session[SEEN]
    for step in range(1, 20):
        moment = begun + step * (settings.SESSION_COOKIE_AGE // 2)
        monkeypatch.setattr(middleware, "time", lambda moment=moment: moment)
        assert client.get(reverse("web.today")).status_code == 200
        monkeypatch.setattr(middleware, "time", lambda moment=moment: moment + 1)
        client.get(reverse("web.today"))
        assert client.session[SEEN] == moment


def test_where_it_is_wanted_a_second_sign_in_ends_the_first(officer: Officer, settings) -> None:  # type: ignore[no-untyped-def]
    settings.ANLU_SESSION_SINGLE = True
    first, second = Client(), Client()
    sign_in(first, officer)
    assert first.get(reverse("web.today")).status_code == 200
    sign_in(second, officer)
    assert first.get(reverse("web.today")).status_code == 302
    assert second.get(reverse("web.today")).status_code == 200


def test_two_sessions_live_side_by_side_otherwise(officer: Officer) -> None:
    first, second = Client(), Client()
    sign_in(first, officer)
    sign_in(second, officer)
    assert first.get(reverse("web.today")).status_code == 200


def test_only_a_demonstration_lists_its_accounts(client: Client) -> None:
    make_officer(login="chief")
    place = Installation.objects.create(name="某大队", format_number=1, software_version="0")
    assert "演示账号" not in client.get(reverse("web.sign_in")).content.decode()
    place.demo = True
    place.save()
    shown = client.get(reverse("web.sign_in")).content.decode()
    assert "演示账号" in shown
    assert "<code>chief</code>" in shown
    assert "<code>deputy</code>" not in shown  # no such account here


def test_a_fragment_without_a_session_sends_the_whole_page_to_the_sign_in(client: Client) -> None:
    answer = client.get(reverse("people.officer"), headers={"HX-Request": "true"})
    assert answer.status_code == 204
    assert answer.headers["HX-Redirect"].startswith(reverse("web.sign_in"))


def test_a_form_without_its_token_is_refused_in_chinese(officer: Officer) -> None:
    client = Client(enforce_csrf_checks=True)
    client.force_login(officer)
    answer = client.post(reverse("web.sign_out"))
    assert answer.status_code == 403
    assert "这次没有提交" in answer.content.decode()


@pytest.mark.parametrize("path", ["/nothing-here/", "/system/people/not-a-uuid/", "/system/people/%00/"])
def test_what_is_not_there_says_so_in_chinese(client: Client, officer: Officer, path: str) -> None:
    client.force_login(officer)
    answer = client.get(path)
    assert answer.status_code == 404
    assert "找不到这一页" in answer.content.decode()


def test_a_fault_gives_a_number_to_quote_and_no_traceback(officer: Officer, monkeypatch) -> None:  # type: ignore[no-untyped-def]
    client = Client(raise_request_exception=False)
    client.force_login(officer)

    def break_down(*args: object) -> None:
        raise RuntimeError("secret detail")

    monkeypatch.setattr("anlu.web.desk.today.news_for", break_down)
    answer = client.get(reverse("web.today"))
    assert answer.status_code == 500
    assert "系统出了问题" in answer.content.decode()
    assert "编号" in answer.content.decode()
    assert "secret detail" not in answer.content.decode()

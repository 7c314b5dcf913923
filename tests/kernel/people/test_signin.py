"""Signing in: the log, the lockout, the password rules."""

from datetime import timedelta

import pytest
from django.contrib.sessions.backends.db import SessionStore
from django.core.exceptions import ValidationError
from django.test import RequestFactory

from anlu.kernel.core.clock import now
from anlu.kernel.core.errors import ChangedMeanwhile
from anlu.kernel.core.scope import SYSTEM
from anlu.kernel.people.models import Officer, SignIn
from anlu.kernel.people.passwords import REMEMBERED, must_change
from anlu.kernel.people.services import change_officer, change_password
from anlu.kernel.people.signin import LockedOut, WrongCredentials, sign_in, sign_out, unlock
from tests.factories import PASSWORD, make_officer

pytestmark = pytest.mark.django_db


@pytest.fixture
def request_to_sign_in(settings):
    settings.AXES_ENABLED = True
    request = RequestFactory().post("/signin/", headers={"user-agent": "测试浏览器"})
    request.session = SessionStore()
    return request


def outcomes() -> list[str]:
    return list(SignIn.objects.order_by("pk").values_list("outcome", flat=True))


def test_signing_in_and_out_is_logged_and_opens_a_session(request_to_sign_in):
    officer = make_officer(login="Zhang")
    assert sign_in(request_to_sign_in, "zhang", PASSWORD) == officer
    request_to_sign_in.user = officer
    sign_out(request_to_sign_in)
    assert outcomes() == ["in", "out"]
    assert SignIn.objects.first().officer_uid == officer.uid


def test_a_wrong_password_and_an_unknown_login_are_refused_alike(request_to_sign_in):
    make_officer(login="known")
    for login in ("known", "unknown"):
        with pytest.raises(WrongCredentials):
            sign_in(request_to_sign_in, login, "wrong")
    assert outcomes() == ["refused", "refused"]


def test_an_account_that_is_switched_off_cannot_sign_in(request_to_sign_in):
    officer = make_officer(login="gone")
    change_officer(officer.pk, version=1, by=SYSTEM, is_active=False)
    with pytest.raises(WrongCredentials):
        sign_in(request_to_sign_in, "gone", PASSWORD)


def test_five_failures_lock_the_account_until_it_is_unlocked(request_to_sign_in):
    officer = make_officer(login="locked")
    for _ in range(4):
        with pytest.raises(WrongCredentials):
            sign_in(request_to_sign_in, "locked", "wrong")
    for password in ("wrong", PASSWORD):
        with pytest.raises(LockedOut):
            sign_in(request_to_sign_in, "locked", password)
    assert unlock(officer, by=SYSTEM) > 0
    request_to_sign_in.axes_locked_out = False
    assert sign_in(request_to_sign_in, "locked", PASSWORD) == officer


@pytest.mark.parametrize(
    "password",
    ["Short-1", "alllowercase-", "password123", "Zhangsan-2023"],
    ids=["too short", "two classes", "common", "contains the login"],
)
def test_weak_passwords_are_refused(password):
    officer = make_officer(login="zhangsan")
    with pytest.raises(ValidationError):
        change_password(officer.pk, password, by=SYSTEM)


def test_the_last_five_passwords_may_not_come_back():
    officer = make_officer()
    later = [f"Different-{n}-word" for n in range(REMEMBERED + 1)]
    for password in later:
        change_password(officer.pk, password, by=SYSTEM)
    for password in later:
        with pytest.raises(ValidationError, match="最近五次"):
            change_password(officer.pk, password, by=SYSTEM)
    change_password(officer.pk, PASSWORD, by=SYSTEM)  # the sixth before is forgotten


def test_a_password_must_be_changed_after_ninety_days():
    officer = make_officer()
    assert not must_change(officer)
    officer.password_changed_at = now() - timedelta(days=91)
    assert must_change(officer)


def test_a_form_opened_before_somebody_else_saved_is_refused():
    officer = make_officer()
    change_officer(officer.pk, version=1, by=SYSTEM, post="中队长")
    with pytest.raises(ChangedMeanwhile):
        change_officer(officer.pk, version=1, by=SYSTEM, post="内勤")
    assert Officer.objects.get(pk=officer.pk).post == "中队长"

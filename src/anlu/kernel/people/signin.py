"""Signing in and out: lockout, the sign-in log, one session at a time when wanted."""

from __future__ import annotations

from typing import Any

from axes.helpers import get_lockout_message
from axes.utils import reset
from django.contrib.auth import authenticate, login, logout
from django.contrib.auth.models import update_last_login
from django.contrib.auth.signals import user_logged_in
from django.contrib.sessions.backends.base import SessionBase
from django.http import HttpRequest

from anlu.kernel.core.audit import record
from anlu.kernel.core.scope import Viewer
from anlu.kernel.people.models import Officer, SignIn

__all__ = ["LockedOut", "WrongCredentials", "address_of", "sign_in", "sign_out", "unlock"]

# Every sign-in is in the sign-in log; a second write of the account row by Django would only add a lock.
user_logged_in.disconnect(update_last_login, dispatch_uid="update_last_login")


class WrongCredentials(Exception):
    """Login or password is wrong; which of the two is not said."""


class LockedOut(Exception):
    """Too many failed attempts."""


def address_of(request: HttpRequest) -> str:
    """The peer's address as the web server saw it."""
    return str(request.META.get("REMOTE_ADDR", ""))[:45]


def _log(request: HttpRequest, login_name: str, outcome: str, officer: Officer | None = None) -> None:
    SignIn.objects.create(
        login=login_name[:40],
        officer_uid=officer.uid if officer else None,
        officer_name=officer.name if officer else "",
        outcome=outcome,
        address=address_of(request),
        agent=request.headers.get("User-Agent", "")[:200],
    )


def sign_in(request: HttpRequest, login_name: str, password: str) -> Officer:
    """Check, log, and open a session with a new key.

    Raises
    ------
    WrongCredentials
        also for accounts that are switched off.
    LockedOut
        after repeated failures (settings ``AXES_FAILURE_LIMIT``, ``AXES_COOLOFF_TIME``).
    """
    officer = authenticate(request, username=login_name, password=password)
    if getattr(request, "axes_locked_out", False):
        _log(request, login_name, "locked")
        raise LockedOut(get_lockout_message())
    if not isinstance(officer, Officer):
        _log(request, login_name, "refused")
        raise WrongCredentials
    login(request, officer)
    _session(request)["officer"] = str(officer.uid)
    _log(request, login_name, "in", officer)
    return officer


def _session(request: HttpRequest) -> SessionBase:
    session: Any = request.session
    assert isinstance(session, SessionBase)
    return session


def sign_out(request: HttpRequest) -> None:
    """Close the session and log it."""
    officer = request.user
    if isinstance(officer, Officer):
        _log(request, officer.login, "out", officer)
    logout(request)


def unlock(officer: Officer, *, by: Viewer) -> int:
    """Forget failed attempts of a person; gives how many were forgotten."""
    forgotten = int(reset(username=officer.login))
    record("unlock", officer, by=by)
    return forgotten

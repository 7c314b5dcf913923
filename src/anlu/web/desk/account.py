"""Signing in and out, and one's own password."""

from __future__ import annotations

from datetime import datetime
from typing import Any

from axes.helpers import get_cool_off
from axes.models import AccessAttempt
from django import forms
from django.conf import settings
from django.contrib import messages
from django.contrib.auth import update_session_auth_hash
from django.contrib.auth.password_validation import password_validators_help_texts
from django.core.exceptions import ValidationError
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.shortcuts import render
from django.urls import reverse
from django.utils.http import url_has_allowed_host_and_scheme
from django.views.decorators.cache import never_cache
from django.views.decorators.debug import sensitive_post_parameters
from django.views.decorators.http import require_POST

from anlu.kernel.core import revisions
from anlu.kernel.core.language.words import LANGUAGES
from anlu.kernel.people import demo
from anlu.kernel.people.models import Officer, Role
from anlu.kernel.people.passwords import must_change
from anlu.kernel.people.services import change_password, choose_looks
from anlu.kernel.people.signin import LockedOut, WrongCredentials, sign_in, sign_out
from anlu.web.installation import the_installation
from anlu.web.looks import COOKIES, THEMES, remember
from anlu.web.middleware import SESSION_TURN, turn_of
from anlu.web.nav import menu_for, page
from anlu.web.viewers import require_viewer, viewer_of

WRONG = "登录名或密码不对"


class SignInForm(forms.Form):
    """Login and password."""

    username = forms.CharField(
        label="登录名",
        max_length=40,
        widget=forms.TextInput(
            attrs={"autocomplete": "username", "autofocus": True, "autocapitalize": "none"}
        ),
    )
    password = forms.CharField(
        label="密码",
        max_length=200,
        strip=False,
        widget=forms.PasswordInput(attrs={"autocomplete": "current-password"}),
    )


@page("web.home", "", "首页")
def home(request: HttpRequest) -> HttpResponse:
    """The first page of the menu that this person may open."""
    for chapter in menu_for(viewer_of(request)):
        return HttpResponseRedirect(chapter.items[0].url)
    return render(request, "web/desk/nothing.html", {"page_title": "还没有授权"})


def _safe_next(request: HttpRequest) -> str:
    """Where to go afterwards: an address of this installation, or the first page."""
    wanted = request.POST.get("next") or request.GET.get("next") or ""
    allowed = url_has_allowed_host_and_scheme(
        wanted, allowed_hosts={request.get_host()}, require_https=request.is_secure()
    )
    return wanted if allowed else reverse("web.home")


@page("web.sign_in", "sign-in/", "登录", public=True)
@never_cache
@sensitive_post_parameters("password")
def sign_in_page(request: HttpRequest) -> HttpResponse:
    """Sign in; too many wrong attempts lock the account for a while."""
    if viewer_of(request) is not None and request.method == "GET":
        return HttpResponseRedirect(_safe_next(request))
    form = SignInForm(request.POST or None)
    locked_until: datetime | None = None
    status = 200
    if request.method == "POST" and form.is_valid():
        login = form.cleaned_data["username"].strip()
        try:
            officer = sign_in(request, login, form.cleaned_data["password"])
        except LockedOut:
            locked_until, status = locked_till(login), 429
        except WrongCredentials:
            form.add_error(None, WRONG)
            status = 422
        else:
            if settings.ANLU_SESSION_SINGLE:
                revisions.touch(turn_of(officer))
                request.session[SESSION_TURN] = revisions.token(turn_of(officer))
            return HttpResponseRedirect(_safe_next(request))
    elif request.method == "POST":
        status = 422
    context = {
        "form": form,
        "next": request.POST.get("next") or request.GET.get("next") or "",
        "locked_until": locked_until,
        "accounts": demo_accounts(),
    }
    return render(request, "web/signin.html", context, status=status)


def locked_till(login: str) -> datetime | None:
    """When a locked account opens again, None when it does not by itself."""
    last = AccessAttempt.objects.filter(username=login).order_by("-attempt_time").first()
    cool_off = get_cool_off()
    return last.attempt_time + cool_off if last is not None and cool_off is not None else None


def demo_accounts() -> list[dict[str, str]]:
    """Accounts that the sign-in page of a demonstration installation lists; nothing anywhere else."""
    if not the_installation().demo:
        return []
    roles = dict(Role.objects.values_list("code", "label"))
    known = set(Officer.objects.filter(is_active=True).values_list("login", flat=True))
    return [
        {
            "username": one.login,
            "password": demo.PASSWORD,
            "name": one.name,
            "role_label": roles.get(one.role, one.post),
        }
        for one in demo.accounts()
        if one.login in known
    ]


@page("web.looks", "looks/", "语言和明暗", public=True)
def looks_page(request: HttpRequest) -> HttpResponse:
    """Choose the language or the theme: kept with the account, and in the browser for the sign-in page."""
    if request.method != "POST":
        return render(request, "web/desk/looks.html")
    chosen: dict[str, str] = {}
    if (language := request.POST.get("language")) in LANGUAGES:
        chosen["language"] = language or ""
    if (theme := request.POST.get("theme")) in THEMES:
        chosen["theme"] = theme or ""
    viewer = viewer_of(request)
    if viewer is not None:
        choose_looks(viewer, **chosen)
    answer = HttpResponseRedirect(_safe_next(request))
    for name, value in chosen.items():
        remember(answer, COOKIES[name], value)
    return answer


@page("web.sign_out", "sign-out/", "退出登录")
@require_POST
def sign_out_page(request: HttpRequest) -> HttpResponse:
    """Sign out."""
    sign_out(request)
    return HttpResponseRedirect(reverse("web.sign_in"))


class PasswordForm(forms.Form):
    """The present password and the new one twice."""

    present = forms.CharField(
        label="当前密码",
        max_length=200,
        strip=False,
        widget=forms.PasswordInput(attrs={"autocomplete": "current-password"}),
    )
    new = forms.CharField(
        label="新密码",
        max_length=200,
        strip=False,
        widget=forms.PasswordInput(attrs={"autocomplete": "new-password"}),
    )
    again = forms.CharField(
        label="再输一次新密码",
        max_length=200,
        strip=False,
        widget=forms.PasswordInput(attrs={"autocomplete": "new-password"}),
    )

    def __init__(self, officer: Officer, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.officer = officer
        self.fields["new"].help_text = ";".join(password_validators_help_texts())

    def clean_present(self) -> str:
        """Only the person themselves changes the password here."""
        stated: str = self.cleaned_data["present"]
        if not self.officer.check_password(stated):
            raise ValidationError("当前密码不对")
        return stated

    def clean(self) -> dict[str, Any]:
        """Both times the same."""
        given: dict[str, Any] = super().clean() or {}
        if given.get("new") and given.get("again") and given["new"] != given["again"]:
            self.add_error("again", "两次输入的新密码不一样")
        return given


@page("web.password", "password/", "修改密码")
@sensitive_post_parameters("present", "new", "again")
def password_page(request: HttpRequest) -> HttpResponse:
    """Change one's own password; forced when it was given by somebody else or is too old."""
    officer = require_viewer(request)
    form = PasswordForm(officer, request.POST or None)
    if request.method == "POST" and form.is_valid():
        try:
            changed = change_password(officer.pk, form.cleaned_data["new"], by=officer)
        except ValidationError as problem:
            form.add_error("new", problem)
        else:
            update_session_auth_hash(request, changed)
            messages.success(request, "密码已修改")
            return HttpResponseRedirect(_safe_next(request))
    context = {"form": form, "forced": must_change(officer), "next": request.GET.get("next", "")}
    return render(request, "web/desk/password.html", context, status=422 if form.errors else 200)

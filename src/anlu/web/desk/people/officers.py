"""People: the register, passwords and locked accounts."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any
from uuid import UUID

from django import forms
from django.core.exceptions import ValidationError
from django.db.models import Q
from django.http import HttpRequest, HttpResponse
from django.urls import reverse

from anlu.kernel.core.clock import today
from anlu.kernel.core.filters import ChoiceFilter, FlagFilter, TextFilter
from anlu.kernel.core.scope import WIDTH_LABELS, Viewer, Width
from anlu.kernel.people import permissions as may
from anlu.kernel.people.filters import UnitFilter
from anlu.kernel.people.models import Grant, Officer, OfficerKind
from anlu.kernel.people.services import (
    add_officer,
    change_officer,
    change_password,
)
from anlu.kernel.people.signin import unlock
from anlu.web.desk.people.offered import CHAPTER, ITEM, live_units
from anlu.web.ledgers import Column, DetailSection, Kind, Ledger, RelatedRows, Verb, ledgers
from anlu.web.nav import Crumb, page
from anlu.web.pages.base import one_of
from anlu.web.pages.small import question, small_form
from anlu.web.viewers import require_viewer


class OfficerForm(forms.ModelForm):  # type: ignore[type-arg]
    """A person; login and first password only when the account is made."""

    groups = (
        ("基本情况", ("name", "badge", "kind", "post", "unit")),
        ("账号", ("login", "password", "is_active", "valid_from", "valid_to")),
    )
    password = forms.CharField(
        label="初始密码",
        strip=False,
        max_length=200,
        widget=forms.PasswordInput(attrs={"autocomplete": "new-password"}),
        help_text="本人首次登录时必须改成自己的密码",
    )

    class Meta:
        model = Officer
        fields = ("name", "badge", "kind", "post", "unit", "login", "is_active", "valid_from", "valid_to")
        help_texts = {"login": "登录时填写，不分大小写，以后不能改"}

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["unit"].queryset = live_units()  # type: ignore[attr-defined]
        for name in ("valid_from", "valid_to"):
            self.fields[name].widget = forms.DateInput(attrs={"type": "date"}, format="%Y-%m-%d")
        if self.instance.pk:
            del self.fields["login"], self.fields["password"]
        else:
            del self.fields["is_active"], self.fields["valid_from"], self.fields["valid_to"]

    def clean_login(self) -> str:
        """Logins differ by more than the case of their letters."""
        login: str = self.cleaned_data["login"].strip()
        if Officer.objects.filter(login__iexact=login).exists():
            raise ValidationError("这个登录名已有人使用")
        return login


def add_person(values: Mapping[str, Any], *, by: Viewer) -> Officer:
    """Service behind the form for a new person."""
    try:
        return add_officer(
            values["login"],
            values["name"],
            values["unit"],
            by=by,
            password=values["password"],
            kind=values["kind"],
            post=values["post"],
            badge=values["badge"],
        )
    except ValidationError as problem:
        raise ValidationError({"password": problem.messages}) from problem


def change_person(uid: UUID, values: Mapping[str, Any], *, version: int, by: Viewer) -> Officer:
    """Service behind the form for a known person."""
    officer = Officer.objects.visible_to(by, may.OFFICER_CHANGE).get(uid=uid)
    return change_officer(officer.pk, version=version, by=by, **values)


def _grants_open(viewer: Viewer, officer: Officer) -> bool:
    return viewer.may(may.OFFICER_VIEW)


def _end_link(grant: Grant, viewer: Viewer) -> str:
    is_over = grant.valid_to is not None and grant.valid_to < today()
    if is_over or not viewer.may(may.GRANT_CHANGE):
        return ""
    return reverse("people.grant.end", args=[grant.officer.uid, grant.role.code])


def _width_words(grant: Grant) -> str:
    chosen = [*grant.units.all(), *grant.areas.all()]
    words = WIDTH_LABELS[Width(grant.role.width)]
    return f"{words}:{'、'.join(map(str, chosen))}" if chosen else words


def _may_not_unlock(officer: Officer, viewer: Viewer) -> str:
    return "" if officer.is_active else "账号已停用"


OFFICERS = ledgers.add(
    Ledger(
        code="people.officer",
        path="system/people",
        label="人员",
        noun="人员",
        unit="人",
        chapter=CHAPTER,
        item=ITEM,
        rank=10,
        model=Officer,
        columns=(
            Column("name", "姓名", sort="sort_key"),
            Column("badge", "警号/工号", kind=Kind.CODE, sort="badge"),
            Column("kind", "身份", sort="kind"),
            Column("post", "职务"),
            Column("unit", "单位", value="unit.name", sort="unit__sort_key"),
            Column("login", "登录名", kind=Kind.CODE, sort="login"),
            Column(
                "is_active",
                "账号",
                value=lambda officer: "启用" if officer.is_active else "停用",
                kind=Kind.STATUS,
                colours={"启用": "green", "停用": "grey"},
                sort="is_active",
            ),
        ),
        filters=(
            TextFilter("q", "姓名、警号、登录名", columns=("name", "badge", "login", "sort_key")),
            ChoiceFilter("kind", "身份", choices=lambda: OfficerKind.choices, common=True),
            UnitFilter("unit", "单位", common=True),
            FlagFilter("active", "账号启用", yes=Q(is_active=True)),
        ),
        order="name",
        head=("unit", "post", "is_active"),
        sections=(
            DetailSection(
                "基本情况",
                (
                    Column("name", "姓名"),
                    Column("badge", "警号/工号"),
                    Column("kind", "身份"),
                    Column("post", "职务"),
                    Column("unit", "单位", value="unit.name"),
                    Column("valid_from", "到岗"),
                    Column("valid_to", "离岗"),
                ),
            ),
            DetailSection(
                "账号",
                (
                    Column("login", "登录名"),
                    Column("is_active", "启用"),
                    Column("must_change_password", "首次登录须改密码"),
                    Column("password_changed_at", "密码修改时间"),
                ),
            ),
        ),
        related=(
            RelatedRows(
                "grant",
                "角色",
                Grant,
                through="officer",
                columns=(
                    Column("role", "角色", value="role.label"),
                    Column("width", "数据范围", value=_width_words, joins=("role",)),
                    Column("valid_from", "起"),
                    Column("valid_to", "止"),
                    Column("officer", "", value=lambda grant: "", joins=("officer",), listed=False),
                ),
                order=("role__order",),
                empty="还没有授予角色，此人登录后看不到任何业务",
                open_to=_grants_open,
                link=_end_link,
                deed="收回",
                prefetch=("units", "areas"),
            ),
        ),
        verbs=(
            Verb("授予角色", "people.grant.new", icon="key"),
            Verb("重置密码", "people.officer.password", icon="lock"),
            Verb("解除锁定", "people.officer.unlock", icon="refresh", possible=_may_not_unlock),
        ),
        form=OfficerForm,
        add=add_person,
        change=change_person,
        icon="users",
        empty="这里是有账号的人员：民警、辅警、文职、镇街和成员单位联络员等。",
    )
)


def officer_of(request: HttpRequest, uid: UUID, permission: str) -> Officer:
    """The person, inside the scope in which the asker holds the permission."""
    rows = Officer.objects.visible_to(require_viewer(request), permission)
    officer: Officer = one_of(rows, OFFICERS, uid)
    request.trail = [Crumb(officer.name, OFFICERS.url_of(officer))]  # type: ignore[attr-defined]
    return officer


class NewPassword(forms.Form):
    """A password given by the administrator."""

    password = forms.CharField(
        label="新的初始密码",
        strip=False,
        max_length=200,
        widget=forms.PasswordInput(attrs={"autocomplete": "new-password"}),
        help_text="本人下次登录时必须改成自己的密码",
    )


@page(
    "people.officer.password",
    "system/people/<uuid:uid>/password/",
    "重置密码",
    permission=may.OFFICER_CHANGE,
    chapter=CHAPTER,
    item=ITEM,
    entry=False,
    ledger="people.officer",
)
def reset_password(request: HttpRequest, uid: UUID) -> HttpResponse:
    """Give somebody a new first password."""
    officer = officer_of(request, uid, may.OFFICER_CHANGE)
    form = NewPassword(request.POST or None)

    def act() -> str:
        password = form.cleaned_data["password"]
        change_password(officer.pk, password, by=require_viewer(request), must_change=True)
        return f"已重置「{officer.name}」的密码，本人下次登录时须修改"

    title = f"重置密码 {officer.name}"
    return small_form(request, form, act, title=title, back=OFFICERS.url_of(officer), field="password")


@page(
    "people.officer.unlock",
    "system/people/<uuid:uid>/unlock/",
    "解除锁定",
    permission=may.OFFICER_CHANGE,
    chapter=CHAPTER,
    item=ITEM,
    entry=False,
    ledger="people.officer",
)
def unlockofficer_of(request: HttpRequest, uid: UUID) -> HttpResponse:
    """Forget the failed attempts of an account that has locked itself."""
    officer = officer_of(request, uid, may.OFFICER_CHANGE)

    def act() -> str:
        forgotten = unlock(officer, by=require_viewer(request))
        return f"「{officer.name}」{'已解除锁定' if forgotten else '账号没有锁定'}"

    return question(
        request,
        f"清除「{officer.name}」的登录失败记录，本人即可重新登录。",
        act,
        title=f"解除锁定 {officer.name}",
        button="解除锁定",
        back=OFFICERS.url_of(officer),
    )

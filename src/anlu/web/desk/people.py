"""系统 › 人员单位: people, units and areas; accounts, and who holds which role."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any
from uuid import UUID

from django import forms
from django.contrib import messages
from django.core.exceptions import ValidationError
from django.db.models import Count, Q
from django.http import Http404, HttpRequest, HttpResponse, HttpResponseRedirect
from django.shortcuts import render
from django.urls import reverse

from anlu.kernel.core.clock import today
from anlu.kernel.core.errors import AnluError
from anlu.kernel.core.filters import ChoiceFilter, FlagFilter, TextFilter
from anlu.kernel.core.scope import WIDTH_LABELS, Viewer, Width
from anlu.kernel.people import permissions as may
from anlu.kernel.people.filters import UnitFilter
from anlu.kernel.people.models import Grant, Officer, OfficerKind, Role, Unit, UnitKind
from anlu.kernel.people.services import (
    add_officer,
    add_unit,
    change_officer,
    change_password,
    close_unit,
    end_grant,
    grant_role,
)
from anlu.kernel.people.signin import unlock
from anlu.kernel.places.models import Area, AreaKind
from anlu.web.ledgers import Column, DetailSection, Kind, Ledger, RelatedRows, Verb, ledgers
from anlu.web.nav import Crumb, page
from anlu.web.pages.base import one_of
from anlu.web.pages.form import report
from anlu.web.viewers import require_viewer

CHAPTER, ITEM = "系统", "人员单位"
IN_FORCE = Q(valid_to__isnull=True)


def _live_units() -> Any:
    return Unit.objects.live().filter(IN_FORCE).order_by("sort_key", "code")


def _live_areas() -> Any:
    return Area.objects.live().filter(IN_FORCE).order_by("sort_key", "code")


# ------------------------------------------------------------------------------------------------ people


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
        self.fields["unit"].queryset = _live_units()  # type: ignore[attr-defined]
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


def _officer(request: HttpRequest, uid: UUID, permission: str) -> Officer:
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
    officer = _officer(request, uid, may.OFFICER_CHANGE)
    form = NewPassword(request.POST or None)
    if request.method == "POST" and form.is_valid():
        try:
            change_password(
                officer.pk, form.cleaned_data["password"], by=require_viewer(request), must_change=True
            )
        except ValidationError as problem:
            form.add_error("password", problem)
        else:
            messages.success(request, f"已重置「{officer.name}」的密码，本人下次登录时须修改")
            return HttpResponseRedirect(OFFICERS.url_of(officer))
    context = {"form": form, "page_title": f"重置密码 {officer.name}", "cancel_url": OFFICERS.url_of(officer)}
    return render(request, "web/desk/small_form.html", context, status=422 if form.errors else 200)


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
def unlock_officer(request: HttpRequest, uid: UUID) -> HttpResponse:
    """Forget the failed attempts of an account that has locked itself."""
    officer = _officer(request, uid, may.OFFICER_CHANGE)
    if request.method == "POST":
        forgotten = unlock(officer, by=require_viewer(request))
        words = "已解除锁定" if forgotten else "账号没有锁定"
        messages.success(request, f"「{officer.name}」{words}")
        return HttpResponseRedirect(OFFICERS.url_of(officer))
    context = {
        "page_title": f"解除锁定 {officer.name}",
        "question": f"清除「{officer.name}」的登录失败记录，本人即可重新登录。",
        "button": "解除锁定",
        "cancel_url": OFFICERS.url_of(officer),
    }
    return render(request, "web/desk/confirm.html", context)


class GrantForm(forms.Form):
    """A role with the time and, for a chosen width, the units and areas."""

    role = forms.ModelChoiceField(label="角色", queryset=Role.objects.order_by("order"))
    valid_from = forms.DateField(label="起", required=False, widget=forms.DateInput(attrs={"type": "date"}))
    valid_to = forms.DateField(label="止", required=False, widget=forms.DateInput(attrs={"type": "date"}))
    units = forms.ModelMultipleChoiceField(
        label="指定单位",
        queryset=Unit.objects.none(),
        required=False,
        help_text="仅用于数据范围为「指定单位或辖区」的角色",
    )
    areas = forms.ModelMultipleChoiceField(label="指定辖区", queryset=Area.objects.none(), required=False)

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["units"].queryset = _live_units()  # type: ignore[attr-defined]
        self.fields["areas"].queryset = _live_areas()  # type: ignore[attr-defined]


@page(
    "people.grant.new",
    "system/people/<uuid:uid>/grants/new/",
    "授予角色",
    permission=may.GRANT_CHANGE,
    chapter=CHAPTER,
    item=ITEM,
    entry=False,
    ledger="people.officer",
)
def new_grant(request: HttpRequest, uid: UUID) -> HttpResponse:
    """Give a person a role; only the security administrator holds this permission."""
    officer = _officer(request, uid, may.GRANT_CHANGE)
    viewer = require_viewer(request)
    form = GrantForm(request.POST or None)
    if request.method == "POST" and form.is_valid():
        given = form.cleaned_data
        try:
            if officer.uid == viewer.uid:
                raise AnluError("不能给自己授予角色")
            grant_role(
                officer,
                given["role"],
                by=viewer,
                valid_from=given["valid_from"],
                valid_to=given["valid_to"],
                units=given["units"],
                areas=given["areas"],
            )
        except AnluError as problem:
            report(form, problem)
        else:
            messages.success(request, f"已授予「{officer.name}」角色「{given['role']}」")
            return HttpResponseRedirect(OFFICERS.url_of(officer))
    context = {"form": form, "page_title": f"授予角色 {officer.name}", "cancel_url": OFFICERS.url_of(officer)}
    return render(request, "web/desk/small_form.html", context, status=422 if form.errors else 200)


@page(
    "people.grant.end",
    "system/people/<uuid:uid>/grants/<str:role>/end/",
    "收回角色",
    permission=may.GRANT_CHANGE,
    chapter=CHAPTER,
    item=ITEM,
    entry=False,
    ledger="people.officer",
)
def take_grant(request: HttpRequest, uid: UUID, role: str) -> HttpResponse:
    """Take a role back: from tomorrow it is no longer held."""
    officer = _officer(request, uid, may.GRANT_CHANGE)
    held = Q(valid_to__isnull=True) | Q(valid_to__gte=today())
    grants = list(officer.grants.filter(held, role__code=role).select_related("role"))
    if not grants:
        raise Http404
    if request.method == "POST":
        for grant in grants:
            end_grant(grant.pk, on=today(), by=require_viewer(request))
        messages.success(request, f"已收回「{officer.name}」的角色「{grants[0].role}」，今日后不再有效")
        return HttpResponseRedirect(OFFICERS.url_of(officer))
    context = {
        "page_title": f"收回角色 {officer.name}",
        "question": f"「{officer.name}」从明天起不再担任「{grants[0].role}」。记录保留。",
        "button": "收回 1 个角色",
        "danger": True,
        "cancel_url": OFFICERS.url_of(officer),
    }
    return render(request, "web/desk/confirm.html", context)


# ------------------------------------------------------------------------------------------------ units


class UnitForm(forms.ModelForm):  # type: ignore[type-arg]
    """A new unit. Units are not moved afterwards: one ends and names its successor."""

    class Meta:
        model = Unit
        fields = ("code", "name", "short_name", "kind", "parent", "area", "valid_from")

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["parent"].queryset = _live_units()  # type: ignore[attr-defined]
        self.fields["area"].queryset = _live_areas()  # type: ignore[attr-defined]
        self.fields["valid_from"].widget = forms.DateInput(attrs={"type": "date"}, format="%Y-%m-%d")

    def clean_code(self) -> str:
        """One live unit for a code."""
        code: str = self.cleaned_data["code"].strip()
        if Unit.objects.live().filter(code=code).exists():
            raise ValidationError("这个代码已有单位使用")
        return code


def add_unit_from(values: Mapping[str, Any], *, by: Viewer) -> Unit:
    """Service behind the form for a new unit."""
    return add_unit(
        values["code"],
        values["name"],
        values["kind"],
        by=by,
        parent=values["parent"],
        area=values["area"],
        short_name=values["short_name"],
        valid_from=values["valid_from"],
    )


def _unit_state(unit: Unit) -> str:
    return "已撤销" if unit.valid_to is not None and unit.valid_to < today() else "在用"


def _may_not_close(unit: Unit, viewer: Viewer) -> str:
    return "已撤销" if unit.valid_to is not None else ""


STATE = {"在用": "green", "已撤销": "grey"}

UNITS = ledgers.add(
    Ledger(
        code="people.unit",
        path="system/units",
        label="单位",
        noun="单位",
        unit="个",
        chapter=CHAPTER,
        item=ITEM,
        model=Unit,
        columns=(
            Column("name", "名称", sort="sort_key"),
            Column("code", "代码", kind=Kind.CODE, sort="code"),
            Column("kind", "类别", sort="kind"),
            Column("parent", "上级", value="parent.name", sort="parent__sort_key"),
            Column("area", "所在辖区", value="area.name", sort="area__sort_key"),
            Column("state", "状态", value=_unit_state, kind=Kind.STATUS, colours=STATE),
            Column("valid_from", "成立", sort="valid_from", listed=False),
            Column("valid_to", "撤销", sort="valid_to", listed=False),
            Column("successor", "并入", value="successor.name", listed=False),
        ),
        filters=(
            TextFilter("q", "名称、代码", columns=("name", "short_name", "code", "sort_key")),
            ChoiceFilter("kind", "类别", choices=lambda: UnitKind.choices, common=True),
            FlagFilter("ended", "已撤销", yes=Q(valid_to__isnull=False)),
        ),
        order="code",
        head=("kind", "parent", "state"),
        related=(
            RelatedRows(
                "officer",
                "人员",
                Officer,
                through="unit",
                columns=(Column("name", "姓名"), Column("kind", "身份"), Column("post", "职务")),
                order=("sort_key",),
                permission=may.OFFICER_VIEW,
                empty="没有人员，或您无权查看",
            ),
        ),
        verbs=(Verb("撤销并入", "people.unit.close", icon="ban", possible=_may_not_close),),
        form=UnitForm,
        add=add_unit_from,
        permissions={"add": may.UNIT_CHANGE},
        icon="building",
        empty="这里是大队、中队、股室、镇街安办、成员单位等。",
    )
)


class CloseForm(forms.Form):
    """When a unit ends and which one takes over."""

    on = forms.DateField(label="撤销日期", widget=forms.DateInput(attrs={"type": "date"}, format="%Y-%m-%d"))
    successor = forms.ModelChoiceField(
        label="并入单位",
        queryset=Unit.objects.none(),
        help_text="原单位的记录保持原样，由并入单位的人员查看和办理",
    )

    def __init__(self, unit: Unit, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["successor"].queryset = _live_units().exclude(pk=unit.pk)  # type: ignore[attr-defined]


@page(
    "people.unit.close",
    "system/units/<uuid:uid>/close/",
    "撤销并入",
    permission=may.UNIT_CHANGE,
    chapter=CHAPTER,
    item=ITEM,
    entry=False,
    ledger="people.unit",
)
def close_unit_page(request: HttpRequest, uid: UUID) -> HttpResponse:
    """End a unit in favour of another."""
    viewer = require_viewer(request)
    unit: Unit = one_of(Unit.objects.visible_to(viewer, may.UNIT_CHANGE), UNITS, uid)
    request.trail = [Crumb(unit.name, UNITS.url_of(unit))]  # type: ignore[attr-defined]
    form = CloseForm(unit, request.POST or None, initial={"on": today()})
    if request.method == "POST" and form.is_valid():
        given = form.cleaned_data
        try:
            close_unit(unit.pk, successor_id=given["successor"].pk, on=given["on"], by=viewer)
        except AnluError as problem:
            report(form, problem)
        else:
            messages.success(request, f"「{unit}」已撤销，并入「{given['successor']}」")
            return HttpResponseRedirect(UNITS.url_of(unit))
    context = {
        "form": form,
        "page_title": f"撤销并入 {unit}",
        "cancel_url": UNITS.url_of(unit),
        "danger": True,
    }
    return render(request, "web/desk/small_form.html", context, status=422 if form.errors else 200)


@dataclass
class Branch:
    """A unit in the tree."""

    unit: Unit
    url: str
    staff: int
    below: list[Branch] = field(default_factory=list)


@page(
    "people.unit.tree",
    "system/units/tree/",
    "单位树",
    permission=may.UNIT_VIEW,
    chapter=CHAPTER,
    item=ITEM,
    entry=True,
    rank=20,
)
def unit_tree(request: HttpRequest) -> HttpResponse:
    """The tree as it stands today, with the number of people in each unit."""
    viewer = require_viewer(request)
    staff = _staff_by_unit(viewer)
    units = list(Unit.objects.visible_to(viewer).filter(IN_FORCE).order_by("sort_key", "code"))
    branches = {unit.pk: Branch(unit, UNITS.url_of(unit), staff.get(unit.pk, 0)) for unit in units}
    tops: list[Branch] = []
    for unit in units:
        above = branches.get(unit.parent_id) if unit.parent_id else None
        (above.below if above else tops).append(branches[unit.pk])
    context = {"tops": tops, "page_note": f"{len(units)} 个单位，{sum(staff.values())} 人"}
    return render(request, "web/desk/unit_tree.html", context)


def _staff_by_unit(viewer: Viewer) -> dict[int, int]:
    visible = Officer.objects.visible_to(viewer).filter(is_active=True).order_by()
    return dict(visible.values_list("unit").annotate(n=Count("pk")))


# ------------------------------------------------------------------------------------------------ areas

AREAS = ledgers.add(
    Ledger(
        code="places.area",
        path="system/areas",
        label="辖区",
        noun="辖区",
        unit="个",
        chapter=CHAPTER,
        item=ITEM,
        model=Area,
        columns=(
            Column("name", "名称", sort="sort_key"),
            Column("code", "代码", kind=Kind.CODE, sort="code"),
            Column("kind", "级别", sort="kind"),
            Column("parent", "上级", value="parent.name", sort="parent__sort_key"),
            Column("valid_from", "启用", sort="valid_from"),
            Column("valid_to", "撤销", sort="valid_to"),
        ),
        filters=(
            TextFilter("q", "名称、代码", columns=("name", "code", "sort_key")),
            ChoiceFilter("kind", "级别", choices=lambda: AreaKind.choices, common=True),
        ),
        order="code",
        head=("kind", "parent"),
        icon="map-pin",
        empty="这里是县、镇街和村居。",
    )
)

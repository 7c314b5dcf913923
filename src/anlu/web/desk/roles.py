"""系统 › 角色: permissions ticked on the tree of the menu, and how far each role sees."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

from django import forms
from django.contrib import messages
from django.core.exceptions import PermissionDenied
from django.db.models import Count, Q
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.shortcuts import get_object_or_404, render
from django.urls import reverse

from anlu.kernel.core.clock import today
from anlu.kernel.core.errors import AnluError
from anlu.kernel.core.permissions import permissions
from anlu.kernel.core.scope import WIDTH_LABELS, Width
from anlu.kernel.people import permissions as may
from anlu.kernel.people.access import valid_on
from anlu.kernel.people.models import Administrator, Grant, Role
from anlu.kernel.people.services import add_role, remove_role, tick_permissions, why_kept
from anlu.web.nav import CHAPTERS, Crumb, page, pages
from anlu.web.pages.small import question, small_form
from anlu.web.viewers import require_viewer

CHAPTER, ITEM = "系统", "角色"


@dataclass(frozen=True)
class RoleLine:
    """A role in the list."""

    role: Role
    url: str
    width: str
    administrator: str
    ticked: int
    holders: int


@page("people.role", "system/roles/", "角色", chapter=CHAPTER, item=ITEM, permission=may.ROLE_VIEW)
def roles(request: HttpRequest) -> HttpResponse:
    """All roles with their width, number of permissions and of people who hold them today."""
    held = Grant.objects.filter(valid_on(today()), officer__is_active=True).order_by()
    holders = dict(held.values_list("role").annotate(n=Count("officer", distinct=True)))
    ticked = Count("ticked", filter=Q(ticked__code__in=permissions.codes()))
    lines = [
        RoleLine(
            role,
            reverse("people.role.permissions", args=[role.code]),
            WIDTH_LABELS[Width(role.width)],
            role.get_administrator_display() if role.administrator else "",
            role.ticked_number,
            holders.get(role.pk, 0),
        )
        for role in Role.objects.annotate(ticked_number=ticked).order_by("order", "code")
    ]
    may_change = require_viewer(request).may(may.ROLE_CHANGE)
    context = {"lines": lines, "page_note": f"共 {len(lines)} 个", "may_change": may_change}
    return render(request, "web/desk/roles.html", context)


@dataclass(frozen=True)
class Tick:
    """A permission in the tree."""

    code: str
    label: str
    ticked: bool
    sworn: bool


@dataclass(frozen=True)
class Branch:
    """An item of the menu with the permissions that its pages ask for; those of the chapter itself have no label."""

    label: str
    ticks: list[Tick]


@dataclass(frozen=True)
class Group:
    """A chapter of the menu."""

    label: str
    branches: list[Branch]

    @property
    def ticks(self) -> list[Tick]:
        """All permissions of the chapter."""
        return [tick for branch in self.branches for tick in branch.ticks]

    @property
    def number(self) -> int:
        """How many are ticked."""
        return sum(tick.ticked for tick in self.ticks)


def permission_tree(ticked: set[str]) -> list[Group]:
    """All permissions by chapter and item, both in the order of the menu; what belongs to no chapter comes last."""
    items = items_of_permissions()
    found: dict[str, dict[str, list[Tick]]] = {chapter.label: {} for chapter in CHAPTERS}
    for one in permissions:
        branches = found.setdefault(one.group, {})
        item = items.get((one.group, one.code)) or items.get((one.group, _noun(one.code)), "")
        branches.setdefault(item, []).append(Tick(one.code, one.label, one.code in ticked, one.sworn))
    order = {place: number for number, place in enumerate(_places())}
    return [
        Group(
            chapter or "其他",
            [
                Branch(item, ticks)
                for item, ticks in sorted(
                    branches.items(), key=lambda pair: order.get((chapter, pair[0]), len(order))
                )
            ],
        )
        for chapter, branches in found.items()
        if branches
    ]


def _places() -> Iterator[tuple[str, str]]:
    return ((chapter.label, item) for chapter in CHAPTERS for item in chapter.items)


def _noun(code: str) -> str:
    return code.rpartition(".")[0]


def items_of_permissions() -> dict[tuple[str, str], str]:
    """By chapter and permission, and by chapter and noun of permissions, the first item whose pages ask for it."""
    found: dict[tuple[str, str], str] = {}
    for one in sorted(pages, key=lambda one: not one.entry):
        if one.permission and one.item:
            found.setdefault((one.chapter, one.permission), one.item)
            found.setdefault((one.chapter, _noun(one.permission)), one.item)
    return found


class RoleForm(forms.Form):
    """Name and width; permissions are read beside them."""

    label = forms.CharField(label="名称", max_length=40, strip=True)
    width = forms.ChoiceField(
        label="数据范围", choices=[(width.value, label) for width, label in WIDTH_LABELS.items()]
    )


class NewRole(RoleForm):
    """A role of one's own, begun from another one."""

    like = forms.ModelChoiceField(
        label="照着",
        queryset=Role.objects.filter(administrator=Administrator.NONE),
        required=False,
        empty_label="空白，逐项勾选",
        help_text="先抄来它的权限，保存后再增减",
    )
    field_order = ("label", "like", "width")


@page(
    "people.role.add",
    "system/new-role/",
    "新建角色",
    chapter=CHAPTER,
    item=ITEM,
    entry=False,
    permission=may.ROLE_CHANGE,
)
def new_role(request: HttpRequest) -> HttpResponse:
    """Make a role; its permissions are ticked on the page that follows."""
    form = NewRole(request.POST or None, initial={"width": Width.OWN})

    def act() -> tuple[str, str]:
        role = add_role(**form.cleaned_data, by=require_viewer(request))
        return f"已新建角色「{role}」，请勾选它的权限", reverse("people.role.permissions", args=[role.code])

    return small_form(request, form, act, button="新建", back=reverse("people.role"))


@page(
    "people.role.remove",
    "system/roles/<str:code>/remove/",
    "删除角色",
    chapter=CHAPTER,
    item=ITEM,
    entry=False,
    permission=may.ROLE_CHANGE,
)
def role_removal(request: HttpRequest, code: str) -> HttpResponse:
    """Delete a role that nobody ever held."""
    role = get_object_or_404(Role, code=code)
    url = reverse("people.role.permissions", args=[role.code])
    request.trail = [Crumb(role.label, url), Crumb("删除")]  # type: ignore[attr-defined]

    def act() -> tuple[str, str]:
        remove_role(role.pk, by=require_viewer(request))
        return f"已删除角色「{role}」", reverse("people.role")

    return question(
        request,
        "没有人担任过这个角色，删除后不能恢复。",
        act,
        title=f"删除角色「{role}」",
        button="删除",
        danger=True,
        back=url,
    )


@page(
    "people.role.permissions",
    "system/roles/<str:code>/",
    "权限",
    chapter=CHAPTER,
    item=ITEM,
    entry=False,
    permission=may.ROLE_VIEW,
)
def role_permissions(request: HttpRequest, code: str) -> HttpResponse:
    """The permissions of one role; only the security administrator may change them."""
    viewer = require_viewer(request)
    role = get_object_or_404(Role, code=code)
    may_change = viewer.may(may.ROLE_CHANGE)
    ticked = set(role.ticked.values_list("code", flat=True))
    form = RoleForm(request.POST or None, initial={"width": role.width, "label": role.label})
    if request.method == "POST":
        if not may_change:
            raise PermissionDenied
        wanted = [one for one in request.POST.getlist("permission") if one in permissions]
        if form.is_valid():
            return _ticked(request, role, wanted, form)
        ticked = set(wanted)
    request.trail = [Crumb(role.label)]  # type: ignore[attr-defined]
    context = {
        "role": role,
        "form": form,
        "groups": permission_tree(ticked),
        "may_change": may_change,
        "width_label": WIDTH_LABELS[Width(role.width)],
        "page_title": role.label,
        "page_note": f"{len(ticked & set(permissions.codes()))} 项权限 · {WIDTH_LABELS[Width(role.width)]}",
    }
    if may_change and not why_kept(role):
        context["remove_url"] = reverse("people.role.remove", args=[role.code])
    return render(request, "web/desk/role.html", context, status=422 if form.errors else 200)


def _ticked(request: HttpRequest, role: Role, wanted: list[str], form: RoleForm) -> HttpResponse:
    viewer = require_viewer(request)
    try:
        if Grant.objects.filter(valid_on(today()), role=role, officer__uid=viewer.uid).exists():
            raise AnluError("不能修改自己担任的角色")
        role = tick_permissions(role.pk, wanted, **form.cleaned_data, by=viewer)
    except AnluError as problem:
        messages.error(request, str(problem))
    else:
        messages.success(request, f"角色「{role}」已保存，{len(wanted)} 项权限，立即生效")
    return HttpResponseRedirect(reverse("people.role.permissions", args=[role.code]))

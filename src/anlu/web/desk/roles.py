"""系统 › 角色: permissions ticked on the tree of the menu, and how far each role sees."""

from __future__ import annotations

from collections import defaultdict
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
from anlu.kernel.core.permissions import Permission, permissions
from anlu.kernel.core.scope import WIDTH_LABELS, Width
from anlu.kernel.people import permissions as may
from anlu.kernel.people.access import valid_on
from anlu.kernel.people.models import Grant, Role
from anlu.kernel.people.services import tick_permissions
from anlu.web.nav import CHAPTERS, Crumb, page
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
    return render(request, "web/desk/roles.html", {"lines": lines, "page_note": f"共 {len(lines)} 个"})


@dataclass(frozen=True)
class Tick:
    """A permission in the tree."""

    code: str
    label: str
    ticked: bool
    sworn: bool


@dataclass(frozen=True)
class Group:
    """A chapter of the menu with the permissions that belong to it."""

    label: str
    ticks: list[Tick]

    @property
    def number(self) -> int:
        """How many are ticked."""
        return sum(tick.ticked for tick in self.ticks)


def permission_tree(ticked: set[str]) -> list[Group]:
    """All permissions by chapter in the order of the menu; what belongs to no chapter comes last."""
    by_chapter: dict[str, list[Permission]] = defaultdict(list)
    for permission in permissions:
        by_chapter[permission.group].append(permission)
    order = [chapter.label for chapter in CHAPTERS]
    names = sorted(by_chapter, key=lambda name: (order.index(name) if name in order else len(order), name))
    return [
        Group(
            name or "其他",
            [Tick(one.code, one.label, one.code in ticked, one.sworn) for one in by_chapter[name]],
        )
        for name in names
    ]


class RoleForm(forms.Form):
    """The width; permissions are read beside it."""

    width = forms.ChoiceField(
        label="数据范围", choices=[(width.value, label) for width, label in WIDTH_LABELS.items()]
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
    form = RoleForm(request.POST or None, initial={"width": role.width})
    if request.method == "POST":
        if not may_change:
            raise PermissionDenied
        wanted = [one for one in request.POST.getlist("permission") if one in permissions]
        if form.is_valid():
            return _ticked(request, role, wanted, form)
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
    return render(request, "web/desk/role.html", context)


def _ticked(request: HttpRequest, role: Role, wanted: list[str], form: RoleForm) -> HttpResponse:
    viewer = require_viewer(request)
    try:
        if Grant.objects.filter(valid_on(today()), role=role, officer__uid=viewer.uid).exists():
            raise AnluError("不能修改自己担任的角色")
        tick_permissions(role.pk, wanted, width=form.cleaned_data["width"], by=viewer)
    except AnluError as problem:
        messages.error(request, str(problem))
    else:
        messages.success(request, f"角色「{role}」已保存，{len(wanted)} 项权限，立即生效")
    return HttpResponseRedirect(reverse("people.role.permissions", args=[role.code]))

"""Who holds which role, over what."""

from __future__ import annotations

from typing import Any
from uuid import UUID

from django import forms
from django.db.models import Q
from django.http import Http404, HttpRequest, HttpResponse

from anlu.kernel.core.clock import today
from anlu.kernel.core.errors import AnluError
from anlu.kernel.people import permissions as may
from anlu.kernel.people.models import Role, Unit
from anlu.kernel.people.services import (
    end_grant,
    grant_role,
)
from anlu.kernel.places.models import Area
from anlu.web.desk.people.offered import CHAPTER, ITEM, live_areas, live_units
from anlu.web.desk.people.officers import OFFICERS, officer_of
from anlu.web.nav import page
from anlu.web.pages.small import question, small_form
from anlu.web.viewers import require_viewer


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
        self.fields["units"].queryset = live_units()  # type: ignore[attr-defined]
        self.fields["areas"].queryset = live_areas()  # type: ignore[attr-defined]


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
    officer = officer_of(request, uid, may.GRANT_CHANGE)
    viewer = require_viewer(request)
    form = GrantForm(request.POST or None)

    def act() -> str:
        given = form.cleaned_data
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
        return f"已授予「{officer.name}」角色「{given['role']}」"

    return small_form(request, form, act, title=f"授予角色 {officer.name}", back=OFFICERS.url_of(officer))


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
    officer = officer_of(request, uid, may.GRANT_CHANGE)
    held = Q(valid_to__isnull=True) | Q(valid_to__gte=today())
    grants = list(officer.grants.filter(held, role__code=role).select_related("role"))
    if not grants:
        raise Http404

    def act() -> str:
        for grant in grants:
            end_grant(grant.pk, on=today(), by=require_viewer(request))
        return f"已收回「{officer.name}」的角色「{grants[0].role}」，今日后不再有效"

    return question(
        request,
        f"「{officer.name}」从明天起不再担任「{grants[0].role}」。记录保留。",
        act,
        title=f"收回角色 {officer.name}",
        button="收回 1 个角色",
        danger=True,
        back=OFFICERS.url_of(officer),
    )

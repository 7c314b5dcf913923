"""Units: the register, the tree, and how one ends."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any
from uuid import UUID

from django import forms
from django.core.exceptions import ValidationError
from django.db.models import Count, Q
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render

from anlu.kernel.core.clock import today
from anlu.kernel.core.filters import ChoiceFilter, FlagFilter, TextFilter
from anlu.kernel.core.scope import Viewer
from anlu.kernel.people import permissions as may
from anlu.kernel.people.models import Officer, Unit, UnitKind
from anlu.kernel.people.services import (
    add_unit,
    close_unit,
)
from anlu.web.desk.people.offered import CHAPTER, IN_FORCE, ITEM, live_areas, live_units
from anlu.web.ledgers import Column, Kind, Ledger, RelatedRows, Verb, ledgers
from anlu.web.nav import Crumb, page
from anlu.web.pages.base import one_of
from anlu.web.pages.small import small_form
from anlu.web.viewers import require_viewer


class UnitForm(forms.ModelForm):  # type: ignore[type-arg]
    """A new unit. Units are not moved afterwards: one ends and names its successor."""

    class Meta:
        model = Unit
        fields = ("code", "name", "short_name", "kind", "parent", "area", "valid_from")

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["parent"].queryset = live_units()  # type: ignore[attr-defined]
        self.fields["area"].queryset = live_areas()  # type: ignore[attr-defined]
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
        self.fields["successor"].queryset = live_units().exclude(pk=unit.pk)  # type: ignore[attr-defined]


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

    def act() -> str:
        given = form.cleaned_data
        close_unit(unit.pk, successor_id=given["successor"].pk, on=given["on"], by=viewer)
        return f"「{unit}」已撤销，并入「{given['successor']}」"

    return small_form(request, form, act, title=f"撤销并入 {unit}", back=UNITS.url_of(unit), danger=True)


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

"""Forms of cases, made from the declaration of the kind: its facts, its place, and what a move asks for."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date
from typing import Any, Final

from django import forms

from anlu.engine.lifecycle import AFTER, BEFORE, DOCUMENT, EVIDENCE, NOTE, PHOTO, Move
from anlu.kernel.cases.kinds import FactField, Kind, families
from anlu.kernel.cases.models import Case, CaseUnit, Part
from anlu.kernel.core.clock import today
from anlu.kernel.core.dictionaries import choices
from anlu.kernel.people.models import Officer, Unit
from anlu.kernel.places.models import Area, AreaKind, Road
from anlu.web.forms import ManyTicks
from anlu.web.stakes import StakeField
from anlu.web.uploads import DOCUMENT_TYPES, MOST_MB, PICTURE_TYPES, FilesField, ManyFiles

DETAIL: Final = "d_"
FILES: Final[Mapping[str, str]] = {
    BEFORE: "整改前照片",
    AFTER: "整改后照片",
    PHOTO: "现场照片",
    DOCUMENT: "文件",
}


def day_field(label: str, **more: Any) -> forms.DateField:
    """A day, picked or typed."""
    widget = forms.DateInput(attrs={"type": "date"}, format="%Y-%m-%d")
    return forms.DateField(label=label, widget=widget, **({"required": False} | more))


def towns() -> Any:
    """Towns of today."""
    return Area.objects.live().filter(valid_to__isnull=True, kind=AreaKind.TOWN).order_by("sort_key", "code")


def units() -> Any:
    """Units of today."""
    return Unit.objects.live().filter(valid_to__isnull=True).order_by("sort_key", "code")


def unit_field(label: str, **more: Any) -> forms.ModelChoiceField:  # type: ignore[type-arg]
    """One unit."""
    return forms.ModelChoiceField(units(), label=label, **({"required": False, "empty_label": "—"} | more))


def helpers_field(case: Case | None = None) -> forms.ModelMultipleChoiceField:  # type: ignore[type-arg]
    """Several units, each with a box to tick; those that help already are ticked."""
    held = (
        CaseUnit.objects.filter(case=case, part=Part.HELPER).values_list("unit_id", flat=True) if case else ()
    )
    return forms.ModelMultipleChoiceField(
        units(), label="配合单位", required=False, widget=ManyTicks, help_text="可选多个", initial=list(held)
    )


def handler_field(case: Case | None, **more: Any) -> forms.ModelChoiceField:  # type: ignore[type-arg]
    """Somebody of the units of the case."""
    people = Officer.objects.filter(is_active=True, voided_at__isnull=True)
    if case is not None:
        parts = [case.unit_id, case.lead_id]
        people = people.filter(unit__in=[one for one in parts if one]) if any(parts) else people
    given = {"required": False, "empty_label": "—"} | more
    return forms.ModelChoiceField(people.order_by("sort_key"), label="经办人", **given)


def files_field(kind: str, *, required: bool = False) -> FilesField:
    """Pictures (a phone offers its camera) or documents."""
    accept = DOCUMENT_TYPES if kind == DOCUMENT else PICTURE_TYPES
    note = (
        "PDF、Word、Excel"
        if kind == DOCUMENT
        else "JPEG、PNG，每张不超过 30 MB，可选多张；尽量不拍人脸和号牌"
    )
    widget = ManyFiles(attrs={"accept": accept, "data-most-mb": MOST_MB})
    return FilesField(label=FILES[kind], required=required, help_text=note, widget=widget)


def fact_field(one: FactField) -> forms.Field:
    """The field of one fact."""
    common: dict[str, Any] = {"label": one.label, "required": one.required, "help_text": one.fact.help}
    if one.fact.choices:
        offered = [("", "—"), *choices(one.fact.choices, on=today)()]
        return forms.ChoiceField(choices=offered, **common)
    if one.type is bool:
        return forms.BooleanField(**(common | {"required": False}))
    if one.type is int:
        return forms.IntegerField(**common)
    if one.type is float:
        return forms.FloatField(**common)
    if one.type is date:
        return day_field(**common)
    widget = forms.Textarea(attrs={"rows": 3}) if one.fact.long else forms.TextInput()
    return forms.CharField(widget=widget, max_length=2_000, **common)


def asked_field(ask: str, case: Case | None, kind: Kind) -> forms.Field:
    """The field of one of ``ASKS``, for a case or (None) for one that is opened."""
    match ask:
        case "lead":
            held = case.lead_id if case else None
            return unit_field("牵头单位", required=held is None, initial=held)
        case "helpers":
            return helpers_field()
        case "handler":
            return handler_field(case)
        case "due_on":
            return day_field("办理期限", help_text="不填按规定的工作日数计算")
        case _:
            return forms.ChoiceField(
                label="等级", required=False, choices=[("", "—"), *choices(kind.grades, on=today)()]
            )


class CaseForm(forms.Form):
    """A new case of a kind, or the correction of one."""

    def __init__(self, kind: Kind, *, located: bool, case: Case | None = None, **given: Any) -> None:
        super().__init__(**given)
        self.kind = kind
        fields: dict[str, forms.Field] = {
            "title": forms.CharField(
                label="事项", max_length=120, required=False, help_text="一句话；不填用类型名称"
            ),
            "description": forms.CharField(
                label="情况说明", required=False, max_length=4_000, widget=forms.Textarea(attrs={"rows": 4})
            ),
            "found_on": day_field(families.get(kind.family).found_label, required=True, initial=today),
        }
        if kind.grades:
            fields["grade"] = forms.ChoiceField(
                label="等级", required=False, choices=[("", "—"), *choices(kind.grades, on=today)()]
            )
        if case is None:
            fields |= {one: asked_field(one, None, kind) for one in kind.asks}
        facts = {DETAIL + one.name: fact_field(one) for one in kind.facts}
        place = _place_fields() if located else {}
        self.fields.update(fields | facts | place)
        self.groups = (
            ("基本情况", tuple(fields)),
            (kind.label, tuple(facts)),
            ("位置", tuple(place)),
        )
        if case is None:
            self.fields[BEFORE if located else PHOTO] = files_field(BEFORE if located else PHOTO)
            self.fields[DOCUMENT] = files_field(DOCUMENT)
            self.groups += (("照片与文件", (BEFORE if located else PHOTO, DOCUMENT)),)

    def clean(self) -> dict[str, Any]:
        """A position whole or not at all."""
        given = super().clean() or self.cleaned_data
        lon, lat = given.get("lon"), given.get("lat")
        if (
            "lon" in self.fields
            and not self.errors.keys() & {"lon", "lat"}
            and (lon is None) != (lat is None)
        ):
            self.add_error("lat" if lat is None else "lon", "经度和纬度要一起填写")
        return given

    @staticmethod
    def initial_of(case: Case, details: Mapping[str, Any]) -> dict[str, Any]:
        """Values of a case that is corrected."""
        names = ("title", "description", "found_on", "grade", "town", "road", "road_name", "chainage_m",
                 "place_text", "lon", "lat")  # fmt: skip
        found = {name: getattr(case, name) for name in names}
        return found | {DETAIL + name: value for name, value in details.items()}

    def values(self) -> dict[str, Any]:
        """What the service takes."""
        skip = {BEFORE, PHOTO, DOCUMENT}
        return {
            name: value
            for name, value in self.cleaned_data.items()
            if not name.startswith(DETAIL) and name not in skip
        }

    def details(self) -> dict[str, Any]:
        """The facts of the kind."""
        return {one.name: self.cleaned_data.get(DETAIL + one.name) for one in self.kind.facts}


def _place_fields() -> dict[str, forms.Field]:
    roads = Road.objects.live().order_by("code")
    return {
        "lon": forms.FloatField(label="经度", required=False, min_value=-180, max_value=180),
        "lat": forms.FloatField(label="纬度", required=False, min_value=-85, max_value=85),
        "road": forms.ModelChoiceField(roads, label="道路", required=False, empty_label="—"),
        "chainage_m": StakeField(label="桩号"),
        "town": forms.ModelChoiceField(towns(), label="镇街", required=False, empty_label="—"),
        "place_text": forms.CharField(label="地点说明", max_length=300, required=False),
    }


def files_from(form: Any) -> list[tuple[Any, str, str]]:
    """(file, its name, kind) of all file fields of a form."""
    return [(one, one.name or "", kind) for kind in FILES for one in form.cleaned_data.get(kind) or ()]


class MoveForm(forms.Form):
    """What one move asks for and needs."""

    def __init__(self, case: Case, move: Move, kind: Kind, **given: Any) -> None:
        super().__init__(**given)
        needs = set(move.needs)
        proposed = kind.suggest(case)
        for ask in move.asks:
            self.fields[ask] = asked_field(ask, case, kind)
            if ask in proposed and not getattr(case, ask, None):
                value = proposed[ask].value
                many = isinstance(value, list | tuple)
                self.fields[ask].initial = [one.pk for one in value] if many else getattr(value, "pk", value)
                self.fields[ask].help_text = proposed[ask].why
        self.fields[NOTE] = forms.CharField(
            label="说明",
            required=NOTE in needs,
            max_length=2_000,
            widget=forms.Textarea(attrs={"rows": 3}),
        )
        wanted = [one for one in (BEFORE, AFTER, PHOTO, DOCUMENT) if one in needs]
        for one in wanted or (PHOTO,):
            self.fields[one] = files_field(one)
            if one in needs:
                self.fields[
                    one
                ].help_text = f"须有{EVIDENCE[one]}；已上传的也算。{self.fields[one].help_text}"

    def answers(self) -> dict[str, Any]:
        """What the service takes beside note and files; what was left open is not among it."""
        names = ("lead", "helpers", "handler", "due_on", "grade")
        found = {name: self.cleaned_data[name] for name in names if self.cleaned_data.get(name)}
        return found

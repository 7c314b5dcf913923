"""Forms of crashes. Codes are chosen from the dictionaries as they are in force today."""

from __future__ import annotations

from typing import Any

from django import forms

from anlu.apps.crashes.models import Crash, CrashParty, CrashVehicle, Procedure
from anlu.kernel.core.clock import today
from anlu.kernel.core.dictionaries import choices
from anlu.kernel.people.models import Unit
from anlu.kernel.places.models import Area, Road
from anlu.web.stakes import StakeField

CODED = (
    "severity",
    "procedure",
    "scene",
    "close_method",
    "mediation",
    "form",
    "vehicle_form",
    "object_hit",
    "cause",
    "weather",
    "visibility",
    "light",
    "surface",
    "pavement",
    "pavement_material",
    "terrain",
    "road_class",
    "road_rank",
    "junction",
    "cross_section",
    "separation",
    "roadside_protection",
    "central_separation",
    "road_safety",
)
CRASH_CODES = {name: f"crash.{name}" for name in CODED}
PARTY_CODES = {
    "sex": "crash.sex",
    "role": "crash.role",
    "mode": "crash.mode",
    "injury": "crash.injury",
    "liability": "crash.liability",
    "helmet": "crash.protection",
    "belt": "crash.protection",
    "child_seat": "crash.protection",
    "drink": "crash.drink",
}
VEHICLE_CODES = {
    "vehicle_class": "crash.vehicle_class",
    "insured": "crash.insured",
    "manoeuvre": "crash.manoeuvre",
    "object_hit": "crash.object_hit",
    "first_impact": "crash.first_impact",
    "driver_sex": "crash.sex",
}
TIMES = ("occurred_at", "reported_at", "filed_at", "died_at")
DAYS = ("determined_on", "closed_on")


class CodedForm(forms.ModelForm):  # type: ignore[type-arg]
    """A form whose code fields are choices, and whose times are picked by the minute."""

    codes: dict[str, str] = {}

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        for name, list_ in self.codes.items():
            if name in self.fields:
                self.fields[name] = self._choice(name, list_)
        for name in TIMES:
            if name in self.fields:
                self.fields[name].widget = forms.DateTimeInput(
                    attrs={"type": "datetime-local"}, format="%Y-%m-%dT%H:%M"
                )
        for name in DAYS:
            if name in self.fields:
                self.fields[name].widget = forms.DateInput(attrs={"type": "date"}, format="%Y-%m-%d")

    def _choice(self, name: str, list_: str) -> forms.ChoiceField:
        """What is in force today, and what the record holds already even if it is not any more."""
        old = self.fields[name]
        offered = list(choices(list_, on=today)())
        held = getattr(self.instance, name, "") or ""
        if held and held not in dict(offered):
            offered.append((held, dict(choices(list_)()).get(held, held)))
        required = name in ("severity",)
        blank = [] if required else [("", "—")]
        return forms.ChoiceField(
            choices=blank + offered, label=old.label, required=required, help_text=old.help_text, initial=held
        )


class CrashForm(CodedForm):
    """The crash itself. Casualties and severity follow from the parties where there are any."""

    codes = CRASH_CODES
    groups = (
        (
            "基本情况",
            (
                "number",
                "case_number",
                "occurred_at",
                "time_precision",
                "reported_at",
                "filed_at",
                "procedure",
            ),
        ),
        ("地点", ("town", "unit", "road", "road_name", "chainage_m", "place_text", "lon", "lat")),
        (
            "后果",
            (
                "severity",
                "killed",
                "seriously_injured",
                "slightly_injured",
                "injured",
                "loss_cny",
                "vehicles_count",
            ),
        ),
        (
            "形态与原因",
            (
                "form",
                "vehicle_form",
                "object_hit",
                "cause",
                "cause_detail",
                "hit_and_run",
                "dangerous_goods",
                "secondary_crash",
                "description",
            ),
        ),
        (
            "环境与道路",
            (
                "weather",
                "visibility",
                "light",
                "surface",
                "pavement",
                "pavement_material",
                "terrain",
                "road_class",
                "road_rank",
                "junction",
                "cross_section",
                "control",
                "separation",
                "roadside_protection",
                "central_separation",
                "road_safety",
                "speed_limit_kmh",
                "sight_obstruction",
            ),
        ),
        ("处理", ("scene", "determined_on", "closed_on", "close_method", "mediation", "why")),
    )
    control = forms.MultipleChoiceField(label="交通信号方式", required=False)
    chainage_m = StakeField(label="桩号")
    why = forms.CharField(
        label="更正原因", required=False, max_length=200, help_text="由其他系统导入的事故,更正须说明原因"
    )

    class Meta:
        model = Crash
        fields = (
            "number",
            "case_number",
            "occurred_at",
            "time_precision",
            "reported_at",
            "filed_at",
            "town",
            "unit",
            "road",
            "road_name",
            "chainage_m",
            "place_text",
            "lon",
            "lat",
            "killed",
            "seriously_injured",
            "slightly_injured",
            "injured",
            "loss_cny",
            "vehicles_count",
            "cause_detail",
            "hit_and_run",
            "dangerous_goods",
            "secondary_crash",
            "description",
            "speed_limit_kmh",
            "sight_obstruction",
            "determined_on",
            "closed_on",
            "control",
            *CRASH_CODES,
        )
        help_texts = {
            "unit": "不填则按辖区分工确定",
            "injured": "有当事人明细时由明细得出",
            "lon": "WGS-84 十进制度；不填则由道路和桩号得出",
            "town": "不填则由位置得出",
            "road": "不填则由位置得出",
        }

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        areas = Area.objects.live().filter(valid_to__isnull=True, children__isnull=True)
        self.fields["town"].queryset = areas.order_by("sort_key", "code")  # type: ignore[attr-defined]
        units = Unit.objects.live().filter(valid_to__isnull=True)
        self.fields["unit"].queryset = units.order_by("sort_key", "code")  # type: ignore[attr-defined]
        self.fields["road"].queryset = Road.objects.live()  # type: ignore[attr-defined]
        self.fields["control"].choices = choices("crash.control")()  # type: ignore[attr-defined]
        self.initial["control"] = [code for code in self.instance.control.split(",") if code]
        if not self.instance.source:
            del self.fields["why"]
        if self.instance.pk:
            del self.fields["procedure"]  # changed only with a reason, by a page of its own

    def clean_control(self) -> str:
        """Several codes in one text, as the table keeps them."""
        return ",".join(sorted(self.cleaned_data["control"]))

    def clean(self) -> dict[str, Any]:
        """A position is given whole or not at all."""
        found = super().clean() or self.cleaned_data
        lon, lat = found.get("lon"), found.get("lat")
        if (lon is None) != (lat is None):
            self.add_error("lat" if lat is None else "lon", "经度和纬度要一起填写")
        elif lon is not None and lat is not None and not (-180 <= lon <= 180 and -85 <= lat <= 85):
            self.add_error("lon", "经纬度超出范围")
        return found


class PartyForm(CodedForm):
    """One person of a crash."""

    codes = PARTY_CODES

    class Meta:
        model = CrashParty
        fields = (
            "name",
            "sex",
            "age",
            "id_number",
            "phone",
            "role",
            "mode",
            "injury",
            "died_at",
            "liability",
            "helmet",
            "belt",
            "child_seat",
            "drink",
            "violation_code",
            "licence_class",
        )

    id_number = forms.CharField(label="证件号码", required=False, max_length=40, help_text="加密保存")
    phone = forms.CharField(label="电话", required=False, max_length=40, help_text="加密保存")


class VehicleForm(CodedForm):
    """One vehicle of a crash."""

    codes = VEHICLE_CODES

    class Meta:
        model = CrashVehicle
        fields = (
            "vehicle_class",
            "plate_kind",
            "plate",
            "usage",
            "make",
            "year_made",
            "insured",
            "manoeuvre",
            "object_hit",
            "first_impact",
            "driver_age",
            "driver_sex",
        )


class ProcedureForm(forms.Form):
    """Another procedure, and why."""

    to = forms.ChoiceField(label="改为", choices=Procedure.choices)
    on = forms.DateField(label="变更日期", widget=forms.DateInput(attrs={"type": "date"}, format="%Y-%m-%d"))
    why = forms.CharField(label="原因", max_length=200)

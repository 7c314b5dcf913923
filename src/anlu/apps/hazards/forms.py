"""Forms of markets, of the matrix of responsibility and of the rules of grading."""

from __future__ import annotations

from typing import Any

from django import forms

from anlu.apps.hazards import terms
from anlu.apps.hazards.models import GradeRule, Market, Responsibility
from anlu.kernel.core.clock import today
from anlu.kernel.core.dictionaries import choices
from anlu.kernel.places.fairs import NotFairDays, fair_words, read_fair_days
from anlu.kernel.places.models import Road, Site, SiteKind
from anlu.web.desk.cases.forms import day_field, towns, units
from anlu.web.stakes import StakeField


def _choice(label: str, name: str, *, required: bool = True, initial: str = "") -> forms.ChoiceField:
    """A dictionary as a field; the list is read when the form is opened."""
    first = [] if required else [("", "—")]
    return forms.ChoiceField(
        label=label, required=required, initial=initial, choices=lambda: [*first, *choices(name, on=today)()]
    )


class FairDaysField(forms.CharField):
    """逢一、六 as a list of last digits."""

    def prepare_value(self, value: Any) -> Any:
        return fair_words(value) if isinstance(value, list) else value

    def to_python(self, value: Any) -> Any:
        try:
            return read_fair_days(super().to_python(value))
        except NotFairDays as problem:
            raise forms.ValidationError(str(problem)) from None


class MarketForm(forms.ModelForm):  # type: ignore[type-arg]
    """A roadside market."""

    kind = _choice("类别", terms.MARKET_KIND, initial="fair")
    calendar = _choice("逢集历法", terms.CALENDAR, initial="lunar")
    fair_days = FairDaysField(label="逢集日", required=False, help_text="逢一、六；每天开的不填")
    opens = forms.RegexField(r"^([01]\d|2[0-3]):[0-5]\d$", label="开始", required=False, help_text="06:00")
    closes = forms.RegexField(r"^([01]\d|2[0-3]):[0-5]\d$", label="结束", required=False, help_text="11:30")
    state = _choice("状态", terms.MARKET_STATE, initial="occupying")
    measure = _choice("处置方式", terms.MEASURE, required=False)
    state_on = day_field("状态日期")
    checked_on = day_field("最近检查")
    chainage_m = StakeField(label="起桩号")
    chainage_to_m = StakeField(label="止桩号")
    lon = forms.FloatField(label="经度", required=False, min_value=-180, max_value=180)
    lat = forms.FloatField(label="纬度", required=False, min_value=-85, max_value=85)
    groups = (
        ("市场", ("name", "kind", "site", "state", "state_on", "measure", "moved_to")),
        ("逢集", ("calendar", "fair_days", "opens", "closes")),
        ("位置", ("town", "road", "chainage_m", "chainage_to_m", "place_text", "lon", "lat")),
        ("规模与值守", ("stalls", "width_m", "guard", "checked_on", "note")),
    )

    class Meta:
        model = Market
        fields = (
            "name", "kind", "site", "state", "state_on", "measure", "moved_to", "calendar", "fair_days", "opens",
            "closes", "town", "road", "chainage_m", "chainage_to_m", "place_text", "lon", "lat", "stalls", "width_m",
            "guard", "checked_on", "note",
        )  # fmt: skip

    def __init__(self, *given: Any, **more: Any) -> None:
        super().__init__(*given, **more)
        self.fields["town"].queryset = towns()  # type: ignore[attr-defined]
        self.fields["town"].label = "镇街"
        self.fields["road"].queryset = Road.objects.live().order_by("code")  # type: ignore[attr-defined]
        self.fields["site"].queryset = _market_sites()  # type: ignore[attr-defined]
        self.fields["site"].help_text = "选了就用它的位置"
        self.fields["place_text"].label = "地点说明"


def _market_sites() -> Any:
    return Site.objects.live().filter(kind=SiteKind.MARKET).order_by("sort_key")


class ResponsibilityForm(forms.ModelForm):  # type: ignore[type-arg]
    """One row of the matrix."""

    road_class = _choice("道路类别", terms.ROAD_CLASS)
    aspect = _choice("责任事项", terms.ASPECT)
    unit = forms.ModelChoiceField(
        units(), label="指定单位", required=False, help_text="不选就按责任部门的字找"
    )
    valid_from = day_field("启用")
    valid_to = day_field("停用")

    class Meta:
        model = Responsibility
        fields = ("road_class", "aspect", "words", "unit", "helpers", "valid_from", "valid_to", "source")

    def __init__(self, *given: Any, **more: Any) -> None:
        super().__init__(*given, **more)
        self.fields["unit"].queryset = units()  # type: ignore[attr-defined]


class RuleForm(forms.ModelForm):  # type: ignore[type-arg]
    """One rule of grading."""

    fact = _choice("看什么", terms.RULE_FACT)
    grade = _choice("等级", terms.GRADE)
    valid_from = day_field("启用")
    valid_to = day_field("停用")

    class Meta:
        model = GradeRule
        fields = ("code", "order", "fact", "at_least", "grade", "words", "valid_from", "valid_to", "source")

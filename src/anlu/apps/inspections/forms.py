"""Forms of inspections."""

from __future__ import annotations

from datetime import timedelta
from typing import Any, ClassVar

from django import forms

from anlu.apps.inspections.models import Round, Team
from anlu.apps.inspections.terms import CATEGORIES
from anlu.kernel.core.clock import today
from anlu.kernel.core.dictionaries import choices
from anlu.kernel.people.models import POLICE, Officer, Unit, UnitKind
from anlu.web.forms import DAY, ManyTicks, RecordForm

INSPECTED = (*POLICE, UnitKind.VEHICLE_OFFICE)


def inspected_units() -> Any:
    """Units of the brigade that can be inspected today."""
    units = Unit.objects.live().filter(valid_to__isnull=True, kind__in=INSPECTED)
    return units.exclude(kind__in=(UnitKind.DETACHMENT, UnitKind.BRIGADE)).order_by("sort_key", "code")


class TeamForm(RecordForm):
    """A team."""

    class Meta:
        model = Team
        fields = ("name", "leader", "members", "valid_from", "valid_to")
        widgets: ClassVar[dict[str, Any]] = {"members": ManyTicks}
        help_texts: ClassVar[dict[str, str]] = {
            "members": "可选多个；只有组长和组员事先看得到不通知的督查安排"
        }

    def __init__(self, *args: Any, **options: Any) -> None:
        super().__init__(*args, **options)
        people = Officer.objects.filter(is_active=True, voided_at__isnull=True, unit__kind__in=INSPECTED)
        for name in ("leader", "members"):
            self.fields[name].queryset = people.order_by("sort_key")  # type: ignore[attr-defined]


class RoundForm(RecordForm):
    """A round that is planned."""

    groups = (
        ("督查安排", ("team", "planned_on", "announced", "categories", "note")),
        ("受督查单位", ("units",)),
    )
    categories = forms.MultipleChoiceField(label="督查类别", widget=forms.CheckboxSelectMultiple)

    class Meta:
        model = Round
        fields = ("team", "planned_on", "announced", "categories", "units", "note")
        widgets: ClassVar[dict[str, Any]] = {"units": ManyTicks}
        help_texts: ClassVar[dict[str, str]] = {
            "announced": "不勾选的，当天以前只有督查组看得到",
            "units": "可选多个",
        }

    def __init__(self, *args: Any, **options: Any) -> None:
        super().__init__(*args, **options)
        self.fields["categories"].choices = choices(CATEGORIES, on=today)()  # type: ignore[attr-defined]
        self.fields["units"].queryset = inspected_units()  # type: ignore[attr-defined]
        teams = Team.objects.live()
        if self.viewer is not None:
            teams = Team.objects.visible_to(self.viewer)
        self.fields["team"].queryset = teams  # type: ignore[attr-defined]


class BulletinForm(forms.Form):
    """Of which days a bulletin tells."""

    start = forms.DateField(label="督查时段（起）", widget=forms.DateInput(attrs=DAY, format="%Y-%m-%d"))
    end = forms.DateField(label="督查时段（止）", widget=forms.DateInput(attrs=DAY, format="%Y-%m-%d"))
    demands = forms.CharField(
        label="工作要求",
        max_length=2_000,
        widget=forms.Textarea(attrs={"rows": 4}),
        help_text="由起草人写；发现的问题和各项数字由督查记录得出",
    )

    def __init__(self, *args: Any, **options: Any) -> None:
        super().__init__(*args, **options)
        self.fields["start"].initial = today() - timedelta(days=30)
        self.fields["end"].initial = today()

"""Forms of governance."""

from __future__ import annotations

from typing import Any, ClassVar

from django import forms

from anlu.apps.governance.models import Body, Member
from anlu.apps.governance.terms import OFFICES
from anlu.kernel.people.models import Officer, UnitKind
from anlu.web.desk.cases.forms import units
from anlu.web.forms import DAY, RecordForm


class BodyForm(RecordForm):
    """A body."""

    class Meta:
        model = Body
        fields = ("name", "unit", "basis", "duty", "valid_from", "valid_to")
        help_texts: ClassVar[dict[str, str]] = {"unit": "承担日常工作的单位，如安委办", "basis": "文号或会议"}


class MemberForm(RecordForm):
    """A member unit."""

    codes = {"office": OFFICES}
    groups = (
        ("成员单位", ("body", "unit", "office", "valid_from", "valid_to")),
        ("职责与联络", ("duty", "liaison", "liaison_name")),
    )

    class Meta:
        model = Member
        fields = ("body", "unit", "office", "duty", "liaison", "liaison_name", "valid_from", "valid_to")
        help_texts: ClassVar[dict[str, str]] = {
            "liaison": "有平台账号的选账号",
            "liaison_name": "没有账号的填写；不登记电话",
        }

    def __init__(self, *args: Any, **options: Any) -> None:
        super().__init__(*args, **options)
        people = Officer.objects.filter(is_active=True, voided_at__isnull=True)
        self.fields["liaison"].queryset = people.order_by("sort_key")  # type: ignore[attr-defined]
        self.fields["body"].queryset = Body.objects.live()  # type: ignore[attr-defined]


class DecisionForm(forms.Form):
    """A decision of a meeting."""

    title = forms.CharField(label="议定事项", max_length=120)
    lead = forms.ModelChoiceField(queryset=None, label="责任单位")  # type: ignore[var-annotated]
    due_on = forms.DateField(
        label="完成时限",
        required=False,
        widget=forms.DateInput(attrs=DAY, format="%Y-%m-%d"),
        help_text="不填为 7 个工作日",
    )
    demand = forms.CharField(label="办理要求", required=False, max_length=400)

    def __init__(self, *args: Any, **options: Any) -> None:
        super().__init__(*args, **options)
        offered = units().exclude(kind__in=(UnitKind.ENTERPRISE, UnitKind.MEDICAL, UnitKind.VILLAGE_POST))
        self.fields["lead"].queryset = offered  # type: ignore[attr-defined]

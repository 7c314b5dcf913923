"""Forms of governance."""

from __future__ import annotations

from typing import Any, ClassVar

from django import forms

from anlu.apps.governance.models import Body, ForceMember, Member, Secondment, TaskForce
from anlu.apps.governance.terms import OFFICES, PURPOSES
from anlu.kernel.people.models import Officer, UnitKind
from anlu.kernel.places.models import Area
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


class TaskForceForm(RecordForm):
    """A task force."""

    groups = (
        ("专班", ("name", "task", "unit", "leader", "basis")),
        ("范围与起止", ("area", "valid_from", "valid_to")),
    )

    class Meta:
        model = TaskForce
        fields = ("name", "task", "unit", "leader", "basis", "area", "valid_from", "valid_to")
        help_texts: ClassVar[dict[str, str]] = {
            "leader": "写职务，不写姓名",
            "basis": "文号或会议",
            "area": "不选为全县",
            "valid_to": "到这一天，成员的专班权限自动收回；延长时改这一天",
        }

    def __init__(self, *args: Any, **options: Any) -> None:
        super().__init__(*args, **options)
        self.fields["area"].queryset = Area.objects.live().filter(valid_to__isnull=True).order_by("sort_key")  # type: ignore[attr-defined]


class ForceMemberForm(RecordForm):
    """A member of a task force."""

    class Meta:
        model = ForceMember
        fields = ("force", "unit", "officer", "name", "duty", "valid_from", "valid_to")
        help_texts: ClassVar[dict[str, str]] = {
            "unit": "选了账号的，按账号所在单位登记",
            "officer": "有平台账号的选账号：任期内有专班权限，到期自动收回",
            "name": "没有账号的填写；不登记电话",
            "valid_to": "不填为专班结束之日",
        }

    def __init__(self, *args: Any, **options: Any) -> None:
        super().__init__(*args, **options)
        self.fields["force"].queryset = TaskForce.objects.live()  # type: ignore[attr-defined]


class SecondmentForm(RecordForm):
    """People who are seconded."""

    codes = {"purpose": PURPOSES}

    class Meta:
        model = Secondment
        fields = (
            "purpose",
            "work",
            "unit",
            "head_count",
            "to_unit",
            "force",
            "valid_from",
            "valid_to",
            "basis",
        )
        help_texts: ClassVar[dict[str, str]] = {
            "work": "如：马路市场联合执法",
            "head_count": "只登记人数，不登记姓名",
            "basis": "文号或会议",
        }

    def __init__(self, *args: Any, **options: Any) -> None:
        super().__init__(*args, **options)
        self.fields["force"].queryset = TaskForce.objects.live()  # type: ignore[attr-defined]
        self.fields["to_unit"].queryset = units()  # type: ignore[attr-defined]


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

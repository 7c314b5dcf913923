"""Forms of plans and honours."""

from __future__ import annotations

from typing import Any, ClassVar

from django import forms

from anlu.apps.plans.models import AnnualTheme, Honour, Measure, PlanGroup, WorkPlan
from anlu.apps.plans.terms import HONOUR_KINDS, HONOUR_LEVELS
from anlu.kernel.indicators.define import Nature, indicators
from anlu.web.forms import RecordForm


class ThemeForm(RecordForm):
    """A theme."""

    class Meta:
        model = AnnualTheme
        fields = ("year", "name", "basis", "meaning")


class PlanForm(RecordForm):
    """A plan."""

    class Meta:
        model = WorkPlan
        fields = (
            *("code", "name", "kind", "theme", "unit", "document_number", "starts_on", "ends_on"),
            "meaning",
        )
        help_texts: ClassVar[dict[str, str]] = {"code": "如 10104；代号的含义写在分组里"}


class GroupForm(RecordForm):
    """A group of a plan."""

    class Meta:
        model = PlanGroup
        fields = ("plan", "label", "place", "family", "meaning", "valid_from", "valid_to")
        help_texts: ClassVar[dict[str, str]] = {
            "family": "几个分组同属一类时填写，如“预防”“工程”",
            "place": "在计划里的次序",
        }


class MeasureForm(RecordForm):
    """A measure; a reform also has its document, its first day and its use."""

    groups = (
        ("措施", ("group", "parent", "number", "title", "unit", "owner")),
        ("时限与进展", ("starts_on", "due_on", "state", "done_on", "progress")),
        ("改革举措", ("is_reform", "document_number", "enabled_on", "handled_count", "handled_as_of")),
    )

    class Meta:
        model = Measure
        fields = (
            *(
                "group",
                "parent",
                "number",
                "title",
                "unit",
                "owner",
                "starts_on",
                "due_on",
                "state",
                "done_on",
            ),
            *("progress", "is_reform", "document_number", "enabled_on", "handled_count", "handled_as_of"),
        )
        help_texts: ClassVar[dict[str, str]] = {"handled_count": "从业务系统的统计取得，写明截至日期"}

    def __init__(self, *args: Any, **options: Any) -> None:
        super().__init__(*args, **options)
        self.fields["group"].queryset = PlanGroup.objects.live().select_related("plan")  # type: ignore[attr-defined]
        others = Measure.objects.live().exclude(pk=self.instance.pk)
        self.fields["parent"].queryset = others  # type: ignore[attr-defined]


class HonourForm(RecordForm):
    """An honour."""

    codes = {"kind": HONOUR_KINDS, "level": HONOUR_LEVELS}
    groups = (
        ("荣誉", ("title", "kind", "level", "unit")),
        ("授予", ("granted_by", "granted_on", "document_number")),
        ("来源与依据", ("source", "basis", "note")),
    )

    class Meta:
        model = Honour
        fields = (
            *("title", "kind", "level", "unit", "granted_by", "granted_on", "document_number"),
            *("source", "basis", "note"),
        )
        help_texts: ClassVar[dict[str, str]] = {
            "title": "同一荣誉每次写法一致，第几次由名称和日期得出",
            "source": "经验推广、批示、现场会填写文件或会议；没有来源不能作为经验推广",
            "basis": "写“率先”的须有依据，如上级文件或通报",
        }


class IndicatorsForm(forms.Form):
    """By which indicators a measure is judged."""

    indicators = forms.MultipleChoiceField(
        label="关联指标", required=False, widget=forms.CheckboxSelectMultiple
    )

    def __init__(self, *args: Any, **options: Any) -> None:
        super().__init__(*args, **options)
        known = sorted(indicators, key=lambda one: (one.order, one.code))
        self.fields["indicators"].choices = [  # type: ignore[attr-defined]
            (one.code, f"{one.label}（执法量，不设目标）" if one.nature == Nature.ENFORCEMENT else one.label)
            for one in known
        ]

"""Forms of team building."""

from __future__ import annotations

from typing import Any, ClassVar

from django import forms

from anlu.apps.team.models import Discussion, PartyBody, PartyOffice, TrainingResult, Writing, WritingTask
from anlu.apps.team.terms import SUBJECTS, THEMES, TOPICS
from anlu.kernel.activities.models import Activity
from anlu.kernel.activities.registry import kinds_of
from anlu.kernel.activities.terms import OFFICE
from anlu.kernel.core.dictionaries import choices
from anlu.kernel.people.models import Officer
from anlu.web.forms import RecordForm


class TeamForm(RecordForm):
    """Party bodies are offered within the person's scope."""

    def __init__(self, *args: Any, viewer: Officer | None = None, **options: Any) -> None:
        super().__init__(*args, viewer=viewer, **options)
        bodies = PartyBody.objects.live().filter(valid_to__isnull=True)
        if viewer is not None:
            bodies = bodies.in_scope(viewer.scope_for(PartyBody.view_permission))
        for name in ("body", "parent"):
            if name in self.fields:
                self.fields[name].queryset = bodies  # type: ignore[attr-defined]


class BodyForm(TeamForm):
    """A body of the party tree."""

    class Meta:
        model = PartyBody
        fields = ("code", "name", "kind", "parent", "unit", "valid_from", "valid_to")
        help_texts: ClassVar[dict[str, str]] = {"unit": "党组织所在的行政单位，用于确定数据范围"}


class OfficeForm(TeamForm):
    """Somebody in an office."""

    codes = {"office": OFFICE}

    class Meta:
        model = PartyOffice
        fields = ("body", "office", "officer", "name", "valid_from", "valid_to")
        help_texts: ClassVar[dict[str, str]] = {
            "name": "没有账号的人员填写姓名",
            "office": "只登记用于讲课、署名的职务；党员名册在灯塔-党建在线",
        }


class TaskForm(TeamForm):
    """Something to be written."""

    codes = {"topic": TOPICS}

    class Meta:
        model = WritingTask
        fields = ("title", "kind", "topic", "set_on", "due_on", "activity", "unit")

    def __init__(self, *args: Any, **options: Any) -> None:
        super().__init__(*args, **options)
        study = Activity.objects.live().filter(kind__in=[one.code for one in kinds_of("study")])
        self.fields["activity"].queryset = study.order_by("-day")[:200] if not self.is_bound else study  # type: ignore[attr-defined]


class WritingForm(TeamForm):
    """One piece handed in."""

    class Meta:
        model = Writing
        fields = ("task", "kind", "title", "body", "officer", "author", "author_kind", "handed_in_on", "unit")
        help_texts: ClassVar[dict[str, str]] = {
            "author": "选择了人员的不必填写",
            "kind": "选择了任务的以任务的类别为准",
        }


class DiscussionForm(TeamForm):
    """A great discussion."""

    groups = (
        ("大讨论", ("title", "slogan", "themes", "started_on", "ended_on", "unit")),
        ("方案", ("plan_title", "plan_number", "plan_on")),
        ("成效", ("result",)),
    )
    themes = forms.MultipleChoiceField(label="主题词", required=False, widget=forms.CheckboxSelectMultiple)

    class Meta:
        model = Discussion
        fields = (
            *("title", "slogan", "themes", "started_on", "ended_on", "unit"),
            *("plan_title", "plan_number", "plan_on", "result"),
        )

    def __init__(self, *args: Any, **options: Any) -> None:
        super().__init__(*args, **options)
        self.fields["themes"].choices = choices(THEMES)()  # type: ignore[attr-defined]


class ResultForm(TeamForm):
    """Results of a training."""

    codes = {"subject": SUBJECTS}

    class Meta:
        model = TrainingResult
        fields = ("activity", "subject", "unit", "tested_on", "tested", "passed")
        help_texts: ClassVar[dict[str, str]] = {"passed": "只登记人数，不登记个人成绩，不排名"}

    def __init__(self, *args: Any, **options: Any) -> None:
        super().__init__(*args, **options)
        training = Activity.objects.live().filter(kind__in=[one.code for one in kinds_of("training")])
        self.fields["activity"].queryset = training.order_by("-day")  # type: ignore[attr-defined]

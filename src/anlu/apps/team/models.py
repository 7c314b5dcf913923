"""
Tables of team building: the party tree and its offices, writing, the great discussion, results of training.

Of members, dues and appraisals nothing is kept here (``practice`` 5): offices are named because lectures and
columns are given in them. Writing is counted by branch, never ranked by person; training is kept as how many
passed, not as anybody's score.
"""

from __future__ import annotations

from typing import ClassVar

from django.db import models
from django.db.models import Q

from anlu.apps.team import permissions
from anlu.kernel.activities.models import Activity
from anlu.kernel.core.models import Record
from anlu.kernel.people.models import Officer, OfficerKind, Unit

LIVE = Q(voided_at__isnull=True)


class BodyKind(models.TextChoices):
    """Levels of the party tree in a brigade."""

    COMMITTEE = "committee", "党总支"
    BRANCH = "branch", "党支部"
    GROUP = "group", "党小组"


class PartyBody(Record):
    """A body of the party tree, beside the tree of units; ``unit`` is the unit it stands beside."""

    view_permission: ClassVar[str] = permissions.BODY_VIEW
    scope_area: ClassVar[str] = ""

    code = models.CharField("代码", max_length=30)
    name = models.CharField("名称", max_length=80)
    kind = models.CharField("层级", max_length=10, choices=BodyKind)
    parent = models.ForeignKey(
        "self", null=True, blank=True, on_delete=models.PROTECT, related_name="children", verbose_name="上级"
    )
    unit = models.ForeignKey(
        Unit, null=True, blank=True, on_delete=models.PROTECT, related_name="+", verbose_name="所在单位"
    )
    sort_key = models.CharField(max_length=200, blank=True, editable=False)
    valid_from = models.DateField("成立")
    valid_to = models.DateField("撤销", null=True, blank=True)

    class Meta:
        verbose_name = "党组织"
        ordering: ClassVar[list[str]] = ["sort_key", "code"]
        constraints: ClassVar[list[models.BaseConstraint]] = [
            models.UniqueConstraint(fields=["code"], condition=LIVE, name="one_live_body_per_code")
        ]

    def __str__(self) -> str:
        return self.name


class PartyOffice(Record):
    """Somebody holds an office of a body between two days."""

    view_permission: ClassVar[str] = permissions.OFFICE_VIEW
    scope_through: ClassVar[str] = "body"

    body = models.ForeignKey(
        PartyBody, on_delete=models.PROTECT, related_name="offices", verbose_name="党组织"
    )
    office = models.CharField("职务", max_length=20)
    officer = models.ForeignKey(
        Officer, null=True, blank=True, on_delete=models.PROTECT, related_name="+", verbose_name="人员"
    )
    name = models.CharField("姓名", max_length=40, blank=True)
    valid_from = models.DateField("起")
    valid_to = models.DateField("止", null=True, blank=True)

    class Meta:
        verbose_name = "党内职务"
        ordering: ClassVar[list[str]] = ["body", "office", "pk"]

    def __str__(self) -> str:
        return f"{self.body}{self.name}"


class WritingKind(models.TextChoices):
    """What is written."""

    REFLECTION = "reflection", "心得体会"
    NOTE = "note", "学习笔记"


class WritingTask(Record):
    """Something to be written by a day, and how many are due from each branch (``WritingDue``)."""

    view_permission: ClassVar[str] = permissions.TASK_VIEW
    scope_area: ClassVar[str] = ""

    title = models.CharField("任务", max_length=120)
    kind = models.CharField("类别", max_length=12, choices=WritingKind)
    topic = models.CharField("主题", max_length=30, blank=True)
    unit = models.ForeignKey(
        Unit, null=True, blank=True, on_delete=models.PROTECT, related_name="+", verbose_name="布置单位"
    )
    set_on = models.DateField("布置日期")
    due_on = models.DateField("截止日期")
    activity = models.ForeignKey(
        Activity, null=True, blank=True, on_delete=models.SET_NULL, related_name="+", verbose_name="所学活动"
    )

    class Meta:
        verbose_name = "心得笔记任务"
        ordering: ClassVar[list[str]] = ["-set_on", "-pk"]

    def __str__(self) -> str:
        return self.title


class WritingDue(models.Model):
    """How many of a task are due from a branch: stated once, so that 应交 needs no list of members."""

    task = models.ForeignKey(WritingTask, on_delete=models.CASCADE, related_name="shares")
    body = models.ForeignKey(PartyBody, on_delete=models.PROTECT, related_name="+", verbose_name="党支部")
    due_count = models.PositiveIntegerField("应交人数")

    class Meta:
        verbose_name = "应交人数"
        constraints: ClassVar[list[models.BaseConstraint]] = [
            models.UniqueConstraint(fields=["task", "body"], name="one_due_per_task_and_body")
        ]


class Writing(Record):
    """One piece that was handed in. The text itself stays with its author; what counts is that it was handed in."""

    view_permission: ClassVar[str] = permissions.WRITING_VIEW
    scope_area: ClassVar[str] = ""

    kind = models.CharField("类别", max_length=12, choices=WritingKind)
    title = models.CharField("题目", max_length=120, blank=True)
    task = models.ForeignKey(
        WritingTask,
        null=True,
        blank=True,
        on_delete=models.PROTECT,
        related_name="pieces",
        verbose_name="任务",
    )
    body = models.ForeignKey(
        PartyBody, null=True, blank=True, on_delete=models.PROTECT, related_name="+", verbose_name="党支部"
    )
    unit = models.ForeignKey(
        Unit, null=True, blank=True, on_delete=models.PROTECT, related_name="+", verbose_name="单位"
    )
    officer = models.ForeignKey(
        Officer, null=True, blank=True, on_delete=models.PROTECT, related_name="+", verbose_name="人员"
    )
    author = models.CharField("撰写人", max_length=40, blank=True)
    author_kind = models.CharField("身份", max_length=16, choices=OfficerKind, default=OfficerKind.SWORN)
    handed_in_on = models.DateField("上交日期")

    class Meta:
        verbose_name = "心得与笔记"
        ordering: ClassVar[list[str]] = ["-handed_in_on", "-pk"]
        indexes: ClassVar[list[models.Index]] = [
            models.Index(fields=["kind", "handed_in_on", "unit"], name="writing_figures")
        ]

    def __str__(self) -> str:
        return self.title or f"{self.get_kind_display()} {self.handed_in_on}"


class Discussion(Record):
    """A great discussion (大讨论): its plan, its themes, its days; its activities are linked to it."""

    view_permission: ClassVar[str] = permissions.DISCUSSION_VIEW
    scope_area: ClassVar[str] = ""

    title = models.CharField("名称", max_length=120)
    slogan = models.CharField("抓手", max_length=60, blank=True)
    themes = models.JSONField("主题词", default=list, blank=True)
    plan_title = models.CharField("方案名称", max_length=160, blank=True)
    plan_number = models.CharField("方案文号", max_length=60, blank=True)
    plan_on = models.DateField("方案日期", null=True, blank=True)
    unit = models.ForeignKey(
        Unit, null=True, blank=True, on_delete=models.PROTECT, related_name="+", verbose_name="组织单位"
    )
    started_on = models.DateField("起")
    ended_on = models.DateField("止", null=True, blank=True)
    result = models.TextField("成效", blank=True)

    class Meta:
        verbose_name = "大讨论"
        ordering: ClassVar[list[str]] = ["-started_on", "-pk"]

    def __str__(self) -> str:
        return self.title


class DiscussionActivity(models.Model):
    """An activity that belongs to a discussion."""

    discussion = models.ForeignKey(Discussion, on_delete=models.CASCADE, related_name="links")
    activity = models.ForeignKey(Activity, on_delete=models.CASCADE, related_name="+")

    class Meta:
        verbose_name = "大讨论活动"
        constraints: ClassVar[list[models.BaseConstraint]] = [
            models.UniqueConstraint(
                fields=["discussion", "activity"], name="one_link_per_discussion_activity"
            )
        ]


class TrainingResult(Record):
    """How many of a unit were tested in a subject of a training, and how many passed. Nobody's own score is kept."""

    view_permission: ClassVar[str] = permissions.RESULT_VIEW
    scope_area: ClassVar[str] = ""

    activity = models.ForeignKey(
        Activity, on_delete=models.PROTECT, related_name="+", verbose_name="练兵活动"
    )
    subject = models.CharField("科目", max_length=30)
    unit = models.ForeignKey(
        Unit, null=True, blank=True, on_delete=models.PROTECT, related_name="+", verbose_name="单位"
    )
    tested_on = models.DateField("考核日期")
    tested = models.PositiveIntegerField("参考人数")
    passed = models.PositiveIntegerField("合格人数")

    class Meta:
        verbose_name = "练兵成绩"
        ordering: ClassVar[list[str]] = ["-tested_on", "-pk"]
        constraints: ClassVar[list[models.BaseConstraint]] = [
            models.CheckConstraint(condition=Q(passed__lte=models.F("tested")), name="passed_were_tested")
        ]

    def __str__(self) -> str:
        return f"{self.activity} {self.subject}"

    @property
    def pass_share(self) -> float | None:
        """0-1; None when nobody was tested."""
        return self.passed / self.tested if self.tested else None

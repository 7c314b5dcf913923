"""
Tables of governance: bodies and their member units with dates, the agenda of a meeting as it was, its decisions; task
forces with their members, and people who are seconded.

Members are units, with their duty and whoever keeps contact; the order of members is that of the units.
"""

from __future__ import annotations

from datetime import date
from typing import Any, ClassVar

from django.db import models
from django.db.models import Q

from anlu.apps.governance import permissions
from anlu.kernel.activities.models import Activity
from anlu.kernel.cases.models import Case
from anlu.kernel.core.models import Record
from anlu.kernel.people.models import Grant, Officer, Unit
from anlu.kernel.places.models import Area

LIVE = Q(voided_at__isnull=True)


class Body(Record):
    """A body that takes decisions, or its office, between two days."""

    view_permission: ClassVar[str] = permissions.BODY_VIEW
    scope_open: ClassVar[bool] = True
    scope_unit: ClassVar[str] = ""
    scope_area: ClassVar[str] = ""
    scope_owner: ClassVar[str] = ""

    name = models.CharField("名称", max_length=80)
    unit = models.ForeignKey(
        Unit, null=True, blank=True, on_delete=models.PROTECT, related_name="+", verbose_name="办事机构"
    )
    basis = models.CharField("成立依据", max_length=160, blank=True)
    duty = models.TextField("职责", blank=True)
    valid_from = models.DateField("成立")
    valid_to = models.DateField("撤销", null=True, blank=True)

    class Meta:
        verbose_name = "议事机构"
        ordering: ClassVar[list[str]] = ["valid_from", "pk"]

    def __str__(self) -> str:
        return self.name


class Member(Record):
    """A unit belongs to a body between two days; what it answers for there, and who keeps contact."""

    view_permission: ClassVar[str] = permissions.MEMBER_VIEW
    scope_open: ClassVar[bool] = True
    scope_unit: ClassVar[str] = ""
    scope_area: ClassVar[str] = ""
    scope_owner: ClassVar[str] = ""

    body = models.ForeignKey(Body, on_delete=models.PROTECT, related_name="members", verbose_name="议事机构")
    unit = models.ForeignKey(Unit, on_delete=models.PROTECT, related_name="+", verbose_name="单位")
    office = models.CharField("身份", max_length=20, default="member")
    duty = models.TextField("职责", blank=True)
    liaison = models.ForeignKey(
        Officer, null=True, blank=True, on_delete=models.PROTECT, related_name="+", verbose_name="联络员账号"
    )
    liaison_name = models.CharField("联络员", max_length=40, blank=True)
    valid_from = models.DateField("起")
    valid_to = models.DateField("止", null=True, blank=True)

    class Meta:
        verbose_name = "成员单位"
        ordering: ClassVar[list[str]] = ["body", "unit__sort_key", "pk"]

    def __str__(self) -> str:
        return f"{self.body} {self.unit}"


class Group(models.TextChoices):
    """Why a case stands on the agenda."""

    NEW = "new", "新增"
    OVERDUE = "overdue", "逾期"
    RETURNED = "returned", "退回"


class AgendaClose(Record):
    """The agenda of a meeting was closed: over which days it looked; its items, if any, are ``AgendaItem``."""

    scope_through: ClassVar[str] = "meeting"
    view_permission: ClassVar[str] = permissions.DISPATCH_VIEW

    meeting: Any = models.OneToOneField(
        Activity, on_delete=models.CASCADE, related_name="+", verbose_name="会议"
    )
    since = models.DateField("上次会议")
    until = models.DateField("截至")

    class Meta:
        verbose_name = "议程定稿"
        ordering: ClassVar[list[str]] = ["pk"]


class AgendaItem(Record):
    """A case on the agenda of a meeting, as it stood when the agenda was closed."""

    scope_through: ClassVar[str] = "meeting"
    view_permission: ClassVar[str] = permissions.DISPATCH_VIEW

    meeting = models.ForeignKey(Activity, on_delete=models.CASCADE, related_name="+", verbose_name="会议")
    case = models.ForeignKey(Case, on_delete=models.PROTECT, related_name="+", verbose_name="事项")
    group = models.CharField("列入原因", max_length=10, choices=Group)
    town = models.ForeignKey(
        Area, null=True, blank=True, on_delete=models.PROTECT, related_name="+", verbose_name="镇街"
    )
    lead = models.ForeignKey(
        Unit, null=True, blank=True, on_delete=models.PROTECT, related_name="+", verbose_name="牵头单位"
    )
    due_on = models.DateField("当时的期限", null=True, blank=True)

    class Meta:
        verbose_name = "议程事项"
        ordering: ClassVar[list[str]] = ["group", "due_on", "pk"]
        constraints: ClassVar[list[models.BaseConstraint]] = [
            models.UniqueConstraint(fields=["meeting", "case", "group"], name="one_agenda_item_per_case")
        ]


class Decision(Record):
    """A decision of a meeting: the case that carries it; of one matter a meeting decides once."""

    scope_through: ClassVar[str] = "meeting"
    view_permission: ClassVar[str] = permissions.DISPATCH_VIEW

    meeting = models.ForeignKey(Activity, on_delete=models.CASCADE, related_name="+", verbose_name="会议")
    case: Any = models.OneToOneField(
        Case, on_delete=models.PROTECT, related_name="+", verbose_name="议定事项"
    )
    matter = models.ForeignKey(
        Case, null=True, blank=True, on_delete=models.PROTECT, related_name="+", verbose_name="所议事项"
    )
    key = models.CharField(max_length=40)

    class Meta:
        verbose_name = "会议决定"
        ordering: ClassVar[list[str]] = ["pk"]
        constraints: ClassVar[list[models.BaseConstraint]] = [
            models.UniqueConstraint(fields=["meeting", "key"], name="one_decision_per_matter")
        ]


class TaskForce(Record):
    """专班: a unit for one task, between two days; ``area`` is where it works, None the whole county."""

    view_permission: ClassVar[str] = permissions.FORCE_VIEW
    scope_open: ClassVar[bool] = True
    scope_unit: ClassVar[str] = ""
    scope_area: ClassVar[str] = ""
    scope_owner: ClassVar[str] = ""

    name = models.CharField("专班", max_length=80)
    task = models.TextField("任务")
    unit = models.ForeignKey(Unit, on_delete=models.PROTECT, related_name="+", verbose_name="牵头单位")
    leader = models.CharField("组长", max_length=40)
    basis = models.CharField("依据", max_length=160, blank=True)
    area = models.ForeignKey(
        Area, null=True, blank=True, on_delete=models.PROTECT, related_name="+", verbose_name="整治范围"
    )
    valid_from = models.DateField("组建")
    valid_to = models.DateField("结束")

    class Meta:
        verbose_name = "专班"
        ordering: ClassVar[list[str]] = ["-valid_from", "pk"]

    def __str__(self) -> str:
        return self.name


class ForceMember(Record):
    """
    Somebody of any unit belongs to a task force between two days.

    Whoever has an account holds the role of members for just these days: ``grant`` ends by itself.
    """

    scope_through: ClassVar[str] = "force"
    view_permission: ClassVar[str] = permissions.FORCE_MEMBER_VIEW

    force = models.ForeignKey(
        TaskForce, on_delete=models.PROTECT, related_name="members", verbose_name="专班"
    )
    unit = models.ForeignKey(Unit, on_delete=models.PROTECT, related_name="+", verbose_name="单位")
    officer = models.ForeignKey(
        Officer, null=True, blank=True, on_delete=models.PROTECT, related_name="+", verbose_name="账号"
    )
    name = models.CharField("姓名", max_length=40, blank=True)
    duty = models.CharField("分工", max_length=120, blank=True)
    valid_from = models.DateField("起")
    valid_to = models.DateField("止", null=True, blank=True)
    grant = models.ForeignKey(
        Grant, null=True, blank=True, on_delete=models.SET_NULL, related_name="+", editable=False
    )

    class Meta:
        verbose_name = "专班成员"
        ordering: ClassVar[list[str]] = ["force", "unit__sort_key", "pk"]

    def __str__(self) -> str:
        return f"{self.force} {self.name or self.unit}"

    @property
    def begins_on(self) -> date:
        """First day of the membership, not before that of the task force."""
        return max(self.valid_from, self.force.valid_from)

    @property
    def ends_on(self) -> date:
        """Last day of the membership: their own, or that of the task force."""
        return min(self.valid_to or self.force.valid_to, self.force.valid_to)


class Secondment(Record):
    """抽调: so many people of a unit work for another or for a task force between two days; people without names."""

    view_permission: ClassVar[str] = permissions.SECONDMENT_VIEW
    scope_open: ClassVar[bool] = True
    scope_unit: ClassVar[str] = ""
    scope_area: ClassVar[str] = ""
    scope_owner: ClassVar[str] = ""

    purpose = models.CharField("用途", max_length=20)
    work = models.CharField("任务", max_length=120)
    unit = models.ForeignKey(Unit, on_delete=models.PROTECT, related_name="+", verbose_name="抽调自")
    to_unit = models.ForeignKey(
        Unit, null=True, blank=True, on_delete=models.PROTECT, related_name="+", verbose_name="抽调到"
    )
    force = models.ForeignKey(
        TaskForce,
        null=True,
        blank=True,
        on_delete=models.PROTECT,
        related_name="secondments",
        verbose_name="专班",
    )
    head_count = models.PositiveSmallIntegerField("人数")
    valid_from = models.DateField("起")
    valid_to = models.DateField("止", null=True, blank=True)
    basis = models.CharField("依据", max_length=160, blank=True)

    class Meta:
        verbose_name = "抽调"
        ordering: ClassVar[list[str]] = ["-valid_from", "pk"]
        constraints: ClassVar[list[models.BaseConstraint]] = [
            models.CheckConstraint(condition=Q(head_count__gt=0), name="somebody_is_seconded")
        ]

    def __str__(self) -> str:
        return f"{self.work} {self.unit} {self.head_count}人"

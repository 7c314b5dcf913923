"""
Tables of inspections: teams, rounds, what was checked, and which bulletin told of which finding.

What was found is a case (family ``inspections.finding``); a bulletin is a document (``inspection_bulletin``). Units are
inspected, not people: no name of an inspected person is asked for anywhere.
"""

from __future__ import annotations

from typing import Any, ClassVar, Self

from django.db import models
from django.db.models import Q

from anlu.apps.inspections import permissions
from anlu.kernel.cases.models import Case
from anlu.kernel.core.clock import today
from anlu.kernel.core.models import Record, RecordQuerySet
from anlu.kernel.core.scope import SYSTEM, Viewer
from anlu.kernel.documents.models import Document
from anlu.kernel.people.models import Officer, Unit

LIVE = Q(voided_at__isnull=True)


class Team(Record):
    """Officers who inspect, between two days."""

    view_permission: ClassVar[str] = permissions.TEAM_VIEW
    scope_area: ClassVar[str] = ""

    name = models.CharField("督查组", max_length=60)
    unit = models.ForeignKey(
        Unit, null=True, blank=True, on_delete=models.PROTECT, related_name="+", verbose_name="督查单位"
    )
    leader = models.ForeignKey(Officer, on_delete=models.PROTECT, related_name="+", verbose_name="组长")
    members = models.ManyToManyField(Officer, blank=True, related_name="+", verbose_name="组员")
    valid_from = models.DateField("起")
    valid_to = models.DateField("止", null=True, blank=True)

    class Meta:
        verbose_name = "督查组"
        ordering: ClassVar[list[str]] = ["-valid_from", "-pk"]

    def __str__(self) -> str:
        return self.name


class RoundQuerySet(RecordQuerySet):
    """Rounds; what is planned unannounced stays with its team until the day."""

    def visible_to(self, viewer: Viewer | None, permission: str = "") -> Self:
        """As everywhere, but an unannounced round of a later day only for its team and whoever planned it."""
        rows = super().visible_to(viewer, permission)
        if viewer is None or viewer.uid == SYSTEM.uid:
            return rows
        mine = Team.objects.filter(Q(leader__uid=viewer.uid) | Q(members__uid=viewer.uid)).values("pk")
        known = Q(announced=True) | Q(planned_on__lte=today())
        return rows.filter(known | Q(team__in=mine) | Q(created_by=viewer.uid))


class Round(Record):
    """A team goes round certain units on a day and looks at certain things."""

    view_permission: ClassVar[str] = permissions.ROUND_VIEW
    scope_area: ClassVar[str] = ""

    number = models.CharField("编号", max_length=30, editable=False)
    team = models.ForeignKey(Team, on_delete=models.PROTECT, related_name="rounds", verbose_name="督查组")
    unit = models.ForeignKey(
        Unit, null=True, blank=True, on_delete=models.PROTECT, related_name="+", verbose_name="督查单位"
    )
    planned_on = models.DateField("督查日期")
    announced = models.BooleanField("事先通知", default=False)
    categories = models.JSONField("督查类别", default=list)
    units = models.ManyToManyField(Unit, related_name="+", verbose_name="受督查单位")
    note = models.TextField("要求", blank=True)

    objects = RoundQuerySet.as_manager()  # type: ignore[misc]

    class Meta:
        verbose_name = "督查"
        ordering: ClassVar[list[str]] = ["-planned_on", "-pk"]
        constraints: ClassVar[list[models.BaseConstraint]] = [
            models.UniqueConstraint(fields=["number"], condition=LIVE, name="one_live_round_per_number")
        ]

    def __str__(self) -> str:
        return f"{self.number} {self.planned_on}"


class Verdict(models.TextChoices):
    """How a check came out."""

    FINE = "fine", "合格"
    WRONG = "wrong", "不合格"


class Check(Record):
    """One line of the checklist in one unit; a finding leads to its case."""

    scope_through: ClassVar[str] = "round"
    view_permission: ClassVar[str] = permissions.ROUND_VIEW

    round = models.ForeignKey(Round, on_delete=models.CASCADE, related_name="checks", verbose_name="督查")
    unit = models.ForeignKey(Unit, on_delete=models.PROTECT, related_name="+", verbose_name="受督查单位")
    category = models.CharField("类别", max_length=30)
    item = models.CharField("检查项", max_length=30)
    words = models.CharField("检查内容", max_length=120)
    verdict = models.CharField("结果", max_length=8, choices=Verdict)
    note = models.CharField("情况", max_length=300, blank=True)
    case = models.ForeignKey(
        Case, null=True, blank=True, on_delete=models.PROTECT, related_name="+", verbose_name="问题"
    )

    class Meta:
        verbose_name = "检查记录"
        ordering: ClassVar[list[str]] = ["unit", "category", "pk"]
        constraints: ClassVar[list[models.BaseConstraint]] = [
            models.UniqueConstraint(
                fields=["round", "unit", "category", "item"], condition=LIVE, name="one_check_per_item"
            )
        ]

    def __str__(self) -> str:
        return self.words


class Told(models.Model):
    """A finding stands in a bulletin; in one only, however often it is drafted."""

    document = models.ForeignKey(Document, on_delete=models.CASCADE, related_name="+", verbose_name="通报")
    case: Any = models.OneToOneField(Case, on_delete=models.CASCADE, related_name="+", verbose_name="问题")

    class Meta:
        verbose_name = "通报的问题"

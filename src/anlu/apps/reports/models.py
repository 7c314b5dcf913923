"""Reports that people have worked on: their words, and the numbers as they were when somebody kept them."""

from __future__ import annotations

from typing import ClassVar

from django.db import models
from django.db.models import Q

from anlu.apps.reports import permissions
from anlu.kernel.core.models import Record


class State(models.TextChoices):
    """How far a report has come."""

    DRAFT = "draft", "起草中"
    REVIEW = "review", "待审定"
    FINAL = "final", "已审定"


class Report(Record):
    """
    One report of one period.

    ``edits`` holds the words that people put in the place of a section's own, by part; ``numbers`` every number as it
    was kept, by its place in the text: indicator, side, words, value, who kept it and when. A free report also names
    the sections and indicators that were ``chosen``.
    """

    scope_unit: ClassVar[str] = ""
    scope_area: ClassVar[str] = ""
    scope_owner: ClassVar[str] = ""
    scope_open: ClassVar[bool] = True
    view_permission: ClassVar[str] = permissions.VIEW

    kind = models.CharField("种类", max_length=20)
    period = models.CharField("期间", max_length=40)
    title = models.CharField("标题", max_length=120)
    state = models.CharField("状态", max_length=10, choices=State, default=State.DRAFT)
    chosen = models.JSONField("所选章节和指标", default=dict, blank=True)
    edits = models.JSONField("文字", default=dict, blank=True)
    numbers = models.JSONField("保存的数字", default=dict, blank=True)
    kept_at = models.DateTimeField("数字保存时间", null=True, blank=True)
    kept_by_name = models.CharField("数字保存人", max_length=60, blank=True)

    class Meta:
        verbose_name = "报告"
        ordering: ClassVar[list[str]] = ["-pk"]
        constraints: ClassVar[list[models.BaseConstraint]] = [
            models.UniqueConstraint(
                fields=["kind", "period"],
                condition=Q(voided_at__isnull=True) & ~Q(kind="free"),
                name="one_live_report_per_period",
            )
        ]

    def __str__(self) -> str:
        return self.title

"""
What is kept of figures: external ones, targets, closed periods with their snapshots, and corrections after closing.

Figures themselves are never stored as if they were facts: a snapshot says what a figure was when its period was closed,
and stands beside what it is now.
"""

from __future__ import annotations

from typing import ClassVar

from django.db import models
from django.db.models import Q

from anlu.kernel.core.models import Record
from anlu.kernel.indicators import permissions

LIVE = Q(voided_at__isnull=True)


class _Everybody(Record):
    """Reference data of the whole installation: who may see it at all sees all of it."""

    scope_unit: ClassVar[str] = ""
    scope_area: ClassVar[str] = ""
    scope_owner: ClassVar[str] = ""
    scope_open: ClassVar[bool] = True

    class Meta:
        abstract = True


class ExternalFigure(_Everybody):
    """
    A number that somebody else states: a rank, a poll, a population, a fleet; with the document that states it.

    Without an area it holds for the whole installation. ``day`` is the day for which it holds; a later one replaces it.
    """

    view_permission: ClassVar[str] = permissions.EXTERNAL_VIEW

    kind = models.CharField("类别", max_length=40)
    subject = models.CharField("事项", max_length=80, blank=True, help_text="如：重型货车检验率、群众满意度")
    value = models.DecimalField("数值", max_digits=18, decimal_places=4)
    measure = models.CharField("计量单位", max_length=20, blank=True)
    among = models.PositiveIntegerField(
        "参评个数", null=True, blank=True, help_text="排名填：共有几个县(市、区)参加"
    )
    day = models.DateField("数据日期", help_text="数值所指的那一天，或期间的最后一天")
    period = models.CharField("所属期间", max_length=40, blank=True, help_text="如 2023H1、2023Q2、2023-06")
    area = models.ForeignKey(
        "places.Area", null=True, blank=True, on_delete=models.PROTECT, related_name="+", verbose_name="辖区"
    )
    document_number = models.CharField("来源文号", max_length=80)
    issuer = models.CharField("发文单位", max_length=80)
    document_on = models.DateField("文件日期")

    class Meta:
        verbose_name = "外部数据"
        ordering: ClassVar[list[str]] = ["-day", "-pk"]
        indexes: ClassVar[list[models.Index]] = [
            models.Index(fields=["kind", "day"], name="external_kind_day")
        ]

    def __str__(self) -> str:
        return f"{self.subject or self.kind} {self.value.normalize():f}{self.measure}"


class Target(_Everybody):
    """A prevention target (预防目标) of one year, for the whole brigade and never for a part or a person."""

    view_permission: ClassVar[str] = permissions.TARGET_VIEW

    year = models.PositiveIntegerField("年度")
    indicator = models.CharField("指标", max_length=80)
    goal = models.DecimalField("目标值", max_digits=16, decimal_places=4, help_text="比例填 0–1，如 0.95")
    basis = models.CharField("依据", max_length=120, help_text="文号或会议")

    class Meta:
        verbose_name = "预防目标"
        ordering: ClassVar[list[str]] = ["-year", "indicator"]
        constraints: ClassVar[list[models.BaseConstraint]] = [
            models.UniqueConstraint(
                fields=["year", "indicator"], condition=LIVE, name="one_live_target_per_year"
            )
        ]

    def __str__(self) -> str:
        return f"{self.year}年 {self.indicator}"


class PeriodClose(_Everybody):
    """A closed period. It is never reopened: what is corrected afterwards is shown beside what it was."""

    view_permission: ClassVar[str] = permissions.CLOSE_VIEW

    period = models.CharField("期间", max_length=40, unique=True)
    starts_on = models.DateField("开始")
    ends_on = models.DateField("结束")
    closed_at = models.DateTimeField("关账时间")
    closed_by_name = models.CharField("关账人", max_length=60)
    note = models.CharField("说明", max_length=200, blank=True)

    class Meta:
        verbose_name = "关账"
        ordering: ClassVar[list[str]] = ["-ends_on", "-starts_on"]

    def __str__(self) -> str:
        return self.period


class Snapshot(models.Model):
    """What a figure was when its period was closed, for the whole, one unit or one area."""

    close = models.ForeignKey(PeriodClose, on_delete=models.PROTECT, related_name="snapshots")
    indicator = models.CharField(max_length=80)
    definition = models.CharField("口径", max_length=400, blank=True)
    unit = models.ForeignKey("people.Unit", null=True, on_delete=models.PROTECT, related_name="+")
    area = models.ForeignKey("places.Area", null=True, on_delete=models.PROTECT, related_name="+")
    value = models.FloatField(null=True)
    numerator = models.DecimalField(max_digits=20, decimal_places=4)
    denominator = models.DecimalField(max_digits=20, decimal_places=4, null=True)
    rows = models.PositiveIntegerField()
    base_rows = models.PositiveIntegerField(null=True)

    class Meta:
        verbose_name = "关账值"
        indexes: ClassVar[list[models.Index]] = [
            models.Index(fields=["close", "indicator"], name="snapshot_indicator")
        ]

    def __str__(self) -> str:
        return f"{self.close} {self.indicator}"


class CorrectionState(models.TextChoices):
    """How far a correction has come."""

    WAITING = "waiting", "待批准"
    GRANTED = "granted", "已批准，可更正"
    REFUSED = "refused", "不批准"
    DONE = "done", "已更正"
    LAPSED = "lapsed", "过期未更正"


class Correction(Record):
    """
    The request to correct one record of a closed period, which a second person grants.

    ``what`` states the values as they should be; ``thing_uid`` is empty for a record that is still to be added, until
    it is.
    """

    view_permission: ClassVar[str] = permissions.CORRECTION_VIEW
    scope_area: ClassVar[str] = ""

    number = models.CharField("编号", max_length=30, unique=True)
    state = models.CharField("状态", max_length=10, choices=CorrectionState, default=CorrectionState.WAITING)
    thing_kind = models.CharField("台账", max_length=60)
    thing_uid = models.UUIDField(null=True, blank=True)
    thing_label = models.CharField("记录", max_length=120, blank=True)
    day = models.DateField("记录所在日期")
    what = models.CharField("应更正为", max_length=400)
    why = models.CharField("更正原因", max_length=400)
    unit = models.ForeignKey(
        "people.Unit", null=True, on_delete=models.PROTECT, related_name="+", verbose_name="申请单位"
    )
    asked_by_name = models.CharField("申请人", max_length=60)
    decided_by = models.UUIDField(null=True, blank=True)
    decided_by_name = models.CharField("批准人", max_length=60, blank=True)
    decided_at = models.DateTimeField("批准时间", null=True, blank=True)
    decided_note = models.CharField("批准意见", max_length=200, blank=True)
    open_until = models.DateTimeField("更正期限", null=True, blank=True)

    class Meta:
        verbose_name = "更正申请"
        ordering: ClassVar[list[str]] = ["-pk"]
        indexes: ClassVar[list[models.Index]] = [
            models.Index(fields=["thing_kind", "thing_uid"], name="correction_thing")
        ]

    def __str__(self) -> str:
        return self.number

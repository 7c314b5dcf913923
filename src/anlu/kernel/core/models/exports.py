"""Exports too large to be written while somebody waits, and those that somebody else must allow first."""

from __future__ import annotations

from typing import ClassVar

from django.db import models
from uuid_utils.compat import uuid7

from anlu.kernel.core.clock import now


class ExportState(models.TextChoices):
    """Life of an ordered export."""

    ASKED = "asked", "待审批"
    RUNNING = "running", "生成中"
    READY = "ready", "可下载"
    REFUSED = "refused", "未同意"
    FAILED = "failed", "未成"
    GONE = "gone", "已过期"


class ExportOrder(models.Model):
    """
    A ledger's rows as a file, ordered by one person and, above a size, allowed by another.

    ``selection`` is the query of the list's address; the rows are read when the file is written, with the
    permissions and the scope that the person has then.
    """

    uid = models.UUIDField(default=uuid7, unique=True, editable=False)
    ledger = models.CharField("台账", max_length=80)
    label = models.CharField("名称", max_length=80)
    form = models.CharField("格式", max_length=4)
    selection = models.TextField(blank=True)
    words = models.TextField("条件", blank=True)
    rows = models.PositiveIntegerField("行数", default=0)
    purpose = models.CharField("用途", max_length=200)
    state = models.CharField("状态", max_length=8, choices=ExportState, default=ExportState.RUNNING)
    actor = models.UUIDField()
    actor_name = models.CharField("申请人", max_length=60)
    asked_at = models.DateTimeField("申请时间", default=now)
    decided_by = models.UUIDField(null=True, blank=True)
    decided_by_name = models.CharField("审批人", max_length=60, blank=True)
    decided_at = models.DateTimeField("审批时间", null=True, blank=True)
    decision = models.CharField("审批意见", max_length=200, blank=True)
    job = models.ForeignKey("core.Job", null=True, blank=True, on_delete=models.SET_NULL, related_name="+")
    upload = models.ForeignKey(
        "core.Upload", null=True, blank=True, on_delete=models.SET_NULL, related_name="+"
    )
    problem = models.CharField("问题", max_length=300, blank=True)
    finished_at = models.DateTimeField("完成时间", null=True, blank=True)

    class Meta:
        verbose_name = "导出申请"
        ordering: ClassVar[list[str]] = ["-pk"]
        constraints: ClassVar[list[models.BaseConstraint]] = [
            models.CheckConstraint(
                condition=models.Q(decided_by__isnull=True) | ~models.Q(decided_by=models.F("actor")),
                name="export_not_decided_by_who_asks",
            )
        ]

    def __str__(self) -> str:
        return f"{self.label} {self.rows:,} 行"

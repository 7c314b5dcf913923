"""Import batches: rows are written while the batch is invisible; going live is one update of one row."""

from __future__ import annotations

from typing import ClassVar

from django.db import models
from uuid_utils.compat import uuid7

from anlu.kernel.core.clock import now


class BatchState(models.TextChoices):
    """Life of a batch."""

    WAITING = "waiting", "等待"
    READING = "reading", "读入中"
    PUBLISHING = "publishing", "发布中"
    LIVE = "live", "已生效"
    WITHDRAWN = "withdrawn", "已撤回"
    FAILED = "failed", "失败"


class Batch(models.Model):
    """One import of one set of files into one noun.

    ``publishing`` means that its new rows are visible and its staged updates are being applied.
    """

    HIDDEN: ClassVar[tuple[str, ...]] = (
        BatchState.WAITING,
        BatchState.READING,
        BatchState.WITHDRAWN,
        BatchState.FAILED,
    )

    uid = models.UUIDField(default=uuid7, unique=True, editable=False)
    noun = models.CharField("对象", max_length=60)
    profile = models.CharField("格式", max_length=60, blank=True)
    options = models.JSONField(default=dict, blank=True)
    files = models.JSONField(default=list, blank=True, help_text="[{role, name, sha256, bytes}]")
    state = models.CharField("状态", max_length=12, choices=BatchState, default=BatchState.WAITING)
    cursor = models.PositiveBigIntegerField(default=0)
    rows = models.PositiveIntegerField("总行数", default=0)
    accepted = models.PositiveIntegerField("新增", default=0)
    updated = models.PositiveIntegerField("更新", default=0)
    unchanged = models.PositiveIntegerField("未变", default=0)
    refused = models.PositiveIntegerField("退回", default=0)
    marked = models.PositiveIntegerField("标记", default=0)
    orphans = models.PositiveIntegerField("无主明细", default=0, help_text="找不到所属记录的明细行")
    refused_file = models.CharField(max_length=64, blank=True, help_text="退回表的内容地址")
    digest = models.CharField(max_length=64, blank=True, help_text="已接受行的摘要")
    message = models.TextField("说明", blank=True)
    actor = models.UUIDField(null=True, blank=True)
    actor_name = models.CharField("经办", max_length=60, blank=True)
    unit_id_of_actor = models.BigIntegerField(null=True, blank=True)
    created_at = models.DateTimeField("开始", default=now)
    finished_at = models.DateTimeField("结束", null=True, blank=True)
    lease_until = models.DateTimeField(null=True, blank=True)
    lease_holder = models.CharField(max_length=80, blank=True, help_text="正在处理的进程")

    class Meta:
        verbose_name = "导入批次"
        ordering: ClassVar[list[str]] = ["-pk"]
        indexes: ClassVar[list[models.Index]] = [models.Index(fields=["state"], name="batch_state")]

    def __str__(self) -> str:
        return f"导入批次 {self.pk}"


class StagedChange(models.Model):
    """A change to an existing record, kept until its batch is live; old and new digest make it repeatable."""

    batch = models.ForeignKey(Batch, on_delete=models.CASCADE, related_name="staged")
    row_id = models.BigIntegerField()
    old_digest = models.BinaryField(max_length=16, null=True)
    new_digest = models.BinaryField(max_length=16)
    values = models.JSONField()
    applied_at = models.DateTimeField(null=True, blank=True)

    class Meta:
        constraints: ClassVar[list[models.BaseConstraint]] = [
            models.UniqueConstraint(fields=["batch", "row_id"], name="one_change_per_row_and_batch")
        ]

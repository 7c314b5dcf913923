"""Pieces of background work: rows with state and lease; the queue only rings the bell."""

from __future__ import annotations

from typing import ClassVar

from django.db import models
from uuid_utils.compat import uuid7

from anlu.kernel.core.clock import now


class JobState(models.TextChoices):
    """Life of a job."""

    WAITING = "waiting", "等待"
    RUNNING = "running", "进行中"
    DONE = "done", "完成"
    FAILED = "failed", "失败"
    CANCELLED = "cancelled", "已取消"


class Job(models.Model):
    """One piece of work. A worker that dies loses its lease; the next tick takes the row again."""

    uid = models.UUIDField(default=uuid7, unique=True, editable=False)
    kind = models.CharField("类别", max_length=60)
    arguments = models.JSONField(default=dict, blank=True)
    idempotency_key = models.CharField(max_length=120, unique=True, null=True, blank=True)
    state = models.CharField("状态", max_length=10, choices=JobState, default=JobState.WAITING)
    run_after = models.DateTimeField(default=now)
    lease_until = models.DateTimeField(null=True, blank=True)
    lease_holder = models.CharField(max_length=60, blank=True)
    cancel_asked = models.BooleanField(default=False)
    every_s = models.PositiveIntegerField(null=True, blank=True, help_text="定期任务的间隔(秒)")
    tries = models.PositiveSmallIntegerField("次数", default=0)
    done_share = models.FloatField("进度", default=0.0)
    note = models.CharField("当前步骤", max_length=200, blank=True)
    result = models.JSONField(default=dict, blank=True)
    problem = models.TextField("问题", blank=True)
    actor = models.UUIDField(null=True, blank=True)
    actor_name = models.CharField(max_length=60, blank=True)
    created_at = models.DateTimeField(default=now)
    finished_at = models.DateTimeField(null=True, blank=True)

    class Meta:
        verbose_name = "后台任务"
        ordering: ClassVar[list[str]] = ["-pk"]
        indexes: ClassVar[list[models.Index]] = [models.Index(fields=["state", "run_after"], name="job_due")]

    def __str__(self) -> str:
        return f"{self.kind} {self.pk}"

"""Short messages of the platform to one person."""

from __future__ import annotations

from typing import ClassVar

from django.db import models
from uuid_utils.compat import uuid7

from anlu.kernel.core.clock import now


class Notice(models.Model):
    """Something that happened and that a person should know; what they must *do* is a to-do, counted from records."""

    uid = models.UUIDField(default=uuid7, unique=True, editable=False)
    to = models.UUIDField("收件人")
    title = models.CharField("内容", max_length=200)
    url = models.CharField(max_length=300, blank=True)
    colour = models.CharField(max_length=8, blank=True)
    key = models.CharField(max_length=120, help_text="同一件事只通知一次")
    created_at = models.DateTimeField("时间", default=now)
    read_at = models.DateTimeField("已读", null=True, blank=True)

    class Meta:
        verbose_name = "通知"
        ordering: ClassVar[list[str]] = ["-pk"]
        constraints: ClassVar[list[models.BaseConstraint]] = [
            models.UniqueConstraint(fields=["to", "key"], name="one_notice_per_key")
        ]
        indexes: ClassVar[list[models.Index]] = [models.Index(fields=["to", "read_at"], name="notice_unread")]

    def __str__(self) -> str:
        return self.title

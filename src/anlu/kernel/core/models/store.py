"""The installation itself, number series and the content-addressed upload store."""

from __future__ import annotations

from typing import ClassVar

from django.db import models
from uuid_utils.compat import uuid7

from anlu.kernel.core.clock import now


class Installation(models.Model):
    """Exactly one row: who this installation is and which database format it has."""

    uid = models.UUIDField(default=uuid7, unique=True, editable=False)
    name = models.CharField("单位名称", max_length=80)
    demo = models.BooleanField("演示数据", default=False)
    format_number = models.PositiveIntegerField()
    software_version = models.CharField(max_length=40)
    created_at = models.DateTimeField(default=now)


class Revision(models.Model):
    """A token that changes whenever a body of data does (a dictionary, a fact table): what caches go by."""

    code = models.CharField(max_length=80, unique=True)
    token = models.BigIntegerField()


class NumberSeries(models.Model):
    """The last number given in a series (unit, kind, year ...); never ``count() + 1``."""

    code = models.CharField(max_length=120, unique=True)
    last = models.PositiveBigIntegerField(default=0)


class Upload(models.Model):
    """A stored file, addressed by the SHA-256 of its content; names are kept only as text."""

    uid = models.UUIDField(default=uuid7, unique=True, editable=False)
    sha256 = models.CharField(max_length=64, db_index=True)
    name = models.CharField("文件名", max_length=200)
    bytes = models.PositiveBigIntegerField("大小")
    media_type = models.CharField(max_length=100, blank=True)
    purpose = models.CharField("用途", max_length=60, blank=True)
    actor = models.UUIDField(null=True, blank=True)
    actor_name = models.CharField(max_length=60, blank=True)
    created_at = models.DateTimeField(default=now)

    class Meta:
        verbose_name = "文件"
        ordering: ClassVar[list[str]] = ["-pk"]

"""Who did what: entries written in the same transaction as the change, sealed into a chain by the worker."""

from __future__ import annotations

from typing import ClassVar

from django.db import models
from uuid_utils.compat import uuid7

from anlu.kernel.core.clock import now


class AuditEntry(models.Model):
    """One act. Persons are kept as uid and name, things as kind and uid, so that nothing has to exist any
    more.

    ``changes`` maps a field to [old, new]; values of personal fields are ciphertext. Only ``seal`` and
    ``position`` are ever written later, once, and they are not part of the digest.
    """

    uid = models.UUIDField(default=uuid7, unique=True, editable=False)
    at = models.DateTimeField("时间", default=now)
    actor = models.UUIDField(null=True, blank=True)
    actor_name = models.CharField("人员", max_length=60, blank=True)
    action = models.CharField("动作", max_length=40)
    thing_kind = models.CharField("对象类别", max_length=60, blank=True)
    thing_uid = models.UUIDField(null=True, blank=True)
    thing_label = models.CharField("对象", max_length=120, blank=True)
    changes = models.JSONField(default=dict, blank=True)
    note = models.CharField("说明", max_length=300, blank=True)
    address = models.CharField("来源地址", max_length=45, blank=True)
    digest = models.CharField(max_length=64)
    seal = models.ForeignKey(
        "core.Seal", null=True, blank=True, on_delete=models.PROTECT, related_name="members", editable=False
    )
    position = models.PositiveIntegerField(null=True, blank=True, editable=False, help_text="封印内的次序")

    class Meta:
        verbose_name = "审计记录"
        ordering: ClassVar[list[str]] = ["-pk"]
        indexes: ClassVar[list[models.Index]] = [
            models.Index(fields=["thing_kind", "thing_uid"], name="audit_thing"),
            models.Index(fields=["actor", "at"], name="audit_actor"),
            models.Index(fields=["at"], name="audit_at"),
            models.Index(fields=["id"], condition=models.Q(seal__isnull=True), name="audit_unsealed"),
        ]


class Seal(models.Model):
    """A link of the chain: number, the digest of the seal before it, the root of its entries."""

    number = models.PositiveBigIntegerField(unique=True)
    previous = models.CharField(max_length=64)
    root = models.CharField(max_length=64)
    entries = models.PositiveIntegerField()
    sealed_at = models.DateTimeField(default=now)
    digest = models.CharField(max_length=64)

    class Meta:
        verbose_name = "审计封印"
        ordering: ClassVar[list[str]] = ["number"]

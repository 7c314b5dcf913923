"""How a person likes to see a ledger: the columns, and named selections that can be shared."""

from __future__ import annotations

from typing import ClassVar

from django.db import models
from uuid_utils.compat import uuid7

from anlu.kernel.core.clock import now


class Sharing(models.TextChoices):
    """Who finds a saved view. It holds conditions, never rows: everybody sees their own rows through it."""

    OWN = "own", "仅自己"
    UNIT = "unit", "本单位"
    ALL = "all", "全体"


class SavedView(models.Model):
    """
    A named selection of a ledger with its columns; the one without a name is the person's standing choice of columns.

    ``query`` is what stands in the list's address, ``columns`` the names of the columns ([] = the ledger's own).
    """

    uid = models.UUIDField(default=uuid7, unique=True, editable=False)
    ledger = models.CharField("台账", max_length=80)
    name = models.CharField("名称", max_length=40, blank=True)
    query = models.TextField(blank=True)
    columns = models.JSONField(default=list, blank=True)
    owner = models.UUIDField()
    owner_name = models.CharField("保存人", max_length=60, blank=True)
    unit_id_of_owner = models.BigIntegerField(null=True, blank=True)
    sharing = models.CharField("谁可用", max_length=4, choices=Sharing, default=Sharing.OWN)
    changed_at = models.DateTimeField("保存时间", default=now)

    class Meta:
        verbose_name = "视图"
        ordering: ClassVar[list[str]] = ["name", "pk"]
        constraints: ClassVar[list[models.BaseConstraint]] = [
            models.UniqueConstraint(fields=["owner", "ledger", "name"], name="one_view_per_name")
        ]
        indexes: ClassVar[list[models.Index]] = [
            models.Index(fields=["ledger", "sharing"], name="shared_views")
        ]

    def __str__(self) -> str:
        return self.name or "我的列"

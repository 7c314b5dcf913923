"""Dictionaries (字典): dated, editable code lists; records store the code as text."""

from __future__ import annotations

from typing import ClassVar

from django.db import models
from uuid_utils.compat import uuid7

from anlu.kernel.core.clock import now


class Term(models.Model):
    """One entry of a code list. A used code can be renamed or ended, never deleted."""

    uid = models.UUIDField(default=uuid7, unique=True, editable=False)
    list = models.CharField("字典", max_length=60)
    code = models.CharField("代码", max_length=40)
    label = models.CharField("名称", max_length=80)
    label_en = models.CharField("英文名称", max_length=120, blank=True)
    colour = models.CharField("颜色", max_length=12, blank=True)
    order = models.PositiveIntegerField("次序", default=0)
    source = models.CharField("依据", max_length=200, blank=True)
    confidence = models.CharField("把握", max_length=1, blank=True, help_text="S 有出处,M 待核,I 推断")
    valid_from = models.DateField("启用", null=True, blank=True)
    valid_to = models.DateField("停用", null=True, blank=True)
    builtin = models.BooleanField("内置", default=False)
    edited = models.BooleanField("本单位改过", default=False)
    changed_at = models.DateTimeField(default=now)

    class Meta:
        verbose_name = "字典项"
        ordering: ClassVar[list[str]] = ["list", "order", "code"]
        constraints: ClassVar[list[models.BaseConstraint]] = [
            models.UniqueConstraint(fields=["list", "code"], name="one_code_per_list")
        ]

    def __str__(self) -> str:
        return self.label

"""What documents say: templates by version, and the library of proper wording."""

from __future__ import annotations

from typing import ClassVar

from django.db import models
from django.db.models import Q

from anlu.kernel.core.models import Record
from anlu.kernel.documents import permissions
from anlu.kernel.documents.models.rules import Dated


class Template(Record):
    """One version of the wording of a kind. A version that has been used is never changed: a new one follows it."""

    scope_unit: ClassVar[str] = ""
    scope_area: ClassVar[str] = ""
    scope_owner: ClassVar[str] = ""
    scope_open: ClassVar[bool] = True
    view_permission: ClassVar[str] = permissions.TEMPLATE_VIEW

    kind = models.CharField("文书", max_length=60)
    number = models.PositiveIntegerField("版本")
    title = models.CharField("标题", max_length=300)
    body = models.TextField("正文")
    note = models.CharField("修改说明", max_length=200, blank=True)
    valid_from = models.DateField("启用日期", null=True, blank=True)
    author_name = models.CharField("修改人", max_length=60, blank=True)
    builtin = models.BooleanField("随软件提供", default=False, editable=False)

    class Meta:
        verbose_name = "公文模板"
        ordering: ClassVar[list[str]] = ["kind", "-number"]
        constraints: ClassVar[list[models.BaseConstraint]] = [
            models.UniqueConstraint(fields=["kind", "number"], name="one_template_per_version")
        ]

    def __str__(self) -> str:
        return f"{self.kind} 第{self.number}版"


class Phrase(Dated):
    """
    规范表述: a wording, the document it comes from, between which days it holds, and what replaces it.

    ``wrong_forms`` are writings that are known to be wrong (a word missing, in another order).
    """

    view_permission: ClassVar[str] = permissions.PHRASE_VIEW

    code = models.CharField("代码", max_length=40)
    text = models.CharField("表述", max_length=300)
    topic = models.CharField("类别", max_length=40, blank=True)
    source_document = models.CharField("来源文件", max_length=200)
    replaced_by = models.ForeignKey(
        "self", null=True, blank=True, on_delete=models.PROTECT, related_name="+", verbose_name="现行表述"
    )
    wrong_forms = models.JSONField("常见误写", default=list, blank=True)

    class Meta:
        verbose_name = "规范表述"
        ordering: ClassVar[list[str]] = ["code"]
        constraints: ClassVar[list[models.BaseConstraint]] = [
            models.UniqueConstraint(
                fields=["code"], condition=Q(voided_at__isnull=True), name="one_live_phrase_per_code"
            )
        ]

    def __str__(self) -> str:
        return self.text

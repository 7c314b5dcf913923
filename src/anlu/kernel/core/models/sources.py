"""Where data come from, and which collections of them are kept here, by whose leave and for how long."""

from __future__ import annotations

from typing import ClassVar

from django.db import models

from anlu.kernel.core import permissions
from anlu.kernel.core.models.records import Record


class Handling(models.TextChoices):
    """What may be done here with records of a system that is not ours."""

    READ_ONLY = "read_only", "只读，在原系统更正"
    WITH_REASON = "with_reason", "可更正，须说明原因"


class SourceSystem(Record):
    """
    A system that owns data of ours: nobody types here what it holds.

    ``formats`` are the codes that imported records carry in ``source`` (an import format's code, or what a mapping file
    names); one code belongs to one system.
    """

    view_permission: ClassVar[str] = permissions.SOURCE_VIEW
    scope_unit: ClassVar[str] = ""
    scope_area: ClassVar[str] = ""
    scope_owner: ClassVar[str] = ""
    scope_open: ClassVar[bool] = True

    code = models.CharField("代码", max_length=40)
    name = models.CharField("系统", max_length=60)
    brings = models.CharField("进来什么", max_length=200, blank=True)
    keys = models.CharField("关键字", max_length=120, blank=True)
    rhythm = models.CharField("频率与经办", max_length=80, blank=True)
    gives_back = models.CharField("出去什么", max_length=200, blank=True)
    formats = models.JSONField("导入格式", default=list, blank=True)
    handling = models.CharField("更正办法", max_length=12, choices=Handling, default=Handling.READ_ONLY)
    basis = models.CharField("依据", max_length=120, blank=True)

    class Meta:
        verbose_name = "来源系统"
        ordering: ClassVar[list[str]] = ["pk"]
        constraints: ClassVar[list[models.BaseConstraint]] = [
            models.UniqueConstraint(
                fields=["code"], condition=models.Q(voided_at__isnull=True), name="one_live_source_per_code"
            )
        ]

    def __str__(self) -> str:
        return self.name


class DataSet(Record):
    """A collection of data that is kept here: by whose leave, what for, which fields, until when, and its end."""

    view_permission: ClassVar[str] = permissions.DATASET_VIEW
    scope_unit: ClassVar[str] = ""
    scope_area: ClassVar[str] = ""
    scope_owner: ClassVar[str] = ""
    scope_open: ClassVar[bool] = True

    name = models.CharField("数据集", max_length=80)
    system = models.ForeignKey(
        SourceSystem,
        null=True,
        blank=True,
        on_delete=models.PROTECT,
        related_name="+",
        verbose_name="来源系统",
    )
    approval = models.CharField("审批单号", max_length=60)
    approved_on = models.DateField("批准日期")
    purpose = models.CharField("用途", max_length=200)
    fields = models.CharField("字段", max_length=400, help_text="用顿号分开，只登记确有需要的")
    personal = models.BooleanField("含个人信息", default=False)
    stored = models.CharField("存放位置", max_length=80, blank=True)
    keeper = models.CharField("保管", max_length=60, blank=True)
    exported_by = models.CharField("谁可以导出", max_length=120, blank=True)
    keep_until = models.DateField("保存到", db_index=True)
    destroyed_on = models.DateField("销毁日期", null=True, blank=True)
    destroyed_how = models.CharField("销毁记录", max_length=200, blank=True)

    class Meta:
        verbose_name = "数据集"
        ordering: ClassVar[list[str]] = ["keep_until", "pk"]
        constraints: ClassVar[list[models.BaseConstraint]] = [
            models.CheckConstraint(
                condition=models.Q(keep_until__gte=models.F("approved_on")),
                name="dataset_kept_after_approval",
            ),
            models.CheckConstraint(
                condition=models.Q(destroyed_on__isnull=True) | ~models.Q(destroyed_how=""),
                name="dataset_destroyed_how",
            ),
        ]

    def __str__(self) -> str:
        return self.name

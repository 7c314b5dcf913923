"""Reports that people have worked on, and the pictures that they can take: what is known of each, and own ones."""

from __future__ import annotations

from typing import ClassVar

from django.db import models
from django.db.models import Q
from uuid_utils.compat import uuid7

from anlu.apps.reports import permissions
from anlu.kernel.core.clock import now
from anlu.kernel.core.models import Record
from anlu.kernel.people.models import Unit
from anlu.kernel.places.models import Area


class State(models.TextChoices):
    """How far a report has come."""

    DRAFT = "draft", "起草中"
    REVIEW = "review", "待审定"
    FINAL = "final", "已审定"


class Report(Record):
    """
    One report of one period.

    ``edits`` holds the words that people put in the place of a section's own, by part; ``numbers`` every number as it
    was kept, by its place in the text: indicator, side, words, value, who kept it and when. A free report also names
    the sections and indicators that were ``chosen``. ``pictures`` holds in their order what was put into its sections:
    the file in the library, the section, the caption and what stands for the picture where it is not seen.
    """

    scope_unit: ClassVar[str] = ""
    scope_area: ClassVar[str] = ""
    scope_owner: ClassVar[str] = ""
    scope_open: ClassVar[bool] = True
    view_permission: ClassVar[str] = permissions.VIEW

    kind = models.CharField("种类", max_length=20)
    period = models.CharField("期间", max_length=40)
    title = models.CharField("标题", max_length=120)
    state = models.CharField("状态", max_length=10, choices=State, default=State.DRAFT)
    chosen = models.JSONField("所选章节和指标", default=dict, blank=True)
    edits = models.JSONField("文字", default=dict, blank=True)
    numbers = models.JSONField("保存的数字", default=dict, blank=True)
    pictures = models.JSONField("图片", default=list, blank=True)
    kept_at = models.DateTimeField("数字保存时间", null=True, blank=True)
    kept_by_name = models.CharField("数字保存人", max_length=60, blank=True)

    class Meta:
        verbose_name = "报告"
        ordering: ClassVar[list[str]] = ["-pk"]
        constraints: ClassVar[list[models.BaseConstraint]] = [
            models.UniqueConstraint(
                fields=["kind", "period"],
                condition=Q(voided_at__isnull=True) & ~Q(kind="free"),
                name="one_live_report_per_period",
            )
        ]

    def __str__(self) -> str:
        return self.title


class PictureSet(Record):
    """Pictures taken on one occasion that belong to no other record; the files are its attachments."""

    view_permission: ClassVar[str] = permissions.PICTURE_VIEW

    title = models.CharField("名称", max_length=80)
    kind = models.CharField("类别", max_length=20)
    taken_on = models.DateField("拍摄日期")
    unit = models.ForeignKey(Unit, on_delete=models.PROTECT, related_name="+", verbose_name="拍摄单位")
    town = models.ForeignKey(
        Area, null=True, blank=True, on_delete=models.PROTECT, related_name="+", verbose_name="镇街"
    )
    where = models.CharField("地点", max_length=120, blank=True)
    taken_by = models.CharField("拍摄人", max_length=40, blank=True)
    note = models.TextField("说明", blank=True)

    class Meta:
        verbose_name = "图片组"
        ordering: ClassVar[list[str]] = ["-taken_on", "-pk"]

    def __str__(self) -> str:
        return self.title


class Rights(models.TextChoices):
    """What a picture may be used for."""

    UNKNOWN = "", "未说明"
    INTERNAL = "internal", "不得使用"
    REPORT = "report", "可用于报告"
    PUBLIC = "public", "可公开发布"


class Masking(models.TextChoices):
    """Whether faces, plates and papers that can be recognised were made unrecognisable."""

    UNCHECKED = "", "未检查"
    NEEDED = "needed", "须遮挡"
    DONE = "done", "已遮挡"
    CLEAR = "clear", "无须遮挡"


class PictureNote(models.Model):
    """
    What people noted of a picture, found by the file's uid: its words, what it may be used for, what has to be masked.

    It stands beside the file, which stays with its record: whoever may not see the record sees neither. ``masked`` is
    the copy that is shown and used in the place of the picture.
    """

    uid = models.UUIDField(default=uuid7, unique=True, editable=False)
    file = models.UUIDField(unique=True)
    caption = models.CharField("图片说明", max_length=120, blank=True)
    alt = models.CharField("替代文字", max_length=200, blank=True)
    rights = models.CharField("使用许可", max_length=10, choices=Rights, blank=True)
    rights_basis = models.CharField("许可依据", max_length=200, blank=True)
    masking = models.CharField("遮挡", max_length=10, choices=Masking, blank=True)
    masking_note = models.CharField("遮挡内容", max_length=200, blank=True)
    masked = models.ForeignKey(
        "core.Upload", null=True, blank=True, on_delete=models.PROTECT, related_name="+"
    )
    masked_thumbnail = models.ForeignKey(
        "core.Upload", null=True, blank=True, on_delete=models.PROTECT, related_name="+"
    )
    by_name = models.CharField("标注人", max_length=60, blank=True)
    noted_at = models.DateTimeField("标注时间", default=now)

    class Meta:
        verbose_name = "图片标注"

    def __str__(self) -> str:
        return self.caption or str(self.file)

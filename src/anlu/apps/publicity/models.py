"""Tables of publicity: a series has columns, a column has pieces; a column may ask for the office of its authors."""

from __future__ import annotations

from typing import ClassVar

from django.core.validators import URLValidator
from django.db import models
from django.db.models import Q

from anlu.apps.publicity import permissions
from anlu.kernel.core.models import Record
from anlu.kernel.people.models import Officer, Unit

LIVE = Q(voided_at__isnull=True)


class Series(Record):
    """A series of columns in one channel (二十大精神大讨论)."""

    view_permission: ClassVar[str] = permissions.SERIES_VIEW
    scope_area: ClassVar[str] = ""

    name = models.CharField("系列", max_length=80)
    channel = models.CharField("渠道", max_length=20)
    unit = models.ForeignKey(
        Unit, null=True, blank=True, on_delete=models.PROTECT, related_name="+", verbose_name="主办单位"
    )
    started_on = models.DateField("开设")
    ended_on = models.DateField("停办", null=True, blank=True)
    note = models.CharField("说明", max_length=200, blank=True)

    class Meta:
        verbose_name = "系列"
        ordering: ClassVar[list[str]] = ["-started_on", "pk"]

    def __str__(self) -> str:
        return self.name


class Column(Record):
    """A column of a series (书记说); ``office`` is what its authors must hold on the day of publication."""

    view_permission: ClassVar[str] = permissions.COLUMN_VIEW
    scope_area: ClassVar[str] = ""

    series = models.ForeignKey(Series, on_delete=models.PROTECT, related_name="columns", verbose_name="系列")
    name = models.CharField("板块", max_length=40)
    office = models.CharField("作者职务", max_length=20, blank=True)
    unit = models.ForeignKey(
        Unit, null=True, blank=True, on_delete=models.PROTECT, related_name="+", verbose_name="主办单位"
    )
    place = models.PositiveSmallIntegerField("次序", default=1)
    started_on = models.DateField("开设")
    ended_on = models.DateField("停办", null=True, blank=True)

    class Meta:
        verbose_name = "栏目"
        ordering: ClassVar[list[str]] = ["series", "place", "pk"]
        constraints: ClassVar[list[models.BaseConstraint]] = [
            models.UniqueConstraint(
                fields=["series", "name"], condition=LIVE, name="one_live_column_per_name"
            )
        ]

    def __str__(self) -> str:
        return self.name


class Piece(Record):
    """A piece in a column: who signed it, where it can be read."""

    view_permission: ClassVar[str] = permissions.PIECE_VIEW
    scope_area: ClassVar[str] = ""

    column = models.ForeignKey(Column, on_delete=models.PROTECT, related_name="pieces", verbose_name="栏目")
    title = models.CharField("标题", max_length=120)
    officer = models.ForeignKey(
        Officer, null=True, blank=True, on_delete=models.PROTECT, related_name="+", verbose_name="作者"
    )
    author = models.CharField("作者姓名", max_length=40, blank=True)
    unit = models.ForeignKey(
        Unit, null=True, blank=True, on_delete=models.PROTECT, related_name="+", verbose_name="作者单位"
    )
    published_on = models.DateField("发布日期")
    link = models.CharField(
        "链接", max_length=300, blank=True, validators=[URLValidator(schemes=["http", "https"])]
    )

    class Meta:
        verbose_name = "稿件"
        ordering: ClassVar[list[str]] = ["-published_on", "-pk"]
        indexes: ClassVar[list[models.Index]] = [
            models.Index(fields=["column", "published_on"], name="piece_figures")
        ]

    def __str__(self) -> str:
        return self.title

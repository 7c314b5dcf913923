"""
Tables of plans and honours.

What a slogan means (10104, 四优, 四拓) is data: a plan has groups, a group has measures, and nothing in the code
knows how many there are or what they are called (``glossary`` 1).
"""

from __future__ import annotations

from typing import ClassVar

from django.db import models
from django.db.models import Q

from anlu.apps.plans import permissions
from anlu.kernel.core.models import Record
from anlu.kernel.people.models import Officer, Unit

LIVE = Q(voided_at__isnull=True)


class AnnualTheme(Record):
    """The theme of a year (巩固深化年), which plans and reports carry."""

    view_permission: ClassVar[str] = permissions.THEME_VIEW
    scope_open: ClassVar[bool] = True
    scope_unit: ClassVar[str] = ""
    scope_area: ClassVar[str] = ""
    scope_owner: ClassVar[str] = ""

    year = models.PositiveSmallIntegerField("年度")
    name = models.CharField("主题", max_length=60)
    basis = models.CharField("来源文件", max_length=200, blank=True)
    meaning = models.TextField("说明", blank=True)

    class Meta:
        verbose_name = "年度主题"
        ordering: ClassVar[list[str]] = ["-year"]
        constraints: ClassVar[list[models.BaseConstraint]] = [
            models.UniqueConstraint(fields=["year"], condition=LIVE, name="one_live_theme_per_year")
        ]

    def __str__(self) -> str:
        return f"{self.year} {self.name}"


class PlanKind(models.TextChoices):
    """What a plan is for."""

    ANNUAL = "annual", "年度工作计划"
    PRACTICE = "practice", "特色做法"
    SPECIAL = "special", "专项方案"


class WorkPlan(Record):
    """A plan known by its code, with groups of measures."""

    view_permission: ClassVar[str] = permissions.PLAN_VIEW
    scope_open: ClassVar[bool] = True
    scope_unit: ClassVar[str] = ""
    scope_area: ClassVar[str] = ""
    scope_owner: ClassVar[str] = ""

    code = models.CharField("代号", max_length=20)
    name = models.CharField("名称", max_length=120)
    kind = models.CharField("类别", max_length=10, choices=PlanKind, default=PlanKind.ANNUAL)
    theme = models.ForeignKey(
        AnnualTheme,
        null=True,
        blank=True,
        on_delete=models.PROTECT,
        related_name="+",
        verbose_name="年度主题",
    )
    unit = models.ForeignKey(
        Unit, null=True, blank=True, on_delete=models.PROTECT, related_name="+", verbose_name="制定单位"
    )
    document_number = models.CharField("文号", max_length=60, blank=True)
    starts_on = models.DateField("起")
    ends_on = models.DateField("止", null=True, blank=True)
    meaning = models.TextField("说明", blank=True)

    class Meta:
        verbose_name = "工作计划"
        ordering: ClassVar[list[str]] = ["-starts_on", "code"]
        constraints: ClassVar[list[models.BaseConstraint]] = [
            models.UniqueConstraint(
                fields=["code", "starts_on"], condition=LIVE, name="one_live_plan_per_code_and_start"
            )
        ]

    def __str__(self) -> str:
        return f"“{self.code}”{self.name}"


class PlanGroup(Record):
    """A group of measures of a plan: one of the ten, of the four."""

    view_permission: ClassVar[str] = permissions.GROUP_VIEW
    scope_open: ClassVar[bool] = True
    scope_unit: ClassVar[str] = ""
    scope_area: ClassVar[str] = ""
    scope_owner: ClassVar[str] = ""

    plan = models.ForeignKey(WorkPlan, on_delete=models.PROTECT, related_name="groups", verbose_name="计划")
    label = models.CharField("分组", max_length=60)
    place = models.PositiveSmallIntegerField("次序", default=1)
    family = models.CharField("所属类", max_length=30, blank=True)
    meaning = models.CharField("含义", max_length=200, blank=True)
    valid_from = models.DateField("启用", null=True, blank=True)
    valid_to = models.DateField("停用", null=True, blank=True)

    class Meta:
        verbose_name = "计划分组"
        ordering: ClassVar[list[str]] = ["plan", "place", "pk"]

    def __str__(self) -> str:
        return self.label


class MeasureState(models.TextChoices):
    """How far a measure is."""

    PLANNED = "planned", "未开始"
    DOING = "doing", "进行中"
    DONE = "done", "已完成"
    STOPPED = "stopped", "已停止"


class Measure(Record):
    """One measure: who does it, by when, how far it is. A reform also has its document, its first day, its use."""

    view_permission: ClassVar[str] = permissions.MEASURE_VIEW
    scope_area: ClassVar[str] = ""

    group = models.ForeignKey(
        PlanGroup, on_delete=models.PROTECT, related_name="measures", verbose_name="所属分组"
    )
    parent = models.ForeignKey(
        "self",
        null=True,
        blank=True,
        on_delete=models.PROTECT,
        related_name="children",
        verbose_name="上级措施",
    )
    number = models.CharField("序号", max_length=20, blank=True)
    title = models.CharField("措施", max_length=160)
    unit = models.ForeignKey(
        Unit, null=True, blank=True, on_delete=models.PROTECT, related_name="+", verbose_name="责任单位"
    )
    owner = models.ForeignKey(
        Officer, null=True, blank=True, on_delete=models.PROTECT, related_name="+", verbose_name="责任人"
    )
    starts_on = models.DateField("开始", null=True, blank=True)
    due_on = models.DateField("完成时限", null=True, blank=True)
    done_on = models.DateField("完成日期", null=True, blank=True)
    state = models.CharField("进展", max_length=8, choices=MeasureState, default=MeasureState.PLANNED)
    progress = models.TextField("进展情况", blank=True)
    is_reform = models.BooleanField("改革举措", default=False)
    document_number = models.CharField("文号", max_length=60, blank=True)
    enabled_on = models.DateField("启用日期", null=True, blank=True)
    handled_count = models.PositiveIntegerField("累计办件量", null=True, blank=True)
    handled_as_of = models.DateField("办件量截至", null=True, blank=True)

    class Meta:
        verbose_name = "措施"
        ordering: ClassVar[list[str]] = ["group", "number", "pk"]

    def __str__(self) -> str:
        return self.title


class MeasureIndicator(models.Model):
    """An indicator by which a measure is judged. Enforcement counts are shown without a light (``practice`` 2)."""

    measure = models.ForeignKey(Measure, on_delete=models.CASCADE, related_name="indicators")
    indicator = models.CharField("指标", max_length=60)

    class Meta:
        verbose_name = "关联指标"
        constraints: ClassVar[list[models.BaseConstraint]] = [
            models.UniqueConstraint(fields=["measure", "indicator"], name="one_indicator_per_measure")
        ]


class MeasureEvidence(models.Model):
    """What shows that a measure was carried out: an activity, an honour, a document, by kind and uid."""

    measure = models.ForeignKey(Measure, on_delete=models.CASCADE, related_name="evidence")
    kind = models.CharField("种类", max_length=40)
    thing = models.UUIDField()
    label = models.CharField("佐证", max_length=160)
    day = models.DateField("日期", null=True, blank=True)

    class Meta:
        verbose_name = "佐证"
        ordering: ClassVar[list[str]] = ["day", "pk"]
        constraints: ClassVar[list[models.BaseConstraint]] = [
            models.UniqueConstraint(fields=["measure", "kind", "thing"], name="one_evidence_per_thing")
        ]


class Honour(Record):
    """
    An honour: who gave it, at which level, on which day, by which document.

    Which time it is (第四次) follows from title, unit and day; see ``ordinal_of``.
    """

    view_permission: ClassVar[str] = permissions.HONOUR_VIEW
    scope_area: ClassVar[str] = ""

    title = models.CharField("名称", max_length=120)
    kind = models.CharField("类别", max_length=20)
    level = models.CharField("级别", max_length=20)
    granted_by = models.CharField("授予机关", max_length=120)
    granted_on = models.DateField("授予日期")
    document_number = models.CharField("文号", max_length=60, blank=True)
    unit = models.ForeignKey(
        Unit, null=True, blank=True, on_delete=models.PROTECT, related_name="+", verbose_name="获得单位"
    )
    source = models.CharField("来源", max_length=200, blank=True)
    basis = models.CharField("“率先”依据", max_length=200, blank=True)
    note = models.TextField("说明", blank=True)

    class Meta:
        verbose_name = "荣誉"
        ordering: ClassVar[list[str]] = ["-granted_on", "-pk"]
        indexes: ClassVar[list[models.Index]] = [
            models.Index(fields=["title", "granted_on"], name="honour_times")
        ]

    def __str__(self) -> str:
        return self.title

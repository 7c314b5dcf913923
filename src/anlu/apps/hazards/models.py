"""
Tables of hazards beside the case: what follows from it, interim measures, work done, markets, and two rule tables.

The case itself (state, place, people, history) is ``kernel.cases``; a hazard's own facts that lists are ordered by or
figures add up stand here, written in the same transaction (``following``).
"""

from __future__ import annotations

from decimal import Decimal
from typing import ClassVar

from django.core.validators import MinValueValidator
from django.db import models
from django.db.models import Q

from anlu.apps.hazards import permissions, terms
from anlu.kernel.cases.models import Case
from anlu.kernel.core.dictionaries import label_of
from anlu.kernel.core.models import Record
from anlu.kernel.people.models import Unit
from anlu.kernel.places.fairs import fair_words
from anlu.kernel.places.models import Located, Site

LIVE = Q(voided_at__isnull=True)
STANDING = Q(removed_on__isnull=True, handed_on__isnull=True)  # interim measures


class Hazard(Record):
    """What the platform worked out about a hazard, with its reasons; one for each case of the family."""

    view_permission: ClassVar[str] = permissions.HAZARD_VIEW
    scope_through: ClassVar[str] = "case"

    case = models.OneToOneField(Case, on_delete=models.CASCADE, related_name="hazard", verbose_name="隐患")
    responsible = models.ForeignKey(
        Unit, null=True, blank=True, on_delete=models.PROTECT, related_name="+", verbose_name="责任单位"
    )
    responsible_why = models.CharField("责任单位由来", max_length=120, blank=True)
    grade = models.CharField("建议等级", max_length=12, blank=True)
    grade_why = models.CharField("分级理由", max_length=200, blank=True)
    road_class = models.CharField("道路类别", max_length=8, blank=True)
    injury_crashes = models.PositiveIntegerField("近一年伤人事故", null=True, blank=True)
    fatal_crashes = models.PositiveIntegerField("近一年亡人事故", null=True, blank=True)
    counted_on = models.DateField("事故统计截止", null=True, blank=True)
    sight_m = models.FloatField("实测视距(米)", null=True, blank=True)
    needed_m = models.FloatField("应有视距(米)", null=True, blank=True)
    deficit_m = models.FloatField("视距差(米)", null=True, blank=True)
    client_uid = models.UUIDField("手机草稿号", null=True, blank=True, unique=True, editable=False)
    accuracy_m = models.FloatField("定位误差(米)", null=True, blank=True)
    market = models.ForeignKey(
        "hazards.Market", null=True, blank=True, on_delete=models.SET_NULL, related_name="hazards"
    )

    class Meta:
        verbose_name = "隐患"
        ordering: ClassVar[list[str]] = ["-pk"]
        indexes: ClassVar[list[models.Index]] = [
            models.Index(fields=["road_class", "case"], name="hazard_road_class"),
            models.Index(fields=["grade", "case"], name="hazard_grade"),
            # What junctions are put in order by; the others have none of it.
            *(
                models.Index(fields=[column, "case"], condition=Q(**{f"{column}__isnull": False}), name=name)
                for column, name in (
                    ("sight_m", "hazard_sight"),
                    ("needed_m", "hazard_needed"),
                    ("deficit_m", "hazard_deficit"),
                    ("injury_crashes", "hazard_injuries"),
                )
            ),
        ]

    def __str__(self) -> str:
        return str(self.case)


class InterimMeasure(Record):
    """
    What keeps people safe until the hazard is put right; reminded when its time is over and it still stands.

    It stands (``STANDING``) until it is taken away, or handed over to whoever keeps it for good; also after closing.
    """

    view_permission: ClassVar[str] = permissions.HAZARD_VIEW
    scope_through: ClassVar[str] = "case"

    case = models.ForeignKey(Case, on_delete=models.CASCADE, related_name="interim_measures")
    measure = models.CharField("临时措施", max_length=20)
    set_on = models.DateField("设置日期")
    until = models.DateField("保持到")
    removed_on = models.DateField("撤除日期", null=True, blank=True)
    handed_on = models.DateField("移交日期", null=True, blank=True)
    handed_to = models.ForeignKey(
        Unit, null=True, blank=True, on_delete=models.PROTECT, related_name="+", verbose_name="移交给"
    )
    note = models.CharField("说明", max_length=200, blank=True)
    by_name = models.CharField("登记人", max_length=60, blank=True)

    class Meta:
        verbose_name = "临时措施"
        ordering: ClassVar[list[str]] = ["-pk"]
        indexes: ClassVar[list[models.Index]] = [models.Index(fields=["until"], name="interim_until")]


class WorkDone(Record):
    """A measure that was taken, with its quantity of work where it has one (14 trees, 46 m of hedge)."""

    view_permission: ClassVar[str] = permissions.HAZARD_VIEW
    scope_through: ClassVar[str] = "case"

    case = models.ForeignKey(Case, on_delete=models.CASCADE, related_name="works")
    measure = models.CharField("措施", max_length=20)
    item = models.CharField("工程量", max_length=20, blank=True)
    quantity = models.DecimalField(
        "数量",
        max_digits=10,
        decimal_places=1,
        default=Decimal(0),
        validators=[MinValueValidator(Decimal(0))],
    )
    done_on = models.DateField("完成日期")
    note = models.CharField("说明", max_length=200, blank=True)
    by_name = models.CharField("登记人", max_length=60, blank=True)

    class Meta:
        verbose_name = "整改措施"
        ordering: ClassVar[list[str]] = ["pk"]
        indexes: ClassVar[list[models.Index]] = [models.Index(fields=["item", "case"], name="work_item")]

    def __str__(self) -> str:
        return f"{self.measure} {self.item} {self.quantity}".strip()


class Responsibility(Record):
    """Who answers for what of which roads, from day to day; the words find the unit where none is picked."""

    scope_open: ClassVar[bool] = True
    view_permission: ClassVar[str] = permissions.RESPONSIBILITY_VIEW
    scope_unit: ClassVar[str] = ""
    scope_area: ClassVar[str] = ""
    scope_owner: ClassVar[str] = ""

    road_class = models.CharField("道路类别", max_length=8)
    aspect = models.CharField("责任事项", max_length=20)
    words = models.CharField("责任部门", max_length=40, help_text="单位名称中的字；镇街、中队按地点找")
    unit = models.ForeignKey(
        Unit, null=True, blank=True, on_delete=models.PROTECT, related_name="+", verbose_name="指定单位"
    )
    helpers = models.CharField("配合部门", max_length=120, blank=True, help_text="用空格隔开")
    valid_from = models.DateField("启用", null=True, blank=True)
    valid_to = models.DateField("停用", null=True, blank=True)
    source = models.CharField("依据", max_length=200, blank=True)
    confidence = models.CharField("依据等级", max_length=4, blank=True)
    edited = models.BooleanField(default=False, editable=False)

    class Meta:
        verbose_name = "隐患责任"
        ordering: ClassVar[list[str]] = ["road_class", "aspect", "pk"]

    def __str__(self) -> str:
        what = label_of(terms.ROAD_CLASS, self.road_class), label_of(terms.ASPECT, self.aspect)
        return f"{''.join(what)}：{self.words}"


class GradeRule(Record):
    """A fact of a hazard that makes it grave, from a number upward; local policy decides."""

    scope_open: ClassVar[bool] = True
    view_permission: ClassVar[str] = permissions.RULE_VIEW
    scope_unit: ClassVar[str] = ""
    scope_area: ClassVar[str] = ""
    scope_owner: ClassVar[str] = ""

    code = models.CharField("代码", max_length=20)
    order = models.PositiveSmallIntegerField("顺序", default=10)
    fact = models.CharField("看什么", max_length=20)
    at_least = models.FloatField("不少于")
    grade = models.CharField("等级", max_length=12)
    words = models.CharField("理由写法", max_length=80, help_text="{n} 处填数")
    valid_from = models.DateField("启用", null=True, blank=True)
    valid_to = models.DateField("停用", null=True, blank=True)
    source = models.CharField("依据", max_length=200, blank=True)
    confidence = models.CharField("依据等级", max_length=4, blank=True)
    edited = models.BooleanField(default=False, editable=False)

    class Meta:
        verbose_name = "分级规则"
        ordering: ClassVar[list[str]] = ["order", "pk"]
        constraints: ClassVar[list[models.BaseConstraint]] = [
            models.UniqueConstraint(fields=["code"], condition=LIVE, name="one_live_grade_rule_per_code")
        ]

    def __str__(self) -> str:
        return f"{label_of(terms.RULE_FACT, self.fact)}不少于{self.at_least:g}"


class Market(Record, Located):
    """
    A roadside market: where it stands, on which days it is held, what became of it.

    ``fair_days`` are last digits of lunar or solar days ([1, 6] = 逢一、六); ``calendar`` says which.
    """

    view_permission: ClassVar[str] = permissions.MARKET_VIEW

    name = models.CharField("名称", max_length=80)
    kind = models.CharField("类别", max_length=12, default="fair")
    site = models.ForeignKey(
        Site, null=True, blank=True, on_delete=models.SET_NULL, related_name="+", verbose_name="点位"
    )
    unit = models.ForeignKey(
        Unit, null=True, blank=True, on_delete=models.PROTECT, related_name="+", verbose_name="辖区中队"
    )
    chainage_to_m = models.FloatField("止桩号(米)", null=True, blank=True)
    width_m = models.FloatField("占用宽度(米)", null=True, blank=True)
    stalls = models.PositiveIntegerField("摊位数", null=True, blank=True)
    calendar = models.CharField("逢集历法", max_length=8, default="lunar")
    fair_days = models.JSONField("逢集", default=list, blank=True)
    opens = models.CharField("开始", max_length=5, blank=True)
    closes = models.CharField("结束", max_length=5, blank=True)
    state = models.CharField("状态", max_length=12, default="occupying")
    state_on = models.DateField("状态日期", null=True, blank=True)
    measure = models.CharField("处置方式", max_length=20, blank=True)
    moved_to = models.CharField("搬迁地点", max_length=120, blank=True)
    guard = models.CharField("值守安排", max_length=200, blank=True)
    checked_on = models.DateField("最近检查", null=True, blank=True)
    note = models.TextField("说明", blank=True)
    sort_key = models.CharField(max_length=200, blank=True, editable=False)

    class Meta:
        verbose_name = "马路市场"
        ordering: ClassVar[list[str]] = ["sort_key", "pk"]
        constraints: ClassVar[list[models.BaseConstraint]] = [
            models.UniqueConstraint(fields=["name", "town"], condition=LIVE, name="one_live_market_per_town")
        ]
        indexes: ClassVar[list[models.Index]] = [models.Index(fields=["state"], name="market_state")]

    def __str__(self) -> str:
        return self.name

    @property
    def days_words(self) -> str:
        """农历逢一、六; 每天."""
        if self.calendar == "daily":
            return "每天"
        words = fair_words(self.fair_days or [])
        if not words:
            return ""
        return f"农历{words}" if self.calendar == "lunar" else f"公历{words}"

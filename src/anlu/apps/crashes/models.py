"""
Tables of crashes, after ``domain/crash-and-fund`` 1-4: the crash, its vehicles, its parties, changes of
procedure.

Code fields hold the code of a dictionary (``dictionaries/*.csv``), never a label; "" means not stated.
What a source states and no field takes is kept word for word in ``facts``; what is doubtful is kept and
listed in ``marks``.
"""

from __future__ import annotations

from typing import ClassVar

from django.db import models
from django.db.models import Q

from anlu.apps.crashes.permissions import VIEW
from anlu.kernel.core.fields import BlindIndex, EncryptedText
from anlu.kernel.core.models import Occurred, Record, Sourced
from anlu.kernel.places.locating import STATED
from anlu.kernel.places.models import Located

LIVE = Q(voided_at__isnull=True)


class Severity(models.TextChoices):
    """The worst outcome; 死亡 / 伤人 / 财产损失 of 处理程序规定 art. 3, with injury split by degree."""

    FATAL = "fatal", "死亡"
    SERIOUS = "serious", "重伤"
    SLIGHT = "slight", "轻伤"
    DAMAGE = "damage", "财产损失"


class Procedure(models.TextChoices):
    """By which procedure it is handled (arts 23, 27); 一般事故 of the reports means ``ordinary``."""

    SELF = "self", "自行协商"
    SUMMARY = "summary", "简易程序"
    ORDINARY = "ordinary", "一般程序"


class Crash(Record, Occurred, Sourced, Located):
    """One road crash.

    ``killed`` counts deaths within 7 days, ``injured`` persons injured and alive at that cut-off; both
    follow from the parties where parties are known and are as stated where not. Town and unit are those
    of the day it happened.
    """

    view_permission: ClassVar[str] = VIEW
    scope_unit: ClassVar[str] = "unit"
    scope_area: ClassVar[str] = "town"
    ours: ClassVar[frozenset[str]] = frozenset((*STATED, "coordinate_system", "town", "unit", "marks"))

    number = models.CharField("事故编号", max_length=60)
    case_number = models.CharField("案件编号", max_length=60, blank=True)
    unit = models.ForeignKey(
        "people.Unit",
        null=True,
        blank=True,
        on_delete=models.PROTECT,
        related_name="+",
        verbose_name="办理单位",
    )

    # handling
    reported_at = models.DateTimeField("接报时间", null=True, blank=True)
    filed_at = models.DateTimeField("立案时间", null=True, blank=True)
    procedure = models.CharField("处理程序", max_length=10, blank=True)
    scene = models.CharField("现场", max_length=4, blank=True)
    hit_and_run = models.BooleanField("逃逸", default=False)
    close_method = models.CharField("结案方式", max_length=4, blank=True)
    mediation = models.CharField("调解方式", max_length=4, blank=True)
    determined_on = models.DateField("认定日期", null=True, blank=True)
    closed_on = models.DateField("结案日期", null=True, blank=True)

    # what happened
    severity = models.CharField("后果", max_length=8, choices=Severity, default=Severity.DAMAGE)
    form = models.CharField("事故形态", max_length=4, blank=True)
    vehicle_form = models.CharField("车辆间事故", max_length=4, blank=True)
    object_hit = models.CharField("碰撞物", max_length=4, blank=True)
    cause = models.CharField("认定原因分类", max_length=4, blank=True)
    cause_detail = models.CharField("认定原因", max_length=10, blank=True)
    secondary_crash = models.BooleanField("二次事故", default=False)
    dangerous_goods = models.BooleanField("涉危险品", default=False)
    description = models.TextField("简要案情", blank=True)

    # surroundings
    weather = models.CharField("天气", max_length=4, blank=True)
    visibility = models.CharField("能见度", max_length=4, blank=True)
    light = models.CharField("照明条件", max_length=4, blank=True)
    surface = models.CharField("路表情况", max_length=4, blank=True)
    pavement = models.CharField("路面状况", max_length=4, blank=True)
    pavement_material = models.CharField("路面结构", max_length=4, blank=True)
    terrain = models.CharField("地形", max_length=4, blank=True)
    road_class = models.CharField("道路类型", max_length=4, blank=True)
    road_rank = models.CharField("公路行政等级", max_length=4, blank=True)
    junction = models.CharField("路口路段类型", max_length=4, blank=True)
    cross_section = models.CharField("横断面位置", max_length=4, blank=True)
    control = models.CharField("交通信号方式", max_length=20, blank=True, help_text="可多项,用逗号分开")
    separation = models.CharField("道路物理隔离", max_length=4, blank=True)
    roadside_protection = models.CharField("路侧防护", max_length=4, blank=True)
    central_separation = models.CharField("中央隔离设施", max_length=4, blank=True)
    road_safety = models.CharField("道路安全属性", max_length=4, blank=True)
    speed_limit_kmh = models.PositiveSmallIntegerField("限速(公里/小时)", null=True, blank=True)
    sight_obstruction = models.CharField("影响视线障碍物", max_length=120, blank=True)

    # outcome
    killed = models.PositiveIntegerField("死亡(7日内)", default=0)
    killed_30d = models.PositiveIntegerField("死亡(30日内)", default=0)
    seriously_injured = models.PositiveIntegerField("重伤", default=0)
    slightly_injured = models.PositiveIntegerField("轻伤", default=0)
    injured = models.PositiveIntegerField("受伤", default=0)
    loss_cny = models.DecimalField("直接财产损失(元)", max_digits=14, decimal_places=2, null=True, blank=True)
    vehicles_count = models.PositiveIntegerField("车辆数", default=0)
    parties_count = models.PositiveIntegerField("当事人数", default=0)

    # quality and origin
    marks = models.JSONField("质量标记", default=list, blank=True)
    marked = models.BooleanField("有标记", default=False, editable=False)
    facts = models.JSONField("来源原文", default=dict, blank=True)

    class Meta:
        verbose_name = "事故"
        ordering: ClassVar[list[str]] = ["-occurred_at", "-pk"]
        constraints: ClassVar[list[models.BaseConstraint]] = [
            models.UniqueConstraint(fields=["number"], condition=LIVE, name="one_live_crash_per_number"),
            models.CheckConstraint(
                condition=Q(occurred_weekday__gte=1, occurred_weekday__lte=7), name="crash_weekday_1_to_7"
            ),
            models.CheckConstraint(
                condition=Q(occurred_hour__isnull=True) | Q(occurred_hour__lte=23), name="crash_hour_0_to_23"
            ),
            models.CheckConstraint(
                condition=Q(lon__isnull=True, lat__isnull=True)
                | Q(lon__gte=-180, lon__lte=180, lat__gte=-90, lat__lte=90),
                name="crash_position_on_earth",
            ),
        ]
        indexes: ClassVar[list[models.Index]] = [
            # Covers every table of the statistics pages: they read this index and never the rows
            # (foundations 2.4).
            models.Index(
                fields=[
                    "occurred_on",
                    "severity",
                    "procedure",
                    "town",
                    "unit",
                    "form",
                    "cause",
                    "occurred_hour",
                    "occurred_weekday",
                    "occurred_month",
                    "killed",
                    "seriously_injured",
                    "slightly_injured",
                    "injured",
                    "loss_cny",
                    "voided_at",
                    "batch",
                ],
                name="crash_statistics",
            ),
            models.Index(fields=["cell_x", "cell_y"], name="crash_cells"),
            models.Index(fields=["number"], condition=~LIVE, name="crash_number_voided"),
        ]

    def __str__(self) -> str:
        return self.number


class CrashVehicle(Record):
    """One vehicle in a crash; ``seq`` counts from 1 within the crash."""

    view_permission: ClassVar[str] = VIEW
    scope_through: ClassVar[str] = "crash"

    crash = models.ForeignKey(Crash, on_delete=models.CASCADE, related_name="vehicles", verbose_name="事故")
    seq = models.PositiveSmallIntegerField("序号")
    vehicle_class = models.CharField("车辆类型", max_length=4, blank=True)
    plate_kind = models.CharField("号牌种类", max_length=4, blank=True)
    plate = models.CharField("号牌号码", max_length=20, blank=True)
    usage = models.CharField("使用性质", max_length=4, blank=True)
    make = models.CharField("厂牌型号", max_length=60, blank=True)
    year_made = models.PositiveSmallIntegerField("出厂年份", null=True, blank=True)
    insured = models.CharField("交强险", max_length=8, blank=True)
    manoeuvre = models.CharField("行驶状态", max_length=4, blank=True)
    object_hit = models.CharField("碰撞物", max_length=4, blank=True)
    first_impact = models.CharField("首撞部位", max_length=10, blank=True)
    driver_age = models.PositiveSmallIntegerField("驾驶人年龄", null=True, blank=True)
    driver_sex = models.CharField("驾驶人性别", max_length=2, blank=True)
    facts = models.JSONField("来源原文", default=dict, blank=True)

    class Meta:
        verbose_name = "事故车辆"
        ordering: ClassVar[list[str]] = ["crash", "seq"]
        constraints: ClassVar[list[models.BaseConstraint]] = [
            models.UniqueConstraint(fields=["crash", "seq"], condition=LIVE, name="one_live_vehicle_per_seq")
        ]

    def __str__(self) -> str:
        return self.plate or f"车辆 {self.seq}"


class CrashParty(Record):
    """One person in a crash; ``seq`` counts from 1 within the crash. Names stay plain and are masked on
    screen.
    """

    view_permission: ClassVar[str] = VIEW
    scope_through: ClassVar[str] = "crash"

    crash = models.ForeignKey(Crash, on_delete=models.CASCADE, related_name="parties", verbose_name="事故")
    vehicle = models.ForeignKey(
        CrashVehicle,
        null=True,
        blank=True,
        on_delete=models.SET_NULL,
        related_name="people",
        verbose_name="车辆",
    )
    seq = models.PositiveSmallIntegerField("序号")
    name = models.CharField("姓名", max_length=60, blank=True)
    id_number = EncryptedText("证件号码")
    id_number_index = BlindIndex(of="id_number", purpose="id_number")
    phone = EncryptedText("电话")
    phone_index = BlindIndex(of="phone", purpose="phone")
    sex = models.CharField("性别", max_length=2, blank=True)
    age = models.PositiveSmallIntegerField("年龄", null=True, blank=True)
    role = models.CharField("角色", max_length=12, blank=True)
    mode = models.CharField("交通方式", max_length=4, blank=True)
    injury = models.CharField("伤害程度", max_length=8, blank=True)
    died_at = models.DateTimeField("死亡时间", null=True, blank=True)
    counted_7d = models.BooleanField("计入7日内死亡", default=False, editable=False)
    counted_30d = models.BooleanField("计入30日内死亡", default=False, editable=False)
    liability = models.CharField("事故责任", max_length=10, blank=True)
    helmet = models.CharField("安全头盔", max_length=8, blank=True)
    belt = models.CharField("安全带", max_length=8, blank=True)
    child_seat = models.CharField("儿童座椅", max_length=8, blank=True)
    drink = models.CharField("饮酒", max_length=8, blank=True)
    violation_code = models.CharField("违法行为代码", max_length=10, blank=True)
    licence_class = models.CharField("准驾车型", max_length=10, blank=True)
    facts = models.JSONField("来源原文", default=dict, blank=True)

    class Meta:
        verbose_name = "当事人"
        ordering: ClassVar[list[str]] = ["crash", "seq"]
        constraints: ClassVar[list[models.BaseConstraint]] = [
            models.UniqueConstraint(fields=["crash", "seq"], condition=LIVE, name="one_live_party_per_seq")
        ]

    def __str__(self) -> str:
        return f"当事人 {self.seq}"


class ProcedureChange(Record):
    """A crash moved from one procedure to another: when, and why."""

    view_permission: ClassVar[str] = VIEW
    scope_through: ClassVar[str] = "crash"

    crash = models.ForeignKey(
        Crash, on_delete=models.CASCADE, related_name="procedure_changes", verbose_name="事故"
    )
    from_procedure = models.CharField("原程序", max_length=10, blank=True)
    to_procedure = models.CharField("现程序", max_length=10)
    changed_on = models.DateField("变更日期")
    why = models.CharField("原因", max_length=200)
    officer_name = models.CharField("经办", max_length=60, blank=True)

    class Meta:
        verbose_name = "程序变更"
        ordering: ClassVar[list[str]] = ["changed_on", "pk"]

    def __str__(self) -> str:
        return f"{self.from_procedure or '—'} → {self.to_procedure}"

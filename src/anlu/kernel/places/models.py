"""Where: the dated tree of areas, roads, and ``Located`` for everything that has a position."""

from __future__ import annotations

from typing import ClassVar

from django.db import models

from anlu.kernel.core.models import Record, Sourced
from anlu.kernel.places import permissions


class AreaKind(models.TextChoices):
    """Level of an area; foreign installations use region and district."""

    REGION = "region", "片区"
    COUNTY = "county", "县(市、区)"
    DISTRICT = "district", "区"
    TOWN = "town", "乡镇街道"
    VILLAGE = "village", "村居"


class Area(Record, Sourced):
    """An administrative area. Rows are never re-parented: a change ends the row and names its successor."""

    scope_open: ClassVar[bool] = True
    view_permission: ClassVar[str] = permissions.AREA_VIEW
    scope_unit: ClassVar[str] = ""
    scope_area: ClassVar[str] = ""
    scope_owner: ClassVar[str] = ""

    code = models.CharField("代码", max_length=20)
    name = models.CharField("名称", max_length=60)
    kind = models.CharField("级别", max_length=10, choices=AreaKind)
    parent = models.ForeignKey(
        "self", null=True, blank=True, on_delete=models.PROTECT, related_name="children", verbose_name="上级"
    )
    sort_key = models.CharField(max_length=200, blank=True, db_index=True, help_text="拼音")
    valid_from = models.DateField("启用", null=True, blank=True)
    valid_to = models.DateField("撤销", null=True, blank=True)
    successor = models.ForeignKey(
        "self",
        null=True,
        blank=True,
        on_delete=models.PROTECT,
        related_name="predecessors",
        verbose_name="并入",
    )
    lon = models.FloatField(null=True, blank=True)
    lat = models.FloatField(null=True, blank=True)
    boundary = models.JSONField("边界", null=True, blank=True, help_text="GeoJSON, WGS-84")

    class Meta:
        verbose_name = "辖区"
        ordering: ClassVar[list[str]] = ["sort_key", "code"]
        constraints: ClassVar[list[models.BaseConstraint]] = [
            models.UniqueConstraint(
                fields=["code"], condition=models.Q(voided_at__isnull=True), name="one_live_area_per_code"
            )
        ]

    def __str__(self) -> str:
        return self.name


class AreaPath(models.Model):
    """Closure of the area tree (an area is its own ancestor), with the dates for which the link holds."""

    ancestor = models.ForeignKey(Area, on_delete=models.CASCADE, related_name="paths_down")
    descendant = models.ForeignKey(Area, on_delete=models.CASCADE, related_name="paths_up")
    valid_from = models.DateField(null=True, blank=True)
    valid_to = models.DateField(null=True, blank=True)

    class Meta:
        constraints: ClassVar[list[models.BaseConstraint]] = [
            models.UniqueConstraint(fields=["ancestor", "descendant"], name="one_area_path")
        ]


class Road(Record, Sourced):
    """A road by the number and name people say; its lines carry geometry and stakes."""

    scope_open: ClassVar[bool] = True
    view_permission: ClassVar[str] = permissions.ROAD_VIEW
    scope_unit: ClassVar[str] = ""
    scope_area: ClassVar[str] = ""
    scope_owner: ClassVar[str] = ""

    code = models.CharField("编号", max_length=20)
    name = models.CharField("名称", max_length=80)
    technical_class = models.CharField("技术等级", max_length=4, blank=True)
    administrative_class = models.CharField("行政等级", max_length=4, blank=True)
    owner_name = models.CharField("管养单位", max_length=80, blank=True)
    length_m = models.FloatField("里程(米)", null=True, blank=True)
    sort_key = models.CharField(max_length=200, blank=True)

    class Meta:
        verbose_name = "道路"
        ordering: ClassVar[list[str]] = ["code"]
        constraints: ClassVar[list[models.BaseConstraint]] = [
            models.UniqueConstraint(
                fields=["code"], condition=models.Q(voided_at__isnull=True), name="one_live_road_per_code"
            )
        ]

    def __str__(self) -> str:
        return self.name


class RoadSide(models.TextChoices):
    """Carriageway of a divided road, seen the way stakes rise."""

    RIGHT = "right", "右幅"
    LEFT = "left", "左幅"


class RoadLine(Record, Sourced):
    """
    One line of a road as surveyed: its shape and the stakes at both ends. Lines of a road may leave gaps, run
    against rising stakes, or lie side by side; ``engine.roads`` makes a network of them.

    ``geometry`` is well-known binary, WGS-84, portable between databases; the box beside it finds lines for a map.
    """

    scope_open: ClassVar[bool] = True
    view_permission: ClassVar[str] = permissions.ROAD_VIEW
    scope_unit: ClassVar[str] = ""
    scope_area: ClassVar[str] = ""
    scope_owner: ClassVar[str] = ""

    road = models.ForeignKey(Road, on_delete=models.CASCADE, related_name="lines", verbose_name="道路")
    seq = models.PositiveIntegerField("序号")
    stake_start_m = models.FloatField("起点桩号(米)", null=True, blank=True)
    stake_end_m = models.FloatField("止点桩号(米)", null=True, blank=True)
    side = models.CharField("幅", max_length=5, choices=RoadSide, blank=True)
    length_m = models.FloatField("长度(米)")
    town = models.ForeignKey(
        Area, null=True, blank=True, on_delete=models.PROTECT, related_name="+", verbose_name="辖区"
    )
    local_name = models.CharField("当地名称", max_length=80, blank=True)
    urban = models.BooleanField("城区", default=False)
    lit = models.BooleanField("有路灯", null=True, blank=True)
    limit_kmh = models.PositiveSmallIntegerField("限速(公里/小时)", null=True, blank=True)
    geometry = models.BinaryField("线形", editable=False)
    west = models.FloatField(editable=False)
    south = models.FloatField(editable=False)
    east = models.FloatField(editable=False)
    north = models.FloatField(editable=False)

    class Meta:
        verbose_name = "路段线"
        ordering: ClassVar[list[str]] = ["road", "seq"]
        constraints: ClassVar[list[models.BaseConstraint]] = [
            models.UniqueConstraint(
                fields=["road", "seq"],
                condition=models.Q(voided_at__isnull=True),
                name="one_live_line_per_seq",
            )
        ]
        indexes: ClassVar[list[models.Index]] = [models.Index(fields=["west", "east"], name="road_line_box")]

    def __str__(self) -> str:
        return f"{self.road} {self.seq}"


class Segment(Record, Sourced):
    """
    A stretch of a road from stake to stake that people have a name for and somebody answers for (路段).

    Records do not hold a segment: which one they lie on follows from road, stake and day (``segments``), so that a
    register made later finds earlier records too. A stake where two meet belongs to the one that begins there.
    ``road`` and stakes are unknown only where an import stated them so that they cannot be read; such a row is marked.
    """

    scope_open: ClassVar[bool] = True
    view_permission: ClassVar[str] = permissions.ROAD_VIEW
    scope_unit: ClassVar[str] = ""
    scope_area: ClassVar[str] = ""
    scope_owner: ClassVar[str] = ""

    number = models.CharField("编号", max_length=30)
    name = models.CharField("名称", max_length=80)
    road = models.ForeignKey(
        Road, null=True, blank=True, on_delete=models.PROTECT, related_name="segments", verbose_name="道路"
    )
    road_name = models.CharField("道路(原文)", max_length=120, blank=True)
    begin_m = models.FloatField("起点桩号(米)", null=True, blank=True)
    end_m = models.FloatField("止点桩号(米)", null=True, blank=True)
    town = models.ForeignKey(
        Area, null=True, blank=True, on_delete=models.PROTECT, related_name="+", verbose_name="辖区"
    )
    unit_name = models.CharField("负责单位", max_length=80, blank=True)
    form = models.CharField("路段类型", max_length=4, blank=True)
    technical_class = models.CharField("技术等级", max_length=4, blank=True)
    width_m = models.FloatField("路面宽(米)", null=True, blank=True)
    lanes = models.PositiveSmallIntegerField("车道数", null=True, blank=True)
    limit_kmh = models.PositiveSmallIntegerField("限速(公里/小时)", null=True, blank=True)
    separation = models.CharField("物理隔离", max_length=4, blank=True)
    safety = models.CharField("道路安全属性", max_length=4, blank=True)
    dangers = models.CharField("隐患提示", max_length=300, blank=True)
    valid_from = models.DateField("启用", null=True, blank=True)
    valid_to = models.DateField("停用", null=True, blank=True)
    sort_key = models.CharField(max_length=200, blank=True, db_index=True)
    marks = models.JSONField("质量标记", default=list, blank=True)
    marked = models.BooleanField("有标记", default=False, editable=False)

    class Meta:
        verbose_name = "路段"
        ordering: ClassVar[list[str]] = ["number"]
        constraints: ClassVar[list[models.BaseConstraint]] = [
            models.UniqueConstraint(
                fields=["number"],
                condition=models.Q(voided_at__isnull=True),
                name="one_live_segment_per_number",
            ),
            models.CheckConstraint(
                condition=models.Q(end_m__gt=models.F("begin_m"))
                | models.Q(begin_m__isnull=True)
                | models.Q(end_m__isnull=True),
                name="segment_has_a_length",
            ),
        ]

    def __str__(self) -> str:
        return self.name

    @property
    def stretch(self) -> tuple[int, float, float] | None:
        """Key of the road and both stakes in metres; None where any of them is unknown."""
        if self.road_id is None or self.begin_m is None or self.end_m is None:
            return None
        return self.road_id, self.begin_m, self.end_m


class LocationState(models.TextChoices):
    """What is known of a position."""

    LOCATED = "located", "已定位"
    OFF_ROAD = "off_road", "不在已知道路"
    OUTSIDE = "outside", "辖区外"
    UNLOCATED = "unlocated", "未定位"


class Located(models.Model):
    """Mix-in: a position in WGS-84, the town and road it had when it was recorded, and words as stated.

    ``cell_x`` and ``cell_y`` are web-mercator cells, 2**24 per world side (about 2.4 m): a tile of zoom z is
    the integer range ``x << (24 - z)``, and a grid cell is ``cell_x >> k``, so maps need no spatial database.
    """

    CELL_ZOOM: ClassVar[int] = 24

    lon = models.FloatField("经度", null=True, blank=True)
    lat = models.FloatField("纬度", null=True, blank=True)
    coordinate_system = models.CharField("坐标来源", max_length=20, blank=True)
    cell_x = models.IntegerField(null=True, blank=True, editable=False)
    cell_y = models.IntegerField(null=True, blank=True, editable=False)
    location_state = models.CharField(
        "定位", max_length=10, choices=LocationState, default=LocationState.UNLOCATED
    )
    town = models.ForeignKey(
        "places.Area", null=True, blank=True, on_delete=models.PROTECT, related_name="+", verbose_name="辖区"
    )
    road = models.ForeignKey(
        "places.Road", null=True, blank=True, on_delete=models.PROTECT, related_name="+", verbose_name="道路"
    )
    road_name = models.CharField("道路名称(原文)", max_length=120, blank=True)
    chainage_m = models.FloatField("桩号(米)", null=True, blank=True)
    place_text = models.CharField("地点(原文)", max_length=300, blank=True)

    class Meta:
        abstract = True


class Junction(Record, Sourced, Located):
    """Where roads meet; ``road`` and ``chainage_m`` are those of the greatest of them, the others are ``arms``."""

    scope_open: ClassVar[bool] = True
    view_permission: ClassVar[str] = permissions.ROAD_VIEW
    scope_unit: ClassVar[str] = ""
    scope_area: ClassVar[str] = ""
    scope_owner: ClassVar[str] = ""

    code = models.CharField("编号", max_length=20)
    name = models.CharField("名称", max_length=120)
    form = models.CharField("路口类型", max_length=4, blank=True)
    legs = models.PositiveSmallIntegerField("岔数", default=0)
    signals = models.BooleanField("信号灯", null=True, blank=True)
    sort_key = models.CharField(max_length=200, blank=True, db_index=True)

    class Meta:
        verbose_name = "路口"
        ordering: ClassVar[list[str]] = ["code"]
        constraints: ClassVar[list[models.BaseConstraint]] = [
            models.UniqueConstraint(
                fields=["code"], condition=models.Q(voided_at__isnull=True), name="one_live_junction_per_code"
            )
        ]
        indexes: ClassVar[list[models.Index]] = [
            models.Index(fields=["cell_x", "cell_y"], name="junction_cells")
        ]

    def __str__(self) -> str:
        return self.name


class JunctionArm(models.Model):
    """A road that passes or begins at a junction, with its chainage there."""

    junction = models.ForeignKey(Junction, on_delete=models.CASCADE, related_name="arms")
    road = models.ForeignKey(Road, on_delete=models.CASCADE, related_name="junction_arms")
    chainage_m = models.FloatField("桩号(米)", null=True, blank=True)

    class Meta:
        constraints: ClassVar[list[models.BaseConstraint]] = [
            models.UniqueConstraint(fields=["junction", "road"], name="one_arm_per_road")
        ]


class SiteKind(models.TextChoices):
    """What a site is."""

    SCHOOL = "school", "学校"
    MARKET = "market", "集市"
    HOSPITAL = "hospital", "医院"
    STATION = "station", "加油站"
    ENTERPRISE = "enterprise", "企业场站"
    OTHER = "other", "其他"


class Site(Record, Sourced, Located):
    """
    A place that matters to traffic and that records can be pinned to.

    ``fair_days`` are the last digits of the lunar days on which a market is held (逢一、六 = [1, 6]; 10 for 十).
    """

    scope_open: ClassVar[bool] = True
    view_permission: ClassVar[str] = permissions.SITE_VIEW
    scope_unit: ClassVar[str] = ""
    scope_area: ClassVar[str] = ""
    scope_owner: ClassVar[str] = ""

    code = models.CharField("编号", max_length=20)
    name = models.CharField("名称", max_length=80)
    kind = models.CharField("类别", max_length=12, choices=SiteKind)
    sort_key = models.CharField(max_length=200, blank=True, db_index=True)
    fair_days = models.JSONField("逢集", default=list, blank=True)
    opens = models.CharField("开始", max_length=5, blank=True, help_text="06:00")
    closes = models.CharField("结束", max_length=5, blank=True, help_text="11:30")

    class Meta:
        verbose_name = "点位"
        ordering: ClassVar[list[str]] = ["kind", "sort_key", "code"]
        constraints: ClassVar[list[models.BaseConstraint]] = [
            models.UniqueConstraint(
                fields=["code"], condition=models.Q(voided_at__isnull=True), name="one_live_site_per_code"
            )
        ]

    def __str__(self) -> str:
        return self.name

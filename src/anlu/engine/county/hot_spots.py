"""
Sites that are truly hot. The generator knows them, so that methods can be measured against the truth.

Each is a junction or a stretch whose expected crashes are a multiple of what a place of its kind would have; what
comes on top follows a pattern of its own, and often a time of its own.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Final, Literal

When = Literal["any", "night", "evening", "fair", "school", "summer", "peak", "daytime"]


@dataclass(frozen=True, slots=True)
class HotPlan:
    """
    A planned hot spot: either the junction of two roads, or a stretch of one road between two chainages.

    A road may be named by code or by name; ``Y*`` is any township road. ``pattern`` makes up ``purity`` of the crashes
    that come on top.
    """

    name: str
    roads: tuple[str, ...]
    multiplier: float
    pattern: str
    when: When
    words: str
    from_m: float = 0.0
    to_m: float = 0.0
    fair_days: tuple[int, ...] = ()
    purity: float = 0.75

    @property
    def is_junction(self) -> bool:
        """Two roads name a junction."""
        return len(self.roads) == 2


JUNCTION_RADIUS_M: Final = 60.0

HOT_PLANS: Final = (
    HotPlan("东环路口", ("G105", "G308"), 5.0, "left_turn", "any", "无信号灯,左转与直行冲突"),
    HotPlan(
        "国道105东环南段", ("G105",), 4.5, "standing", "night", "夜间无照明,货车路边停放", 13_950, 14_350
    ),
    HotPlan("麦丘集", ("S247",), 7.5, "crossing_walker", "fair", "逢集占道,行人横穿", 8_980, 9_480, (6,)),
    HotPlan(
        "云桥弯道", ("X012",), 14.0, "fixed_object", "any", "急弯无警示,冲出路外", 5_920, 6_430, purity=0.65
    ),
    HotPlan(
        "石堰集与学校",
        ("G105",),
        6.0,
        "crossing_walker",
        "daytime",
        "集市与学校出入口,行人横穿",
        30_820,
        31_260,
    ),
    HotPlan("沙坞桥东", ("G308",), 5.5, "head_on_rider", "night", "桥东无照明,路面变窄", 41_380, 41_780),
    HotPlan("人民街西段", ("G308",), 4.5, "u_turn", "daytime", "开口过密,随意掉头", 28_640, 29_020),
    HotPlan(
        "学府路育才街口", ("学府路", "育才街"), 4.0, "right_angle_rider", "school", "上下学高峰电动自行车集中"
    ),
    HotPlan("云桥路段", ("X012",), 5.0, "rear_end_rider", "evening", "傍晚无路灯,追尾骑车人", 2_200, 3_600),
    HotPlan("省道247与258路口", ("S247", "S258"), 5.0, "right_angle", "any", "无信号灯,高速通过"),
    HotPlan("国道105与省道258路口", ("G105", "S258"), 4.5, "right_turn_truck", "daytime", "货车右转盲区"),
    HotPlan("国道308槐里路口", ("G308", "X005"), 4.5, "right_angle_rider", "peak", "赶早市骑车人横过国道"),
    HotPlan("西环路和平街口", ("西环路", "和平街"), 4.5, "right_angle", "night", "夜间闯红灯"),
    HotPlan("北环路建设路口", ("S247", "建设路"), 4.0, "left_turn_rider", "peak", "左转不让直行电动自行车"),
    HotPlan("南环路城南路口", ("X006", "南环路"), 4.0, "right_angle_rider", "peak", "上下班电动自行车抢行"),
    HotPlan("南沟东直线段", ("S258",), 6.0, "head_on", "any", "长直路段超速、违法超车", 66_900, 67_700),
    HotPlan("柳亭北段", ("G105",), 7.0, "along_walker", "evening", "傍晚无路灯,行人沿路行走", 3_250, 3_750),
    HotPlan("县道X009丁字口", ("X009", "X011"), 8.0, "left_turn", "any", "面包车左转不让直行"),
    HotPlan("杨渡东窄桥", ("G308",), 7.0, "fixed_object", "night", "桥头变窄,夜间撞护栏", 17_150, 17_500),
    HotPlan("杨渡集", ("G308", "X004"), 4.5, "merge_rider", "fair", "逢集路口混行", fair_days=(3, 8)),
    HotPlan("玉米地路口", ("X004", "Y*"), 14.0, "right_angle_rider", "summer", "夏秋玉米遮挡视线"),
    HotPlan("朝阳路滨河街口", ("朝阳路", "滨河街"), 4.0, "left_turn", "peak", "高峰左转与直行冲突"),
)

#: Where a stretch of a road is a bridge, for the list of junction and segment types.
BRIDGES: Final = (("G308", 41_380.0, 41_500.0), ("G308", 17_230.0, 17_420.0))

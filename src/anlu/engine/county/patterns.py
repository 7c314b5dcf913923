"""
How crashes come about: who does what to whom, where and when it is likely, how grave it is.

Codes are those of the lists of crashes: form, form between vehicles, manoeuvre, cause.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Final, Literal

Actor = Literal["motor", "truck", "rider", "walker", "parked", "none"]
Setting = Literal["urban", "trunk", "county", "lane"]
SETTINGS: Final[tuple[Setting, ...]] = ("urban", "trunk", "county", "lane")


@dataclass(frozen=True)
class Pattern:
    """
    One way in which crashes come about.

    Attributes
    ----------
    weights
        How frequent it is on town streets, national and provincial, county, and lesser roads.
    at_junction, elsewhere, dark
        Factors for crashes at junctions, away from them, and at night.
    harm
        How likely it kills, 1 on average.
    moves
        Manoeuvres of the first and of the second vehicle.
    causes
        Cause classes with their weights.
    first_at_fault
        Share of crashes in which the first one is mainly liable.
    """

    code: str
    words: str
    form: str
    vehicle_form: str
    first: Actor
    second: Actor
    weights: tuple[float, float, float, float]
    harm: float
    moves: tuple[str, str]
    causes: dict[str, float]
    first_at_fault: float = 0.95
    at_junction: float = 1.0
    elsewhere: float = 1.0
    dark: float = 1.0


PATTERNS: Final = {
    pattern.code: pattern
    for pattern in (
        Pattern(
            "rear_end", "追尾", "11", "1", "motor", "motor", (14, 12, 6, 2), 0.5, ("01", "92"),
            {"49": 0.5, "90": 0.25, "12": 0.15, "15": 0.1}, at_junction=0.8, dark=0.8,
        ),
        Pattern(
            "rear_end_rider", "追尾同向骑车人", "11", "1", "motor", "rider", (3, 7, 7, 6), 2.6, ("01", "01"),
            {"49": 0.4, "12": 0.2, "13": 0.15, "93": 0.25}, 0.85, at_junction=0.4, dark=1.6,
        ),
        Pattern(
            "standing", "碰撞路边停放车辆", "12", "1", "motor", "parked", (3, 3, 2.5, 2), 1.9, ("01", "94"),
            {"26": 0.45, "11": 0.15, "93": 0.2, "15": 0.2}, 0.6, at_junction=0.3, dark=2.2,
        ),
        Pattern(
            "left_turn", "左转与直行", "11", "4", "motor", "motor", (7, 5, 4, 2), 0.9, ("05", "01"),
            {"32": 0.75, "24": 0.15, "31": 0.1}, at_junction=3.0, elsewhere=0.15,
        ),
        Pattern(
            "left_turn_rider", "左转机动车与直行骑车人", "11", "4", "motor", "rider", (6, 3, 4, 3), 1.4, ("05", "01"),
            {"32": 0.8, "24": 0.1, "31": 0.1}, 0.9, at_junction=3.0, elsewhere=0.2,
        ),
        Pattern(
            "right_angle", "路口直角相撞", "11", "5", "motor", "motor", (6, 6, 6, 5), 1.1, ("01", "01"),
            {"32": 0.5, "31": 0.3, "12": 0.1, "24": 0.1}, at_junction=3.0, elsewhere=0.1,
        ),
        Pattern(
            "right_angle_rider", "机动车与横向骑车人", "11", "5", "motor", "rider", (10, 8, 9, 9), 1.7, ("01", "01"),
            {"32": 0.4, "60": 0.25, "59": 0.15, "31": 0.1, "12": 0.1}, 0.6, at_junction=2.5, elsewhere=0.35,
        ),
        Pattern(
            "merge_rider", "骑车人突然左转", "11", "3", "motor", "rider", (5, 7, 7, 5), 1.7, ("01", "05"),
            {"60": 0.45, "54": 0.25, "56": 0.2, "32": 0.1}, 0.25,
        ),
        Pattern(
            "lane_change", "变更车道刮擦", "11", "7", "motor", "motor", (11, 6, 2, 0.5), 0.15, ("07", "01"),
            {"18": 0.7, "19": 0.15, "24": 0.15},
        ),
        Pattern(
            "head_on", "正面相撞", "11", "2", "motor", "motor", (1, 5, 6, 6), 3.0, ("93", "01"),
            {"19": 0.3, "27": 0.3, "14": 0.2, "22": 0.2}, at_junction=0.4, dark=1.3,
        ),
        Pattern(
            "head_on_rider", "与对向骑车人相撞", "11", "2", "motor", "rider", (2, 4, 5, 5), 2.4, ("01", "01"),
            {"53": 0.4, "27": 0.25, "14": 0.15, "19": 0.2}, 0.55, at_junction=0.5, dark=1.3,
        ),
        Pattern(
            "opposite_scrape", "会车刮擦", "11", "8", "motor", "motor", (1, 1.5, 4, 6), 0.3, ("01", "01"),
            {"22": 0.6, "27": 0.4}, at_junction=0.3,
        ),
        Pattern(
            "crossing_walker", "撞横过道路行人", "21", "", "motor", "walker", (4, 4.5, 3.5, 2), 2.8, ("01", ""),
            {"32": 0.45, "74": 0.3, "12": 0.15, "49": 0.1}, 0.75, at_junction=1.5, dark=1.3,
        ),
        Pattern(
            "along_walker", "撞顺路行人", "21", "", "motor", "walker", (1, 2.5, 2.5, 2.5), 3.6, ("01", ""),
            {"75": 0.3, "12": 0.2, "49": 0.3, "13": 0.2}, 0.75, at_junction=0.3, dark=3.0,
        ),
        Pattern(
            "fixed_object", "撞固定物", "35", "", "motor", "none", (3, 5, 6, 6), 1.6, ("01", ""),
            {"12": 0.25, "13": 0.22, "91": 0.28, "15": 0.15, "93": 0.1}, 1.0, at_junction=0.5, dark=2.0,
        ),
        Pattern(
            "overturn", "侧翻", "31", "", "motor", "none", (0.4, 3, 4, 5), 1.8, ("01", ""),
            {"12": 0.3, "91": 0.25, "28": 0.15, "93": 0.3}, 1.0, at_junction=0.4,
        ),
        Pattern(
            "fall", "骑车人跌落", "38", "", "rider", "none", (1.2, 1, 2, 2.5), 1.2, ("01", ""),
            {"69": 0.75, "93": 0.25}, 1.0, dark=1.4,
        ),
        Pattern(
            "reversing", "倒车碰撞", "12", "9", "motor", "parked", (4, 1, 2, 3), 0.1, ("02", "04"), {"20": 1.0},
            at_junction=0.4,
        ),
        Pattern(
            "u_turn", "掉头与直行", "11", "5", "motor", "motor", (2, 2, 1, 0.3), 0.6, ("03", "01"), {"21": 1.0},
            at_junction=0.5,
        ),
        Pattern(
            "rider_rider", "骑车人之间", "11", "9", "rider", "rider", (5, 1, 3, 4), 0.35, ("01", "01"),
            {"53": 0.3, "60": 0.3, "69": 0.4}, 0.7,
        ),
        Pattern(
            "right_turn_truck", "货车右转与直行骑车人", "11", "3", "truck", "rider", (0.8, 1.6, 0.8, 0.2), 5.0,
            ("06", "01"), {"32": 1.0}, at_junction=3.0, elsewhere=0.1,
        ),
        Pattern(
            "door", "开车门碰撞骑车人", "12", "9", "motor", "rider", (1.5, 0.4, 0.4, 0.2), 0.4, ("04", "01"),
            {"49": 1.0}, 0.95, at_junction=0.3,
        ),
    )
}  # fmt: skip


def weight_of(pattern: Pattern, setting: Setting, procedure: str, *, at_junction: bool, dark: bool) -> float:
    """How likely a crash of this procedure, place and light comes about in this way."""
    weight = pattern.weights[SETTINGS.index(setting)]
    weight *= pattern.at_junction if at_junction else pattern.elsewhere
    weight *= pattern.dark if dark else 1.0
    match procedure:
        case "ordinary":
            return weight * min(2.2, 0.15 + 0.7 * pattern.harm)
        case "self":
            return 0.0 if "walker" in (pattern.first, pattern.second) else weight / (0.4 + 1.5 * pattern.harm)
    return weight / (0.6 + 0.35 * pattern.harm)

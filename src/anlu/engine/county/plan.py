"""
What 青澜县 was designed to look like: towns, main roads, town streets. Every name is invented.

Coordinates are kilometres east and north of the county's middle (115.86° E, 36.72° N).
"""

from __future__ import annotations

import csv
from dataclasses import dataclass
from functools import cache
from importlib.resources import files
from typing import Final

COUNTY_CODE: Final = "990121"
COUNTY_NAME: Final = "青澜县"
MIDDLE: Final = (115.86, 36.72)
METRIC_EPSG: Final = 32650  # UTM 50 N, the metres in which lengths are true here
AREA_KM2: Final = 950.0
ROAD_KM: Final = 1_500.0


@dataclass(frozen=True, slots=True)
class TownPlan:
    """A town or sub-district: where its seat lies and how many village committees it has."""

    code: str
    name: str
    east_km: float
    north_km: float
    villages: int
    fair_days: tuple[int, ...]
    fair_name: str

    @property
    def short(self) -> str:
        """Without 镇 or 街道."""
        return self.name.removesuffix("街道").removesuffix("镇")


@cache
def towns() -> tuple[TownPlan, ...]:
    """The 16 towns and sub-districts."""
    text = files("anlu.engine.county").joinpath("data", "towns.csv").read_text(encoding="utf-8")
    return tuple(
        TownPlan(
            row["code"],
            row["name"],
            float(row["east_km"]),
            float(row["north_km"]),
            int(row["villages"]),
            tuple(int(day) for day in row["fair_days"].split()),
            row["fair_name"],
        )
        for row in csv.DictReader(text.splitlines())
    )


@dataclass(frozen=True, slots=True)
class RoadPlan:
    """
    A planned road.

    ``way`` lists the places it passes: the name of a town, ``east,north`` in kilometres, ``@G105 3.4,-2`` (the place
    of a road drawn before that is nearest), or a crossing of the town's streets ``#9/4`` (column / row); ``|`` between
    two places means straight. A ``way`` may be broken by ``...`` where the road runs on another one.

    ``anchor`` fixes the stakes: at this place of the way the chainage is ``anchor_m``. They rise along the way, or
    against it (``falls``); ``drawn_back`` says that the surveyors drew the lines against the way.
    """

    code: str
    name: str
    administrative_class: str
    technical_class: str
    way: str
    anchor: str = ""
    anchor_m: float = 0.0
    falls: bool = False
    drawn_back: bool = False
    limit_kmh: int = 60
    town_name: str = ""


# Columns of the town's streets from west to east, rows from south to north: name and place in kilometres. A name in
# brackets is a main road there, with its local name.
COLUMNS: Final = (
    ("西环路", -2.65),
    ("清泉路", -1.90),
    ("学府路", -1.25),
    ("文昌路", -0.62),
    ("建设路", 0.02),
    ("兴业路", 0.58),
    ("平安路", 1.22),
    ("朝阳路", 1.80),
    ("安居路", 2.42),
    ("(东环路)", 3.00),
    ("科创路", 3.72),
    ("振兴路", 4.45),
)
ROWS: Final = (
    ("南环路", 3.65),
    ("迎宾街", 4.32),
    ("育才街", 4.92),
    ("和平街", 5.50),
    ("(人民街)", 6.10),
    ("滨河街", 6.75),
    ("安康街", 7.32),
    ("幸福街", 7.92),
    ("(北环路)", 8.55),
)
# Parts of streets that exist, as (first, last) of the crossing lines; by default from the first to the last ring.
STREET_SPANS: Final = {
    "清泉路": (0, 7),
    "学府路": (0, 8),
    "兴业路": (1, 7),
    "朝阳路": (0, 6),
    "安居路": (2, 8),
    "科创路": (2, 7),
    "振兴路": (3, 6),
    "迎宾街": (1, 9),
    "和平街": (0, 11),
    "滨河街": (2, 11),
    "安康街": (0, 10),
    "幸福街": (1, 8),
}
EAST_RING: Final = 9
LAST_RING_ROW: Final = 8

NO_SIGNALS: Final = "#9/4"  # 东环路口, the hottest junction of all
#: Stretches without lamps inside the streets: road, from, to.
UNLIT: Final = (("G105", 13_600.0, 14_790.0),)

ROADS: Final = (
    RoadPlan(
        "G105",
        "国道105",
        "1",
        "11",
        "1.2,18.5; 柳亭; 3.2,10.4; #9/8 | #9/7 | #9/6 | #9/5 | #9/4 | #9/3 | #9/2 | #9/1 | #9/0; "
        "4.5,-1.2; 3.4,-7.4; 石堰; 5.2,-18.5",
        anchor="#9/4",
        anchor_m=12_345,
        limit_kmh=80,
        town_name="东环路",
    ),
    RoadPlan(
        "G308",
        "国道308",
        "1",
        "11",
        "-18.5,0.6; 杨渡; -8.2,4.3; "
        "#0/4 | #1/4 | #2/4 | #3/4 | #4/4 | #5/4 | #6/4 | #7/4 | #8/4 | #9/4 | #10/4 | #11/4; 7.6,6.5; 沙坞; 18.5,2.6",
        anchor="#9/4",
        anchor_m=31_820,
        limit_kmh=80,
        town_name="人民街",
    ),
    # Stakes rise from south-east to north-west, against the way; between the rings it runs on G105.
    RoadPlan(
        "S247",
        "省道247",
        "2",
        "12",
        "-18.5,14.2; 河湾; 槐里; "
        "#0/8 | #1/8 | #2/8 | #3/8 | #4/8 | #5/8 | #6/8 | #7/8 | #8/8 | #9/8; ...; #9/0; 5.8,0.6; 麦丘; 18.5,-13.4",
        anchor="麦丘",
        anchor_m=9_420,
        falls=True,
        drawn_back=True,
        limit_kmh=70,
        town_name="北环路",
    ),
    # Drawn from east to west while its stakes rise from west to east.
    RoadPlan(
        "S258",
        "省道258",
        "2",
        "12",
        "-18.5,-9.4; 双井; 南沟; @G105 3.4,-7.4; 9.4,-9.0; 枣园; 18.5,-4.4",
        anchor="双井",
        anchor_m=58_240,
        drawn_back=True,
        limit_kmh=70,
    ),
    RoadPlan("X001", "县道X001", "3", "13", "北营; -1.2,12.9; 柳亭; 5.0,12.1; 松岗; 11.5,18.5"),
    RoadPlan("X002", "县道X002", "3", "13", "-6.2,18.5; 北营; -2.2,10.2; #4/8"),
    RoadPlan("X003", "县道X003", "3", "13", "-18.5,9.2; 河湾; -8.0,13.0; 北营"),
    RoadPlan("X004", "县道X004", "3", "13", "@S247 -9.7,10.0; -11.9,6.4; 杨渡; -13.2,-2.2; 双井"),
    RoadPlan("X005", "县道X005", "3", "13", "槐里; @G308 -7.4,4.6; -6.6,-0.6; -5.4,-4.2; 南沟"),
    RoadPlan(
        "X006",
        "县道X006",
        "3",
        "12",
        "#2/0; -1.0,-0.9; 0.0,-4.2; @S258 -0.4,-7.3; -0.6,-11.2; -2.0,-18.5",
        limit_kmh=60,
    ),
    RoadPlan("X007", "县道X007", "3", "13", "双井; -9.8,-11.0; -4.2,-13.6; 石堰"),
    RoadPlan("X008", "县道X008", "3", "13", "石堰; 8.8,-13.2; 13.2,-10.8; 枣园; 15.0,-1.4; @G308 14.4,3.6"),
    RoadPlan("X009", "县道X009", "3", "13", "@G105 4.4,-3.2; 麦丘; 12.4,-1.6; 沙坞"),
    RoadPlan("X010", "县道X010", "3", "13", "@G308 10.6,5.2; 梅庄; 18.5,10.6"),
    RoadPlan("X011", "县道X011", "3", "13", "松岗; 9.4,11.2; 云桥; @G308 8.4,6.2; 9.6,0.8; @X009 11.4,-3.2"),
    # Sharp at 云桥: the bend that mock-ups and hot spots speak of.
    RoadPlan(
        "X012", "县道X012", "3", "13", "#9/8; 5.0,10.0; 8.05,8.50; 8.18,9.1; 云桥; 11.2,10.6; 梅庄; 18.5,6.4"
    ),
)

ADMINISTRATIVE_NAMES: Final = {
    "1": "国道",
    "2": "省道",
    "3": "县道",
    "4": "乡道",
    "5": "村道",
    "": "城市道路",
}
OWNERS: Final = {
    "1": "青澜县公路事业发展中心",
    "2": "青澜县公路事业发展中心",
    "3": "青澜县交通运输局",
    "": "青澜县住房和城乡建设局",
}

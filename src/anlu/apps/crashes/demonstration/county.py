"""
Roads, hot spots, seasons and hours of the invented crashes.

Nothing here is of the real world: road numbers, places and plates (演…) do not exist. A road network follows with the
roads of the county; until then crashes lie scattered round the towns and thickly round the hot spots.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date
from typing import Final

SEED: Final = 20230703


@dataclass(frozen=True)
class Half:
    """Half a year: its ordinary crashes with persons killed and injured in them, and crashes of the
    summary procedure.
    """

    start: date
    end: date
    crashes: int
    injured: int
    killed: int
    summary: int


# 2022 and 2023: the smallest whole numbers from which -33.21 %, -32.23 % and -26.42 % follow (domain/seed-figures).
HALVES: Final = (
    Half(date(2021, 1, 1), date(2021, 6, 30), 171, 158, 33, 34),
    Half(date(2021, 7, 1), date(2021, 12, 31), 196, 175, 38, 31),
    Half(date(2022, 1, 1), date(2022, 6, 30), 280, 242, 53, 37),
    Half(date(2022, 7, 1), date(2022, 12, 31), 203, 177, 44, 29),
    Half(date(2023, 1, 1), date(2023, 6, 30), 187, 164, 39, 33),
)


@dataclass(frozen=True)
class Way:
    """A road: number, name, technical class, administrative rank, length in kilometres, share of all crashes."""

    number: str
    name: str
    technical: str
    rank: str
    km: float
    weight: int


WAYS: Final = (
    Way("G991", "国道991", "12", "1", 46.0, 30),
    Way("S388", "省道388", "12", "2", 38.0, 22),
    Way("X021", "青柳路", "13", "3", 24.0, 16),
    Way("X034", "槐井路", "13", "3", 19.0, 10),
    Way("Y117", "梅沙路", "14", "4", 11.0, 9),
    Way("C205", "柳北村路", "19", "5", 4.0, 7),
    Way("", "青云大道", "22", "", 0.0, 18),
    Way("", "兴漳街", "22", "", 0.0, 12),
)


@dataclass(frozen=True)
class HotSpot:
    """Where crashes happen again and again: a junction with a town around it."""

    label: str
    town: str
    way: str
    km: float
    lon: float
    lat: float
    junction: str
    weight: int


HOT_SPOTS: Final = (
    HotSpot("国道991与青柳路口", "990121101", "G991", 12.345, 115.8312, 36.8561, "12", 5),
    HotSpot("省道388石堰集市", "990121105", "S388", 21.2, 115.8795, 36.5883, "27", 4),
    HotSpot("青云大道与兴漳街口", "990121001", "", 0.0, 115.8836, 36.7229, "12", 4),
    HotSpot("国道991河湾弯道", "990121112", "G991", 33.8, 115.7118, 36.8236, "21", 3),
    HotSpot("槐井路村口", "990121107", "X034", 8.6, 115.7021, 36.6317, "11", 2),
)
HOT_SHARE: Final = 0.22
SPREAD_DEG: Final = 0.018  # round a town; about 1.8 km
SPOT_SPREAD_DEG: Final = 0.0006

MONTHS: Final = (8, 6, 8, 8, 9, 9, 8, 9, 10, 11, 11, 10)
HOURS: Final = (2, 1, 1, 1, 1, 3, 6, 9, 8, 7, 7, 7, 5, 5, 6, 7, 8, 11, 12, 9, 7, 5, 4, 3)
DAYS: Final = (10, 10, 10, 10, 11, 12, 11)

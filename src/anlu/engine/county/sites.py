"""Schools, markets with their fair days, hospitals and petrol stations."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from typing import Final

import numpy as np

from .dice import Dice, Floats
from .ground import Frame, TownFinder
from .plan import TownPlan
from .records import Site
from .where import OnLine, Where

MARKETS_AT: Final = {"云桥集": ("X012", 6_200.0), "石堰集": ("G105", 31_050.0), "麦丘集": ("S247", 9_250.0)}
_TOWN_SCHOOLS: Final = (
    "第一实验小学",
    "第二实验小学",
    "育才小学",
    "文昌小学",
    "第一中学",
    "第二中学",
    "实验初级中学",
    "职业中专",
)
_TOWN_SCHOOL_AT: Final = (
    ("学府路", 2_050.0), ("清泉路", 1_500.0), ("育才街", 1_380.0), ("文昌路", 3_000.0),
    ("学府路", 3_300.0), ("朝阳路", 2_400.0), ("和平街", 4_300.0), ("科创路", 1_300.0),
)  # fmt: skip
_HOSPITALS_AT: Final = (
    ("人民医院", "建设路", 2_800.0),
    ("第二人民医院", "平安路", 1_900.0),
    ("中医院", "安康街", 2_600.0),
)
_CITY_MARKETS_AT: Final = (("城东农贸市场", "滨河街", 3_350.0), ("城西农贸市场", "迎宾街", 700.0))
_STATIONS_AT: Final = (
    ("G105", 4_100.0), ("G105", 8_600.0), ("G105", 16_900.0), ("G105", 24_300.0), ("G105", 30_100.0),
    ("G308", 15_300.0), ("G308", 24_600.0), ("G308", 35_900.0), ("G308", 42_700.0),
    ("S247", 8_300.0), ("S247", 15_800.0), ("S247", 33_900.0), ("S258", 58_900.0), ("S258", 67_400.0),
    ("S258", 83_900.0),
)  # fmt: skip
_VILLAGE_SCHOOLS: Final = 20


class Sites:
    """Places sites beside roads and numbers them."""

    def __init__(
        self, where: Where, towns: Sequence[TownPlan], finder: TownFinder, frame: Frame, seed: int
    ) -> None:
        self.where, self.towns, self.finder, self.frame = where, towns, finder, frame
        self.dice = Dice(seed, "sites")
        self.seats = {town.code: np.array([town.east_km, town.north_km]) * 1000.0 for town in towns}

    def all(self) -> list[Site]:
        """All sites, numbered by kind."""
        return [*self._schools(), *self._markets(), *self._hospitals(), *self._stations()]

    def _site(
        self,
        code: str,
        name: str,
        kind: str,
        place: OnLine,
        fair_days: tuple[int, ...] = (),
        opens: str = "",
        closes: str = "",
    ) -> Site:
        aside = self.dice.between(14.0, 26.0) * (1 if self.dice.happens(0.5) else -1)
        ahead = (
            self.where.on(place.line, place.offset_m + 2.0).xy
            - self.where.on(place.line, place.offset_m - 2.0).xy
        )
        xy = place.xy + aside * np.array([-ahead[1], ahead[0]]) / max(float(np.hypot(*ahead)), 1e-6)
        lon, lat = self.frame.degrees(xy[None, :])[0]
        town = self.towns[int(self.finder.find(xy[None, :])[0])].code
        road = self.where.made.lines[place.line].road
        return Site(
            code,
            name,
            kind,
            float(lon),
            float(lat),
            road,
            round(place.chainage_m, 1),
            town,
            fair_days,
            opens,
            closes,
        )

    def _rural(self) -> list[TownPlan]:
        return [town for town in self.towns if "街道" not in town.name]

    def _near_seat(self, town: TownPlan, low_m: float, high_m: float) -> OnLine:
        """On the town's first main road, some way from the seat."""
        roads = [code for code in self.where.by_road if code[0] in "GSX"]
        seat = self.where.nearest(roads, self.seats[town.code])
        road = self.where.made.lines[seat.line].road
        for sense in (1, -1) if self.dice.happens(0.5) else (-1, 1):
            try:
                return self.where.at(road, seat.chainage_m + sense * self.dice.between(low_m, high_m))
            except LookupError:
                continue
        return seat

    def _schools(self) -> Iterator[Site]:
        number = 0
        for name, (road, at_m) in zip(_TOWN_SCHOOLS, _TOWN_SCHOOL_AT, strict=True):
            number += 1
            yield self._site(f"XX-{number:03d}", f"青澜县{name}", "school", self.where.at(road, at_m))
        for town in self._rural():
            for word, low_m, high_m in (("中心小学", 120, 320), ("初级中学", 380, 720)):
                number += 1
                place = self._near_seat(town, low_m, high_m)
                yield self._site(f"XX-{number:03d}", f"{town.name}{word}", "school", place)
        villages = self.where.made.villages
        lanes = [code for code in self.where.by_road if code[0] in "YC"]
        for row in self.dice.sample(np.ones(len(villages)), _VILLAGE_SCHOOLS):
            number += 1
            at = self._village_xy(int(row))
            name = f"{villages[row].name.removesuffix('村')}小学"
            yield self._site(f"XX-{number:03d}", name, "school", self.where.nearest(lanes, at))

    def _village_xy(self, row: int) -> Floats:
        village = self.where.made.villages[row]
        at = self.frame.metres(np.array([[village.lon, village.lat]]))[0]
        return np.asarray(at + self.dice.between(60.0, 220.0))

    def _markets(self) -> Iterator[Site]:
        number = 0
        for town in self._rural():
            number += 1
            fixed = MARKETS_AT.get(town.fair_name)
            place = self.where.at(*fixed) if fixed else self._near_seat(town, 140, 360)
            yield self._site(
                f"SC-{number:03d}", town.fair_name, "market", place, town.fair_days, "06:00", "11:30"
            )
        for name, road, at_m in _CITY_MARKETS_AT:
            number += 1
            yield self._site(
                f"SC-{number:03d}", name, "market", self.where.at(road, at_m), (), "05:30", "19:00"
            )

    def _hospitals(self) -> Iterator[Site]:
        number = 0
        for name, road, at_m in _HOSPITALS_AT:
            number += 1
            yield self._site(f"YY-{number:03d}", f"青澜县{name}", "hospital", self.where.at(road, at_m))
        for town in self._rural():
            number += 1
            yield self._site(
                f"YY-{number:03d}", f"{town.name}卫生院", "hospital", self._near_seat(town, 200, 520)
            )

    def _stations(self) -> Iterator[Site]:
        for number, (road, at_m) in enumerate(_STATIONS_AT, 1):
            kind = "国道" if road.startswith("G") else "省道"
            name = f"{kind}{road[1:]}第{number}加油站"
            yield self._site(f"JY-{number:03d}", name, "station", self.where.at(road, at_m))

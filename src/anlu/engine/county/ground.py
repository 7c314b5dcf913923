"""The county as records: towns, villages, roads with their lines, junctions."""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
import shapely
from numpy.typing import NDArray
from shapely.geometry import Polygon

from anlu.engine.geo import grid_to_lonlat, lonlat_to_grid

from .curves import length_of
from .dice import Dice, Floats
from .names import village_names
from .noding import Spot, spot_of
from .plan import METRIC_EPSG, MIDDLE, UNLIT, TownPlan
from .records import Junction, Road, RoadLine, Town, Village
from .roads import Drawn, Layout, owner_of

_DECIMALS = 7  # about a centimetre
_LIT_M = 750.0  # so far from a town's seat the main roads have lamps
_TOWN_LIMIT_KMH = 60
_FORMS = {3: "11", 4: "12"}  # crash.junction: three legs, four legs
_MANY_LEGS = "13"
_SIGNALS = {
    "1": 0.45,
    "2": 0.32,
    "3": 0.14,
    "4": 0.03,
    "5": 0.0,
    "": 0.55,
}  # by the least of the roads that meet
_RANK = {"1": 0, "2": 1, "": 2, "3": 3, "4": 4, "5": 5}  # which road a junction is named after first


class Frame:
    """Metres about the county's middle to degrees, and back."""

    def __init__(self) -> None:
        east, north = lonlat_to_grid(MIDDLE[0], MIDDLE[1], epsg=METRIC_EPSG)
        self.origin = np.array([float(east), float(north)])

    def degrees(self, xy: Floats) -> Floats:
        """Longitude and latitude (n, 2), rounded, of metres."""
        at = np.asarray(xy, np.float64) + self.origin
        lon, lat = grid_to_lonlat(at[:, 0], at[:, 1], epsg=METRIC_EPSG)
        return np.asarray(np.round(np.column_stack([lon, lat]), _DECIMALS), np.float64)

    def metres(self, lonlat: Floats) -> Floats:
        """Metres (n, 2) of degrees."""
        east, north = lonlat_to_grid(lonlat[:, 0], lonlat[:, 1], epsg=METRIC_EPSG)
        return np.asarray(np.column_stack([east, north]) - self.origin)

    def polygon(self, shape: Polygon) -> Polygon:
        """A polygon in degrees."""
        return Polygon(self.degrees(shapely.get_coordinates(shape)))


class TownFinder:
    """Which town a place lies in; a place on a border or just outside belongs to the nearest."""

    def __init__(self, shapes: Sequence[Polygon]) -> None:
        self.tree = shapely.STRtree(shapes)

    def find(self, xy: Floats) -> NDArray[np.int64]:
        """Row of the town of each place (n, 2)."""
        return np.asarray(self.tree.nearest(shapely.points(xy)), np.int64)


@dataclass
class Made:
    """Records, and beside each line what the generator needs to know of it in metres."""

    towns: list[Town]
    villages: list[Village]
    roads: list[Road]
    lines: list[RoadLine]
    paths: list[Floats]
    drawn: list[Drawn]
    junctions: list[Junction]
    spots: list[Spot]
    ends: list[tuple[Spot, Spot]]


def make_records(
    towns: Sequence[TownPlan], shapes: Sequence[Polygon], layout: Layout, frame: Frame, seed: int
) -> Made:
    """Towns, villages, roads, lines and junctions."""
    finder = TownFinder(shapes)
    seats = np.array([(town.east_km, town.north_km) for town in towns]) * 1000.0
    degrees = frame.degrees(seats)
    made_towns = [
        Town(town.code, town.name, float(lon), float(lat), frame.polygon(shape))
        for town, (lon, lat), shape in zip(towns, degrees, shapes, strict=True)
    ]
    villages = _villages(towns, layout, frame, seed)
    pieces = layout.pieces()
    middles = np.array([_middle(path) for _, path, _, _ in pieces])
    where = finder.find(middles)
    urban = shapely.contains(layout.centre.buffer(160.0), shapely.points(middles))
    near_seat = np.hypot(*(middles[:, None, :] - seats[None, 2:, :]).transpose(2, 0, 1)).min(axis=1) < _LIT_M
    lines = [
        _line(drawn, frame.degrees(path), from_m, to_m, towns[town].code, bool(inside), bool(close))
        for (drawn, path, from_m, to_m), town, inside, close in zip(
            pieces, where, urban, near_seat, strict=True
        )
    ]
    paths = [path for _, path, _, _ in pieces]
    ends = [(spot_of(path[0]), spot_of(path[-1])) for path in paths]
    drawn = [each for each, _, _, _ in pieces]
    junctions, spots = _junctions(
        lines, drawn, ends, towns, finder, frame, layout.no_signals, Dice(seed, "signals")
    )
    roads = _roads(layout, lines, villages, towns, frame)
    return Made(made_towns, villages, roads, lines, paths, drawn, junctions, spots, ends)


def _villages(towns: Sequence[TownPlan], layout: Layout, frame: Frame, seed: int) -> list[Village]:
    found = []
    names = village_names(towns, Dice(seed, "village names"))
    for town, own, places in zip(towns, names, layout.villages, strict=True):
        for number, (name, (lon, lat)) in enumerate(
            zip(own, frame.degrees(np.array(places)), strict=True), 1
        ):
            found.append(Village(f"{town.code}{200 + number}", name, town.code, float(lon), float(lat)))
    return found


def _middle(path: Floats) -> Floats:
    line = shapely.linestrings(path)
    return np.asarray(shapely.get_coordinates(shapely.line_interpolate_point(line, 0.5, normalized=True))[0])


def _line(
    drawn: Drawn, coords: Floats, from_m: float, to_m: float, town: str, urban: bool, near_seat: bool
) -> RoadLine:
    street = drawn.administrative_class == ""
    main = drawn.administrative_class in ("1", "2", "3")
    limit = min(drawn.limit_kmh, _TOWN_LIMIT_KMH) if urban or near_seat else drawn.limit_kmh
    return RoadLine(
        road=drawn.code,
        coords=coords,
        stake_start_m=round(from_m, 3),
        stake_end_m=round(to_m, 3),
        town=town,
        local_name=drawn.name if street else drawn.town_name if urban else "",
        urban=urban,
        lit=(street or urban or (near_seat and main)) and not _is_unlit(drawn.code, (from_m + to_m) / 2),
        limit_kmh=limit,
    )


def _is_unlit(road: str, chainage_m: float) -> bool:
    return any(road == code and low <= chainage_m <= high for code, low, high in UNLIT)


def _roads(
    layout: Layout,
    lines: Sequence[RoadLine],
    villages: Sequence[Village],
    towns: Sequence[TownPlan],
    frame: Frame,
) -> list[Road]:
    """One record a road; who keeps it follows from the town (and village) that most of it lies in."""
    names = {town.code: town.name for town in towns}
    own: dict[str, Counter[str]] = {}
    for line in lines:
        own.setdefault(line.road, Counter())[line.town] += round(line.length_m)
    places = frame.metres(np.array([(village.lon, village.lat) for village in villages]))
    found: dict[str, Road] = {}
    for drawn in layout.drawn:
        length = length_of(drawn.path) + (found[drawn.code].length_m if drawn.code in found else 0.0)
        town = own[drawn.code].most_common(1)[0][0]
        nearest = villages[int(np.argmin(np.hypot(*(places - _middle(drawn.path)).T)))]
        found[drawn.code] = Road(
            drawn.code,
            drawn.name,
            drawn.technical_class,
            drawn.administrative_class,
            owner_of(drawn, names[town], f"{names[nearest.town]}{nearest.name}"),
            round(length, 1),
        )
    return list(found.values())


def _junctions(
    lines: Sequence[RoadLine],
    drawn: Sequence[Drawn],
    ends: Sequence[tuple[Spot, Spot]],
    towns: Sequence[TownPlan],
    finder: TownFinder,
    frame: Frame,
    no_signals: Spot,
    dice: Dice,
) -> tuple[list[Junction], list[Spot]]:
    at: dict[Spot, list[tuple[int, float]]] = {}
    for number, (line, (first, last)) in enumerate(zip(lines, ends, strict=True)):
        at.setdefault(first, []).append((number, line.stake_start_m))
        at.setdefault(last, []).append((number, line.stake_end_m))
    spots = sorted(spot for spot, legs in at.items() if len(legs) >= 3)
    places = frame.degrees(np.array(spots))
    where = finder.find(np.array(spots))
    found = []
    for number, (spot, (lon, lat), town) in enumerate(zip(spots, places, where, strict=True), 1):
        legs = at[spot]
        met: dict[str, tuple[int, float]] = {}
        for leg, stake_m in sorted(legs, key=lambda leg: (_RANK[drawn[leg[0]].administrative_class], leg[0])):
            met.setdefault(lines[leg].road, (leg, stake_m))
        ranks = [drawn[leg].administrative_class for leg, _ in met.values()]
        least = max(ranks, key=lambda rank: _RANK[rank])
        names = list(dict.fromkeys(lines[leg].local_name or drawn[leg].name for leg, _ in met.values()))
        found.append(
            Junction(
                code=f"J-{number:04d}",
                name="与".join(names[:2]) + "路口",
                lon=float(lon),
                lat=float(lat),
                form=_FORMS.get(len(legs), _MANY_LEGS),
                legs=len(legs),
                signals=dice.happens(_SIGNALS[least]) and spot != no_signals,
                town=towns[town].code,
                roads=tuple((road, round(stake_m, 1)) for road, (_, stake_m) in met.items()),
            )
        )
    return found, spots

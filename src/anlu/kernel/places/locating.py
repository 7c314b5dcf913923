"""
From any one of a position, a road with a stake, or a picked site to all the rest.

Boundaries and roads are read once and kept until one of them changes (``core.revisions``). What a record states is
never overwritten: only what is missing is filled in, and when a record is moved what had been filled in follows.
"""

from __future__ import annotations

import json
import threading
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from functools import lru_cache
from typing import Any, Final, NamedTuple

import numpy as np
import shapely
from numpy.typing import ArrayLike, NDArray
from pyproj import CRS

from anlu.engine.roads.network import build_network, edge_lines
from anlu.engine.roads.projection import Projection, length_true
from anlu.engine.roads.referencing import Roads, locate, places_of, reference_roads
from anlu.engine.roads.segments import lines_between
from anlu.engine.roads.stakes import Side
from anlu.kernel.core.readiness import before_work
from anlu.kernel.core.revisions import tokens
from anlu.kernel.places.models import Area, AreaKind, Located, LocationState, RoadLine, RoadSide
from anlu.kernel.places.naming import read_words, road_names
from anlu.kernel.places.services import AREAS_REVISION, ROADS_REVISION, position_of

Floats = NDArray[np.float64]
Keys = NDArray[np.int64]
Flags = NDArray[np.bool_]

ROAD_REACH_M: Final = 50.0  # farther from every road, a position is "not on a known road"
FROM_STAKE: Final = "stake"  # coordinate_system of a position that was worked out from road and stake
WGS84: Final = "wgs84"
NOTHING: Final = 0  # key of no town and no road
STATED: Final = ("lon", "lat", "town_id", "road_id", "chainage_m")  # what a record may say about its place
DEGREES_KEPT: Final = 7  # decimals, about a centimetre
METRES_KEPT: Final = 1
MERCATOR_END: Final = 85.0
_making: Final = threading.Lock()
_SIDES: Final = {RoadSide.RIGHT.value: Side.RIGHT, RoadSide.LEFT.value: Side.LEFT, "": Side.NONE}


@dataclass(frozen=True, eq=False)
class Whereabouts:
    """What is known of places (n,): degrees WGS-84, metres (NaN: unknown), keys of town and road (0: unknown)."""

    lon: Floats
    lat: Floats
    town: Keys
    road: Keys
    chainage_m: Floats


@dataclass(frozen=True, eq=False)
class Completed(Whereabouts):
    """Places with what was missing filled in; ``state`` is a ``LocationState`` each."""

    from_stake: Flags
    state: NDArray[np.str_]


@dataclass(frozen=True, eq=False)
class OnRoads:
    """Positions on roads (n,): key of the road (0 for none), chainage and distance from it (NaN for none)."""

    road: Keys
    chainage_m: Floats
    offset_m: Floats


SOMEWHERE: Final = Whereabouts(
    np.zeros(1), np.zeros(1), np.zeros(1, np.int64), np.zeros(1, np.int64), np.full(1, np.nan)
)


class Boundaries:
    """Which town lies where, and what lies outside altogether."""

    def __init__(self, rows: Sequence[tuple[int, str, Any]]) -> None:
        shapes = [(key, kind, shapely.from_geojson(json.dumps(boundary))) for key, kind, boundary in rows]
        towns = [(key, shape) for key, kind, shape in shapes if kind in (AreaKind.TOWN, AreaKind.DISTRICT)]
        outer = [shape for _, kind, shape in shapes if kind in (AreaKind.COUNTY, AreaKind.REGION)]
        self.keys = np.array([key for key, _ in towns], np.int64)
        self.tree = shapely.STRtree([shape for _, shape in towns])
        shapely.prepare(self.tree.geometries)
        self.outer = shapely.union_all(outer) if outer else None
        if self.outer is not None:
            shapely.prepare(self.outer)

    def towns_at(self, lon: ArrayLike, lat: ArrayLike) -> Keys:
        """Key of the town around each position (n,), 0 where none is known; on a border the first in the table."""
        found = np.full(np.size(lon), NOTHING, np.int64)
        known, points = _points(lon, lat)
        at, town = self.tree.query(points)  # by boxes; each town then looks at all of its candidates at once
        for number in np.unique(town)[::-1]:
            near = at[town == number]
            inside = shapely.intersects(self.tree.geometries[number], points[near])
            found[known[near[inside]]] = self.keys[number]
        return found

    def outside(self, lon: ArrayLike, lat: ArrayLike) -> Flags:
        """Which positions (n,) lie outside the area altogether; none where it has no boundary."""
        found = np.zeros(np.size(lon), bool)
        if self.outer is not None:
            known, points = _points(lon, lat)
            found[known] = ~shapely.covers(self.outer, points)
        return found


def _points(lon: ArrayLike, lat: ArrayLike) -> tuple[Keys, NDArray[np.object_]]:
    x, y = np.atleast_1d(np.asarray(lon, np.float64)), np.atleast_1d(np.asarray(lat, np.float64))
    known = np.flatnonzero(np.isfinite(x) & np.isfinite(y))
    return known.astype(np.int64), np.atleast_1d(shapely.points(x[known], y[known]))


class LineRow(NamedTuple):
    """A surveyed line: key of its road, shape, stakes in metres at its first and last vertex, carriageway."""

    road: int
    geometry: bytes
    start: float | None
    end: float | None
    side: str


class RoadMap:
    """
    The roads of the installation as a network that knows stakes.

    A line that was surveyed against rising stakes is turned round, so that the direction need not be guessed.
    """

    def __init__(self, rows: Sequence[LineRow]) -> None:
        shapes = shapely.from_wkb([bytes(row.geometry) for row in rows])
        falls = [row.end is not None and row.start is not None and row.end < row.start for row in rows]
        shapes[falls] = shapely.reverse(shapes[falls])
        xy = shapely.get_coordinates(shapes)
        self.projection: Projection = length_true(CRS.from_epsg(4326), xy[:, 0], xy[:, 1])
        east, north = self.projection.to_metres(xy[:, 0], xy[:, 1])
        lines = shapely.set_coordinates(shapes.copy(), np.column_stack([east, north]))
        stakes = [row.end if down else row.start for row, down in zip(rows, falls, strict=True)]
        self.roads: Roads = reference_roads(
            build_network(lines),
            [str(row.road) for row in rows],
            stake_start_m=[np.nan if stake is None else stake for stake in stakes],
            side_of_line=[_SIDES[row.side] for row in rows],
        )
        self.keys = np.array([int(name) for name in self.roads.names], np.int64)
        self.numbers = {int(name): number for number, name in enumerate(self.roads.names)}

    def roads_at(self, lon: ArrayLike, lat: ArrayLike, reach_m: float = ROAD_REACH_M) -> OnRoads:
        """The nearest road to each position (n,), within reach."""
        x, y = self.projection.to_metres(lon, lat)
        found = locate(self.roads, x, y, reach_m)
        road = np.where(found.found, self.keys[np.maximum(found.road, 0)], NOTHING)
        return OnRoads(road, found.chainage_m, found.offset_m)

    def chainages_on(self, road: ArrayLike, lon: ArrayLike, lat: ArrayLike) -> tuple[Floats, Floats]:
        """Chainage (n,) of the place on the given road nearest to a position, and its distance; NaN: no such road."""
        keys = np.atleast_1d(np.asarray(road, np.int64))
        x, y = self.projection.to_metres(lon, lat)
        chainage_m, away_m = np.full(len(keys), np.nan), np.full(len(keys), np.nan)
        for key in np.unique(keys):
            number = self.numbers.get(int(key))
            rows = np.flatnonzero((keys == key) & np.isfinite(x))
            if number is not None and len(rows):
                chainage_m[rows], away_m[rows] = self._along(number, shapely.points(x[rows], y[rows]))
        return chainage_m, away_m

    def _along(self, number: int, points: NDArray[np.object_]) -> tuple[Floats, Floats]:
        edges = np.flatnonzero(self.roads.road == number)
        shapes = edge_lines(self.roads.network, edges)
        (at, line), away_m = shapely.STRtree(shapes).query_nearest(
            points, return_distance=True, all_matches=False
        )
        order = np.argsort(at)
        line, away_m = line[order], away_m[order]
        offset_m = shapely.line_locate_point(shapes[line], points)
        edge = edges[line]
        sense = np.where(self.roads.rises[edge], 1.0, -1.0)
        return self.roads.from_m[edge] + sense * offset_m, away_m

    def positions_of(
        self, road: ArrayLike, chainage_m: ArrayLike, side: ArrayLike | None = None
    ) -> tuple[Floats, Floats]:
        """Longitude and latitude (n,) of roads at chainages; NaN where a road has no such chainage."""
        numbers = np.array(
            [self.numbers.get(int(key), -1) for key in np.atleast_1d(np.asarray(road))], np.int64
        )
        places = places_of(self.roads, numbers, chainage_m, side=side)
        return self.projection.to_lonlat(places.x, places.y)

    def shape_of(self, road: int, begin_m: float, end_m: float) -> shapely.MultiLineString:
        """The lines of a road between two chainages, in degrees; empty where it has none there."""
        number = self.numbers.get(road)
        if number is None:
            return shapely.MultiLineString()
        lines = lines_between(self.roads, number, begin_m, end_m)

        def degrees(xy: Floats) -> Floats:
            return np.column_stack(self.projection.to_lonlat(xy[:, 0], xy[:, 1]))

        return shapely.transform(lines, degrees)


class Locator:
    """Fills in positions; ``current()`` gives the one for the boundaries and roads as they are now."""

    def __init__(self, boundaries: Boundaries, roads: RoadMap | None) -> None:
        self.boundaries, self.roads = boundaries, roads

    @classmethod
    def current(cls) -> Locator:
        """
        The locator for what the database holds; made anew only after a change of areas or roads.

        Whoever comes while it is made waits for it: a second map would take as long and as much memory again.
        """
        state = tokens(AREAS_REVISION, ROADS_REVISION)
        with _making:
            return _locator(*state)

    def fill(self, stated: Whereabouts) -> Completed:
        """
        Fill in what is missing, all records at once.

        A position as stated decides; without one the road and chainage do. Town, road and chainage follow from the
        position where they are not stated, the road only within ``ROAD_REACH_M``.
        """
        lon, lat, from_stake = self._positions(stated)
        known = np.isfinite(lon)
        town, road, chainage_m = stated.town.copy(), stated.road.copy(), stated.chainage_m.copy()
        wanted = np.flatnonzero(known & (town == NOTHING))
        town[wanted] = self.boundaries.towns_at(lon[wanted], lat[wanted])
        self._roads(lon, lat, road, chainage_m)
        no_road = (road == NOTHING) & (self.roads is not None)
        states = (LocationState.UNLOCATED, LocationState.OUTSIDE, LocationState.OFF_ROAD)
        conditions = [~known, self.boundaries.outside(lon, lat), no_road]
        state = np.select(conditions, [one.value for one in states], LocationState.LOCATED.value)
        return Completed(lon, lat, town, road, chainage_m, from_stake, state)

    def complete(self, thing: Located, *, at: Located | None = None) -> None:
        """
        Fill what is missing of a record (unsaved): position, map cell, town, road, chainage, state.

        Without a position of its own it lies where ``at`` does (a site or a junction that was picked), else where its
        road and chainage are, stated or in the words of the source. A record with none of them stays, unlocated.
        """
        if at is not None and (thing.lon is None or thing.lat is None) and at.lon is not None:
            thing.lon, thing.lat, thing.coordinate_system = at.lon, at.lat, at.coordinate_system
            thing.town_id = thing.town_id or at.town_id
            if thing.road_id is None:
                thing.road_id, thing.chainage_m = at.road_id, at.chainage_m
        _read_names(thing)
        found = self.fill(_stated_by(thing))
        lon, lat = float(found.lon[0]), float(found.lat[0])
        position = position_of(lon, lat) if np.isfinite(lon) else None
        thing.lon, thing.lat = (position.lon, position.lat) if position else (None, None)
        thing.cell_x, thing.cell_y = (position.cell_x, position.cell_y) if position else (None, None)
        if position is None or found.from_stake[0]:
            thing.coordinate_system = FROM_STAKE if position else ""
        thing.coordinate_system = thing.coordinate_system or (WGS84 if position else "")
        thing.town_id, thing.road_id = int(found.town[0]) or None, int(found.road[0]) or None
        chainage_m = float(found.chainage_m[0])
        thing.chainage_m = chainage_m if np.isfinite(chainage_m) else None
        thing.location_state = str(found.state[0])

    def move(self, thing: Located, before: Mapping[str, Any]) -> None:
        """
        Complete a record that was changed: what had followed from its old place follows from the new one.

        What followed is found by working it out again: a town, road or chainage that the change leaves as it was, and
        that the old position alone would have given, was not stated but derived.

        Parameters
        ----------
        before
            The values of ``STATED`` and ``coordinate_system`` before the change.
        """
        changed = {name for name in STATED if getattr(thing, name) != before[name]}
        if before["coordinate_system"] == FROM_STAKE and not changed & {"lon", "lat"}:
            if changed & {"road_id", "chainage_m"}:
                thing.lon = thing.lat = None
                self._forget(thing, before, changed, ("town_id",))
        elif changed & {"lon", "lat"}:
            if thing.coordinate_system == FROM_STAKE:
                thing.coordinate_system = ""
            self._forget(thing, before, changed, ("town_id", "road_id", "chainage_m"))
        self.complete(thing)

    def _forget(
        self, thing: Located, before: Mapping[str, Any], changed: set[str], names: tuple[str, ...]
    ) -> None:
        """Empty those facts that only the old position gave; a road that the source names was not among them."""
        old = type(thing)(lon=before["lon"], lat=before["lat"])
        kept = set(changed)
        if thing.road_name and thing.road_id == before["road_id"]:
            old.road_id = before["road_id"]
            kept.add("road_id")
        self.complete(old)
        for name in names:
            if name not in kept and before[name] == getattr(old, name):
                setattr(thing, name, None)

    def _positions(self, stated: Whereabouts) -> tuple[Floats, Floats, Flags]:
        """Positions as stated, or from road and chainage (then rounded), and which are the latter."""
        with np.errstate(invalid="ignore"):
            known = (np.abs(stated.lon) <= 180) & (np.abs(stated.lat) <= MERCATOR_END)
        lon, lat = np.where(known, stated.lon, np.nan), np.where(known, stated.lat, np.nan)
        from_stake = np.zeros(len(lon), bool)
        rows = np.flatnonzero(~known & (stated.road != NOTHING) & np.isfinite(stated.chainage_m))
        if self.roads is not None and len(rows):
            there = self.roads.positions_of(stated.road[rows], stated.chainage_m[rows])
            lon[rows], lat[rows] = (np.round(one, DEGREES_KEPT) for one in there)
            from_stake[rows] = np.isfinite(lon[rows])
        return lon, lat, from_stake

    def _roads(self, lon: Floats, lat: Floats, road: Keys, chainage_m: Floats) -> None:
        """Fill roads and chainages in place."""
        if self.roads is None:
            return
        known = np.isfinite(lon)
        rows = np.flatnonzero(known & (road == NOTHING))
        on_roads = self.roads.roads_at(lon[rows], lat[rows])
        road[rows] = on_roads.road
        bare = ~np.isfinite(chainage_m[rows])
        chainage_m[rows[bare]] = np.round(on_roads.chainage_m[bare], METRES_KEPT)
        rows = np.flatnonzero(known & (road != NOTHING) & ~np.isfinite(chainage_m))
        beside_m, away_m = self.roads.chainages_on(road[rows], lon[rows], lat[rows])
        near = away_m <= ROAD_REACH_M
        chainage_m[rows[near]] = np.round(beside_m[near], METRES_KEPT)


def _read_names(thing: Located) -> None:
    """The road that the source names; of a record without one and without a position, what its words say."""
    if thing.road_id is None and thing.road_name:
        thing.road_id = road_names().get(thing.road_name)
    if thing.road_id is None and thing.lon is None and thing.place_text:
        said = read_words(thing.place_text)
        if said is not None:
            thing.road_id = said[0]
            thing.chainage_m = thing.chainage_m if thing.chainage_m is not None else said[1]


def _stated_by(thing: Located) -> Whereabouts:
    lon, lat, chainage_m = (
        np.array([np.nan if value is None else value], np.float64)
        for value in (thing.lon, thing.lat, thing.chainage_m)
    )
    town, road = (np.array([value or NOTHING], np.int64) for value in (thing.town_id, thing.road_id))
    return Whereabouts(lon, lat, town, road, chainage_m)


@lru_cache(maxsize=1)
def _locator(areas_token: int, roads_token: int) -> Locator:
    """Made once for each state of the data; the tokens say which."""
    made = Locator(_boundaries(areas_token), _road_map(roads_token))
    made.fill(SOMEWHERE)  # what is compiled for the first position is not so while a record is locked
    return made


@before_work
def read_ground() -> None:
    """Read boundaries and roads."""
    Locator.current()


@lru_cache(maxsize=1)
def _boundaries(token: int) -> Boundaries:
    rows = Area.objects.live().filter(valid_to__isnull=True, boundary__isnull=False).order_by("code")
    return Boundaries(list(rows.values_list("pk", "kind", "boundary")))


@lru_cache(maxsize=1)
def _road_map(token: int) -> RoadMap | None:
    rows = RoadLine.objects.live().order_by("road__code", "seq")
    columns = ("road_id", "geometry", "stake_start_m", "stake_end_m", "side")
    found = [LineRow(*row) for row in rows.values_list(*columns)]
    return RoadMap(found) if found else None

"""
From any one of a position, a road with a stake, or a picked site to all the rest.

Boundaries and roads are read once and kept until one of them changes (``core.revisions``). What a record states is
never overwritten: only what is missing is filled in.
"""

from __future__ import annotations

import json
from collections.abc import Sequence
from dataclasses import dataclass
from functools import lru_cache
from typing import Any, Final

import numpy as np
import shapely
from numpy.typing import ArrayLike, NDArray
from pyproj import CRS

from anlu.engine.roads.network import build_network, edge_lines
from anlu.engine.roads.projection import Projection, length_true
from anlu.engine.roads.referencing import Roads, locate, places_of, reference_roads
from anlu.engine.roads.stakes import Side
from anlu.kernel.core.revisions import tokens
from anlu.kernel.places.models import Area, AreaKind, Located, LocationState, RoadLine, RoadSide, Site
from anlu.kernel.places.services import AREAS_REVISION, ROADS_REVISION, position_of

Floats = NDArray[np.float64]
Keys = NDArray[np.int64]
Flags = NDArray[np.bool_]

ROAD_REACH_M: Final = 50.0  # farther from every road, a position is "not on a known road"
FROM_STAKE: Final = "stake"  # coordinate_system of a position that was worked out from road and stake
NOTHING: Final = 0
_SIDES: Final = {RoadSide.RIGHT.value: Side.RIGHT, RoadSide.LEFT.value: Side.LEFT, "": Side.NONE}


@dataclass(frozen=True, eq=False)
class OnRoads:
    """Positions on roads (n,): key of the road (0 for none), chainage and distance from it (NaN for none)."""

    road: Keys
    chainage_m: Floats
    offset_m: Floats


class Boundaries:
    """Which town lies where, and what lies outside altogether."""

    def __init__(self, rows: Sequence[tuple[int, str, Any]]) -> None:
        shapes = [(key, kind, shapely.from_geojson(json.dumps(boundary))) for key, kind, boundary in rows]
        towns = [(key, shape) for key, kind, shape in shapes if kind in (AreaKind.TOWN, AreaKind.DISTRICT)]
        outer = [shape for _, kind, shape in shapes if kind in (AreaKind.COUNTY, AreaKind.REGION)]
        self.keys = np.array([key for key, _ in towns], np.int64)
        self.tree = shapely.STRtree([shape for _, shape in towns])
        self.outer = shapely.union_all(outer) if outer else None
        if self.outer is not None:
            shapely.prepare(self.outer)

    def towns_at(self, lon: ArrayLike, lat: ArrayLike) -> Keys:
        """Key of the town around each position (n,), 0 where none is known; on a border the first in the table."""
        found = np.zeros(np.size(lon), np.int64)
        known, points = _points(lon, lat)
        at, town = self.tree.query(points, predicate="intersects")
        order = np.lexsort((town, at))[::-1]
        found[known[at[order]]] = self.keys[town[order]]
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


class RoadMap:
    """The roads of the installation as a network that knows stakes."""

    def __init__(self, rows: Sequence[tuple[int, bytes, float | None, str]]) -> None:
        shapes = shapely.from_wkb([bytes(geometry) for _, geometry, _, _ in rows])
        xy = shapely.get_coordinates(shapes)
        self.projection: Projection = length_true(CRS.from_epsg(4326), xy[:, 0], xy[:, 1])
        east, north = self.projection.to_metres(xy[:, 0], xy[:, 1])
        lines = shapely.set_coordinates(shapes.copy(), np.column_stack([east, north]))
        stakes = [np.nan if stake is None else stake for _, _, stake, _ in rows]
        self.roads: Roads = reference_roads(
            build_network(lines),
            [str(road) for road, *_ in rows],
            stake_start_m=stakes,
            side_of_line=[_SIDES[side] for *_, side in rows],
        )
        self.keys = np.array([int(name) for name in self.roads.names], np.int64)
        self.numbers = {int(name): number for number, name in enumerate(self.roads.names)}

    def roads_at(self, lon: ArrayLike, lat: ArrayLike, reach_m: float = ROAD_REACH_M) -> OnRoads:
        """The nearest road to each position (n,), within reach."""
        x, y = self.projection.to_metres(lon, lat)
        found = locate(self.roads, x, y, reach_m)
        road = np.where(found.found, self.keys[np.maximum(found.road, 0)], NOTHING)
        return OnRoads(road, found.chainage_m, found.offset_m)

    def chainage_on(self, road: int, lon: float, lat: float) -> tuple[float, float] | None:
        """Chainage of the place on one road that is nearest to a position, and its distance; None: no such road."""
        number = self.numbers.get(road)
        if number is None:
            return None
        edges = np.flatnonzero(self.roads.road == number)
        x, y = self.projection.to_metres(lon, lat)
        point = shapely.Point(x[0], y[0])
        shapes = edge_lines(self.roads.network, edges)
        away = shapely.distance(shapes, point)
        nearest = int(np.argmin(away))
        offset = float(shapely.line_locate_point(shapes[nearest], point))
        edge = int(edges[nearest])
        sense = 1.0 if self.roads.rises[edge] else -1.0
        return float(self.roads.from_m[edge]) + sense * offset, float(away[nearest])

    def positions_of(
        self, road: ArrayLike, chainage_m: ArrayLike, side: ArrayLike | None = None
    ) -> tuple[Floats, Floats]:
        """Longitude and latitude (n,) of roads at chainages; NaN where a road has no such chainage."""
        numbers = np.array(
            [self.numbers.get(int(key), -1) for key in np.atleast_1d(np.asarray(road))], np.int64
        )
        places = places_of(self.roads, numbers, chainage_m, side=side)
        return self.projection.to_lonlat(places.x, places.y)


class Locator:
    """Fills in positions; ``current()`` gives the one for the boundaries and roads as they are now."""

    def __init__(self, boundaries: Boundaries, roads: RoadMap | None) -> None:
        self.boundaries, self.roads = boundaries, roads

    @classmethod
    def current(cls) -> Locator:
        """The locator for what the database holds; made anew only after a change of areas or roads."""
        return _locator(*tokens(AREAS_REVISION, ROADS_REVISION))

    def complete(self, thing: Located, *, site: Site | None = None) -> None:
        """
        Fill what is missing of a record (unsaved): position, map cell, town, road, chainage, state.

        The position as stated decides; without one a picked site, without that road and chainage. A record with none
        of them stays, unlocated.
        """
        self._find_position(thing, site)
        position = position_of(thing.lon, thing.lat)
        if position is None:
            thing.location_state = LocationState.UNLOCATED
            return
        thing.cell_x, thing.cell_y = position.cell_x, position.cell_y
        if thing.town_id is None:
            thing.town_id = int(self.boundaries.towns_at(position.lon, position.lat)[0]) or None
        on_road = self._find_road(thing)
        if bool(self.boundaries.outside(position.lon, position.lat)[0]):
            thing.location_state = LocationState.OUTSIDE
        else:
            thing.location_state = LocationState.LOCATED if on_road else LocationState.OFF_ROAD

    def _find_position(self, thing: Located, site: Site | None) -> None:
        if thing.lon is not None and thing.lat is not None:
            return
        if site is not None and site.lon is not None:
            thing.lon, thing.lat, thing.coordinate_system = site.lon, site.lat, site.coordinate_system
            thing.town_id = thing.town_id or site.town_id
            if thing.road_id is None:
                thing.road_id, thing.chainage_m = site.road_id, site.chainage_m
            return
        if self.roads is not None and thing.road_id is not None and thing.chainage_m is not None:
            lon, lat = self.roads.positions_of([thing.road_id], [thing.chainage_m])
            if np.isfinite(lon[0]):
                thing.lon, thing.lat = round(float(lon[0]), 7), round(float(lat[0]), 7)
                thing.coordinate_system = FROM_STAKE

    def _find_road(self, thing: Located) -> bool:
        """Whether the record has a road at the end, or none is known at all."""
        if self.roads is None or thing.lon is None or thing.lat is None:
            return True
        if thing.road_id is None:
            found = self.roads.roads_at([thing.lon], [thing.lat])
            if found.road[0] != NOTHING:
                thing.road_id, thing.chainage_m = int(found.road[0]), round(float(found.chainage_m[0]), 1)
        elif thing.chainage_m is None:
            beside = self.roads.chainage_on(thing.road_id, thing.lon, thing.lat)
            if beside is not None and beside[1] <= ROAD_REACH_M:
                thing.chainage_m = round(beside[0], 1)
        return thing.road_id is not None


@lru_cache(maxsize=1)
def _locator(areas_token: int, roads_token: int) -> Locator:
    """Made once for each state of the data; the tokens say which."""
    return Locator(_boundaries(areas_token), _road_map(roads_token))


@lru_cache(maxsize=1)
def _boundaries(token: int) -> Boundaries:
    rows = Area.objects.live().filter(valid_to__isnull=True, boundary__isnull=False).order_by("code")
    return Boundaries(list(rows.values_list("pk", "kind", "boundary")))


@lru_cache(maxsize=1)
def _road_map(token: int) -> RoadMap | None:
    rows = RoadLine.objects.live().order_by("road__code", "seq")
    found = list(rows.values_list("road_id", "geometry", "stake_start_m", "side"))
    return RoadMap(found) if found else None

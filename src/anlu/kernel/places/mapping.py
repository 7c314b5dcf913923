"""
What a map draws under the records: boundaries, roads and their segments, as detailed as the map's scale shows.

Made once for each state of the data and each zoom, so that a map being moved about reads nothing from the database.
"""

from __future__ import annotations

import json
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date
from functools import lru_cache
from typing import Any, Final

import numpy as np
import shapely
from django.db.models import Q
from numpy.typing import NDArray

from anlu.engine.roads.generalising import generalised, joined, tolerance_deg
from anlu.kernel.core.clock import today
from anlu.kernel.core.revisions import token, tokens
from anlu.kernel.places.dictionaries import DANGEROUS
from anlu.kernel.places.locating import Locator
from anlu.kernel.places.models import Area, AreaKind, RoadLine
from anlu.kernel.places.segments import SEGMENTS_REVISION, placed_segments
from anlu.kernel.places.services import AREAS_REVISION, ROADS_REVISION

DEEPEST_ZOOM: Final = 16
AREA_ZOOM: Final = 13  # boundaries are drawn once, well enough for this zoom
# From which zoom roads of an administrative class are shown; "" are streets.
FROM_ZOOM: Final = {"1": 0, "2": 0, "3": 9, "4": 10, "": 11, "5": 12, "6": 11, "9": 12}
# Names that styles go by.
CLASS_NAMES: Final = {
    "1": "national",
    "2": "provincial",
    "3": "county",
    "4": "township",
    "5": "village",
    "": "street",
}
MOTORWAY: Final = "10"  # technical class of a motorway, whoever owns it
Box = tuple[float, float, float, float]


@dataclass(frozen=True, eq=False)
class DrawnRoad:
    """A line of a road as a map shows it; ``kind`` is one of ``CLASS_NAMES`` or motorway, ``label`` what people say."""

    code: str
    name: str
    label: str
    kind: str
    shape: shapely.LineString


def map_state() -> tuple[int, int]:
    """Differs whenever boundaries or roads have changed."""
    areas, roads = tokens(AREAS_REVISION, ROADS_REVISION)
    return areas, roads


def roads_for_map(bounds: Box, zoom: int) -> list[DrawnRoad]:
    """
    Roads that a map of this zoom shows in a rectangle, lesser ones first.

    Parameters
    ----------
    bounds
        West, south, east, north in degrees.
    zoom
        Of the map; lines have no vertex that could not be seen there.
    """
    roads, tree = _roads(token(ROADS_REVISION), min(max(zoom, 0), DEEPEST_ZOOM))
    if not roads:
        return []
    found = np.sort(tree.query(shapely.box(*bounds), predicate="intersects"))
    return [roads[int(number)] for number in found]


@lru_cache(maxsize=DEEPEST_ZOOM + 2)
def _roads(state: int, zoom: int) -> tuple[list[DrawnRoad], shapely.STRtree]:
    shown = [rank for rank, first in FROM_ZOOM.items() if zoom >= first]
    rows = RoadLine.objects.live().filter(road__voided_at__isnull=True, road__administrative_class__in=shown)
    values = rows.order_by("road__code", "seq").values_list(
        "road__code",
        "road__name",
        "local_name",
        "road__administrative_class",
        "road__technical_class",
        "geometry",
    )
    groups: dict[tuple[str, ...], list[shapely.LineString]] = {}
    for *facts, geometry in values:
        groups.setdefault(tuple(facts), []).append(shapely.from_wkb(bytes(geometry)))
    drawn = []
    for (code, name, local, rank, technical), lines in groups.items():
        kind = "motorway" if technical == MOTORWAY else CLASS_NAMES.get(rank, "other")
        for shape in generalised(joined(lines), zoom):
            drawn.append(DrawnRoad(code, name, local or name, kind, shape))
    order = [*reversed(list(CLASS_NAMES.values())), "motorway"]
    drawn.sort(key=lambda road: order.index(road.kind) if road.kind in order else -1)
    return drawn, shapely.STRtree([road.shape for road in drawn])


@dataclass(frozen=True, eq=False)
class DrawnSegment:
    """A segment as a map shows it: the lines of its road between its stakes; ``danger``: it has an open hazard."""

    uid: str
    number: str
    name: str
    danger: bool
    shape: shapely.MultiLineString


def segments_for_map(bounds: Box) -> list[DrawnSegment]:
    """
    Segments in force on the business date that a rectangle (west, south, east, north in degrees) meets.
    """
    drawn, tree = _segments(segment_state())
    if not drawn:
        return []
    found = np.sort(tree.query(shapely.box(*bounds), predicate="intersects"))
    return [drawn[int(number)] for number in found]


def has_segments() -> bool:
    """True when the register has a segment in force on the business date; those without a road do not count."""
    return bool(_in_force(today()).exists())


def _in_force(day: date) -> Any:
    begun = Q(valid_from__isnull=True) | Q(valid_from__lte=day)
    return placed_segments().filter(begun, Q(valid_to__isnull=True) | Q(valid_to__gte=day))


def segment_state() -> tuple[int, int, date]:
    """Differs whenever what a map shows of segments may be different."""
    roads, segments = tokens(ROADS_REVISION, SEGMENTS_REVISION)
    return roads, segments, today()


@lru_cache(maxsize=1)
def _segments(state: tuple[int, int, date]) -> tuple[list[DrawnSegment], shapely.STRtree]:
    roads, day = Locator.current().roads, state[-1]
    drawn: list[DrawnSegment] = []
    for one in _in_force(day).order_by("number"):
        shape = roads.shape_of(one.road_id, one.begin_m, one.end_m) if roads is not None else None
        if shape is not None and not shape.is_empty:
            drawn.append(DrawnSegment(str(one.uid), one.number, one.name, one.safety in DANGEROUS, shape))
    return drawn, shapely.STRtree([one.shape for one in drawn])


def areas_for_map() -> dict[str, Any]:
    """
    County and towns as GeoJSON: ``kind``, ``code``, ``name`` of each, neighbours sharing their border exactly;
    besides, for every area with a seat, a point with its name.
    """
    return _areas(token(AREAS_REVISION))


@lru_cache(maxsize=1)
def _areas(state: int) -> dict[str, Any]:
    rows = Area.objects.live().filter(valid_to__isnull=True).exclude(kind=AreaKind.VILLAGE).order_by("code")
    values = list(rows.values_list("code", "name", "kind", "lon", "lat", "boundary"))
    shapes = [shapely.from_geojson(json.dumps(row[-1])) if row[-1] else None for row in values]
    features = []
    for (code, name, kind, *_), shape in zip(values, _simple(shapes), strict=True):
        if shape is not None:
            features.append(_feature(shape, code=code, name=name, kind=kind, part="area"))
    for code, name, kind, lon, lat, _ in values:
        if lon is not None and lat is not None:
            features.append(_feature(shapely.Point(lon, lat), code=code, name=name, kind=kind, part="seat"))
    return {"type": "FeatureCollection", "features": features}


def _simple(shapes: Iterable[shapely.Geometry | None]) -> list[shapely.Geometry | None]:
    """Polygons with fewer vertices; where they form a coverage together, neighbours stay neighbours."""
    simple = list(shapes)
    known = [number for number, shape in enumerate(simple) if shape is not None]
    for group in _coverages(simple, known):
        polygons: NDArray[np.object_] = np.array([simple[number] for number in group], object)
        south, north = shapely.total_bounds(polygons)[[1, 3]]
        done = shapely.coverage_simplify(polygons, tolerance_deg(AREA_ZOOM, (south + north) / 2))
        for number, shape in zip(group, done, strict=True):
            simple[number] = shape
    return simple


def _coverages(shapes: list[Any], known: list[int]) -> list[list[int]]:
    """Shapes that do not overlap go together, the others (a county over its towns) by themselves."""
    groups: list[list[int]] = []
    for number in known:
        for group in groups:
            if not any(
                shapely.area(shapely.intersection(shapes[number], shapes[other])) > 0 for other in group
            ):
                group.append(number)
                break
        else:
            groups.append([number])
    return groups


def _feature(shape: shapely.Geometry, **properties: str) -> dict[str, Any]:
    return {
        "type": "Feature",
        "properties": properties,
        "geometry": json.loads(shapely.to_geojson(_rounded(shape))),
    }


def _rounded(shape: shapely.Geometry) -> shapely.Geometry:
    """To the sixth decimal, a decimetre."""
    return shapely.transform(shape, lambda xy: np.round(xy, 6))

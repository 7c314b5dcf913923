"""A small ground for tests: a county of two towns, a road with a gap and a reversed line, a divided road, a street."""

from __future__ import annotations

from typing import Final

import numpy as np
import shapely
from pyproj import Geod

from anlu.kernel.core.scope import SYSTEM
from anlu.kernel.places.models import Area, AreaKind, Road
from anlu.kernel.places.services import add_area
from anlu.kernel.places.surveys.boundaries import SurveyedArea, import_boundaries
from anlu.kernel.places.surveys.roads import SurveyedLine, import_roads

LON: Final = 115.8  # of the main road, which runs due north
SOUTH, GAP_SOUTH, GAP_NORTH, NORTH = 36.60, 36.63, 36.64, 36.70
GEOD: Final = Geod(ellps="WGS84")
BEGIN_M: Final = 10_000.0


def metres_north(lat: float, start: float = SOUTH) -> float:
    """Length of the meridian from ``start`` to ``lat``."""
    return float(GEOD.inv(LON, start, LON, lat)[2])


def vertical(south: float, north: float, lon: float = LON) -> list[tuple[float, float]]:
    """A line due north with a vertex every 0.005 degrees."""
    count = round((north - south) / 0.005) + 1
    return [(lon, float(lat)) for lat in np.linspace(south, north, count)]


def make_ground() -> dict[str, Area | Road]:
    """
    County 36.5-36.8 N, 115.7-116.0 E; east and west of 115.85 a town. G105 along 115.8 E: K10+000 at 36.60,
    with a gap from 36.63 to 36.64 whose northern line is drawn southwards. S254 along 36.75 N. 清泉路 within west.
    """
    county = add_area("C1", "青县", AreaKind.COUNTY, by=SYSTEM)
    west = add_area("W1", "西镇", AreaKind.TOWN, by=SYSTEM, parent=county)
    east = add_area("E1", "东镇", AreaKind.TOWN, by=SYSTEM, parent=county)
    import_boundaries(
        [
            SurveyedArea("C1", shapely.box(115.7, 36.5, 116.0, 36.8)),
            SurveyedArea("W1", shapely.box(115.7, 36.5, 115.85, 36.8)),
            SurveyedArea("E1", shapely.box(115.85, 36.5, 116.0, 36.8)),
        ],
        by=SYSTEM,
    )
    import_roads(road_lines(), by=SYSTEM)
    return {"county": county, "west": west, "east": east} | {road.code: road for road in Road.objects.all()}


def road_lines() -> list[SurveyedLine]:
    """The lines of all roads."""
    north_end = BEGIN_M + metres_north(NORTH)
    return [
        SurveyedLine(
            "G105", vertical(SOUTH, GAP_SOUTH), "国道105线", "12", "1", "县公路局", stake_start_m=BEGIN_M
        ),
        SurveyedLine(
            "G105",
            vertical(GAP_NORTH, NORTH)[::-1],
            stake_start_m=north_end,
            stake_end_m=BEGIN_M + metres_north(GAP_NORTH),
        ),
        SurveyedLine("S254", [(115.75, 36.75), (115.95, 36.75)], "省道254线", "13", "2", stake_start_m=0.0),
        SurveyedLine("L001", [(115.72, 36.62), (115.74, 36.62)], "清泉路", "22", local_name="清泉路"),
    ]

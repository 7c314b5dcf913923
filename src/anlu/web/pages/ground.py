"""
The ground of every map: boundaries in one answer, roads as vector tiles, drawn quietly under the records; and the
segments of the roads, for people who may see the register.

All are reference data, the same for everybody. Their addresses carry the state of the data, so
that a browser keeps them until boundaries or roads change.
"""

from __future__ import annotations

import json
from collections.abc import Iterable
from datetime import date
from functools import lru_cache
from typing import Any, Final
from uuid import UUID

import numpy as np
import shapely
from django.http import Http404, HttpRequest, HttpResponse
from django.urls import reverse

from anlu.engine.geo import tile_bounds
from anlu.kernel.core.scope import Viewer
from anlu.kernel.places.mapping import (
    areas_for_map,
    has_segments,
    map_state,
    roads_for_map,
    segment_state,
    segments_for_map,
)
from anlu.kernel.places.permissions import ROAD_VIEW
from anlu.web.nav import page
from anlu.web.tiles import EXTENT, MEDIA_TYPE, Tile, compressed

MARGIN: Final = 64  # units of a tile drawn beyond its edge, so that wide lines have no seams
KEPT_TILES: Final = 1_024
FOR_A_WEEK: Final = "private, max-age=604800, immutable"
DEEPEST: Final = 16


def ground_options() -> dict[str, str]:
    """Addresses of boundaries and roads for the options of a map; empty where there are none yet."""
    areas, roads = map_state()
    found = {}
    if areas and areas_for_map()["features"]:
        found["areas"] = f"{reverse('ground.areas')}?v={areas:x}"
    if roads:
        tiles = reverse("ground.roads", args=[0, 0, 0]).replace("0/0/0", "{z}/{x}/{y}")
        found["roads"] = f"{tiles}?v={roads:x}"
    return found


@page("ground.areas", "map/ground/areas.json", "底图边界")
def areas(request: HttpRequest) -> HttpResponse:
    """Boundaries and seats as GeoJSON."""
    body = json.dumps(areas_for_map(), ensure_ascii=False, separators=(",", ":")).encode()
    return _kept(request, body, "application/geo+json")


@page("ground.roads", "tiles/ground/<int:z>/<int:x>/<int:y>.mvt", "底图道路")
def roads(request: HttpRequest, z: int, x: int, y: int) -> HttpResponse:
    """Roads of a tile."""
    tile = Tile(z, x, y)
    if not tile.exists or z > DEEPEST:
        raise Http404("tile")
    return _kept(request, road_tile(map_state()[1], tile), MEDIA_TYPE)


@page("ground.segments", "tiles/segments/<int:z>/<int:x>/<int:y>.mvt", "图上路段", permission=ROAD_VIEW)
def segments(request: HttpRequest, z: int, x: int, y: int) -> HttpResponse:
    """Segments of a tile."""
    tile = Tile(z, x, y)
    if not tile.exists or z > DEEPEST:
        raise Http404("tile")
    return _kept(request, segment_tile(segment_state(), tile), MEDIA_TYPE)


def segment_options(viewer: Viewer | None) -> dict[str, str] | None:
    """Addresses of the tiles and of the page of a segment; None where there are none, or not for this person."""
    if viewer is None or not viewer.may(ROAD_VIEW) or not has_segments():
        return None
    state = segment_state()
    tiles = reverse("ground.segments", args=[0, 0, 0]).replace("0/0/0", "{z}/{x}/{y}")
    nobody = UUID(int=0)
    page = reverse("places.segment.detail", args=[nobody]).replace(str(nobody), "{uid}")
    return {"tiles": f"{tiles}?v={state[0]:x}.{state[1]:x}.{state[2]:%Y%m%d}", "page": page}


def _kept(request: HttpRequest, body: bytes, media_type: str) -> HttpResponse:
    answer = compressed(request, body)
    answer.headers["Content-Type"] = media_type
    answer.headers["Cache-Control"] = FOR_A_WEEK if "v" in request.GET else "private, max-age=0"
    answer.headers["Vary"] = "Cookie, Accept-Encoding"
    return answer


@lru_cache(maxsize=KEPT_TILES)
def road_tile(state: int, tile: Tile) -> bytes:
    """The roads of a tile as a Mapbox vector tile with one layer, ``roads``."""
    drawn = [
        (road.shape, {"code": road.code, "name": road.label, "class": road.kind})
        for road in roads_for_map(_around(tile), tile.z)
    ]
    return _written("roads", tile, drawn)


@lru_cache(maxsize=KEPT_TILES)
def segment_tile(state: tuple[int, int, date], tile: Tile) -> bytes:
    """The segments of a tile as a Mapbox vector tile with one layer, ``segments``."""
    drawn = [
        (one.shape, {"uid": one.uid, "number": one.number, "name": one.name, "danger": one.danger})
        for one in segments_for_map(_around(tile))
    ]
    return _written("segments", tile, drawn)


def _around(tile: Tile) -> tuple[float, float, float, float]:
    """West, south, east and north of a tile with its margin, in degrees."""
    west, south, east, north = tile_bounds(tile.x, tile.y, tile.z)
    over_x, over_y = (east - west) * MARGIN / EXTENT, (north - south) * MARGIN / EXTENT
    return west - over_x, south - over_y, east + over_x, north + over_y


def _written(layer: str, tile: Tile, drawn: Iterable[tuple[shapely.Geometry, dict[str, Any]]]) -> bytes:
    """A vector tile of one layer of lines in degrees, cut at its margin; empty where nothing is left."""
    features = []
    for shape, properties in drawn:
        cut = shapely.clip_by_rect(in_tile(shape, tile), -MARGIN, -MARGIN, EXTENT + MARGIN, EXTENT + MARGIN)
        if not cut.is_empty:
            features.append({"geometry": cut, "properties": properties})
    import mapbox_vector_tile

    content = [{"name": layer, "features": features}] if features else []
    written: bytes = mapbox_vector_tile.encode(
        content, default_options={"extents": EXTENT, "y_coord_down": True}
    )
    return written


def in_tile(shape: shapely.Geometry, tile: Tile) -> shapely.Geometry:
    """A shape in degrees in the tile's own units, from its north-west corner."""
    side = float(1 << tile.z)

    def moved(lonlat: Any) -> Any:
        across = (lonlat[:, 0] / 360.0 + 0.5) * side - tile.x
        down = (0.5 - np.arctanh(np.sin(np.radians(lonlat[:, 1]))) / (2 * np.pi)) * side - tile.y
        return np.column_stack([across, down]) * EXTENT

    return shapely.transform(shape, moved)

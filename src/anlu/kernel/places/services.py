"""Writes of places: the dated area tree with its closure, roads, and filling in a position."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date

from django.db import transaction

from anlu.kernel.core.audit import record
from anlu.kernel.core.errors import AnluError
from anlu.kernel.core.naming import sort_key_of
from anlu.kernel.core.revisions import touch
from anlu.kernel.core.scope import Viewer
from anlu.kernel.places.models import Area, AreaKind, AreaPath, Located, LocationState, Road

AREAS_REVISION = "places.area"  # touched by every change of an area, boundaries among them
ROADS_REVISION = "places.road"  # touched by every change of a road or its lines


class TreeProblem(AnluError):
    """A change that would break a tree of areas or units."""


@transaction.atomic
def add_area(
    code: str,
    name: str,
    kind: AreaKind | str,
    *,
    by: Viewer,
    parent: Area | None = None,
    valid_from: date | None = None,
    lon: float | None = None,
    lat: float | None = None,
    source: str = "",
) -> Area:
    """Add an area below ``parent`` and link it to all areas above it."""
    area = Area.objects.create(
        code=code,
        name=name,
        kind=kind,
        parent=parent,
        sort_key=sort_key_of(name),
        valid_from=valid_from,
        lon=lon,
        lat=lat,
        source=source,
        created_by=by.uid,
    )
    above = AreaPath.objects.filter(descendant=parent).values_list("ancestor", flat=True) if parent else []
    links = [AreaPath(ancestor_id=pk, descendant=area, valid_from=valid_from) for pk in above]
    links.append(AreaPath(ancestor=area, descendant=area, valid_from=valid_from))
    AreaPath.objects.bulk_create(links)
    record("add", area, by=by)
    touch(AREAS_REVISION)
    return area


@transaction.atomic
def close_area(area_id: int, *, successor_id: int, on: date, by: Viewer) -> Area:
    """End an area on a day; what happened there stays with it and is seen by whoever sees the successor.

    Raises
    ------
    TreeProblem
        the area is already closed, or the successor lies below it or is closed itself.
    """
    area: Area = Area.objects.select_for_update().get(pk=area_id)
    successor = Area.objects.get(pk=successor_id)
    if area.valid_to is not None:
        raise TreeProblem(f"「{area}」已于 {area.valid_to} 撤销")
    if successor.valid_to is not None:
        raise TreeProblem(f"「{successor}」已撤销,不能作为并入对象")
    if AreaPath.objects.filter(ancestor=area, descendant=successor).exists():
        raise TreeProblem(f"「{successor}」在「{area}」之下,不能作为并入对象")
    area.valid_to, area.successor = on, successor
    area.version += 1
    area.save(update_fields=["valid_to", "successor", "version", "changed_at"])
    record(
        "close",
        area,
        by=by,
        changes={"valid_to": [None, on.isoformat()], "successor": [None, str(successor)]},
    )
    touch(AREAS_REVISION)
    return area


@transaction.atomic
def add_road(
    code: str,
    name: str,
    *,
    by: Viewer,
    technical_class: str = "",
    administrative_class: str = "",
    owner_name: str = "",
    source: str = "",
) -> Road:
    """Add a road by number and name."""
    road = Road.objects.create(
        code=code,
        name=name,
        technical_class=technical_class,
        administrative_class=administrative_class,
        owner_name=owner_name,
        source=source,
        sort_key=sort_key_of(name),
        created_by=by.uid,
    )
    record("add", road, by=by)
    touch(ROADS_REVISION)
    return road


@dataclass(frozen=True)
class Position:
    """A position in WGS-84 with the map cell it falls into (``Located.CELL_ZOOM``)."""

    lon: float
    lat: float
    cell_x: int
    cell_y: int


def position_of(lon: float | None, lat: float | None) -> Position | None:
    """The position with its map cell; None when unknown or beyond what a web-mercator map can show.

    Parameters
    ----------
    lon, lat
        Degrees, WGS-84.
    """
    from anlu.engine.geo import cells_at  # numpy only where a position is worked out

    if lon is None or lat is None or not (-180 <= lon <= 180 and -85 <= lat <= 85):
        return None
    x, y = cells_at(lon, lat, zoom=Located.CELL_ZOOM)
    return Position(lon, lat, int(x), int(y))


def place_at(thing: Located, lon: float | None, lat: float | None, *, system: str = "wgs84") -> None:
    """Fill position, cell and state of a record (unsaved); an impossible position leaves it unlocated."""
    position = position_of(lon, lat)
    thing.lon = position.lon if position else None
    thing.lat = position.lat if position else None
    thing.cell_x = position.cell_x if position else None
    thing.cell_y = position.cell_y if position else None
    thing.coordinate_system = system if position else ""
    thing.location_state = LocationState.LOCATED if position else LocationState.UNLOCATED

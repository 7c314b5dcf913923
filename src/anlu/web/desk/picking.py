"""
A place in a form: picked on a map, or typed; the same piece wherever a record has a place.

``components/place.html`` draws it. Without scripts, or without a map, longitude and latitude are typed, or road and
stake, or the town alone: what is missing is worked out when the record is saved.
"""

from __future__ import annotations

import math
from collections.abc import Sequence
from typing import Any, Final

import numpy as np
from django.db.models import Max, Min
from django.http import HttpRequest, JsonResponse
from django.urls import reverse

from anlu.kernel.core.clock import today
from anlu.kernel.people.access import valid_on
from anlu.kernel.people.models import Officer, Responsibility, Unit
from anlu.kernel.places.locating import NOTHING, Locator, Whereabouts
from anlu.kernel.places.models import Area, Located, Road, RoadLine
from anlu.web.nav import page
from anlu.web.pages.ground import ground_options
from anlu.web.stakes import exact_stake, stake_words

CLOSE: Final = 15  # zoom at which a single place is shown
EAST_END, NORTH_END = 180.0, 85.0


def place_of(
    fields: Sequence[Any], thing: Located | None = None, *, by: Officer | None = None
) -> dict[str, Any]:
    """
    What ``components/place.html`` draws: a map, and below it the fields of the place, ``lon`` and ``lat`` among them.

    Parameters
    ----------
    thing
        The record that is corrected: without a position the map shows its road.
    by
        Who fills in a new one: the map begins where the own unit works.
    """
    stated = {one.name: one.value() for one in fields}
    at = position_in(stated)
    return {
        "map": {"id": "map", "label": "点选位置", "options": map_options(thing, at, by)},
        "at": f"{at[0]},{at[1]}" if at else "",
        "look": reverse("places.here"),
        "fields": fields,
    }


def position_in(stated: Any) -> tuple[float, float] | None:
    """Longitude and latitude as an address or a form states them; None without both, or where that is no place."""
    try:
        lon, lat = (float(stated.get(name)) for name in ("lon", "lat"))
    except (TypeError, ValueError):
        return None
    inside = math.isfinite(lon) and math.isfinite(lat) and abs(lon) <= EAST_END and abs(lat) <= NORTH_END
    return (lon, lat) if inside else None


def map_options(
    thing: Located | None, at: tuple[float, float] | None, by: Officer | None = None
) -> dict[str, Any]:
    """Options of a map on which a place is clicked: around what is known of the place, else of who asks, else all."""
    options: dict[str, Any] = {"layers": [], **ground_options()}
    if at is not None:
        return options | {"center": list(at), "zoom": CLOSE}
    extent = _extent(thing, by)
    return options | ({"bounds": extent} if extent else {})


def _extent(thing: Located | None, by: Officer | None) -> list[list[float]] | None:
    """Corners around the record's road in its town, its road, the towns of the unit, or all roads."""
    lines = RoadLine.objects.live()
    road, town = (thing.road_id, thing.town_id) if thing is not None else (None, None)
    towns = _towns_of(by.unit) if by is not None and by.unit is not None and thing is None else []
    for known in ({"road": road, "town": town}, {"road": road}, {"town__in": towns}, {}):
        rows = lines.filter(**known) if all(known.values()) else lines.none()
        box = rows.aggregate(w=Min("west"), s=Min("south"), e=Max("east"), n=Max("north"))
        if box["w"] is not None:
            return [[box["w"], box["s"]], [box["e"], box["n"]]]
    return None


def _towns_of(unit: Unit) -> list[int]:
    """The areas that a unit answers for today, and its own."""
    held = Responsibility.objects.filter(valid_on(today()), unit=unit).values_list("area", flat=True)
    return [*held, *([unit.area_id] if unit.area_id else [])]


@page("places.here", "places/here/", "图上位置")
def here(request: HttpRequest) -> JsonResponse:
    """Road, stake and town of a position, as the fields of a form take them; empty where none is known."""
    at = position_in(request.GET)
    return JsonResponse(fields_at(*at) if at else {})


def fields_at(lon: float, lat: float) -> dict[str, Any]:
    """What the fields of a place are filled with for a position, and the same in words."""
    nothing = np.array([NOTHING], np.int64)
    stated = Whereabouts(np.array([lon]), np.array([lat]), nothing, nothing.copy(), np.array([np.nan]))
    found = Locator.current().fill(stated)
    road = Road.objects.filter(pk=int(found.road[0])).first()
    town = Area.objects.filter(pk=int(found.town[0])).first()
    known = float(found.chainage_m[0])
    chainage_m = known if road is not None and math.isfinite(known) else None
    on_road = f"{road.name} {stake_words(chainage_m)}".strip() if road else ""
    return {
        "road": road.pk if road else "",
        "chainage_m": exact_stake(chainage_m) if chainage_m is not None else "",
        "town": town.pk if town else "",
        "words": "，".join(part for part in (on_road, town.name if town else "") if part),
    }

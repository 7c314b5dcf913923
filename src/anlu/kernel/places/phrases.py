"""
A place on a road in the words of GA/T 1980, by the junctions and sites of the registers: out and in.

国道105线K12+345(与清泉路交叉口以北50米)处 is written from a road and a chainage; 国道105与清泉路交叉口以北50米 leads
back to them. Nothing is located by such words alone: they are offered to whoever locates a record.
"""

from __future__ import annotations

import re
from collections.abc import Iterable
from dataclasses import replace
from typing import Final, NamedTuple

import numpy as np

from anlu.engine.roads.landmarks import FAR_M, Landmarks, Spot, describe, find
from anlu.engine.roads.referencing import Roads, places_of
from anlu.engine.roads.stakes import Side
from anlu.engine.roads.wording import RoadPlace, write_place
from anlu.kernel.places.locating import Locator
from anlu.kernel.places.models import JunctionArm, Road, Site
from anlu.kernel.places.naming import named_place, road_names

SHORTEST_NAME: Final = 2
_VAGUE: Final = re.compile("(附近|旁边?|一带|左右)$")


class RoadSpot(NamedTuple):
    """Key of a road and the chainage in metres on it."""

    road: int
    chainage_m: float


def phrase_of(road: Road, chainage_m: float) -> str:
    """The place in one phrase: the stake, and the nearest junction or site of a name of its own; "" off the map."""
    roads = _roads()
    number = _number(road.pk)
    if roads is None or number is None:
        return ""
    spot = Spot(number, chainage_m, Side.NONE)
    if not places_of(roads, [number], [chainage_m]).found[0]:
        return ""
    landmarks = _landmarks(roads, number, _near(_named(road.pk), chainage_m))
    return write_place(replace(describe(roads, landmarks, spot), road=road.name))


def spot_of(text: str) -> RoadSpot | None:
    """
    Where a stake or a reference point in a text leads to; None where it names none that is known and single.

    A text of several words (清泉路 清泉路与育才街路口) is read as a whole, else by the last that leads somewhere.
    """
    for part in (text, *reversed(text.split()[1:])):
        found = _spot_of(_VAGUE.sub("", part.strip()))
        if found is not None:
            return found
    return None


def _spot_of(text: str) -> RoadSpot | None:
    said = named_place(text)
    roads = _roads()
    if said is None or roads is None:
        return None
    road, place = said
    number = _number(road)
    if number is None:
        return None
    known = _named(road)
    reference = _reference(place, {name for name, _ in known})
    if place.stake is None and not reference:
        return None
    asked = replace(place, road=roads.names[number], reference=reference or place.reference)
    found = find(roads, _landmarks(roads, number, known), asked)
    return RoadSpot(road, found.chainage_m) if found else None


def _roads() -> Roads | None:
    road_map = Locator.current().roads
    return road_map.roads if road_map else None


def _number(road: int) -> int | None:
    """The place of a road among those of the network."""
    road_map = Locator.current().roads
    return road_map.numbers.get(road) if road_map else None


def _named(road: int) -> list[tuple[str, float]]:
    """Reference points of a road with their chainage: its junctions, and the sites along it."""
    crossings = JunctionArm.objects.filter(
        road=road, chainage_m__isnull=False, junction__voided_at__isnull=True
    ).values_list("junction__pk", "chainage_m")
    at = dict(crossings)
    others = (
        JunctionArm.objects.filter(junction__in=at)
        .exclude(road=road)
        .order_by("junction", "road__code")
        .values_list("junction__pk", "road__name")
    )
    sites = (
        Site.objects.live()
        .filter(road=road, chainage_m__isnull=False)
        .order_by("code")
        .values_list("name", "chainage_m")
    )
    known = [(crossing(name), at[junction]) for junction, name in others] + list(sites)
    return [(name, chainage_m) for name, chainage_m in known if chainage_m is not None]


def crossing(road: str) -> str:
    """The reference point where a road crosses: 与清泉路交叉口."""
    return f"与{road}交叉口"


def _near(known: Iterable[tuple[str, float]], chainage_m: float) -> list[tuple[str, float]]:
    """Reference points within reach, and those of the same names wherever they are: a name that comes twice is none."""
    rows = list(known)
    names = {name for name, at in rows if abs(at - chainage_m) <= FAR_M}
    return [(name, at) for name, at in rows if name in names and _says_itself(name)]


def _says_itself(name: str) -> bool:
    """Whether a name is read as a reference point when it stands in a phrase."""
    try:
        RoadPlace("路", reference=name)
    except ValueError:
        return False
    return True


def _landmarks(roads: Roads, number: int, known: list[tuple[str, float]]) -> Landmarks:
    chainage_m = np.array([at for _, at in known], np.float64)
    road = np.full(len(known), number, np.int64)
    place = places_of(roads, road, chainage_m)
    return Landmarks(tuple(name for name, _ in known), road, chainage_m, place.x, place.y)


def _reference(place: RoadPlace, names: set[str]) -> str:
    """The name of the register that is meant: the other road by any of its names, a site by the name it begins with."""
    if place.crossing:
        key = road_names().get(place.crossing, 0)
        other = Road.objects.filter(pk=key).values_list("name", flat=True).first()
        return crossing(other) if other else ""
    begun = [name for name in names if len(name) >= SHORTEST_NAME and place.reference.startswith(name)]
    return max(begun, key=len, default="")

"""Roads by the words that people and files use for them: number, name, 国道105, G105线, 105国道."""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Iterable, Iterator
from functools import lru_cache
from typing import Final

from anlu.engine.roads.stakes import NotAStake
from anlu.engine.roads.wording import NotAPlace, RoadPlace, read_place
from anlu.kernel.core.revisions import token
from anlu.kernel.places.models import Road, RoadLine
from anlu.kernel.places.services import ROADS_REVISION

# First letter of a road's number and the kind that people say (公路法; JTG/T 5210).
KINDS: Final = {"G": "国道", "S": "省道", "X": "县道", "Y": "乡道", "C": "村道", "Z": "专用公路"}
LONGEST_NAME: Final = 16
_NUMBER: Final = re.compile(r"([GSXYCZ])(\d{1,4})")


def spoken_forms(code: str) -> Iterator[str]:
    """The ways in which a numbered road is named; nothing for a road whose code is no such number."""
    match = _NUMBER.fullmatch(code.upper())
    if match is None:
        return
    kind, digits = KINDS[match[1]], match[2]
    for name in (match[0], f"{kind}{digits}", f"{kind}{match[0]}", f"{match[0]}{kind}"):
        yield name
        yield f"{name}线"
    yield f"{digits}{kind}"


def road_names() -> dict[str, int]:
    """
    Key of a road by its number, its name and what stretches of it are called locally.

    A name that several roads have stands for none of them; numbers go before names.
    """
    return _road_names(token(ROADS_REVISION))


@lru_cache(maxsize=1)
def _road_names(state: int) -> dict[str, int]:
    roads = list(Road.objects.live().order_by("code").values_list("pk", "code", "name"))
    stretches = RoadLine.objects.live().exclude(local_name="").values_list("local_name", "road_id")
    names = _unambiguous([*((name, pk) for pk, _, name in roads), *stretches])
    names |= {name: pk for pk, code, _ in roads for name in spoken_forms(code)}
    return names | {code: pk for pk, code, _ in roads}


def _unambiguous(pairs: Iterable[tuple[str, int]]) -> dict[str, int]:
    found: dict[str, set[int]] = {}
    for name, pk in pairs:
        if name:
            found.setdefault(name, set()).add(pk)
    return {name: pks.pop() for name, pks in found.items() if len(pks) == 1}


def read_words(text: str) -> tuple[int, float | None] | None:
    """
    Key of the road and chainage that a place in words names (国道105线K12+345处); None where no known road is named.

    Only a stake gives a chainage; distances from a reference point (桥以北50米) are read by ``phrases.spot_of``.
    """
    said = named_place(text)
    if said is None:
        return None
    road, place = said
    return road, place.stake.chainage_m if place.stake else None


def named_place(text: str) -> tuple[int, RoadPlace] | None:
    """Key of the known road that a place in words names first, and the elements of the place; else None."""
    names = road_names()
    named = set(_known_parts(unicodedata.normalize("NFKC", text), names))
    if not named:
        return None
    try:
        place = read_place(text, roads=named)
    except (NotAPlace, NotAStake, ValueError):
        return None
    if place.road not in names:
        return None
    return names[place.road], place


def named_roads(text: str) -> set[int]:
    """Keys of all roads that a text names: both of 国道105与清泉路交叉口."""
    names = road_names()
    parts = set(_known_parts(unicodedata.normalize("NFKC", text), names))
    longest = [part for part in parts if not any(part != other and part in other for other in parts)]
    return {names[part] for part in longest}


def _known_parts(text: str, names: dict[str, int]) -> Iterator[str]:
    """Names that a text holds; looking up its parts is quicker than looking for thousands of names in it."""
    for begin in range(len(text)):
        for end in range(begin + 2, min(len(text), begin + LONGEST_NAME) + 1):
            if text[begin:end] in names:
                yield text[begin:end]

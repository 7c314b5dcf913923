"""Roads that cross meet: every crossing becomes a vertex of both, and lines are cut there."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from itertools import pairwise

import numpy as np
import shapely

from .courses import Course
from .curves import joined, length_of
from .dice import Floats

Spot = tuple[float, float]


def spot_of(place: Floats) -> Spot:
    """A place to the millimetre, so that it can be looked up."""
    return round(float(place[0]), 3), round(float(place[1]), 3)


def cross(courses: Sequence[Course]) -> set[Spot]:
    """Make every crossing of two courses a vertex of both; gives all crossings."""
    lines = np.array([shapely.linestrings(course.path) for course in courses], object)
    tree = shapely.STRtree(lines)
    first, second = tree.query(lines, predicate="intersects")
    found: dict[int, set[Spot]] = {}
    for i, j in zip(first, second, strict=True):
        if i < j:
            for spot in _points(shapely.intersection(lines[i], lines[j])):
                found.setdefault(int(i), set()).add(spot)
                found.setdefault(int(j), set()).add(spot)
    for number, spots in found.items():
        _put(courses[number], lines[number], spots)
    return set().union(*found.values()) if found else set()


def _points(shape: shapely.Geometry) -> list[Spot]:
    kinds = shapely.get_type_id(shapely.get_parts(shape))
    assert (kinds == 0).all(), f"two roads run on each other: {shape.wkt[:200]}"
    return [spot_of(place) for place in shapely.get_coordinates(shape)]


def _put(course: Course, line: shapely.LineString, spots: Iterable[Spot]) -> None:
    """Insert spots into a course, last first, so that distances along the old line stay right."""
    there = {spot_of(place) for place in course.path}
    new = np.array(sorted(spot for spot in spots if spot not in there)).reshape(-1, 2)
    at_m = shapely.line_locate_point(line, shapely.points(new))
    for row in np.argsort(-at_m, kind="stable"):
        course.insert(new[row], float(at_m[row]))


def cut(path: Floats, nodes: set[Spot]) -> list[Floats]:
    """Pieces of a path between nodes."""
    places = [row for row, place in enumerate(path) if spot_of(place) in nodes]
    bounds = sorted({0, len(path) - 1, *places})
    return [path[first : last + 1] for first, last in pairwise(bounds)]


def trim(course: Course, nodes: set[Spot], stub_m: float) -> None:
    """Drop what a course has beyond its first and its last node, where that is shorter than ``stub_m``."""
    pieces = cut(course.path, nodes)
    while len(pieces) > 1 and length_of(pieces[0]) < stub_m:
        pieces = pieces[1:]
    while len(pieces) > 1 and length_of(pieces[-1]) < stub_m:
        pieces = pieces[:-1]
    course.path = joined(pieces)

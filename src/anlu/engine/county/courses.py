"""Where roads run: a course is one unbroken line of one road, before it is cut at junctions."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass

import numpy as np
import shapely
from shapely.geometry import Polygon

from .curves import joined, measures_of, smooth, swung, thinned
from .dice import Dice, Floats
from .plan import COLUMNS, ROADS, ROWS, STREET_SPANS, RoadPlan, TownPlan

_GRID_TURN = np.radians(-3.5)
_GRID_MIDDLE = np.array([200.0, 6_100.0])
_GRID_SHAKE_M = 28.0
_SWINGS_M = {"1": 35.0, "2": 45.0, "3": 75.0}  # by administrative class
_WAVE_M = 2_600.0


@dataclass
class Course:
    """
    One line of a road in metres about the county's middle.

    ``path`` (n, 2) runs in the direction of the plan.
    """

    road: str
    path: Floats

    def put_vertex(self, place: Floats) -> Floats:
        """Make the place of the path nearest to ``place`` a vertex; gives it. A vertex within 25 m is taken instead."""
        near = np.hypot(*(self.path - place).T)
        if near.min() < 25.0:
            return np.asarray(self.path[int(near.argmin())])
        line = shapely.linestrings(self.path)
        at_m = float(shapely.line_locate_point(line, shapely.points(place)))
        there = shapely.get_coordinates(shapely.line_interpolate_point(line, at_m))[0]
        spot: Floats = np.asarray(np.round(there, 3), np.float64)
        self.insert(spot, at_m)
        return spot

    def insert(self, spot: Floats, at_m: float) -> None:
        """Add a vertex at a distance from the start."""
        row = int(np.searchsorted(measures_of(self.path), at_m))
        self.path = np.insert(self.path, min(max(row, 1), len(self.path) - 1), spot, axis=0)


class Grid:
    """The town's streets: where column ``i`` meets row ``j``, in metres."""

    def __init__(self, dice: Dice) -> None:
        east = np.array([place for _, place in COLUMNS]) * 1000.0
        north = np.array([place for _, place in ROWS]) * 1000.0
        nodes = np.stack(np.meshgrid(east, north, indexing="ij"), axis=-1)
        count = nodes.shape[0] * nodes.shape[1]
        shake = _GRID_SHAKE_M * (dice.shares(2 * count) - 0.5).reshape(nodes.shape)
        turned = (nodes - _GRID_MIDDLE) @ np.array(
            [[np.cos(_GRID_TURN), np.sin(_GRID_TURN)], [-np.sin(_GRID_TURN), np.cos(_GRID_TURN)]]
        )
        self.nodes = np.round(turned + _GRID_MIDDLE + shake, 3)

    def streets(self) -> list[tuple[str, Floats]]:
        """Name and path of each street that is not a main road."""
        found = []
        for i, (name, _) in enumerate(COLUMNS):
            first, last = STREET_SPANS.get(name, (0, len(ROWS) - 1))
            if not name.startswith("("):
                found.append((name, self.nodes[i, first : last + 1]))
        for j, (name, _) in enumerate(ROWS):
            first, last = STREET_SPANS.get(name, (0, len(COLUMNS) - 3))
            if not name.startswith("("):
                found.append((name, self.nodes[first : last + 1, j]))
        return found


class Draughtsman:
    """Draws the planned roads in the order of the plan, so that later ones can begin at earlier ones."""

    def __init__(self, towns: Iterable[TownPlan], outline: Polygon, grid: Grid, seed: int) -> None:
        self.seats = {town.short: np.array([town.east_km, town.north_km]) * 1000.0 for town in towns}
        self.outline, self.grid, self.seed = outline, grid, seed
        self.drawn: list[Course] = []

    def draw_all(self) -> list[Course]:
        """Courses of all planned roads."""
        for plan in ROADS:
            for way in plan.way.split("; ...;"):
                self.drawn.append(
                    self._course(plan, way.strip(), Dice(self.seed, f"course {plan.code} {way}"))
                )
        return self.drawn

    def place(self, token: str) -> Floats:
        """The place that a word of a way means."""
        token = token.strip()
        if token in self.seats:
            return self.seats[token]
        if token.startswith("#"):
            column, row = token[1:].split("/")
            return np.asarray(self.grid.nodes[int(column), int(row)])
        if token.startswith("@"):
            road, near = token[1:].split(" ")
            return self._place_on(road, _kilometres(near))
        return _kilometres(token)

    def _place_on(self, road: str, near: Floats) -> Floats:
        courses = [course for course in self.drawn if course.road == road]
        nearest = min(courses, key=lambda course: float(np.hypot(*(course.path - near).T).min()))
        return nearest.put_vertex(near)

    def _course(self, plan: RoadPlan, way: str, dice: Dice) -> Course:
        runs: list[Floats] = []
        for piece in way.split(";"):
            places = [self.place(token) for token in piece.split("|")]
            runs.append(np.array(places))
        course = Course(
            plan.code, _clipped(_through(runs, dice, _SWINGS_M[plan.administrative_class]), self.outline)
        )
        return course


def _through(runs: list[Floats], dice: Dice, swing_m: float) -> Floats:
    """One path through runs of places; within a run it is straight, between runs it is smooth."""
    ends = [np.array([run[0], run[-1]]) if len(run) > 1 else run for run in runs]
    pieces: list[Floats] = []
    bend: list[Floats] = []
    for run in ends:
        bend.append(run[0])
        if len(run) > 1:
            pieces += _bent(bend, dice, swing_m)
            bend = [run[1]]
    straight = iter([run for run in runs if len(run) > 1])
    if len(bend) > 1 or not pieces:
        pieces += _bent(bend, dice, swing_m)
    return _with_straights(pieces, list(straight))


def _bent(places: list[Floats], dice: Dice, swing_m: float) -> list[Floats]:
    if len(places) < 2:
        return []
    spans = [thinned(swung(span, dice, swing_m, _WAVE_M)) for span in smooth(np.array(places))]
    return [joined(spans)]


def _with_straights(bends: list[Floats], straights: list[Floats]) -> Floats:
    """Bends and straight runs in their order: they fit where the end of one is the start of the next."""
    parts = [*bends, *straights]
    start = next(part for part in parts if not any(np.array_equal(part[0], other[-1]) for other in parts))
    ordered = [start]
    while len(ordered) < len(parts):
        ordered.append(next(part for part in parts if np.array_equal(part[0], ordered[-1][-1])))
    return np.round(joined(ordered), 3)


def _clipped(path: Floats, outline: Polygon) -> Floats:
    """The longest part of the path inside the county."""
    inside = shapely.get_parts(shapely.intersection(shapely.linestrings(path), outline))
    longest = inside[int(np.argmax(shapely.length(inside)))]
    return np.asarray(np.round(shapely.get_coordinates(longest), 3))


def _kilometres(text: str) -> Floats:
    east, north = text.split(",")
    return np.array([float(east), float(north)]) * 1000.0

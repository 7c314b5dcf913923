"""All roads of the county, in metres about its middle: drawn, crossed, measured and cut at junctions."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Sequence
from dataclasses import dataclass

import numpy as np
import shapely
from shapely.geometry import Polygon

from .courses import Course, Draughtsman, Grid
from .curves import length_of, measures_of
from .dice import Dice, Floats
from .lanes import Lane, Lattice, bend, build_lattice, township_roads, village_roads
from .noding import Spot, cross, cut, spot_of, trim
from .plan import NO_SIGNALS, OWNERS, ROAD_KM, ROADS, RoadPlan, TownPlan
from .settlements import Settler, settle
from .streets import town_streets

_ATTACH_M = 950.0  # a lane may begin so often along a main road
_ATTACH_OFF_M = 350.0
_GRID_MARGIN_M = 250.0
_STUB_M = 75.0  # a street does not end so short behind a crossing
_LEGS_FREE = 3  # a lane makes a four-leg junction of a three-leg one, never a five-leg one
_OFF_SEAT_M = 700.0
_BENDS = 1.024  # a lane over its straight pieces


@dataclass
class Drawn:
    """
    One line of one road with everything about it.

    Attributes
    ----------
    path : (n, 2)
        In the direction in which it was surveyed.
    from_m, to_m
        Chainage at its first and last vertex.
    """

    code: str
    name: str
    administrative_class: str
    technical_class: str
    limit_kmh: int
    path: Floats
    from_m: float
    to_m: float
    town_name: str = ""


@dataclass
class Layout:
    """Roads and settlements before they become records."""

    drawn: list[Drawn]
    nodes: set[Spot]
    grid: Grid
    centre: Polygon
    villages: list[list[Floats]]
    no_signals: Spot

    def pieces(self) -> list[tuple[Drawn, Floats, float, float]]:
        """Each line cut at the nodes: the line, the path of the piece, chainage at its ends."""
        found = []
        for line in self.drawn:
            at_m = line.from_m
            sense = 1.0 if line.to_m >= line.from_m else -1.0
            for path in cut(line.path, self.nodes):
                end_m = at_m + sense * length_of(path)
                found.append((line, path, at_m, end_m))
                at_m = end_m
        return found


def lay_out(towns: Sequence[TownPlan], shapes: Sequence[Polygon], outline: Polygon, seed: int) -> Layout:
    """Draw everything, main roads first."""
    grid = Grid(Dice(seed, "grid"))
    centre = Polygon(
        shapely.get_coordinates(shapely.convex_hull(shapely.multipoints(grid.nodes.reshape(-1, 2))))
    )
    draughtsman = Draughtsman(towns, outline, grid, seed)
    main = draughtsman.draw_all()
    streets = [(name, Course(name, path.copy())) for name, path in _streets(towns, main, grid, seed)]
    courses = [*main, *(course for _, course in streets)]
    crossings = cross(courses)
    for _, course in streets:
        trim(course, crossings, _STUB_M)
    nodes = crossings | {spot_of(end) for course in courses for end in course.path[[0, -1]]}
    seats = np.array([(town.east_km, town.north_km) for town in towns if "街道" not in town.name]) * 1000.0
    settler = Settler(
        [course.path for course in courses], seats, centre.buffer(_GRID_MARGIN_M), Dice(seed, "settle")
    )
    villages, hamlets = settle(towns, shapes, settler)
    starts = _lane_starts(main, nodes, seats, centre)
    paths = [course.path for course in courses]
    lattice = build_lattice(
        np.array(sorted(starts)),
        np.vstack([np.array(own) for own in villages]),
        np.array(hamlets),
        paths,
        centre.buffer(-80),
    )
    township = township_roads(lattice, Dice(seed, "township"))
    length_m = sum(length_of(path) for path in paths) + sum(_length(lattice, lane) for lane in township)
    lanes = village_roads(
        lattice, township, (ROAD_KM - length_m / 1000.0) / _BENDS, Dice(seed, "village roads")
    )
    bend(lattice, [*township, *lanes], paths, Dice(seed, "bend"))
    drawn = [
        *_measured_main(main, draughtsman.place),
        *_measured_streets(streets),
        *_measured_lanes(township, lanes),
    ]
    nodes |= {spot_of(lattice.xy[node]) for lane in [*township, *lanes] for node in lane.nodes}
    return Layout(drawn, nodes, grid, centre, villages, spot_of(draughtsman.place(NO_SIGNALS)))


def _streets(
    towns: Sequence[TownPlan], main: Sequence[Course], grid: Grid, seed: int
) -> list[tuple[str, Floats]]:
    found = grid.streets()
    for town in towns:
        if "街道" not in town.name:
            found += town_streets(town, main, Dice(seed, f"streets {town.code}"))
    return found


def _lane_starts(main: Sequence[Course], nodes: set[Spot], seats: Floats, centre: Polygon) -> set[Spot]:
    """Places on main roads outside the streets where lanes may begin."""
    around, known = centre.buffer(100.0), np.array(sorted(nodes))
    found = set()
    for course in main:
        line, length = shapely.linestrings(course.path), length_of(course.path)
        places = shapely.get_coordinates(
            shapely.line_interpolate_point(line, np.arange(400.0, length - 300.0, _ATTACH_M))
        )
        for place in places:
            apart = float(np.hypot(*(known - place).T).min())
            if apart >= _ATTACH_OFF_M and not around.contains(shapely.Point(place)):
                found.add(spot_of(course.put_vertex(place)))
    edge = centre.buffer(-60.0)
    crossings = {
        spot
        for spot, legs in _legs(main).items()
        if spot in nodes
        and legs <= _LEGS_FREE
        and not edge.contains(shapely.Point(spot))
        and np.hypot(*(seats - np.array(spot)).T).min() > _OFF_SEAT_M
    }
    return found | crossings


def _legs(courses: Sequence[Course]) -> Counter[Spot]:
    """How many legs of main roads leave each vertex."""
    found: Counter[Spot] = Counter()
    for course in courses:
        found.update(2 * [spot_of(place) for place in course.path[1:-1]])
        found.update(spot_of(place) for place in course.path[[0, -1]])
    return found


def _length(lattice: Lattice, lane: Lane) -> float:
    return float(lattice.length_m[lattice.edges_of(lane.nodes)].sum())


# ------------------------------------------------------------ chainage


def _measured_main(courses: Sequence[Course], place: Callable[[str], Floats]) -> list[Drawn]:
    by_road: dict[str, list[Course]] = {}
    for course in courses:
        by_road.setdefault(course.road, []).append(course)
    drawn = []
    for plan in ROADS:
        for course, start_m in zip(by_road[plan.code], _starts(plan, by_road, place), strict=True):
            end_m = start_m + (-1 if plan.falls else 1) * length_of(course.path)
            path, ends = course.path, (start_m, end_m)
            if plan.drawn_back:
                path, ends = path[::-1], ends[::-1]
            drawn.append(
                Drawn(
                    plan.code,
                    plan.name,
                    plan.administrative_class,
                    plan.technical_class,
                    plan.limit_kmh,
                    path,
                    *ends,
                    town_name=plan.town_name,
                )
            )
    return drawn


def _starts(plan: RoadPlan, by_road: dict[str, list[Course]], place: Callable[[str], Floats]) -> list[float]:
    """
    Chainage at the first vertex of each course of a road, by its anchor.

    A gap is as long as the road that it runs on.
    """
    courses = by_road[plan.code]
    along, here = [], 0.0
    for number, course in enumerate(courses):
        if number:
            here += _beside(courses[number - 1].path[-1], course.path[0], by_road["G105"])
        along.append(here)
        here += length_of(course.path)
    sense = -1.0 if plan.falls else 1.0
    anchored = _anchored(place(plan.anchor), courses, along) if plan.anchor else 0.0
    return [plan.anchor_m + sense * (start - anchored) for start in along]


def _beside(start: Floats, end: Floats, courses: Sequence[Course]) -> float:
    line = shapely.linestrings(courses[0].path)
    places = shapely.line_locate_point(line, shapely.points(np.array([start, end])))
    return float(abs(places[1] - places[0]))


def _anchored(place: Floats, courses: Sequence[Course], along: Sequence[float]) -> float:
    """How far along the whole road its anchor lies."""
    gaps = [np.hypot(*(course.path - place).T) for course in courses]
    number = int(np.argmin([gap.min() for gap in gaps]))
    return along[number] + float(measures_of(courses[number].path)[int(gaps[number].argmin())])


def _measured_streets(streets: Sequence[tuple[str, Course]]) -> list[Drawn]:
    return [
        Drawn(f"J{number:03d}", name, "", "22", 50, course.path, 0.0, length_of(course.path))
        for number, (name, course) in enumerate(streets, 1)
    ]


def _measured_lanes(township: Sequence[Lane], lanes: Sequence[Lane]) -> list[Drawn]:
    drawn = []
    for letter, word, rank, technical, limit, some in (
        ("Y", "乡道", "4", "14", 50, township),
        ("C", "村道", "5", "19", 30, lanes),
    ):
        for number, lane in enumerate(some, 1):
            assert lane.path is not None
            code = f"{letter}{number:03d}"
            drawn.append(
                Drawn(code, f"{word}{code}", rank, technical, limit, lane.path, 0.0, length_of(lane.path))
            )
    return drawn


def owner_of(drawn: Drawn, town: str, village: str) -> str:
    """Who keeps the road."""
    if drawn.administrative_class == "4":
        return f"{town}人民政府"
    if drawn.administrative_class == "5":
        return f"{village}村民委员会"
    return OWNERS[drawn.administrative_class]

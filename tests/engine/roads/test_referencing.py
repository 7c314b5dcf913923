"""Points to road and chainage, and back: with gaps, forks, reversed lines and repeated stakes."""

from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np
import pyogrio
import pytest
import shapely
from hypothesis import given
from hypothesis import strategies as st

from anlu.engine.roads.network import Floats, build_network, points_along
from anlu.engine.roads.referencing import (
    Located,
    Roads,
    locate,
    places_of,
    reference_roads,
    side_codes,
    side_words,
)
from anlu.engine.roads.stakes import Side, format_stake, parse_stake


def roads_of(lines: Any, names: Any = None, **options: Any) -> Roads:
    shapes = [shapely.LineString(line) for line in lines]
    return reference_roads(build_network(shapes), names or ["G105"] * len(shapes), **options)


def chainage_at(roads: Roads, x: float, y: float) -> float:
    return float(locate(roads, [x], [y]).chainage_m[0])


def place_at(roads: Roads, chainage_m: float, **options: Any) -> tuple[float, float]:
    place = places_of(roads, [0], [chainage_m], **options)
    return float(place.x[0]), float(place.y[0])


# ------------------------------------------------------------ without stakes


def test_chainage_runs_from_the_first_vertex_of_the_first_line() -> None:
    roads = roads_of([[(0, 0), (100, 0)], [(100, 0), (100, 50)]])
    assert chainage_at(roads, 30, 5) == 30.0
    assert chainage_at(roads, 110, 20) == 120.0
    assert place_at(roads, 120.0) == (100.0, 20.0)


def test_a_line_drawn_against_the_road_falls() -> None:
    roads = roads_of([[(0, 0), (100, 0)], [(180, 0), (100, 0)]])
    assert roads.rises.tolist() == [True, False]
    assert chainage_at(roads, 130, 0) == 130.0


def test_a_gap_keeps_its_straight_length_and_its_stakes_lie_on_the_straight() -> None:
    roads = roads_of([[(0, 0), (100, 0)], [(130, 40), (200, 40)]])
    assert chainage_at(roads, 150, 40) == 170.0
    place = places_of(roads, [0], [125.0])
    assert (place.x[0], place.y[0]) == pytest.approx((115.0, 20.0))
    assert place.in_gap[0]
    assert place.edge[0] == 0


def test_roads_are_told_apart_and_lines_without_a_road_have_none() -> None:
    roads = roads_of([[(0, 0), (100, 0)], [(0, 50), (100, 50)], [(0, 90), (100, 90)]], ["S1", "X2", None])
    found = locate(roads, [10, 20, 30], [1, 52, 91])
    assert roads.names == ("S1", "X2")
    assert found.road.tolist() == [0, 1, -1]
    assert found.chainage_m[:2].tolist() == [10.0, 20.0]
    assert np.isnan(found.chainage_m[2])


def test_a_chainage_that_the_road_does_not_have_has_no_place() -> None:
    roads = roads_of([[(0, 0), (100, 0)]])
    places = places_of(roads, [0, 0, 0, 0, -1], [-0.6, 100.6, np.nan, 50.0, 50.0])
    assert places.edge.tolist() == [-1, -1, -1, 0, -1]


def test_a_rounded_chainage_just_beyond_the_road_is_its_end() -> None:
    roads = roads_of([[(0, 0), (99.6, 0)]])
    assert place_at(roads, 100.0) == (99.6, 0.0)
    assert place_at(roads, -0.5) == (0.0, 0.0)


def test_points_beyond_the_largest_offset_are_not_located() -> None:
    roads = roads_of([[(0, 0), (100, 0)]])
    found = locate(roads, [50, 50], [20, 21], max_offset_m=20)
    assert found.found.tolist() == [True, False]
    assert np.isnan([found.chainage_m[1], found.offset_m[1], found.x[1]]).all()


def test_the_side_of_the_road_is_seen_the_way_stakes_rise() -> None:
    roads = roads_of([[(100, 0), (0, 0)]])  # stakes rise westwards
    found = locate(roads, [50, 50, 50], [10, -10, 0])
    assert side_words(found.roadside) == [Side.RIGHT, Side.LEFT, Side.NONE]


def test_without_roads_nothing_is_located() -> None:
    roads = reference_roads(build_network([]), [])
    assert not locate(roads, [1.0], [1.0]).found.any()


def test_one_value_is_needed_for_each_line() -> None:
    network = build_network([shapely.LineString([(0, 0), (1, 0)])])
    with pytest.raises(ValueError, match="2 road names for 1 lines"):
        reference_roads(network, ["a", "b"])
    with pytest.raises(ValueError, match="one value for each of 1 lines"):
        reference_roads(network, ["a"], stake_start_m=[1.0, 2.0])


# ------------------------------------------------------------ with stakes


def test_a_stake_holds_at_the_first_vertex_of_its_line() -> None:
    roads = roads_of([[(0, 0), (100, 0)], [(100, 0), (200, 0)]], stake_start_m=[5000.0, 5250.0])
    assert chainage_at(roads, 40, 0) == 5040.0
    assert chainage_at(roads, 140, 0) == 5290.0


def test_stakes_that_are_missing_between_two_lines_lie_where_these_meet() -> None:
    roads = roads_of([[(0, 0), (100, 0)], [(100, 0), (200, 0)]], stake_start_m=[5000.0, 5250.0])
    assert place_at(roads, 5180.0) == (100.0, 0.0)


def test_lines_without_a_stake_continue_from_their_neighbours() -> None:
    lines = [[(0, 0), (100, 0)], [(200, 0), (100, 0)], [(-50, 0), (0, 0)], [(230, 0), (300, 0)]]
    roads = roads_of(lines, stake_start_m=[1000.0, np.nan, np.nan, np.nan])
    assert chainage_at(roads, 150, 0) == 1150.0
    assert chainage_at(roads, -20, 0) == 980.0
    assert chainage_at(roads, 250, 0) == 1250.0


def test_a_line_before_the_first_stake_across_a_gap_counts_down() -> None:
    roads = roads_of([[(0, 0), (100, 0)], [(-80, 0), (-30, 0)]], stake_start_m=[1000.0, np.nan])
    assert chainage_at(roads, -40, 0) == 960.0


def test_a_stake_at_the_far_end_tells_that_a_line_was_drawn_backwards() -> None:
    roads = roads_of([[(0, 0), (100, 0)], [(200, 0), (100, 0)]], stake_start_m=[0.0, 200.0])
    assert roads.rises.tolist() == [True, False]
    assert chainage_at(roads, 150, 0) == 150.0


def test_a_road_drawn_wholly_backwards_is_understood() -> None:
    lines = [[(300, 0), (200, 0)], [(200, 0), (100, 0)], [(100, 0), (0, 0)]]
    roads = roads_of(lines, stake_start_m=[300.0, 200.0, 100.0])
    assert not roads.rises.any()
    assert chainage_at(roads, 30, 0) == 30.0


def test_a_single_line_with_a_stake_rises_as_drawn() -> None:
    roads = roads_of([[(300, 0), (0, 0)]], stake_start_m=[5000.0])
    assert chainage_at(roads, 200, 0) == 5100.0


def test_where_stakes_repeat_the_first_line_is_meant_unless_another_is_named() -> None:
    roads = roads_of([[(0, 0), (100, 0)], [(100, 0), (300, 0)]], stake_start_m=[0.0, 80.0])
    assert place_at(roads, 90.0) == (90.0, 0.0)
    assert place_at(roads, 90.0, line=[1]) == (110.0, 0.0)
    assert place_at(roads, 90.0, line=[-1]) == (90.0, 0.0)
    assert place_at(roads, 200.0, line=[0]) == (220.0, 0.0)  # line 0 has no such stake


def test_of_two_lines_drawn_away_from_each_other_the_longer_rises() -> None:
    roads = roads_of([[(0, 0), (-50, 0)], [(0, 0), (80, 0)]], stake_start_m=[1000.0, 1000.0])
    assert roads.rises.tolist() == [False, True]


def test_where_stakes_contradict_each_other_lines_rise_as_drawn() -> None:
    lines = [[(0, 0), (100, 0)], [(200, 0), (100, 0)], [(200, 0), (300, 0)]]
    roads = roads_of(lines, stake_start_m=[0.0, 100.0, 200.0])
    assert roads.rises.all()


DIVIDED = [[(0, 0), (1000, 0)], [(1000, 20), (0, 20)]]  # each drawn the way its traffic goes


def test_carriageways_are_known_by_their_stakes() -> None:
    roads = roads_of(DIVIDED, stake_start_m=[0.0, 1000.0])
    found = locate(roads, [300, 300], [1, 19])
    assert found.chainage_m.tolist() == [300.0, 300.0]
    assert side_words(found.side) == [Side.RIGHT, Side.LEFT]


def test_a_stake_of_a_divided_road_is_on_the_carriageway_asked_for() -> None:
    roads = roads_of(DIVIDED[::-1], stake_start_m=[1000.0, 0.0])
    sides = side_codes([Side.RIGHT, Side.LEFT, Side.NONE])
    places = places_of(roads, [0, 0, 0], [300.0] * 3, side=sides)
    assert places.y.tolist() == [0.0, 20.0, 0.0]  # the right one where none is named


def test_both_carriageways_of_many_lines_that_join_at_the_ends() -> None:
    lines = [
        [(0, 0), (200, 0)], [(200, 0), (400, -20)], [(400, -20), (800, -20)], [(800, -20), (1000, 0)],
        [(1000, 0), (800, 20)], [(800, 20), (400, 20)], [(400, 20), (200, 0)], [(1000, 0), (1300, 0)],
    ]  # fmt: skip
    ramp = float(np.hypot(200, 20))
    stakes = [0.0, 200.0, 200 + ramp, 600 + ramp, 600 + 2 * ramp, 600 + ramp, 200 + ramp, 600 + 2 * ramp]
    roads = roads_of(lines, stake_start_m=stakes)
    assert roads.rises.tolist() == [True] * 4 + [False] * 3 + [True]
    assert side_words(roads.side) == [Side.NONE] + [Side.RIGHT] * 3 + [Side.LEFT] * 3 + [Side.NONE]
    assert chainage_at(roads, 600, 20) == pytest.approx(chainage_at(roads, 600, -20))


def test_carriageways_named_in_the_file_are_measured_side_by_side() -> None:
    roads = roads_of(
        [[(0, 0), (400, 0)], [(400, 0), (1000, 0)], [(1000, 20), (300, 20)]],
        side_of_line=[Side.NONE, Side.RIGHT, Side.LEFT],
    )
    assert chainage_at(roads, 700, 19) == 700.0
    assert chainage_at(roads, 700, 1) == 700.0
    assert place_at(roads, 350.0, side=side_codes([Side.LEFT])) == (350.0, 20.0)
    assert place_at(roads, 100.0, side=side_codes([Side.LEFT])) == (100.0, 0.0)  # not divided there


# ------------------------------------------------------------ made roads


@dataclass(frozen=True)
class Made:
    """A winding road cut into lines: as filed, and the true chainage of the first vertex of each."""

    lines: list[Floats]
    stakes_m: list[float]
    path: Any
    start_m: float


@st.composite
def made_roads(draw: st.DrawFn, *, gaps: bool) -> Made:
    """Drawn either way, in any order, some left out; bends are gentle enough for no bend to meet another."""
    turns = draw(st.lists(st.floats(-0.25, 0.25), min_size=4, max_size=24))
    steps = draw(st.lists(st.floats(20, 400), min_size=len(turns), max_size=len(turns)))
    heading = np.clip(np.cumsum(turns), -1.2, 1.2)
    moves = np.array(steps)[:, None] * np.stack([np.cos(heading), np.sin(heading)], axis=1)
    path = np.concatenate([[[0.0, 0.0]], np.cumsum(moves, axis=0)])
    along = np.concatenate([[0.0], np.cumsum(np.hypot(*np.diff(path, axis=0).T))])
    cuts = sorted(draw(st.sets(st.integers(1, len(path) - 2), max_size=8)))
    bounds = [0, *cuts, len(path) - 1]
    kept = [True] * (len(bounds) - 1)
    if gaps:
        kept = draw(st.lists(st.booleans(), min_size=len(kept), max_size=len(kept)).filter(any))
    start_m = float(draw(st.integers(0, 50_000)))
    lines, stakes = [], []
    for row in draw(st.permutations([i for i, keep in enumerate(kept) if keep])):
        line, chainage = path[bounds[row] : bounds[row + 1] + 1], along[bounds[row] : bounds[row + 1] + 1]
        if draw(st.booleans()):
            line, chainage = line[::-1], chainage[::-1]
        lines.append(line)
        stakes.append(start_m + float(chainage[0]))
    return Made(lines, stakes, shapely.LineString(path), start_m)


def random_points(roads: Roads, seed: int, count: int = 200) -> Floats:
    """Points on the lines, evenly by length."""
    rng = np.random.default_rng(seed)
    network = roads.network
    edges = rng.choice(network.edges, count, p=network.lengths / network.lengths.sum())
    return points_along(network, edges, rng.uniform(0, 1, count) * network.lengths[edges])


def metres_apart(found: Located, x: Floats, y: Floats) -> Floats:
    return np.hypot(found.x - x, found.y - y)


def by_rounded_stake(roads: Roads, found: Located, **options: Any) -> Floats:
    """How far off a place is after its stake was written down and looked up."""
    written = [parse_stake(format_stake(value)).chainage_m for value in found.chainage_m]
    back = places_of(roads, found.road, written, **options)
    return metres_apart(found, back.x, back.y)


@given(made_roads(gaps=True), st.integers(0, 9))
def test_there_and_back_without_stakes_is_the_same_place(made: Made, seed: int) -> None:
    roads = roads_of(made.lines)
    found = locate(roads, *random_points(roads, seed).T)
    back = places_of(roads, found.road, found.chainage_m)
    assert metres_apart(found, back.x, back.y).max() < 1e-6
    assert by_rounded_stake(roads, found).max() <= 0.5 + 1e-6


@given(made_roads(gaps=True), st.integers(0, 9))
def test_there_and_back_with_stakes_is_the_same_place(made: Made, seed: int) -> None:
    roads = roads_of(made.lines, stake_start_m=made.stakes_m)
    found = locate(roads, *random_points(roads, seed).T)
    back = places_of(roads, found.road, found.chainage_m)
    assert metres_apart(found, back.x, back.y).max() < 1e-6
    assert by_rounded_stake(roads, found).max() <= 0.5 + 1e-6


@given(made_roads(gaps=False), st.integers(0, 9))
def test_a_whole_road_is_measured_from_one_of_its_ends(made: Made, seed: int) -> None:
    roads = roads_of(made.lines)
    points = random_points(roads, seed)
    expected = shapely.line_locate_point(made.path, shapely.points(points))
    found = locate(roads, *points.T).chainage_m
    forth, back = np.abs(found - expected).max(), np.abs(found - (made.path.length - expected)).max()
    assert min(forth, back) < 1e-6


def tells_its_sense(made: Made) -> bool:
    """One line alone, and two lines drawn away from each other, do not tell which way stakes rise."""
    return len(made.lines) > 2 or len(set(made.stakes_m)) == 2


@given(made_roads(gaps=False).filter(tells_its_sense), st.integers(0, 9))
def test_lines_that_join_get_the_chainage_that_their_stakes_say(made: Made, seed: int) -> None:
    roads = roads_of(made.lines, stake_start_m=made.stakes_m)
    points = random_points(roads, seed)
    expected = made.start_m + shapely.line_locate_point(made.path, shapely.points(points))
    assert locate(roads, *points.T).chainage_m == pytest.approx(expected, abs=1e-6)


@given(made_roads(gaps=False).filter(lambda made: len(made.lines) > 2), st.integers(0, 9), st.data())
def test_some_stakes_are_enough_for_lines_that_join(made: Made, seed: int, data: st.DataObject) -> None:
    """Two neighbours with a stake fix the sense; the rest follows."""
    order = np.argsort(made.stakes_m)
    first = data.draw(st.integers(0, len(order) - 2))
    stakes = np.full(len(order), np.nan)
    whole = shapely.points([line.mean(axis=0) for line in made.lines])
    order = np.argsort(shapely.line_locate_point(made.path, whole))
    for row in order[first : first + 2]:
        stakes[row] = made.stakes_m[row]
    if abs(stakes[order[first]] - stakes[order[first + 1]]) < 1e-9:
        return  # drawn away from each other: two stakes at one point say nothing of the sense
    roads = roads_of(made.lines, stake_start_m=stakes)
    points = random_points(roads, seed)
    expected = made.start_m + shapely.line_locate_point(made.path, shapely.points(points))
    assert locate(roads, *points.T).chainage_m == pytest.approx(expected, abs=1e-6)


@given(made_roads(gaps=False), st.floats(8, 30), st.integers(0, 9), st.booleans())
def test_there_and_back_on_a_divided_road_needs_only_the_side(
    made: Made, apart_m: float, seed: int, swapped: bool
) -> None:
    """The left carriageway is drawn against the stakes and carries those of the right one beside it."""
    right = made.path
    apart_m = min(apart_m, right.length / 10)
    left = shapely.LineString(shapely.offset_curve(right, apart_m, join_style="mitre")).reverse()
    stakes = [made.start_m, made.start_m + right.length]
    lines = [right.coords, left.coords]
    if swapped:
        lines, stakes = lines[::-1], stakes[::-1]
    roads = roads_of(lines, stake_start_m=stakes)
    assert sorted(side_words(roads.side)) == sorted([Side.LEFT, Side.RIGHT])
    found = locate(roads, *random_points(roads, seed).T)
    back = places_of(roads, found.road, found.chainage_m, side=found.side)
    assert metres_apart(found, back.x, back.y).max() < 1e-6
    assert by_rounded_stake(roads, found, side=found.side).max() <= 0.5 + 1e-6


@given(made_roads(gaps=True), st.data())
def test_there_and_back_through_repeated_stakes_needs_only_the_line(made: Made, data: st.DataObject) -> None:
    """Whatever the stakes say, even nonsense, the line and the chainage together name one place."""
    count = len(made.lines)
    stakes = data.draw(
        st.lists(st.one_of(st.just(np.nan), st.floats(-1e4, 1e5)), min_size=count, max_size=count)
    )
    roads = roads_of(made.lines, stake_start_m=stakes)
    found = locate(roads, *random_points(roads, 1).T)
    assert np.isfinite(found.chainage_m).all()
    back = places_of(roads, found.road, found.chainage_m, line=roads.network.line[found.edge])
    assert metres_apart(found, back.x, back.y).max() < 1e-6
    low, high = roads.low_m[found.edge], roads.high_m[found.edge]
    assert ((low - 1e-6 <= found.chainage_m) & (found.chainage_m <= high + 1e-6)).all()


# ------------------------------------------------------------ a real county


@pytest.mark.parametrize("column", ["fid_src", "TYPE"])
def test_there_and_back_on_real_streets(shared_data: Path, column: str) -> None:
    """Streets as a road each, and a whole class as one road with thousands of lines, forks and gaps."""
    meta, _, shapes, columns = pyogrio.raw.read(shared_data / "spnetwork_main_network_mtl.gpkg")
    values = columns[list(meta["fields"]).index(column)]
    names = [None if value is None else str(value) for value in values]
    network = build_network(shapely.from_wkb(shapes))
    roads = reference_roads(network, names)
    points = random_points(roads, 5, 20_000)
    points += np.random.default_rng(6).normal(0, 15, points.shape)
    found = locate(roads, *points.T)
    assert found.found.mean() > 0.99
    found = locate(roads, *points[found.found].T)
    back = places_of(roads, found.road, found.chainage_m)
    assert metres_apart(found, back.x, back.y).max() < 1e-6
    assert by_rounded_stake(roads, found).max() <= 0.5 + 1e-6

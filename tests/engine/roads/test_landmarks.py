"""From places to words and back, by way of reference points."""

from typing import Any

import numpy as np
import pytest
import shapely
from hypothesis import given
from hypothesis import strategies as st

from anlu.engine.roads.landmarks import (
    Landmarks,
    Spot,
    describe,
    find,
    joined,
    junctions_of,
    landmarks_on,
)
from anlu.engine.roads.network import build_network
from anlu.engine.roads.referencing import Roads, places_of, reference_roads
from anlu.engine.roads.stakes import Side
from anlu.engine.roads.wording import read_place, write_place


def roads_of(lines: Any, names: Any, **options: Any) -> Roads:
    shapes = [shapely.LineString(line) for line in lines]
    return reference_roads(build_network(shapes), names, **options)


NORTHWARDS = [[(0, 0), (0, 500)], [(0, 500), (0, 3000)]]
CROSSING = [[(-800, 500), (0, 500)], [(0, 500), (900, 500)]]
TOWN = roads_of(NORTHWARDS + CROSSING, ["青临路", "青临路", "东环路", "东环路"])
STAKED = roads_of(NORTHWARDS, ["国道105线"] * 2, stake_start_m=[12_000.0, 12_500.0])


def test_roads_that_meet_give_a_junction_on_each() -> None:
    junctions = junctions_of(TOWN)
    assert junctions.names == ("与东环路交叉口", "与青临路交叉口")
    assert junctions.chainage_m.tolist() == [500.0, 800.0]
    assert (junctions.x.tolist(), junctions.y.tolist()) == ([0.0, 0.0], [500.0, 500.0])


def test_roads_that_do_not_meet_have_no_junction() -> None:
    assert junctions_of(STAKED).names == ()


def test_a_place_is_described_from_the_nearest_junction() -> None:
    place = describe(TOWN, junctions_of(TOWN), Spot(0, 550.3, Side.NONE), roadside=Side.RIGHT)
    assert write_place(place) == "青临路与东环路交叉口以北50米处东侧"
    place = describe(TOWN, junctions_of(TOWN), Spot(1, 700.0, Side.NONE), roadside=Side.LEFT)
    assert write_place(place) == "东环路与青临路交叉口以西100米处北侧"


def test_a_place_at_the_reference_point_has_no_bearing() -> None:
    place = describe(TOWN, junctions_of(TOWN), Spot(0, 500.2, Side.NONE))
    assert write_place(place) == "青临路与东环路交叉口处"


def test_a_nearer_landmark_is_preferred_to_a_junction() -> None:
    bridge = landmarks_on(TOWN, ["东关桥", "远处的学校"], [20.0, 4000.0], [600.0, 4000.0])
    assert bridge.names == ("东关桥",)
    place = describe(TOWN, joined(junctions_of(TOWN), bridge), Spot(0, 580.0, Side.NONE))
    assert write_place(place) == "青临路东关桥以南20米处"


def test_a_road_with_stakes_is_described_by_them() -> None:
    place = describe(STAKED, junctions_of(STAKED), Spot(0, 12_345.4, Side.NONE))
    assert write_place(place) == "国道105线K12+345处"


def test_a_place_far_from_all_reference_points_has_none() -> None:
    place = describe(TOWN, junctions_of(TOWN), Spot(0, 2900.0, Side.NONE), within_m=100.0)
    assert write_place(place) == "青临路"


def test_a_name_that_occurs_twice_is_no_reference_point() -> None:
    twice = landmarks_on(TOWN, ["小桥", "小桥"], [0.0, 0.0], [700.0, 2000.0])
    assert describe(TOWN, twice, Spot(0, 710.0, Side.NONE)).reference == ""
    assert find(TOWN, twice, read_place("青临路小桥处", roads=TOWN.names)) is None


@pytest.mark.parametrize(
    ("text", "chainage_m", "side"),
    [
        ("国道105线K12+345处", 12_345.0, Side.NONE),
        ("国道105线K12+345左处", 12_345.0, Side.LEFT),
        ("国道105线K12+345处上行方向", 12_345.0, Side.RIGHT),
        ("国道105线K12+345处左幅", 12_345.0, Side.LEFT),
    ],
)
def test_words_with_a_stake_lead_to_it(text: str, chainage_m: float, side: Side) -> None:
    place = read_place(text, roads=STAKED.names)
    assert find(STAKED, junctions_of(STAKED), place) == Spot(0, chainage_m, side)


@pytest.mark.parametrize("text", ["国道105线K99+000处", "省道1线K1+000处", "国道105线东关桥处", "国道105线"])
def test_words_that_lead_nowhere_find_nothing(text: str) -> None:
    place = read_place(text, roads=["国道105线", "省道1线"])
    assert find(STAKED, junctions_of(STAKED), place) is None


def test_a_bearing_that_leaves_the_road_takes_the_way_that_fits_best() -> None:
    place = read_place("青临路与东环路交叉口以东北50米处", roads=TOWN.names)
    assert find(TOWN, junctions_of(TOWN), place) == Spot(0, 550.0, Side.NONE)


@st.composite
def winding_roads(draw: st.DrawFn) -> tuple[Roads, Landmarks]:
    """A road with bends and landmarks on it, with or without stakes."""
    turns = np.array(draw(st.lists(st.floats(-1.2, 1.2), min_size=3, max_size=10)))
    steps = np.array(draw(st.lists(st.floats(50, 600), min_size=len(turns), max_size=len(turns))))
    heading = np.cumsum(turns)
    path = np.cumsum(steps[:, None] * np.stack([np.cos(heading), np.sin(heading)], axis=1), axis=0)
    stake = draw(st.sampled_from([np.nan, 0.0, 12_345.0]))
    roads = roads_of([path], ["青临路"], stake_start_m=[stake])
    share = np.array(draw(st.lists(st.floats(0, 1), min_size=1, max_size=4)))
    at_m = roads.low_m[0] + share * (roads.high_m[0] - roads.low_m[0])
    places = places_of(roads, np.zeros(len(at_m), int), at_m)
    names = tuple(f"{i}号桥" for i in range(len(at_m)))
    return roads, Landmarks(names, np.zeros(len(at_m), np.int64), at_m, places.x, places.y)


@given(winding_roads(), st.floats(0, 1), st.sampled_from(Side))
def test_words_lead_back_to_the_place_they_describe(
    made: tuple[Roads, Landmarks], share: float, roadside: Side
) -> None:
    roads, landmarks = made
    spot = Spot(0, float(roads.low_m[0] + share * (roads.high_m[0] - roads.low_m[0])), Side.NONE)
    text = write_place(describe(roads, landmarks, spot, roadside=roadside))
    place = read_place(text, roads=roads.names)
    found = find(roads, landmarks, place)
    if place.stake is None and not place.reference:
        return  # hairpins: no reference point leads back without doubt
    assert found is not None
    assert abs(found.chainage_m - spot.chainage_m) <= 0.5 + 1e-6
    assert bool(place.roadside) == bool(roadside)

"""Stretches of road between stakes."""

from itertools import pairwise
from typing import Any

import numpy as np
import pytest
import shapely
from hypothesis import given
from hypothesis import strategies as st

from anlu.engine.roads.network import build_network
from anlu.engine.roads.referencing import Roads, reference_roads
from anlu.engine.roads.segments import lines_between, stretches_of
from anlu.engine.roads.stakes import Side


def roads_of(lines: Any, names: Any = None, **options: Any) -> Roads:
    shapes = [shapely.LineString(line) for line in lines]
    return reference_roads(build_network(shapes), names or ["G105"] * len(shapes), **options)


def test_a_road_is_cut_at_round_stakes() -> None:
    stretches = stretches_of(roads_of([[(0, 0), (2500, 0)]], stake_start_m=[700.0]))
    assert stretches.labels() == ["K0+700—K1+000", "K1+000—K2+000", "K2+000—K3+000", "K3+000—K3+200"]
    assert stretches.line_m.tolist() == [300.0, 1000.0, 1000.0, 200.0]


def test_a_stretch_without_a_line_is_left_out() -> None:
    roads = roads_of([[(0, 0), (100, 0)], [(5000, 0), (5100, 0)]])
    assert stretches_of(roads).begin_m.tolist() == [0.0, 5000.0]


def test_both_carriageways_of_a_divided_road_count() -> None:
    roads = roads_of([[(0, 0), (1000, 0)], [(1000, 20), (0, 20)]], stake_start_m=[0.0, 1000.0])
    assert stretches_of(roads).line_m.tolist() == [2000.0]


def test_a_chainage_finds_its_stretch() -> None:
    lines = [[(0, 0), (2000, 0)], [(0, 90), (700, 90)]]
    stretches = stretches_of(roads_of(lines, ["S1", "X2"]))
    found = stretches.find([0, 0, 0, 0, 1, 1, -1, 0], [0.0, 999.0, 1000.0, 2000.0, 700.0, 701.0, 5.0, np.nan])
    assert found.tolist() == [0, 0, 1, 1, 2, -1, -1, -1]


def test_without_roads_there_is_no_stretch() -> None:
    stretches = stretches_of(reference_roads(build_network([]), []))
    assert stretches.find([0], [5.0]).tolist() == [-1]


@pytest.mark.parametrize("length_m", [0.0, -5.0, np.inf, np.nan])
def test_a_stretch_needs_a_length(length_m: float) -> None:
    with pytest.raises(ValueError, match="length_m must be positive"):
        stretches_of(roads_of([[(0, 0), (1, 0)]]), length_m)


@given(st.lists(st.floats(1, 5000), min_size=1, max_size=6), st.floats(10, 3000), st.floats(-2000, 9e4))
def test_stretches_add_up_to_the_road_and_hold_every_chainage(
    steps: list[float], length_m: float, start_m: float
) -> None:
    x = np.concatenate([[0.0], np.cumsum(steps)])
    lines = [[(a, 0), (b, 0)] for a, b in pairwise(x)]
    roads = roads_of(lines, stake_start_m=start_m + x[:-1])
    stretches = stretches_of(roads, length_m)
    assert stretches.line_m.sum() == pytest.approx(x[-1], abs=0.1)
    at_m = start_m + np.linspace(0.02, 0.98, 50) * x[-1]
    found = stretches.find(np.zeros(50, int), at_m)
    assert ((stretches.begin_m[found] <= at_m) & (at_m <= stretches.end_m[found])).all()
    assert (stretches.end_m - stretches.begin_m <= length_m + 1e-6).all()


def test_lines_between_two_stakes_are_cut_out_in_the_direction_of_the_stakes() -> None:
    roads = roads_of([[(0, 0), (100, 0), (100, 50)], [(100, 150), (100, 50)]])
    cut = lines_between(roads, 0, 80.0, 200.0)
    assert [list(line.coords) for line in cut.geoms] == [
        [(80.0, 0.0), (100.0, 0.0), (100.0, 50.0)],
        [(100.0, 50.0), (100.0, 100.0)],
    ]
    assert cut.length == 120.0


def test_lines_of_one_carriageway_are_cut_out_on_request() -> None:
    roads = roads_of([[(0, 0), (1000, 0)], [(1000, 20), (0, 20)]], stake_start_m=[0.0, 1000.0])
    assert lines_between(roads, 0, 100.0, 300.0).length == 400.0
    left = lines_between(roads, 0, 100.0, 300.0, side=Side.LEFT)
    assert [list(line.coords) for line in left.geoms] == [[(100.0, 20.0), (300.0, 20.0)]]


def test_where_the_road_has_no_such_stakes_nothing_is_cut_out() -> None:
    roads = roads_of([[(0, 0), (100, 0)]])
    assert lines_between(roads, 0, 200.0, 300.0).is_empty
    with pytest.raises(ValueError, match="lies above"):
        lines_between(roads, 0, 2.0, 1.0)

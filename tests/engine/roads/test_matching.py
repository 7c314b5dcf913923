"""Points onto roads: the nearest one, always, and the same one every time."""

from pathlib import Path

import numpy as np
import pyogrio
import pytest
import shapely
from hypothesis import given
from hypothesis import strategies as st

from anlu.engine.roads.matching import build_grid, snap
from anlu.engine.roads.network import build_network, edge_lines, points_along

coordinate = st.one_of(st.integers(0, 10).map(float), st.floats(-50, 150))
point = st.tuples(coordinate, coordinate)
lines_anywhere = st.lists(st.lists(point, min_size=2, max_size=5), min_size=1, max_size=12)


@given(lines_anywhere, st.lists(point, min_size=1, max_size=20), st.floats(-1e6, 1e6))
def test_no_edge_is_nearer_than_the_one_found(
    lines: list[list[tuple[float, float]]], points: list[tuple[float, float]], shift: float
) -> None:
    network = build_network([shapely.LineString(np.array(line) + shift) for line in lines])
    xy = np.array(points) + shift
    found = snap(network, xy[:, 0], xy[:, 1])
    if not network.edges:
        assert not found.found.any()
        return
    shapes, spots = edge_lines(network), shapely.points(xy)
    distances = shapely.distance(shapes[None, :], spots[:, None])
    assert found.distance_m == pytest.approx(distances.min(axis=1), abs=1e-7)
    assert shapely.distance(shapes[found.edge], spots) == pytest.approx(found.distance_m, abs=1e-7)
    on_edge = points_along(network, found.edge, found.offset_m)
    assert np.allclose(on_edge, np.stack([found.x, found.y], axis=1), rtol=0, atol=1e-7)
    assert np.hypot(found.x - xy[:, 0], found.y - xy[:, 1]) == pytest.approx(found.distance_m, abs=1e-7)


def test_a_point_as_near_to_several_edges_goes_to_the_first() -> None:
    star = [shapely.LineString([(0, 0), (np.cos(a), np.sin(a))]) for a in np.linspace(0, 6, 9)]
    network = build_network(star)
    found = snap(network, [0.0], [0.0])
    assert (found.edge[0], found.offset_m[0], found.distance_m[0]) == (0, 0.0, 0.0)
    turned = build_network([shapely.LineString(line.coords[::-1]) for line in star])
    found = snap(turned, [0.0], [0.0])
    assert (found.edge[0], found.offset_m[0]) == (0, pytest.approx(1.0))


def test_of_two_equal_streets_the_first_is_taken_whatever_the_order_of_points() -> None:
    network = build_network([shapely.LineString([(0, 0), (100, 0)])] * 2)
    x = np.linspace(-5, 105, 50_001)
    forwards, backwards = snap(network, x, np.full_like(x, 3.0)), snap(network, x[::-1], np.full_like(x, 3.0))
    assert (forwards.edge == 0).all()
    assert (forwards.offset_m == backwards.offset_m[::-1]).all()


def test_points_too_far_away_are_not_placed() -> None:
    network = build_network([shapely.LineString([(0, 0), (100, 0)])])
    found = snap(network, [50, 50, 50], [10, 10.001, 9], max_distance_m=10)
    assert found.edge.tolist() == [0, -1, 0]
    assert np.isnan([found.offset_m[1], found.distance_m[1], found.x[1], found.y[1]]).all()


def test_points_without_coordinates_are_not_placed() -> None:
    network = build_network([shapely.LineString([(0, 0), (100, 0)])])
    assert snap(network, [np.nan, 1, np.inf], [0, np.nan, 0]).edge.tolist() == [-1, -1, -1]


def test_without_roads_nothing_is_placed() -> None:
    assert snap(build_network([]), [1.0, 2.0], [1.0, 2.0]).edge.tolist() == [-1, -1]


def test_a_grid_made_once_gives_the_same_answer() -> None:
    network = build_network([shapely.LineString([(i, 0), (i, 50)]) for i in range(30)])
    x, y = np.random.default_rng(1).uniform(-20, 60, (2, 500))
    once, again = snap(network, x, y, grid=build_grid(network)), snap(network, x, y)
    assert (once.edge == again.edge).all()
    assert (once.offset_m == again.offset_m).all()


def test_wrong_arguments_are_refused() -> None:
    network = build_network([shapely.LineString([(0, 0), (100, 0)])])
    with pytest.raises(ValueError, match="differ in length"):
        snap(network, [1.0], [1.0, 2.0])
    with pytest.raises(ValueError, match="max_distance_m must not be negative"):
        snap(network, [1.0], [1.0], max_distance_m=-1)


def test_points_of_a_real_county_go_to_their_nearest_street(shared_data: Path) -> None:
    shapes = shapely.from_wkb(pyogrio.raw.read(shared_data / "spnetwork_main_network_mtl.gpkg")[2])
    network = build_network(shapes)
    low, high = network.coords.min(axis=0) - 5_000, network.coords.max(axis=0) + 5_000
    xy = np.random.default_rng(7).uniform(low, high, (5_000, 2))
    found = snap(network, xy[:, 0], xy[:, 1])
    (rows, _), distances = shapely.STRtree(shapes).query_nearest(shapely.points(xy), return_distance=True)
    expected = np.full(len(xy), np.inf)
    np.minimum.at(expected, rows, distances)
    assert found.distance_m == pytest.approx(expected, abs=1e-6)

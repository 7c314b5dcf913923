"""A road network from lines: what is joined, what is kept, what is left out."""

from pathlib import Path
from typing import Any

import numpy as np
import pyogrio
import pytest
import shapely
from hypothesis import given
from hypothesis import strategies as st

from anlu.engine.roads.network import (
    Network,
    build_network,
    directions_along,
    edge_lines,
    points_along,
)

# Corners of a small grid of streets: many shared ends, parallel edges and loops come by themselves.
corners = st.tuples(st.integers(0, 4), st.integers(0, 4)).map(lambda c: (c[0] * 100.0, c[1] * 100.0))
street_lines = st.lists(st.lists(corners, min_size=2, max_size=5), min_size=1, max_size=12)


def network_of(*lines: Any, **options: Any) -> Network:
    return build_network([shapely.LineString(line) for line in lines], **options)


def test_ends_that_meet_become_one_node() -> None:
    network = network_of([(0, 0), (100, 0)], [(100, 0), (100, 50)], [(100, 0), (200, 0)])
    assert (network.edges, network.nodes) == (3, 4)
    assert network.degree.tolist() == [1, 3, 1, 1]
    assert network.lengths.tolist() == [100.0, 50.0, 100.0]
    assert network.component.tolist() == [0, 0, 0, 0]


def test_ends_within_the_tolerance_meet_and_others_do_not() -> None:
    lines = [(0, 0), (100, 0)], [(100.3, 0), (200, 0)]
    assert network_of(*lines, tolerance_m=0.5).nodes == 3
    assert network_of(*lines, tolerance_m=0.2).nodes == 4


def test_lines_are_not_moved_when_their_ends_are_joined() -> None:
    network = network_of([(0, 0), (100, 0)], [(100.3, 0), (200, 0)], tolerance_m=0.5)
    assert network.lengths.sum() == pytest.approx(199.7)
    assert network.node_xy[1].tolist() == [100.0, 0.0]  # the first end in file order names the node


def test_parallel_edges_and_loops_stay() -> None:
    network = network_of(
        [(0, 0), (100, 0)], [(0, 0), (50, 40), (100, 0)], [(100, 0), (130, 20), (130, -20), (100, 0)]
    )
    assert network.edges == 3
    assert network.tail[2] == network.head[2] == 1
    assert network.degree.tolist() == [2, 4]
    at_loop = slice(network.adj_start[1], network.adj_start[2])
    assert network.adj_edge[at_loop].tolist() == [0, 1, 2, 2]
    assert network.adj_forward[at_loop].tolist() == [False, False, True, False]


def test_separate_pieces_have_their_own_component() -> None:
    network = network_of([(0, 0), (1, 0)], [(5, 5), (6, 5)], [(1, 0), (2, 0)])
    assert network.component[network.tail].tolist() == [0, 1, 0]


def test_lines_without_length_are_listed_as_unused() -> None:
    lines = [
        shapely.LineString([(0, 0), (0, 0)]),
        None,
        shapely.LineString(),
        shapely.LineString([(0, 0), (9, 0)]),
    ]
    network = build_network(lines)
    assert network.unused.tolist() == [0, 1, 2]
    assert network.line.tolist() == [3]


def test_a_line_shorter_than_the_tolerance_vanishes_and_its_neighbours_meet() -> None:
    network = network_of([(0, 0), (100, 0)], [(100, 0), (100.4, 0)], [(100.4, 0), (200, 0)], tolerance_m=0.5)
    assert network.line.tolist() == [0, 2]
    assert network.unused.tolist() == [1]
    assert network.head[0] == network.tail[1]


def test_a_network_of_nothing_is_empty() -> None:
    network = build_network([])
    assert (network.edges, network.nodes, len(network.adj_edge)) == (0, 0, 0)
    assert points_along(network, [], []).shape == (0, 2)


def test_every_part_of_a_multi_line_becomes_an_edge_of_that_line() -> None:
    network = build_network([shapely.MultiLineString([[(0, 0), (1, 0)], [(5, 0), (7, 0)]])])
    assert network.line.tolist() == [0, 0]
    assert network.lengths.tolist() == [1.0, 2.0]


def test_heights_are_left_out() -> None:
    network = build_network([shapely.LineString([(0, 0, 10), (3, 4, 99)])])
    assert network.lengths.tolist() == [5.0]


def test_arrays_of_vertices_make_the_same_network_as_geometries() -> None:
    coords = [(0, 0), (3, 4), (3, 4), (9, 4)]
    network = build_network((np.array(coords, float), np.array([0, 2, 4])))
    assert network.lengths.tolist() == [5.0, 6.0]
    assert network.head[0] == network.tail[1]


def test_one_way_streets_keep_their_sense_on_both_of_their_ends() -> None:
    network = network_of([(0, 0), (1, 0)], [(1, 0), (2, 0)], [(2, 0), (3, 0)], oneway=[1, -1, 0])
    open_from = {
        (int(node), int(edge)): bool(may)
        for node, edge, may in zip(
            np.repeat(np.arange(network.nodes), network.degree),
            network.adj_edge,
            network.adj_open,
            strict=True,
        )
    }
    assert open_from == {
        (0, 0): True,
        (1, 0): False,
        (1, 1): False,
        (2, 1): True,
        (2, 2): True,
        (3, 2): True,
    }


def test_without_splitting_a_t_junction_stays_open() -> None:
    lines = [(0, 0), (100, 0)], [(50, 0), (50, 50)]
    assert network_of(*lines).component.max() == 1
    joined = network_of(*lines, split=True)
    assert joined.component.max() == 0
    assert joined.line.tolist() == [0, 0, 1]
    assert joined.line_offset_m.tolist() == [0.0, 50.0, 0.0]


def test_splitting_joins_crossing_lines_only_where_they_share_a_vertex() -> None:
    bridge = network_of([(0, 0), (100, 0)], [(50, -50), (50, 50)], split=True)
    crossing = network_of([(0, 0), (50, 0), (100, 0)], [(50, -50), (50, 0), (50, 50)], split=True)
    assert (bridge.edges, crossing.edges) == (2, 4)
    assert crossing.degree.max() == 4


def test_two_cuts_in_one_straight_piece_keep_their_order() -> None:
    network = network_of([(0, 0), (100, 0)], [(70, 0), (70, 9)], [(30, 0), (30, 9)], split=True)
    assert network.lengths.tolist() == [30.0, 40.0, 30.0, 9.0, 9.0]
    assert network.line_offset_m.tolist() == [0.0, 30.0, 70.0, 0.0, 0.0]


@pytest.mark.parametrize(
    ("lines", "options", "words"),
    [
        ([shapely.Point(0, 0)], {}, "line 0 is a Point"),
        ([shapely.LineString([(0, 0), (np.inf, 1)])], {}, "line 0 has a coordinate that is not finite"),
        ([shapely.LineString([(0, 0), (1, 1)])], {"oneway": [2]}, "oneway must hold"),
        ([shapely.LineString([(0, 0), (1, 1)])], {"oneway": [1, 1]}, "oneway must hold"),
        ([], {"tolerance_m": -1.0}, "tolerance_m must not be negative"),
        ((np.zeros((4, 2)), np.array([0, 3])), {}, "starts must rise"),
    ],
)
def test_what_is_no_network_is_refused_with_its_reason(
    lines: Any, options: dict[str, Any], words: str
) -> None:
    with pytest.raises(ValueError, match=words):
        build_network(lines, **options)


@given(street_lines)
def test_edges_have_the_shape_and_length_of_their_lines(lines: list[list[tuple[float, float]]]) -> None:
    shapes = [shapely.LineString(line) for line in lines]
    network = build_network(shapes)
    for line, shape, length in zip(network.line, edge_lines(network), network.lengths, strict=True):
        assert length == pytest.approx(shapes[line].length)
        assert shape.equals(shapes[line])
    assert set(network.unused) == {i for i, shape in enumerate(shapes) if shape.length == 0}


@given(street_lines, st.floats(0, 1))
def test_offsets_along_an_edge_are_where_shapely_says(
    lines: list[list[tuple[float, float]]], share: float
) -> None:
    network = network_of(*lines)
    edges = np.arange(network.edges)
    points = points_along(network, edges, share * network.lengths)
    expected = shapely.line_interpolate_point(edge_lines(network), share, normalized=True)
    assert np.allclose(points, shapely.get_coordinates(expected).reshape(-1, 2), rtol=0, atol=1e-6)


@given(street_lines)
def test_each_edge_is_entered_once_from_each_end(lines: list[list[tuple[float, float]]]) -> None:
    network = network_of(*lines)
    node = np.repeat(np.arange(network.nodes), network.degree)
    from_node = np.where(network.adj_forward, network.tail[network.adj_edge], network.head[network.adj_edge])
    to_node = np.where(network.adj_forward, network.head[network.adj_edge], network.tail[network.adj_edge])
    assert (node == from_node).all()
    assert (network.adj_node == to_node).all()
    halves = sorted(zip(network.adj_edge.tolist(), network.adj_forward.tolist(), strict=True))
    assert halves == [(edge, way) for edge in range(network.edges) for way in (False, True)]


@given(street_lines)
def test_splitting_changes_no_length_and_leaves_no_end_inside_an_edge(
    lines: list[list[tuple[float, float]]],
) -> None:
    whole, cut = network_of(*lines), network_of(*lines, split=True)
    assert cut.lengths.sum() == pytest.approx(whole.lengths.sum())
    ends = shapely.points(whole.node_xy)
    for shape, length in zip(edge_lines(cut), cut.lengths, strict=True):
        where = shapely.line_locate_point(shape, ends)
        inside = (shapely.distance(shape, ends) < 1e-9) & (where > 0.02) & (where < length - 0.02)
        assert not inside.any()


@given(street_lines, st.randoms(use_true_random=False))
def test_the_order_of_lines_changes_only_the_numbers(
    lines: list[list[tuple[float, float]]], random: Any
) -> None:
    mixed = list(lines)
    random.shuffle(mixed)
    one, other = network_of(*lines), network_of(*mixed)
    assert sorted(map(tuple, one.node_xy)) == sorted(map(tuple, other.node_xy))
    assert sorted(one.degree) == sorted(other.degree)
    assert one.component.max(initial=-1) == other.component.max(initial=-1)


def test_directions_point_along_the_line_as_drawn() -> None:
    network = network_of([(0, 0), (10, 0), (10, 10)])
    assert directions_along(network, [0, 0], [3.0, 12.0]).tolist() == [[1.0, 0.0], [0.0, 1.0]]


def test_the_montreal_network_has_its_published_size(shared_data: Path) -> None:
    shapes = pyogrio.raw.read(shared_data / "spnetwork_mtl_network.gpkg")[2]
    network = build_network(shapely.from_wkb(shapes))
    assert (network.edges, network.nodes, len(network.unused)) == (2945, 1846, 0)
    assert network.lengths.sum() == pytest.approx(318_668.5, abs=0.1)

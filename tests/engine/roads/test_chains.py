"""The order in which the lines of a road join."""

from itertools import pairwise
from typing import Any

import numpy as np
import shapely
from hypothesis import given
from hypothesis import strategies as st

from anlu.engine.roads.chains import Chain, chains_of, end_of, start_of, turned
from anlu.engine.roads.network import Network, build_network

corners = st.tuples(st.integers(0, 4), st.integers(0, 4)).map(lambda c: (c[0] * 100.0, c[1] * 100.0))
any_lines = st.lists(st.lists(corners, min_size=2, max_size=4), min_size=1, max_size=14)


def network_of(*lines: Any) -> Network:
    return build_network([shapely.LineString(line) for line in lines])


def ordered(*lines: Any) -> list[Chain]:
    network = network_of(*lines)
    return chains_of(network, range(network.edges))


def test_lines_follow_each_other_whatever_their_order_in_the_file() -> None:
    chains = ordered([(200, 0), (300, 0)], [(0, 0), (100, 0)], [(100, 0), (200, 0)])
    assert chains == [[(1, True), (2, True), (0, True)]]


def test_a_line_drawn_against_the_road_is_passed_backwards() -> None:
    assert ordered([(0, 0), (100, 0)], [(200, 0), (100, 0)], [(200, 0), (300, 0)]) == [
        [(0, True), (1, False), (2, True)]
    ]


def test_a_road_runs_the_way_that_most_of_it_was_drawn() -> None:
    assert ordered([(100, 0), (0, 0)], [(100, 0), (300, 0)]) == [[(0, False), (1, True)]]
    assert ordered([(300, 0), (100, 0)], [(0, 0), (100, 0)]) == [[(0, True), (1, False)]]


def test_a_road_drawn_evenly_both_ways_runs_as_its_first_line_was_drawn() -> None:
    assert ordered([(100, 0), (0, 0)], [(100, 0), (200, 0)]) == [[(1, False), (0, True)]]


def test_pieces_follow_across_the_shortest_gaps() -> None:
    chains = ordered([(500, 0), (600, 0)], [(0, 0), (100, 0)], [(300, 0), (200, 0)])
    assert chains == [[(1, True)], [(2, False)], [(0, True)]]


def test_many_pieces_follow_from_one_end_to_the_other() -> None:
    lines = [[(i * 100.0, 0), (i * 100.0 + 60, 0)] for i in range(200)]
    random = np.random.default_rng(3)
    order = random.permutation(len(lines))
    chains = ordered(*(lines[i][:: random.choice([1, -1])] for i in order))
    passed = [int(order[edge]) for chain in chains for edge, _ in chain]
    assert passed in (list(range(200)), list(range(199, -1, -1)))


def test_a_ring_road_is_one_chain_from_where_its_first_line_begins() -> None:
    chains = ordered([(0, 0), (100, 0)], [(100, 0), (100, 100)], [(100, 100), (0, 100)], [(0, 100), (0, 0)])
    assert chains == [[(0, True), (1, True), (2, True), (3, True)]]
    assert ordered([(0, 0), (100, 0), (50, 80), (0, 0)]) == [[(0, True)]]


def test_a_spur_comes_after_the_main_line() -> None:
    chains = ordered([(0, 0), (400, 0)], [(400, 0), (400, 50)], [(400, 0), (900, 0)])
    assert chains == [[(0, True), (2, True)], [(1, True)]]


def test_a_roundabout_does_not_break_the_main_line() -> None:
    chains = ordered(
        [(0, 0), (100, 0)], [(100, 0), (120, 25), (140, 0)], [(100, 0), (120, -20), (140, 0)], [(140, 0),
        (300, 0)]
    )  # fmt: skip
    assert chains == [[(0, True), (2, True), (3, True)], [(1, False)]]


def test_where_four_branches_meet_they_go_straight_on() -> None:
    main = [[(-500, 0), (0, 0)], [(0, 0), (500, 0)]]
    cross = [[(0, -90), (0, 0)], [(0, 0), (0, 90)], [(-60, -60), (0, 0)], [(60, 60), (0, 0)]]
    chains = ordered(*main, *cross)
    assert chains[0] == [(0, True), (1, True)]
    assert {frozenset(edge for edge, _ in chain) for chain in chains[1:]} == {
        frozenset({2, 3}),
        frozenset({4, 5}),
    }


@given(any_lines)
def test_every_line_is_passed_once_and_chains_hold_together(lines: list[list[tuple[float, float]]]) -> None:
    network = network_of(*lines)
    if not network.edges:
        return
    chains = chains_of(network, range(network.edges))
    assert sorted(edge for chain in chains for edge, _ in chain) == list(range(network.edges))
    for chain in chains:
        for one, other in pairwise(chain):
            assert end_of(network, [one]).tolist() == start_of(network, [other]).tolist()
        assert end_of(network, turned(chain)).tolist() == start_of(network, chain).tolist()


@given(any_lines, st.randoms(use_true_random=False))
def test_the_order_is_the_same_every_time(lines: list[list[tuple[float, float]]], random: Any) -> None:
    network = network_of(*lines)
    if network.edges:
        edges = list(range(network.edges))
        random.shuffle(edges)
        assert chains_of(network, edges) == chains_of(network, range(network.edges))

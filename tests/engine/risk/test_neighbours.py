"""All pairs of places within a distance of each other along the network, against every pair by shortest paths."""

import numpy as np
import shapely
from hypothesis import given, settings
from hypothesis import strategies as st

from anlu.engine.risk.neighbours import places_within
from anlu.engine.risk.positions import on_edges
from anlu.engine.roads.network import build_network
from tests.engine.risk.brute_force import distance
from tests.engine.risk.random_roads import Case, arrays, cases


@settings(deadline=None, max_examples=60)
@given(cases(), st.sampled_from([60.0, 250.0, 1000.0]))
def test_every_pair_nearer_than_the_radius_is_found_once_at_its_distance(case: Case, radius: float) -> None:
    places = case.crashes + case.samples
    near = places_within(case.network, on_edges(case.network, *arrays(places)), radius)
    between = case.roads.node_distances()
    assert near.start[0] == 0
    assert near.start[-1] == len(near.place) == len(near.distance_m)
    for i, here in enumerate(places):
        found = slice(near.start[i], near.start[i + 1])
        at = dict(zip(near.place[found].tolist(), near.distance_m[found].tolist(), strict=True))
        assert len(at) == near.start[i + 1] - near.start[i]
        for j, there in enumerate(places):
            way = distance(case.roads, between, here, there)
            if way < radius * (1 - 1e-9):
                assert abs(at[j] - way) < 1e-6
            elif way > radius * (1 + 1e-9):
                assert j not in at


def test_room_is_made_for_very_many_pairs() -> None:
    road = build_network([shapely.LineString([(0, 0), (90, 0)])])
    near = places_within(road, on_edges(road, np.zeros(120, np.int64), np.linspace(0.0, 90.0, 120)), 1000.0)
    assert len(near.place) == 120 * 120
    assert (np.sort(near.place.reshape(120, 120), axis=1) == np.arange(120)).all()

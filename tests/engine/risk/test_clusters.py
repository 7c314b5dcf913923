"""Cluster test: candidates equal to the long way, probabilities those of chance, planted clusters found."""

import math

import numpy as np
import pytest
import shapely
from hypothesis import given, settings
from hypothesis import strategies as st
from scipy.stats import false_discovery_control

from anlu.engine.risk.clusters import Cluster, Scan, adjusted, find_clusters, lixel_counts, prepare_scan
from anlu.engine.risk.kfunction import random_positions
from anlu.engine.risk.positions import Positions, on_edges
from anlu.engine.roads.network import Network, build_network
from tests.engine.risk.brute_force import distance
from tests.engine.risk.random_roads import Case, arrays, cases

RADII = (60.0, 150.0)


def grid(side: int) -> Network:
    along = [
        shapely.LineString([(100 * i, 100 * j), (100 * i + 100, 100 * j)])
        for i in range(side)
        for j in range(side)
    ]
    return build_network(
        along + [shapely.LineString([(100 * i, 0), (100 * i, 100 * side - 100)]) for i in range(side)]
    )


def all_candidates(scan: Scan, crashes: Positions) -> list[Cluster]:
    return find_clusters(scan, crashes, simulations=1, level=math.inf, rng=np.random.default_rng(0))


def long_way(
    case: Case, scan: Scan, counts: list[float], expected: list[float]
) -> list[tuple[int, float, set[int]]]:
    """Every circle one by one; the strongest that touches none before it, until none is left."""
    between, lixels, total = case.roads.node_distances(), scan.lixels, sum(counts)
    places = list(zip(lixels.edge.tolist(), lixels.middles.offset_m.tolist(), strict=True))
    circles = []
    for i, centre in enumerate(places):
        way = [distance(case.roads, between, centre, other) for other in places]
        for radius in RADII:
            inside = {j for j, d in enumerate(way) if d < radius * (1 - 1e-11)}
            x, mu = sum(counts[j] for j in inside), sum(expected[j] for j in inside)
            if x >= 2 and x > mu * (1 + 1e-12):
                rest = (total - x) * math.log((total - x) / (total - mu)) if x < total else 0.0
                circles.append((x * math.log(x / mu) + rest, -i, -radius, inside))
    found: list[tuple[int, float, set[int]]] = []
    for _, i, radius, inside in sorted(
        circles, key=lambda c: (math.floor(c[0] * 2**30 + 0.5), *c[1:3]), reverse=True
    ):
        if not any(inside & other for *_, other in found):
            found.append((-i, -radius, inside))
    return found


@settings(max_examples=25)
@given(cases(4), st.booleans())
def test_candidates_are_those_of_the_long_way(case: Case, classes: bool) -> None:
    edges = case.network.edges
    stratum = np.arange(edges) % 2 if classes else None
    baseline = 1.0 + np.arange(edges) % 3
    scan = prepare_scan(
        case.network, lixel_m=40.0, radius_m=RADII, edge_baseline=baseline, edge_stratum=stratum
    )
    crashes = on_edges(case.network, *arrays(case.crashes * 2 + case.samples))
    counts = lixel_counts(scan.lixels, crashes)
    expected = np.zeros(len(counts))
    for s in range(2 if classes and edges > 1 else 1):
        own = scan.stratum == s
        expected[own] = scan.baseline[own] / scan.baseline[own].sum() * counts[own].sum()
    found = all_candidates(scan, crashes)
    wanted = long_way(case, scan, counts.tolist(), expected.tolist())
    strong = [c for c in found if c.strength > 1e-9]
    assert [(c.radius_m, set(c.lixels.tolist())) for c in strong] == [(r, s) for _, r, s in wanted][
        : len(strong)
    ]
    for cluster in strong:
        assert cluster.observed == counts[cluster.lixels].sum()
        assert cluster.expected == pytest.approx(expected[cluster.lixels].sum())


@given(st.lists(st.floats(0.0, 1.0), min_size=1, max_size=20))
def test_probabilities_are_adjusted_as_benjamini_and_hochberg_do(p: list[float]) -> None:
    assert np.allclose(adjusted(np.array(p)), false_discovery_control(p), rtol=1e-12)


def test_crashes_are_counted_on_their_lixel() -> None:
    network = build_network([shapely.LineString([(0, 0), (100, 0)]), shapely.LineString([(0, 9), (40, 9)])])
    scan = prepare_scan(network, lixel_m=50.0)
    crashes = on_edges(network, [0, 0, 0, 1, 1], [0.0, 50.0, 100.0, 0.0, 40.0])
    assert lixel_counts(scan.lixels, crashes).tolist() == [1.0, 2.0, 2.0]


def test_the_probability_is_that_of_all_ways_to_fall() -> None:
    """
    Two roads far apart, four crashes: both circles are the roads themselves. All four on one road happens in two of
    sixteen ways, three or more on one in ten.
    """
    network = build_network([shapely.LineString([(0, y), (50, y)]) for y in (0, 9000)])
    scan = prepare_scan(network, lixel_m=50.0, radius_m=(10.0,))
    options = {"simulations": 20_000, "level": 1.0}
    four = on_edges(network, [0] * 4, [5.0] * 4)
    three = on_edges(network, [0, 0, 0, 1], [5.0] * 4)
    found = [find_clusters(scan, c, rng=np.random.default_rng(1), **options) for c in (four, three)]  # type: ignore[arg-type]
    assert found[0][0].p == pytest.approx(2 / 16, abs=0.01)
    assert found[1][0].p == pytest.approx(10 / 16, abs=0.01)
    assert found[0][0].expected == 2.0


def test_a_network_without_clusters_shows_one_as_rarely_as_promised() -> None:
    network, rng = grid(6), np.random.default_rng(2)
    scan = prepare_scan(network)
    declared = [
        len(find_clusters(scan, random_positions(network, 40, rng), simulations=39, level=0.1, rng=rng)) > 0
        for _ in range(200)
    ]
    assert np.mean(declared) <= 0.1 + 2 * math.sqrt(0.1 * 0.9 / 200)
    assert np.mean(declared) >= 0.02  # and it is a test, not a refusal


def test_planted_clusters_are_found_where_they_are() -> None:
    network, rng = grid(10), np.random.default_rng(3)
    scan = prepare_scan(network)
    noise = random_positions(network, 150, rng)
    edge = np.concatenate([noise.edge, [0] * 12, [60] * 12])
    offset = np.concatenate([noise.offset_m, [50.0] * 24])
    found = find_clusters(scan, on_edges(network, edge, offset), rng=rng)
    assert len(found) == 2
    assert {int(e) for cluster in found for e in scan.lixels.edge[cluster.lixels]} >= {0, 60}
    for cluster in found:
        assert cluster.observed >= 12
        assert cluster.p <= 0.05
        assert cluster.q <= 0.05
    assert not set(found[0].lixels.tolist()) & set(found[1].lixels.tolist())
    assert found[0].strength >= found[1].strength


def test_a_dangerous_class_of_road_is_no_cluster_of_its_own() -> None:
    network = build_network([shapely.LineString([(0, y), (1000, y)]) for y in (0, 9000)])
    edge = np.repeat([0, 1], [60, 6])
    crashes = on_edges(network, edge, np.concatenate([np.linspace(5, 995, 60), np.linspace(5, 995, 6)]))
    alike, apart = (
        prepare_scan(network, edge_stratum=stratum, radius_m=(600.0,)) for stratum in (None, np.array([0, 1]))
    )
    assert find_clusters(alike, crashes, rng=np.random.default_rng(4))
    assert not find_clusters(apart, crashes, rng=np.random.default_rng(4))


def test_no_crashes_give_no_cluster() -> None:
    network = grid(3)
    assert find_clusters(prepare_scan(network), on_edges(network, [], []), rng=np.random.default_rng(0)) == []


@pytest.mark.parametrize(
    ("options", "words"),
    [
        ({"radius_m": ()}, "radius_m"),
        ({"radius_m": (100.0, 50.0)}, "rising"),
        ({"edge_baseline": [1.0]}, "12 numbers"),
        ({"edge_stratum": [-1] * 12}, "12 classes"),
        ({"lixel_m": 0.0}, "length_m"),
    ],
)
def test_a_scan_that_cannot_be_is_refused(options: dict[str, object], words: str) -> None:
    with pytest.raises(ValueError, match=words):
        prepare_scan(grid(3), **options)  # type: ignore[arg-type]


def test_what_cannot_be_judged_is_refused() -> None:
    network = grid(3)
    crash = on_edges(network, [0], [1.0])
    with pytest.raises(ValueError, match="simulations"):
        find_clusters(prepare_scan(network), crash, simulations=0, rng=np.random.default_rng(0))
    nothing = prepare_scan(network, edge_baseline=np.zeros(network.edges))
    with pytest.raises(ValueError, match="baseline is zero"):
        find_clusters(nothing, crash, rng=np.random.default_rng(0))

"""Network K-function: equal to counting all pairs, with the right share of false alarms."""

import numpy as np
import pytest
import shapely
from hypothesis import given
from hypothesis import strategies as st

from anlu.engine.risk import kfunction
from anlu.engine.risk.kfunction import NetworkK, network_k, pairs_nearer, random_positions
from anlu.engine.risk.positions import Positions, on_edges
from anlu.engine.roads.network import Network, build_network
from tests.engine.risk.brute_force import distance
from tests.engine.risk.random_roads import Case, arrays, cases


def straight(length: float) -> Network:
    return build_network([shapely.LineString([(0, 0), (length, 0)])])


def on_line(*at: float) -> Positions:
    return on_edges(straight(1000.0), [0] * len(at), at)


radii = st.lists(st.floats(1.0, 900.0), min_size=1, max_size=4, unique=True).map(sorted)


@given(cases(), radii, st.integers(1, 3))
def test_pairs_are_those_of_the_long_way(case: Case, radius_m: list[float], owners: int) -> None:
    places = case.crashes + case.samples
    owner = np.arange(len(places)) % owners
    positions = on_edges(case.network, *arrays(places))
    found = pairs_nearer(case.network, positions, owner, owners, np.array(radius_m))
    between = case.roads.node_distances()
    expected = np.zeros((owners, len(radius_m)), int)
    for i, a in enumerate(places):
        for j, b in enumerate(places):
            if i != j and owner[i] == owner[j]:
                expected[owner[i]] += distance(case.roads, between, a, b) < np.array(radius_m)
    assert found.tolist() == expected.tolist()


def test_k_is_length_over_pairs_times_pairs_nearer() -> None:
    rng = np.random.default_rng(0)
    found = network_k(straight(1000.0), on_line(100.0, 150.0, 400.0), [50.0, 51.0, 300.0, 301.0], rng=rng)
    assert np.allclose(found.observed, 1000.0 / 6 * np.array([0, 2, 4, 6]))


def test_chance_gives_the_k_of_a_straight_road() -> None:
    """E K(r) on a road of length L is L P(|x - y| < r) = 2 r - r^2 / L for two even places."""
    crashes = random_positions(straight(1000.0), 60, np.random.default_rng(1))
    r = np.array([50.0, 200.0, 500.0])
    found = network_k(straight(1000.0), crashes, r, simulations=999, rng=np.random.default_rng(2))
    assert np.allclose(found.mean, 2 * r - r**2 / 1000.0, rtol=0.01)
    assert (found.low < found.mean).all()
    assert (found.mean < found.high).all()


def test_a_cluster_lies_above_the_envelope_and_even_spacing_below() -> None:
    r = np.array([10.0, 20.0, 40.0])
    close = on_line(*np.linspace(500.0, 530.0, 10), *np.linspace(0.0, 999.0, 10))
    even = on_line(*np.linspace(10.0, 990.0, 40))
    one, other = (network_k(straight(1000.0), c, r, rng=np.random.default_rng(3)) for c in (close, even))
    assert one.clustered
    assert one.p == 1 / 200
    assert (one.observed > one.high).any()
    assert not other.clustered
    assert other.p == 1 / 200
    assert (other.observed < other.low).any()


def test_five_in_a_hundred_chance_patterns_leave_the_envelope() -> None:
    rng = np.random.default_rng(4)
    network, r = straight(1000.0), np.array([20.0, 60.0, 150.0])
    found = [
        network_k(network, random_positions(network, 12, rng), r, simulations=39, rng=rng) for _ in range(400)
    ]
    significant = np.array([k.p <= kfunction.LEVEL for k in found])
    outside = np.array([_leaves(k) for k in found])
    assert (significant == outside).all()
    assert 0.02 <= significant.mean() <= 0.08  # 5 % +- 3 standard deviations


def _leaves(k: NetworkK) -> bool:
    half = 0.5 * (k.high - k.low)
    return bool((abs(k.observed - k.mean)[half > 0] > half[half > 0] * (1 + 1e-12)).any())


def test_a_baseline_of_traffic_explains_what_it_explains() -> None:
    network = build_network(
        [shapely.LineString(line) for line in ([(0, 0), (500, 0)], [(500, 0), (5000, 0)])]
    )
    busy = np.array([99.0, 1.0])
    crashes = random_positions(network, 100, np.random.default_rng(5), busy)
    assert (crashes.edge == 0).mean() == pytest.approx(99 * 500 / (99 * 500 + 4500), abs=0.06)
    r = np.array([50.0, 200.0])
    assert network_k(network, crashes, r, rng=np.random.default_rng(6)).p == 1 / 200
    assert network_k(network, crashes, r, edge_baseline=busy, rng=np.random.default_rng(6)).p > 0.05


def test_simulating_in_turns_changes_nothing(monkeypatch: pytest.MonkeyPatch) -> None:
    r = np.array([50.0, 200.0])
    crashes = on_line(1.0, 30.0, 500.0, 700.0)
    at_once = network_k(straight(1000.0), crashes, r, rng=np.random.default_rng(7))
    monkeypatch.setattr(kfunction, "MOST_PLACES", 100)
    in_turns = network_k(straight(1000.0), crashes, r, rng=np.random.default_rng(7))
    assert in_turns.p == at_once.p
    assert np.array_equal(in_turns.high, at_once.high)


@pytest.mark.parametrize(
    ("crashes", "radius_m", "options", "words"),
    [
        (on_line(1.0), [10.0], {}, "two crashes"),
        (on_line(1.0, 2.0), [0.0], {}, "positive and rising"),
        (on_line(1.0, 2.0), [20.0, 10.0], {}, "positive and rising"),
        (on_line(1.0, 2.0), [np.inf], {}, "positive and rising"),
        (on_line(1.0, 2.0), [10.0], {"simulations": 18}, "19 simulations"),
        (on_line(1.0, 2.0), [10.0], {"edge_baseline": [-1.0]}, "not negative"),
        (on_line(1.0, 2.0), [10.0], {"edge_baseline": [0.0]}, "zero everywhere"),
        (on_line(1.0, 2.0), [10.0], {"edge_baseline": [1.0, 1.0]}, "1 numbers"),
    ],
)
def test_what_cannot_be_judged_is_refused(
    crashes: Positions, radius_m: list[float], options: dict[str, object], words: str
) -> None:
    with pytest.raises(ValueError, match=words):
        network_k(straight(1000.0), crashes, radius_m, rng=np.random.default_rng(0), **options)  # type: ignore[arg-type]

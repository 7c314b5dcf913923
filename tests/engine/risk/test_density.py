"""
Network kernel density: equal to the long way on any small network, linear, and right where input is
degenerate.
"""

import math

import numpy as np
import pytest
import shapely
from hypothesis import given, settings
from hypothesis import strategies as st

from anlu.engine.risk import density, splitting
from anlu.engine.risk.density import METHODS, Method, TooManyWalks, network_density
from anlu.engine.risk.kernels import KERNELS
from anlu.engine.risk.positions import Positions, cut_lixels, on_edges, with_junctions
from anlu.engine.roads.network import Network, build_network
from tests.engine.risk.brute_force import shortest_path_density, wave_density
from tests.engine.risk.random_roads import Case, arrays, cases

kernels = st.sampled_from(sorted(KERNELS))


def placed(case: Case, tolerance_m: float = 0.0) -> tuple[Positions, Positions]:
    crashes = with_junctions(case.network, on_edges(case.network, *arrays(case.crashes)), tolerance_m)
    return crashes, on_edges(case.network, *arrays(case.samples))


def waves_of(case: Case, crashes: Positions, kernel: str, bandwidth: float, continuous: bool) -> np.ndarray:
    total = np.zeros(len(case.samples))
    for edge, offset, node, weight in zip(
        crashes.edge.tolist(), crashes.offset_m.tolist(), crashes.node.tolist(), case.weights, strict=True
    ):
        crash = node if node >= 0 else (edge, offset)
        total += weight * np.array(
            wave_density(case.roads, crash, case.samples, kernel, bandwidth, continuous)
        )
    return total


def close(a: np.ndarray, b: np.ndarray) -> bool:
    """
    Equal but for rounding; a jump of the uniform kernel may fall on either side of a distance equal to b.
    """
    return bool(np.allclose(a, b, rtol=1e-9, atol=1e-12))


@given(cases(), kernels, st.floats(5.0, 3000.0))
def test_simple_density_is_that_of_all_pairs(case: Case, kernel: str, bandwidth: float) -> None:
    crashes, samples = placed(case)
    found = network_density(case.network, crashes, samples, bandwidth, kernel=kernel, weights=case.weights)
    expected = shortest_path_density(case.roads, case.crashes, case.weights, case.samples, kernel, bandwidth)
    assert found.values.shape == (len(case.samples),)
    assert close(found.values, np.array(expected))


@settings(max_examples=40)
@given(cases(5), kernels, st.floats(5.0, 400.0), st.sampled_from([0.0, 1.0, 15.0]), st.booleans())
def test_equal_split_density_is_that_of_all_walks(
    case: Case, kernel: str, bandwidth: float, tolerance: float, continuous: bool
) -> None:
    bandwidth = min(
        bandwidth, 6.0 * float(case.network.lengths.min())
    )  # walks of the long way stay countable
    crashes, samples = placed(case, tolerance)
    method: Method = "continuous" if continuous else "discontinuous"
    found = network_density(
        case.network, crashes, samples, bandwidth, kernel=kernel, weights=case.weights, method=method
    )
    assert found.merged_m == 0.0
    assert close(found.values, waves_of(case, crashes, kernel, bandwidth, continuous))


@given(cases(), kernels, st.sampled_from(METHODS), st.lists(st.floats(20.0, 300.0), min_size=1, max_size=4))
def test_several_bandwidths_at_once_are_each_alone(
    case: Case, kernel: str, method: Method, bandwidths: list[float]
) -> None:
    crashes, samples = placed(case, 1.0)
    together = network_density(
        case.network, crashes, samples, bandwidths, kernel=kernel, weights=case.weights, method=method
    )
    assert together.values.shape == (len(bandwidths), len(samples))
    for row, bandwidth in zip(together.values, bandwidths, strict=True):
        alone = network_density(
            case.network, crashes, samples, bandwidth, kernel=kernel, weights=case.weights, method=method
        )
        assert close(row, alone.values)


@given(cases(), kernels, st.sampled_from(METHODS), st.floats(20.0, 300.0))
def test_weight_columns_at_once_are_each_alone(
    case: Case, kernel: str, method: Method, bandwidth: float
) -> None:
    crashes, samples = placed(case, 1.0)
    columns = np.stack([case.weights, np.ones(len(crashes)), np.arange(len(crashes))], axis=1)
    options = {"kernel": kernel, "method": method}
    together = network_density(case.network, crashes, samples, bandwidth, weights=columns, **options).values
    both = network_density(
        case.network, crashes, samples, [bandwidth, bandwidth / 2], weights=columns, **options
    )
    assert together.shape == (3, len(samples))
    assert both.values.shape == (2, 3, len(samples))
    for c in range(3):
        alone = network_density(case.network, crashes, samples, bandwidth, weights=columns[:, c], **options)
        assert close(together[c], alone.values)
        assert close(both.values[0, c], alone.values)


@given(cases(), kernels, st.sampled_from(METHODS), st.floats(20.0, 500.0))
def test_the_density_of_all_crashes_is_the_sum_of_their_densities(
    case: Case, kernel: str, method: Method, bandwidth: float
) -> None:
    crashes, samples = placed(case, 1.0)
    together = network_density(case.network, crashes, samples, bandwidth, kernel=kernel, method=method)
    alone = sum(
        network_density(case.network, crashes[[i]], samples, bandwidth, kernel=kernel, method=method).values
        for i in range(len(crashes))
    )
    assert np.abs(together.values - alone).max() <= 1e-12 * max(1.0, float(np.abs(alone).max()))


def straight(length: float, parts: int = 1) -> Network:
    step = length / parts
    return build_network([shapely.LineString([(i * step, 0), ((i + 1) * step, 0)]) for i in range(parts)])


@pytest.mark.parametrize("method", METHODS)
@pytest.mark.parametrize("kernel", sorted(KERNELS))
def test_cutting_a_road_into_parts_changes_nothing(kernel: str, method: Method) -> None:
    whole, cut = straight(900.0), straight(900.0, 9)
    at = np.array([13.0, 250.0, 333.0, 880.0])
    x = np.linspace(1.0, 899.0, 50)
    far = [network_density(
        network,
        on_edges(network, *_along(network, at)),
        on_edges(network, *_along(network, x)),
        200.0, kernel=kernel, method=method,
    ).values for network in (whole, cut)]  # fmt: skip
    assert np.allclose(far[0], far[1], rtol=1e-12, atol=1e-15)
    expected = [sum(KERNELS[kernel].value(abs(s - at), 200.0)) for s in x]
    assert np.allclose(far[0], expected, rtol=1e-12)


def _along(network: Network, x: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
    step = 900.0 / network.edges
    edge = np.minimum((x / step).astype(int), network.edges - 1)
    return edge, x - edge * step


@pytest.mark.parametrize("method", METHODS)
def test_a_bandwidth_far_shorter_than_the_road_keeps_its_precision(method: Method) -> None:
    network = straight(100_000.0)
    at = np.array([50_000.0, 50_003.0, 99_990.0])
    samples = on_edges(network, np.zeros(3), np.array([50_001.0, 50_004.0, 99_995.0]))
    found = network_density(network, on_edges(network, np.zeros(3), at), samples, 10.0, method=method)
    expected = [sum(KERNELS["quartic"].value(abs(s - at), 10.0)) for s in samples.offset_m]
    assert np.allclose(found.values, expected, rtol=1e-10)


@pytest.mark.parametrize("kernel", sorted(KERNELS))
def test_a_crash_exactly_a_bandwidth_away_does_not_count(kernel: str) -> None:
    network = build_network([shapely.LineString([(i * 100, 0), (i * 100 + 100, 0)]) for i in range(9)])
    crash, sample = on_edges(network, [0], [50.0]), on_edges(network, [7], [50.0])
    assert network_density(network, crash, sample, 700.0, kernel=kernel).values == [0.0]
    assert network_density(network, crash, sample, 700.001, kernel=kernel).values > 0.0


def test_no_crashes_give_density_zero_and_no_samples_give_none() -> None:
    network = straight(900.0)
    nothing, somewhere = on_edges(network, [], []), on_edges(network, [0], [5.0])
    for method in METHODS:
        assert network_density(network, nothing, somewhere, 50.0, method=method).values.tolist() == [0.0]
        assert network_density(network, somewhere, nothing, 50.0, method=method).values.shape == (0,)


def test_a_junction_crash_does_not_depend_on_the_road_it_was_recorded_on() -> None:
    lines = [[(0, 0), (200, 0)], [(200, 0), (400, 0)], [(200, 0), (200, 300)]]
    network = build_network([shapely.LineString(line) for line in lines])
    samples = on_edges(network, [0, 1, 2], [150.0, 50.0, 50.0])
    for method in METHODS:
        found = [
            network_density(
                network, with_junctions(network, on_edges(network, [e], [t])), samples, 100.0, method=method
            ).values
            for e, t in ((0, 199.5), (1, 0.2), (2, 0.9))
        ]
        assert np.allclose(found[0], found[1], rtol=1e-14)
        assert np.allclose(found[0], found[2], rtol=1e-14)
        share = 1.0 if method == "simple" else 2 / 3
        assert np.allclose(found[0], share * KERNELS["quartic"].value(50.0, 100.0))


def test_a_place_just_beyond_the_junction_tolerance_stays_on_its_road() -> None:
    network = straight(100.0)
    placed = with_junctions(network, on_edges(network, [0] * 4, [1.0, 1.01, 99.0, 98.99]), 1.0)
    assert placed.node.tolist() == [0, -1, 1, -1]
    assert placed.offset_m.tolist() == [0.0, 1.01, 100.0, 98.99]


def test_an_edge_shorter_than_twice_the_tolerance_gives_its_places_to_the_nearer_end() -> None:
    network = straight(1.5)
    placed = with_junctions(network, on_edges(network, [0] * 3, [0.4, 0.75, 0.8]), 1.0)
    assert placed.node.tolist() == [0, 0, 1]


@pytest.mark.parametrize("method", ["discontinuous", "continuous"])
def test_equal_split_conserves_the_crashes_away_from_dead_ends(method: Method) -> None:
    """
    A ring with a chord: no dead end, so that nothing is lost; the sum over short lixels is the number of
    crashes.
    """
    lines = [[(0, 0), (300, 0), (300, 200)], [(300, 200), (0, 200), (0, 0)], [(0, 0), (300, 200)]]
    network = build_network([shapely.LineString(line) for line in lines])
    lixels = cut_lixels(network, 1.0)
    crashes = with_junctions(network, on_edges(network, [0, 1, 2, 2], [0.0, 120.0, 100.0, 30.0]))
    found = network_density(network, crashes, lixels.middles, 450.0, method=method)
    assert (found.values * lixels.length_m).sum() == pytest.approx(4.0, abs=1e-3)


@pytest.mark.parametrize("method", ["discontinuous", "continuous"])
def test_too_many_walks_are_put_into_bins_that_hardly_change_the_density(
    method: Method, monkeypatch: pytest.MonkeyPatch
) -> None:
    rng = np.random.default_rng(3)
    x, y = (
        v.ravel() + rng.uniform(-20, 20, 25) for v in np.meshgrid(np.arange(5) * 100.0, np.arange(5) * 100.0)
    )
    pairs = [(i, i + 1) for i in range(25) if i % 5 < 4] + [(i, i + 5) for i in range(20)]
    network = build_network([shapely.LineString([(x[a], y[a]), (x[b], y[b])]) for a, b in pairs])
    crashes = with_junctions(network, on_edges(network, [3, 17, 20], [30.0, 0.0, 61.0]))
    lixels = cut_lixels(network, 25.0).middles
    exact = network_density(network, crashes, lixels, 600.0, method=method)
    monkeypatch.setattr(density, "MOST_WAVES", 200)
    binned = network_density(network, crashes, lixels, 600.0, method=method)
    assert exact.merged_m == 0.0
    assert binned.merged_m == pytest.approx(600.0 / 4096)
    assert np.abs(binned.values - exact.values).max() < 1e-5 * exact.values.max()


def test_walks_beyond_any_bin_are_refused(monkeypatch: pytest.MonkeyPatch) -> None:
    network = build_network([shapely.LineString([(0, 0), (i, 50), (0, 100)]) for i in range(1, 6)])
    monkeypatch.setattr(density, "MOST_WAVES", splitting.MOST_BINNED)
    monkeypatch.setattr(density, "add_waves", _fail_all)
    crash = on_edges(network, [0], [10.0])
    with pytest.raises(TooManyWalks, match="shorter bandwidth"):
        network_density(network, crash, crash, 1e5, method="continuous")


def _fail_all(_out: object, _near: object, _todo: object, coarse: np.ndarray, *_: object) -> None:
    coarse[:] = math.inf


def test_a_bandwidth_longer_than_the_network_is_right() -> None:
    network = build_network([shapely.LineString(line) for line in ([(0, 0), (100, 0)], [(0, 50), (70, 50)])])
    crashes, samples = on_edges(network, [0, 1], [10.0, 20.0]), on_edges(network, [0, 1], [90.0, 60.0])
    for method in METHODS:
        found = network_density(network, crashes, samples, 1e6, method=method).values
        assert np.allclose(found, KERNELS["quartic"].value([80.0, 40.0], 1e6), rtol=1e-12)


@pytest.mark.parametrize(
    ("wrong", "words"),
    [
        ({"kernel": "cosine"}, "unknown kernel"),
        ({"method": "heat"}, "unknown method"),
        ({"weights": [1.0, 2.0]}, "n = 1"),
        ({"weights": [-1.0]}, "not negative"),
        ({"weights": [math.nan]}, "finite"),
        ({"bandwidth_m": 0.0}, "positive"),
        ({"bandwidth_m": [10.0, math.inf]}, "positive"),
    ],
)
def test_wrong_arguments_are_named(wrong: dict[str, object], words: str) -> None:
    network = straight(100.0)
    place = on_edges(network, [0], [50.0])
    with pytest.raises(ValueError, match=words):
        network_density(network, place, place, **{"bandwidth_m": 50.0, **wrong})  # type: ignore[arg-type]


def test_places_off_their_edge_are_refused() -> None:
    network = straight(100.0)
    with pytest.raises(ValueError, match="beyond the ends"):
        on_edges(network, [0], [100.5])
    with pytest.raises(ValueError, match=r"0\.\.0"):
        on_edges(network, [1], [0.0])


def test_lixels_are_equal_parts_no_longer_than_asked() -> None:
    network = build_network([shapely.LineString([(0, 0), (120, 0)]), shapely.LineString([(0, 9), (100, 9)])])
    lixels = cut_lixels(network, 50.0)
    assert lixels.edge.tolist() == [0, 0, 0, 1, 1]
    assert lixels.length_m.tolist() == [40.0, 40.0, 40.0, 50.0, 50.0]
    assert lixels.middles.offset_m.tolist() == [20.0, 60.0, 100.0, 25.0, 75.0]


@given(cases(), st.sampled_from(METHODS), st.integers(2, 5))
def test_the_number_of_threads_changes_no_bit(case: Case, method: Method, threads: int) -> None:
    crashes, samples = placed(case, 1.0)
    one, many = (
        network_density(case.network, crashes, samples, 150.0, method=method, threads=n).values
        for n in (1, threads)
    )
    assert np.array_equal(one, many)

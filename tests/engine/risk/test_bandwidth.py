"""Bandwidth choice: equal to leaving every crash out by hand; short for tight clusters, long for even crashes."""

import math

import numpy as np
import pytest
import shapely
from hypothesis import given, settings
from hypothesis import strategies as st

from anlu.engine.risk import bandwidth
from anlu.engine.risk.bandwidth import choose_bandwidth
from anlu.engine.risk.density import METHODS, Method, TooManyWalks, network_density
from anlu.engine.risk.kernels import KERNELS
from anlu.engine.risk.kfunction import random_positions
from anlu.engine.risk.positions import Positions, cut_lixels, on_edges, with_junctions
from anlu.engine.roads.network import Network, build_network
from tests.engine.risk.random_roads import Case, arrays, cases


def straight(length: float) -> Network:
    return build_network([shapely.LineString([(0, 0), (length, 0)])])


def by_hand(
    network: Network,
    crashes: Positions,
    weights: np.ndarray,
    b: float,
    shortest: float,
    kernel: str,
    method: Method,
) -> float:
    """Every crash left out in turn; the others' density at its place over what all sums to."""
    lixels = cut_lixels(network, max(shortest / 5, network.lengths.sum() / bandwidth.MOST_LIXELS))
    options = {"kernel": kernel, "method": method}
    everywhere = network_density(network, crashes, lixels.middles, b, weights=weights, **options).values  # type: ignore[arg-type]
    total, found = float(everywhere @ lixels.length_m), 0.0
    for i in range(len(crashes)):
        others = np.arange(len(crashes)) != i
        here = on_edges(network, crashes.edge[[i]], crashes.offset_m[[i]])
        at = network_density(network, crashes[others], here, b, weights=weights[others], **options).values[0]  # type: ignore[arg-type]
        f = at / (total * weights[others].sum() / weights.sum())
        n, length = len(crashes), float(network.lengths.sum())
        found += weights[i] * math.log((1 - 1 / n) * f + 1 / (n * length))
    return found


@settings(max_examples=20)
@given(cases(5), st.sampled_from(sorted(KERNELS)), st.sampled_from(METHODS), st.sampled_from([0.0, 15.0]))
def test_the_likelihood_is_that_of_leaving_each_crash_out(
    case: Case, kernel: str, method: Method, tolerance: float
) -> None:
    longest = 3.9 * float(case.network.lengths.min())
    bandwidths = [30.0, longest, 0.6 * longest]
    places = arrays(case.crashes + case.samples)
    crashes = with_junctions(case.network, on_edges(case.network, *places), tolerance)
    weights = 1.0 + np.arange(len(crashes)) % 3
    found = choose_bandwidth(case.network, crashes, bandwidths, kernel=kernel, method=method, weights=weights)
    expected = [
        by_hand(case.network, crashes, weights, b, min(bandwidths), kernel, method) for b in bandwidths
    ]
    assert np.allclose(found.log_likelihood, expected, rtol=1e-6, atol=1e-6)
    assert found.best_m == bandwidths[int(np.argmax(found.log_likelihood))]


@pytest.mark.parametrize("method", METHODS)
def test_tight_clusters_want_a_short_bandwidth_and_even_crashes_a_long_one(method: Method) -> None:
    network, rng = straight(20_000.0), np.random.default_rng(0)
    centres = rng.uniform(500, 19_500, 12).repeat(20)
    tight = on_edges(network, np.zeros(240, int), centres + rng.uniform(-40, 40, 240))
    even = random_positions(network, 240, rng)
    assert choose_bandwidth(network, tight, method=method).best_m <= 100.0
    assert choose_bandwidth(network, even, method=method).best_m >= 500.0


def test_crashes_without_weight_do_not_count() -> None:
    network = straight(5_000.0)
    crashes = on_edges(network, [0] * 4, [100.0, 130.0, 4_000.0, 4_060.0])
    some = choose_bandwidth(network, crashes, weights=[1.0, 1.0, 0.0, 0.0])
    assert np.array_equal(some.log_likelihood, choose_bandwidth(network, crashes[:2]).log_likelihood)


def test_one_crash_foretells_nothing() -> None:
    network = straight(5_000.0)
    with pytest.raises(ValueError, match="two crashes"):
        choose_bandwidth(network, on_edges(network, [0], [1.0]))


def test_own_waves_beyond_count_are_put_into_bins(monkeypatch: pytest.MonkeyPatch) -> None:
    network = build_network([shapely.LineString([(0, 0), (i, 50), (0, 100)]) for i in range(1, 6)])
    crashes = on_edges(network, [0, 1, 1], [10.0, 20.0, 60.0])
    exact = choose_bandwidth(network, crashes, [300.0], method="continuous")
    monkeypatch.setattr(bandwidth, "MOST_WAVES", 8)
    binned = choose_bandwidth(network, crashes, [300.0], method="continuous")
    assert binned.log_likelihood != exact.log_likelihood
    assert np.allclose(binned.log_likelihood, exact.log_likelihood, rtol=1e-5)


def test_walks_beyond_any_bin_are_refused(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(bandwidth, "add_own_waves", lambda *_: False)
    network = straight(500.0)
    with pytest.raises(TooManyWalks):
        choose_bandwidth(network, on_edges(network, [0, 0], [10.0, 20.0]), [300.0], method="continuous")

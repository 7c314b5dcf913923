"""The three estimators against published values: the network and bicycle crashes of Montreal (reference data)."""

import csv
from pathlib import Path

import numpy as np
import pyogrio
import pytest
import shapely

from anlu.engine.risk.density import METHODS, Method, network_density
from anlu.engine.risk.positions import Positions, on_edges, place_crashes
from anlu.engine.roads.matching import snap
from anlu.engine.roads.network import Network, build_network

BANDWIDTH_M = 300.0


def shapes(path: Path) -> np.ndarray:
    return np.asarray(shapely.from_wkb(pyogrio.raw.read(path, columns=[])[2]))


@pytest.fixture(scope="module")
def montreal(shared_data: Path) -> tuple[Network, Positions, Positions]:
    network = build_network(shapes(shared_data / "spnetwork_mtl_network.gpkg"))
    points = shapely.get_coordinates(shapes(shared_data / "spnetwork_bike_accidents.gpkg"))
    crashes, rows = place_crashes(network, snap(network, points[:, 0], points[:, 1]))
    assert len(rows) == 347
    lixels = shapes(shared_data / "spnetwork_mtl_lixels_200.gpkg")
    middles = shapely.get_coordinates(shapely.line_interpolate_point(lixels, 0.5, normalized=True))
    on_road = snap(network, middles[:, 0], middles[:, 1])
    return network, crashes, on_edges(network, on_road.edge, on_road.offset_m)


def rows_of(path: Path) -> list[dict[str, str]]:
    with path.open() as file:
        return list(csv.DictReader(file))


@pytest.mark.shared_data
@pytest.mark.parametrize("method", METHODS)
def test_single_crashes_have_the_published_density(
    montreal: tuple[Network, Positions, Positions], shared_data: Path, method: Method
) -> None:
    network, crashes, samples = montreal
    rows = rows_of(shared_data / "spnetwork_nkde_single_events_quartic_bw300.csv")
    for event in sorted({int(row["event_row"]) for row in rows}):
        expected = np.zeros(len(samples))
        for row in rows:
            if int(row["event_row"]) == event:
                expected[int(row["lixel_id"]) - 1] = float(row[method])
        found = network_density(network, crashes[[event - 1]], samples, BANDWIDTH_M, method=method)
        assert np.abs(found.values - expected).max() < 1e-6


@pytest.mark.shared_data
def test_all_crashes_together_have_the_published_simple_density(
    montreal: tuple[Network, Positions, Positions], shared_data: Path
) -> None:
    network, crashes, samples = montreal
    rows = rows_of(shared_data / "spnetwork_nkde_reference_mtl_quartic_bw300.csv")
    expected = np.array([float(row["simple"]) for row in rows])
    found = network_density(network, crashes, samples, BANDWIDTH_M).values
    assert np.abs(found - expected).max() < 2e-4 * expected.max()
    lengths = np.array([float(row["length_m"]) for row in rows])
    assert (found * lengths).sum() == pytest.approx(1207.932, abs=0.1)


@pytest.mark.shared_data
@pytest.mark.parametrize(
    ("method", "mass"), [("simple", None), ("discontinuous", 342.688), ("continuous", 343.045)]
)
def test_all_crashes_together_are_the_sum_of_single_ones(
    montreal: tuple[Network, Positions, Positions], shared_data: Path, method: Method, mass: float | None
) -> None:
    network, crashes, samples = montreal
    together = network_density(network, crashes, samples, BANDWIDTH_M, method=method)
    alone = sum(
        network_density(network, crashes[[i]], samples, BANDWIDTH_M, method=method).values
        for i in range(len(crashes))
    )
    assert together.merged_m == 0.0
    assert np.abs(together.values - alone).max() < 1e-12
    if mass is not None:
        rows = rows_of(shared_data / "spnetwork_nkde_reference_mtl_quartic_bw300.csv")
        lengths = np.array([float(row["length_m"]) for row in rows])
        assert (together.values * lengths).sum() == pytest.approx(mass, abs=0.1)

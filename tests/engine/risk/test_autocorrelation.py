"""Gi* and Moran's I: against published values of real crashes, and against the formulas written out."""

import csv
import gzip
import math
from pathlib import Path

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from scipy.stats import norm

from anlu.engine.risk.autocorrelation import hot_spot_z, moran, neighbours_within

values_on_a_line = st.lists(st.integers(0, 20), min_size=4, max_size=12).filter(lambda v: len(set(v)) > 1)


def line(count: int) -> tuple[np.ndarray, np.ndarray]:
    return np.arange(count) * 100.0, np.zeros(count)


def gi_star_written_out(x: list[int], reach: int) -> list[float]:
    n, mean = len(x), sum(x) / len(x)
    s = math.sqrt(sum(v * v for v in x) / n - mean * mean)
    z = []
    for i in range(n):
        near = [j for j in range(n) if abs(i - j) <= reach]
        w = len(near)
        below = s * math.sqrt((n * w - w * w) / (n - 1))
        z.append((sum(x[j] for j in near) - mean * w) / below if below else math.nan)
    return z


@given(values_on_a_line, st.integers(1, 3))
def test_gi_star_is_the_formula_with_the_place_itself_included(x: list[int], reach: int) -> None:
    z = hot_spot_z(x, neighbours_within(*line(len(x)), distance=100.0 * reach))
    assert z == pytest.approx(gi_star_written_out(x, reach), rel=1e-9, abs=1e-9, nan_ok=True)


def test_moran_of_alternating_values_is_minus_one() -> None:
    found = moran([0, 1] * 5, neighbours_within(*line(10), distance=100.0))
    assert found.i == pytest.approx(-1.0)
    assert found.expected == pytest.approx(-1 / 9)
    assert found.z_normal < -2


def test_moran_under_random_orders_has_the_stated_mean_and_spread() -> None:
    rng = np.random.default_rng(3)
    x, weights = rng.gamma(0.5, size=40), neighbours_within(*line(40), distance=200.0)
    found = moran(x, weights)
    shuffled = np.array([moran(rng.permutation(x), weights).i for _ in range(2000)])
    spread = (found.i - found.expected) / found.z_random
    assert shuffled.mean() == pytest.approx(found.expected, abs=4 * spread / math.sqrt(2000))
    assert shuffled.std() == pytest.approx(abs(spread), rel=0.08)


def test_a_place_without_neighbours_counts_nothing() -> None:
    x, y = line(6)
    x[-1] = 1e6
    alone = moran([1, 2, 3, 4, 5, 9], neighbours_within(x, y, 100.0))
    z = np.array([1, 2, 3, 4, 5, 9]) - 4.0
    lag = [z[1], (z[0] + z[2]) / 2, (z[1] + z[3]) / 2, (z[2] + z[4]) / 2, z[3], 0]
    assert alone.i == pytest.approx(6 / 5 * float(z @ lag) / float(z @ z))


@pytest.mark.parametrize("values", [[1, 2, 3], [2, 2, 2, 2, 2], []])
def test_moran_of_too_little_is_refused(values: list[int]) -> None:
    with pytest.raises(ValueError, match="Moran's I needs"):
        moran(values, neighbours_within(*line(len(values)), distance=100.0))


@pytest.mark.parametrize("distance", [0.0, -1.0, math.nan, math.inf])
def test_a_distance_that_is_none_is_refused(distance: float) -> None:
    with pytest.raises(ValueError, match="distance must be positive"):
        neighbours_within([0.0, 1.0], [0.0, 0.0], distance)


@pytest.mark.shared_data
def test_the_published_values_of_hong_kong_come_out(shared_data: Path) -> None:
    with gzip.open(shared_data / "hk_crashes_2014_2019.csv.gz", "rt") as file:
        places = [(row["Grid_E"], row["Grid_N"]) for row in csv.DictReader(file) if row["Grid_E"]]
    east, north = np.array(places, float).T
    used = (east > 800000) & (north > 800000)
    assert used.sum() == 89_828
    cells = np.floor((np.stack([east[used], north[used]], axis=1) - 800000) / 500).astype(int)
    cell, crashes = np.unique(cells, axis=0, return_counts=True)
    weights = neighbours_within(*(cell.T * 500.0), distance=1100.0)
    with (shared_data / "hk_grid500_gistar_reference.csv").open() as file:
        rows = list(csv.DictReader(file))
    expected = {(int(row["cx"]), int(row["cy"])): row for row in rows}
    assert set(expected) == {(int(x), int(y)) for x, y in cell}
    z = hot_spot_z(crashes, weights)
    for (x, y), count, value in zip(cell.tolist(), crashes, z, strict=True):
        reference = expected[x, y]
        assert int(float(reference["value"])) == count
        assert value == pytest.approx(float(reference["gi_star_z"]), abs=1e-6)
    assert (z > norm.ppf(0.995)).sum() == 267
    assert z.max() == pytest.approx(14.676567, abs=1e-6)
    found = moran(crashes, weights)
    assert found.i == pytest.approx(0.52368705, abs=5e-9)
    assert found.expected == pytest.approx(-0.00048828, abs=5e-9)
    assert found.z_normal == pytest.approx(41.624108, abs=1e-6)
    assert found.z_random == pytest.approx(41.774646, abs=1e-6)

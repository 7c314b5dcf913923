"""Cells of a grid, and density in the plane on any points."""

import math

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from anlu.engine.risk.cells import Cells, cells_around
from anlu.engine.risk.planar import planar_density

places = st.lists(st.tuples(st.floats(-900, 900), st.floats(-900, 900)), min_size=1, max_size=30)


def test_corners_are_multiples_of_the_size_and_centres_lie_in_the_hull() -> None:
    cells = cells_around([10, 990, 990, 10], [10, 10, 490, 490], 100.0)
    assert len(cells) == 50
    assert sorted(set(cells.column.tolist())) == list(range(10))
    assert sorted(set(cells.row.tolist())) == list(range(5))
    triangle = cells_around([0, 400, 0], [0, 0, 400], 100.0)
    centres = np.stack(triangle.centres, axis=1)
    assert len(triangle) == 6  # the four on the slope lie with their centre on it, which is not within
    assert (centres.sum(axis=1) < 400).all()


@given(places, st.sampled_from([50.0, 130.0, 400.0]))
def test_a_point_lies_in_the_cell_that_reaches_round_it(xy: list[tuple[float, float]], size: float) -> None:
    x, y = np.array(xy).T
    cells = cells_around(x, y, size)
    for px, py, found in zip(x, y, cells.index_of(x, y), strict=True):
        here = (cells.column == math.floor(px / size)) & (cells.row == math.floor(py / size))
        assert found == (np.flatnonzero(here)[0] if here.any() else -1)


def test_points_without_coordinates_are_in_no_cell() -> None:
    cells = cells_around([0, 300, 300, 0], [0, 0, 300, 300], 100.0)
    assert cells.index_of([50, np.nan, 1e9, -1], [50, 50, 50, 50]).tolist() == [0, -1, -1, -1]
    assert Cells(100.0, np.zeros(0, np.int64), np.zeros(0, np.int64)).index_of([1.0], [1.0]).tolist() == [-1]


def test_crashes_on_one_line_get_the_cells_that_hold_them() -> None:
    cells = cells_around([0, 100, 250], [5, 5, 5], 100.0)
    assert list(zip(cells.column.tolist(), cells.row.tolist(), strict=True)) == [(0, 0), (1, 0), (2, 0)]


@pytest.mark.parametrize(
    ("x", "size", "why"),
    [
        ([1.0], 0.0, "size_m"),
        ([1.0], math.nan, "size_m"),
        ([math.nan], 10.0, "no point"),
        ([0, 1e9], 1.0, "many"),
    ],
)
def test_cells_that_cannot_be_are_refused(x: list[float], size: float, why: str) -> None:
    with pytest.raises(ValueError, match=why):
        cells_around(x, x, size)


@settings(deadline=None)
@given(places, places, st.sampled_from([40.0, 300.0, 5000.0]))
def test_planar_density_is_the_sum_over_all_crashes(
    at: list[tuple[float, float]], crashes: list[tuple[float, float]], bandwidth: float
) -> None:
    points, events = np.array(at), np.array(crashes)
    weights = np.random.default_rng(len(crashes)).random((len(events), 2))
    distance = np.hypot(*(points[:, None] - events[None]).transpose(2, 0, 1))
    left = np.where(distance < bandwidth, 1 - (distance / bandwidth) ** 2, 0.0)
    kernel = 3 / (np.pi * bandwidth**2) * left**2
    found = planar_density(*points.T, *events.T, bandwidth, weights)
    assert np.allclose(found, kernel @ weights, rtol=1e-9, atol=1e-18)
    assert np.allclose(planar_density(*points.T, *events.T, bandwidth), kernel.sum(axis=1), atol=1e-18)


def test_planar_density_over_the_plane_is_the_number_of_crashes() -> None:
    x, y = (v.ravel() for v in np.mgrid[-500:505:5, -500:505:5].astype(float))
    density = planar_density(x, y, [0.0, 31.0, np.nan], [0.0, -17.0, 0.0], 200.0)
    assert density.sum() * 25.0 == pytest.approx(2.0, rel=1e-3)


def test_a_bandwidth_that_is_none_is_refused() -> None:
    with pytest.raises(ValueError, match="bandwidth_m"):
        planar_density([0.0], [0.0], [0.0], [0.0], 0.0)

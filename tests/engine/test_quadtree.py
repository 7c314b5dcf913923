"""Keys of a quad tree, and which cells a ring holds."""

from __future__ import annotations

import numpy as np
import pytest
import shapely
from hypothesis import given
from hypothesis import strategies as st

from anlu.engine.quadtree import key_range, keys_of, runs_of
from anlu.engine.rings import inside

cells = st.integers(0, 2**24 - 1)
ring = st.lists(st.tuples(st.integers(-50, 50), st.integers(-50, 50)), min_size=3, max_size=9, unique=True)


def test_keys_of_the_first_cells_are_those_of_morton() -> None:
    x, y = np.array([0, 1, 0, 1, 2, 3, 7]), np.array([0, 0, 1, 1, 0, 3, 7])
    assert keys_of(x, y).tolist() == [0, 1, 2, 3, 4, 15, 63]


@given(cells, cells, st.integers(0, 24))
def test_a_cell_lies_in_the_range_of_its_tile_and_of_no_other(x: int, y: int, zoom: int) -> None:
    (key,) = keys_of(np.array([x]), np.array([y])).tolist()
    tile_x, tile_y = x >> (24 - zoom), y >> (24 - zoom)
    first, after = key_range(zoom, tile_x, tile_y)
    assert first <= key < after
    if zoom:
        other = key_range(zoom, tile_x ^ 1, tile_y)
        assert not other[0] <= key < other[1]


@pytest.mark.parametrize("tile", [(25, 0, 0), (3, 8, 0), (3, 0, -1), (-1, 0, 0)])
def test_a_tile_that_is_none_has_no_keys(tile: tuple[int, int, int]) -> None:
    with pytest.raises(ValueError, match="no tile"):
        key_range(*tile)


def test_a_cell_beyond_the_world_has_no_key() -> None:
    with pytest.raises(ValueError, match="x must lie"):
        keys_of(np.array([2**24]), np.array([0]))


@given(st.lists(st.integers(0, 6), max_size=40))
def test_runs_hold_every_value_once(values: list[int]) -> None:
    ordered = np.sort(np.array(values, int))
    runs = runs_of(ordered)
    assert runs.lengths.sum() == len(values)
    assert ordered[runs.starts].tolist() == sorted(set(values))
    assert runs.sums(ordered).tolist() == [each * values.count(each) for each in sorted(set(values))]
    assert runs.greatest(ordered).tolist() == sorted(set(values))


@given(ring)
def test_a_ring_holds_the_cells_that_geos_finds_in_it(corners: list[tuple[int, int]]) -> None:
    polygon = shapely.Polygon(corners)
    if not polygon.is_valid:
        return
    x, y = (each.ravel() for each in np.mgrid[-52:53, -52:53])
    points = shapely.points(x, y)
    found = inside(x, y, corners)
    assert not (found & shapely.disjoint(polygon, points)).any()
    assert found[shapely.contains_properly(polygon, points)].all()


@given(st.lists(st.integers(-40, 40), min_size=2, max_size=2, unique=True))
def test_a_cell_on_a_common_side_lies_in_one_of_two_neighbours(ends: list[int]) -> None:
    low, high = sorted(ends)
    x, y = (each.ravel() for each in np.mgrid[-60:60, -60:60])
    left = [(-50, low), (0, low), (5, high), (-50, high)]
    right = [(0, low), (50, low), (50, high), (5, high)]
    both = inside(x, y, [(-50, low), (50, low), (50, high), (-50, high)])
    assert (inside(x, y, left) ^ inside(x, y, right)).tolist() == both.tolist()


def test_a_ring_of_two_corners_is_refused() -> None:
    with pytest.raises(ValueError, match="at least 3"):
        inside(np.array([0]), np.array([0]), [(0, 0), (1, 1)])

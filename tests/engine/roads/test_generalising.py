"""Lines as a map of some scale needs them."""

from __future__ import annotations

import math

import numpy as np
import pytest
import shapely
from hypothesis import given
from hypothesis import strategies as st

from anlu.engine.roads.generalising import generalised, joined, tolerance_deg

WAVE = shapely.LineString([(115 + each / 1000, 36 + math.sin(each / 5) / 2000) for each in range(200)])


def test_a_pixel_of_the_equator_at_zoom_nought() -> None:
    assert tolerance_deg(0, 0) == pytest.approx(0.6 * 360 / 512)
    assert tolerance_deg(10, 60) == pytest.approx(tolerance_deg(10, 0) / 2)
    assert tolerance_deg(11, 36) == pytest.approx(tolerance_deg(10, 36) / 2)


@given(st.integers(4, 16))
def test_no_vertex_moves_further_than_can_be_seen_and_ends_stay(zoom: int) -> None:
    (simple,) = generalised([WAVE], zoom)
    assert shapely.hausdorff_distance(WAVE, simple) <= tolerance_deg(zoom, 36.0)
    assert simple.coords[0] == WAVE.coords[0]
    assert simple.coords[-1] == WAVE.coords[-1]


def test_the_further_away_the_fewer_vertices() -> None:
    numbers = [shapely.get_num_coordinates(generalised([WAVE], zoom)[0]) for zoom in (6, 10, 13, 16)]
    assert numbers == sorted(numbers)
    assert numbers[0] == 2 < numbers[-1]


def test_lines_that_follow_each_other_become_one() -> None:
    parts = [shapely.LineString([(place, 0), (place + 1, 0)]) for place in (2, 0, 1)]
    (whole,) = joined(parts)
    assert list(whole.coords) == [(0, 0), (1, 0), (2, 0), (3, 0)]


def test_lines_that_run_against_each_other_stay_as_they_are() -> None:
    against = [shapely.LineString([(0, 0), (1, 0)]), shapely.LineString([(2, 0), (1, 0)])]
    assert len(joined(against)) == 2


def test_nothing_is_nothing_and_a_negative_zoom_is_refused() -> None:
    assert joined([]) == []
    assert np.array_equal(generalised([], 9), np.empty(0, object))
    with pytest.raises(ValueError, match="zoom"):
        generalised([WAVE], -1)

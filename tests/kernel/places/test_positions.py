"""Positions and the map cells they fall into."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from anlu.kernel.places.models import Area, Located
from anlu.kernel.places.services import position_of
from tests.factories import make_area

WORLD = 2**Located.CELL_ZOOM


def test_the_origin_lies_in_the_middle_of_the_world():
    position = position_of(0.0, 0.0)
    assert position is not None
    assert (position.cell_x, position.cell_y) == (WORLD // 2, WORLD // 2)


@given(st.floats(-180, 180), st.floats(-85, 85))
def test_every_possible_position_has_a_cell_inside_the_world(lon, lat):
    position = position_of(lon, lat)
    assert position is not None
    assert 0 <= position.cell_x < WORLD
    assert 0 <= position.cell_y < WORLD


@given(st.floats(-179, 178), st.floats(-84, 83), st.floats(0.0001, 1))
def test_cells_grow_eastwards_and_southwards(lon, lat, step):
    here, east, north = position_of(lon, lat), position_of(lon + step, lat), position_of(lon, lat + step)
    assert here
    assert east
    assert north
    assert east.cell_x > here.cell_x
    assert north.cell_y < here.cell_y


@pytest.mark.parametrize(
    ("lon", "lat"), [(None, 1.0), (1.0, None), (181.0, 0.0), (0.0, 86.0), (0.0, float("nan"))]
)
def test_an_impossible_position_is_no_position(lon, lat):
    assert position_of(lon, lat) is None


@pytest.mark.django_db
def test_areas_sort_by_pinyin():
    for name in ("云桥镇", "北营镇", "城东街道"):
        make_area(name)
    assert [area.name for area in Area.objects.all()] == ["北营镇", "城东街道", "云桥镇"]

"""Coordinates against published answers, and there and back again."""

import sys

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from anlu.engine import geo

LINQING = (115.70, 36.83)
WEST, SOUTH, EAST, NORTH = geo.CHINA

inside_lon = st.floats(WEST, EAST)
inside_lat = st.floats(SOUTH, NORTH)
any_lon = st.floats(-180, 180)
any_lat = st.floats(-90, 90)
offset_systems = st.sampled_from(["gcj02", "bd09"])
systems = st.sampled_from(geo.SYSTEMS)


def moved(lon: float, lat: float, source: str, target: str) -> tuple[float, float]:
    return geo.convert_point(lon, lat, source=source, target=target)


# --- coordinate systems


@pytest.mark.parametrize(
    ("target", "expected"), [("gcj02", (115.705845, 36.830301)), ("bd09", (115.712312, 36.836373))]
)
def test_a_place_near_linqing_is_where_other_software_puts_it(target, expected):
    assert moved(*LINQING, "wgs84", target) == pytest.approx(expected, abs=1e-6)
    assert moved(*moved(*LINQING, "wgs84", target), target, "wgs84") == pytest.approx(LINQING, abs=1e-9)


@pytest.mark.parametrize(
    ("wgs", "gcj"),
    [  # published test values of the eviltransform project: Shanghai, Shenzhen, Beijing, Denver, Brisbane
        ((121.5272106, 31.1774276), (121.531541859215, 31.17530398364597)),
        ((113.912316, 22.543847), (113.9171764808363, 22.540796131694766)),
        ((116.377817, 39.911954), (116.38404722455657, 39.91334545536069)),
        ((-104.9903, 39.7392), (-104.9903, 39.7392)),
        ((153.0251, -27.4698), (153.0251, -27.4698)),
    ],
)
def test_known_places_move_as_published(wgs, gcj):
    assert moved(*wgs, "wgs84", "gcj02") == pytest.approx(gcj, abs=1e-9)


def test_cgcs2000_counts_as_wgs84():
    assert moved(*LINQING, "wgs84", "cgcs2000") == LINQING
    assert moved(*LINQING, "cgcs2000", "gcj02") == moved(*LINQING, "wgs84", "gcj02")


@given(inside_lon, inside_lat, offset_systems)
def test_there_and_back_is_exact(lon, lat, system):
    back = moved(*moved(lon, lat, "wgs84", system), system, "wgs84")
    assert back == pytest.approx((lon, lat), abs=1e-9)


@given(inside_lon, inside_lat)
def test_both_offsets_undo_each_other(lon, lat):
    gcj = moved(lon, lat, "wgs84", "gcj02")
    bd = moved(*gcj, "gcj02", "bd09")
    assert bd == pytest.approx(moved(lon, lat, "wgs84", "bd09"), abs=1e-9)
    assert moved(*bd, "bd09", "gcj02") == pytest.approx(gcj, abs=1e-9)


@given(inside_lon, inside_lat)
def test_the_offset_within_china_is_some_hundred_metres(lon, lat):
    assert 10 < geo.distance_m(lon, lat, *moved(lon, lat, "wgs84", "gcj02")) < 2000


@given(any_lon, any_lat, systems, systems)
def test_outside_the_box_nothing_moves(lon, lat, source, target):
    margin = 0.05  # within this of the edge, an offset place and one that was never offset can coincide
    if WEST - margin < lon < EAST + margin and SOUTH - margin < lat < NORTH + margin:
        lon = WEST - margin
    assert moved(lon, lat, source, target) == (lon, lat)


@pytest.mark.parametrize(
    ("lon", "lat"), [(WEST - 1e-4, 30.0), (EAST + 1e-4, 30.0), (110.0, SOUTH - 1e-4), (110.0, NORTH + 1e-4)]
)
def test_the_box_ends_where_it_says(lon, lat):
    assert moved(lon, lat, "wgs84", "gcj02") == (lon, lat)
    assert not geo.within_china(lon, lat)


def test_arrays_keep_their_shape_and_missing_places():
    lon = np.array([[115.70, np.nan], [0.0, 115.70]])
    lat = np.array([[36.83, 36.83], [51.5, np.nan]])
    for target in geo.SYSTEMS:
        x, y = geo.convert(lon, lat, source="wgs84", target=target)
        assert x.shape == y.shape == (2, 2)
        assert np.isnan([x[0, 1], y[1, 1]]).all()
        assert (x[1, 0], y[1, 0]) == (0.0, 51.5)
        assert (x[0, 0], y[0, 0]) == moved(*LINQING, "wgs84", target)


def test_converting_leaves_the_input_alone():
    lon, lat = np.array([115.70]), np.array([36.83])
    geo.convert(lon, lat, source="bd09", target="wgs84")
    assert (lon[0], lat[0]) == LINQING


def test_nothing_converts_to_nothing():
    x, y = geo.convert([], [], source="gcj02", target="wgs84")
    assert x.size == y.size == 0


@pytest.mark.parametrize(("lon", "lat"), [(180.1, 0), (0, -90.1), (np.inf, 0), (36.83, 115.70)])
def test_a_place_off_the_globe_is_refused_by_its_position(lon, lat):
    with pytest.raises(geo.CoordinateError, match="第 1 个坐标"):
        geo.convert([115.0, lon], [36.0, lat], source="wgs84", target="gcj02")


def test_an_unknown_system_is_refused():
    with pytest.raises(ValueError, match="gcj03"):
        moved(*LINQING, "wgs84", "gcj03")


def test_longitudes_without_latitudes_are_refused():
    with pytest.raises(ValueError, match="one shape"):
        geo.convert([1.0, 2.0], [1.0], source="wgs84", target="gcj02")


# --- distances


def test_the_offset_near_linqing_has_the_published_length():
    length = geo.distance_m(*LINQING, *moved(*LINQING, "wgs84", "gcj02"))
    assert length * 6_378_137 / geo.EARTH_RADIUS_M == pytest.approx(
        521.8, abs=0.05
    )  # published on that radius


@given(any_lon, any_lat, any_lon, any_lat)
def test_distance_is_symmetric_and_at_most_half_the_globe(lon, lat, other_lon, other_lat):
    there = geo.distance_m(lon, lat, other_lon, other_lat)
    assert there == pytest.approx(geo.distance_m(other_lon, other_lat, lon, lat), abs=1e-6)
    assert 0 <= there <= np.pi * geo.EARTH_RADIUS_M * (1 + 1e-12)


@given(inside_lon, inside_lat, inside_lon, inside_lat)
def test_distance_agrees_with_the_ellipsoid_within_six_per_mille(lon, lat, other_lon, other_lat):
    from pyproj import Geod

    _, _, expected = Geod(ellps="WGS84").inv(lon, lat, other_lon, other_lat)
    assert geo.distance_m(lon, lat, other_lon, other_lat) == pytest.approx(expected, rel=0.006, abs=1e-3)


def test_one_place_is_measured_against_many():
    assert geo.distance_m(115.7, 36.8, [115.7, 115.8], [36.8, 36.8]).shape == (2,)


# --- tiles


def test_tiles_have_the_published_numbers_and_bounds():
    # worked examples of the mercantile manual
    assert [int(each) for each in geo.cells_at(20.6852, 40.1222, 9)] == [285, 193]
    expected = (-9.140625, 53.12040528310657, -8.7890625, 53.33087298301705)
    assert geo.tile_bounds(486, 332, 10) == pytest.approx(expected, abs=1e-12)


@given(any_lon, st.floats(-85.05, 85.05), st.integers(0, 24))
def test_a_place_lies_in_its_tile(lon, lat, zoom):
    column, row = (int(each) for each in geo.cells_at(lon, lat, zoom))
    west, south, east, north = geo.tile_bounds(column, row, zoom)
    assert west - 1e-9 <= lon <= east + 1e-9
    assert south - 1e-9 <= lat <= north + 1e-9


@given(any_lon, any_lat, st.integers(0, 30), st.integers(0, 30))
def test_a_cell_lies_in_the_tile_of_its_shifted_numbers(lon, lat, zoom, other):
    low, high = sorted((zoom, other))
    cell, tile = geo.cells_at(lon, lat, high), geo.cells_at(lon, lat, low)
    assert [int(each) >> (high - low) for each in cell] == [int(each) for each in tile]


def test_the_ends_of_the_world_are_in_the_outermost_tiles_and_the_missing_in_none():
    columns, rows = geo.cells_at([180, -180, np.nan, 0], [90, -90, 0, np.nan], 3)
    assert columns.tolist() == [7, 0, -1, -1]
    assert rows.tolist() == [0, 7, -1, -1]


def test_neighbouring_tiles_share_their_edge():
    assert geo.tile_bounds(3, 3, 4)[2] == geo.tile_bounds(4, 3, 4)[0]
    assert geo.tile_bounds(3, 3, 4)[1] == geo.tile_bounds(3, 4, 4)[3]


@pytest.mark.parametrize(("column", "row", "zoom"), [(8, 0, 3), (0, -1, 3), (0, 0, 31), (0, 0, -1)])
def test_a_tile_that_does_not_exist_is_refused(column, row, zoom):
    with pytest.raises(ValueError, match=r"tile|zoom"):
        geo.tile_bounds(column, row, zoom)


# --- grids


def test_the_origin_of_the_gauss_kruger_zone_is_where_its_definition_says():
    # EPSG:4548: central meridian 117° E, false easting 500 000 m, scale 1
    east, north = geo.lonlat_to_grid(117.0, 0.0, epsg=4548)
    assert (float(east), float(north)) == pytest.approx((500_000, 0), abs=1e-3)


def test_the_hong_kong_grid_origin_is_its_trig_station():
    # Lands Department: Trig 2 lies at E 836 694.05, N 819 069.80; WGS-84 22°18′38.2″ N 114°10′51.6″ E
    lon, lat = geo.grid_to_lonlat(836_694.05, 819_069.80, epsg=2326)
    assert (float(lon), float(lat)) == pytest.approx((114.1810, 22.3106), abs=1e-4)


@given(st.floats(115, 119), st.floats(30, 40))
def test_a_grid_leads_there_and_back(lon, lat):
    assert np.allclose(
        geo.grid_to_lonlat(*geo.lonlat_to_grid(lon, lat, epsg=4548), epsg=4548), (lon, lat), atol=1e-9
    )


def test_what_a_grid_cannot_place_is_missing():
    lon, lat = geo.grid_to_lonlat([np.nan, 1e30], [0.0, 0.0], epsg=4548)
    assert np.isnan(lon).all()
    assert np.isnan(lat).all()


def test_an_unknown_grid_is_refused():
    with pytest.raises(ValueError, match="EPSG:999999"):
        geo.grid_to_lonlat(0.0, 0.0, epsg=999999)


def test_the_module_is_imported_without_pyproj():
    import subprocess

    code = "import sys, anlu.engine.geo; print('pyproj' in sys.modules, 'scipy' in sys.modules)"
    ran = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert ran.stdout == "False False\n"

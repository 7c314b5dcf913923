"""In which metres the roads of a file are worked on."""

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from pyproj import CRS, Geod

from anlu.engine.roads.projection import length_true


def test_geographic_coordinates_go_to_the_local_zone_on_their_own_datum() -> None:
    for epsg, datum in ((4326, "WGS 84"), (4490, "China Geodetic Coordinate System 2000")):
        chosen = length_true(CRS.from_epsg(epsg), [115.4, 116.0], [36.6, 37.0])
        assert chosen.metric.name == f"{datum} / UTM zone 50N"
        assert chosen.metric.utm_zone == "50N"


def test_metres_that_are_true_to_length_stay_as_they_are() -> None:
    for epsg, x, y in ((4548, 385_000, 4_078_000), (2326, 836_000, 820_000), (3797, 508_000, 180_000)):
        assert length_true(CRS.from_epsg(epsg), [x], [y]).unchanged


def test_stretched_metres_and_feet_are_not_taken_as_metres() -> None:
    web_mercator = length_true(CRS.from_epsg(3857), [12_880_000.0], [4_410_000.0])
    feet = length_true(CRS.from_epsg(2263), [980_000.0], [200_000.0])
    assert web_mercator.metric.utm_zone == "50N"
    assert feet.metric.utm_zone == "18N"


def test_the_southern_half_and_the_date_line_have_their_zones() -> None:
    assert length_true(CRS.from_epsg(4326), [174.8], [-41.3]).metric.utm_zone == "60S"
    assert length_true(CRS.from_epsg(4326), [180.0], [10.0]).metric.utm_zone == "1N"


def test_a_height_axis_changes_nothing() -> None:
    assert length_true(CRS.from_epsg(4979), [115.7], [36.8]).metric.utm_zone == "50N"


def test_what_has_no_place_on_earth_is_refused() -> None:
    with pytest.raises(ValueError, match="no place on earth"):
        length_true(CRS.from_epsg(4326), [385_000.0], [4_078_000.0])
    with pytest.raises(ValueError, match="geographic or projected"):
        length_true(CRS.from_epsg(4978), [0.0], [0.0])


LOCAL = length_true(CRS.from_epsg(4326), [115.0, 116.5], [36.0, 37.5])


@given(st.floats(115.0, 116.5), st.floats(36.0, 37.5), st.floats(0, 360), st.floats(1, 50_000))
def test_lengths_are_true_to_half_a_part_in_a_thousand(
    lon: float, lat: float, azimuth: float, length_m: float
) -> None:
    """Oracle: geodesics on the ellipsoid (GeographicLib, through pyproj)."""
    there = Geod(ellps="WGS84").fwd(lon, lat, azimuth, length_m)
    x, y = LOCAL.to_metres([lon, there[0]], [lat, there[1]])
    assert np.hypot(x[1] - x[0], y[1] - y[0]) == pytest.approx(length_m, rel=5e-4)


@pytest.mark.parametrize(
    ("epsg", "x", "y", "step"),
    [
        (4326, 115.7, 36.83, 1e-3),
        (4490, 115.7, 36.83, 1e-3),
        (4548, 385_000.0, 4_078_000.0, 100.0),
        (3857, 12_880_000.0, 4_410_000.0, 100.0),
        (2326, 836_000.0, 820_000.0, 100.0),
    ],
)
def test_there_and_back_is_the_same_place(epsg: int, x: float, y: float, step: float) -> None:
    chosen = length_true(CRS.from_epsg(epsg), x, y)
    xs, ys = x + step * np.linspace(-90, 90, 19), y + step * np.linspace(40, -40, 19)
    metres = chosen.to_metres(xs, ys)
    assert np.allclose(chosen.from_metres(*metres), [xs, ys], rtol=0, atol=1e-6 * step)
    lon, lat = chosen.to_lonlat(*metres)
    assert np.allclose(chosen.from_lonlat(lon, lat), metres, rtol=0, atol=0.001)
    assert np.allclose(chosen.from_other(CRS.from_epsg(4326), lon, lat), metres, rtol=0, atol=0.001)
    assert np.allclose(chosen.from_other(CRS.from_epsg(epsg), xs, ys), metres, rtol=0, atol=1e-9)


def test_a_missing_place_stays_missing() -> None:
    x, y = length_true(CRS.from_epsg(4326), [115.7], [36.8]).to_metres([np.nan, 115.7], [36.8, 36.8])
    assert np.isnan([x[0], y[0]]).all()
    assert np.isfinite([x[1], y[1]]).all()

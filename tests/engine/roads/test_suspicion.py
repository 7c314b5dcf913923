"""A wrong coordinate system is noticed by the roads."""

import numpy as np
import pytest
import shapely
from pyproj import CRS

from anlu.engine.geo import System, convert
from anlu.engine.roads.network import Floats, Network, build_network, points_along
from anlu.engine.roads.projection import Projection, length_true
from anlu.engine.roads.suspicion import suspected_reading


def county() -> tuple[Network, Projection]:
    """A road every two kilometres either way, near 36.83° N 115.70° E."""
    projection = length_true(CRS.from_epsg(4326), [115.7], [36.83])
    x, y = (float(v[0]) for v in projection.from_lonlat([115.7], [36.83]))
    steps = np.arange(0, 20_001, 2_000.0)
    lines = [shapely.LineString([(x + s, y), (x + s, y + 20_000)]) for s in steps]
    lines += [shapely.LineString([(x, y + s), (x + 20_000, y + s)]) for s in steps]
    return build_network(lines), projection


NETWORK, PROJECTION = county()


def crashes(count: int, *, spread_m: float = 8.0) -> tuple[Floats, Floats]:
    """WGS-84 places on the roads, as a receiver finds them."""
    rng = np.random.default_rng(count)
    edges = rng.integers(0, NETWORK.edges, count)
    xy = points_along(NETWORK, edges, rng.uniform(0, 20_000, count)) + rng.normal(0, spread_m, (count, 2))
    return PROJECTION.to_lonlat(xy[:, 0], xy[:, 1])


@pytest.mark.parametrize("system", ["gcj02", "bd09"])
@pytest.mark.parametrize("count", [12, 400, 5_000])
def test_points_of_a_map_filed_as_satellite_positions_are_noticed(system: System, count: int) -> None:
    lon, lat = convert(*crashes(count), source="wgs84", target=system)
    found = suspected_reading(NETWORK, PROJECTION, lon, lat)
    assert found is not None
    assert found.reading == system
    assert found.share > 0.9
    assert found.share_as_given < 0.5
    assert "坐标可能是" in found.hint()


def test_satellite_positions_filed_as_points_of_a_map_are_noticed() -> None:
    found = suspected_reading(NETWORK, PROJECTION, *crashes(200), given="gcj02")
    assert found is not None
    assert found.reading == "wgs84"


def test_swapped_longitude_and_latitude_are_noticed() -> None:
    lon, lat = crashes(200)
    found = suspected_reading(NETWORK, PROJECTION, lat, lon)
    assert found is not None
    assert found.reading == "swapped"


@pytest.mark.parametrize("given", ["wgs84", "cgcs2000"])
def test_points_on_the_roads_raise_no_suspicion(given: System) -> None:
    assert suspected_reading(NETWORK, PROJECTION, *crashes(500), given=given) is None


def test_points_anywhere_raise_no_suspicion() -> None:
    rng = np.random.default_rng(1)
    lon, lat = rng.uniform(115.7, 115.9, 500), rng.uniform(36.83, 37.0, 500)
    assert suspected_reading(NETWORK, PROJECTION, lon, lat) is None


def test_a_mixed_file_in_which_most_points_fit_either_way_raises_no_suspicion() -> None:
    lon, lat = crashes(1_000)
    shifted = convert(lon, lat, source="wgs84", target="bd09")
    some = np.arange(1_000) % 100 < 55
    lon, lat = np.where(some, shifted[0], lon), np.where(some, shifted[1], lat)
    assert suspected_reading(NETWORK, PROJECTION, lon, lat) is None


def test_a_handful_of_points_is_too_few_to_suspect() -> None:
    lon, lat = convert(*crashes(7), source="wgs84", target="gcj02")
    assert suspected_reading(NETWORK, PROJECTION, lon, lat) is None


def test_missing_points_and_missing_roads_are_no_obstacle() -> None:
    lon, lat = convert(*crashes(50), source="wgs84", target="gcj02")
    lon[::3] = np.nan
    assert suspected_reading(NETWORK, PROJECTION, lon, lat) is not None
    assert suspected_reading(build_network([]), PROJECTION, lon, lat) is None

"""Stated coordinates: what is a place becomes WGS-84, what is none is told from what is missing."""

from __future__ import annotations

import math

import numpy as np
import pytest

from anlu.engine.errors import BadInput
from anlu.engine.geo import convert_point
from anlu.kernel.core.importing.positions import System

NAN = math.nan


def placed(crs: str, x: float, y: float) -> tuple[float, float, bool]:
    lon, lat, wrong = System(crs).to_wgs84(np.array([x]), np.array([y]))
    return float(lon[0]), float(lat[0]), bool(wrong[0])


@pytest.mark.parametrize("crs", ["EPSG:4326", "4326", "wgs84", "WGS84", "cgcs2000", "EPSG:4490"])
def test_degrees_are_taken_as_they_are(crs: str) -> None:
    assert placed(crs, 115.7, 36.8) == (115.7, 36.8, False)


def test_a_national_grid_becomes_degrees() -> None:
    lon, lat, wrong = placed("EPSG:2326", 836694.05, 819069.80)  # origin of the Hong Kong 1980 Grid
    assert not wrong
    assert (lon, lat) == (pytest.approx(114.1811, abs=2e-3), pytest.approx(22.3106, abs=2e-3))


@pytest.mark.parametrize("crs", ["gcj02", "bd09", "GCJ-02"])
def test_shifted_systems_are_shifted_back(crs: str) -> None:
    system = crs.lower().replace("-", "")
    x, y = convert_point(115.7, 36.8, source="wgs84", target=system)  # type: ignore[arg-type]
    lon, lat, wrong = placed(crs, x, y)
    assert (lon, lat, wrong) == (pytest.approx(115.7, abs=1e-6), pytest.approx(36.8, abs=1e-6), False)


@pytest.mark.parametrize(
    ("x", "y"),
    [(0.0, 0.0), (36.8, 115.7), (115.7, NAN), (NAN, 36.8), (181.0, 10.0), (115.7, 89.9), (1e9, 1e9)],
)
def test_what_is_no_place_is_impossible(x: float, y: float) -> None:
    lon, lat, wrong = placed("wgs84", x, y)
    assert wrong
    assert math.isnan(lon)
    assert math.isnan(lat)


@pytest.mark.parametrize("crs", ["wgs84", "EPSG:2326", "gcj02"])
def test_nothing_stated_is_missing_and_not_impossible(crs: str) -> None:
    lon, _, wrong = placed(crs, NAN, NAN)
    assert math.isnan(lon)
    assert not wrong


@pytest.mark.parametrize("crs", ["EPSG:99999", "mars", "EPSG:x", ""])
def test_a_system_that_does_not_exist_is_refused(crs: str) -> None:
    with pytest.raises(BadInput, match="crs"):
        System(crs)

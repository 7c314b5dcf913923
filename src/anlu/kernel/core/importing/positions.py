"""Stated coordinates in WGS-84; what cannot be a place is told apart from what is missing."""

from __future__ import annotations

import re
from typing import Any, Final

import numpy as np
from numpy.typing import NDArray
from pyproj.exceptions import ProjError

from anlu.engine.errors import BadInput
from anlu.engine.geo import SYSTEMS, cells_at, convert, grid_to_lonlat

CELL_ZOOM: Final = 24
MERCATOR_END: Final = 85.0
_NOWHERE: Final = 1e-6  # 0,0 is what programs write for "unknown", not a place in the Gulf of Guinea
_SAME: Final = {4326: "wgs84", 4490: "cgcs2000"}
Array = NDArray[np.float64]


class System:
    """A coordinate system as options name it: ``EPSG:n``, ``wgs84``, ``cgcs2000``, ``gcj02`` or ``bd09``."""

    def __init__(self, stated: str) -> None:
        match = re.fullmatch(r"(?:EPSG:)?([0-9]{4,6})", stated.strip(), re.IGNORECASE)
        self.epsg = int(match[1]) if match else 0
        self.name = _SAME.get(self.epsg, "") if match else stated.strip().lower().replace("-", "")
        if not match and self.name not in SYSTEMS:
            raise BadInput(field="crs", found=stated, expected="EPSG:n、wgs84、cgcs2000、gcj02 或 bd09")
        if self.epsg and not self.name:
            self._try()

    @property
    def code(self) -> str:
        """As records keep it."""
        return self.name or f"EPSG:{self.epsg}"

    def _try(self) -> None:
        try:
            grid_to_lonlat(np.array([0.0]), np.array([0.0]), epsg=self.epsg)
        except (ProjError, ValueError):
            raise BadInput(field="crs", found=f"EPSG:{self.epsg}", expected="一个存在的坐标系编号") from None

    def to_wgs84(self, x: Array, y: Array) -> tuple[Array, Array, NDArray[np.bool_]]:
        """
        Longitude and latitude (NaN where missing or impossible), and where a stated pair is impossible.

        Parameters
        ----------
        x, y
            Longitude and latitude, or east and north; NaN where nothing is stated.
        """
        stated = ~np.isnan(x) | ~np.isnan(y)
        x, y = x.copy(), y.copy()
        wrong = stated & (np.isnan(x) | np.isnan(y) | ((np.abs(x) < _NOWHERE) & (np.abs(y) < _NOWHERE)))
        if self.name:
            wrong |= stated & ((np.abs(x) > 180) | (np.abs(y) > 90))
        x[wrong | ~stated] = y[wrong | ~stated] = np.nan
        lon, lat = self._converted(x, y)
        with np.errstate(invalid="ignore"):
            wrong |= stated & ~(np.isfinite(lon) & np.isfinite(lat) & (np.abs(lat) <= MERCATOR_END))
        lon[wrong] = lat[wrong] = np.nan
        return lon, lat, wrong

    def _converted(self, x: Array, y: Array) -> tuple[Array, Array]:
        if self.name in ("wgs84", "cgcs2000"):
            return x.copy(), y.copy()
        if self.name:
            system: Any = self.name
            lon, lat = convert(x, y, source=system, target="wgs84")
            return lon.copy(), lat.copy()
        known = ~np.isnan(x)
        lon, lat = np.full_like(x, np.nan), np.full_like(y, np.nan)
        if known.any():
            lon[known], lat[known] = grid_to_lonlat(x[known], y[known], epsg=self.epsg)
        lon[~np.isfinite(lon)] = np.nan
        return lon, lat


def cells_of(lon: Array, lat: Array) -> tuple[NDArray[np.int64], NDArray[np.int64]]:
    """Map cells of places that are all known."""
    return cells_at(lon, lat, zoom=CELL_ZOOM)

"""
Where lengths are true: the planar metres in which a file's roads are worked on.

Geographic coordinates go to the local UTM zone on their own datum; planar metres that are true to length stay
as they are; planar coordinates that are not (feet, Web Mercator) go to the local UTM zone too.
"""

from dataclasses import dataclass
from functools import cached_property

import numpy as np
from numpy.typing import ArrayLike
from pyproj import CRS, Proj, Transformer
from pyproj.crs import ProjectedCRS
from pyproj.crs.coordinate_operation import UTMConversion
from pyproj.enums import TransformDirection

from .network import Floats

WGS84 = CRS.from_epsg(4326)
LARGEST_SCALE_ERROR = (
    0.01  # UTM itself errs by up to 0.001 at the edge of a zone; Web Mercator by 0.25 at 37° N
)


@dataclass(frozen=True)
class Projection:
    """
    From a file's coordinates to metres and back.

    Attributes
    ----------
    source
        The file's coordinate system; x before y, longitude before latitude.
    metric
        The planar system in metres; equal to ``source`` where that is true to length already.
    """

    source: CRS
    metric: CRS

    @property
    def unchanged(self) -> bool:
        return self.source == self.metric

    @cached_property
    def _forward(self) -> Transformer:
        return Transformer.from_crs(self.source, self.metric, always_xy=True)

    @cached_property
    def _geographic(self) -> Transformer:
        return Transformer.from_crs(self.metric, WGS84, always_xy=True)

    def to_metres(self, xs: ArrayLike, ys: ArrayLike) -> tuple[Floats, Floats]:
        """Metres (n,) of points in the file's system; NaN where there is none."""
        return _through(None if self.unchanged else self._forward, xs, ys)

    def from_metres(self, xs: ArrayLike, ys: ArrayLike) -> tuple[Floats, Floats]:
        """Points (n,) in the file's system; NaN where there is none."""
        return _through(None if self.unchanged else self._forward, xs, ys, back=True)

    def to_lonlat(self, xs: ArrayLike, ys: ArrayLike) -> tuple[Floats, Floats]:
        """Longitude and latitude (n,) in WGS-84 of points in metres."""
        return _through(self._geographic, xs, ys)

    def from_lonlat(self, lon: ArrayLike, lat: ArrayLike) -> tuple[Floats, Floats]:
        """Metres (n,) of WGS-84 longitudes and latitudes."""
        return _through(self._geographic, lon, lat, back=True)

    def from_other(self, crs: CRS, xs: ArrayLike, ys: ArrayLike) -> tuple[Floats, Floats]:
        """Metres (n,) of points in yet another system, such as that of an events file."""
        other = _flat(crs)
        if other == self.source:
            return self.to_metres(xs, ys)
        return _through(Transformer.from_crs(other, self.metric, always_xy=True), xs, ys)


def length_true(crs: CRS, xs: ArrayLike, ys: ArrayLike) -> Projection:
    """
    Choose the planar metres for points in a coordinate system.

    Parameters
    ----------
    crs
        Of the points; a height axis is left out.
    xs, ys : (n,)
        The points, or only the corners of their bounding box. Their middle decides the UTM zone.

    Raises
    ------
    ValueError
        The coordinate system is neither geographic nor projected, or the middle lies nowhere on earth.
    """
    source = _flat(crs)
    if not (source.is_geographic or source.is_projected):
        raise ValueError(f"a geographic or projected coordinate system is needed, got {source.name}")
    x, y = _middle(xs), _middle(ys)
    if source.is_projected and _is_length_true(source, x, y):
        return Projection(source, source)
    lon, lat = (x, y) if source.is_geographic else Proj(source)(x, y, inverse=True)
    return Projection(source, _utm(source, lon, lat))


def _flat(crs: CRS) -> CRS:
    """The horizontal part of a coordinate system."""
    return (crs.sub_crs_list[0] if crs.is_compound else crs).to_2d()


def _is_length_true(crs: CRS, x: float, y: float) -> bool:
    if any(axis.unit_conversion_factor != 1.0 for axis in crs.axis_info):
        return False
    projection = Proj(crs)
    lon, lat = projection(x, y, inverse=True)
    if not (np.isfinite(lon) and np.isfinite(lat)):
        return True  # outside the projection's own area: nothing better is known
    factors = projection.get_factors(lon, lat)
    scales = np.array([factors.meridional_scale, factors.parallel_scale])
    return bool((np.abs(scales - 1.0) <= LARGEST_SCALE_ERROR).all())


def _utm(crs: CRS, lon: float, lat: float) -> CRS:
    """The UTM zone of a place on the datum of ``crs``, so that no datum shift comes in."""
    if not (-360.0 <= lon <= 360.0 and -90.0 <= lat <= 90.0):
        raise ValueError(f"no place on earth: longitude {lon}, latitude {lat}")
    zone = int((lon + 180.0) // 6.0) % 60 + 1
    half = "N" if lat >= 0 else "S"
    datum = crs.geodetic_crs
    name = f"{datum.name if datum else 'unknown'} / UTM zone {zone}{half}"
    return ProjectedCRS(UTMConversion(str(zone), half), name=name, geodetic_crs=datum)


def _middle(values: ArrayLike) -> float:
    array = np.asarray(values, np.float64)
    array = array[np.isfinite(array)]
    return float((array.min() + array.max()) / 2) if array.size else 0.0


def _through(
    transformer: Transformer | None, xs: ArrayLike, ys: ArrayLike, *, back: bool = False
) -> tuple[Floats, Floats]:
    x, y = np.array(xs, np.float64, ndmin=1), np.array(ys, np.float64, ndmin=1)
    if transformer is not None:
        direction = TransformDirection.INVERSE if back else TransformDirection.FORWARD
        x, y = transformer.transform(x, y, direction=direction)
    bad = ~(np.isfinite(x) & np.isfinite(y))
    x[bad], y[bad] = np.nan, np.nan
    return x, y

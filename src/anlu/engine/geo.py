"""
Coordinates: WGS-84, CGCS2000, GCJ-02 and BD-09; distances; web-mercator tiles; projected grids.

Longitude comes before latitude, in degrees. Functions take scalars or arrays of any one shape and give arrays
of that shape. NaN, a missing place, stays NaN; a place that is not on the globe is an error.

The offset of GCJ-02 and BD-09 applies within a bounding box of China and nowhere else. It was never
published; the series used here is the one that map software agrees on. Method, limits and worked example:
``docs/methods/geo.md``.
"""

from __future__ import annotations

from collections.abc import Callable
from functools import cache
from typing import TYPE_CHECKING, Any, Final, Literal, get_args

import numpy as np
from numpy.typing import ArrayLike, NDArray

if TYPE_CHECKING:
    from pyproj import Transformer

System = Literal["wgs84", "cgcs2000", "gcj02", "bd09"]
Array = NDArray[np.float64]
Pair = tuple[Array, Array]
Offset = Callable[[Array, Array], Pair]

SYSTEMS: Final[tuple[str, ...]] = get_args(System)
EARTH_RADIUS_M: Final = 6_371_008.8  # mean radius, IUGG 1980
CHINA: Final = (72.004, 0.8293, 137.8347, 55.8271)  # west, south, east, north of the offset

# Krasovsky 1940, on which the offset is scaled to degrees.
_SEMI_MAJOR_M: Final = 6_378_245.0
_ECCENTRICITY_2: Final = 0.00669342162296594323
_BD_TURN: Final = np.pi * 3000.0 / 180.0
_TOLERANCE_DEG: Final = 1e-12
_MOST_STEPS: Final = 30
_ROUNDING_DEG: Final = 1e-9  # so that a place on the very edge finds its way back
_LARGEST_OFFSET_DEG: Final = 0.05  # GCJ-02 and BD-09 move by less than 0.03°

TILE_LATITUDE: Final = 85.0511287798066  # where the web-mercator square ends
DEEPEST_ZOOM: Final = 30


class CoordinateError(ValueError):
    """A place is not on the globe: longitude beyond ±180° or latitude beyond ±90°."""


# --- coordinate systems


def convert(lon: ArrayLike, lat: ArrayLike, *, source: System, target: System) -> Pair:
    """
    Longitudes and latitudes of one system in another. CGCS2000 counts as WGS-84 (they agree to decimetres).

    Converting back returns the start within 1e-9°.

    Raises
    ------
    CoordinateError
        A place is not on the globe.
    ValueError
        A system is unknown, or the arrays have different shapes.
    """
    for system in (source, target):
        if system not in SYSTEMS:
            raise ValueError(f"a coordinate system must be one of {', '.join(SYSTEMS)}, got {system!r}")
    x, y = _checked(lon, lat)
    if source == target:
        return x, y
    return _from_wgs84(*_to_wgs84(x, y, source), target)


def convert_point(lon: float, lat: float, *, source: System, target: System) -> tuple[float, float]:
    """:func:`convert` for one place."""
    x, y = convert(lon, lat, source=source, target=target)
    return float(x), float(y)


def within_china(lon: ArrayLike, lat: ArrayLike) -> NDArray[np.bool_]:
    """Whether a WGS-84 place lies in the box within which maps are offset (edges included)."""
    x, y = _checked(lon, lat)
    return _inside(x, y)


def _from_wgs84(x: Array, y: Array, target: System) -> Pair:
    offset = _OFFSETS.get(target)
    if offset is None:
        return x, y
    inside = _inside(x, y)
    moved_x, moved_y = offset(x, y)
    return np.where(inside, moved_x, x), np.where(inside, moved_y, y)


def _to_wgs84(x: Array, y: Array, source: System) -> Pair:
    """
    The place whose offset image is (x, y).

    A place whose origin lies outside the box was never offset and is its own origin.
    """
    offset = _OFFSETS.get(source)
    if offset is None:
        return x, y
    out_x, out_y = x.copy(), y.copy()
    near = _inside(x, y, margin=_LARGEST_OFFSET_DEG)
    origin_x, origin_y = _undone(offset, x[near], y[near])
    inside = _inside(origin_x, origin_y, margin=_ROUNDING_DEG)
    west, south, east, north = CHINA
    out_x[near] = np.where(inside, np.clip(origin_x, west, east), x[near])
    out_y[near] = np.where(inside, np.clip(origin_y, south, north), y[near])
    return out_x, out_y


def _undone(offset: Offset, x: Array, y: Array) -> Pair:
    """Fixed-point iteration, which gains a factor of 100 or more a step."""
    origin_x, origin_y = x, y
    for _ in range(_MOST_STEPS):
        image_x, image_y = offset(origin_x, origin_y)
        origin_x, origin_y = origin_x + (x - image_x), origin_y + (y - image_y)
        if not np.any(np.abs(x - image_x) + np.abs(y - image_y) > _TOLERANCE_DEG):
            break
    return origin_x, origin_y


def _inside(x: Array, y: Array, margin: float = 0.0) -> NDArray[np.bool_]:
    west, south, east, north = CHINA
    across = (west - margin <= x) & (x <= east + margin)
    return across & (south - margin <= y) & (y <= north + margin)


def _checked(lon: ArrayLike, lat: ArrayLike) -> Pair:
    x, y = np.asarray(lon, dtype=np.float64), np.asarray(lat, dtype=np.float64)
    if x.shape != y.shape:
        raise ValueError(f"longitudes and latitudes must have one shape, got {x.shape} and {y.shape}")
    wrong = np.flatnonzero((np.abs(x) > 180) | (np.abs(y) > 90))
    if wrong.size:
        first = int(wrong[0])
        raise CoordinateError(
            f"第 {first} 个坐标不在地球上: 经度 {x.flat[first]}, 纬度 {y.flat[first]} (应在 ±180 与 ±90 之内)"
        )
    return x, y


def _gcj_offset(x: Array, y: Array) -> Pair:
    """GCJ-02 image of WGS-84 places, without regard to the box."""
    u, v = x - 105.0, y - 35.0
    root = np.sqrt(np.abs(u))
    common = 20.0 * np.sin(6.0 * np.pi * u) + 20.0 * np.sin(2.0 * np.pi * u)
    north_m = -100.0 + 2.0 * u + 3.0 * v + 0.2 * v * v + 0.1 * u * v + 0.2 * root
    north_m += (common + _waves(v, (20.0, 1.0), (40.0, 1 / 3), (160.0, 1 / 12), (320.0, 1 / 30))) * 2 / 3
    east_m = 300.0 + u + 2.0 * v + 0.1 * u * u + 0.1 * u * v + 0.1 * root
    east_m += (common + _waves(u, (20.0, 1.0), (40.0, 1 / 3), (150.0, 1 / 12), (300.0, 1 / 30))) * 2 / 3
    latitude = np.radians(y)
    flattening = 1.0 - _ECCENTRICITY_2 * np.sin(latitude) ** 2
    meridian_m = _SEMI_MAJOR_M * (1.0 - _ECCENTRICITY_2) / flattening**1.5
    parallel_m = _SEMI_MAJOR_M / np.sqrt(flattening) * np.cos(latitude)
    return x + np.degrees(east_m / parallel_m), y + np.degrees(north_m / meridian_m)


def _waves(angle: Array, *terms: tuple[float, float]) -> Array:
    total = np.zeros_like(angle)
    for height, frequency in terms:
        total += height * np.sin(np.pi * frequency * angle)
    return total


def _bd_offset(x: Array, y: Array) -> Pair:
    """BD-09 image of WGS-84 places: the second offset on top of GCJ-02."""
    gx, gy = _gcj_offset(x, y)
    radius = np.hypot(gx, gy) + 0.00002 * np.sin(gy * _BD_TURN)
    angle = np.arctan2(gy, gx) + 0.000003 * np.cos(gx * _BD_TURN)
    return radius * np.cos(angle) + 0.0065, radius * np.sin(angle) + 0.006


_OFFSETS: Final[dict[str, Offset]] = {"gcj02": _gcj_offset, "bd09": _bd_offset}


# --- distances


def distance_m(lon: ArrayLike, lat: ArrayLike, other_lon: ArrayLike, other_lat: ArrayLike) -> Array:
    """
    Great-circle distance in metres on a sphere (haversine); within 0.6 % of the ellipsoid.

    The two sides are broadcast against each other.

    Raises
    ------
    CoordinateError
        A place is not on the globe.
    """
    x, y = (np.radians(each) for each in _checked(lon, lat))
    other_x, other_y = (np.radians(each) for each in _checked(other_lon, other_lat))
    half = np.sin((y - other_y) / 2) ** 2 + np.cos(y) * np.cos(other_y) * np.sin((x - other_x) / 2) ** 2
    return np.asarray(2 * EARTH_RADIUS_M * np.arcsin(np.sqrt(np.clip(half, 0.0, 1.0))))


# --- web-mercator tiles


def cells_at(lon: ArrayLike, lat: ArrayLike, zoom: int) -> tuple[NDArray[np.int64], NDArray[np.int64]]:
    """
    Column and row (from the north-west) of the tile of each place at ``zoom``.

    The same numbers at a high zoom serve as grid cells: a cell lies in the tile whose numbers are the cell's,
    shifted right by the difference of zooms. Beyond ±85.05° the outermost row is given; a missing place has
    −1.

    Raises
    ------
    CoordinateError
        A place is not on the globe.
    ValueError
        ``zoom`` lies outside 0–30.
    """
    count = _side(zoom)
    x, y = _checked(lon, lat)
    missing = np.isnan(x) | np.isnan(y)
    sine = np.sin(np.radians(np.clip(np.where(missing, 0.0, y), -TILE_LATITUDE, TILE_LATITUDE)))
    across = np.where(missing, 0.0, x) / 360.0 + 0.5
    down = 0.5 - np.arctanh(sine) / (2 * np.pi)
    return _numbered(across, count, missing), _numbered(down, count, missing)


def _numbered(share: Array, count: int, missing: NDArray[np.bool_]) -> NDArray[np.int64]:
    return np.where(missing, -1, np.clip(np.floor(share * count), 0, count - 1).astype(np.int64))


def tile_bounds(column: int, row: int, zoom: int) -> tuple[float, float, float, float]:
    """
    West, south, east and north of a tile in degrees.

    Raises
    ------
    ValueError
        There is no such tile.
    """
    count = _side(zoom)
    if not (0 <= column < count and 0 <= row < count):
        raise ValueError(f"no tile {column}/{row} at zoom {zoom}")
    west, east = (360.0 * each / count - 180.0 for each in (column, column + 1))
    north, south = (_row_latitude(each / count) for each in (row, row + 1))
    return west, south, east, north


def _row_latitude(share: float) -> float:
    return float(np.degrees(np.arctan(np.sinh(np.pi * (1 - 2 * share)))))


def _side(zoom: int) -> int:
    if not 0 <= zoom <= DEEPEST_ZOOM:
        raise ValueError(f"zoom must lie between 0 and {DEEPEST_ZOOM}, got {zoom}")
    return 1 << zoom


# --- projected grids


def grid_to_lonlat(east_m: ArrayLike, north_m: ArrayLike, *, epsg: int) -> Pair:
    """
    WGS-84 longitude and latitude of places on a projected grid, such as EPSG:4548 or EPSG:2326.

    What the projection cannot place becomes NaN.

    Raises
    ------
    ValueError
        There is no such EPSG code.
    """
    return _transformed(_transformer(epsg, 4326), east_m, north_m)


def lonlat_to_grid(lon: ArrayLike, lat: ArrayLike, *, epsg: int) -> Pair:
    """
    Easting and northing on a projected grid of WGS-84 places; NaN where the projection has no value.

    Raises
    ------
    CoordinateError
        A place is not on the globe.
    ValueError
        There is no such EPSG code.
    """
    return _transformed(_transformer(4326, epsg), *_checked(lon, lat))


@cache
def _transformer(source: int, target: int) -> Transformer:
    from pyproj import CRS, Transformer  # 0.1 s that most commands need not pay
    from pyproj.exceptions import CRSError

    try:
        return Transformer.from_crs(CRS.from_epsg(source), CRS.from_epsg(target), always_xy=True)
    except CRSError:
        raise ValueError(f"no coordinate system EPSG:{source if target == 4326 else target}") from None


def _transformed(transformer: Any, first: ArrayLike, second: ArrayLike) -> Pair:
    x, y = np.asarray(first, dtype=np.float64), np.asarray(second, dtype=np.float64)
    if x.shape != y.shape:
        raise ValueError(f"eastings and northings must have one shape, got {x.shape} and {y.shape}")
    out_x, out_y = (np.asarray(each, dtype=np.float64) for each in transformer.transform(x, y))
    placed = np.isfinite(out_x) & np.isfinite(out_y)
    return np.where(placed, out_x, np.nan), np.where(placed, out_y, np.nan)

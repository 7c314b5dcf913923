"""
Points that fall off the roads, but would lie on them if they were in another coordinate system.

Maps of the internet in China are shifted by 100–700 m (GCJ-02, BD-09): crashes picked on such a map and filed as
WGS-84 lie in the fields. The same shows where longitude and latitude were swapped. Method: ``methods/roads.md``.
"""

import math
from dataclasses import dataclass
from typing import Final, get_args

import numpy as np
from numpy.typing import ArrayLike

from anlu.engine.geo import System, convert

from .matching import snap
from .network import Floats, Network
from .projection import Projection

NEAR_M: Final = 30.0  # half a wide road and the error of a good receiver
MOST_POINTS: Final = 2_000  # of more points an even sample is looked at
FEWEST_POINTS: Final = 8
LEAST_SHARE: Final = 0.5  # another reading must put at least half of the points on roads
LEAST_GAIN: Final = 0.25  # and that many more than the reading as given
LEAST_Z: Final = 3.0  # and more than chance does (two-sample z of the shares)

WORDS: Final = {
    "wgs84": "WGS-84(GPS)",
    "gcj02": "GCJ-02(高德、腾讯地图)",
    "bd09": "BD-09(百度地图)",
    "swapped": "经度与纬度对调",
}


@dataclass(frozen=True)
class Suspicion:
    """
    A reading of the points that fits the roads clearly better than the one given.

    Attributes
    ----------
    reading
        "gcj02", "bd09", "wgs84", or "swapped" for latitude before longitude.
    share_as_given, share
        Of the points near a road as given, and in this reading (0–1).
    points
        How many were looked at.
    """

    reading: str
    share_as_given: float
    share: float
    points: int

    def hint(self) -> str:
        """One sentence for people."""
        return (
            f"坐标可能是{WORDS[self.reading]}: 按给定的坐标系只有 {self.share_as_given:.0%} 的点在道路"
            f" {NEAR_M:.0f} 米内, 改按它解读有 {self.share:.0%} (查看了 {self.points} 个点)"
        )


def suspected_reading(
    network: Network, projection: Projection, lon: ArrayLike, lat: ArrayLike, *, given: System = "wgs84"
) -> Suspicion | None:
    """
    The reading of lon/lat points that fits the roads clearly better than the given one, if there is one.

    Parameters
    ----------
    network
        In the metres of ``projection``.
    lon, lat : (n,)
        Degrees as the file has them; NaN are left out.
    given
        System that the points are said to be in.
    """
    x, y = _sample(np.asarray(lon, np.float64), np.asarray(lat, np.float64))
    if len(x) < FEWEST_POINTS or not network.edges:
        return None
    others = [system for system in get_args(System) if system not in (given, "cgcs2000")]
    if given == "cgcs2000":
        others.remove("wgs84")
    share = _share_near(network, projection, x, y, given)
    found = {system: _share_near(network, projection, x, y, system) for system in others}
    found["swapped"] = _share_near(network, projection, y, x, given)
    best = max(found, key=lambda reading: found[reading])
    if not _is_clear(share, found[best], len(x)):
        return None
    return Suspicion(best, share, found[best], len(x))


def _sample(lon: Floats, lat: Floats) -> tuple[Floats, Floats]:
    rows = np.flatnonzero(np.isfinite(lon) & np.isfinite(lat))
    if len(rows) > MOST_POINTS:
        rows = rows[np.linspace(0, len(rows) - 1, MOST_POINTS).astype(np.int64)]
    return lon[rows], lat[rows]


def _share_near(network: Network, projection: Projection, lon: Floats, lat: Floats, system: System) -> float:
    """Share of the points that lie near a road when they are read in a system."""
    on_globe = (np.abs(lon) <= 180.0) & (np.abs(lat) <= 90.0)
    if not on_globe.any():
        return 0.0
    x, y = projection.from_lonlat(*convert(lon[on_globe], lat[on_globe], source=system, target="wgs84"))
    return float(snap(network, x, y, NEAR_M).found.sum()) / len(lon)


def _is_clear(share: float, better: float, count: int) -> bool:
    if better < LEAST_SHARE or better - share < LEAST_GAIN:
        return False
    middle = (share + better) / 2
    spread = math.sqrt(2 * middle * (1 - middle) / count)
    return spread == 0.0 or (better - share) / spread >= LEAST_Z

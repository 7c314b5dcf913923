"""What the positions of a whole file suggest: columns changed round, zeros for nothing, a shift that is not named."""

from __future__ import annotations

from typing import Final

import numpy as np

from anlu.engine.geo import convert
from anlu.kernel.core.importing.positions import System
from anlu.kernel.places.locating import Flags, Floats, Locator, RoadMap

PLAIN: Final = ("wgs84", "cgcs2000")  # systems that shifted coordinates are taken for
SAMPLE: Final = 2_000
ENOUGH: Final = 20  # positions from which a file may be judged
FAR_M: Final = 80.0  # typical distance from the roads beyond which positions are not where they happened
NEAR_SHARE: Final = 1 / 3  # of that distance that is left when the shift was the reason
REACH_M: Final = 3_000.0  # roads farther away are not looked for
_NOWHERE: Final = 1e-6


class PositionHints:
    """Looks at every position of an import and says what is odd about all of them together."""

    def __init__(self, system: System) -> None:
        self.system = system
        self.zero = self.swapped = 0
        self._sample: list[tuple[Floats, Floats]] = []
        self._sampled = 0

    def look(self, x: Floats, y: Floats, wrong: Flags) -> None:
        """
        Take note of positions (n,) as stated.

        Parameters
        ----------
        x, y
            Longitude and latitude, or east and north; NaN where nothing is stated.
        wrong
            Which of them cannot be.
        """
        zero = (np.abs(x) < _NOWHERE) & (np.abs(y) < _NOWHERE)
        self.zero += int(zero.sum())
        if self.system.name:
            self.swapped += int((wrong & ~zero & (np.abs(y) <= 180) & (np.abs(x) <= 90)).sum())
        if self.system.name in PLAIN and self._sampled < SAMPLE:
            good = np.flatnonzero(~wrong & np.isfinite(x))[: SAMPLE - self._sampled]
            self._sample.append((x[good].copy(), y[good].copy()))
            self._sampled += len(good)

    def notes(self) -> list[str]:
        """One sentence for each thing that is odd."""
        found = []
        if self.swapped:
            found.append(f"{self.swapped} 行的经度、纬度像是写反了,没有用作位置,请检查两列的对应")
        if self.zero:
            found.append(f"{self.zero} 行的坐标是 0,0,按没有坐标处理")
        if shifted := self._shifted():
            before, after = shifted
            found.append(
                f"坐标像是 GCJ-02:离道路一般 {before:.0f} 米,按 GCJ-02 换算后 {after:.0f} 米;"
                "若是,请撤回本批,把坐标系(crs)设为 gcj02 再导入"
            )
        return found

    def _shifted(self) -> tuple[float, float] | None:
        """Typical distance in metres from the roads as stated and after taking a shift back, when that explains it."""
        roads = Locator.current().roads
        if roads is None or self._sampled < ENOUGH:
            return None
        lon, lat = (np.concatenate(parts) for parts in zip(*self._sample, strict=True))
        before = _typical_m(roads, lon, lat)
        if before < FAR_M:
            return None
        after = _typical_m(roads, *convert(lon, lat, source="gcj02", target="wgs84"))
        return (before, after) if after < before * NEAR_SHARE else None


def _typical_m(roads: RoadMap, lon: Floats, lat: Floats) -> float:
    """Median distance from the nearest road, in metres."""
    away_m = roads.roads_at(lon, lat, REACH_M).offset_m
    return float(np.median(np.where(np.isnan(away_m), REACH_M, away_m)))

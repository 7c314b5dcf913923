"""
Stretches of a road between two chainages: to count by the kilometre, to draw K12+345—K13+000 on a map.
"""

import math
from dataclasses import dataclass
from itertools import pairwise

import numpy as np
import shapely
from numpy.typing import ArrayLike

from .network import Floats, Ints, points_along
from .referencing import Roads
from .stakes import Side, format_stake

#: A stretch that holds less line than this is left out: rounding at the end of a road, not a stretch.
SHORTEST_M = 0.01


@dataclass(frozen=True, eq=False)
class Stretches:
    """
    Roads cut at round stakes (S,), by road and rising chainage; stretches without any line are left out.

    Attributes
    ----------
    road
    begin_m, end_m
        Chainage; the first and last of a road may be shorter than the rest.
    line_m
        Length of line in it, both carriageways of a divided road together.
    """

    road: Ints
    begin_m: Floats
    end_m: Floats
    line_m: Floats

    def find(self, road: ArrayLike, chainage_m: ArrayLike) -> Ints:
        """Stretch of each chainage (n,), -1 where there is none; a common end belongs to the higher one."""
        number, at_m = np.asarray(road, np.int64), np.asarray(chainage_m, np.float64)
        if not len(self.road):
            return np.full(len(number), -1, np.int64)
        low = self.begin_m.min()
        apart = self.end_m.max() - low + 1.0  # roads laid end to end
        begins = self.road * apart + (self.begin_m - low)
        found = np.searchsorted(begins, number * apart + (at_m - low), side="right") - 1
        stretch = np.maximum(found, 0)
        fits = (found >= 0) & (self.road[stretch] == number)
        fits &= (self.begin_m[stretch] <= at_m) & (at_m <= self.end_m[stretch])
        return np.where(fits, stretch, -1)

    def labels(self) -> list[str]:
        """``K12+000—K13+000`` for each."""
        return [
            f"{format_stake(begin)}—{format_stake(end)}"
            for begin, end in zip(self.begin_m, self.end_m, strict=True)
        ]


def stretches_of(roads: Roads, length_m: float = 1000.0) -> Stretches:
    """
    Cut every road at the multiples of a length.

    Raises
    ------
    ValueError
        ``length_m`` is not positive.
    """
    if not (length_m > 0 and math.isfinite(length_m)):
        raise ValueError(f"length_m must be positive, got {length_m}")
    table: list[tuple[int, float, float, float]] = []
    for number in range(len(roads.names)):
        edges = np.flatnonzero(roads.road == number)
        if edges.size:
            table += [(number, *cut) for cut in _cut(roads.low_m[edges], roads.high_m[edges], length_m)]
    columns = np.array(table, np.float64).reshape(-1, 4).T
    return Stretches(columns[0].astype(np.int64), columns[1].copy(), columns[2].copy(), columns[3].copy())


def _cut(low_m: Floats, high_m: Floats, length_m: float) -> list[tuple[float, float, float]]:
    """Begin, end and length of line of each stretch of one road."""
    first, last = math.floor(low_m.min() / length_m), math.ceil(high_m.max() / length_m)
    bounds = [low_m.min(), *(length_m * np.arange(first + 1, last)), high_m.max()]
    cuts = []
    for begin, end in pairwise(map(float, bounds)):
        line_m = float(np.clip(np.minimum(high_m, end) - np.maximum(low_m, begin), 0.0, None).sum())
        if line_m >= SHORTEST_M:
            cuts.append((begin, end, line_m))
    return cuts


def lines_between(
    roads: Roads, road: int, begin_m: float, end_m: float, *, side: Side = Side.NONE
) -> shapely.MultiLineString:
    """
    The lines of a road between two chainages, each in the direction of rising stakes, lowest first.

    Parameters
    ----------
    side
        Only this carriageway where the road is divided.

    Raises
    ------
    ValueError
        ``begin_m`` lies above ``end_m``.
    """
    if not begin_m <= end_m:
        raise ValueError(f"begin_m {begin_m} lies above end_m {end_m}")
    wanted = {Side.NONE: 0, Side.RIGHT: 1, Side.LEFT: -1}[side]
    meant = (roads.road == road) & (roads.low_m < end_m) & (roads.high_m > begin_m)
    if wanted:
        meant &= (roads.side == wanted) | (roads.side == 0)
    edges = np.flatnonzero(meant)
    edges = edges[np.lexsort((roads.rank[edges], roads.low_m[edges]))]
    return shapely.MultiLineString([_between(roads, int(edge), begin_m, end_m) for edge in edges])


def _between(roads: Roads, edge: int, begin_m: float, end_m: float) -> Floats:
    network, from_m = roads.network, float(roads.from_m[edge])
    held = np.clip([begin_m, end_m], roads.low_m[edge], roads.high_m[edge])
    first, last = np.sort(np.abs(held - from_m))
    own = slice(network.starts[edge], network.starts[edge + 1])
    inside = (network.measures[own] > first) & (network.measures[own] < last)
    ends = points_along(network, [edge, edge], [first, last])
    line: Floats = np.vstack([ends[:1], network.coords[own][inside], ends[1:]])
    return line if roads.rises[edge] else line[::-1]

"""
Reference points on roads: from a place to the words of GA/T 1980, and from the words to the place.

Junctions are found in the network itself; bridges, schools, village mouths come from whoever knows them.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Final, NamedTuple

import numpy as np
from numpy.typing import ArrayLike

from .network import Floats, Ints, directions_along
from .referencing import Roads, locate, places_of, side_codes
from .stakes import Side, Stake
from .wording import BEARINGS, RoadPlace, bearing_of

MOST_TRIED: Final = 5  # reference points tried before a place is described without one
FAR_M: Final = 2000.0
_CARRIAGEWAYS: Final = {"左幅": Side.LEFT, "右幅": Side.RIGHT, "下行": Side.LEFT, "上行": Side.RIGHT}


@dataclass(frozen=True, eq=False)
class Landmarks:
    """Reference points (n,), one row for each road they lie on; ``x`` and ``y`` are the place on the road."""

    names: tuple[str, ...]
    road: Ints
    chainage_m: Floats
    x: Floats
    y: Floats

    def named(self, road: int, name: str) -> Ints:
        """Rows of that name on a road."""
        rows = np.flatnonzero(self.road == road)
        return np.array([row for row in rows if self.names[row] == name], np.int64)

    def near(self, road: int, chainage_m: float, within_m: float) -> Ints:
        """Rows on a road, the nearest first; names that occur twice on the road are left out."""
        rows = np.flatnonzero(self.road == road)
        apart = np.abs(self.chainage_m[rows] - chainage_m)
        names = [self.names[row] for row in rows]
        keep = (apart <= within_m) & np.array([names.count(name) == 1 for name in names], bool)
        nearest: Ints = rows[keep][np.argsort(apart[keep], kind="stable")]
        return nearest


class Spot(NamedTuple):
    """A place on a road: number of the road, chainage, and the carriageway where one is meant."""

    road: int
    chainage_m: float
    side: Side


def junctions_of(roads: Roads) -> Landmarks:
    """Where roads meet at a node: ``与东环路交叉口`` on every road that comes there."""
    network = roads.network
    node = np.concatenate([network.tail, network.head])
    edge = np.concatenate([np.arange(network.edges)] * 2)
    at_m = np.concatenate([roads.from_m, roads.to_m])
    rows = np.flatnonzero(roads.road[edge] >= 0)
    _, first = np.unique(np.stack([node[rows], roads.road[edge[rows]]]), axis=1, return_index=True)
    rows = rows[np.sort(first)]  # one row for each road at each node
    order = np.argsort(node[rows], kind="stable")
    groups = np.split(rows[order], np.flatnonzero(np.diff(node[rows][order])) + 1)
    found = [
        (f"与{roads.names[roads.road[edge[other]]]}交叉口", own)
        for group in groups
        if len(group) > 1
        for own in group
        for other in group
        if own != other
    ]
    own_rows = np.array([row for _, row in found], np.int64)
    xy = network.node_xy[node[own_rows]].reshape(-1, 2)
    names = tuple(name for name, _ in found)
    return Landmarks(names, roads.road[edge[own_rows]], at_m[own_rows], xy[:, 0].copy(), xy[:, 1].copy())


def landmarks_on(
    roads: Roads, names: Sequence[str], xs: ArrayLike, ys: ArrayLike, *, within_m: float = 50.0
) -> Landmarks:
    """Named points (n,), in metres, on the road nearest to each; those farther from every road are left out."""
    found = locate(roads, xs, ys, within_m)
    rows = np.flatnonzero(found.found)
    kept = tuple(names[int(row)] for row in rows)
    return Landmarks(kept, found.road[rows], found.chainage_m[rows], found.x[rows], found.y[rows])


def joined(*parts: Landmarks) -> Landmarks:
    """All rows of several."""
    return Landmarks(
        tuple(name for part in parts for name in part.names),
        np.concatenate([part.road for part in parts]),
        np.concatenate([part.chainage_m for part in parts]),
        np.concatenate([part.x for part in parts]),
        np.concatenate([part.y for part in parts]),
    )


def describe(
    roads: Roads, landmarks: Landmarks, spot: Spot, *, roadside: Side = Side.NONE, within_m: float = FAR_M
) -> RoadPlace:
    """
    The elements of a place on a road.

    The stake where the road has stakes; the nearest reference point from which :func:`find` leads back to the
    same place; the roadside by compass.

    Parameters
    ----------
    roadside
        Side of the road that is meant, as stakes rise.
    within_m
        Reference points farther along the road are not used.
    """
    road = roads.names[spot.road]
    stake = Stake(float(np.floor(spot.chainage_m + 0.5)), spot.side) if roads.staked[spot.road] else None
    side = _compass_side(roads, spot, roadside)
    for row in landmarks.near(spot.road, spot.chainage_m, within_m)[:MOST_TRIED]:
        place = _from_landmark(roads, landmarks, int(row), spot)
        if place is not None:
            return RoadPlace(road, stake, *place, roadside=side)
    return RoadPlace(road, stake, roadside=side)


def find(roads: Roads, landmarks: Landmarks, place: RoadPlace) -> Spot | None:
    """
    Where the words of a place lead; None where road, stake or reference point are not known or not single.

    A stake counts before a reference point. Of the two places at a distance from a reference point the one
    that lies in the bearing is meant.
    """
    number = roads.numbers.get(place.road)
    if number is None:
        return None
    side = _CARRIAGEWAYS.get(place.roadside) or _CARRIAGEWAYS.get(place.heading) or Side.NONE
    if place.stake is not None:
        spot = Spot(number, place.stake.chainage_m, place.stake.side or side)
        return spot if _exists(roads, spot) else None
    rows = landmarks.named(number, place.reference)
    if len(rows) != 1:
        return None
    start = Spot(number, float(landmarks.chainage_m[rows[0]]), side)
    if place.distance_m is None:
        return start
    return _away_from(roads, start, place.bearing, place.distance_m)


def _from_landmark(
    roads: Roads, landmarks: Landmarks, row: int, spot: Spot
) -> tuple[str, str, float | None] | None:
    """Reference point, bearing and distance, if these lead back to the spot."""
    start = Spot(spot.road, float(landmarks.chainage_m[row]), spot.side)
    apart_m = float(np.floor(abs(spot.chainage_m - start.chainage_m) + 0.5))
    if apart_m == 0:
        return landmarks.names[row], "", None
    here, there = _xy(roads, start), _xy(roads, spot)
    if here is None or there is None:
        return None
    bearing = bearing_of(there[0] - here[0], there[1] - here[1])
    back = _away_from(roads, start, bearing, apart_m)
    if back is None or abs(back.chainage_m - spot.chainage_m) > 0.5:
        return None
    return landmarks.names[row], bearing, apart_m


def _away_from(roads: Roads, start: Spot, bearing: str, distance_m: float) -> Spot | None:
    """The spot at a distance along the road that lies best in a bearing."""
    here = _xy(roads, start)
    angle = np.radians(45.0 * BEARINGS.index(bearing))
    best, chosen = -np.inf, None
    for change in (distance_m, -distance_m):
        spot = start._replace(chainage_m=start.chainage_m + change)
        there = _xy(roads, spot)
        if here is None or there is None or not (there - here).any():
            continue
        east, north = (there - here) / np.hypot(*(there - here))
        fit = float(east * np.sin(angle) + north * np.cos(angle))
        if fit > best:
            best, chosen = fit, spot
    return chosen


def _exists(roads: Roads, spot: Spot) -> bool:
    return _xy(roads, spot) is not None


def _xy(roads: Roads, spot: Spot) -> Floats | None:
    place = places_of(roads, [spot.road], [spot.chainage_m], side=side_codes([spot.side]))
    return np.array([place.x[0], place.y[0]]) if place.found[0] else None


def _compass_side(roads: Roads, spot: Spot, roadside: Side) -> str:
    """东侧 for the right-hand side of a road that runs north."""
    place = places_of(roads, [spot.road], [spot.chainage_m], side=side_codes([spot.side]))
    if roadside is Side.NONE or not place.found[0]:
        return ""
    edge = place.edge[:1]
    offset = np.clip(np.abs(spot.chainage_m - roads.from_m[edge]), 0.0, roads.network.lengths[edge])
    east, north = directions_along(roads.network, edge, offset)[0] * (1.0 if roads.rises[edge[0]] else -1.0)
    right = 1.0 if roadside is Side.RIGHT else -1.0
    return bearing_of(right * north, -right * east) + "侧"

"""Villages and hamlets: spread over the towns, off the main roads, none on another."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
import shapely
from shapely.geometry import Polygon

from .dice import Dice, Floats
from .plan import TownPlan

HAMLETS = 470
_TRIES = 14  # candidates of which the loneliest is taken
_OFF_ROAD_M = 230.0
_OFF_SEAT_M = 1_000.0
_BORDER_M = 350.0
_APART_M = 620.0
_AT_ONCE = 1_024
_NOWHERE = np.array([1e6, 1e6])


class Settler:
    """Finds places for settlements in a town, each the loneliest of a few tries."""

    def __init__(self, roads: Sequence[Floats], seats: Floats, keep_out: Polygon, dice: Dice) -> None:
        self.tree = shapely.STRtree([shapely.linestrings(path) for path in roads])
        self.seats, self.keep_out, self.dice = seats, keep_out, dice
        self.taken: list[Floats] = []

    def settle(self, shape: Polygon, count: int, apart: Sequence[Floats]) -> list[Floats]:
        """``count`` places inside ``shape``, as far as can be from ``apart`` and from each other."""
        inner = shape.buffer(-_BORDER_M).difference(self.keep_out)
        found: list[Floats] = []
        pool = np.empty((0, 2))
        while len(found) < count:
            if len(pool) < _TRIES:
                pool = np.vstack([pool, self._free(inner)])
            tried, pool = pool[:_TRIES], pool[_TRIES:]
            tried = tried[_gaps(tried, np.array([*self.taken, _NOWHERE])) >= _APART_M]
            if len(tried):
                loneliest = int(np.argmax(_gaps(tried, np.array([*apart, *found, _NOWHERE]))))
                found.append(np.round(tried[loneliest], 3))
                self.taken.append(found[-1])
        return found

    def _free(self, inner: shapely.Geometry) -> Floats:
        """Candidates (n, 2) inside the town, off roads and seats."""
        west, south, east, north = inner.bounds
        shares = self.dice.shares(2 * _AT_ONCE).reshape(-1, 2)
        places = np.array([west, south]) + shares * np.array([east - west, north - south])
        points = shapely.points(places)
        free = shapely.contains(inner, points) & (_gaps(places, self.seats) >= _OFF_SEAT_M)
        near, _ = self.tree.query(points, predicate="dwithin", distance=_OFF_ROAD_M)
        free[near] = False
        return np.asarray(places[free])


def _gaps(places: Floats, others: Floats) -> Floats:
    """Distance of each place (n, 2) from the nearest of ``others``."""
    away = places[:, None, :] - others[None, :, :]
    return np.asarray(np.hypot(away[..., 0], away[..., 1]).min(axis=1))


def settle(
    towns: Sequence[TownPlan], shapes: Sequence[Polygon], settler: Settler
) -> tuple[list[list[Floats]], list[Floats]]:
    """Seats of the villages of each town, and the hamlets of all."""
    villages = [
        settler.settle(shape, town.villages, apart=list(settler.seats))
        for town, shape in zip(towns, shapes, strict=True)
    ]
    areas = np.array([shape.difference(settler.keep_out).area for shape in shapes])
    reached = np.round(np.cumsum(areas) / areas.sum() * HAMLETS).astype(int)
    hamlets: list[Floats] = []
    for shape, count in zip(shapes, np.diff(reached, prepend=0), strict=True):
        hamlets += settler.settle(shape, int(count), apart=settler.taken)
    return villages, hamlets

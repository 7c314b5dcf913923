"""The county's outline and the towns inside it: neighbours share their border exactly."""

from __future__ import annotations

import numpy as np
import shapely
from numpy.typing import NDArray
from shapely.geometry import Polygon

from .dice import Dice, Floats
from .plan import AREA_KM2, TownPlan

_SQUARENESS = 2.7  # exponent of the superellipse: between a circle (2) and a square
_RIPPLES = (
    (2, 0.030),
    (3, 0.040),
    (5, 0.026),
    (8, 0.018),
    (13, 0.012),
)  # waves round the outline, share of the radius
# Waves of the ground that bend straight borders: length in metres, swing in metres.
_WAVES = ((9_000.0, 380.0), (4_000.0, 190.0), (1_700.0, 75.0), (700.0, 26.0), (330.0, 9.0))
_STEP_M = 120.0
_OUTER_POINTS = 360


class Ground:
    """Moves every place a little, its neighbours nearly as much: straight borders become natural ones."""

    def __init__(self, dice: Dice) -> None:
        self._waves = []
        for wave_m, swing_m in _WAVES:
            for _ in range(3):
                turn = 2 * np.pi * dice.share()
                along = 2 * np.pi / wave_m * np.array([np.cos(turn), np.sin(turn)])
                self._waves.append((along, 2 * np.pi * dice.shares(2), swing_m / 3))

    def moved(self, xy: Floats) -> Floats:
        """The places (n, 2) after the move."""
        shift = np.zeros_like(xy)
        for along, phases, swing in self._waves:
            angle = xy @ along
            shift[:, 0] += swing * np.sin(angle + phases[0])
            shift[:, 1] += swing * np.sin(angle + phases[1])
        return xy + shift


def town_shapes(towns: tuple[TownPlan, ...], seed: int) -> list[Polygon]:
    """
    A polygon for each town in metres about the county's middle, together ``AREA_KM2``.

    Each place belongs to the nearest seat; then the ground is moved, so that borders wind and still match.
    """
    dice = Dice(seed, "outline")
    outline = _outline(dice)
    ground = Ground(Dice(seed, "ground"))
    seats = np.array([(town.east_km, town.north_km) for town in towns]) * 1000.0
    cells = shapely.voronoi_polygons(shapely.multipoints(seats), extend_to=outline, ordered=True)
    # Every border point must stand in both neighbours before it is moved: first cut, then fill in points.
    pieces = shapely.intersection(np.array(cells.geoms), outline)
    rings = [_filled(ring) for ring in _noded(pieces)]
    return [Polygon(np.round(ground.moved(ring), 2)) for ring in rings]


def outer_shape(pieces: list[Polygon]) -> Polygon:
    """The county: all towns together."""
    county = shapely.coverage_union_all(np.array(pieces))
    assert isinstance(county, Polygon)
    return county


def _outline(dice: Dice) -> Polygon:
    angle = np.linspace(0.0, 2 * np.pi, _OUTER_POINTS, endpoint=False)
    cos, sin = np.abs(np.cos(angle)), np.abs(np.sin(angle))
    radius = (cos**_SQUARENESS + sin**_SQUARENESS) ** (-1 / _SQUARENESS)
    for waves, height in _RIPPLES:
        radius *= 1 + height * np.sin(waves * angle + 2 * np.pi * dice.share())
    shape = Polygon(np.column_stack([radius * np.cos(angle), radius * np.sin(angle)]))
    scale = float(np.sqrt(AREA_KM2 * 1e6 / shape.area))
    return Polygon(shapely.get_coordinates(shape)[:-1] * scale)


def _noded(pieces: NDArray[np.object_]) -> list[Floats]:
    """Rings of corners (n, 2), not closed; a corner on a neighbour's edge is a corner of the neighbour too."""
    corners = np.unique(np.round(shapely.get_coordinates(pieces), 3), axis=0)
    points = shapely.points(corners)
    rings = []
    for piece in pieces:
        ring = shapely.get_exterior_ring(piece)
        near = shapely.dwithin(ring, points, 0.01)
        order = np.argsort(shapely.line_locate_point(ring, points[near]), kind="stable")
        rings.append(corners[near][order])
    return rings


def _filled(ring: Floats) -> Floats:
    """A ring with points along its edges, the same ones from whichever side an edge is looked at."""
    parts = []
    for start, end in zip(ring, np.roll(ring, -1, axis=0), strict=True):
        low, high = sorted([tuple(start), tuple(end)])
        count = max(1, int(np.hypot(*(end - start)) / _STEP_M))
        inner = np.array(low) + np.linspace(0.0, 1.0, count + 1)[:-1, None] * (np.array(high) - np.array(low))
        parts.append(inner if low == tuple(start) else np.vstack([high, inner[:0:-1]]))
    return np.vstack(parts)

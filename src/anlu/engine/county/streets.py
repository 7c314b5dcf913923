"""Streets of the towns: two across the main road at the seat, one beside it."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
import shapely

from .courses import Course
from .curves import length_of
from .dice import Dice, Floats
from .plan import TownPlan

_ACROSS = ("兴镇街", "商贸街")
_BESIDE = "富民路"
_HALF_M = (330.0, 520.0)


def town_streets(town: TownPlan, courses: Sequence[Course], dice: Dice) -> list[tuple[str, Floats]]:
    """Name and path of the streets of a town; they begin and end in the open, or where they meet each other."""
    seat = np.array([town.east_km, town.north_km]) * 1000.0
    course = next(one for one in courses if np.hypot(*(one.path - seat).T).min() < 1.0)
    line = shapely.linestrings(course.path)
    at_m = float(shapely.line_locate_point(line, shapely.points(seat)))
    found, corners = [], []
    for name, step_m in zip(_ACROSS, (-dice.between(260, 330), dice.between(260, 330)), strict=True):
        middle = _at(line, min(max(at_m + step_m, 120.0), length_of(course.path) - 120.0))
        ahead = _at(line, at_m + step_m + 15.0) - _at(line, at_m + step_m - 15.0)
        aside = np.array([-ahead[1], ahead[0]]) / np.hypot(*ahead)
        first, corner, last = (dice.between(*_HALF_M), dice.between(200, 260), dice.between(*_HALF_M))
        path = np.array([middle - aside * first, middle, middle + aside * corner, middle + aside * last])
        found.append((f"{town.short}{name}", np.round(path, 3)))
        corners.append(np.round(path[2], 3))
    found.append((f"{town.short}{_BESIDE}", np.array(corners)))
    return found


def _at(line: shapely.LineString, at_m: float) -> Floats:
    return np.asarray(shapely.get_coordinates(shapely.line_interpolate_point(line, at_m))[0])

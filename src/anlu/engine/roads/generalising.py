"""
Lines as a map of some scale needs them: joined along a road, with the vertices that nobody would see left out.

Douglas and Peucker (1973), *Algorithms for the reduction of the number of points required to represent a digitized
line*, The Canadian Cartographer 10(2), as GEOS has it.
"""

from __future__ import annotations

import math
from collections.abc import Sequence
from typing import Final

import numpy as np
import shapely
from numpy.typing import NDArray

EQUATOR_PIXEL_DEG: Final = 360.0 / 512  # of a map of zoom 0 whose tiles are 512 pixels wide
SEEN_PIXELS: Final = 0.6  # a vertex that moves the line by less is left out


def tolerance_deg(zoom: float, latitude: float) -> float:
    """
    How far a line may be moved at a zoom, in degrees of latitude.

    A degree of longitude is wider on a web-mercator map than it is on the ground, by 1 / cos latitude; the narrower
    of both decides.
    """
    return SEEN_PIXELS * EQUATOR_PIXEL_DEG / 2**zoom * math.cos(math.radians(latitude))


def joined(lines: Sequence[shapely.LineString]) -> list[shapely.LineString]:
    """
    Lines joined end to end wherever exactly two of them meet.

    They keep their direction, and so do their stakes: of two that run against each other each stays as it is.
    """
    if not lines:
        return []
    merged = shapely.line_merge(shapely.multilinestrings(list(lines)), directed=True)
    return [line for line in shapely.get_parts(merged) if not shapely.is_empty(line)]


def generalised(lines: Sequence[shapely.LineString], zoom: float) -> NDArray[np.object_]:
    """
    Lines (n,) in degrees without the vertices that cannot be seen at ``zoom``; ends stay where they are.

    Raises
    ------
    ValueError
        ``zoom`` is negative.
    """
    if zoom < 0:
        raise ValueError(f"zoom must not be negative, got {zoom}")
    shapes = np.empty(len(lines), object)
    shapes[:] = list(lines)
    if not len(shapes):
        return shapes
    south, north = shapely.total_bounds(shapes)[[1, 3]]
    simple: NDArray[np.object_] = shapely.simplify(shapes, tolerance_deg(zoom, (south + north) / 2))
    return simple

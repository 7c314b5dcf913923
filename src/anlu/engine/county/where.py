"""Finding places on the county's roads: by stake, by junction, by nearness."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from functools import cached_property

import numpy as np
import shapely

from .curves import length_of
from .dice import Floats
from .ground import Made
from .noding import Spot


@dataclass(frozen=True, slots=True)
class OnLine:
    """A place on a line: how far from its first vertex, its chainage, and where in metres."""

    line: int
    offset_m: float
    chainage_m: float
    xy: Floats


class Where:
    """Looks places up on the lines of a county that is being made."""

    def __init__(self, made: Made) -> None:
        self.made = made
        self.shapes = [shapely.linestrings(path) for path in made.paths]
        self.lengths = np.array([length_of(path) for path in made.paths])
        self.by_road: dict[str, list[int]] = {}
        for number, line in enumerate(made.lines):
            self.by_road.setdefault(line.road, []).append(number)

    @cached_property
    def legs(self) -> dict[Spot, list[tuple[int, bool]]]:
        """Lines that meet at each node, and whether they begin there."""
        found: dict[Spot, list[tuple[int, bool]]] = {}
        for number, (first, last) in enumerate(self.made.ends):
            found.setdefault(first, []).append((number, True))
            found.setdefault(last, []).append((number, False))
        return found

    @cached_property
    def code_of(self) -> dict[str, str]:
        """Road codes by code and by name."""
        return {road.name: road.code for road in self.made.roads} | {
            road.code: road.code for road in self.made.roads
        }

    def on(self, line: int, offset_m: float) -> OnLine:
        """The place at a distance from the first vertex of a line."""
        record = self.made.lines[line]
        sense = 1.0 if record.stake_end_m >= record.stake_start_m else -1.0
        xy = shapely.get_coordinates(shapely.line_interpolate_point(self.shapes[line], offset_m))[0]
        return OnLine(line, offset_m, record.stake_start_m + sense * offset_m, np.asarray(xy))

    def at(self, road: str, chainage_m: float) -> OnLine:
        """
        The place at a chainage of a road.

        Raises
        ------
        LookupError
            The road has no such chainage.
        """
        for line in self.by_road[self.code_of[road]]:
            low, high = sorted((self.made.lines[line].stake_start_m, self.made.lines[line].stake_end_m))
            if low <= chainage_m <= high:
                return self.on(line, abs(chainage_m - self.made.lines[line].stake_start_m))
        raise LookupError(f"{road} has no chainage {chainage_m}")

    def nearest(self, roads: Sequence[str], xy: Floats) -> OnLine:
        """The place nearest to ``xy`` on one of some roads."""
        lines = [line for road in roads for line in self.by_road[road]]
        point = shapely.points(xy)
        line = min(lines, key=lambda number: float(shapely.distance(self.shapes[number], point)))
        return self.on(line, float(shapely.line_locate_point(self.shapes[line], point)))

    def meeting(self, first: str, second: str) -> Spot:
        """
        The first node where two roads meet; ``second`` may be ``Y*``, any township road.

        Raises
        ------
        LookupError
            They do not meet.
        """
        for spot, legs in sorted(self.legs.items()):
            roads = {self.made.lines[line].road for line, _ in legs}
            others = {road[0] + "*" for road in roads} | roads
            if self.code_of[first] in roads and self.code_of.get(second, second) in others:
                return spot
        raise LookupError(f"{first} and {second} do not meet")

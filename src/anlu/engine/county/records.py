"""What the demonstration county consists of. Coordinates are WGS-84 degrees, chainages metres."""

from __future__ import annotations

from collections import Counter
from dataclasses import dataclass, field
from datetime import date, datetime
from decimal import Decimal
from functools import cached_property

import shapely
from shapely.geometry import Polygon

from .dice import Floats


@dataclass(frozen=True, slots=True)
class Town:
    """A town or sub-district with the place of its seat."""

    code: str
    name: str
    lon: float
    lat: float
    boundary: Polygon

    @property
    def short(self) -> str:
        """Without 镇 or 街道, as squadrons are named."""
        return self.name.removesuffix("街道").removesuffix("镇")


@dataclass(frozen=True, slots=True)
class Village:
    """A village with a committee."""

    code: str
    name: str
    town: str
    lon: float
    lat: float


@dataclass(frozen=True, slots=True)
class Road:
    """
    A road by number and name. ``technical_class`` and ``administrative_class`` are codes of the lists
    ``crash.road_class`` and ``crash.road_rank`` ("" = a street).
    """

    code: str
    name: str
    technical_class: str
    administrative_class: str
    owner: str
    length_m: float


@dataclass(frozen=True, eq=False)
class RoadLine:
    """
    A piece of a road between two junctions, as drawn.

    Attributes
    ----------
    coords : (n, 2)
        Longitude and latitude.
    stake_start_m, stake_end_m
        Chainage at the first and at the last vertex; it may fall along the line.
    local_name
        What the road is called here, where it runs through the streets of a town.
    urban, lit
        Within the streets of the county town; with street lamps.
    """

    road: str
    coords: Floats
    stake_start_m: float
    stake_end_m: float
    town: str
    local_name: str
    urban: bool
    lit: bool
    limit_kmh: int

    @property
    def length_m(self) -> float:
        """From stake to stake."""
        return abs(self.stake_end_m - self.stake_start_m)


@dataclass(frozen=True, slots=True)
class Junction:
    """Where three or more pieces of road meet. ``form`` is a code of the list ``crash.junction``."""

    code: str
    name: str
    lon: float
    lat: float
    form: str
    legs: int
    signals: bool
    town: str
    roads: tuple[tuple[str, float], ...]


@dataclass(frozen=True, slots=True)
class Site:
    """
    A place that matters to traffic: ``kind`` is school, market, hospital or station (petrol).

    ``fair_days`` are the last digits of the lunar days on which a market is held (逢一、六 = 1, 6; 10 stands for 0).
    """

    code: str
    name: str
    kind: str
    lon: float
    lat: float
    road: str
    chainage_m: float
    town: str
    fair_days: tuple[int, ...] = ()
    opens: str = ""
    closes: str = ""


@dataclass(frozen=True, slots=True)
class HotSpot:
    """
    A site that is truly hot: methods can be measured against it.

    Attributes
    ----------
    kind
        ``junction`` or ``segment``.
    road, from_m, to_m
        The stretch; of a junction the stretch of its greater road within ``radius_m``.
    radius_m
        A crash this near to the place belongs to a junction; 0 for a stretch.
    multiplier
        Expected crashes over those of the same place if it were like its kind.
    pattern, words
        What dominates there, as code of the generator and in words.
    expected
        Crashes expected from the first to the last day, all procedures; ``expected_else`` if it were like its kind.
    """

    code: str
    name: str
    kind: str
    road: str
    from_m: float
    to_m: float
    lon: float
    lat: float
    radius_m: float
    town: str
    multiplier: float
    pattern: str
    words: str
    expected: float
    expected_else: float


@dataclass(frozen=True, slots=True)
class Vehicle:
    """One vehicle; codes of the lists ``crash.vehicle_class``, ``crash.manoeuvre``, ``crash.first_impact``."""

    seq: int
    vehicle_class: str
    plate: str
    plate_kind: str
    usage: str
    insured: str
    manoeuvre: str
    first_impact: str
    year_made: int | None


@dataclass(frozen=True, slots=True)
class Person:
    """One person, without a name; ``vehicle`` is the seq of a vehicle, 0 for who walks."""

    seq: int
    vehicle: int
    role: str
    mode: str
    sex: str
    age: int
    injury: str
    died_at: datetime | None
    liability: str
    helmet: str
    belt: str
    drink: str
    licence_class: str


@dataclass(frozen=True, slots=True)
class Crash:
    """One crash; codes as in the lists of crashes, times aware."""

    number: str
    occurred_at: datetime
    precise: bool
    reported_at: datetime
    filed_at: datetime | None
    procedure: str
    determined_on: date | None
    closed_on: date | None
    close_method: str
    mediation: str
    scene: str
    hit_and_run: bool
    form: str
    vehicle_form: str
    object_hit: str
    cause: str
    weather: str
    visibility: str
    light: str
    surface: str
    pavement_material: str
    road_class: str
    road_rank: str
    junction: str
    cross_section: str
    control: str
    separation: str
    limit_kmh: int
    lon: float
    lat: float
    located: bool
    road: str
    line: int
    chainage_m: float
    town: str
    place: str
    loss_cny: Decimal
    pattern: str
    hot_spot: str
    vehicles: tuple[Vehicle, ...]
    people: tuple[Person, ...]
    story: str


@dataclass(frozen=True, eq=False)
class County:
    """青澜县 as made from ``seed``."""

    seed: int
    code: str
    name: str
    lon: float
    lat: float
    boundary: Polygon
    towns: tuple[Town, ...]
    villages: tuple[Village, ...]
    roads: tuple[Road, ...]
    lines: tuple[RoadLine, ...]
    junctions: tuple[Junction, ...]
    sites: tuple[Site, ...]
    hot_spots: tuple[HotSpot, ...] = ()
    crashes: tuple[Crash, ...] = field(default=(), repr=False)

    @cached_property
    def road_by_code(self) -> dict[str, Road]:
        """Roads by number."""
        return {road.code: road for road in self.roads}

    @cached_property
    def km_by_class(self) -> dict[str, float]:
        """Kilometres of road by administrative class."""
        found: Counter[str] = Counter()
        for road in self.roads:
            found[road.administrative_class] += road.length_m / 1000.0  # type: ignore[assignment]
        return dict(found)

    def line_shapes(self) -> list[shapely.LineString]:
        """The lines in degrees, in their order."""
        return [shapely.linestrings(line.coords) for line in self.lines]

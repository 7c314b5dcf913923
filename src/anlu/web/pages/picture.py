"""
The map as a picture drawn on the server: the same ground, points, counts and heat as in the browser's map, as SVG
inside the page. For browsers without WebGL or scripts, and for paper.
"""

from __future__ import annotations

import math
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace
from typing import Any, Final
from urllib.parse import urlencode

import numpy as np
import shapely
from django.urls import reverse
from numpy.typing import NDArray

from anlu.engine.quadtree import CELL_BITS, runs_of
from anlu.kernel.places.mapping import DrawnRoad, areas_for_map, roads_for_map
from anlu.kernel.places.points import Points
from anlu.web.ledgers import ledgers
from anlu.web.legends import LegendClass
from anlu.web.marks import OTHER
from anlu.web.tiles import PointLayer, carried_by, weights_of

WIDTH, HEIGHT = 1_040, 700
TILE_PIXELS: Final = 512  # of the web-mercator world at zoom 0, as in the browser's map
MOST_POINTS = 1_500
MOST_LINKS = 300
COUNT_PIXELS = 44  # least distance between counts
ALONE = 3  # most points of a cell that are drawn one by one
HEAT_PIXELS = 14
HEAT_LEVELS = 6
LEAST_ZOOM, MOST_ZOOM = 3.0, 18.0
WIDE_CHINA: Final = ((73.0, 18.0), (135.0, 54.0))
SCALE_PIXELS = 130
EQUATOR_M: Final = 2 * math.pi * 6_378_137.0
Corners = Sequence[Sequence[float]]


@dataclass(frozen=True)
class Frame:
    """The part of the world that a picture shows: its middle in degrees and its zoom, on a web-mercator map."""

    lon: float
    lat: float
    zoom: float
    width: int = WIDTH
    height: int = HEIGHT

    @property
    def side(self) -> float:
        """Pixels of a world side."""
        return float(TILE_PIXELS * 2**self.zoom)

    @property
    def corner(self) -> tuple[float, float]:
        """The north-western corner in pixels of the world."""
        x, y = _mercator(self.lon, self.lat)
        return x * self.side - self.width / 2, y * self.side - self.height / 2

    def degrees(self, x: float, y: float) -> tuple[float, float]:
        """Longitude and latitude of a place in the picture."""
        left, top = self.corner
        lon = (left + x) / self.side * 360 - 180
        return lon, math.degrees(math.atan(math.sinh(math.pi * (1 - 2 * (top + y) / self.side))))

    @property
    def bounds(self) -> tuple[float, float, float, float]:
        """West, south, east, north."""
        (west, north), (east, south) = self.degrees(0, 0), self.degrees(self.width, self.height)
        return max(-180.0, west), max(-85.0, south), min(180.0, east), min(85.0, north)

    def of_degrees(self, lonlat: NDArray[np.float64]) -> NDArray[np.float64]:
        """Places in the picture of degrees (n, 2)."""
        across = (lonlat[:, 0] / 360 + 0.5) * self.side - self.corner[0]
        limited = np.radians(np.clip(lonlat[:, 1], -85.0, 85.0))
        down = (0.5 - np.arctanh(np.sin(limited)) / (2 * np.pi)) * self.side - self.corner[1]
        return np.column_stack([across, down])

    def of_cells(self, x: NDArray[Any], y: NDArray[Any]) -> tuple[NDArray[np.float64], NDArray[np.float64]]:
        """Places in the picture of cells (n,)."""
        pixels = self.side / 2**CELL_BITS
        return (x + 0.5) * pixels - self.corner[0], (y + 0.5) * pixels - self.corner[1]

    def cells(self, margin: float = 12.0) -> tuple[float, float, float, float]:
        """West, north, east, south in cells, with a margin of some pixels."""
        left, top = self.corner
        per_pixel = 2**CELL_BITS / self.side
        return (
            (left - margin) * per_pixel,
            (top - margin) * per_pixel,
            (left + self.width + margin) * per_pixel,
            (top + self.height + margin) * per_pixel,
        )

    def shift(self, pixels: float) -> int:
        """How many bits to take off a cell so that what is left is at least ``pixels`` wide."""
        return max(0, math.ceil(math.log2(pixels * 2**CELL_BITS / self.side)))

    @property
    def address(self) -> str:
        """As it stands in an address."""
        return f"{self.lon:.5f},{self.lat:.5f},{self.zoom:g}"

    def moved(self, across: float = 0.0, down: float = 0.0, zoom: float = 0.0) -> Frame:
        """Moved by shares of its width and height, or nearer by some zooms."""
        lon, lat = self.degrees(self.width * (0.5 + across), self.height * (0.5 + down))
        nearer = min(MOST_ZOOM, max(LEAST_ZOOM, self.zoom + zoom))
        return Frame(
            min(180.0, max(-180.0, lon)), min(84.0, max(-84.0, lat)), nearer, self.width, self.height
        )

    def moves(self, query: str) -> list[dict[str, str]]:
        """Links that move the picture: label, icon, address."""
        steps = (
            ("放大", "plus", self.moved(zoom=1)),
            ("缩小", "minus", self.moved(zoom=-1)),
            ("向西", "arrow-left", self.moved(across=-0.4)),
            ("向北", "arrow-narrow-up", self.moved(down=-0.4)),
            ("向南", "arrow-narrow-down", self.moved(down=0.4)),
            ("向东", "arrow-right", self.moved(across=0.4)),
        )
        found = [{"label": label, "icon": icon, "url": _with(query, frame)} for label, icon, frame in steps]
        return [*found, {"label": "全部范围", "icon": "home", "url": query or "?"}]

    def scale(self) -> dict[str, Any]:
        """A round distance on the ground and its length in pixels, at the middle of the picture."""
        per_pixel = EQUATOR_M * math.cos(math.radians(self.lat)) / self.side
        longest = SCALE_PIXELS * per_pixel
        unit = 10 ** math.floor(math.log10(longest))
        metres = max(step * unit for step in (1, 2, 5) if step * unit <= longest)
        words = f"{metres / 1000:g} 公里" if metres >= 1000 else f"{metres:g} 米"
        return {"pixels": round(metres / per_pixel, 1), "words": words}


def _with(query: str, frame: Frame) -> str:
    return f"{query}{'&' if query else '?'}{urlencode({'view': frame.address})}"


def _mercator(lon: float, lat: float) -> tuple[float, float]:
    """Shares of the world's side from its north-western corner."""
    return lon / 360 + 0.5, 0.5 - math.asinh(math.tan(math.radians(lat))) / (2 * math.pi)


def frame_of(stated: str, bounds: Corners | None) -> Frame:
    """The frame of an address "lon,lat,zoom"; whatever cannot be read shows all of ``bounds``."""
    try:
        lon, lat, zoom = (float(part) for part in stated.split(","))
    except ValueError:
        return _fitted(bounds or _ground_bounds() or WIDE_CHINA)
    if not (-180 <= lon <= 180 and -84 <= lat <= 84 and LEAST_ZOOM <= zoom <= MOST_ZOOM):
        return _fitted(bounds or _ground_bounds() or WIDE_CHINA)
    return Frame(lon, lat, round(zoom, 2))


def _ground_bounds() -> Corners | None:
    """All boundaries, where there are any."""
    shapes = [shapely.geometry.shape(one["geometry"]) for one in areas_for_map()["features"]]
    if not shapes:
        return None
    west, south, east, north = shapely.total_bounds(np.array(shapes, object))
    return (west, south), (east, north)


def _fitted(bounds: Corners) -> Frame:
    (west, south), (east, north) = bounds
    (left, bottom), (right, top) = _mercator(west, south), _mercator(east, north)
    wide, high = max(right - left, 1e-6), max(bottom - top, 1e-6)
    zoom = math.log2(min((WIDTH - 40) / wide, (HEIGHT - 40) / high) / TILE_PIXELS)
    middle = math.degrees(math.atan(math.sinh(math.pi * (1 - (top + bottom)))))
    return Frame((west + east) / 2, middle, round(min(15.0, max(LEAST_ZOOM, zoom)), 2))


@dataclass(frozen=True)
class Drawn:
    """Something at a place of the picture; ``url`` where it leads."""

    x: float
    y: float
    mark: str = ""
    label: str = ""
    radius: float = 0.0
    level: int = 0
    url: str = ""
    anchor: str = "middle"  # of a name, which stands at text_x, text_y
    text_x: float = 0.0
    text_y: float = 0.0

    @property
    def width(self) -> float:
        """Of a plate."""
        return 2 * self.radius


@dataclass(frozen=True)
class Line:
    """A path of the ground with its class; a road may be coloured by ``level`` 1-6, be named and lead somewhere."""

    kind: str
    path: str
    level: int = 0
    label: str = ""
    url: str = ""


@dataclass(frozen=True)
class RoadMark:
    """How a road stands out: its level on the ramp, what is said of it, where it leads."""

    level: int
    label: str
    url: str


PLAIN: Final = RoadMark(0, "", "")


@dataclass(frozen=True)
class Picture:
    """Everything that the template draws; ``shown`` records, None where it shows none by themselves."""

    frame: Frame
    areas: list[Line]
    roads: list[Line]
    shields: list[Drawn]
    names: list[Drawn]
    heat: list[Drawn] = field(default_factory=list)
    heat_side: float = 0.0
    points: list[Drawn] = field(default_factory=list)
    counts: list[Drawn] = field(default_factory=list)
    shown: int | None = None

    @classmethod
    def of(
        cls, layer: PointLayer, points: Points, frame: Frame, legend: Sequence[LegendClass], *, heat: str = ""
    ) -> Picture:
        """Draw the points of a layer in a frame; ``heat`` is "", "heat" or "harm"."""
        inside = points.in_cells(*frame.cells())
        cells = heat_cells(layer, inside, frame, weighted=heat != "heat") if heat else []
        alone, crowded = (inside, []) if len(inside) <= MOST_POINTS else apart(inside, frame)
        single = [] if heat else list(single_points(layer, alone, frame, legend))
        counts = [] if heat else crowded
        return replace(
            cls.of_roads(frame, {}, counts),
            heat=cells,
            heat_side=frame.side / 2**CELL_BITS * 2 ** frame.shift(HEAT_PIXELS),
            points=single,
            counts=counts,
            shown=len(inside),
        )

    @classmethod
    def of_roads(cls, frame: Frame, marked: Mapping[str, RoadMark], counts: Sequence[Drawn] = ()) -> Picture:
        """The ground alone; the roads in ``marked``, by code, stand out; names keep off the ``counts``."""
        roads = roads_for_map(frame.bounds, int(frame.zoom))
        shields = _shields(frame, roads)
        return cls(
            frame=frame,
            areas=list(_areas(frame)),
            roads=_road_lines(frame, roads, marked),
            shields=shields,
            names=[placed(one, [*counts, *shields]) for one in _names(frame)],
        )


def _road_lines(frame: Frame, roads: Sequence[DrawnRoad], marked: Mapping[str, RoadMark]) -> list[Line]:
    """Roads as they lie, those that stand out above the others, the greatest on top."""
    lines = []
    for road in roads:
        mark = marked.get(road.code, PLAIN)
        lines.append(Line(road.kind, _path(frame, road.shape), mark.level, mark.label, mark.url))
    return sorted(lines, key=lambda line: line.level)


def single_points(
    layer: PointLayer, inside: Points, frame: Frame, legend: Sequence[LegendClass]
) -> Iterator[Drawn]:
    """Every point with its mark, the first class of the legend on top; links where they are few."""
    marks, order = _marks_of(inside, legend)
    linked = _links(layer, inside) if len(inside) <= MOST_LINKS else {}
    x, y = frame.of_cells(inside.x, inside.y)
    keys = inside.pk
    for place in np.argsort(-order, kind="stable").tolist():
        label, url = linked.get(int(keys[place]), ("", ""))
        yield Drawn(round(x[place], 1), round(y[place], 1), marks[place], label, url=url)


def _marks_of(inside: Points, legend: Sequence[LegendClass]) -> tuple[list[str], NDArray[np.int64]]:
    """Mark of each point and the place of its class in the legend."""
    if not legend:
        return [OTHER] * len(inside), np.zeros(len(inside), int)
    values, codes = inside.codes(legend[0].path)
    places = {value: place for place, one in enumerate(legend) for value in one.values}
    order = np.array([places.get(value, len(legend)) for value in values] or [0])[codes]
    marks = [*(one.mark for one in legend), OTHER]
    return [marks[place] for place in order.tolist()], order


def _links(layer: PointLayer, inside: Points) -> dict[int, tuple[str, str]]:
    """Number and address of each point."""
    carried = carried_by(layer, inside.pk.tolist(), None)
    detail = f"{layer.ledger}.detail"
    has_page = bool(layer.ledger) and ledgers.get(layer.ledger).has_detail
    return {
        key: (one.get("number", ""), reverse(detail, args=[one["uid"]]) if has_page else "")
        for key, one in carried.items()
    }


def apart(inside: Points, frame: Frame) -> tuple[Points, list[Drawn]]:
    """Points of the cells of a grid that hold few, and counts for the others, the greatest last (on top)."""
    runs = runs_of(inside.key >> 2 * frame.shift(COUNT_PIXELS))
    crowded = runs.lengths > ALONE
    x, y = frame.of_cells(runs.means(inside.x)[crowded], runs.means(inside.y)[crowded])
    numbers = runs.lengths[crowded]
    order = np.argsort(numbers, kind="stable").tolist()
    counts = [_count(frame, float(x[place]), float(y[place]), int(numbers[place])) for place in order]
    return inside.only(~np.repeat(crowded, runs.lengths)), counts


def _count(frame: Frame, x: float, y: float, n: int) -> Drawn:
    """A circle with a number, which leads to a nearer view of its place."""
    nearer = Frame(*frame.degrees(x, y), min(MOST_ZOOM, frame.zoom + 2)).address
    radius = min(22.0, 6 + 1.5 * math.log2(n))
    return Drawn(round(x, 1), round(y, 1), label=f"{n:,}", radius=round(radius, 1), url=nearer)


def heat_cells(layer: PointLayer, inside: Points, frame: Frame, *, weighted: bool) -> list[Drawn]:
    """Squares with levels 1 to ``HEAT_LEVELS`` by the square root of what is in them."""
    shift = frame.shift(HEAT_PIXELS)
    keys = inside.key >> 2 * shift
    runs = runs_of(keys)
    sums = runs.sums(weights_of(layer, inside)) if weighted else runs.lengths.astype(float)
    if not sums.size:
        return []
    top = float(np.quantile(sums, 0.995))
    levels = np.clip(np.ceil(np.sqrt(sums / top) * HEAT_LEVELS), 1, HEAT_LEVELS).astype(int)
    first_x, first_y = inside.x[runs.starts] >> shift << shift, inside.y[runs.starts] >> shift << shift
    x, y = frame.of_cells(first_x - 0.5, first_y - 0.5)
    return [
        Drawn(round(float(a), 1), round(float(b), 1), level=int(level))
        for a, b, level in zip(x, y, levels, strict=True)
    ]


# --------------------------------------------------------------------------------------------------- the ground
def _path(frame: Frame, shape: Any) -> str:
    """A shape in degrees as an SVG path, clipped to the picture."""
    moved = shapely.transform(shape, frame.of_degrees)
    clipped = shapely.clip_by_rect(moved, -20, -20, frame.width + 20, frame.height + 20)
    return "".join(_rings(clipped))


def _rings(shape: Any) -> Iterator[str]:
    for part in shapely.get_parts(shape):
        if part.geom_type == "Polygon":
            for ring in (part.exterior, *part.interiors):
                yield _drawn(shapely.get_coordinates(ring)) + "Z"
        elif part.geom_type == "LineString":
            yield _drawn(shapely.get_coordinates(part))
        elif hasattr(part, "geoms"):
            yield from _rings(part)


def _drawn(places: NDArray[np.float64]) -> str:
    """M and L with one decimal."""
    return "M" + "L".join(f"{x:.1f} {y:.1f}" for x, y in places.tolist())


def _areas(frame: Frame) -> Iterator[Line]:
    features = [one for one in areas_for_map()["features"] if one["properties"]["part"] == "area"]
    features.sort(key=lambda one: one["properties"]["kind"] == "county")
    for one in features:
        shape = shapely.geometry.shape(one["geometry"])
        path = _path(frame, shape)
        if path:
            yield Line(one["properties"]["kind"], path)


def _names(frame: Frame) -> Iterator[Drawn]:
    for one in areas_for_map()["features"]:
        facts = one["properties"]
        if facts["part"] != "seat" or (facts["kind"] == "county") == (frame.zoom >= 9):
            continue
        ((x, y),) = frame.of_degrees(np.array([one["geometry"]["coordinates"]])).tolist()
        if 0 < x < frame.width and 0 < y < frame.height:
            yield Drawn(round(x, 1), round(y, 1), label=facts["name"])


def placed(name: Drawn, taken: Sequence[Drawn]) -> Drawn:
    """A name beside its seat, on the side where it hides the least of what is drawn there."""
    half = len(name.label) * 6.5
    sides = (
        ("middle", 0.0, -6.0, 0.0),
        ("middle", 0.0, 16.0, 0.0),
        ("start", 7.0, 4.0, half),
        ("end", -7.0, 4.0, -half),
    )

    def hidden(side: tuple[str, float, float, float]) -> float:
        x, y = name.x + side[1] + side[3], name.y + side[2] - 4
        return sum(
            max(0.0, one.radius + half - abs(one.x - x)) * max(0.0, one.radius + 7 - abs(one.y - y))
            for one in taken
        )

    anchor, across, down, _ = min(sides, key=hidden)
    return replace(name, anchor=anchor, text_x=round(name.x + across, 1), text_y=round(name.y + down, 1))


SHIELDS: Final = {
    "motorway": "national",
    "national": "national",
    "provincial": "provincial",
    "county": "county",
}
SHIELD_ROOM = 90.0  # pixels between two shields


def _shields(frame: Frame, roads: Iterable[Any]) -> list[Drawn]:
    """A plate with its number for each greater road that is long enough here, none too near another."""
    found: list[Drawn] = []
    for road in sorted(roads, key=lambda one: list(SHIELDS).index(one.kind) if one.kind in SHIELDS else 9):
        if road.kind not in SHIELDS or (road.kind == "county" and frame.zoom < 10.5):
            continue
        line = shapely.transform(road.shape, frame.of_degrees)
        line = shapely.clip_by_rect(line, 20, 20, frame.width - 20, frame.height - 20)
        if line.length < 3 * SHIELD_ROOM / 2:
            continue
        place = shapely.line_interpolate_point(
            max(shapely.get_parts(line), key=lambda one: one.length), 0.5, normalized=True
        )
        if all(math.hypot(place.x - one.x, place.y - one.y) > SHIELD_ROOM for one in found):
            width = 10 + 6.4 * len(road.code)
            found.append(
                Drawn(
                    round(place.x, 1),
                    round(place.y, 1),
                    SHIELDS[road.kind],
                    road.code,
                    radius=round(width / 2, 1),
                )
            )
    return found

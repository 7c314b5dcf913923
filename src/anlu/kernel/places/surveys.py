"""
Surveys: roads, boundaries, junctions and sites as they come from files or other systems.

A survey replaces what it names and leaves the rest alone: the lines of its roads, the boundaries of its areas.
What cannot be used is given back with its row and the reason, never dropped silently.
"""

from __future__ import annotations

import json
import os
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass, field
from typing import Any, Final

import numpy as np
import shapely
from django.db import transaction
from pyproj import CRS, Transformer

from anlu.engine.errors import BadInput
from anlu.engine.files.vector import Features, read_features
from anlu.engine.geo import distance_m
from anlu.engine.roads.stakes import NotAStake, parse_stake
from anlu.kernel.core.audit import record
from anlu.kernel.core.bulk import insert_rows
from anlu.kernel.core.clock import now
from anlu.kernel.core.dictionaries import choices
from anlu.kernel.core.naming import sort_key_of
from anlu.kernel.core.revisions import touch
from anlu.kernel.core.scope import Viewer
from anlu.kernel.places.dictionaries import ADMINISTRATIVE_CLASS, TECHNICAL_CLASS
from anlu.kernel.places.locating import Locator
from anlu.kernel.places.models import (
    Area,
    AreaKind,
    Junction,
    JunctionArm,
    Located,
    Road,
    RoadLine,
    RoadSide,
    Site,
    SiteKind,
)
from anlu.kernel.places.services import AREAS_REVISION, ROADS_REVISION, add_area, place_at

WGS84: Final = CRS.from_epsg(4326)
LINES: Final = ("LineString", "MultiLineString")
POLYGONS: Final = ("Polygon", "MultiPolygon")


@dataclass(frozen=True, eq=False)
class SurveyedLine:
    """
    One line of a road as a survey has it.

    ``road`` is its number; a line without one cannot be used. ``coords`` (n, 2) are WGS-84 degrees. Stakes are
    metres at the first and last vertex; a missing last one follows from the length where the first is known.
    """

    road: str
    coords: Any
    name: str = ""
    technical_class: str = ""
    administrative_class: str = ""
    owner: str = ""
    stake_start_m: float | None = None
    stake_end_m: float | None = None
    side: str = ""
    town: str = ""
    local_name: str = ""
    urban: bool = False
    lit: bool | None = None
    limit_kmh: int | None = None
    row: int = -1


@dataclass(frozen=True, eq=False)
class SurveyedArea:
    """The boundary of one area: ``code`` names it, ``shape`` is a polygon in WGS-84 degrees."""

    code: str
    shape: shapely.Geometry
    name: str = ""
    kind: str = ""
    parent: str = ""
    row: int = -1


@dataclass(frozen=True, slots=True)
class Unusable:
    """A row of a survey that was left out, and why."""

    row: int
    found: str
    reason: str


@dataclass
class Survey:
    """What a survey brought; ``names`` are what is new and what changed, as far as there is room to show it."""

    added: int = 0
    changed: int = 0
    unchanged: int = 0
    lines: int = 0
    km: float = 0.0
    unusable: list[Unusable] = field(default_factory=list)
    names: list[tuple[str, str]] = field(default_factory=list)

    def count(self, name: str, what: str) -> None:
        """Count a thing that is new or that changed."""
        if what == ADDED:
            self.added += 1
        else:
            self.changed += 1
        if len(self.names) < NAMES_KEPT:
            self.names.append((name, what))


ADDED: Final = "新增"
CHANGED: Final = "更新"
NAMES_KEPT: Final = 200


def look(bring: Callable[[], Survey]) -> Survey:
    """What an import would bring: it is done, and taken back."""
    with transaction.atomic():
        found = bring()
        transaction.set_rollback(True)
    return found


# ------------------------------------------------------------ roads


@transaction.atomic
def import_roads(lines: Iterable[SurveyedLine], *, by: Viewer, source: str = "") -> Survey:
    """
    Add the roads that are new, and give every road of the survey exactly these lines.

    Facts that the survey does not state (an empty owner, a class) are left as they are.
    """
    survey, by_road = Survey(), dict[str, list[SurveyedLine]]()
    for number, line in enumerate(lines):
        reason = _trouble(line)
        if reason:
            row = line.row if line.row >= 0 else number
            survey.unusable.append(Unusable(row, line.road, reason))
        else:
            by_road.setdefault(line.road, []).append(line)
    rows = _line_rows(by_road, survey)
    before = _lines_before(by_road)
    redrawn = [code for code in rows if rows[code] != before.get(code)]
    keys = _roads(by_road, set(redrawn), survey, by=by, source=source)
    RoadLine.objects.filter(road__in=[keys[code] for code in redrawn]).delete()
    drawn = [(keys[code], *row, source, by.uid) for code in redrawn for row in rows[code]]
    insert_rows(RoadLine, ("road_id", *LINE_COLUMNS, "source", "created_by"), drawn)
    if survey.added or survey.changed:
        note = f"道路新增 {survey.added} 条, 更新 {survey.changed} 条, {survey.km:.1f} 公里"
        record("survey", None, by=by, kind="places.road", label=source or "道路数据", note=note)
        touch(ROADS_REVISION)
    return survey


def _trouble(line: SurveyedLine) -> str:
    """Why a line cannot be used; empty when it can."""
    coords = np.asarray(line.coords, np.float64)
    if not line.road.strip():
        return "没有道路编号"
    if coords.ndim != 2 or len(coords) < 2:
        return "线不足两个点"
    if (
        not np.isfinite(coords).all()
        or (np.abs(coords[:, 0]) > 180).any()
        or (np.abs(coords[:, 1]) > 85).any()
    ):
        return "坐标不是有效的经纬度"
    for field_name, value in _facts([line]).items() | {("code", line.road)}:
        column: Any = Road._meta.get_field(field_name)
        if field_name in CLASSES and not value.isascii():
            return f"{column.verbose_name}「{value[:20]}」不在字典中"
        if len(value) > column.max_length:
            return f"{column.verbose_name}「{value[:20]}」过长"
    if line.side not in ("", *RoadSide.values):
        return f"幅别应为 {'、'.join(RoadSide.values)} 或空"
    return "" if (coords[1:] != coords[:-1]).any() else "线没有长度"


def _roads(
    by_road: dict[str, list[SurveyedLine]], redrawn: set[str], survey: Survey, *, by: Viewer, source: str
) -> dict[str, int]:
    """Keys of the roads of a survey, added or brought up to date; ``redrawn`` get other lines than they had."""
    there = {road.code: road for road in Road.objects.live().filter(code__in=list(by_road))}
    keys = {}
    for code, lines in by_road.items():
        length_m = round(sum(_length_m(line) for line in lines if line.side != RoadSide.LEFT), 1)
        stated = {"length_m": length_m} | _facts(lines)
        road = there.get(code)
        if road is None:
            name = str(stated.setdefault("name", code))
            road = Road(code=code, sort_key=sort_key_of(name), source=source, created_by=by.uid, **stated)
            road.save()
            survey.count(f"{code} {name}", ADDED)
        elif code in redrawn or any(getattr(road, name) != value for name, value in stated.items()):
            for name, value in stated.items():
                setattr(road, name, value)
            road.sort_key, road.version = sort_key_of(road.name), road.version + 1
            road.save()
            survey.count(f"{code} {road.name}", CHANGED)
        else:
            survey.unchanged += 1
        keys[code] = road.pk
    return keys


def _facts(lines: Sequence[SurveyedLine]) -> dict[str, Any]:
    """What the lines of a road say about it: of each fact the first that is stated."""
    named = {
        "name": "name",
        "technical_class": "technical_class",
        "administrative_class": "administrative_class",
        "owner_name": "owner",
    }
    found = {
        column: next((value for line in lines if (value := getattr(line, name))), "")
        for column, name in named.items()
    }
    return {column: value for column, value in found.items() if value}


def _length_m(line: SurveyedLine) -> float:
    xy = np.asarray(line.coords, np.float64)
    return float(distance_m(xy[:-1, 0], xy[:-1, 1], xy[1:, 0], xy[1:, 1]).sum())


LINE_COLUMNS: Final = (
    "seq", "stake_start_m", "stake_end_m", "side", "length_m", "town_id", "local_name", "urban", "lit", "limit_kmh",
    "geometry", "west", "south", "east", "north",
)  # fmt: skip
Row = tuple[Any, ...]


def _line_rows(by_road: dict[str, list[SurveyedLine]], survey: Survey) -> dict[str, list[Row]]:
    """Values of ``LINE_COLUMNS`` for the lines of each road."""
    towns = dict(Area.objects.live().filter(valid_to__isnull=True).values_list("code", "pk"))
    found: dict[str, list[Row]] = {}
    for code, lines in by_road.items():
        for seq, line in enumerate(lines, 1):
            xy = np.asarray(line.coords, np.float64)
            length_m = _length_m(line)
            start = line.stake_start_m
            end = line.stake_end_m if line.stake_end_m is not None or start is None else start + length_m
            low, high = xy.min(axis=0).tolist(), xy.max(axis=0).tolist()
            facts = (
                line.side,
                round(length_m, 2),
                towns.get(line.town),
                line.local_name,
                line.urban,
                line.lit,
            )
            shape = bytes(shapely.to_wkb(shapely.linestrings(xy)))
            row = (seq, start, end, *facts, line.limit_kmh, shape, *low, *high)
            found.setdefault(code, []).append(row)
            survey.lines += 1
            survey.km += length_m / 1000.0
    return found


def _lines_before(codes: Iterable[str]) -> dict[str, list[Row]]:
    """The same values as the roads have them now."""
    columns = [name.removesuffix("_id") for name in LINE_COLUMNS]
    shape = columns.index("geometry")
    found: dict[str, list[Row]] = {}
    lines = RoadLine.objects.live().filter(road__voided_at__isnull=True, road__code__in=list(codes))
    for code, *row in lines.order_by("seq").values_list("road__code", *columns):
        row[shape] = bytes(row[shape])
        found.setdefault(code, []).append(tuple(row))
    return found


# ------------------------------------------------------------ boundaries


@transaction.atomic
def import_boundaries(areas: Iterable[SurveyedArea], *, by: Viewer, source: str = "") -> Survey:
    """
    Set the boundaries of areas; an area that is not there is added where the survey says its name, kind and parent.

    A boundary that crosses itself is mended; what is no area afterwards is given back.
    """
    survey = Survey()
    there = {area.code: area for area in Area.objects.live()}
    for number, surveyed in enumerate(areas):
        row = surveyed.row if surveyed.row >= 0 else number
        shape = _polygon(surveyed.shape)
        area = there.get(surveyed.code)
        kind = KIND_WORDS.get(surveyed.kind, surveyed.kind)
        if shape is None:
            survey.unusable.append(Unusable(row, surveyed.code, "不是面, 或没有面积"))
        elif len(surveyed.code) > 20 or len(surveyed.name) > 60:
            survey.unusable.append(Unusable(row, surveyed.code[:40], "代码超过 20 字或名称超过 60 字"))
        elif area is not None:
            if _set_boundary(area, shape, by=by):
                survey.count(f"{area.code} {area.name}", CHANGED)
            else:
                survey.unchanged += 1
        elif surveyed.code and surveyed.name and kind in AreaKind.values:
            area = _added(surveyed, kind, there.get(surveyed.parent), by=by, source=source)
            there[surveyed.code] = area
            _set_boundary(area, shape, by=by)
            survey.count(f"{area.code} {area.name}", ADDED)
        else:
            survey.unusable.append(Unusable(row, surveyed.code, "没有这个代码的辖区, 也没有名称和级别"))
    if survey.added or survey.changed:
        note = f"辖区新增 {survey.added} 个, 更新边界 {survey.changed} 个"
        record("survey", None, by=by, kind="places.area", label=source or "边界数据", note=note)
        touch(AREAS_REVISION)
    return survey


def _polygon(shape: shapely.Geometry) -> shapely.Geometry | None:
    """A valid polygon, mended where that helps; None where it does not."""
    if shape is None or shape.geom_type not in POLYGONS or shape.is_empty:
        return None
    if not shape.is_valid:
        parts = [part for part in shapely.get_parts(shapely.make_valid(shape)) if part.geom_type in POLYGONS]
        shape = shapely.union_all(parts) if parts else None
    return shape if shape is not None and shape.area > 0 else None


KIND_WORDS: Final = {str(kind.label): kind.value for kind in AreaKind}


def _added(surveyed: SurveyedArea, kind: str, parent: Area | None, *, by: Viewer, source: str) -> Area:
    middle = surveyed.shape.representative_point()
    return add_area(
        surveyed.code,
        surveyed.name,
        kind,
        by=by,
        parent=parent,
        lon=middle.x,
        lat=middle.y,
        source=source,
    )


def _set_boundary(area: Area, shape: shapely.Geometry, *, by: Viewer) -> bool:
    """Give an area its boundary; False when it is the one that it has."""
    boundary = json.loads(shapely.to_geojson(shape))
    if area.boundary == boundary:
        return False
    area.boundary = boundary
    if area.lon is None:
        middle = shape.representative_point()
        area.lon, area.lat = middle.x, middle.y
    area.version += 1
    area.save(update_fields=["boundary", "lon", "lat", "version", "changed_at"])
    record("change", area, by=by, changes={"boundary": [None, f"{len(shapely.get_coordinates(shape))} 点"]})
    return True


# ------------------------------------------------------------ junctions and sites


@dataclass(frozen=True, slots=True)
class SurveyedJunction:
    """A junction with the roads that meet there, the greatest first: number and chainage of each."""

    code: str
    name: str
    lon: float
    lat: float
    roads: tuple[tuple[str, float | None], ...] = ()
    form: str = ""
    legs: int = 0
    signals: bool | None = None
    town: str = ""


@dataclass(frozen=True, slots=True)
class SurveyedSite:
    """A site; ``kind`` is one of ``SiteKind``."""

    code: str
    name: str
    kind: str
    lon: float
    lat: float
    road: str = ""
    chainage_m: float | None = None
    town: str = ""
    fair_days: tuple[int, ...] = ()
    opens: str = ""
    closes: str = ""


@transaction.atomic
def import_junctions(junctions: Iterable[SurveyedJunction], *, by: Viewer, source: str = "") -> Survey:
    """Add junctions, or bring those of the same number up to date; others stay as they are."""
    rows = list(junctions)
    gazetteer = _Gazetteer()
    things = [
        Junction(
            code=surveyed.code,
            name=surveyed.name,
            form=surveyed.form,
            legs=surveyed.legs,
            signals=surveyed.signals,
            road_id=gazetteer.roads.get(surveyed.roads[0][0]) if surveyed.roads else None,
            chainage_m=surveyed.roads[0][1] if surveyed.roads else None,
            **gazetteer.common(surveyed, by=by, source=source),
        )
        for surveyed in rows
    ]
    gazetteer.place(things, rows)
    survey = _stored(Junction, things)
    keys = dict(Junction.objects.live().filter(code__in=[one.code for one in rows]).values_list("code", "pk"))
    JunctionArm.objects.filter(junction__in=list(keys.values())).delete()
    arms = [
        (keys[surveyed.code], gazetteer.roads[code], chainage_m)
        for surveyed in rows
        for code, chainage_m in surveyed.roads
        if code in gazetteer.roads
    ]
    insert_rows(JunctionArm, ("junction_id", "road_id", "chainage_m"), arms)
    record(
        "survey", None, by=by, kind="places.junction", label=source or "路口数据", note=f"路口 {len(rows)} 个"
    )
    return survey


@transaction.atomic
def import_sites(sites: Iterable[SurveyedSite], *, by: Viewer, source: str = "") -> Survey:
    """Add sites, or bring those of the same number up to date; one of an unknown kind is given back."""
    rows = list(sites)
    usable = [surveyed for surveyed in rows if surveyed.kind in SiteKind.values]
    gazetteer = _Gazetteer()
    things = [
        Site(
            code=surveyed.code,
            name=surveyed.name,
            kind=surveyed.kind,
            fair_days=list(surveyed.fair_days),
            opens=surveyed.opens,
            closes=surveyed.closes,
            road_id=gazetteer.roads.get(surveyed.road),
            chainage_m=surveyed.chainage_m,
            **gazetteer.common(surveyed, by=by, source=source),
        )
        for surveyed in usable
    ]
    gazetteer.place(things, usable)
    survey = _stored(Site, things)
    expected = f"类别应为 {'、'.join(SiteKind.values)}"
    survey.unusable = [
        Unusable(number, one.code, expected)
        for number, one in enumerate(rows)
        if one.kind not in SiteKind.values
    ]
    record(
        "survey", None, by=by, kind="places.site", label=source or "点位数据", note=f"点位 {len(things)} 个"
    )
    return survey


class _Gazetteer:
    """Roads and towns by number, and the locator: what every surveyed place needs."""

    def __init__(self) -> None:
        self.roads = dict(Road.objects.live().values_list("code", "pk"))
        self.towns = dict(Area.objects.live().filter(valid_to__isnull=True).values_list("code", "pk"))

    def common(self, surveyed: SurveyedJunction | SurveyedSite, *, by: Viewer, source: str) -> dict[str, Any]:
        """Columns that junctions and sites share."""
        return {
            "sort_key": sort_key_of(surveyed.name),
            "town_id": self.towns.get(surveyed.town),
            "source": source,
            "created_by": by.uid,
        }

    def place(self, things: Sequence[Located], rows: Sequence[SurveyedJunction | SurveyedSite]) -> None:
        """Positions, and what follows from them."""
        locator = Locator.current()
        for thing, surveyed in zip(things, rows, strict=True):
            place_at(thing, surveyed.lon, surveyed.lat)
            locator.complete(thing)


_KEPT: Final = frozenset({"id", "uid", "created_at", "created_by", "changed_at", "recorded_at", "version"})


def _stored(model: type[Junction] | type[Site], things: Sequence[Any]) -> Survey:
    """Add what is new by its number; what is there keeps its identity."""
    there = {
        thing.code: thing for thing in model.objects.live().filter(code__in=[one.code for one in things])
    }
    names = [one.name for one in model._meta.concrete_fields if one.name not in _KEPT]
    new, old = [], []
    for thing in things:
        known = there.get(thing.code)
        if known is None:
            new.append(thing)
            continue
        for name in names:
            setattr(known, name, getattr(thing, name))
        known.version += 1
        known.changed_at = now()  # an update of many does not set it
        old.append(known)
    model.objects.bulk_create(new, batch_size=500)
    if old:
        model.objects.bulk_update(old, [*names, "version", "changed_at"], batch_size=200)
    return Survey(added=len(new), changed=len(old))


# ------------------------------------------------------------ from files


@dataclass(frozen=True, slots=True)
class RoadColumns:
    """Which columns of a road file mean what; "" = the file has none."""

    road: str = "road"
    name: str = ""
    technical_class: str = ""
    administrative_class: str = ""
    owner: str = ""
    stake_start: str = ""
    stake_end: str = ""
    side: str = ""


@dataclass(frozen=True, slots=True)
class AreaColumns:
    """Which columns of a boundary file mean what; "" = the file has none."""

    code: str = "code"
    name: str = ""
    kind: str = ""
    parent: str = ""


Columns = RoadColumns | AreaColumns


# Headings that say what a column is, beside our own names; the short ones are those of 公路数据库.
HEADINGS: Final = {
    "road": ("road_code", "code", "ref", "lxbm", "路线编号", "路线编码", "路线代码", "编号"),
    "name": ("road_name", "lxmc", "路线名称", "名称"),
    "technical_class": ("jsdj", "技术等级"),
    "administrative_class": ("xzdj", "行政等级"),
    "owner": ("owner_name", "gydw", "管养单位", "管理单位"),
    "stake_start": ("stake_start_m", "qdzh", "起点桩号"),
    "stake_end": ("stake_end_m", "zdzh", "止点桩号", "终点桩号"),
    "side": ("carriageway", "幅别", "上下行"),
    "code": ("area_code", "xzqdm", "zldwdm", "行政区代码", "代码", "编号"),
    "kind": ("级别", "类别"),
    "parent": ("parent_code", "上级代码", "上级"),
}


def guessed(names: Iterable[str], columns: type[RoadColumns] | type[AreaColumns]) -> dict[str, str]:
    """Which column of a file means what, by its heading; "" where none does."""
    known = {name.strip().lower(): name for name in names}
    return {
        field: next((known[word] for word in (field, *HEADINGS.get(field, ())) if word in known), "")
        for field in columns.__dataclass_fields__
    }


def read_roads(
    path: str | os.PathLike[str], columns: RoadColumns, *, layer: str | None = None
) -> list[SurveyedLine]:
    """
    Lines of a GeoPackage, GeoJSON, Shapefile or FlatGeobuf, in WGS-84; a multi-part line gives one for each part.

    Raises
    ------
    BadInput
        The file cannot be read, has no such column, holds other shapes than lines, or states no coordinate system.
    """
    features = read_features(path, layer=layer, columns=_wanted(columns))
    shapes = _in_degrees(features, *LINES)
    texts = {
        name: _texts(features, column)
        for name, column in _named(columns).items()
        if not name.startswith("stake")
    }
    for name, known in (*((name, _codes(list_)) for name, list_ in CLASSES.items()), ("side", SIDE_WORDS)):
        texts[name] = [known.get(text, text) for text in texts[name]]
    stakes = {name: _stakes(features, getattr(columns, name)) for name in ("stake_start", "stake_end")}
    found = []
    for row, shape in enumerate(shapes):
        parts = shapely.get_parts(shape) if shape is not None else []
        stated: dict[str, Any] = {name: values[row] for name, values in texts.items()}
        start, end = stakes["stake_start"][row], stakes["stake_end"][row]
        if len(parts) == 0:
            found.append(SurveyedLine(coords=np.empty((0, 2)), row=row, **stated))
        for part in parts:
            xy = shapely.get_coordinates(part)
            found.append(SurveyedLine(coords=xy, row=row, stake_start_m=start, stake_end_m=end, **stated))
            start, end = None, None  # the stakes of a feature hold for its first part only
    return found


def read_boundaries(
    path: str | os.PathLike[str], columns: AreaColumns, *, layer: str | None = None
) -> list[SurveyedArea]:
    """
    Polygons of a GeoPackage, GeoJSON, Shapefile or FlatGeobuf, in WGS-84.

    Raises
    ------
    BadInput
        The file cannot be read, has no such column, holds other shapes than polygons, or states no coordinate system.
    """
    features = read_features(path, layer=layer, columns=_wanted(columns))
    shapes = _in_degrees(features, *POLYGONS)
    texts = {name: _texts(features, column) for name, column in _named(columns).items()}
    return [
        SurveyedArea(shape=shape, row=row, **{name: values[row] for name, values in texts.items()})
        for row, shape in enumerate(shapes)
    ]


def _named(columns: Columns) -> dict[str, str]:
    return {name: getattr(columns, name) for name in columns.__dataclass_fields__}


def _wanted(columns: Columns) -> list[str]:
    return [column for column in _named(columns).values() if column]


def _in_degrees(features: Features, *kinds: str) -> Any:
    if features.crs is None:
        raise BadInput("文件没有写明坐标系", file=features.file, expected="如 EPSG:4490、EPSG:4326")
    shapes = features.shapes(*kinds)
    if features.crs == WGS84:
        return shapely.force_2d(shapes)
    moving = Transformer.from_crs(features.crs, WGS84, always_xy=True)
    return shapely.transform(
        shapely.force_2d(shapes), lambda xy: np.column_stack(moving.transform(xy[:, 0], xy[:, 1]))
    )


def _texts(features: Features, column: str) -> list[str]:
    if not column:
        return [""] * len(features)
    return [
        "" if value is None or value != value else str(value).strip() for value in features.column(column)
    ]


CLASSES: Final = {"technical_class": TECHNICAL_CLASS, "administrative_class": ADMINISTRATIVE_CLASS}
SIDE_WORDS: Final = {
    word: side.value
    for side, words in ((RoadSide.RIGHT, "右 右幅 上行 R"), (RoadSide.LEFT, "左 左幅 下行 L"))
    for word in words.split()
}


def _codes(list_: str) -> dict[str, str]:
    """Codes of a dictionary by their labels."""
    return {label: code for code, label in choices(list_)()}


def _stakes(features: Features, column: str) -> list[float | None]:
    """Metres, from numbers or from stakes as people write them."""
    if not column:
        return [None] * len(features)
    return [_stake(features, row, column, value) for row, value in enumerate(features.column(column))]


def _stake(features: Features, row: int, column: str, value: Any) -> float | None:
    if value is None or value != value or str(value).strip() == "":
        return None
    try:
        return float(value)
    except (TypeError, ValueError):
        pass
    try:
        return parse_stake(str(value)).chainage_m
    except NotAStake:
        raise BadInput(
            file=features.file, feature=row, field=column, found=value, expected="米数或桩号 K12+345"
        ) from None

"""Roads and boundaries out of files of vector data."""

from __future__ import annotations

import os
from collections.abc import Iterable
from dataclasses import dataclass
from typing import Any, Final

import numpy as np
import shapely
from pyproj import CRS, Transformer

from anlu.engine.errors import BadInput
from anlu.engine.files.vector import Features, read_features
from anlu.engine.roads.stakes import NotAStake, parse_stake
from anlu.kernel.core.dictionaries import choices
from anlu.kernel.places.models import (
    RoadSide,
)
from anlu.kernel.places.surveys.boundaries import POLYGONS, SurveyedArea
from anlu.kernel.places.surveys.roads import CLASSES, SurveyedLine

WGS84: Final = CRS.from_epsg(4326)
LINES: Final = ("LineString", "MultiLineString")


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

"""Roads and their lines."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from typing import Any, Final

import numpy as np
import shapely
from django.db import transaction

from anlu.engine.geo import distance_m
from anlu.kernel.core.audit import record
from anlu.kernel.core.bulk import insert_rows
from anlu.kernel.core.naming import sort_key_of
from anlu.kernel.core.revisions import touch
from anlu.kernel.core.scope import Viewer
from anlu.kernel.places.dictionaries import ADMINISTRATIVE_CLASS, TECHNICAL_CLASS
from anlu.kernel.places.models import (
    Area,
    Road,
    RoadLine,
    RoadSide,
)
from anlu.kernel.places.services import ROADS_REVISION
from anlu.kernel.places.surveys.survey import ADDED, CHANGED, Survey, Unusable

CLASSES: Final = {"technical_class": TECHNICAL_CLASS, "administrative_class": ADMINISTRATIVE_CLASS}


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

"""Boundaries of areas."""

from __future__ import annotations

import json
from collections.abc import Iterable
from dataclasses import dataclass
from typing import Final

import shapely
from django.db import transaction

from anlu.kernel.core.audit import record
from anlu.kernel.core.revisions import touch
from anlu.kernel.core.scope import Viewer
from anlu.kernel.places.models import (
    Area,
    AreaKind,
)
from anlu.kernel.places.services import AREAS_REVISION, add_area
from anlu.kernel.places.surveys.survey import ADDED, CHANGED, Survey, Unusable

POLYGONS: Final = ("Polygon", "MultiPolygon")


@dataclass(frozen=True, eq=False)
class SurveyedArea:
    """The boundary of one area: ``code`` names it, ``shape`` is a polygon in WGS-84 degrees."""

    code: str
    shape: shapely.Geometry
    name: str = ""
    kind: str = ""
    parent: str = ""
    row: int = -1


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

"""Roads and boundaries from files: what is new, what changed, what cannot be used and why."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest
import shapely
from hypothesis import given
from hypothesis import strategies as st

from anlu.engine.errors import BadInput
from anlu.kernel.core.models import AuditEntry
from anlu.kernel.core.revisions import token
from anlu.kernel.core.scope import SYSTEM
from anlu.kernel.places.fairs import NotFairDays, fair_words, read_fair_days
from anlu.kernel.places.models import Area, Road, RoadLine
from anlu.kernel.places.services import AREAS_REVISION, ROADS_REVISION
from anlu.kernel.places.surveys.boundaries import SurveyedArea, import_boundaries
from anlu.kernel.places.surveys.files import AreaColumns, RoadColumns, guessed, read_boundaries, read_roads
from anlu.kernel.places.surveys.roads import SurveyedLine, import_roads
from anlu.kernel.places.surveys.survey import look
from tests.factories import seed_dictionaries
from tests.kernel.places.ground import make_ground, road_lines

pytestmark = pytest.mark.django_db


def geojson(path: Path, *features: tuple[Any, dict[str, Any]]) -> Path:
    """A GeoJSON file of shapes and attributes."""
    found = [
        {"type": "Feature", "properties": facts, "geometry": json.loads(shapely.to_geojson(shape))}
        for shape, facts in features
    ]
    path.write_text(json.dumps({"type": "FeatureCollection", "features": found}, ensure_ascii=False))
    return path


LINE = shapely.LineString([(115.8, 36.6), (115.8, 36.7)])


# --- roads


def test_the_same_survey_again_changes_nothing(db: None) -> None:
    make_ground()
    before, ids = token(ROADS_REVISION), set(RoadLine.objects.values_list("uid", flat=True))
    again = import_roads(road_lines(), by=SYSTEM)
    assert (again.added, again.changed, again.unchanged) == (0, 0, 3)
    assert token(ROADS_REVISION) == before
    assert set(RoadLine.objects.values_list("uid", flat=True)) == ids


def test_a_road_that_was_redrawn_gets_its_new_lines_and_others_keep_theirs(db: None) -> None:
    make_ground()
    kept = set(RoadLine.objects.exclude(road__code="S254").values_list("uid", flat=True))
    survey = import_roads([SurveyedLine("S254", [(115.75, 36.74), (115.95, 36.74)])], by=SYSTEM)
    assert (survey.added, survey.changed, survey.names) == (0, 1, [("S254 省道254线", "更新")])
    assert RoadLine.objects.get(road__code="S254").south == 36.74
    assert kept <= set(RoadLine.objects.values_list("uid", flat=True))


def test_what_a_survey_does_not_say_stays(db: None) -> None:
    make_ground()
    import_roads([SurveyedLine("G105", LINE.coords)], by=SYSTEM)
    road = Road.objects.get(code="G105")
    assert (road.name, road.technical_class, road.owner_name) == ("国道105线", "12", "县公路局")


def test_what_cannot_be_used_is_given_back_with_its_row_and_reason(db: None) -> None:
    lines = [
        SurveyedLine("", LINE.coords, row=4),
        SurveyedLine("X1", [(115.8, 36.6)]),
        SurveyedLine("X2", [(115.8, 36.6), (115.8, 36.6)]),
        SurveyedLine("X3", [(500.0, 36.6), (115.8, 36.6)]),
        SurveyedLine("X4", LINE.coords, side="中"),
        SurveyedLine("X5", LINE.coords, technical_class="特级公路"),
        SurveyedLine("X" * 21, LINE.coords),
        SurveyedLine("X6", LINE.coords),
    ]
    survey = import_roads(lines, by=SYSTEM)
    assert survey.added == 1
    assert [one.row for one in survey.unusable] == [4, 1, 2, 3, 4, 5, 6]
    assert [one.reason[:4] for one in survey.unusable] == [
        "没有道路", "线不足两", "线没有长", "坐标不是", "幅别应为", "技术等级", "编号「X",
    ]  # fmt: skip


def test_a_look_writes_nothing_and_says_the_same(db: None) -> None:
    def bring() -> Any:
        return import_roads(road_lines(), by=SYSTEM)

    entries = AuditEntry.objects.count()
    looked = look(bring)
    assert (Road.objects.count(), AuditEntry.objects.count()) == (0, entries)
    assert bring() == looked
    assert Road.objects.count() == 3


def test_roads_are_read_by_the_headings_of_the_file(tmp_path: Path) -> None:
    seed_dictionaries()
    facts = {
        "LXBM": "G105",
        "路线名称": "京广线",
        "技术等级": "二级公路",
        "起点桩号": "K10+000",
        "上下行": "下行",
    }
    path = geojson(tmp_path / "roads.geojson", (LINE, facts))
    columns = RoadColumns(**guessed(facts, RoadColumns))
    (line,) = read_roads(path, columns)
    assert (line.road, line.name, line.technical_class) == ("G105", "京广线", "12")
    assert (line.stake_start_m, line.stake_end_m, line.side) == (10_000.0, None, "left")


def test_a_line_of_several_parts_gives_a_line_for_each(tmp_path: Path) -> None:
    shape = shapely.MultiLineString([[(115.8, 36.6), (115.8, 36.7)], [(115.8, 36.71), (115.8, 36.8)]])
    found = read_roads(geojson(tmp_path / "a.geojson", (shape, {"road": "G105"})), RoadColumns())
    assert [len(line.coords) for line in found] == [2, 2]


@pytest.mark.parametrize(
    ("shape", "facts", "columns", "words"),
    [
        (shapely.Point(1, 2), {"road": "G1"}, RoadColumns(), "几何类型不对"),
        (LINE, {"name": "G1"}, RoadColumns(), "road"),
        (LINE, {"road": "G1", "k": "十"}, RoadColumns(stake_start="k"), "米数或桩号"),
    ],
)
def test_a_file_that_is_not_as_said_is_refused_as_a_whole(
    tmp_path: Path, shape: Any, facts: dict[str, str], columns: RoadColumns, words: str
) -> None:
    with pytest.raises(BadInput, match=words):
        read_roads(geojson(tmp_path / "a.geojson", (shape, facts)), columns)


# --- boundaries


def test_boundaries_are_set_added_and_left_alone(db: None, tmp_path: Path) -> None:
    make_ground()
    box = shapely.box(115.7, 36.5, 115.8, 36.8)
    village = {"code": "V1", "name": "测试村", "kind": "村居", "parent": "W1"}
    path = geojson(
        tmp_path / "a.geojson",
        (box, {"code": "W1", "name": "", "kind": "", "parent": ""}),
        (shapely.box(115.71, 36.51, 115.72, 36.52), village),
        (box, {"code": "Z9", "name": "", "kind": "", "parent": ""}),
    )
    areas = read_boundaries(path, AreaColumns("code", "name", "kind", "parent"))
    survey = import_boundaries(areas, by=SYSTEM)
    assert (survey.added, survey.changed, len(survey.unusable)) == (1, 1, 1)
    added = Area.objects.get(code="V1")
    assert (added.kind, added.parent and added.parent.code) == ("village", "W1")
    before = token(AREAS_REVISION)
    again = import_boundaries(areas, by=SYSTEM)
    assert (again.added, again.changed, again.unchanged) == (0, 0, 2)
    assert token(AREAS_REVISION) == before


def test_a_boundary_that_crosses_itself_is_mended_and_one_without_an_area_given_back(db: None) -> None:
    make_ground()
    bow = shapely.Polygon([(115.7, 36.5), (115.8, 36.6), (115.8, 36.5), (115.7, 36.6), (115.7, 36.5)])
    flat = shapely.Polygon([(115.7, 36.5), (115.8, 36.5), (115.7, 36.5)])
    survey = import_boundaries([SurveyedArea("W1", bow, row=7), SurveyedArea("E1", flat, row=8)], by=SYSTEM)
    assert (survey.changed, [one.row for one in survey.unusable]) == (1, [8])
    mended = shapely.from_geojson(json.dumps(Area.objects.get(code="W1").boundary))
    assert mended.is_valid
    assert mended.area == pytest.approx(0.005)


# --- market days


@given(st.sets(st.integers(1, 10)))
def test_market_days_are_written_and_read_back(days: set[int]) -> None:
    assert read_fair_days(fair_words(days)) == sorted(days)


@pytest.mark.parametrize(
    ("text", "days"), [("逢一、六", [1, 6]), ("一六", [1, 6]), ("逢3,8", [3, 8]), ("10", [10])]
)
def test_market_days_are_read_as_people_write_them(text: str, days: list[int]) -> None:
    assert read_fair_days(text) == days


@pytest.mark.parametrize("text", ["逢", "每天", "0", "周一"])
def test_what_names_no_market_days_is_refused(text: str) -> None:
    with pytest.raises(NotFairDays):
        read_fair_days(text)

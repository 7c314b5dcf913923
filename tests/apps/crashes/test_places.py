"""Where crashes lie: imports and the form fill in what is missing and leave what is stated."""

from __future__ import annotations

from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import pytest

from anlu.apps.crashes import services
from anlu.apps.crashes.models import Crash
from anlu.engine.geo import convert
from anlu.kernel.core.history import history_of
from anlu.kernel.core.scope import SYSTEM
from anlu.kernel.people.services import assign_area
from tests.apps.crashes.files import csv_file, import_file, numbers
from tests.factories import make_unit, seed_dictionaries
from tests.kernel.places.ground import BEGIN_M, LON, make_ground, metres_north

pytestmark = pytest.mark.django_db
AT = datetime(2023, 6, 5, 16, 30, tzinfo=UTC)
NEAR_M = 2.0
NEAR_DEG = 2e-5
STAKE = f"K10+{round(metres_north(36.605)):03d}"


@pytest.fixture
def ground(db: None) -> dict[str, Any]:
    """Areas, roads, dictionaries and a squadron that answers for the western town."""
    seed_dictionaries()
    made: dict[str, Any] = dict(make_ground())
    made["squadron"] = make_unit("西镇中队")
    assign_area(made["squadron"], made["west"], by=SYSTEM)
    return made


def brought(tmp_path: Path, *rows: dict[str, str], **options: Any) -> dict[str, Crash]:
    """Crashes of an imported file, by number; every row has every column."""
    names = dict.fromkeys(name for row in rows for name in row)
    full = [
        {"number": str(place), "occurred_at": "2023-01-01"} | dict.fromkeys(names, "") | row
        for place, row in enumerate(rows)
    ]
    result = import_file(csv_file(tmp_path / "a.csv", full), **options)
    assert numbers(result)[:2] == (len(rows), len(rows))
    return {crash.number: crash for crash in Crash.objects.select_related("town", "road", "unit")}


# --- files


def test_an_imported_position_gets_town_road_chainage_and_unit(
    tmp_path: Path, ground: dict[str, Any]
) -> None:
    crash = brought(tmp_path, {"lon": str(LON), "lat": "36.605"})["0"]
    assert (crash.town, crash.road, crash.unit) == (ground["west"], ground["G105"], ground["squadron"])
    assert crash.chainage_m == pytest.approx(BEGIN_M + metres_north(36.605), abs=NEAR_M)
    assert (crash.location_state, crash.road_name, crash.marks) == ("located", "", [])


def test_an_imported_stake_gets_a_position(tmp_path: Path, ground: dict[str, Any]) -> None:
    rows = [{"road": name, "stake": STAKE, "lon": "", "lat": ""} for name in ("G105", "国道105", "105国道")]
    for crash in brought(tmp_path, *rows).values():
        assert (crash.lon, crash.lat) == pytest.approx((LON, 36.605), abs=NEAR_DEG)
        assert (crash.coordinate_system, crash.location_state) == ("stake", "located")
        assert (crash.town, crash.marks) == (ground["west"], [])
        assert crash.cell_x is not None


def test_imported_words_are_kept_and_read_where_there_is_nothing_else(
    tmp_path: Path, ground: dict[str, Any]
) -> None:
    words = f"国道105线{STAKE}处右侧"
    found = brought(
        tmp_path,
        {"place_text": words, "lon": "", "lat": ""},
        {"place_text": words, "lon": "115.9", "lat": "36.75"},
        {"place_text": "村口", "lon": "", "lat": ""},
    )
    assert found["0"].lat == pytest.approx(36.605, abs=NEAR_DEG)
    assert (found["1"].lat, found["1"].road) == (36.75, ground["S254"])
    assert found["2"].location_state == "unlocated"
    assert "no_position" in found["2"].marks
    assert [found[name].place_text for name in "012"] == [words, words, "村口"]


def test_what_a_file_states_is_never_overwritten(tmp_path: Path, ground: dict[str, Any]) -> None:
    stated = {"town": "东镇", "road": "S254", "stake": "K1+234", "lon": str(LON), "lat": "36.605"}
    crash = brought(tmp_path, stated)["0"]
    assert (crash.town, crash.road, crash.chainage_m) == (ground["east"], ground["S254"], 1234.0)
    assert (crash.lon, crash.lat, crash.coordinate_system) == (LON, 36.605, "wgs84")


def test_an_unknown_road_stays_marked_though_the_position_has_one(
    tmp_path: Path, ground: dict[str, Any]
) -> None:
    crash = brought(tmp_path, {"road": "火星路", "lon": str(LON), "lat": "36.605"})["0"]
    assert (crash.road_name, crash.road, crash.marks) == ("火星路", ground["G105"], ["road_unknown"])


def test_fields_and_other_places_off_the_roads_are_told_apart(tmp_path: Path, ground: dict[str, Any]) -> None:
    found = brought(tmp_path, {"lon": "115.9", "lat": "36.6"}, {"lon": "117", "lat": "36.6"})
    assert [found[name].location_state for name in "01"] == ["off_road", "outside"]
    assert [found[name].marks for name in "01"] == [[], ["outside", "town_unknown"]]


def test_the_same_file_again_leaves_every_row_unchanged(tmp_path: Path, ground: dict[str, Any]) -> None:
    rows = [{"road": "G105", "stake": STAKE, "lon": "", "lat": ""}, {"lon": str(LON), "lat": "36.605"}]
    brought(tmp_path, *rows)
    again = import_file(tmp_path / "a.csv")
    assert numbers(again) == (2, 0, 0, 2, 0)


def test_positions_of_an_internet_map_are_converted_before_anything_follows(
    tmp_path: Path, ground: dict[str, Any]
) -> None:
    lon, lat = convert(LON, 36.605, source="wgs84", target="gcj02")
    mapping = tmp_path / "map.toml"
    mapping.write_text(
        '[columns]\nnumber = "number"\noccurred_at = "occurred_at"\nlon = "lon"\nlat = "lat"\n'
        '[options]\ncrs = "gcj02"\n'
    )
    crash = brought(tmp_path, {"lon": str(float(lon)), "lat": str(float(lat))}, map=mapping)["0"]
    assert (crash.lon, crash.lat) == pytest.approx((LON, 36.605), abs=2e-6)
    assert (crash.road, crash.coordinate_system) == (ground["G105"], "gcj02")


# --- the form


def add(**facts: Any) -> Crash:
    """A crash as the form gives it."""
    return services.add_crash({"number": "A1", "occurred_at": AT, "severity": "damage", **facts}, by=SYSTEM)


def test_a_stake_in_the_form_gives_position_town_and_unit(ground: dict[str, Any]) -> None:
    crash = add(road=ground["G105"], chainage_m=BEGIN_M + metres_north(36.61))
    crash.refresh_from_db()
    assert crash.lat == pytest.approx(36.61, abs=NEAR_DEG)
    assert (crash.town, crash.unit) == (ground["west"], ground["squadron"])
    assert "no_position" not in crash.marks


def test_moving_a_crash_moves_what_followed_and_keeps_the_unit(ground: dict[str, Any]) -> None:
    crash = add(lon=LON, lat=36.61)
    moved = services.change_crash(crash.uid, {"lon": 115.9, "lat": 36.75}, version=1, by=SYSTEM)
    moved.refresh_from_db()
    assert (moved.town, moved.road, moved.unit) == (ground["east"], ground["S254"], ground["squadron"])
    assert moved.cell_x != crash.cell_x
    changes = history_of(moved).filter(action="change").get().changes
    assert {"lon", "lat", "town", "road", "chainage_m"} <= set(changes)
    assert changes["town"] == ["西镇", "东镇"]


def test_a_change_of_something_else_leaves_the_place_alone(ground: dict[str, Any]) -> None:
    crash = add(lon=LON, lat=36.61, town=ground["east"])
    changed = services.change_crash(crash.uid, {"weather": "3"}, version=1, by=SYSTEM)
    assert (changed.town, changed.lat) == (ground["east"], 36.61)
    assert set(history_of(changed).filter(action="change").get().changes) == {"weather"}

"""From a position, a stake or a picked place to all the rest; nothing stated is overwritten."""

from __future__ import annotations

import threading
from datetime import UTC, datetime
from functools import cache
from typing import Any

import numpy as np
import pytest
import shapely
from hypothesis import given, settings
from hypothesis import strategies as st

from anlu.apps.crashes.models import Crash
from anlu.kernel.core import naming
from anlu.kernel.core.readiness import get_ready
from anlu.kernel.core.scope import SYSTEM
from anlu.kernel.places import locating
from anlu.kernel.places.locating import (
    FROM_STAKE,
    STATED,
    Boundaries,
    LineRow,
    Locator,
    RoadMap,
    Whereabouts,
)
from anlu.kernel.places.models import LocationState, RoadLine
from anlu.kernel.places.naming import read_words, road_names
from anlu.kernel.places.registers import add_site, change_site
from anlu.kernel.places.surveys.roads import SurveyedLine, import_roads
from tests.kernel.places.ground import (
    BEGIN_M,
    GAP_NORTH,
    GAP_SOUTH,
    GEOD,
    LON,
    NORTH,
    SOUTH,
    make_ground,
    metres_north,
)

pytestmark = pytest.mark.django_db
NEAR_M = 0.5
TRUE_M = 2.0  # metres are those of the local UTM zone: 0.03 % short, over the 7 km of a line
TRUE_DEG = 2e-5


@pytest.fixture
def ground(db: None) -> dict[str, Any]:
    """The county of ``ground.py``."""
    return make_ground()


def crash(**facts: Any) -> Crash:
    """An unsaved record that has a place."""
    return Crash(number="1", occurred_at=datetime(2023, 1, 1, tzinfo=UTC), **facts)


def completed(**facts: Any) -> Crash:
    """A record after the locator has been at it."""
    thing = crash(**facts)
    Locator.current().complete(thing)
    return thing


def moved(thing: Crash, **facts: Any) -> Crash:
    """The record after a change of some of its facts."""
    before = {name: getattr(thing, name) for name in (*STATED, "coordinate_system")}
    for name, value in facts.items():
        setattr(thing, name, value)
    Locator.current().move(thing, before)
    return thing


# --- what follows from what


def test_a_position_gives_town_road_and_chainage(ground: dict[str, Any]) -> None:
    found = completed(lon=LON + 0.0001, lat=36.61)
    assert (found.town, found.road) == (ground["west"], ground["G105"])
    assert found.chainage_m == pytest.approx(BEGIN_M + metres_north(36.61), abs=TRUE_M)
    assert (found.location_state, found.coordinate_system) == (LocationState.LOCATED, "wgs84")
    assert found.cell_x is not None


def test_a_stake_gives_the_position_and_its_town(ground: dict[str, Any]) -> None:
    found = completed(road=ground["G105"], chainage_m=BEGIN_M + metres_north(36.62))
    assert found.lon == pytest.approx(LON, abs=TRUE_DEG)
    assert found.lat == pytest.approx(36.62, abs=TRUE_DEG)
    assert (found.town, found.coordinate_system) == (ground["west"], FROM_STAKE)
    assert found.location_state == LocationState.LOCATED


def test_a_stake_on_a_line_drawn_against_rising_stakes_lies_where_it_is_measured(
    ground: dict[str, Any],
) -> None:
    found = completed(road=ground["G105"], chainage_m=BEGIN_M + metres_north(36.69))
    assert found.lat == pytest.approx(36.69, abs=TRUE_DEG)
    back = completed(lon=LON, lat=36.69)
    assert back.chainage_m == pytest.approx(BEGIN_M + metres_north(36.69), abs=TRUE_M)


def test_a_road_of_one_line_drawn_against_rising_stakes_is_turned_round(ground: dict[str, Any]) -> None:
    line = SurveyedLine("X001", [(115.9, 36.6), (115.9, 36.55)], stake_start_m=5547.0, stake_end_m=0.0)
    import_roads([line], by=SYSTEM)
    found = completed(lon=115.9, lat=36.55)
    assert found.road.code == "X001"
    assert found.chainage_m == pytest.approx(0.0, abs=TRUE_M)


def test_a_stake_in_a_gap_lies_on_the_straight_between_the_lines(ground: dict[str, Any]) -> None:
    middle = (GAP_SOUTH + GAP_NORTH) / 2
    found = completed(road=ground["G105"], chainage_m=BEGIN_M + metres_north(middle))
    assert found.lat == pytest.approx(middle, abs=TRUE_DEG)


def test_a_stake_beyond_the_end_of_the_road_gives_no_position(ground: dict[str, Any]) -> None:
    found = completed(road=ground["G105"], chainage_m=99_000.0)
    assert (found.lon, found.lat, found.cell_x) == (None, None, None)
    assert (found.location_state, found.coordinate_system) == (LocationState.UNLOCATED, "")
    assert found.chainage_m == 99_000.0


def test_a_picked_place_gives_everything(ground: dict[str, Any]) -> None:
    school = completed(lon=LON, lat=36.65)
    found = crash()
    Locator.current().complete(found, at=school)
    assert (found.lon, found.lat) == (school.lon, school.lat)
    assert (found.town, found.road, found.chainage_m) == (ground["west"], ground["G105"], school.chainage_m)
    assert found.location_state == LocationState.LOCATED


def test_nothing_stated_is_overwritten(ground: dict[str, Any]) -> None:
    found = completed(lon=LON, lat=36.61, town=ground["east"], road=ground["S254"], chainage_m=7.0)
    assert (found.lon, found.lat, found.chainage_m) == (LON, 36.61, 7.0)
    assert (found.town, found.road) == (ground["east"], ground["S254"])


def test_a_picked_place_does_not_overwrite_a_position(ground: dict[str, Any]) -> None:
    found = crash(lon=LON, lat=36.61)
    Locator.current().complete(found, at=completed(lon=115.8, lat=36.75))
    assert found.lat == 36.61


def test_a_stated_road_gets_its_own_chainage_even_where_another_is_nearer(ground: dict[str, Any]) -> None:
    line = SurveyedLine("X002", [(LON + 0.0002, 36.60), (LON + 0.0002, 36.63)], stake_start_m=0.0)
    import_roads([line], by=SYSTEM)
    found = completed(lon=LON + 0.0002, lat=36.61, road=ground["G105"])
    assert found.road == ground["G105"]
    assert found.chainage_m == pytest.approx(BEGIN_M + metres_north(36.61), abs=TRUE_M)


def test_a_position_far_from_the_stated_road_gets_no_chainage(ground: dict[str, Any]) -> None:
    found = completed(lon=LON + 0.01, lat=36.61, road=ground["G105"])
    assert (found.road, found.chainage_m) == (ground["G105"], None)


@pytest.mark.parametrize(
    ("lon", "lat", "state"),
    [
        (LON + 0.0005, 36.61, LocationState.LOCATED),  # 45 m
        (LON + 0.0006, 36.61, LocationState.OFF_ROAD),  # 54 m
        (116.2, 36.61, LocationState.OUTSIDE),
        (116.2, 36.75, LocationState.OUTSIDE),
        (None, None, LocationState.UNLOCATED),
        (115.8, None, LocationState.UNLOCATED),
        (200.0, 36.61, LocationState.UNLOCATED),
    ],
)
def test_the_state_says_what_is_known(
    ground: dict[str, Any], lon: float | None, lat: float | None, state: str
) -> None:
    assert completed(lon=lon, lat=lat).location_state == state


def test_without_roads_and_boundaries_any_position_is_located(db: None) -> None:
    found = completed(lon=-74.0, lat=40.7)
    assert (found.location_state, found.town, found.road) == (LocationState.LOCATED, None, None)


def test_a_change_of_roads_is_seen_at_once(ground: dict[str, Any]) -> None:
    assert completed(lon=115.9, lat=36.6).location_state == LocationState.OFF_ROAD
    import_roads([SurveyedLine("X009", [(115.9, 36.59), (115.9, 36.61)])], by=SYSTEM)
    assert completed(lon=115.9, lat=36.6).location_state == LocationState.LOCATED


def test_words_of_the_source_place_a_record_that_has_nothing_else(ground: dict[str, Any]) -> None:
    by_name = completed(road_name="105国道", chainage_m=BEGIN_M + 500.0)
    by_words = completed(place_text="西镇国道105线K10+500处")
    assert by_words.lat is not None
    assert by_name.lat == by_words.lat
    assert (by_words.road, by_words.location_state) == (ground["G105"], LocationState.LOCATED)
    assert by_words.place_text == "西镇国道105线K10+500处"


def test_words_do_not_overrule_a_position(ground: dict[str, Any]) -> None:
    found = completed(lon=115.9, lat=36.75, place_text="国道105线K10+500处")
    assert (found.lat, found.road) == (36.75, ground["S254"])


# --- what follows when a record is moved


def test_what_followed_from_the_old_position_follows_the_new_one(ground: dict[str, Any]) -> None:
    thing = moved(completed(lon=LON, lat=36.61), lon=115.9, lat=36.75)
    assert (thing.town, thing.road) == (ground["east"], ground["S254"])
    assert thing.chainage_m != pytest.approx(BEGIN_M + metres_north(36.61))


def test_what_was_stated_stays_when_the_position_moves(ground: dict[str, Any]) -> None:
    thing = completed(lon=LON, lat=36.61, town=ground["east"], road=ground["S254"], chainage_m=7.0)
    moved(thing, lon=LON, lat=36.65)
    assert (thing.town, thing.road, thing.chainage_m) == (ground["east"], ground["S254"], 7.0)


def test_a_road_that_the_source_names_stays_and_its_chainage_follows(ground: dict[str, Any]) -> None:
    thing = completed(lon=LON, lat=36.61, road=ground["G105"], road_name="国道105线")
    moved(thing, lon=LON, lat=36.65)
    assert thing.road == ground["G105"]
    assert thing.chainage_m == pytest.approx(BEGIN_M + metres_north(36.65), abs=TRUE_M)


def test_what_changes_together_with_the_position_counts_as_stated(ground: dict[str, Any]) -> None:
    thing = completed(lon=LON, lat=36.61)
    moved(thing, lon=115.9, lat=36.75, town=ground["county"])
    assert (thing.town, thing.road) == (ground["county"], ground["S254"])


def test_another_stake_moves_a_position_that_came_from_the_stake(ground: dict[str, Any]) -> None:
    thing = completed(road=ground["G105"], chainage_m=BEGIN_M + metres_north(36.61))
    moved(thing, chainage_m=BEGIN_M + metres_north(36.68))
    assert thing.lat == pytest.approx(36.68, abs=TRUE_DEG)
    assert thing.coordinate_system == FROM_STAKE


def test_another_stake_leaves_a_measured_position_where_it_is(ground: dict[str, Any]) -> None:
    thing = moved(completed(lon=LON, lat=36.61), chainage_m=BEGIN_M)
    assert (thing.lat, thing.chainage_m) == (36.61, BEGIN_M)


def test_a_position_typed_over_one_from_a_stake_is_no_longer_from_the_stake(ground: dict[str, Any]) -> None:
    thing = completed(road=ground["G105"], chainage_m=BEGIN_M + 100.0)
    moved(thing, lon=LON, lat=36.66)
    assert (thing.lat, thing.coordinate_system) == (36.66, "wgs84")


def test_taking_the_position_away_takes_away_what_followed(ground: dict[str, Any]) -> None:
    thing = moved(completed(lon=LON, lat=36.61), lon=None, lat=None)
    assert (thing.town, thing.road, thing.chainage_m) == (None, None, None)
    assert thing.location_state == LocationState.UNLOCATED


# --- many at once


def test_many_records_are_completed_as_each_one_alone(ground: dict[str, Any]) -> None:
    rng = np.random.default_rng(7)
    lon, lat = rng.uniform(115.69, 116.01, 300), rng.uniform(36.49, 36.81, 300)
    lon[:100], lat[:100] = LON, rng.uniform(SOUTH, NORTH, 100)
    lon[100:120] = np.nan
    road = np.zeros(300, np.int64)
    road[100:115] = ground["G105"].pk
    chainage_m = np.full(300, np.nan)
    chainage_m[100:120] = BEGIN_M + rng.uniform(0, 12_000, 20)
    found = Locator.current().fill(Whereabouts(lon, lat, np.zeros(300, np.int64), road, chainage_m))
    assert set(found.state) == set(LocationState.values)
    for row in range(300):
        alone = completed(
            lon=None if np.isnan(lon[row]) else lon[row],
            lat=lat[row],
            road_id=int(road[row]) or None,
            chainage_m=None if np.isnan(chainage_m[row]) else chainage_m[row],
        )
        assert alone.location_state == found.state[row]
        assert (alone.town_id or 0, alone.road_id or 0) == (found.town[row], found.road[row])
        assert alone.chainage_m == (None if np.isnan(found.chainage_m[row]) else found.chainage_m[row])


lengths = st.floats(0.0, metres_north(NORTH) - 2 * TRUE_M)


@settings(max_examples=60, deadline=None)
@given(metres=st.lists(lengths, min_size=1, max_size=20), reverse=st.booleans())
def test_from_stake_to_position_and_back_is_half_a_metre_at_most(metres: list[float], reverse: bool) -> None:
    roads = _line_rows(reverse)
    stakes = BEGIN_M + np.array(metres)
    lon, lat = roads.positions_of(np.ones(len(stakes), np.int64), stakes)
    on_line = roads.roads_at(lon, lat)
    in_gap = (stakes > BEGIN_M + metres_north(GAP_SOUTH)) & (stakes < BEGIN_M + metres_north(GAP_NORTH))
    assert np.isfinite(lon).all()
    assert (np.abs(on_line.chainage_m - stakes)[~in_gap] <= NEAR_M).all()
    expected = np.array([latitude_after(stake - BEGIN_M) for stake in stakes])
    assert (np.abs(lat - expected) <= TRUE_DEG).all()


def latitude_after(metres: float) -> float:
    """Latitude so many metres north of the beginning of the road, by the geodesic."""
    return float(GEOD.fwd(LON, SOUTH, 0.0, metres)[1])


@cache
def _line_rows(reverse: bool) -> RoadMap:
    rows = []
    for south, north in ((SOUTH, GAP_SOUTH), (GAP_NORTH, NORTH)):
        ends = [(LON, south), (LON, (south + north) / 2), (LON, north)]
        stakes = [BEGIN_M + metres_north(south), BEGIN_M + metres_north(north)]
        if reverse:
            ends, stakes = ends[::-1], stakes[::-1]
        rows.append(LineRow(1, shapely.to_wkb(shapely.LineString(ends)), stakes[0], stakes[1], ""))
    return RoadMap(rows)


# --- words


@pytest.mark.parametrize(
    "text",
    [
        "国道105线K12+345处右侧",
        "G105 K12+345",
        "青县西镇105国道K12+345",
        "国道G105线12公里345米",
        "G105线K12+345以北",
    ],
)
def test_a_place_in_words_names_road_and_chainage(ground: dict[str, Any], text: str) -> None:
    assert read_words(text) == (ground["G105"].pk, 12_345.0)


@pytest.mark.parametrize("text", ["", "  ", "火星路K1+000", "K12+345", "村口"])
def test_a_place_without_a_known_road_names_nothing(ground: dict[str, Any], text: str) -> None:
    assert read_words(text) is None


def test_a_street_without_a_stake_is_still_a_road(ground: dict[str, Any]) -> None:
    assert read_words("西镇清泉路与东环路交叉口") == (ground["L001"].pk, None)


def test_a_name_that_two_roads_have_stands_for_neither(ground: dict[str, Any]) -> None:
    import_roads([SurveyedLine("L002", [(115.9, 36.62), (115.92, 36.62)], "清泉路")], by=SYSTEM)
    assert "清泉路" not in road_names()
    assert road_names()["L002"] != road_names()["L001"]


def test_lines_know_the_box_around_them(ground: dict[str, Any]) -> None:
    line = RoadLine.objects.filter(road__code="S254").get()
    assert (line.west, line.south, line.east, line.north) == (115.75, 36.75, 115.95, 36.75)


# --- what is made before anybody waits


def test_what_takes_long_the_first_time_is_done_before_a_record_is_locked(ground: dict[str, Any]) -> None:
    site = add_site({"code": "Z1", "name": "东关小学", "kind": "school", "lon": LON, "lat": 36.61}, by=SYSTEM)
    dear = (naming._pinyin, locating._locator, locating._boundaries, locating._road_map)
    for one in dear:
        one.cache_clear()
    get_ready()
    made = [one.cache_info().misses for one in dear]
    assert made == [1] * len(dear)
    change_site(site.uid, {"name": "西关小学", "lat": 36.62}, version=site.version, by=SYSTEM)
    assert [one.cache_info().misses for one in dear] == made


def test_whoever_comes_while_the_map_is_read_waits_for_it_and_reads_no_second_one(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    begun, go, read = threading.Event(), threading.Event(), []

    def slowly(token: int) -> Boundaries:
        read.append(token)
        begun.set()
        go.wait(30)
        return Boundaries([])

    monkeypatch.setattr(locating, "tokens", lambda *codes: (-1, -1))  # a state of which nothing is kept
    monkeypatch.setattr(locating, "_boundaries", slowly)
    monkeypatch.setattr(locating, "_road_map", lambda token: None)
    found: list[Locator] = []
    threads = [threading.Thread(target=lambda: found.append(Locator.current())) for _ in range(2)]
    threads[0].start()
    assert begun.wait(30)
    threads[1].start()
    threads[1].join(0.2)
    go.set()
    for one in threads:
        one.join(30)
    locating._locator.cache_clear()
    assert read == [-1]
    assert found[0] is found[1]

"""The work list of records without a place: who sees what, and the three ways to locate one."""

from __future__ import annotations

from datetime import UTC, datetime
from itertools import count
from typing import Any

import pytest
from django.test import Client
from django.urls import reverse

from anlu.apps.crashes.models import Crash
from anlu.apps.crashes.services import add_crash, change_crash
from anlu.kernel.core.history import history_of
from anlu.kernel.core.scope import SYSTEM, Width
from anlu.kernel.places.locating import FROM_STAKE
from anlu.kernel.places.models import Junction, JunctionArm
from anlu.kernel.places.registers import add_junction, add_site
from anlu.web.desk.unlocated import unlocated_for
from tests.factories import make_officer, make_unit, seed_dictionaries
from tests.kernel.places.ground import BEGIN_M, LON, make_ground, metres_north

pytestmark = pytest.mark.django_db
RIGHTS = ("crashes.crash.view", "crashes.crash.change", "places.locate", "web.today")
NEAR_DEG = 2e-5


@pytest.fixture
def ground(db: None) -> dict[str, Any]:
    """Areas, roads and dictionaries."""
    seed_dictionaries()
    return dict(make_ground())


@pytest.fixture
def clerk(ground: dict[str, Any], client: Client) -> Any:
    """Somebody who may locate crashes of the own unit, signed in."""
    officer = make_officer(make_unit("西镇中队"), *RIGHTS, width=Width.OWN)
    client.force_login(officer)
    return officer


_serial = count(1)


def crash(unit: Any, **facts: Any) -> Crash:
    """A crash of a unit, by default without any place."""
    at = datetime(2023, 1, 1, tzinfo=UTC)
    values = {"number": f"第{next(_serial):03}号", "occurred_at": at, "severity": "damage"}
    return add_crash({**values, "unit": unit, **facts}, by=SYSTEM)


def address(thing: Crash) -> str:
    """The page that locates a crash."""
    return reverse("places.unlocated.locate", args=["crashes.crash", thing.uid])


def listed(client: Client, **parameters: str) -> str:
    """The work list as it is shown."""
    return client.get(reverse("places.unlocated"), parameters).content.decode()


def located(client: Client, thing: Crash, **given: Any) -> Crash:
    """The crash after somebody confirmed a place."""
    answer = client.post(address(thing), {"version": thing.version, **given})
    assert answer.status_code == 302, answer.content.decode()
    thing.refresh_from_db()
    return thing


# --- the list


def test_the_list_holds_what_has_no_place_and_nothing_else(clerk: Any, client: Client) -> None:
    lost, off_road = crash(clerk.unit), crash(clerk.unit, lon=115.9, lat=36.6)
    outside, found = crash(clerk.unit, lon=117.0, lat=36.6), crash(clerk.unit, lon=LON, lat=36.61)
    page = listed(client)
    assert all(one.number in page for one in (lost, off_road, outside))
    assert found.number not in page
    only = listed(client, kind="crashes.crash", state="off_road")
    assert off_road.number in only
    assert lost.number not in only


def test_another_units_records_are_neither_listed_nor_counted_nor_opened(clerk: Any, client: Client) -> None:
    theirs = crash(make_unit("别的中队"))
    mine = crash(clerk.unit)
    assert theirs.number not in listed(client)
    assert [one.number for one in unlocated_for(clerk)] == [1]
    assert client.get(address(theirs)).status_code == 404
    assert client.post(address(theirs), {"version": 1, "lon": LON, "lat": 36.61}).status_code == 404
    assert client.get(address(mine)).status_code == 200


def test_somebody_who_may_only_look_has_nothing_to_locate(ground: dict[str, Any], client: Client) -> None:
    reader = make_officer(make_unit(), "crashes.crash.view", "places.locate")
    thing = crash(reader.unit)
    client.force_login(reader)
    assert thing.number not in listed(client)
    assert client.get(address(thing)).status_code == 404


def test_the_start_page_counts_what_waits(clerk: Any, client: Client) -> None:
    crash(clerk.unit)
    page = client.get(reverse("web.today")).content.decode()
    assert "未定位 1 起" in page


def test_the_list_goes_on_where_the_page_before_ended(
    clerk: Any, client: Client, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("anlu.web.desk.unlocated.SHOWN", 2)
    first, second, third = (crash(clerk.unit) for _ in range(3))
    page = listed(client)
    assert third.number in page
    assert first.number not in page
    rest = listed(client, kind="crashes.crash", before=str(second.uid))
    assert first.number in rest
    assert second.number not in rest


# --- three ways


def test_a_click_on_the_map_locates(ground: dict[str, Any], clerk: Any, client: Client) -> None:
    thing = located(client, crash(clerk.unit), lon=LON, lat=36.61)
    assert (thing.lon, thing.lat, thing.location_state) == (LON, 36.61, "located")
    assert (thing.town, thing.road) == (ground["west"], ground["G105"])
    assert thing.unit == clerk.unit


def test_road_and_stake_locate(ground: dict[str, Any], clerk: Any, client: Client) -> None:
    stake = f"K10+{round(metres_north(36.605))}"
    thing = located(client, crash(clerk.unit), road="国道105", stake=stake)
    assert (thing.lon, thing.lat) == pytest.approx((LON, 36.605), abs=NEAR_DEG)
    assert (thing.road, thing.coordinate_system) == (ground["G105"], FROM_STAKE)


def test_a_known_place_is_found_by_name_and_locates(
    ground: dict[str, Any], clerk: Any, client: Client
) -> None:
    school = {"code": "S1", "name": "清泉小学", "kind": "school", "lon": LON, "lat": 36.65}
    site = add_site(school, by=SYSTEM)
    thing = crash(clerk.unit)
    page = client.get(address(thing), {"q": "清泉"}).content.decode()
    assert str(site.uid) in page
    thing = located(client, thing, at=str(site.uid))
    assert (thing.lon, thing.lat, thing.chainage_m) == (LON, 36.65, site.chainage_m)


def test_junctions_of_the_roads_in_the_words_are_offered(
    ground: dict[str, Any], clerk: Any, client: Client
) -> None:
    values = {"code": "J1", "name": "国道105与省道254路口", "lon": LON, "lat": 36.75}
    junction = add_junction(values, by=SYSTEM)
    for road in ("G105", "S254"):
        JunctionArm.objects.create(junction=junction, road=ground[road])
    other = add_junction({"code": "J2", "name": "别的路口", "lon": 115.73, "lat": 36.62}, by=SYSTEM)
    JunctionArm.objects.create(junction=other, road=ground["L001"])
    page = client.get(address(crash(clerk.unit, place_text="国道105线与S254路口附近"))).content.decode()
    assert str(junction.uid) in page
    assert str(other.uid) not in page


def test_where_the_words_lead_is_offered_and_locates(
    ground: dict[str, Any], clerk: Any, client: Client
) -> None:
    values = {"code": "J1", "name": "国道105与清泉路路口", "lon": LON, "lat": 36.61}
    junction = add_junction(values, by=SYSTEM)
    for road, at in (("G105", BEGIN_M + 1_000), ("L001", 0.0)):
        JunctionArm.objects.create(junction=junction, road=ground[road], chainage_m=at)
    thing = crash(clerk.unit, place_text="国道105线与清泉路交叉口以北200米")
    assert thing.location_state == "unlocated"
    page = client.get(address(thing)).content.decode()
    assert "?road=G105&amp;stake=K11%2B200" in page
    thing = located(client, thing, road="G105", stake="K11+200")
    detail = client.get(reverse("crashes.crash.detail", args=[thing.uid])).content.decode()
    assert "国道105线K11+200(与清泉路交叉口以北200米)处" in detail


def test_looking_writes_nothing(clerk: Any, client: Client) -> None:
    thing = crash(clerk.unit)
    answer = client.get(address(thing), {"lon": LON, "lat": 36.61})
    assert "确认定位" in answer.content.decode()
    thing.refresh_from_db()
    assert (thing.lon, thing.version) == (None, 1)


def test_positions_of_an_internet_map_are_converted(
    ground: dict[str, Any], clerk: Any, client: Client
) -> None:
    thing = located(client, crash(clerk.unit), lon=LON + 0.0056, lat=36.61, system="gcj02")
    assert abs(thing.lon - LON) < 0.002
    assert thing.coordinate_system == "gcj02"


@pytest.mark.parametrize(
    ("given", "words"),
    [
        ({"lon": "115.8"}, "经度和纬度要一起填写"),
        ({"road": "火星路", "stake": "K1+000"}, "路库中没有「火星路」"),
        ({"road": "G105"}, "道路和桩号要一起填写"),
        ({"road": "G105", "stake": "十二公里"}, "不是桩号"),
        ({"road": "G105", "stake": "K999+000"}, "这条路没有这个桩号"),
        ({"lon": "500", "lat": "1"}, "180"),
    ],
)
def test_what_cannot_be_a_place_is_said_so(
    clerk: Any, client: Client, given: dict[str, str], words: str
) -> None:
    answer = client.get(address(crash(clerk.unit)), given)
    assert words in answer.content.decode()
    assert "确认定位" not in answer.content.decode()


# --- traces


def test_locating_is_recorded_and_undone_by_a_change(clerk: Any, client: Client) -> None:
    thing = located(client, crash(clerk.unit), lon=LON, lat=36.61)
    entry = history_of(thing).filter(action="change").get()
    assert entry.actor_name == clerk.name
    assert {"lon", "lat", "location_state", "town", "road"} <= set(entry.changes)
    undone = change_crash(thing.uid, {"lon": None, "lat": None}, version=thing.version, by=clerk)
    assert (undone.location_state, undone.road, undone.town) == ("unlocated", None, None)


def test_somebody_elses_change_meanwhile_is_not_overwritten(clerk: Any, client: Client) -> None:
    thing = crash(clerk.unit)
    change_crash(thing.uid, {"weather": "3"}, version=1, by=SYSTEM)
    answer = client.post(address(thing), {"version": 1, "lon": LON, "lat": 36.61})
    assert answer.status_code == 422
    assert "刚被他人修改" in answer.content.decode()


def test_an_imported_crash_gets_its_reason(clerk: Any, client: Client) -> None:
    thing = crash(clerk.unit, source="支队下发")
    thing = located(client, thing, road="G105", stake="K10+500")
    assert thing.chainage_m == BEGIN_M + 500
    assert "补录定位" in history_of(thing).filter(action="reason").get().note


def test_a_junction_without_a_place_can_be_located_too(ground: dict[str, Any], client: Client) -> None:
    keeper = make_officer(make_unit(), "places.road.view", "places.road.change", "places.locate")
    client.force_login(keeper)
    junction = add_junction({"code": "J9", "name": "村口"}, by=SYSTEM)
    assert "村口" in listed(client)
    url = reverse("places.unlocated.locate", args=["places.junction", junction.uid])
    assert client.post(url, {"version": 1, "lon": LON, "lat": 36.61}).status_code == 302
    assert Junction.objects.get().road == ground["G105"]

"""Registers of roads, junctions, sites and villages: figures in scope, words, forms."""

from __future__ import annotations

from datetime import UTC, datetime
from decimal import Decimal
from typing import Any

import pytest
from django.test import Client
from django.urls import reverse
from hypothesis import given
from hypothesis import strategies as st

from anlu.apps.crashes.services import add_crash
from anlu.kernel.core.history import history_of
from anlu.kernel.core.revisions import token
from anlu.kernel.core.scope import SYSTEM, Width
from anlu.kernel.places.models import AreaKind, Junction, Road, Site
from anlu.kernel.places.registers import add_site
from anlu.kernel.places.services import ROADS_REVISION, add_area
from anlu.web.stakes import StakeField
from tests.factories import make_officer, make_unit, seed_dictionaries
from tests.kernel.places.ground import BEGIN_M, LON, make_ground, metres_north

pytestmark = pytest.mark.django_db
RIGHTS = [f"places.{noun}.{verb}" for noun in ("area", "road", "site") for verb in ("view", "change")]


@pytest.fixture
def ground(db: None) -> dict[str, Any]:
    """Areas, roads and dictionaries."""
    seed_dictionaries()
    return dict(make_ground())


@pytest.fixture
def keeper(ground: dict[str, Any], client: Client) -> Any:
    """Somebody who keeps the registers and sees the crashes of the own unit, signed in."""
    officer = make_officer(make_unit("西镇中队"), *RIGHTS, "crashes.crash.view", width=Width.OWN)
    client.force_login(officer)
    return officer


def listed(client: Client, ledger: str, **parameters: str) -> str:
    """A register as it is shown."""
    return client.get(reverse(ledger), parameters).content.decode()


def crash(unit: Any, number: str, **facts: Any) -> Any:
    """A crash on G105."""
    at = datetime(2023, 1, 1, tzinfo=UTC)
    values = {"number": number, "occurred_at": at, "severity": "damage", "unit": unit}
    return add_crash({**values, "lon": LON, "lat": 36.61, **facts}, by=SYSTEM)


# --- roads


def test_a_road_shows_its_classes_owner_and_length_in_words(keeper: Any, client: Client) -> None:
    page = listed(client, "places.road", q="G105")
    words = ("国道105线", "国道", "二级公路", "县公路局", "10.0")
    assert [one for one in words if one not in page] == []
    assert "省道254线" not in page


def test_records_on_a_road_are_counted_as_far_as_one_may_see_them(keeper: Any, client: Client) -> None:
    crash(keeper.unit, "A1")
    crash(keeper.unit, "A2")
    crash(make_unit("别的中队"), "乙字1号")
    page = listed(client, "places.road")
    assert "事故 2 起" in page
    address = f"{reverse('crashes.crash')}?route=G105"
    assert address in page
    there = client.get(address).content.decode()
    assert "A1" in there
    assert "乙字1号" not in there


def test_without_the_right_to_see_crashes_none_are_counted(ground: dict[str, Any], client: Client) -> None:
    crash(make_unit(), "A1")
    client.force_login(make_officer(make_unit(), "places.road.view"))
    assert "事故" not in listed(client, "places.road")


def test_a_road_is_filtered_by_class_and_exported(keeper: Any, client: Client) -> None:
    page = listed(client, "places.road", administrative_class="2")
    assert "省道254线" in page
    assert "国道105线" not in page
    answer = client.get(reverse("places.road.export_csv"), {"administrative_class": "2"})
    text = b"".join(answer.streaming_content).decode("utf-8-sig")  # type: ignore[arg-type]
    assert "省道254线" in text
    assert "国道105线" not in text


def test_the_facts_of_a_road_are_changed_and_recorded(
    ground: dict[str, Any], keeper: Any, client: Client
) -> None:
    road, before = ground["G105"], token(ROADS_REVISION)
    values = {
        "name": "国道105",
        "administrative_class": "1",
        "technical_class": "11",
        "owner_name": "市公路局",
    }
    version = Road.objects.get(pk=road.pk).version
    answer = client.post(reverse("places.road.change", args=[road.uid]), {**values, "version": version})
    assert answer.status_code == 302
    changed = Road.objects.get(pk=road.pk)
    assert (changed.technical_class, changed.owner_name) == ("11", "市公路局")
    assert history_of(changed).filter(action="change").get().changes["technical_class"] == ["12", "11"]
    assert token(ROADS_REVISION) != before


def test_the_page_of_a_road_shows_its_lines_with_stakes(
    ground: dict[str, Any], keeper: Any, client: Client
) -> None:
    page = client.get(reverse("places.road.detail", args=[ground["G105"].uid])).content.decode()
    assert "K10+000" in page
    assert f"K{int(BEGIN_M + metres_north(36.63)) // 1000}+" in page


# --- sites and junctions


def test_market_days_are_shown_and_typed_in_words(keeper: Any, client: Client) -> None:
    values = {
        "code": "M1",
        "name": "柳亭集",
        "kind": "market",
        "fair_days": "逢一、六",
        "lon": LON,
        "lat": 36.61,
    }
    assert client.post(reverse("places.site.new"), values).status_code == 302
    site = Site.objects.get()
    assert site.fair_days == [1, 6]
    assert "逢一、六" in listed(client, "places.site", kind="market")
    form = client.get(reverse("places.site.change", args=[site.uid])).content.decode()
    assert "逢一、六" in form
    refused = client.post(reverse("places.site.new"), {**values, "code": "M2", "fair_days": "每天"})
    assert refused.status_code == 422
    assert "不是逢集日" in refused.content.decode()


def test_a_site_by_road_and_stake_gets_its_position_and_town(
    ground: dict[str, Any], keeper: Any, client: Client
) -> None:
    values = {
        "code": "S1",
        "name": "测试小学",
        "kind": "school",
        "road": ground["G105"].pk,
        "chainage_m": "K10+500",
    }
    assert client.post(reverse("places.site.new"), values).status_code == 302
    site = Site.objects.get()
    assert (site.chainage_m, site.town, site.location_state) == (10_500.0, ground["west"], "located")
    form = client.get(reverse("places.site.change", args=[site.uid])).content.decode()
    assert "K10+500" in form


def test_a_site_that_is_moved_takes_its_town_and_road_along(
    ground: dict[str, Any], keeper: Any, client: Client
) -> None:
    site = add_site({"code": "S1", "name": "小学", "kind": "school", "lon": LON, "lat": 36.61}, by=SYSTEM)
    values = {"code": "S1", "name": "小学", "kind": "school", "lon": "115.9", "lat": "36.75", "version": 1}
    shown = client.get(reverse("places.site.change", args=[site.uid])).context["form"]
    held = {name: shown[name].value() for name in ("road", "town", "chainage_m")}
    answer = client.post(reverse("places.site.change", args=[site.uid]), {**values, **held})
    assert answer.status_code == 302, answer.content.decode()
    site = Site.objects.get()
    assert (site.town, site.road) == (ground["east"], ground["S254"])


def test_the_same_code_is_refused_with_words(keeper: Any, client: Client) -> None:
    values = {"code": "J1", "name": "路口", "legs": 4, "lon": LON, "lat": 36.61}
    assert client.post(reverse("places.junction.new"), values).status_code == 302
    again = client.post(reverse("places.junction.new"), values)
    assert "这个编号已经有了" in again.content.decode()
    assert Junction.objects.count() == 1


@given(st.decimals(0, 999_999, places=3))
def test_a_stake_in_a_form_is_read_back_as_it_was_shown(chainage_m: Decimal) -> None:
    field = StakeField()
    assert field.clean(field.prepare_value(float(chainage_m))) == float(chainage_m)


# --- villages


def test_villages_are_listed_by_town(ground: dict[str, Any], keeper: Any, client: Client) -> None:
    add_area("V1", "柳村", AreaKind.VILLAGE, by=SYSTEM, parent=ground["west"])
    add_area("V2", "杨村", AreaKind.VILLAGE, by=SYSTEM, parent=ground["east"])
    page = listed(client, "places.village", town="W1")
    assert "柳村" in page
    assert "杨村" not in page
    assert "青县</a>" not in listed(client, "places.village")

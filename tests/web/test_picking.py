"""A place in a form: what the map fills in, and that typing is enough."""

from __future__ import annotations

import json
import re
from datetime import date
from typing import Any

import pytest
from django.test import Client
from django.urls import reverse

from anlu.kernel.cases.models import Case
from anlu.kernel.core.scope import SYSTEM
from anlu.kernel.people.models import Officer, Responsibility
from anlu.kernel.people.services import assign_area
from anlu.kernel.places.models import RoadLine
from tests.factories import make_officer, make_unit, seed_dictionaries
from tests.kernel.places.ground import BEGIN_M, LON, make_ground, metres_north

pytestmark = pytest.mark.django_db
NEW, HERE = "hazards.hazard.new", "places.here"
KIND = "hazards.roadside_market"
LAT = 36.61  # on the main road


@pytest.fixture
def ground(db: None) -> dict[str, Any]:
    seed_dictionaries()
    return dict(make_ground())


@pytest.fixture
def clerk(ground: dict[str, Any], client: Client) -> Officer:
    """Somebody who enters hazards, signed in."""
    verbs = ("view", "add", "change")
    officer = make_officer(make_unit("西镇中队"), *(f"hazards.hazard.{verb}" for verb in verbs))
    client.force_login(officer)
    return officer


def form_at(client: Client, address: str) -> str:
    return client.get(address).content.decode()


def test_the_map_is_told_road_stake_and_town_in_the_words_of_the_form(clerk: Officer, client: Client) -> None:
    found = client.get(reverse(HERE), {"lon": LON, "lat": LAT}).json()
    page = form_at(client, f"{reverse(NEW)}?kind={KIND}")
    for name in ("road", "town"):
        assert re.search(rf'<select name="{name}".*?<option value="{found[name]}"', page, re.DOTALL), name
    assert found["chainage_m"] == "K11+109.4"
    assert found["words"] == "国道105线 K11+109，西镇"
    case = save(client, lon=LON, lat=LAT)
    assert (case.road_id, case.town_id) == (found["road"], found["town"])


@pytest.mark.parametrize(
    "stated",
    [{}, {"lon": "115"}, {"lon": "nan", "lat": "1"}, {"lon": "181", "lat": "1"}, {"lon": "x", "lat": "y"}],
)
def test_what_is_no_position_gives_nothing(clerk: Officer, client: Client, stated: dict[str, str]) -> None:
    answer = client.get(reverse(HERE), stated)
    assert (answer.status_code, answer.json()) == (200, {})


def test_far_from_every_road_only_the_town_is_known(clerk: Officer, client: Client) -> None:
    found = client.get(reverse(HERE), {"lon": 115.9, "lat": 36.6}).json()
    assert (found["road"], found["chainage_m"]) == ("", "")


def save(client: Client, **place: Any) -> Case:
    """A market on the road, saved from the form as it stands without scripts."""
    given = {"title": "集市占道", "found_on": "2023-06-19", **place}
    answer = client.post(f"{reverse(NEW)}?kind={KIND}", given)
    assert answer.status_code == 302, answer.content.decode()
    return Case.objects.latest("pk")


def test_typed_coordinates_are_enough_and_half_of_them_is_refused(clerk: Officer, client: Client) -> None:
    case = save(client, lon=LON, lat=LAT)
    assert case.road is not None
    assert case.chainage_m == pytest.approx(BEGIN_M + metres_north(LAT), abs=1)
    half = client.post(f"{reverse(NEW)}?kind={KIND}", {"title": "x", "found_on": "2023-06-19", "lon": LON})
    assert half.status_code == 422
    assert "经度和纬度要一起填写" in half.content.decode()


def test_the_form_has_a_map_around_the_place_that_is_known(clerk: Officer, client: Client) -> None:
    case = save(client, lon=LON, lat=LAT)
    page = form_at(client, reverse("hazards.hazard.change", args=[case.uid]))
    assert f'data-look="{reverse(HERE)}"' in page
    assert f'data-at="{case.lon},{case.lat}"' in page
    options = json.loads(re.search(r'<script id="map-options"[^>]*>(.*?)</script>', page, re.DOTALL).group(1))  # type: ignore[union-attr]
    assert options["center"] == [case.lon, case.lat]
    fresh = form_at(client, f"{reverse(NEW)}?kind={KIND}")
    assert "data-at" not in fresh
    options = json.loads(
        re.search(r'<script id="map-options"[^>]*>(.*?)</script>', fresh, re.DOTALL).group(1)
    )  # type: ignore[union-attr]
    assert len(options["bounds"]) == 2  # all roads


def test_the_report_from_the_roadside_has_the_same_piece(clerk: Officer, client: Client) -> None:
    page = form_at(client, reverse("hazards.report"))
    assert page.count('data-island="pick"') == 1
    assert f'data-look="{reverse(HERE)}"' in page
    assert page.count('name="lon"') == page.count('name="chainage_m"') == 1


def test_the_map_of_a_new_matter_begins_where_the_own_unit_works(
    ground: dict[str, Any], client: Client
) -> None:
    ending, beginning = make_unit("西镇中队"), make_unit("新中队")
    Responsibility.objects.create(unit=ending, area=ground["west"], valid_to=date(2999, 1, 1))
    assign_area(beginning, ground["west"], by=SYSTEM, valid_from=date(2999, 1, 2))
    RoadLine.objects.filter(road__code="L001").update(town=ground["west"])
    shown = []
    for unit in (ending, beginning, make_unit("秩序中队")):
        client.force_login(make_officer(unit, "hazards.hazard.view", "hazards.hazard.add"))
        page = form_at(client, f"{reverse(NEW)}?kind={KIND}")
        options = json.loads(
            re.search(r'<script id="map-options"[^>]*>(.*?)</script>', page, re.DOTALL).group(1)  # type: ignore[union-attr]
        )
        shown.append(options["bounds"])
    own, not_yet, everywhere = shown
    assert own == [[115.72, 36.62], [115.74, 36.62]]
    assert not_yet == everywhere == [[115.72, 36.6], [115.95, 36.75]]

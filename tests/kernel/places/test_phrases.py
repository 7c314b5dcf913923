"""A place on a road in words by the registers, there and back."""

from __future__ import annotations

from typing import Any

import pytest

from anlu.kernel.core.scope import SYSTEM
from anlu.kernel.places.models import JunctionArm
from anlu.kernel.places.phrases import phrase_of, spot_of
from anlu.kernel.places.registers import add_junction, add_site
from tests.kernel.places.ground import BEGIN_M, LON, make_ground

pytestmark = pytest.mark.django_db
CROSSING_M = BEGIN_M + 2_000.0
NEAR_M = 0.6


@pytest.fixture
def ground(db: None) -> dict[str, Any]:
    """The county of ``ground.py``; 清泉路 crosses 国道105线 at K12, and a school stands at K16."""
    made = dict(make_ground())
    junction = add_junction({"code": "J1", "name": "路口", "lon": LON, "lat": 36.618}, by=SYSTEM)
    JunctionArm.objects.create(junction=junction, road=made["G105"], chainage_m=CROSSING_M)
    JunctionArm.objects.create(junction=junction, road=made["L001"], chainage_m=0.0)
    school = {"code": "S1", "name": "清泉小学", "kind": "school", "lon": LON, "lat": 36.655}
    made["school"] = add_site(school, by=SYSTEM)
    return made


@pytest.mark.parametrize(
    ("text", "from_crossing_m"),
    [
        ("国道105线与清泉路交叉口", 0.0),
        ("国道105线与清泉路路口附近", 0.0),
        ("国道105 国道105线与清泉路路口附近", 0.0),
        ("青县西镇G105与清泉路路口以北50米处", 50.0),
        ("国道105与清泉路交叉口以南约1公里", -1000.0),
        ("国道105线K12+345处", 345.0),
    ],
)
def test_a_reference_point_with_bearing_and_distance_leads_to_a_chainage(
    ground: dict[str, Any], text: str, from_crossing_m: float
) -> None:
    spot = spot_of(text)
    assert spot is not None
    assert spot.road == ground["G105"].pk
    assert spot.chainage_m == pytest.approx(CROSSING_M + from_crossing_m, abs=NEAR_M)


def test_a_site_is_a_reference_point(ground: dict[str, Any]) -> None:
    spot = spot_of("国道105清泉小学门前")
    assert spot is not None
    assert spot.chainage_m == pytest.approx(ground["school"].chainage_m, abs=NEAR_M)


@pytest.mark.parametrize(
    "text",
    [
        "",
        "国道105线",
        "国道105线与省道254线交叉口",
        "国道105线东关桥",
        "某路与清泉路交叉口",
        "国道105线K99+000",
    ],
)
def test_words_that_lead_nowhere_give_nothing(ground: dict[str, Any], text: str) -> None:
    assert spot_of(text) is None


@pytest.mark.parametrize("chainage_m", [CROSSING_M - 700, CROSSING_M, CROSSING_M + 50, CROSSING_M + 2_600])
def test_what_is_written_leads_back(ground: dict[str, Any], chainage_m: float) -> None:
    phrase = phrase_of(ground["G105"], chainage_m)
    assert phrase.startswith("国道105线K")
    spot = spot_of(phrase)
    assert spot is not None
    assert spot.chainage_m == pytest.approx(chainage_m, abs=NEAR_M)


def test_a_place_is_described_from_the_nearest_reference_point(ground: dict[str, Any]) -> None:
    assert phrase_of(ground["G105"], CROSSING_M + 50) == "国道105线K12+050(与清泉路交叉口以北50米)处"
    assert "清泉小学" in phrase_of(ground["G105"], ground["school"].chainage_m - 30)


def test_a_place_that_the_road_does_not_have_has_no_words(ground: dict[str, Any]) -> None:
    assert phrase_of(ground["G105"], 1_000.0) == ""

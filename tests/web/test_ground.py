"""The ground under every map: boundaries and roads of the register, kept by browsers until they change."""

from __future__ import annotations

import json
from datetime import date
from typing import Any

import mapbox_vector_tile
import pytest
import shapely
from django.test import Client
from django.urls import reverse

from anlu.kernel.core.filters import Selection
from anlu.kernel.core.permissions import permissions
from anlu.kernel.core.scope import SYSTEM
from anlu.kernel.places.mapping import areas_for_map, roads_for_map
from anlu.kernel.places.models import AreaKind, Road
from anlu.kernel.places.permissions import ROAD_VIEW
from anlu.kernel.places.registers import add_segment
from anlu.kernel.places.services import add_area, position_of
from anlu.web.pages.ground import ground_options, segment_options
from anlu.web.pages.picture import Frame, Picture
from anlu.web.templatetags.assets import DIST
from anlu.web.tiles import layers
from tests.factories import make_officer
from tests.kernel.places.ground import BEGIN_M, LON, make_ground

MIDDLE = 36.62
# 道路安全属性 of the national dictionary
SAFETY = {"1": "正常", "2": "已治理仍有隐患", "3": "正在治理", "4": "尚未治理"}


@pytest.fixture
def client_in(client: Client, db: None) -> Client:
    """Somebody signed in, in a county with roads."""
    make_ground()
    client.force_login(make_officer(None, *permissions.codes()))
    return client


def tile_at(zoom: int) -> tuple[int, int, int]:
    """The tile of a place on G105."""
    place = position_of(LON, MIDDLE)
    assert place is not None
    return zoom, place.cell_x >> (24 - zoom), place.cell_y >> (24 - zoom)


def roads_in(client: Client, zoom: int) -> list[dict[str, Any]]:
    """Properties of the roads of a tile."""
    answer = client.get(reverse("ground.roads", args=tile_at(zoom)))
    assert answer.status_code == 200
    found = mapbox_vector_tile.decode(answer.content, default_options={"y_coord_down": True})
    return [one["properties"] for one in found.get("roads", {"features": []})["features"]]


def test_boundaries_and_seats_are_one_answer(client_in: Client) -> None:
    found = client_in.get(reverse("ground.areas")).json()["features"]
    areas = {one["properties"]["code"]: one for one in found if one["properties"]["part"] == "area"}
    assert set(areas) == {"C1", "W1", "E1"}
    shapes = {code: shapely.from_geojson(json.dumps(one["geometry"])) for code, one in areas.items()}
    assert shapes["W1"].union(shapes["E1"]).equals(shapes["C1"])
    assert shapes["W1"].intersection(shapes["E1"]).area == 0


def test_a_tile_names_its_roads_by_number_name_and_class(client_in: Client) -> None:
    (found,) = [one for one in roads_in(client_in, 13) if one["code"] == "G105"][:1]
    assert found["class"] == "national"
    assert found["name"]


def features_of(client: Client, zoom: int) -> list[dict[str, Any]]:
    """The segments in a tile."""
    answer = client.get(reverse("ground.segments", args=tile_at(zoom)))
    assert answer.status_code == 200
    found = mapbox_vector_tile.decode(answer.content, default_options={"y_coord_down": True})
    features: list[dict[str, Any]] = found.get("segments", {"features": []})["features"]
    return features


def segments_in(client: Client, zoom: int) -> dict[str, float]:
    """Number of each segment in a tile, and how long its line is there in units of the tile."""
    lines = [
        (one["properties"]["number"], shapely.from_geojson(json.dumps(one["geometry"])))
        for one in features_of(client, zoom)
    ]
    return {number: line.length for number, line in lines}


def test_a_segment_with_a_hazard_that_is_not_gone_is_marked(client_in: Client) -> None:
    for place, safety in enumerate(SAFETY):
        at = {"begin_m": BEGIN_M + 200 * place, "end_m": BEGIN_M + 200 * (place + 1)}
        road = Road.objects.get(code="G105")
        add_segment({"name": "段", "road": road, "number": safety, "safety": safety, **at}, by=SYSTEM)
    found = {one["properties"]["number"]: one["properties"]["danger"] for one in features_of(client_in, 10)}
    assert found == {safety: words != "正常" for safety, words in SAFETY.items()}
    assert "有隐患" in client_in.get(reverse("map.crashes")).content.decode()


def test_a_tile_shows_the_segments_of_today_between_their_stakes(client_in: Client) -> None:
    road = Road.objects.get(code="G105")
    common = {"name": "段", "road": road}
    looking = make_officer(None, ROAD_VIEW)
    assert segment_options(looking) is None
    add_segment(common | {"number": "1", "begin_m": BEGIN_M, "end_m": BEGIN_M + 1_000}, by=SYSTEM)
    assert segment_options(make_officer()) is None
    assert segment_options(looking) is not None
    first = segments_in(client_in, 10)
    ended = {
        "number": "0",
        "begin_m": BEGIN_M + 1_000,
        "end_m": BEGIN_M + 2_000,
        "valid_to": date(2020, 1, 1),
    }
    add_segment(common | ended, by=SYSTEM)
    later = {
        "number": "2",
        "begin_m": BEGIN_M + 1_000,
        "end_m": BEGIN_M + 3_000,
        "valid_from": date(2020, 1, 2),
    }
    add_segment(common | later, by=SYSTEM)
    then = segments_in(client_in, 10)
    assert set(first) == {"1"}
    assert set(then) == {"1", "2"}
    assert then["2"] / then["1"] == pytest.approx(2.0, abs=0.05)
    stranger = Client()
    stranger.force_login(make_officer())
    assert stranger.get(reverse("ground.segments", args=tile_at(10))).status_code == 403


def test_streets_are_left_out_from_afar(client_in: Client) -> None:
    everywhere = (115.0, 36.0, 117.0, 37.0)
    far, near = ({road.kind for road in roads_for_map(everywhere, zoom)} for zoom in (7, 15))
    assert "national" in far
    assert "street" not in far
    assert "street" in near


def test_what_a_browser_keeps_has_the_state_of_the_data_in_its_address(client_in: Client) -> None:
    before = ground_options()
    kept = client_in.get(before["areas"])
    assert "immutable" in kept.headers["Cache-Control"]
    assert kept.headers["Cache-Control"].startswith("private")
    assert "immutable" not in client_in.get(reverse("ground.areas")).headers["Cache-Control"]
    add_area("T9", "新镇", AreaKind.TOWN, by=SYSTEM, lon=115.8, lat=36.7)
    assert ground_options()["areas"] != before["areas"]
    assert any(one["properties"]["name"] == "新镇" for one in areas_for_map()["features"])


@pytest.mark.parametrize("tile", [(3, 8, 0), (17, 0, 0), (99, 0, 0)])
def test_a_tile_that_is_none_is_not_there(client_in: Client, tile: tuple[int, int, int]) -> None:
    assert client_in.get(reverse("ground.roads", args=tile)).status_code == 404


def test_strangers_get_no_ground(client: Client, db: None) -> None:
    for address in (reverse("ground.areas"), reverse("ground.roads", args=[0, 0, 0])):
        assert client.get(address).status_code == 302


def test_the_picture_draws_boundaries_roads_and_their_plates(client_in: Client) -> None:
    officer = make_officer(None, *permissions.codes())
    layer = layers.get("crashes")
    nothing = layer.points(officer, Selection())
    drawn = Picture.of(layer, nothing, Frame(LON, MIDDLE, 11.0), [])
    assert {one.kind for one in drawn.areas} == {"county", "town"}
    assert "national" in {one.kind for one in drawn.roads}
    assert "G105" in {one.label for one in drawn.shields}
    assert all(one.path.startswith("M") for one in drawn.roads)


def test_built_files_are_packed_beside_themselves() -> None:
    built = [
        one for one in DIST.glob("*") if one.suffix in (".js", ".css", ".svg") and one.stat().st_size > 1_000
    ]
    if not built:
        pytest.skip("NOT TESTED: the front end is not built here")
    for one in built:
        for ending in (".gz", ".br"):
            packed = one.with_name(one.name + ending)
            assert packed.exists(), packed.name
            assert packed.stat().st_size < one.stat().st_size


def test_a_packed_file_is_what_a_browser_gets(client: Client, db: None) -> None:
    script = next(DIST.glob("map-*.js"), None)
    if script is None:
        pytest.skip("NOT TESTED: the front end is not built here")
    answer = client.get(f"/static/dist/{script.name}", headers={"Accept-Encoding": "gzip, br"})
    assert answer.headers["Content-Encoding"] == "br"
    assert "immutable" in answer.headers["Cache-Control"]
    answer.close()

"""Tiles: points where they are few, counts where they are many, the same rows as the list, never somebody else's."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import mapbox_vector_tile
import pytest
from django.test import Client
from django.urls import reverse
from hypothesis import given, settings
from hypothesis import strategies as st
from hypothesis.extra.django import TestCase
from pytest_django import DjangoDbBlocker

from anlu.apps.crashes.models import Crash
from anlu.kernel.core.permissions import permissions
from anlu.kernel.core.scope import Width
from anlu.kernel.people.models import Officer
from anlu.kernel.places.models import Located
from anlu.web import tiles
from anlu.web.ledgers import ledgers
from anlu.web.tiles import EXTENT, Tile, layers
from tests.apps.crashes.records import County, make_county, make_crashes
from tests.factories import make_officer
from tests.lasting import handed_out, lasting

LAYER = layers.get("crashes")


def tile_url(z: int, x: int, y: int, query: str = "") -> str:
    """Address of a tile."""
    return reverse("tiles.crashes", args=[z, x, y]) + query


def features(client: Client, z: int, x: int, y: int, query: str = "") -> list[dict[str, Any]]:
    """Properties of the features of a tile."""
    answer = client.get(tile_url(z, x, y, query))
    assert answer.status_code == 200
    decoded = mapbox_vector_tile.decode(answer.content, default_options={"y_coord_down": True})
    return [feature | {} for feature in decoded.get("points", {"features": []})["features"]]


def counted(found: list[dict[str, Any]]) -> int:
    """How many records the features stand for."""
    return sum(int(feature["properties"].get("n", 1)) for feature in found)


def tiles_with_data(z: int) -> set[tuple[int, int, int]]:
    """All tiles of a zoom in which anything lies."""
    shift = Located.CELL_ZOOM - z
    cells = Crash.objects.filter(cell_x__isnull=False).values_list("cell_x", "cell_y")
    return {(z, x >> shift, y >> shift) for x, y in cells}


@pytest.fixture(scope="module")
def lasting_county(django_db_setup: None, django_db_blocker: DjangoDbBlocker) -> Iterator[County]:
    """A county with some hundred crashes."""
    with lasting(django_db_blocker):
        county = make_county()
        make_crashes(county, 120)
        with handed_out(django_db_blocker):
            yield county


@pytest.fixture
def county(lasting_county: County, db: None) -> County:
    """The county of the module; what a test writes is undone."""
    return lasting_county


@pytest.fixture
def viewer(county: County, client: Client) -> Officer:
    """Somebody who sees all of it."""
    officer = make_officer(county.brigade, *permissions.codes())
    client.force_login(officer)
    return officer


@pytest.fixture(params=[10**6, 3, 0], ids=["points", "mixed", "counts"])
def drawn_as(request: pytest.FixtureRequest, monkeypatch: pytest.MonkeyPatch) -> None:
    """All ways in which a tile may be drawn."""
    draw_alone(monkeypatch, request.param)


def draw_alone(monkeypatch: pytest.MonkeyPatch, most: int) -> None:
    """Up to ``most`` points of a cell stand alone."""
    for name in ("ALONE_NEAR", "ALONE_FAR", "POINTS_CLOSE"):
        monkeypatch.setattr(tiles, name, most)


@pytest.mark.parametrize(
    "query",
    ["", "?severity=fatal", "?occurred_from=2022-01-01&severity=slight&severity=serious", "?killed_min=1"],
)
def test_the_tiles_hold_as_many_records_as_the_list(
    viewer: Officer, client: Client, drawn_as: None, query: str
) -> None:
    listed = client.get(ledgers.get("crashes.crash").url() + query).context["listing"].rows()
    located = listed.filter(cell_x__isnull=False).count()
    for zoom in (0, 9, 12):
        assert sum(counted(features(client, *tile, query)) for tile in tiles_with_data(zoom)) == located


def test_a_point_carries_what_the_map_shows(
    viewer: Officer, client: Client, monkeypatch: pytest.MonkeyPatch
) -> None:
    draw_alone(monkeypatch, 10**6)
    by_uid = {str(crash.uid): crash for crash in Crash.objects.visible_to(viewer)}
    found = features(client, 0, 0, 0)
    assert found
    for feature in found:
        crash = by_uid[feature["properties"]["uid"]]
        assert feature["properties"]["number"] == crash.number
        assert feature["properties"]["value"] == crash.severity


def test_a_crowded_cell_is_a_count_and_names_nobody(
    viewer: Officer, client: Client, monkeypatch: pytest.MonkeyPatch
) -> None:
    draw_alone(monkeypatch, 1)
    found = [one["properties"] for one in features(client, 6, *next(iter(tiles_with_data(6)))[1:])]
    assert any(one.get("n", 0) > 1 for one in found)
    assert all(set(one) == ({"n"} if "n" in one else {"uid", "number", "value"}) for one in found)


def test_a_tile_never_holds_more_than_its_grid(
    viewer: Officer, client: Client, monkeypatch: pytest.MonkeyPatch
) -> None:
    draw_alone(monkeypatch, 0)
    assert max(len(features(client, *tile)) for tile in tiles_with_data(8)) <= 16 * 16


@pytest.mark.parametrize("who", ["squadron", "town", "stranger"])
def test_others_get_tiles_of_their_own_records_only(county: County, client: Client, who: str) -> None:
    unit = {"squadron": county.squadrons[1], "town": county.office, "stranger": county.post}[who]
    officer = make_officer(unit, "crashes.crash.view", width=Width.OWN)
    client.force_login(officer)
    visible = Crash.objects.visible_to(officer).filter(cell_x__isnull=False)
    assert counted(features(client, 0, 0, 0)) == visible.count()
    uids = {one["properties"]["uid"] for one in features(client, 0, 0, 0) if "uid" in one["properties"]}
    assert uids <= {str(uid) for uid in visible.values_list("uid", flat=True)}


def test_two_people_with_different_scope_never_share_a_tile(county: County) -> None:
    units = (county.squadrons[0], county.squadrons[1], county.office)
    people = [make_officer(unit, "crashes.crash.view", width=Width.OWN) for unit in units]
    other = make_officer(county.squadrons[2], "crashes.crash.view", width=Width.OWN)
    tags = set()
    for one in people:  # nothing is written from here on: only the scope differs
        client = Client()
        client.force_login(one)
        answer = client.get(tile_url(0, 0, 0))
        tags.add(answer.headers["ETag"])
        assert answer.headers["Cache-Control"].startswith("private")
        assert "Cookie" in answer.headers["Vary"]
    assert len(tags) == 3
    for tag in tags:
        client = Client()
        client.force_login(other)
        assert client.get(tile_url(0, 0, 0), headers={"If-None-Match": tag}).status_code == 200


def test_a_known_tile_is_not_sent_again_until_something_changes(viewer: Officer, client: Client) -> None:
    tag = client.get(tile_url(0, 0, 0)).headers["ETag"]
    again = client.get(tile_url(0, 0, 0), headers={"If-None-Match": tag})
    assert again.status_code == 304
    assert not again.content
    assert client.get(tile_url(0, 0, 0, "?severity=fatal"), headers={"If-None-Match": tag}).status_code == 200
    crash = Crash.objects.visible_to(viewer).first()
    client.post(ledgers.get("crashes.crash").url_of(crash, "void"), {"why": "重复登记"})
    assert client.get(tile_url(0, 0, 0), headers={"If-None-Match": tag}).status_code == 200


def test_a_batch_that_goes_live_changes_the_tiles(viewer: Officer, client: Client) -> None:
    from anlu.kernel.core.models import Batch

    tag = client.get(tile_url(0, 0, 0)).headers["ETag"]
    Batch.objects.filter(state="withdrawn").update(state="live")
    assert client.get(tile_url(0, 0, 0)).headers["ETag"] != tag


def test_a_large_tile_is_packed_where_the_browser_takes_it(
    viewer: Officer, client: Client, monkeypatch: pytest.MonkeyPatch
) -> None:
    draw_alone(monkeypatch, 10**6)
    plain = client.get(tile_url(0, 0, 0))
    packed = client.get(tile_url(0, 0, 0), headers={"Accept-Encoding": "gzip, br"})
    assert packed.headers["Content-Encoding"] == "gzip"
    assert len(packed.content) < len(plain.content)


@pytest.mark.parametrize("tile", [(0, 1, 0), (3, 8, 0), (3, 0, 8), (23, 0, 0), (99, 0, 0)])
def test_a_tile_beyond_the_map_is_not_there(
    viewer: Officer, client: Client, tile: tuple[int, int, int]
) -> None:
    assert client.get(tile_url(*tile)).status_code == 404


def test_a_wrong_filter_gives_an_empty_tile(viewer: Officer, client: Client) -> None:
    assert features(client, 0, 0, 0, "?occurred_from=2023-02-30") == []


def test_the_list_beside_the_map_holds_what_the_map_shows(viewer: Officer, client: Client) -> None:
    whole = client.get(reverse("map.crashes")).context
    assert whole["total"].number == Crash.objects.visible_to(viewer).count()
    assert whole["unlocated"] == Crash.objects.visible_to(viewer).filter(cell_x__isnull=True).count()
    box = "115.85,36.65,115.9,36.7"
    beside = client.get(reverse("map.crashes.list"), {"bbox": box}).context["total"].number
    listed = client.get(ledgers.get("crashes.crash").url({"bbox": box})).context["total"].number
    inside = (
        Crash.objects.visible_to(viewer).filter(lon__range=(115.85, 115.9), lat__range=(36.65, 36.7)).count()
    )
    assert beside == listed == inside > 0


@pytest.mark.parametrize(
    "box", ["1,2,3", "a,b,c,d", "200,0,201,1", "3,2,1,0", "nan,0,1,1", ",,,", "0,-91,1,1"]
)
def test_a_wrong_box_is_a_message(viewer: Officer, client: Client, box: str) -> None:
    answer = client.get(reverse("map.crashes.list"), {"bbox": box})
    assert answer.status_code == 200
    assert answer.context["total"].number == 0


def test_the_card_of_a_point_is_for_those_who_may_see_it(
    county: County, viewer: Officer, client: Client
) -> None:
    crash = Crash.objects.visible_to(viewer).filter(unit=county.squadrons[0], cell_x__isnull=False).first()
    assert crash is not None
    url = reverse("map.crashes.card", args=[crash.uid])
    assert crash.number in client.get(url).content.decode()
    client.force_login(make_officer(county.squadrons[1], "crashes.crash.view", width=Width.OWN))
    assert client.get(url).status_code == 404


def test_a_map_of_nothing_is_still_a_page(client: Client, db: None) -> None:
    client.force_login(make_officer(None, *permissions.codes(), width=Width.OWN))
    answer = client.get(reverse("map.crashes"))
    assert answer.status_code == 200
    assert "bounds" not in answer.context["map"]["options"]


class Geometry(TestCase):
    """A cell lies in the tile that holds it, at the right place."""

    @settings(max_examples=100)
    @given(st.integers(0, 2**24 - 1), st.integers(0, 2**24 - 1), st.integers(0, 22))
    def test_a_cell_lies_in_its_tile(self, cell_x: int, cell_y: int, z: int) -> None:
        tile = Tile(z, cell_x >> (24 - z), cell_y >> (24 - z))
        assert tile.exists
        x, y = tile.place(cell_x, cell_y)
        assert 0 <= x < EXTENT
        assert 0 <= y < EXTENT

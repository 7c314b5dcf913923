"""Whatever is chosen, by filters or by drawing on the map: tiles, list and arrays in memory hold the same records."""

from __future__ import annotations

import math
from collections.abc import Iterator
from typing import Any

import numpy as np
import pytest
from django.test import Client
from django.urls import reverse
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from pytest_django import DjangoDbBlocker

from anlu.apps.crashes.filters import PARTY_KINDS
from anlu.apps.crashes.models import Crash, CrashParty
from anlu.engine.rings import inside
from anlu.kernel.core.filters import Selection
from anlu.kernel.core.permissions import permissions
from anlu.kernel.core.scope import SYSTEM, Width
from anlu.kernel.people.models import Officer
from anlu.kernel.places.drawing import WithinFilter, cells_of
from anlu.kernel.places.models import Road
from anlu.web.ledgers import ledgers
from anlu.web.pages.listing import filters_of
from anlu.web.pages.map import around
from anlu.web.tiles import Look, Tile, features_of, layers
from tests.apps.crashes.records import County, make_county, make_crashes
from tests.factories import make_officer
from tests.lasting import handed_out, lasting

LAYER = layers.get("crashes")
LEDGER = ledgers.get("crashes.crash")
SQUARE = "115.7,36.6 116,36.6 116,36.9 115.7,36.9"


@pytest.fixture(scope="module")
def lasting_county(django_db_setup: None, django_db_blocker: DjangoDbBlocker) -> Iterator[County]:
    """A county with crashes, some on a road, some with parties."""
    with lasting(django_db_blocker):
        county = make_county()
        crashes = make_crashes(county, 150, seed=4)
        road = Road.objects.create(code="G105", name="国道105")
        Crash.objects.filter(pk__in=[one.pk for one in crashes[::3]]).update(road=road)
        modes = ("A1", "F6", "M1", "K3", "H1", "")
        CrashParty.objects.bulk_create(
            CrashParty(crash=one, seq=1, mode=modes[place % len(modes)]) for place, one in enumerate(crashes)
        )
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


def corner() -> st.SearchStrategy[str]:
    """A corner in and around the county."""
    return st.tuples(st.integers(11560, 11610), st.integers(3650, 3700)).map(
        lambda at: f"{at[0] / 100},{at[1] / 100}"
    )


def ring() -> st.SearchStrategy[str]:
    """An area drawn by hand, which may cross itself."""
    return st.lists(corner(), min_size=3, max_size=7, unique=True).map(" ".join)


def some_of(*codes: str) -> st.SearchStrategy[list[str]]:
    """One or more codes."""
    return st.lists(st.sampled_from(codes), min_size=1, max_size=3, unique=True)


CHOICES: dict[str, st.SearchStrategy[Any]] = {
    "severity": some_of("fatal", "serious", "slight", "damage"),
    "form": some_of("11", "21", "35", "-"),
    "cause": some_of("12", "13", "-"),
    "hour": some_of(*map(str, range(24)), "-"),
    "weekday": some_of(*map(str, range(1, 8))),
    "party": some_of(*(code for code, _, _ in PARTY_KINDS), "-"),
    "route": st.just(["G105"]),
    "occurred_from": st.dates().filter(lambda day: 2020 < day.year < 2024).map(lambda day: [str(day)]),
    "killed_min": st.integers(0, 2).map(lambda number: [str(number)]),
    "marked": st.sampled_from([["0"], ["1"]]),
    "within": ring().map(lambda text: [text]),
    "bbox": st.just(["115.75,36.6,115.95,36.8"]),
}


@st.composite
def chosen(draw: st.DrawFn) -> dict[str, list[str]]:
    """Parameters of a random choice of filters."""
    names = draw(st.lists(st.sampled_from(list(CHOICES)), max_size=4, unique=True))
    return {name: draw(CHOICES[name]) for name in names}


def all_tiles(zoom: int) -> Iterator[Tile]:
    """Tiles of a zoom in which anything lies."""
    shift = 24 - zoom
    cells = Crash.objects.filter(cell_x__isnull=False).values_list("cell_x", "cell_y")
    for x, y in {(x >> shift, y >> shift) for x, y in cells}:
        yield Tile(zoom, x, y)


@settings(max_examples=60, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(values=chosen(), zoom=st.sampled_from([0, 8, 11, 14]), heat=st.booleans())
def test_map_and_list_hold_the_same_records_for_every_choice(
    viewer: Officer, values: dict[str, list[str]], zoom: int, heat: bool
) -> None:
    selection = Selection.read(filters_of(LEDGER), values)
    assert not selection.problems
    listed = LEDGER.visible_rows(viewer).filter(selection.q(), cell_x__isnull=False)
    points = LAYER.points(viewer, selection)
    drawn = [
        feature.properties
        for tile in all_tiles(zoom)
        for feature in features_of(LAYER, points, tile, Look(LAYER.themes[0], heat))
    ]
    assert sum(one.get("n", 1) for one in drawn) == len(points) == listed.count()
    assert sorted(points.pk.tolist()) == sorted(listed.values_list("pk", flat=True))
    assert points.counts("severity") == {
        code: listed.filter(severity=code).count() for code in set(listed.values_list("severity", flat=True))
    }


@settings(max_examples=60, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(text=ring())
def test_an_area_holds_in_the_database_what_it_holds_in_memory(viewer: Officer, text: str) -> None:
    one = WithinFilter("within", "范围")
    value = one.parse({"within": [text]})
    assert value is not None
    found = set(Crash.objects.filter(one.q(value)).values_list("pk", flat=True))
    rows = list(Crash.objects.filter(cell_x__isnull=False).values_list("pk", "cell_x", "cell_y"))
    table = np.array(rows, np.int64)
    assert found == set(table[inside(table[:, 1], table[:, 2], cells_of(value)), 0].tolist())
    assert one.parse({name: [words] for name, words in one.parameters(value)}) == value


def test_the_area_narrows_list_export_and_card_count_alike(viewer: Officer, client: Client) -> None:
    listed = client.get(LEDGER.url({"within": SQUARE})).context["total"].number
    beside = client.get(reverse("map.crashes"), {"within": SQUARE}).context["total"].number
    inside_box = Crash.objects.visible_to(viewer).filter(lon__range=(115.7, 116), lat__range=(36.6, 36.9))
    exported = client.get(reverse("crashes.crash.export_csv"), {"within": SQUARE})
    body = b"".join(exported.streaming_content) if exported.streaming else exported.content
    assert listed == beside == inside_box.count() > 0
    assert sum("S4-" in line for line in body.decode("utf-8-sig").splitlines()) == listed


def test_the_map_opens_on_the_whole_of_the_area(viewer: Officer, client: Client) -> None:
    page = client.get(reverse("map.crashes"), {"within": SQUARE, "killed_min": "1"})
    (west, south), (east, north) = page.context["map"]["options"]["bounds"]
    assert west <= 115.7
    assert south <= 36.6
    assert east >= 116
    assert north >= 36.9
    assert around(None, None) is None


def test_the_chosen_area_is_a_chip_that_can_be_taken_away(viewer: Officer, client: Client) -> None:
    page = client.get(reverse("map.crashes"), {"within": SQUARE, "by": "form"})
    (chip,) = page.context["chips"]
    assert chip.label == "图上范围 框选范围"
    assert chip.remove_url == "?by=form"
    assert page.context["map"]["options"]["within"] == (
        (115.7, 36.6),
        (116.0, 36.6),
        (116.0, 36.9),
        (115.7, 36.9),
    )


@pytest.mark.parametrize(
    "text",
    ["1,2", "1,2 3,4", "a,b c,d e,f", "1 2 3", "200,0 0,0 1,1", "nan,0 1,1 2,2", "0,86 1,1 2,2", ",,,"],
)
def test_a_wrong_area_is_a_message_and_selects_nothing(viewer: Officer, client: Client, text: str) -> None:
    answer = client.get(reverse("map.crashes"), {"within": text})
    assert answer.context["total"].number == 0
    assert "图上范围" in answer.content.decode()


def test_an_area_of_too_many_corners_is_refused(viewer: Officer, client: Client) -> None:
    turns = [2 * math.pi * each / 201 for each in range(201)]
    text = " ".join(f"{115.8 + math.cos(turn) / 10:.5f},{36.7 + math.sin(turn) / 10:.5f}" for turn in turns)
    assert "200" in client.get(reverse("map.crashes"), {"within": text}).content.decode()


@pytest.mark.parametrize("name", ["G105", "国道105"])
def test_a_road_is_chosen_by_number_or_name(viewer: Officer, client: Client, name: str) -> None:
    total = client.get(LEDGER.url({"route": name})).context["total"].number
    assert total == Crash.objects.visible_to(viewer).filter(road__code="G105").count() > 0


@pytest.mark.parametrize("name", ["G999", "\x00"])
def test_an_unknown_road_is_a_message(viewer: Officer, client: Client, name: str) -> None:
    assert client.get(LEDGER.url({"route": name})).context["total"].number == 0


def test_a_kind_of_party_finds_its_crashes(viewer: Officer, client: Client) -> None:
    total = client.get(LEDGER.url({"party": "pedestrian"})).context["total"].number
    assert total == Crash.objects.visible_to(viewer).filter(parties__mode="A1").count() > 0


def test_points_in_memory_are_those_of_the_person(county: County) -> None:
    people = [make_officer(unit, "crashes.crash.view", width=Width.OWN) for unit in county.squadrons]
    found = [LAYER.points(one, Selection()) for one in people]
    for one, points in zip(people, found, strict=True):
        visible = Crash.objects.visible_to(one).filter(cell_x__isnull=False)
        assert set(points.pk.tolist()) == set(visible.values_list("pk", flat=True))
    assert len(LAYER.points(SYSTEM, Selection())) > max(map(len, found))

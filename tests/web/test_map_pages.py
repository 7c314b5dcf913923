"""The pages around the map: legend, colours, heat, the picture drawn by the server, the sheet to print, overlays."""

from __future__ import annotations

import re
from collections.abc import Iterator
from typing import Any

import mapbox_vector_tile
import numpy as np
import pytest
from django.test import Client
from django.urls import reverse
from pytest_django import DjangoDbBlocker

from anlu.apps.crashes.layers import WEIGHTS
from anlu.apps.crashes.models import Crash
from anlu.kernel.core.permissions import permissions
from anlu.kernel.core.scope import Width
from anlu.kernel.people.models import Officer
from anlu.kernel.places.models import Site
from anlu.kernel.places.points import Kept
from anlu.web.marks import CLASSES, MARKS, OTHER, drawings
from anlu.web.pages import picture
from anlu.web.pages.picture import WIDE_CHINA, Frame, frame_of
from anlu.web.tiles import layers
from tests.apps.crashes.records import County, make_county, make_crashes
from tests.factories import make_officer
from tests.lasting import handed_out, lasting

LAYER = layers.get("crashes")
BY = [theme.code for theme in LAYER.themes]


@pytest.fixture(scope="module")
def lasting_county(django_db_setup: None, django_db_blocker: DjangoDbBlocker) -> Iterator[County]:
    """A county with crashes."""
    with lasting(django_db_blocker):
        county = make_county()
        make_crashes(county, 150, seed=9)
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


def located(viewer: Officer) -> Any:
    """Crashes that are on the map."""
    return Crash.objects.visible_to(viewer).filter(cell_x__isnull=False)


@pytest.mark.parametrize("by", BY)
def test_every_point_falls_into_one_class_of_the_legend(viewer: Officer, client: Client, by: str) -> None:
    legend = [row["class"] for row in client.get(reverse("map.crashes"), {"by": by}).context["legend"]]
    assert sum(one.number for one in legend) == located(viewer).count()
    values = [value for one in legend for value in one.values]
    assert len(values) == len(set(values))
    assert {one.mark for one in legend} <= set(MARKS)
    assert len({one.mark for one in legend}) == len(legend)


@pytest.mark.parametrize("by", BY)
def test_a_class_of_the_legend_leads_to_as_many_records(viewer: Officer, client: Client, by: str) -> None:
    for row in client.get(reverse("map.crashes"), {"by": by, "killed_min": "0"}).context["legend"]:
        if row["url"]:
            narrowed = client.get(reverse("map.crashes") + row["url"])
            assert narrowed.context["on_map"] == row["class"].number
            assert "killed_min=0" in row["url"]
        else:
            assert row["class"].mark == OTHER


def test_the_legend_keeps_its_severities_in_order_even_where_there_are_none(
    viewer: Officer, client: Client
) -> None:
    legend = client.get(reverse("map.crashes"), {"severity": "fatal"}).context["legend"]
    assert [row["class"].mark for row in legend] == ["fatal", "serious", "slight", "damage"]
    assert [row["class"].number > 0 for row in legend] == [True, False, False, False]


def test_what_the_map_shows_stays_in_every_link_of_its_filters(viewer: Officer, client: Client) -> None:
    page = client.get(reverse("map.crashes"), {"by": "form", "as": "harm", "severity": "fatal"})
    assert {"name": "by", "value": "form"} in page.context["keep"]
    assert page.context["clear_url"] == "?by=form&as=harm"
    assert 'href="?by=form&amp;as=harm"' in page.content.decode()


def test_a_tile_of_heat_weighs_as_much_as_its_records(viewer: Officer, client: Client) -> None:
    answer = client.get(reverse("tiles.crashes", args=[0, 0, 0]), {"as": "heat"})
    found = mapbox_vector_tile.decode(answer.content)["points"]["features"]
    severities = located(viewer).values_list("severity", flat=True)
    assert sum(one["properties"]["n"] for one in found) == len(severities)
    assert sum(one["properties"]["w"] for one in found) == sum(WEIGHTS[one] for one in severities)
    assert all(set(one["properties"]) == {"n", "w"} for one in found)


def test_looks_of_a_tile_have_tags_of_their_own(viewer: Officer, client: Client) -> None:
    address = reverse("tiles.crashes", args=[0, 0, 0])
    looks: list[dict[str, str]] = [{}, {"by": "form"}, {"as": "heat"}, {"severity": "fatal"}]
    assert len({client.get(address, look).headers["ETag"] for look in looks}) == len(looks)


@pytest.mark.parametrize("look", ["", "heat", "harm"])
@pytest.mark.parametrize("most", [10**6, 0], ids=["points", "counts"])
def test_the_picture_shows_every_located_record(
    viewer: Officer, client: Client, monkeypatch: pytest.MonkeyPatch, look: str, most: int
) -> None:
    monkeypatch.setattr(picture, "MOST_POINTS", most)
    page = client.get(reverse("map.crashes.drawn"), {"as": look, "view": "115.85,36.7,8"})
    drawn = page.context["picture"]
    assert drawn.shown == located(viewer).count()
    if look:
        assert drawn.heat
        assert not drawn.points
    else:
        counted = sum(int(one.label.replace(",", "")) for one in drawn.counts)
        assert counted + len(drawn.points) == drawn.shown
        assert bool(drawn.counts) == (most == 0)


def test_a_count_of_the_picture_leads_nearer_and_a_point_to_its_record(
    viewer: Officer, client: Client, monkeypatch: pytest.MonkeyPatch
) -> None:
    near = client.get(reverse("map.crashes.drawn"), {"view": "115.85,36.7,8", "severity": "fatal"})
    crash = located(viewer).filter(severity="fatal").first()
    assert f"/crashes/{crash.uid}/" in near.content.decode()
    monkeypatch.setattr(picture, "MOST_POINTS", 0)
    monkeypatch.setattr(picture, "ALONE", 0)
    far = client.get(reverse("map.crashes.drawn"), {"view": "115.85,36.7,8", "severity": "fatal"})
    link = re.search(r'href="(\?severity=fatal&amp;view=[^"]+)" data-drawn-move', far.content.decode())
    assert link
    assert client.get(reverse("map.crashes.drawn") + link[1].replace("&amp;", "&")).status_code == 200


def test_the_picture_is_drawn_for_the_person_who_asks(county: County, client: Client) -> None:
    officer = make_officer(county.squadrons[1], "crashes.crash.view", width=Width.OWN)
    client.force_login(officer)
    page = client.get(reverse("map.crashes.drawn"), {"view": "115.85,36.7,8"})
    assert page.context["picture"].shown == located(officer).count() < Crash.objects.count()


def test_a_picture_without_points_says_so(viewer: Officer, client: Client) -> None:
    page = client.get(reverse("map.crashes.drawn"), {"q": "没有这一起", "view": "115.85,36.7,8"})
    assert 'aria-label="事故分布图，图上 0 起"' in page.content.decode()


def test_the_sheet_says_what_where_when_and_who(viewer: Officer, client: Client) -> None:
    text = client.get(reverse("map.crashes.print"), {"severity": "fatal"}).content.decode()
    for words in ("后果 死亡", "数据截至", viewer.name, "北</text>", "公里</text>", "WGS-84"):
        assert words in text


@pytest.mark.parametrize("stated", ["", "1,2", "a,b,c", "nan,0,8", "500,0,8", "0,89,8", "0,0,99", "0,0,inf"])
def test_a_frame_that_cannot_be_read_shows_everything(db: None, stated: str) -> None:
    frame = frame_of(stated, [[115.0, 36.0], [116.0, 37.0]])
    west, south, east, north = frame.bounds
    assert west < 115 < 116 < east
    assert south < 36 < 37 < north
    assert frame_of(stated, None).zoom < frame_of("", WIDE_CHINA).zoom + 0.01


def test_a_frame_there_and_back_is_the_same_place() -> None:
    frame = Frame(115.7, 36.8, 11.0)
    lon, lat = frame.degrees(frame.width / 2, frame.height / 2)
    assert (lon, lat) == pytest.approx((115.7, 36.8), abs=1e-9)
    ((x, y),) = frame.of_degrees(np.array([[115.75, 36.83]])).tolist()
    assert frame.degrees(x, y) == pytest.approx((115.75, 36.83), abs=1e-9)
    back = frame.moved(across=0.4).moved(across=-0.4)
    assert (back.lon, back.lat) == pytest.approx((115.7, 36.8), abs=1e-6)


@pytest.mark.parametrize(("zoom", "lat"), [(8.0, 0.0), (12.5, 36.7), (17.0, 60.0)])
def test_the_scale_bar_is_as_long_as_it_says(zoom: float, lat: float) -> None:
    frame = Frame(100.0, lat, zoom)
    scale = frame.scale()
    number, unit = scale["words"].split()
    metres = float(number) * (1000 if unit == "公里" else 1)
    first, last = frame.degrees(400, 350)[0], frame.degrees(400 + scale["pixels"], 350)[0]
    on_ground = np.radians(last - first) * 6_378_137 * np.cos(np.radians(lat))
    assert on_ground == pytest.approx(metres, rel=0.002)


def test_sites_lie_over_the_map_for_those_who_may_see_them(county: County, client: Client) -> None:
    Site.objects.create(
        code="S1", name="实验小学", kind="school", lon=115.8, lat=36.7, cell_x=13785497, cell_y=6536000
    )
    client.force_login(make_officer(county.brigade, *permissions.codes()))
    assert {one["layer"].code for one in client.get(reverse("map.crashes")).context["overlays"]} >= {"sites"}
    tile = client.get(reverse("tiles.sites", args=[0, 0, 0]))
    (found,) = mapbox_vector_tile.decode(tile.content)["points"]["features"]
    assert (found["properties"]["number"], found["properties"]["value"]) == ("实验小学", "school")
    card = client.get(reverse("map.sites.card", args=[found["properties"]["uid"]]))
    assert "实验小学" in card.content.decode()
    client.force_login(make_officer(county.brigade, "crashes.crash.view"))
    assert client.get(reverse("map.crashes")).context["overlays"] == []
    assert client.get(reverse("tiles.sites", args=[0, 0, 0])).status_code == 403


def test_marks_differ_in_shape_as_well_as_in_colour() -> None:
    for group in (("fatal", "serious", "slight", "damage"), CLASSES):
        assert len({MARKS[name].path for name in group}) == len(group)
        assert len({MARKS[name].colour for name in group}) == len(group)
    assert all(one["path"].startswith("M") for one in drawings().values())


def test_what_is_kept_is_made_once_and_the_oldest_goes_first() -> None:
    made: list[int] = []
    kept: Kept[int, int] = Kept(2)
    for key in (1, 2, 1, 3, 2):
        assert kept.get(key, lambda key=key: made.append(key) or key * 10) == key * 10  # type: ignore[misc, func-returns-value]
    assert made == [1, 2, 3, 2]


def test_what_cannot_be_made_is_not_kept() -> None:
    kept: Kept[int, int] = Kept(2)
    with pytest.raises(ZeroDivisionError):
        kept.get(1, lambda: 1 // 0)
    assert kept.get(1, lambda: 7) == 7

"""The same cases as list, board, calendar and map: what they are filtered by goes along, what is late is seen."""

from __future__ import annotations

import re

import pytest
from django.test import Client

from anlu.kernel.cases.services import open_case
from anlu.kernel.people.models import Officer
from tests.factories import make_area, make_officer, make_unit, seed_dictionaries

FILTER = "kind=hazards.signs"
SHAPE = re.compile(r'<nav class="segments segments--shapes".*?</nav>', re.S)
LINK = re.compile(r'<a href="([^"]+)"([^>]*)>')


@pytest.fixture
def officer(db: None, monkeypatch: pytest.MonkeyPatch) -> Officer:
    """Somebody who finds hazards and has the map."""
    monkeypatch.setenv("ANLU_TODAY", "2023-07-03")
    seed_dictionaries()
    permissions = (f"hazards.hazard.{verb}" for verb in ("view", "add", "void"))
    return make_officer(make_unit(), *permissions)


def shapes_of(page: str) -> list[tuple[str, bool]]:
    """The addresses of the shapes, and which of them this is."""
    shown = SHAPE.search(page)
    assert shown is not None
    return [(url, "aria-current" in more) for url, more in LINK.findall(shown[0])]


def test_a_filter_goes_along_among_list_board_calendar_and_map(client: Client, officer: Officer) -> None:
    client.force_login(officer)
    paths = ["/hazards/", "/hazards/board/", "/hazards/calendar/", "/map/hazards/"]
    for here in paths[:3]:
        found = shapes_of(client.get(f"{here}?{FILTER}").content.decode())
        assert found == [(f"{path}?{FILTER}", path == here) for path in paths]


def test_the_list_shows_in_colour_what_is_near_its_deadline_and_what_is_over_it(
    client: Client, officer: Officer, monkeypatch: pytest.MonkeyPatch
) -> None:
    values = {"title": "标志歪斜", "town": make_area("柳亭镇")}
    open_case("hazards.signs", values, details={}, by=officer)
    client.force_login(officer)
    for day, colour, words in (
        ("2023-07-03", " text-amber", "明天到期"),
        ("2023-07-10", " text-red", "逾期6天"),
    ):
        monkeypatch.setenv("ANLU_TODAY", day)
        assert f'<span class="cell-note{colour}">{words}</span>' in client.get("/hazards/").content.decode()


def test_what_is_rarely_needed_stands_under_more(client: Client, officer: Officer) -> None:
    client.force_login(officer)
    page = client.get("/hazards/").content.decode()
    more = re.search(r'<summary class="button">[^<]*<svg.*?</svg>更多</summary>.*?</details>', page, re.S)
    assert more is not None
    assert "办理流程" in more[0]
    assert "作废记录" in more[0]

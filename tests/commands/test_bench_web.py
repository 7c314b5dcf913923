"""What `anlu bench web` and `anlu bench writers` ask, and how they add it up."""

import json
import math
import random

import pytest
from django.db import connection

from anlu.commands.benches import Result, web_requests
from anlu.commands.benches.web import of_kind, of_snapshots
from anlu.commands.benches.web_requests import Asker, ask_everything, options_of, signed_in, tiles_of
from anlu.commands.benches.writers import of_writers
from anlu.commands.benches.writers_worker import count, make, reading, work, writing
from tests.contracts.makers import MAKERS
from tests.factories import make_area, make_unit


def by_name(results: list[Result]) -> dict[str, float]:
    return {one.name: one.value for one in results}


def test_the_figures_of_a_kind_are_those_of_all_its_answers() -> None:
    asked = [
        {
            "kind": "list",
            "address": "/a/",
            "seconds": [n / 1000 for n in range(1, 20)],
            "processor": [0.003] * 19,
            "bytes": 1_000,
        },
        {"kind": "list", "address": "/b/", "seconds": [0.5], "processor": [0.2], "bytes": 151_000},
    ]
    found = by_name(list(of_kind("list", asked)))
    assert found["web.list"] == pytest.approx(10.5)  # of 1 … 19 and 500
    assert found["web.list.p95"] == pytest.approx(19)  # the nineteenth of twenty
    assert found["web.list.slowest /b/"] == pytest.approx(500)
    assert found["web.list.processor"] == pytest.approx(3)
    assert found["web.list.processor.p95"] == pytest.approx(3)
    assert found["web.list.largest"] == pytest.approx(151)
    assert list(of_kind("heat", [])) == []


def test_what_is_made_beforehand_is_told_apart_from_what_is_asked_for() -> None:
    made = {"kind": "snapshots", "seconds": [2.5], "processor": [2.0], "bytes": 30_000_000}
    assert by_name(list(of_snapshots(made))) == {
        "web.snapshots": 2.5,
        "web.snapshots.processor": 2.0,
        "web.snapshots.memory": 30.0,
    }


def test_tiles_cover_the_view_and_are_four_times_as_many_parts_nearer() -> None:
    bounds = [[115.6, 36.55], [116.05, 36.95]]
    for further in (0, 1, 3):
        tiles = list(tiles_of(bounds, further))
        (zoom,) = {z for z, _, _ in tiles}
        side = 2**zoom
        middle = ((115.6 + 116.05) / 2 / 360 + 0.5) * side
        assert min(x for _, x, _ in tiles) <= middle <= max(x for _, x, _ in tiles) + 1
        assert 4 <= len(tiles) <= 12  # 980 × 720 pixels in tiles of 512
    assert next(tiles_of(bounds, 1))[0] == next(tiles_of(bounds, 0))[0] + 1


@pytest.mark.django_db
def test_everything_asked_for_is_there(monkeypatch: pytest.MonkeyPatch) -> None:
    assert len({json.dumps(one) for one in web_requests.FILTERS}) == 20
    monkeypatch.setattr(web_requests, "FILTERS", web_requests.FILTERS[2:4])
    monkeypatch.setattr(web_requests, "FURTHER", (1,))
    unit, town = make_unit(), make_area()
    crash = MAKERS["crashes.crash"](unit, town)
    type(crash).objects.filter(pk=crash.pk).update(lon=115.8, lat=36.7)
    asker = Asker(signed_in(), repeats=1)
    ask_everything(asker, ["/today/"], ["/statistics/four/"])
    kinds = {one["kind"] for one in asker.found}
    assert kinds == {"list", "filter", "search", "statistics", "map", "tile", "heat", "page"}
    assert {len(one["seconds"]) for one in asker.found} == {1}
    assert min(one["bytes"] for one in asker.found if one["kind"] not in ("tile", "heat")) > 1_000
    with pytest.raises(RuntimeError, match="404"):
        asker.ask("page", "/nowhere/")


@pytest.mark.django_db
def test_writers_raise_numbers_and_readers_find_their_pages() -> None:
    assert make(3) == {"rows": 3}
    rng = random.Random(0)
    save = writing()
    assert [save(rng) for _ in range(5)] == [True] * 5
    assert count() == {"total": 5}
    done = work(writing(), seconds=0.0, seed=1, wait=lambda: None)
    assert (done["saved"], done["errors"]) == (1, [])
    assert count() == {"total": 6}
    read = reading()
    assert all(read(rng) for _ in range(8))
    assert connection.vendor in ("sqlite", "postgresql")


def test_a_lost_update_shows() -> None:
    writers = [{"done": 10, "saved": 11, "refused": 2, "longest_s": 0.25, "errors": []}] * 2
    readers = [{"done": 30, "saved": 31, "refused": 0, "longest_s": 0.5, "errors": ["OperationalError: x"]}]
    found = by_name(list(of_writers(writers, readers, kept=21, seconds=10.0)))
    assert found["writers.lost_updates"] == 1
    assert found["writers.errors"] == 1
    assert found["writers.longest_wait"] == 0.25
    assert found["writers.saved"] == 2
    assert found["writers.pages"] == 3
    assert found["writers.refused_as_changed_meanwhile"] == 4
    assert math.isclose(found["writers.longest_page"], 0.5)


def test_the_options_of_the_map_are_read_from_its_page() -> None:
    page = b'<script id="map-options" type="application/json">{"bounds": [[1, 2], [3, 4]]}</script>'
    assert options_of(page)["bounds"] == [[1, 2], [3, 4]]

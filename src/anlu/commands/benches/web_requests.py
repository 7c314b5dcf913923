"""
What a person who may see everything asks for in a day, asked of the application in this process.

``python -m anlu.commands.benches.web_requests REPEATS`` works in the installation of ``ANLU_DATA`` and prints a JSON
list of ``{"kind", "address", "seconds", "processor", "bytes"}``. Every address is asked once without counting, then
``REPEATS`` times: the first one fills whatever caches there are, as the first person of a morning does.
"""

from __future__ import annotations

import gzip
import json
import math
import secrets
import sys
import time
from collections.abc import Iterator
from typing import Any, Final
from urllib.parse import urlencode

from anlu.project.start import start

FILTERS: Final[tuple[dict[str, Any], ...]] = (
    {},
    {"severity": "fatal"},
    {"severity": ["serious", "fatal"]},
    {"severity": "slight", "by": "hour"},
    {"weekday": ["6", "7"]},
    {"hour": [str(hour) for hour in (17, 18, 19)]},
    {"hour": [str(hour) for hour in (22, 23, 0, 1, 2, 3, 4, 5)]},
    {"occurred_from": "2018-01-01", "occurred_to": "2018-12-31"},
    {"occurred_from": "2018-07-01"},
    {"occurred_from": "2019-01-01", "severity": "serious"},
    {"form": "21"},
    {"form": ["11", "12"], "by": "form"},
    {"cause": "-"},
    {"weather": "2"},
    {"light": "1", "by": "light"},
    {"killed_min": "1"},
    {"injured_min": "2"},
    {"party": "pedestrian"},
    {"party": ["motorcycle", "truck"], "weekday": "1"},
    {"marked": "1"},
)
WORDS: Final = (
    "云桥街",
    "学校门前",
    "G309",
    "371520180000",
    "滨河路",
    "集市东头",
    "X021 村口",
    "3715202100000042",
)
SORTS: Final = ("", "number", "-number", "occurred_at", "severity", "-killed")
PERIODS: Final[tuple[dict[str, str], ...]] = (
    {},
    {"from": "2022-01-01", "to": "2022-06-30"},
    {"from": "2021-01-01", "to": "2021-12-31"},
)
STATISTICS: Final = "statistics/"
VIEW: Final = (980, 720)  # pixels of the map in a window of 1,440 × 900
TILE: Final = 512
FURTHER: Final = (0, 1, 3)  # zooms nearer than the whole
MAP: Final = "/map/crashes/"
LEDGER: Final = "/crashes/"
LOGIN: Final = "bench"
SNAPSHOTS: Final = "snapshots"  # not asked for by anybody: what is made beforehand


def with_query(address: str, values: dict[str, Any]) -> str:
    """An address with its conditions."""
    return f"{address}?{urlencode(values, doseq=True)}" if values else address


def options_of(page: bytes) -> dict[str, Any]:
    """The options of the map in a page, packed or not."""
    plain = gzip.decompress(page) if page.startswith(b"\x1f\x8b") else page
    text = plain.decode().split('id="map-options" type="application/json">')[1].split("</script>")[0]
    options: dict[str, Any] = json.loads(text)
    return options


def tiles_of(bounds: list[list[float]], further: int) -> Iterator[tuple[int, int, int]]:
    """(zoom, column, row) of the tiles of the view that shows ``bounds``, some zooms nearer."""
    (west, south), (east, north) = bounds
    (left, bottom), (right, top) = _mercator(west, south), _mercator(east, north)
    fitting = math.log2(min(VIEW[0] / (right - left), VIEW[1] / (bottom - top)) / TILE)
    zoom = max(0, min(16, math.floor(fitting) + further))
    x, y = (left + right) / 2 * 2**zoom, (top + bottom) / 2 * 2**zoom
    across, down = VIEW[0] / TILE / 2, VIEW[1] / TILE / 2
    for column in range(math.floor(x - across), math.floor(x + across) + 1):
        for row in range(math.floor(y - down), math.floor(y + down) + 1):
            yield zoom, column, row


def _mercator(lon: float, lat: float) -> tuple[float, float]:
    return lon / 360 + 0.5, 0.5 - math.asinh(math.tan(math.radians(lat))) / (2 * math.pi)


class Asker:
    """Asks, and writes down what it took."""

    def __init__(self, client: Any, repeats: int) -> None:
        self.client = client
        self.repeats = repeats
        self.found: list[dict[str, Any]] = []

    def ask(self, kind: str, address: str) -> bytes:
        """
        The body of the answer, once counted in and ``repeats`` times measured.

        Raises
        ------
        RuntimeError
            The answer is not a page.
        """
        answer = self._answer(address)
        if answer.status_code != 200:
            raise RuntimeError(f"{address}: {answer.status_code}")
        seconds, processor = [], []
        for _ in range(self.repeats):
            began, worked = time.perf_counter(), time.process_time()
            answer = self._answer(address)
            seconds.append(time.perf_counter() - began)
            processor.append(time.process_time() - worked)
        sent: bytes = answer.content
        self.found.append(
            {
                "kind": kind,
                "address": address,
                "seconds": seconds,
                "processor": processor,
                "bytes": len(sent),
            }
        )
        return gzip.decompress(sent) if answer.headers.get("Content-Encoding") == "gzip" else sent

    def _answer(self, address: str) -> Any:
        return self.client.get(address)


def ask_everything(asker: Asker, others: list[str], statistics: list[str]) -> None:
    """Lists, searches, figures, the map with its tiles, and ``others``: every further page that needs no choice."""
    for values in FILTERS:
        asker.ask("filter", with_query(LEDGER, values))
    for sort in SORTS:
        asker.ask("list", with_query(LEDGER, {"sort": sort} if sort else {}))
    for words in WORDS:
        asker.ask("search", with_query(LEDGER, {"q": words}))
        asker.ask("search", with_query("/search/", {"q": words}))
    for address in statistics:
        for period in PERIODS:
            asker.ask("statistics", with_query(address, period))
    bounds = options_of(asker.client.get(MAP).content)["bounds"]
    for values in FILTERS:
        _ask_map(asker, values, bounds)
    for address in others:
        asker.ask("page", address)


def _ask_map(asker: Asker, values: dict[str, Any], bounds: list[list[float]]) -> None:
    page = asker.ask("map", with_query(MAP, values))
    layer = options_of(page)["layers"][0]
    for further in FURTHER:
        for z, x, y in tiles_of(bounds, further):
            asker.ask("tile", layer["tiles"].format(z=z, x=x, y=y))
            asker.ask("heat", layer["heat"].format(z=z, x=x, y=y))


def snapshots() -> dict[str, Any]:
    """Make the snapshots of tables, as ``anlu serve`` does when it starts; the first people meanwhile wait for none."""
    from anlu.kernel.indicators.facts import fact_tables, snapshot_of

    began, worked = time.perf_counter(), time.process_time()
    kept = sum(one.nbytes for table in fact_tables if (one := snapshot_of(table.model)) is not None)
    seconds, processor = time.perf_counter() - began, time.process_time() - worked
    return {"kind": SNAPSHOTS, "address": "", "seconds": [seconds], "processor": [processor], "bytes": kept}


def signed_in() -> Any:
    """A browser of somebody who holds every permission over everything."""
    from django.test import Client

    from anlu.kernel.people.models import Officer

    officer = Officer.objects.filter(login=LOGIN).first() or _somebody()
    client = Client(headers={"Accept-Encoding": "gzip", "Host": "127.0.0.1"})
    client.force_login(officer, backend="django.contrib.auth.backends.ModelBackend")
    return client


def _somebody() -> Any:
    from anlu.kernel.core.permissions import permissions
    from anlu.kernel.core.scope import SYSTEM, Width
    from anlu.kernel.people.models import Role, RolePermission, UnitKind
    from anlu.kernel.people.services import add_officer, add_unit, grant_role

    unit = add_unit("BENCH", "测量用大队", UnitKind.BRIGADE, by=SYSTEM)
    role = Role.objects.create(code=LOGIN, label="测量", width=Width.ALL)
    RolePermission.objects.bulk_create([RolePermission(role=role, code=one.code) for one in permissions])
    secret = f"Aa1-{secrets.token_hex(8)}"  # nobody signs in with it
    officer = add_officer(LOGIN, "测量员", unit, by=SYSTEM, password=secret, must_change_password=False)
    grant_role(officer, role, by=SYSTEM)
    return officer


def main(repeats: int) -> None:
    """Ask, and print what it took."""
    start()
    from django.urls import reverse

    from anlu.kernel.core.readiness import get_ready, settle
    from anlu.web.nav import pages

    plain = [page for page in pages if page.entry and not page.parameters]
    addresses = sorted({reverse(page.code) for page in plain})
    statistics = [one for one in addresses if STATISTICS in one]
    asker = Asker(signed_in(), repeats)
    get_ready()  # this and what follows as a server does when it starts
    asker.found.append(snapshots())
    settle()
    ask_everything(asker, [one for one in addresses if one not in {*statistics, MAP, LEDGER}], statistics)
    print(json.dumps(asker.found))


if __name__ == "__main__":
    main(int(sys.argv[1]))

"""kill -9 at any statement of an import: all of it is visible or nothing, and then it goes on or is cleared away."""

from __future__ import annotations

import json
import os
import subprocess
import sys
from collections.abc import Iterator
from typing import Any
from urllib.parse import urlsplit, urlunsplit

import pytest

from tests.apps.crashes.files import crash_rows, party_rows
from tests.apps.crashes.kills import BASE, NEW

KILLS = 30
PARTIES = len(party_rows(crash_rows(NEW, prefix="N")))
NOTHING = {"base": BASE, "changed": 0, "new": 0, "parties": 0}
ALL = {"base": BASE, "changed": BASE // 2, "new": NEW, "parties": PARTIES}


@pytest.fixture(scope="module")
def database() -> Iterator[str]:
    """An address for a database that no other test uses; empty = the SQLite file of the data folder."""
    server = os.environ.get("DATABASE_URL", "")
    if not server.startswith("postgres"):
        yield ""
        return
    import psycopg

    name = f"kills_{os.getpid()}"
    parts = urlsplit(server)
    with psycopg.connect(server, autocommit=True) as connection:
        connection.execute(f"CREATE DATABASE {name}")
        yield urlunsplit(parts._replace(path=f"/{name}"))
        connection.execute(f"DROP DATABASE {name} WITH (FORCE)")


@pytest.fixture(scope="module")
def found(tmp_path_factory: pytest.TempPathFactory, database: str) -> dict[str, Any]:
    """What was found after each of 30 kills."""
    folder = tmp_path_factory.mktemp("kills")
    environment = {**os.environ, "ANLU_DATA": str(folder), "DATABASE_URL": database}
    if not database:
        del environment["DATABASE_URL"]
    environment.pop("DJANGO_SETTINGS_MODULE", None)
    command = [sys.executable, "-m", "tests.apps.crashes.kills", str(folder), str(KILLS), "1"]
    done = subprocess.run(command, env=environment, capture_output=True, text=True, check=False, timeout=300)
    assert done.returncode == 0, done.stderr[-3000:]
    result: dict[str, Any] = json.loads(done.stderr.splitlines()[-1])
    return result


def test_every_kill_hit_a_running_import(found: dict[str, Any]) -> None:
    assert len(found["kills"]) == KILLS
    assert {kill["signal"] for kill in found["kills"]} == {9}
    assert len({kill["statement"] for kill in found["kills"]}) > KILLS // 2


def test_after_a_kill_either_everything_new_is_visible_or_nothing(found: dict[str, Any]) -> None:
    for kill in found["kills"]:
        seen = kill["seen"]
        assert seen["base"] == BASE, kill
        assert (seen["new"], seen["parties"]) in {(0, 0), (NEW, PARTIES)}, kill
        if not seen["new"]:
            assert seen["changed"] == 0, kill


def test_kills_came_before_and_after_the_moment_of_going_live(found: dict[str, Any]) -> None:
    assert {bool(kill["seen"]["new"]) for kill in found["kills"]} == {False, True}


def test_a_killed_import_goes_on_to_its_end(found: dict[str, Any]) -> None:
    assert [kill["after"] for kill in found["kills"] if kill["goes_on"]]
    for kill in found["kills"]:
        if kill["goes_on"] or kill["seen"]["new"]:
            assert kill["after"] == ALL, kill


def test_what_is_not_gone_on_with_disappears(found: dict[str, Any]) -> None:
    left = [kill for kill in found["kills"] if not kill["goes_on"] and not kill["seen"]["new"]]
    assert left
    for kill in left:
        assert kill["after"] == NOTHING, kill


def test_nothing_is_left_behind(found: dict[str, Any]) -> None:
    for kill in found["kills"]:
        assert kill["withdrawn"] == NOTHING, kill
        assert kill["left"] == {"crashes": BASE, "parties": 0, "entries": BASE}, kill

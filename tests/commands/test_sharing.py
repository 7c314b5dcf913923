"""The demonstration installation of a run: one for all stages on SQLite, one of its own on PostgreSQL."""

from __future__ import annotations

from pathlib import Path

import pytest

from tests import databases
from tests.commands.installations import sqlite_place
from tests.commands.sharing import KEPT_VARIABLE, SharedPlace, shared_place

pytestmark = pytest.mark.no_database


@pytest.fixture
def kept(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> Path:
    """Where a run of all stages keeps what they share."""
    monkeypatch.setenv(KEPT_VARIABLE, str(tmp_path / "kept"))
    return tmp_path / "kept"


def places(base: Path) -> tuple[SharedPlace, SharedPlace]:
    """What the tests of commands and the stories take."""
    return shared_place(base, "commands"), shared_place(base, "stories", sqlite_place)


def test_all_stages_on_sqlite_share_one(kept: Path, monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    monkeypatch.setenv(databases.CHOICE_VARIABLE, "sqlite")
    commands, stories = places(tmp_path)
    assert commands == stories
    assert (commands.kept, commands.folder.parent) == (True, kept)


def test_on_postgres_a_run_has_one_of_its_own(
    kept: Path, monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    monkeypatch.setenv(databases.CHOICE_VARIABLE, "postgres")
    commands, stories = places(tmp_path)
    assert not commands.kept
    assert stories.folder.parent == kept


def test_a_run_by_itself_keeps_none(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    monkeypatch.delenv(KEPT_VARIABLE, raising=False)
    monkeypatch.setenv(databases.CHOICE_VARIABLE, "sqlite")
    commands, stories = places(tmp_path)
    assert (commands.kept, stories.kept) == (False, False)
    assert commands.folder != stories.folder


@pytest.mark.parametrize("stays", [True, False])
def test_one_that_is_kept_is_still_there_when_all_have_left(tmp_path: Path, stays: bool) -> None:
    (tmp_path / "data").mkdir()
    (tmp_path / "begun").write_text('["", ""]')
    (tmp_path / "making.lock").touch()
    SharedPlace(tmp_path, sqlite_place, kept=stays).leave(1)
    assert (tmp_path / "data").exists() == stays

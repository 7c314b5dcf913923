"""Our way of migrating leaves out work of Django's and ends with the same tables."""

from __future__ import annotations

import sqlite3
from collections.abc import Iterator
from contextlib import closing
from pathlib import Path

import pytest
from django.core.management.commands import migrate
from django.db.migrations.executor import MigrationExecutor
from django.db.migrations.state import ProjectState
from pytest_django import DjangoDbBlocker

from anlu.kernel.core.management.commands.migrate import Executor, State
from anlu.project.tables import migrate_file

pytestmark = pytest.mark.sqlite
CONTENTS = ("django_migrations", "django_content_type", "auth_permission", "people_unit")


@pytest.fixture
def unblocked(django_db_blocker: DjangoDbBlocker) -> Iterator[None]:
    """Files of a test's own may be opened."""
    with django_db_blocker.unblock():
        yield


def described(path: Path) -> tuple[list[tuple[str, ...]], list[int]]:
    """All tables, indexes and constraints as they were declared, and how many rows migrations made."""
    with closing(sqlite3.connect(path)) as file:
        declared = file.execute("SELECT type, name, tbl_name, coalesce(sql, '') FROM sqlite_master")
        rows = [file.execute(f"SELECT count(*) FROM {table}").fetchone()[0] for table in CONTENTS]
        return sorted(declared), rows


def test_it_ends_with_the_tables_of_djangos_own_command(
    unblocked: None, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    made: list[type[ProjectState]] = []
    real = Executor._create_project_state

    def noted(self: Executor, with_applied_migrations: bool = False) -> State:
        state = real(self, with_applied_migrations)
        made.append(type(state.clone()))
        return state

    monkeypatch.setattr(Executor, "_create_project_state", noted)
    migrate_file(tmp_path / "ours.sqlite3")
    assert set(made) == {State}
    monkeypatch.setattr(migrate, "MigrationExecutor", MigrationExecutor)
    migrate_file(tmp_path / "theirs.sqlite3")
    assert described(tmp_path / "ours.sqlite3") == described(tmp_path / "theirs.sqlite3")

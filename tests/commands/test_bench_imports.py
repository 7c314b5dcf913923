"""The made-up files are what they say, and the floor writes every row."""

from __future__ import annotations

import importlib
import sqlite3
from contextlib import closing
from pathlib import Path

import pytest

from anlu.commands import bench
from anlu.commands.benches.imports_data import Files, write_files
from anlu.commands.benches.imports_floor import BATCH, first_rows, sqlite_floor
from anlu.kernel.core.importing.fields import MAIN
from anlu.kernel.core.importing.lifecycle import run_import
from anlu.kernel.core.importing.nouns import importers
from anlu.kernel.core.importing.planning import make_plan
from anlu.kernel.core.scope import SYSTEM


def test_the_bench_is_called_by_the_name_of_its_command() -> None:
    assert "import" in bench.bench_names()
    assert bench._bench("import") is importlib.import_module("anlu.commands.benches.imports")


@pytest.mark.django_db
def test_of_made_up_rows_exactly_the_bad_ones_are_refused(tmp_path: Path) -> None:
    files = write_files(tmp_path, 400)
    plan = make_plan(importers.get("crashes"), {MAIN: files.crashes, "casualties": files.parties})
    counts = run_import(plan, by=SYSTEM).counts
    assert (counts.rows, counts.refused, counts.accepted) == (400, files.bad, 400 - files.bad)
    assert files.bad == 20


def test_made_up_files_are_the_same_for_the_same_seed(tmp_path: Path) -> None:
    def written(name: str, seed: int) -> tuple[Files, bytes, bytes]:
        (tmp_path / name).mkdir()
        files = write_files(tmp_path / name, 60, seed=seed)
        return files, files.crashes.read_bytes(), files.parties.read_bytes()

    first, again, other = written("a", 1), written("b", 1), written("c", 2)
    assert first[1:] == again[1:]
    assert first[1] != other[1]
    assert first[2] != other[2]


@pytest.fixture
def two_files(tmp_path: Path) -> tuple[Path, Path]:
    """A file with rows, and one with the same tables without any."""
    paths = tmp_path / "full.sqlite3", tmp_path / "empty.sqlite3"
    for path in paths:
        with closing(sqlite3.connect(path)) as file:
            file.execute(f"CREATE TABLE {BATCH} (id INTEGER PRIMARY KEY)")
            file.execute(f"CREATE TABLE t (id INTEGER PRIMARY KEY, a TEXT, of REFERENCES {BATCH})")
    with closing(sqlite3.connect(paths[0])) as file:
        file.execute(f"INSERT INTO {BATCH} VALUES (1)")
        file.executemany("INSERT INTO t VALUES (?, ?, 1)", [(n, f"x{n}") for n in range(25_000)])
        file.commit()
    return paths


def test_the_floor_writes_every_row(two_files: tuple[Path, Path]) -> None:
    full, empty = two_files
    spent = sqlite_floor(full, empty, ["t"])
    assert list(first_rows(empty, "t", ("id", "a"), 10**6)) == [(n, f"x{n}") for n in range(25_000)]
    assert spent.seconds > 0


def test_the_floor_keeps_the_constraints(two_files: tuple[Path, Path]) -> None:
    full, empty = two_files
    with closing(sqlite3.connect(full)) as file:
        file.execute("INSERT INTO t VALUES (-1, '', 7)")
        file.commit()
    with pytest.raises(sqlite3.IntegrityError):
        sqlite_floor(full, empty, ["t"])

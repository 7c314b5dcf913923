"""
The floor of an import: the finished rows of a database, read from it and written to an empty one, in one transaction.

Same tables, indexes, constraints and pragmas; a bare ``executemany`` on SQLite, ``COPY`` on PostgreSQL. The rows are
streamed: the floor holds no more of them at once than the import does.
"""

from __future__ import annotations

import sqlite3
import time
from collections.abc import Iterator, Sequence
from contextlib import closing
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Final

from anlu.project.databases import PRAGMAS

BATCH: Final = "core_batch"  # what the rows refer to
RECORDS: Final = ("crashes_crash", "crashes_crashvehicle", "crashes_crashparty")
SEARCH: Final = ("core_searchentry", "core_searchgram")
AT_ONCE: Final = 10_000


def sqlite_floor(source: Path, target: Path, tables: Sequence[str]) -> Spent:
    """What it takes to write the rows of ``tables`` of one file into another that has the same tables, empty.

    Reading the rows is not counted.
    """
    with closing(sqlite3.connect(f"file:{source}?mode=ro", uri=True)) as old, closing(_opened(target)) as new:
        clock = Clock()
        with clock:
            new.execute("BEGIN IMMEDIATE")
        for table in (BATCH, *tables):
            _write(old, new, table, clock)
        with clock:
            new.execute("COMMIT")
        return Spent(clock.seconds, clock.cpu_s)


@dataclass(frozen=True)
class Spent:
    """Seconds by the clock, and of the processor where this process did the work itself."""

    seconds: float
    cpu_s: float | None = None


class Clock:
    """Adds up the seconds spent inside it."""

    def __init__(self) -> None:
        self.seconds = self.cpu_s = 0.0

    def __enter__(self) -> None:
        self._began = time.perf_counter(), time.process_time()

    def __exit__(self, *problem: object) -> None:
        self.seconds += time.perf_counter() - self._began[0]
        self.cpu_s += time.process_time() - self._began[1]


def _opened(target: Path) -> sqlite3.Connection:
    new = sqlite3.connect(target, isolation_level=None)
    for pragma in (*PRAGMAS, "PRAGMA foreign_keys=ON"):
        new.execute(pragma)
    return new


def _write(old: sqlite3.Connection, new: sqlite3.Connection, table: str, clock: Clock) -> None:
    rows = old.execute(f"SELECT * FROM {table} ORDER BY rowid")
    marks = ", ".join("?" * len(rows.description))
    while block := rows.fetchmany(AT_ONCE):
        with clock:
            new.executemany(f"INSERT INTO {table} VALUES ({marks})", block)


def copy_floor(source: str, target: str, tables: Sequence[str]) -> Spent:
    """As ``sqlite_floor`` between two databases of a PostgreSQL server, by ``COPY``."""
    import psycopg

    with psycopg.connect(source) as old, psycopg.connect(target) as new:
        began = time.perf_counter()
        for table in (BATCH, *tables):
            with (
                old.cursor().copy(f"COPY {table} TO STDOUT") as reading,
                new.cursor().copy(f"COPY {table} FROM STDIN") as writing,
            ):
                for piece in reading:
                    writing.write(piece)
        new.commit()
        return Spent(time.perf_counter() - began)


def first_rows(
    where: Path | str, table: str, columns: Sequence[str], count: int
) -> Iterator[tuple[Any, ...]]:
    """The first rows of a table of an SQLite file or of a PostgreSQL database."""
    sql = f"SELECT {', '.join(columns)} FROM {table} ORDER BY id LIMIT {count}"
    if isinstance(where, Path):
        with closing(sqlite3.connect(f"file:{where}?mode=ro", uri=True)) as file:
            yield from file.execute(sql)
        return
    import psycopg

    with psycopg.connect(where) as server:
        yield from server.execute(sql)

"""
``anlu bench cases``: what lists, board, calendar, map and work lists take with many cases in the database.

``--rows`` says how many (default 100,000; the bars are meant for 300,000); where ``DATABASE_URL`` names a PostgreSQL
server, the database is made there. Asked by somebody of the brigade, who sees everything, and by somebody of a
department, who sees what the department takes part in; then six processes open and move cases for a while.
"""

from __future__ import annotations

import tempfile
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from typing import Final

from anlu.commands.benches import Options, Result
from anlu.commands.benches.imports_runs import Installation
from anlu.commands.benches.web import of_kind

ROWS: Final = 100_000
TODAY: Final = "2023-07-03"
WRITERS: Final = 6
EACH: Final = 30
KINDS: Final = (
    "list",
    "filter",
    "board",
    "calendar",
    "map",
    "tile",
    "work",
    "case",
    "statistics",
    "department",
)


def measure(options: Options) -> Iterator[Result]:
    """Median, 95th percentile and slowest address of each kind of page; writers that must not lose a number."""
    with (
        tempfile.TemporaryDirectory(prefix="anlu-bench-") as name,
        Installation.several(Path(name), 1) as (made,),
    ):
        made.module("cases_requests", "make", str(options.rows or ROWS), ANLU_TODAY=TODAY)
        asked = made.module("cases_requests", "ask", str(options.repeats), ANLU_TODAY=TODAY)
        for kind in KINDS:
            yield from of_kind(kind, [one for one in asked if one["kind"] == kind], noun="cases")
        yield from _writers(made)


def _writers(made: Installation) -> Iterator[Result]:
    """Opening and moving by several processes at once."""

    def one(seed: int) -> dict[str, float]:
        done: dict[str, float] = made.module(
            "cases_requests", "write", str(EACH), str(seed), ANLU_TODAY=TODAY
        )
        return done

    with ThreadPoolExecutor(WRITERS) as pool:
        done = list(pool.map(one, range(WRITERS)))
    kept = made.module("cases_requests", "count", ANLU_TODAY=TODAY)
    yield Result("cases.write.longest", max(each["longest_s"] for each in done), "s", 2.0)
    yield Result("cases.write.errors", sum(each["errors"] for each in done), "errors", 0.0)
    wanted = sum(each["done"] for each in done)
    yield Result("cases.write.lost", wanted - kept["moved"], "moves", 0.0)
    yield Result("cases.write.doubled_numbers", kept["doubled"], "numbers", 0.0)

"""
``anlu bench writers``: eight people write the same few records while eight others read, for two minutes.

``--rows`` says how many records (default 100); where ``DATABASE_URL`` names a PostgreSQL server, the database is made
there. Everybody is a process; between two turns they pause up to 50 ms. The wait of a writer is a whole turn: opening
the record, getting the right to write, saving, and the audit entry. All begin together, when the last of them is up.
"""

from __future__ import annotations

import tempfile
from collections.abc import Iterator
from pathlib import Path
from typing import Any, Final

from anlu.commands.benches import Options, Result
from anlu.commands.benches.imports_runs import Installation

RECORDS: Final = 100
SECONDS: Final = 120.0
EACH: Final = 8
LONGEST_WAIT_S: Final = 2.0


def measure(options: Options) -> Iterator[Result]:
    """Longest turn of writers and readers, turns a second, errors and lost updates (both must be 0)."""
    with (
        tempfile.TemporaryDirectory(prefix="anlu-bench-") as name,
        Installation.several(Path(name), 1) as (made,),
    ):
        made.module("writers_worker", "make", str(options.rows or RECORDS))
        written, read = everybody(made, SECONDS)
        kept = made.module("writers_worker", "count")["total"]
    yield from of_writers(written, read, kept, SECONDS)


def everybody(made: Installation, seconds: float) -> tuple[list[Any], list[Any]]:
    """What the writers and the readers report."""
    tasks = ["write"] * EACH + ["read"] * EACH
    working = [
        made.working("writers_worker", task, str(seconds), str(seed)) for seed, task in enumerate(tasks)
    ]
    for one in working:
        one.ready()
    for one in working:
        one.go()
    reports = [one.report() for one in working]
    return reports[:EACH], reports[EACH:]


def of_writers(written: list[Any], read: list[Any], kept: int, seconds: float) -> Iterator[Result]:
    """The figures of what everybody reports; ``kept``: how many updates the database holds."""
    longest = max(one["longest_s"] for one in written)
    yield Result("writers.longest_wait", longest, "s", LONGEST_WAIT_S, longest / LONGEST_WAIT_S)
    yield Result("writers.longest_page", max(one["longest_s"] for one in read), "s")
    done = sum(one["done"] for one in written)
    yield Result("writers.saved", done / seconds, "1/s")
    yield Result("writers.refused_as_changed_meanwhile", sum(one["refused"] for one in written), "turns")
    yield Result("writers.pages", sum(one["done"] for one in read) / seconds, "1/s")
    saved = sum(one["saved"] for one in written)
    yield Result("writers.lost_updates", saved - kept, "updates", 0.0)
    yield Result("writers.errors", sum(len(one["errors"]) for one in [*written, *read]), "errors", 0.0)

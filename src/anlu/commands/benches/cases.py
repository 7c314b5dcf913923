"""
``anlu bench cases``: what lists, board, calendar, map and work lists take with many cases in the database.

``--rows`` says how many (default 100,000; the bars are meant for 300,000); where ``DATABASE_URL`` names a PostgreSQL
server, the database is made there. Asked by somebody of the brigade, who sees everything, and by somebody of a
department, who sees what the department takes part in; then fifty processes open and move cases at once.
"""

from __future__ import annotations

import os
import tempfile
from collections import Counter
from collections.abc import Iterator
from pathlib import Path
from typing import Final

from anlu.commands.benches import Options, Result
from anlu.commands.benches.imports_runs import Installation
from anlu.commands.benches.web import of_kind

ROWS: Final = 100_000
TODAY: Final = "2023-07-03"
WRITERS: Final = 50
EACH: Final = 6  # cases of each
KINDS: Final = (
    "list",
    "filter",
    "gallery",
    "board",
    "calendar",
    "map",
    "tile",
    "work",
    "case",
    "statistics",
    "department",
    "api",
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
    """Opening, numbering and moving by many processes at once; all but the first two and the last three must be 0."""
    yield Result("cases.write.load", os.getloadavg()[0], "processes")
    told = made.module("cases_writers", "write", str(WRITERS), str(EACH), ANLU_TODAY=TODAY)
    kept = made.module("cases_writers", "count", ANLU_TODAY=TODAY)
    answers: Counter[str] = Counter()
    for one in told:
        answers.update(one["answers"])
    yield Result("cases.write.requests", sum(answers.values()), "requests")
    yield Result("cases.write.unexpected", sum(len(one["unexpected"]) for one in told), "answers", 0.0)
    yield Result("cases.write.unfinished", WRITERS * EACH - kept["closed"], "cases", 0.0)
    yield Result("cases.write.gaps", kept["gaps"], "numbers", 0.0)
    yield Result("cases.write.doubled_numbers", kept["doubled"], "numbers", 0.0)
    moved = sum(one["moved"] for one in told)
    yield Result("cases.write.lost", abs(moved - kept["moved"]) + abs(moved - kept["versions"]), "moves", 0.0)
    yield Result(
        "cases.write.lost_remarks", sum(one["remarks"] for one in told) - kept["remarks"], "remarks", 0.0
    )
    yield Result("cases.write.astray", kept["astray"], "histories", 0.0)
    yield Result("cases.write.refused", sum(answers[code] for code in ("409", "422")), "answers")
    seconds = max(one["ended"] for one in told) - min(one["begun"] for one in told)
    yield Result("cases.write.rate", sum(answers.values()) / seconds, "1/s")
    yield Result("cases.write.processor", sum(one["processor_s"] for one in told), "s")
    yield Result("cases.write.longest", max(one["longest_s"] for one in told), "s", 20.0)

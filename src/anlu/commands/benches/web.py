"""
``anlu bench web``: what a page takes inside the server, with many made-up crashes in the database.

``--rows`` says how many (default 100,000; the bars are meant for 1,000,000); where ``DATABASE_URL`` names a PostgreSQL
server, the database is made there. One person asks one thing after the other; each address is asked once without
counting. Beside the clock stands the time of the processor, which tells more on a machine that others keep busy.
"""

from __future__ import annotations

import math
import tempfile
from collections.abc import Iterator
from pathlib import Path
from statistics import median
from typing import Any, Final

from anlu.commands.benches import Options, Result
from anlu.commands.benches.imports_data import write_files
from anlu.commands.benches.imports_runs import Installation
from anlu.commands.benches.web_requests import SNAPSHOTS

ROWS: Final = 100_000
MEDIAN_MS: Final = 200.0
P95_MS: Final = 400.0
PAGE_KB: Final = 150.0
EXPORT_MORE_MB: Final = 100.0
TODAY: Final = "2022-07-03"  # the made-up crashes end with that year
PLAIN: Final = ("list", "filter", "search", "page")  # neither a map nor, mostly, a chart
KINDS: Final = (*PLAIN, "statistics", "map", "tile", "heat")


def measure(options: Options) -> Iterator[Result]:
    """Median, 95th percentile and slowest address of each kind of request; size of plain pages; an export of all."""
    with (
        tempfile.TemporaryDirectory(prefix="anlu-bench-") as name,
        Installation.several(Path(name), 1) as (made,),
    ):
        made.imports(write_files(Path(name), options.rows or ROWS))
        asked = made.module("web_requests", str(options.repeats), ANLU_TODAY=TODAY)
        yield from of_snapshots(next(one for one in asked if one["kind"] == SNAPSHOTS))
        for kind in KINDS:
            yield from of_kind(kind, [one for one in asked if one["kind"] == kind])
        yield from _export(made.module("web_export", ANLU_TODAY=TODAY, ANLU_EXPORT_APPROVAL_ROWS=str(10**9)))


def of_snapshots(made: dict[str, Any]) -> Iterator[Result]:
    """What it takes to make the snapshots that lists, maps and statistics count from, and their memory."""
    yield Result("web.snapshots", made["seconds"][0], "s")
    yield Result("web.snapshots.processor", made["processor"][0], "s")
    yield Result("web.snapshots.memory", made["bytes"] / 1e6, "MB")


def of_kind(kind: str, asked: list[dict[str, Any]], *, noun: str = "web") -> Iterator[Result]:
    """The figures of one kind of request, ``asked`` as ``web_requests`` prints them."""
    if not asked:
        return
    taken = sorted(1000 * second for one in asked for second in one["seconds"])
    p95 = taken[math.ceil(0.95 * len(taken)) - 1]
    worked = sorted(1000 * second for one in asked for second in one["processor"])
    slowest = max(asked, key=lambda one: median(one["seconds"]))
    worst = 1000 * median(slowest["seconds"])
    yield _against(f"{noun}.{kind}", median(taken), "ms", MEDIAN_MS)
    yield _against(f"{noun}.{kind}.p95", p95, "ms", P95_MS)
    yield Result(
        f"{noun}.{kind}.processor", median(worked), "ms"
    )  # the database's own on SQLite, not on PostgreSQL
    yield Result(f"{noun}.{kind}.processor.p95", worked[math.ceil(0.95 * len(worked)) - 1], "ms")
    yield Result(f"{noun}.{kind}.slowest {slowest['address']}", worst, "ms")
    if kind in PLAIN:
        yield _against(f"{noun}.{kind}.largest", max(one["bytes"] for one in asked) / 1000, "kB", PAGE_KB)


def _export(done: dict[str, Any]) -> Iterator[Result]:
    yield Result("web.export", done["rows"] / done["seconds"], "rows/s")
    yield _against("web.export.memory", done["peak_mb"] - done["before_mb"], "MB", EXPORT_MORE_MB)


def _against(name: str, value: float, unit: str, floor: float) -> Result:
    return Result(name, value, unit, floor, value / floor)

"""
``anlu bench indicators``: all figures, the half-year report and the leader's view on a large database.

Each is asked the first time and again, on the clock and in time of the processor.

``--rows`` says how many made-up crashes there are (default 100,000; the bars are meant for 1,000,000); where
``DATABASE_URL`` names a PostgreSQL server, the database is made there.
"""

from __future__ import annotations

import tempfile
from collections.abc import Iterator
from pathlib import Path
from typing import Final

from anlu.commands.benches import Options, Result
from anlu.commands.benches.imports_data import write_files
from anlu.commands.benches.imports_runs import Installation

ROWS: Final = 100_000
TODAY: Final = "2022-07-03"  # the made-up crashes end with that year
BARS: Final = {
    "cold": 1_000.0,  # nothing read yet: the snapshot of the crashes is made
    "first": 1_000.0,  # another period, snapshot at hand
    "again": 200.0,
    "places": 1_000.0,  # every unit and area, as closing a period asks
    "report": 5_000.0,
    "leader": 1_000.0,  # the whole leader's view, nothing remembered
    "leader_again": 200.0,
}


def measure(options: Options) -> Iterator[Result]:
    """Milliseconds of each, the least of several runs where it can be repeated."""
    with (
        tempfile.TemporaryDirectory(prefix="anlu-bench-") as name,
        Installation.several(Path(name), 1) as (made,),
    ):
        made.imports(write_files(Path(name), options.rows or ROWS))
        asked = made.module("indicators_asked", str(options.repeats), ANLU_TODAY=TODAY)
        for code, bar in BARS.items():
            clock, processor = asked[code]
            yield Result(f"indicators.{code}", clock, "ms", bar, clock / bar)
            yield Result(f"indicators.{code}.processor", processor, "ms", bar, processor / bar)

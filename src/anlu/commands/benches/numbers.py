"""
``anlu bench numbers``: fifty workers issue documents of one series at once; every number is given, and given once.

``--rows`` says how many documents (default 500); where ``DATABASE_URL`` names a PostgreSQL server, the database is
made there. Every worker is a process; some of its transactions are rolled back after the number was taken, and some
documents are withdrawn again.
"""

from __future__ import annotations

import tempfile
from collections.abc import Iterator
from pathlib import Path
from typing import Final

from anlu.commands.benches import Options, Result
from anlu.commands.benches.imports_runs import Installation

WORKERS: Final = 50
DOCUMENTS: Final = 500


def measure(options: Options) -> Iterator[Result]:
    """Gaps and doubles (both must be 0), errors, and how many documents were issued a second."""
    wanted = options.rows or DOCUMENTS
    with (
        tempfile.TemporaryDirectory(prefix="anlu-bench-") as name,
        Installation.several(Path(name), 1) as (made,),
    ):
        made.module("numbers_worker", "make", str(wanted))
        told = made.module("numbers_worker", "issue", str(WORKERS))
        found = made.module("numbers_worker", "count")
    yield Result("numbers.gaps", found["gaps"], "numbers", 0.0)
    yield Result("numbers.doubles", found["doubles"], "numbers", 0.0)
    yield Result("numbers.missing", wanted - found["issued"], "documents", 0.0)
    yield Result("numbers.errors", sum(len(one["errors"]) for one in told), "errors", 0.0)
    yield Result("numbers.rolled_back", sum(one["rolled_back"] for one in told), "transactions")
    seconds = max(one["ended"] for one in told) - min(one["begun"] for one in told)
    yield Result("numbers.issued", found["issued"] / seconds, "1/s")
    yield Result("numbers.longest_wait", max(one["longest_s"] for one in told), "s")

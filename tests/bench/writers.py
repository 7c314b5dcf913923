"""
How long does a writer wait on SQLite when eight write at once? (Issue 2: no "database is locked", longest
wait < 2 s.)

``python -m tests.bench.writers [seconds] [pause_ms]`` prints one JSON document. Each writer reads a row,
writes it back raised by one, and raises another by a single statement, again and again with a random pause
(default none, which is harsher than any office).
"""

from __future__ import annotations

import json
import os
import sys
import tempfile
from pathlib import Path

import django

WRITERS = 8
BAR_S = 2.0


def measure(seconds: float, pause_ms: float) -> dict[str, object]:
    """Let the writers write and add up what they report."""
    from django.core.management import call_command

    from anlu.project.tables import database_file
    from tests.project.writers import counted, make_rows, run_writers

    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder) / "a.sqlite3"
        with database_file(path) as alias:
            call_command("migrate", database=alias, verbosity=0)
            make_rows(alias)
        reports = run_writers(path, writers=WRITERS, seconds=seconds, pause_ms=pause_ms)
        with database_file(path) as alias:
            kept = counted(alias)
    done = [report.done for report in reports]
    return {
        "name": "writers",
        "value": max(report.longest_wait_s for report in reports),
        "unit": "s, longest wait for the write lock",
        "floor": BAR_S,
        "ratio": max(report.longest_wait_s for report in reports) / BAR_S,
        "peer": None,
        "writers": WRITERS,
        "seconds": seconds,
        "pause_ms": pause_ms,
        "rounds": sum(done),
        "rounds_of_each": done,
        "errors": sum(len(report.errors) for report in reports),
        "lost_updates": 2 * sum(done) - sum(kept),
    }


if __name__ == "__main__":
    os.environ["DJANGO_SETTINGS_MODULE"] = "anlu.project.settings.test"
    django.setup()
    limits = [float(word) for word in sys.argv[1:3]]
    seconds, pause_ms = (*limits, *(30.0, 0.0)[len(limits) :])
    print(json.dumps(measure(seconds, pause_ms), indent=1))

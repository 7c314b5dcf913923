"""
What the worker does on its rounds: `python -m tests.stories.worker 2023-07-07 2023-07-11` prints ``{day: steps}``.

A round is due ten minutes of the real clock after the last one; a story that lets days of the business clock go by does
not wait for it.
"""

from __future__ import annotations

import json
import os
import sys

from anlu.project.start import start

if __name__ == "__main__":
    start()

from anlu.kernel.core.clock import VARIABLE
from anlu.kernel.core.models import Job
from anlu.kernel.core.tasks import run_job


def rounds(days: list[str]) -> dict[str, int]:
    """The steps of the ladder taken on each day."""
    found = {}
    for day in days:
        os.environ[VARIABLE] = day
        row = Job.objects.get(kind="cases.climb")
        run_job(row.pk)
        row.refresh_from_db()
        found[day] = row.result["steps"]
    return found


if __name__ == "__main__":
    print(json.dumps(rounds(sys.argv[1:])))

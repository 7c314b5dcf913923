"""Default rhythms: ``rhythms.csv`` of the apps, seeded by ``anlu init``; what a person has changed is left alone."""

from __future__ import annotations

import csv
from pathlib import Path

from django.apps import apps
from django.db import transaction

from anlu.kernel.activities.models import Rhythm
from anlu.kernel.activities.rhythms import add_rhythm
from anlu.kernel.core.scope import SYSTEM


def shipped_rhythms() -> list[dict[str, str]]:
    """Rows of all files: code, kind, bearers, every, times, months, enabled, basis."""
    files = [Path(config.path) / "rhythms.csv" for config in apps.get_app_configs()]
    rows: list[dict[str, str]] = []
    for path in (one for one in files if one.exists()):
        with path.open(encoding="utf-8", newline="") as opened:
            rows += csv.DictReader(opened)
    return rows


@transaction.atomic
def seed_rhythms() -> int:
    """Add the rhythms whose codes nobody ever used; gives how many."""
    known = set(Rhythm.objects.values_list("code", flat=True))
    missing = [row for row in shipped_rhythms() if row["code"] not in known]
    for row in missing:
        values = {
            "code": row["code"],
            "kind": row["kind"],
            "bearers": row["bearers"],
            "every": row["every"],
            "times": int(row["times"]),
            "months": [int(month) for month in row["months"].split()],
            "enabled": row["enabled"] == "1",
            "basis": row["basis"],
        }
        add_rhythm(values, by=SYSTEM)
    return len(missing)

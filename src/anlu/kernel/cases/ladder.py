"""The escalation ladder: seeded from ``ladder.csv``, edited by the brigade, never a constant in code."""

from __future__ import annotations

import csv
from collections.abc import Mapping
from datetime import date
from importlib.resources import files
from typing import Any, Final
from uuid import UUID

from django.db import transaction
from django.db.models import QuerySet

from anlu.kernel.cases.models import Rung
from anlu.kernel.cases.permissions import RUNG_CHANGE
from anlu.kernel.core.audit import record
from anlu.kernel.core.scope import SYSTEM, Viewer
from anlu.kernel.core.services import change_record
from anlu.kernel.people.access import valid_on

TEXTS: Final = ("label", "act", "issuer", "addressee", "document", "source", "confidence")


@transaction.atomic
def seed_ladder(*, by: Viewer = SYSTEM) -> int:
    """Add missing rungs; those that nobody edited follow the file. Gives the rungs added."""
    text = files("anlu.kernel.cases").joinpath("ladder.csv").read_text(encoding="utf-8")
    added = 0
    for row in csv.DictReader(text.splitlines()):
        values: dict[str, Any] = {name: row[name] for name in TEXTS}
        values |= {"order": int(row["order"]), "working_days": int(row["working_days"])}
        values["limit_days"] = int(row["limit_days"]) if row["limit_days"] else None
        values |= {"after_signing": row["after_signing"] == "1", "signed": row["signed"] == "1"}
        found = Rung.objects.live().filter(ladder=row["ladder"], code=row["code"]).first()
        if found is None:
            made = Rung.objects.create(ladder=row["ladder"], code=row["code"], **values)
            record("seed", made, by=by)
            added += 1
        elif not found.edited:
            Rung.objects.filter(pk=found.pk).update(**values)
    return added


def rungs(ladder: str, *, on: date) -> QuerySet[Rung]:
    """Rungs in force on a day, the lowest first."""
    found: QuerySet[Rung] = Rung.objects.live().filter(valid_on(on), ladder=ladder).order_by("order")
    return found


def change_rung(uid: UUID, values: Mapping[str, Any], *, version: int, by: Viewer) -> Rung:
    """Change a rung; from then on the file that came with the platform no longer changes it."""

    def edited(rung: Rung) -> None:
        rung.edited = True

    return change_record(
        Rung, uid, values, version=version, by=by, permission=RUNG_CHANGE, prepare=edited, tracked=("edited",)
    )

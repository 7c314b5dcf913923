"""
The escalation ladder: seeded from ``ladder.csv``, edited by the brigade, never a constant in code.

``standard`` is climbed by all kinds of cases; an app adds rungs to it for its own kinds by a ladder of another name.
"""

from __future__ import annotations

import csv
from collections.abc import Mapping
from datetime import date
from importlib.resources import files
from importlib.resources.abc import Traversable
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

STANDARD: Final = "standard"
TEXTS: Final = ("label", "act", "issuer", "addressee", "document", "source", "confidence")


@transaction.atomic
def seed_ladder(table: Traversable | None = None, *, by: Viewer = SYSTEM) -> int:
    """
    Add missing rungs; those that nobody edited follow the file, all follow its order. Gives the rungs added.

    Parameters
    ----------
    table
        A file like ``ladder.csv`` (default: that one).
    """
    found_at = table or files("anlu.kernel.cases").joinpath("ladder.csv")
    added = 0
    for row in csv.DictReader(found_at.read_text(encoding="utf-8").splitlines()):
        values: dict[str, Any] = {name: row[name] for name in TEXTS}
        values |= {"order": int(row["order"]), "working_days": int(row["working_days"])}
        values["limit_days"] = int(row["limit_days"]) if row["limit_days"] else None
        values |= {name: row[name] == "1" for name in ("after_signing", "signed", "optional")}
        found = Rung.objects.live().filter(ladder=row["ladder"], code=row["code"]).first()
        if found is None:
            made = Rung.objects.create(ladder=row["ladder"], code=row["code"], **values)
            record("seed", made, by=by)
            added += 1
        else:
            follows = {"order": values["order"]} if found.edited else values
            Rung.objects.filter(pk=found.pk).update(**follows)
    return added


def rungs(ladder: str, *, on: date) -> QuerySet[Rung]:
    """Rungs in force on a day, those of the standard ladder among them, the lowest first; "" has none."""
    wanted: set[str] = {STANDARD, ladder} if ladder else set()
    found: QuerySet[Rung] = Rung.objects.live().filter(valid_on(on), ladder__in=wanted).order_by("order")
    return found


def change_rung(uid: UUID, values: Mapping[str, Any], *, version: int, by: Viewer) -> Rung:
    """Change a rung; from then on the file that came with the platform no longer changes it."""

    def edited(rung: Rung) -> None:
        rung.edited = True

    return change_record(
        Rung, uid, values, version=version, by=by, permission=RUNG_CHANGE, prepare=edited, tracked=("edited",)
    )

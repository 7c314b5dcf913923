"""Crashes can be imported."""

from __future__ import annotations

from collections.abc import Mapping
from importlib.resources import files

from anlu.apps.crashes import permissions
from anlu.apps.crashes.importing.compose import CrashComposer
from anlu.apps.crashes.importing.fields import CASUALTIES, SHEETS, VEHICLES
from anlu.apps.crashes.importing.places import forget_areas
from anlu.apps.crashes.models import Crash, CrashParty, CrashVehicle
from anlu.apps.crashes.searching import texts_of
from anlu.kernel.core.importing.fields import MAIN
from anlu.kernel.core.importing.nouns import Importer, importers

OUTCOME = ("killed", "killed_30d", "seriously_injured", "slightly_injured", "injured", "parties_count")


def follows(read: Mapping[str, frozenset[str]]) -> dict[str, tuple[str, ...]]:
    """Persons by outcome follow from the parties, and so does the severity that a file does not state."""
    severity = () if "severity" in read[MAIN] else ("severity",)
    return {CASUALTIES: (*OUTCOME, *severity), VEHICLES: ("vehicles_count",)}


REVISION = "crashes.crash"

crashes = importers.add(
    Importer(
        code="crashes",
        label="事故",
        unit="起",
        marks="crash.mark",
        permission=permissions.IMPORT,
        model=Crash,
        sheets=SHEETS,
        models={MAIN: Crash, VEHICLES: CrashVehicle, CASUALTIES: CrashParty},
        parent="crash",
        profiles=files("anlu.apps.crashes").joinpath("profiles"),
        compose=CrashComposer,
        texts=texts_of,
        follows=follows,
        revision=REVISION,
        forget=forget_areas,
    )
)

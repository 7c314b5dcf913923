"""Crashes as a fact table: what statistics, indicators and the map count by."""

from __future__ import annotations

from anlu.apps.crashes.imports import REVISION
from anlu.apps.crashes.models import Crash, CrashParty, CrashVehicle
from anlu.apps.crashes.statistics.ages import band_of
from anlu.kernel.indicators.facts import FactTable, Related, fact_tables

CRASH_FACTS = fact_tables.add(
    FactTable(
        code=REVISION,
        model=Crash,
        noun="crashes",
        columns=(
            "id",
            "occurred_on",
            "occurred_at",
            "occurred_hour",
            "occurred_weekday",
            "occurred_month",
            "recorded_at",
            "voided_at",
            "filed_at",
            "batch",
            "source",
            "created_by",
            "unit",
            "town",
            "road",
            "location_state",
            "cell_x",
            "cell_y",
            "severity",
            "procedure",
            "form",
            "cause",
            "weather",
            "light",
            "junction",
            "road_class",
            "road_rank",
            "hit_and_run",
            "marked",
            "marks",
            "killed",
            "killed_30d",
            "seriously_injured",
            "slightly_injured",
            "injured",
            "loss_cny",
        ),
        related=(
            Related("vehicle_class", CrashVehicle, "crash", "vehicle_class"),
            Related("party_mode", CrashParty, "crash", "mode"),
            Related("party_age", CrashParty, "crash", "age", fold=band_of),
        ),
    )
)

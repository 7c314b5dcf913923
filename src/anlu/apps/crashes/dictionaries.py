"""Where the codes of the crash dictionaries are kept, so that a used one is never deleted."""

from __future__ import annotations

from anlu.kernel.core.dictionaries import uses

_CRASH = (
    "severity",
    "procedure",
    "scene",
    "close_method",
    "mediation",
    "form",
    "vehicle_form",
    "object_hit",
    "cause",
    "weather",
    "visibility",
    "light",
    "surface",
    "pavement",
    "pavement_material",
    "terrain",
    "road_class",
    "road_rank",
    "junction",
    "cross_section",
    "separation",
    "roadside_protection",
    "central_separation",
    "road_safety",
)
_VEHICLE = {
    "vehicle_class": "vehicle_class",
    "insured": "insured",
    "manoeuvre": "manoeuvre",
    "object_hit": "object_hit",
    "first_impact": "first_impact",
    "driver_sex": "sex",
}
_PARTY = {
    "sex": "sex",
    "role": "role",
    "mode": "mode",
    "injury": "injury",
    "liability": "liability",
    "helmet": "protection",
    "belt": "protection",
    "child_seat": "protection",
    "drink": "drink",
}

for _column in _CRASH:
    uses(f"crash.{_column}", "crashes.Crash", _column)
uses("crash.control", "crashes.Crash", "control", many=True)
uses("crash.mark", "crashes.Crash", "marks", many=True)
uses("crash.procedure", "crashes.ProcedureChange", "to_procedure")
for _column, _list in _VEHICLE.items():
    uses(f"crash.{_list}", "crashes.CrashVehicle", _column)
for _column, _list in _PARTY.items():
    uses(f"crash.{_list}", "crashes.CrashParty", _column)

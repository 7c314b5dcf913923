"""Quality marks of one crash, worked out again whenever it is written by hand."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Final
from zoneinfo import ZoneInfo

from django.conf import settings

from anlu.apps.crashes.models import Crash, CrashParty
from anlu.engine.crashes.quality import quality_marks
from anlu.engine.crashes.records import CrashFacts, PartyFacts
from anlu.kernel.core.clock import now
from anlu.kernel.places.models import Area, LocationState, Road

LOCAL_CHANGE: Final = "local_change"
# What only the reading of a file can know: a later change by hand leaves these as they are.
FROM_READING: Final = frozenset(
    {
        "time_ambiguous",
        "time_nonexistent",
        "unknown_code",
        "unreadable_number",
        "unreadable_time",
        "text_cut",
        LOCAL_CHANGE,
    }
)


def local_zone() -> ZoneInfo:
    """The zone of the installation."""
    return ZoneInfo(settings.TIME_ZONE)


def party_facts(party: CrashParty) -> PartyFacts:
    """A party as the rules see it."""
    return PartyFacts(party.injury, party.died_at, party.role, party.age)


def marks_of(crash: Crash, parties: Sequence[CrashParty], vehicles: int) -> list[str]:
    """Codes of what is doubtful about a crash, sorted; a crash without listed parties or vehicles is not
    blamed for it.
    """
    facts = CrashFacts(
        occurred_at=crash.occurred_at,
        severity=crash.severity,
        form=crash.form,
        vehicle_form=crash.vehicle_form,
        object_hit=crash.object_hit,
        cause=crash.cause,
        close_method=crash.close_method,
        mediation=crash.mediation,
        filed_at=crash.filed_at,
        lon=crash.lon,
        lat=crash.lat,
        road=crash.road_name,
        place=crash.place_text,
        killed=crash.killed,
        injured=crash.injured,
        vehicles_count=crash.vehicles_count,
        vehicles=vehicles or None,
        parties=tuple(party_facts(party) for party in parties) or None,
    )
    found = {mark.code for mark in quality_marks(facts, now=now(), zone=local_zone())}
    kept = FROM_READING & set(crash.marks)
    return sorted(found | kept | _place_marks(crash))


def _place_marks(crash: Crash) -> set[str]:
    found = set()
    if crash.location_state == LocationState.OUTSIDE:
        found.add("outside")
    if crash.road_name and crash.road_id is None and Road.objects.live().exists():
        found.add("road_unknown")
    if crash.town_id is None and Area.objects.live().exists():
        found.add("town_unknown")
    return found

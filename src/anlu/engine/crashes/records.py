"""What the rules need to know of a crash, as plain frozen facts. Empty text and ``None`` mean not stated."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from typing import Final, Literal

Severity = Literal["fatal", "serious", "slight", "damage"]
Injury = Literal["killed", "serious", "slight", "minor", "none", "unknown", ""]

SEVERITIES: Final[tuple[Severity, ...]] = ("fatal", "serious", "slight", "damage")  # worst first
INJURED: Final = frozenset({"serious", "slight", "minor"})  # 重伤, 轻伤, 轻微伤


@dataclass(frozen=True, slots=True)
class PartyFacts:
    """One person in a crash. ``injury`` as stated by the source; ``died_at`` when the death is dated."""

    injury: str = ""
    died_at: datetime | None = None
    role: str = ""
    age: int | None = None


@dataclass(frozen=True, slots=True)
class CrashFacts:
    """
    One crash as a source states it.

    Codes are those of the platform's dictionaries. ``parties`` and ``vehicles`` are ``None`` where the
    source does not list them, which differs from a list of none. Counts are what the source states,
    ``None`` where it does not.
    """

    occurred_at: datetime
    severity: str = ""
    form: str = ""
    vehicle_form: str = ""
    object_hit: str = ""
    cause: str = ""
    close_method: str = ""
    mediation: str = ""
    filed_at: datetime | None = None
    lon: float | None = None
    lat: float | None = None
    road: str = ""
    place: str = ""
    killed: int | None = None
    injured: int | None = None
    vehicles_count: int | None = None
    vehicles: int | None = None
    parties: tuple[PartyFacts, ...] | None = None

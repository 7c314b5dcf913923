"""Crashes have a place; those without one are on the work list."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any
from uuid import UUID

from anlu.apps.crashes import permissions, services
from anlu.apps.crashes.models import Crash
from anlu.kernel.core.scope import Viewer
from anlu.kernel.places.located import LocatedNoun, nouns


def locate_crash(uid: UUID, values: Mapping[str, Any], *, version: int, how: str, by: Viewer) -> Crash:
    """Give a crash its place; where it came by import, ``how`` is the reason that a change needs."""
    return services.change_crash(uid, {**values, services.WHY: how}, version=version, by=by)


def words(crash: Crash) -> str:
    """Road and place as the source has them."""
    return " ".join(part for part in (crash.road_name, crash.place_text) if part)


nouns.add(
    LocatedNoun(
        code="crashes.crash",
        label="事故",
        unit="起",
        model=Crash,
        view=permissions.VIEW,
        change=permissions.CHANGE,
        locate=locate_crash,
        words=words,
        route="route",
        stretch="segment",
        day="occurred_on",
    )
)

"""How the search box finds crashes."""

from __future__ import annotations

from anlu.apps.crashes.models import Crash


def texts_of(crash: Crash) -> list[str]:
    """What a crash is found by: its numbers, its road, the plates of its vehicles."""
    plates = crash.vehicles.filter(voided_at__isnull=True).exclude(plate="").values_list("plate", flat=True)
    return [crash.number, crash.case_number, crash.road_name, *plates]

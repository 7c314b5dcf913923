"""Crashes with injury near a hazard in the last twelve months count when it is graded."""

from __future__ import annotations

import math
from datetime import date, timedelta
from typing import Final

from anlu.apps.crashes.models import Crash, Severity
from anlu.apps.hazards.grading import NEAR_M, Counter, Crashes, counters
from anlu.kernel.cases.merging import CELL_EQUATOR_M, distance_m
from anlu.kernel.cases.models import Case
from anlu.kernel.places.services import position_of

YEAR: Final = timedelta(days=365)


def crashes_near_hazard(case: Case, until: date) -> Crashes | None:
    """Fatal crashes and crashes with injury within ``NEAR_M`` in the year up to and with a day; None: no position."""
    if case.lon is None or case.lat is None:
        return None
    here = position_of(case.lon, case.lat)
    if here is None:
        return None
    reach = int(NEAR_M / (CELL_EQUATOR_M * math.cos(math.radians(case.lat)))) + 1
    rows = Crash.objects.live().filter(
        cell_x__range=(here.cell_x - reach, here.cell_x + reach),
        cell_y__range=(here.cell_y - reach, here.cell_y + reach),
        occurred_on__gt=until - YEAR,
        occurred_on__lte=until,
    )
    fatal = injury = 0
    for severity, lon, lat in rows.values_list("severity", "lon", "lat"):
        if lon is not None and distance_m(case.lon, case.lat, lon, lat) <= NEAR_M:
            fatal += severity == Severity.FATAL
            injury += severity in (Severity.FATAL, Severity.SERIOUS, Severity.SLIGHT)
    return Crashes(fatal, injury, until)


counters.add(Counter("crashes", crashes_near_hazard))

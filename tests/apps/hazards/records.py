"""Hazards for tests of figures: written into the tables at once, in every state."""

from __future__ import annotations

import random
from datetime import date, timedelta
from decimal import Decimal
from typing import Any
from uuid import UUID

from anlu.apps.hazards.models import WorkDone
from anlu.kernel.cases.kinds import kinds_of
from anlu.kernel.cases.models import Case, Outcome

FIRST, LAST = date(2021, 1, 1), date(2023, 6, 30)
FAMILY = "hazards.hazard"


def add_hazards(county: Any, *, count: int = 160, owner: UUID | None = None, seed: int = 3) -> list[Case]:
    """``count`` hazards in the units and towns of a county; some owned, voided, merged, re-opened, with work done."""
    rng = random.Random(seed)
    made = [_hazard(rng, number, county, owner) for number in range(count)]
    Case.objects.bulk_create(made)
    works = [
        WorkDone(
            case=case,
            measure="remove",
            item=item,
            quantity=Decimal(rng.randrange(1, 90)),
            done_on=case.found_on,
        )
        for case in made
        for item in ("tree", "hedge", "obstacle", "sign")
        if rng.random() < 0.5
    ]
    WorkDone.objects.bulk_create(works)
    return made


def _hazard(rng: random.Random, number: int, county: Any, owner: UUID | None) -> Case:
    found_on = FIRST + timedelta(days=rng.randrange((LAST - FIRST).days))
    due_on = found_on + timedelta(days=10)
    outcome = rng.choice(["", "resolved", "resolved", "resolved", "dropped", "merged"])
    closed_on = min(found_on + timedelta(days=rng.randrange(25)), LAST) if outcome else None
    case = Case(
        kind=rng.choice(kinds_of(FAMILY)).code,
        family=FAMILY,
        number=f"T-{number:05}",
        title=f"测试隐患{number}",
        state="closed" if outcome else "sent",
        unit=rng.choice([None, *county.units]),
        town=rng.choice([None, *county.areas]),
        found_on=found_on,
        due_on=due_on,
        closed_on=closed_on,
        outcome=outcome,
        on_time=closed_on <= due_on if closed_on and outcome == Outcome.RESOLVED else None,
        created_by=owner if rng.random() < 0.2 else None,
    )
    if rng.random() < 0.15:
        case.rebounds, case.reopened_on = 1, min(found_on + timedelta(days=30), LAST)
    if rng.random() < 0.1:
        case.voided_at = case.recorded_at
    return case

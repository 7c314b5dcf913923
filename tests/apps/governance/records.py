"""Cases, documents and meetings for the tests of figures: many small rows at random."""

from __future__ import annotations

import random
from datetime import UTC, date, datetime, timedelta
from typing import Any
from uuid import uuid4

from anlu.apps.governance.models import Secondment, TaskForce
from anlu.kernel.activities.models import Activity
from anlu.kernel.cases.kinds import kinds
from anlu.kernel.cases.models import Case, Outcome
from anlu.kernel.documents.models import Document, State
from anlu.kernel.people.models import Unit, UnitKind
from tests.apps.crashes.records import FIRST, LAST, County
from tests.factories import make_unit

TABLES = {
    "cases.case",
    "documents.document",
    "activities.activity",
    "governance.taskforce",
    "governance.secondment",
}
LASTED = datetime(2023, 7, 2, tzinfo=UTC)


def fill(county: County, *, seed: int = 7) -> None:
    """Rows of every table above, spread over units, towns, days, days of entry and days of voiding."""
    rng = random.Random(seed)
    Case.objects.bulk_create(_case(rng, county, n) for n in range(1200))
    Document.objects.bulk_create(_document(rng, county, n) for n in range(240))
    Activity.objects.bulk_create(_meeting(rng, county, n) for n in range(240))
    TaskForce.objects.bulk_create(_task_force(rng, county, n) for n in range(60))
    lending = [*county.units, make_unit("测试部门", UnitKind.DEPARTMENT)]
    Secondment.objects.bulk_create(_secondment(rng, lending) for _ in range(240))


def _entered(rng: random.Random, day: date) -> dict[str, Any]:
    recorded = datetime(day.year, day.month, day.day, tzinfo=UTC) + timedelta(days=rng.randrange(120))
    recorded = min(recorded, LASTED)
    voided = recorded + timedelta(days=rng.randrange(1, 90)) if rng.random() < 0.1 else None
    return {"recorded_at": recorded, "voided_at": voided}


def _day(rng: random.Random) -> date:
    return FIRST + timedelta(days=rng.randrange((LAST - FIRST).days + 1))


def _case(rng: random.Random, county: County, n: int) -> Case:
    kind, found = rng.choice(list(kinds)), _day(rng)
    outcome = rng.choice([*Outcome, Outcome.RESOLVED, Outcome.RESOLVED])
    due = rng.choice([None, found + timedelta(days=20)])
    closed = min(found + timedelta(days=rng.randrange(40)), LASTED.date()) if outcome else None
    rebounds = int(rng.random() < 0.3)
    return Case(
        kind=kind.code,
        family=kind.family,
        number=f"T-{n}",
        title=f"事项{n}",
        state=kind.lifecycle.start,
        unit=rng.choice([None, *county.units]),
        town=rng.choice([None, *county.areas]),
        found_on=found,
        due_on=due,
        closed_on=closed,
        outcome=outcome,
        on_time=closed <= due if closed and due and outcome == Outcome.RESOLVED else None,
        rebounds=rebounds,
        reopened_on=min(found + timedelta(days=30), LASTED.date()) if rebounds else None,
        about_kind=kind.within if rng.random() < 0.8 else "",
        about_uid=uuid4(),
        **_entered(rng, found),
    )


def _document(rng: random.Random, county: County, n: int) -> Document:
    day, unit = _day(rng), rng.choice(county.units)
    state = rng.choice([State.DRAFT, State.ISSUED, State.DELIVERED, State.REPLIED, State.WITHDRAWN])
    return Document(
        kind=rng.choice(["inspection_bulletin", "minutes", "rectification", "interview_notice"]),
        unit=unit,
        drafted_unit=unit,
        title=f"公文{n}",
        state=state,
        issued_on=None if state == State.DRAFT else day,
        **_entered(rng, day),
    )


def _meeting(rng: random.Random, county: County, n: int) -> Activity:
    day, held = _day(rng), rng.random() < 0.85
    return Activity(
        kind=rng.choice(["governance.dispatch", "governance.government", "governance.committee"]),
        number=f"M-{n}",
        title=f"会议{n}",
        state="held" if held else rng.choice(["planned", "cancelled"]),
        planned_on=day,
        held_on=day if held else None,
        day=day,
        unit=rng.choice([None, *county.units]),
        town=rng.choice([None, *county.areas]),
        **_entered(rng, day),
    )


def _task_force(rng: random.Random, county: County, n: int) -> TaskForce:
    day = _day(rng)
    return TaskForce(
        name=f"专班{n}",
        task="整治",
        unit=rng.choice(county.units),
        leader="组长",
        valid_from=day,
        valid_to=day + timedelta(days=rng.randrange(30, 400)),
        **_entered(rng, day),
    )


def _secondment(rng: random.Random, units: list[Unit]) -> Secondment:
    day = _day(rng)
    return Secondment(
        purpose=rng.choice(["force", "joint"]),
        work="整治",
        unit=rng.choice(units),
        head_count=rng.randrange(1, 12),
        valid_from=day,
        **_entered(rng, day),
    )

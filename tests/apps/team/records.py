"""Activities, party bodies, writing, plans and columns for the tests of figures: many small rows at random."""

from __future__ import annotations

import random
from datetime import UTC, date, datetime, timedelta
from typing import Any
from uuid import uuid4

from anlu.apps.plans.models import Honour, Measure, PlanGroup, WorkPlan
from anlu.apps.publicity.models import Column, Piece, Series
from anlu.apps.team.models import PartyBody, TrainingResult, Writing
from anlu.kernel.activities.models import Activity, ActivityBearer
from tests.apps.crashes.records import FIRST, LAST, County

TABLES = {
    "activities.activity",
    "activities.activitybearer",
    "team.partybody",
    "team.writing",
    "team.trainingresult",
    "publicity.column",
    "publicity.piece",
    "plans.workplan",
    "plans.plangroup",
    "plans.measure",
    "plans.honour",
}
KINDS = (
    *("team.first_topic", "team.party_lecture", "team.special_lecture", "team.theme_day"),
    *("team.organisation_life", "team.warning", "team.training"),
)
LASTED = datetime(2023, 7, 2, tzinfo=UTC)


def fill(county: County, *, seed: int = 5) -> None:
    """Rows of every table above, spread over units, towns, days, days of entry and days of voiding."""
    rng = random.Random(seed)
    bodies = _bodies(rng, county)
    activities = _activities(rng, county)
    _bearers(rng, activities, bodies)
    _results(rng, county, activities)
    Writing.objects.bulk_create(_writings(rng, county))
    _publicity(rng, county)
    _plans(rng, county)


def _entered(rng: random.Random, day: date) -> dict[str, Any]:
    recorded = min(
        datetime(day.year, day.month, day.day, tzinfo=UTC) + timedelta(days=rng.randrange(120)), LASTED
    )
    voided = recorded + timedelta(days=rng.randrange(1, 90)) if rng.random() < 0.1 else None
    return {"recorded_at": recorded, "voided_at": voided}


def _day(rng: random.Random) -> date:
    return FIRST + timedelta(days=rng.randrange((LAST - FIRST).days + 1))


def _where(rng: random.Random, county: County) -> dict[str, Any]:
    return {"unit": rng.choice([None, *county.units]), "town": rng.choice([None, *county.areas])}


def _bodies(rng: random.Random, county: County) -> list[PartyBody]:
    made = [
        PartyBody(
            code=f"B{n}",
            name=f"党支部{n}",
            kind="committee" if n == 0 else "branch",
            unit=rng.choice(county.units),
            valid_from=_day(rng),
            valid_to=None if rng.random() < 0.7 else _day(rng),
            **_entered(rng, FIRST),
        )
        for n in range(12)
    ]
    return PartyBody.objects.bulk_create(made)


def _activities(rng: random.Random, county: County) -> list[Activity]:
    made = []
    for n in range(260):
        day, kind = _day(rng), rng.choice(KINDS)
        held = rng.random() < 0.85
        made.append(
            Activity(
                kind=kind,
                number=f"T-{n}",
                title=f"活动{n}",
                state="held" if held else rng.choice(["planned", "cancelled"]),
                planned_on=day,
                held_on=day if held else None,
                day=day,
                host=rng.choice(["", "上级机关"]),
                audience=rng.choice(["all", "party", ""]),
                programme=rng.choice(["", "study", "practice"]),
                speaker_office=rng.choice(["", "secretary", "outside"]),
                due_count=rng.choice([None, 0, 20, 30]),
                head_count=rng.choice([None, 0, 12, 18]),
                **_where(rng, county),
                **_entered(rng, day),
            )
        )
    return Activity.objects.bulk_create(made)


def _bearers(rng: random.Random, activities: list[Activity], bodies: list[PartyBody]) -> None:
    made = []
    for one in activities:
        for body in rng.sample(bodies, rng.randrange(0, 3)):
            stated = {"group": f"party.{body.kind}", "bearer": body.uid, "name": body.name}
            made.append(ActivityBearer(activity=one, recorded_at=one.recorded_at, **stated))
        if rng.random() < 0.3:
            made.append(ActivityBearer(activity=one, group="unit.squadron", bearer=uuid4(), name="中队"))
    ActivityBearer.objects.bulk_create(made)


def _results(rng: random.Random, county: County, activities: list[Activity]) -> None:
    trainings = [one for one in activities if one.kind == "team.training"]
    made = []
    for _ in range(120):
        activity, tested = rng.choice(trainings), rng.randrange(0, 20)
        made.append(
            TrainingResult(
                activity=activity,
                subject=rng.choice(["law", "fitness"]),
                unit=rng.choice([None, *county.units]),
                tested_on=activity.day,
                tested=tested,
                passed=rng.randrange(0, tested + 1),
                **_entered(rng, activity.day),
            )
        )
    TrainingResult.objects.bulk_create(made)


def _writings(rng: random.Random, county: County) -> list[Writing]:
    made = []
    for n in range(200):
        day = _day(rng)
        stated = {"kind": rng.choice(["reflection", "note"]), "author": f"作者{n}", "handed_in_on": day}
        made.append(Writing(unit=rng.choice([None, *county.units]), **stated, **_entered(rng, day)))
    return made


def _publicity(rng: random.Random, county: County) -> None:
    series = Series.objects.create(name="系列", channel="wechat", started_on=FIRST)
    columns = Column.objects.bulk_create(
        Column(
            series=series,
            name=f"板块{n}",
            office=rng.choice(["", "secretary", "youth"]),
            unit=rng.choice([None, *county.units]),
            started_on=_day(rng),
            ended_on=None if rng.random() < 0.6 else _day(rng),
            **_entered(rng, FIRST),
        )
        for n in range(60)
    )
    pieces = []
    for n in range(150):
        day = _day(rng)
        stated = {"column": rng.choice(columns), "title": f"稿件{n}", "author": "作者", "published_on": day}
        pieces.append(Piece(unit=rng.choice([None, *county.units]), **stated, **_entered(rng, day)))
    Piece.objects.bulk_create(pieces)


def _plans(rng: random.Random, county: County) -> None:
    for n, code in enumerate(("10104", "四优", "四拓", "10203")):
        plan = WorkPlan.objects.create(
            code=code,
            name="计划",
            starts_on=date(2021 + n % 3, 1, 5),
            recorded_at=datetime(2021, 1, 6, tzinfo=UTC),
        )
        groups = PlanGroup.objects.bulk_create(
            PlanGroup(plan=plan, label=f"分组{i}", valid_from=_day(rng), **_entered(rng, FIRST))
            for i in range(6)
        )
        measures = []
        for i in range(60):
            due, done = _day(rng), rng.random() < 0.6
            measures.append(
                Measure(
                    group=rng.choice(groups),
                    title=f"措施{i}",
                    unit=rng.choice([None, *county.units]),
                    due_on=due,
                    done_on=due + timedelta(days=rng.randrange(-20, 10)) if done else None,
                    state="done" if done else rng.choice(["doing", "stopped"]),
                    **_entered(rng, FIRST),
                )
            )
        Measure.objects.bulk_create(measures)
    honours = []
    for _ in range(120):
        day = _day(rng)
        honours.append(
            Honour(
                title=rng.choice(["全国优秀县级车辆管理所", "先进集体"]),
                kind=rng.choice(["commendation", "experience", "plaque"]),
                level=rng.choice(["county", "province"]),
                granted_by="上级机关",
                granted_on=day,
                unit=rng.choice([None, *county.units]),
                **_entered(rng, day),
            )
        )
    Honour.objects.bulk_create(honours)

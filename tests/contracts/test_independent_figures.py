"""Figures worked out again over plain rows in plain Python: another way, the same numbers."""

from __future__ import annotations

import random
from datetime import datetime, time, timedelta
from typing import Any
from zoneinfo import ZoneInfo

import pytest
from django.db.models import F

from anlu.apps.crashes.models import Crash
from anlu.apps.plans.models import Honour
from anlu.apps.publicity.models import Column, Piece
from anlu.apps.team.models import Writing
from anlu.kernel.activities.models import Activity
from anlu.kernel.core.models.batches import BatchState
from anlu.kernel.core.scope import SYSTEM
from anlu.kernel.indicators.define import indicators
from anlu.kernel.indicators.evaluate import value_of
from anlu.kernel.people.models import UnitPath
from anlu.kernel.places.models import AreaPath
from tests.apps.crashes.records import make_scene, random_window
from tests.apps.team.records import fill

pytestmark = pytest.mark.django_db
HURT, INJURED = {"fatal", "serious", "slight"}, {"serious", "slight"}
Rows = list[dict[str, Any]]


def per(top: float, base: float, scale: float = 1) -> float | None:
    """A rate; None without a base."""
    return scale * top / base if base else None


def ordinary(rows: Rows) -> Rows:
    """一般程序."""
    return [one for one in rows if one["procedure"] == "ordinary"]


def hurt(rows: Rows) -> Rows:
    """伤亡事故."""
    return [one for one in rows if one["severity"] in HURT]


def total(rows: Rows, name: str) -> float:
    """The sum of a column; nothing for what is not stated."""
    return float(sum(one[name] or 0 for one in rows))


def count(rows: Rows, holds: Any) -> int:
    """How many rows."""
    return sum(1 for one in rows if holds(one))


def is_late(one: dict[str, Any]) -> bool:
    """Filed more than 30 days after it happened."""
    return one["filed_at"] is not None and one["filed_at"] - one["occurred_at"] > timedelta(days=30)


FIGURES: dict[str, Any] = {
    "crash.count": lambda d: len(ordinary(d)),
    "crash.killed": lambda d: total(ordinary(d), "killed"),
    "crash.injured": lambda d: total(ordinary(d), "injured"),
    "crash.loss": lambda d: total(ordinary(d), "loss_cny"),
    "crash.all": len,
    "crash.all_killed": lambda d: total(d, "killed"),
    "crash.all_injured": lambda d: total(d, "injured"),
    "crash.all_loss": lambda d: total(d, "loss_cny"),
    "crash.major": lambda d: count(d, lambda one: one["killed"] >= 3),
    "crash.two_dead": lambda d: count(d, lambda one: one["killed"] == 2),
    "crash.ordinary_share": lambda d: per(len(ordinary(hurt(d))), len(hurt(d))),
    "crash.fatal_share": lambda d: per(count(d, lambda one: one["severity"] == "fatal"), len(hurt(d))),
    "crash.deaths_per_100": lambda d: per(total(ordinary(d), "killed"), len(ordinary(d)), 100),
    "crash.located_share": lambda d: per(count(d, lambda one: one["lon"] is not None), len(d)),
    "crash.summary_hurt": lambda d: count(
        d, lambda one: one["procedure"] == "summary" and one["severity"] in INJURED
    ),
    "crash.late_deaths": lambda d: count(d, lambda one: one["killed_30d"] > one["killed"]),
    "crash.filed_late": lambda d: count(d, is_late),
    "crash.marked_share": lambda d: per(count(d, lambda one: one["marked"]), len(d)),
}
# and each of these again against the same span of the year before
CHANGES = ("crash.count", "crash.killed", "crash.injured", "crash.all")


def plain_rows() -> Rows:
    """All rows, as an export holds them."""
    names = ("procedure", "severity", "killed", "killed_30d", "injured", "loss_cny", "lon", "marked")
    times = ("occurred_on", "occurred_at", "filed_at", "recorded_at", "voided_at")
    rows = Crash.objects.values(*names, *times, "unit_id", "town_id", batch_state=F("batch__state"))
    return [one for one in rows if one["batch_state"] in (None, BatchState.LIVE.value)]


def chosen(rows: Rows, window: Any, on: str = "occurred_on", area: str = "town_id") -> Rows:
    """Those of a window, by its own words: by the day ``on``; without ``area`` they belong to none."""
    period = window.period
    inside = placed(rows, window, area)
    return [one for one in inside if one[on] is not None and period.start <= one[on] <= period.end]


def placed(rows: Rows, window: Any, area: str = "") -> Rows:
    """Those of the unit and area of a window that were known on its day, whenever they happened."""
    places = [
        (column, {place.pk} if window.alone else set(below(paths, place)))
        for place, column, paths in ((window.unit, "unit_id", UnitPath), (window.area, area, AreaPath))
        if place is not None and column
    ]
    return [
        one
        for one in rows
        if is_known(one, window.as_of) and all(one[column] in inside for column, inside in places)
    ]


def below(paths: Any, place: Any) -> Any:
    """A place and all that lies below it."""
    return paths.objects.filter(ancestor=place.pk).values_list("descendant", flat=True)


def is_known(one: dict[str, Any], day: Any) -> bool:
    """Entered and not voided by the end of a day."""
    if day is None:
        return one["voided_at"] is None
    end = datetime.combine(day, time.max, ZoneInfo("Asia/Shanghai"))
    return one["recorded_at"] <= end and (one["voided_at"] is None or one["voided_at"] > end)


def test_plain_python_gets_the_same_for_random_periods_and_places() -> None:
    scene = make_scene(300, seed=9)
    rows, rng = plain_rows(), random.Random(20)
    anything = 0
    for _ in range(15):
        window = random_window(rng, scene.county)
        before = chosen(rows, window.at(window.period.previous_year()))
        now = chosen(rows, window)
        anything += len(now)
        for code, worked_out in FIGURES.items():
            value = value_of(indicators.get(code), window, SYSTEM)
            stated = None if value.value is None else float(value.value)
            assert stated == pytest.approx(worked_out(now), abs=1e-9), f"{code} {window}"
            if code in CHANGES and (then := worked_out(before)):
                change = 100 * (worked_out(now) - then) / then
                assert value.change_pct == pytest.approx(change), f"{code} {window}"
    assert anything > 100
    assert len(FIGURES) + len(CHANGES) >= 20


# ------------------------------------------------------------------------------------ team, publicity, honours
STUDY = {
    "team.first_topic",
    "team.party_lecture",
    "team.special_lecture",
    "team.theme_day",
}  # of those made at random


def held(rows: Rows, *kinds: str) -> Rows:
    """Activities of these kinds that were held."""
    return [one for one in rows if one["state"] == "held" and one["kind"] in kinds]


def lectures(rows: Rows) -> Rows:
    """专题党课 for everybody."""
    return [one for one in held(rows, "team.special_lecture") if one["audience"] == "all"]


def attendance(rows: Rows) -> float | None:
    """Of those who should have come, where both numbers are known."""
    counted = [one for one in lectures(rows) if one["due_count"] and one["head_count"] is not None]
    return per(total(counted, "head_count"), total(counted, "due_count"))


ACTIVITIES: dict[str, Any] = {
    "team.study_sessions": lambda d: len(held(d, *STUDY)),
    "team.special_lecture": lambda d: int(any(one["host"] for one in lectures(d))),
    "team.special_lecture_attendance": attendance,
    "team.actions": lambda d: len({one["programme"] for one in held(d, *STUDY)} - {""}),
    "team.warnings": lambda d: len(held(d, "team.warning")),
    "team.trainings": lambda d: len(held(d, "team.training")),
}
WRITINGS: dict[str, Any] = {
    "team.reflections": lambda d: count(d, lambda one: one["kind"] == "reflection"),
    "team.notes": lambda d: count(d, lambda one: one["kind"] == "note"),
}
PIECES: dict[str, Any] = {"publicity.pieces": len}
HONOURS: dict[str, Any] = {
    "plans.honours": len,
    "plans.county_commendations": lambda d: count(
        d, lambda one: (one["kind"], one["level"]) == ("commendation", "county")
    ),
    "plans.spread_experience": lambda d: count(d, lambda one: one["kind"] == "experience"),
}
# model, the day that its figures go by, the town that it belongs to, the figures
TABLES: Any = (
    (Activity, "held_on", "town_id", ACTIVITIES),
    (Writing, "handed_in_on", "", WRITINGS),
    (Piece, "published_on", "", PIECES),
    (Honour, "granted_on", "", HONOURS),
)
SIGNED = "publicity.signed_columns"


def signed_columns(rows: Rows, window: Any) -> int:
    """Columns with an office that stood on the last day of the window."""
    end = window.period.end
    standing = [one for one in placed(rows, window) if one["office"] and one["started_on"] <= end]
    return sum(1 for one in standing if one["ended_on"] is None or one["ended_on"] > end)


def test_plain_python_gets_the_same_for_what_the_team_publicity_and_plans_hold() -> None:
    scene = make_scene(0, seed=3)
    fill(scene.county, seed=8)
    tables = [(list(model.objects.values()), *facts) for model, *facts in TABLES]
    columns = list(Column.objects.values())
    rng, anything = random.Random(4), 0
    for _ in range(15):
        window = random_window(rng, scene.county)
        earlier = window.at(window.period.previous())
        for rows, on, area, figures in tables:
            now, before = chosen(rows, window, on, area), chosen(rows, earlier, on, area)
            anything += len(now)
            for code, worked_out in figures.items():
                value = value_of(indicators.get(code), window, SYSTEM, previous=earlier.period)
                stated = tuple(None if one is None else float(one) for one in (value.value, value.previous))
                expected = worked_out(now), worked_out(before)
                assert stated == pytest.approx(expected, abs=1e-9), f"{code} {window}"
        value = value_of(indicators.get(SIGNED), window, SYSTEM)
        assert value.value == signed_columns(columns, window), f"{SIGNED} {window}"
    assert anything > 100

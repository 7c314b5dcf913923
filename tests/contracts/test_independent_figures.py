"""Every figure of crashes again, worked out over plain rows in plain Python: another way, the same numbers."""

from __future__ import annotations

import random
from datetime import datetime, time, timedelta
from typing import Any
from zoneinfo import ZoneInfo

import pytest
from django.db.models import F

from anlu.apps.crashes.models import Crash
from anlu.kernel.core.models.batches import BatchState
from anlu.kernel.core.scope import SYSTEM
from anlu.kernel.indicators.define import indicators
from anlu.kernel.indicators.evaluate import value_of
from anlu.kernel.people.models import UnitPath
from anlu.kernel.places.models import AreaPath
from tests.apps.crashes.records import make_scene, random_window

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


def chosen(rows: Rows, window: Any) -> Rows:
    """Those of a window, by its own words."""
    places = [
        (column, {place.pk} if window.alone else set(below(paths, place)))
        for place, column, paths in (
            (window.unit, "unit_id", UnitPath),
            (window.area, "town_id", AreaPath),
        )
        if place is not None
    ]
    return [
        one
        for one in rows
        if window.period.start <= one["occurred_on"] <= window.period.end
        and is_known(one, window.as_of)
        and all(one[column] in inside for column, inside in places)
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

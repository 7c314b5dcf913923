"""Remembered values are the same as worked-out ones, whatever is written and whoever looks."""

from __future__ import annotations

import random
from collections.abc import Iterator
from datetime import date
from decimal import Decimal

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from anlu.apps.crashes import services
from anlu.apps.crashes.models import Crash
from anlu.apps.governance.dispatch import DISPATCH
from anlu.engine.periods import Period
from anlu.kernel.activities.rhythms import add_rhythm, change_rhythm
from anlu.kernel.core.audit import record
from anlu.kernel.core.models.batches import BatchState
from anlu.kernel.core.scope import SYSTEM, Width
from anlu.kernel.indicators.define import indicators
from anlu.kernel.indicators.evaluate import values_of
from anlu.kernel.indicators.external import add_external
from anlu.kernel.indicators.remembering import forget_values, remembered_values_of
from anlu.kernel.indicators.window import Window
from tests.apps.crashes.records import add_crash, make_batch, make_scene, random_window
from tests.apps.hazards.records import add_hazards
from tests.factories import make_officer

pytestmark = pytest.mark.django_db
KNOWN = [one for one in indicators if one.code.startswith("crash.")]
H1 = Window(Period.parse("2023H1"))


@pytest.fixture(autouse=True)
def forgotten() -> Iterator[None]:
    """Nothing is remembered from one test to the next."""
    forget_values()
    yield
    forget_values()


def test_they_are_the_same_for_every_window_and_person() -> None:
    scene = make_scene(80)
    rng = random.Random(1)
    people = [SYSTEM, *scene.viewers.values()]
    drawn = [(random_window(rng, scene.county), rng.choice(people)) for _ in range(12)]
    for window, viewer in [*drawn, *drawn]:
        assert remembered_values_of(KNOWN, window, viewer) == values_of(KNOWN, window, viewer)


def test_people_who_see_different_cases_get_different_figures() -> None:
    scene, seen = make_scene(5), "hazards.hazard.view"
    hazards = [one for one in indicators if one.code.startswith("hazards.")]
    people = [
        make_officer(scene.county.squadrons[0], seen),
        *(make_officer(unit, seen, width=Width.OWN) for unit in scene.county.squadrons[:2]),
        make_officer(scene.county.squadrons[0], seen, width=Width.MINE),
        make_officer(scene.county.squadrons[0], "crashes.crash.view"),
    ]
    add_hazards(scene.county, owner=people[3].uid)
    record("test", None, by=SYSTEM, label="第一笔")
    whole = Window(Period.parse("2022"))
    shown = [remembered_values_of(hazards, whole, viewer) for viewer in people]
    assert shown == [values_of(hazards, whole, viewer) for viewer in people]
    counts = [one.value for values in shown for one in values if one.indicator.code == "hazards.found"]
    assert len(set(counts)) == len(people)
    assert counts[-1] == 0


def test_the_second_time_asks_only_whether_anything_has_moved() -> None:
    add_crash("A", date(2023, 2, 1), killed=1)
    record("test", None, by=SYSTEM, label="第一笔")
    remembered_values_of(KNOWN, H1, SYSTEM)
    with CaptureQueriesContext(
        connection,
    ) as asked:
        remembered_values_of(KNOWN, H1, SYSTEM)
    assert len(asked) <= 3


def test_the_rule_of_a_rhythm_is_asked_for_only_to_work_it_out_and_its_change_is_seen_at_once() -> None:
    dispatch = [indicators.get("governance.dispatch_weeks")]
    rule = {"code": "weekly", "kind": DISPATCH, "bearers": "", "every": "week", "times": 1, "months": []}
    made = add_rhythm(rule | {"valid_from": date(2023, 6, 26)}, by=SYSTEM)
    few = remembered_values_of(dispatch, H1, SYSTEM)
    with CaptureQueriesContext(connection) as asked:
        assert remembered_values_of(dispatch, H1, SYSTEM) == few
    assert not [one for one in asked.captured_queries if "activities_rhythm" in one["sql"]]
    change_rhythm(made.uid, {"valid_from": date(2023, 1, 2)}, version=made.version, by=SYSTEM)
    assert remembered_values_of(dispatch, H1, SYSTEM) == values_of(dispatch, H1, SYSTEM) != few


def test_every_write_is_seen_at_once() -> None:
    add_crash("A", date(2023, 2, 1), killed=1)
    thing = Crash.objects.get()
    batch = make_batch(BatchState.WITHDRAWN)
    add_crash("B", date(2023, 2, 2), killed=2, batch=batch)

    def same() -> None:
        assert remembered_values_of(KNOWN, H1, SYSTEM) == values_of(KNOWN, H1, SYSTEM)

    same()
    services.change_crash(thing.uid, {"killed": 3}, version=thing.version, by=SYSTEM)
    same()
    services.void_crash(thing.uid, why="重复", by=SYSTEM)
    same()
    services.restore_crash(thing.uid, by=SYSTEM)
    same()
    batch.state = BatchState.LIVE
    batch.save()
    same()
    stated = {"document_number": "测1号", "issuer": "测试", "document_on": date(2023, 1, 1)}
    add_external({"kind": "vehicles", "value": Decimal(9), "day": date(2023, 1, 1), **stated}, by=SYSTEM)
    same()

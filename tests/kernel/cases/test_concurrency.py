"""Many people at once (on SQLite the same is measured by `anlu bench cases`, on a database in a file)."""

from __future__ import annotations

import os
import signal
from collections import Counter
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from typing import Any

import pytest
from django.db import connections

from anlu.apps.suggestions.kinds import FAMILY
from anlu.kernel.cases.escalation import climb_all
from anlu.kernel.cases.history import replayed
from anlu.kernel.cases.ladder import seed_ladder
from anlu.kernel.cases.models import Case, CaseEvent, Escalation
from anlu.kernel.cases.services import MoveRefused, comment_case, move_case, open_case
from anlu.kernel.core.clock import today
from anlu.kernel.core.scope import SYSTEM

WORKERS, EACH = 6, 4


def together(work: Callable[[int], Any]) -> list[Any]:
    """The same work by several people at the same time."""

    def one(number: int) -> Any:
        try:
            return work(number)
        finally:
            connections.close_all()

    with ThreadPoolExecutor(WORKERS) as pool:
        return list(pool.map(one, range(WORKERS)))


def opened(number: int) -> list[str]:
    return [
        open_case(
            "suggestions.suggestion", {"title": f"{number}"}, details={"subject": "form"}, by=SYSTEM
        ).number
        for _ in range(EACH)
    ]


@pytest.mark.postgres
@pytest.mark.django_db(transaction=True)
def test_numbers_are_given_once_and_without_holes() -> None:
    numbers = [number for some in together(opened) for number in some]
    wanted = {f"YJ-{today().year}-{n:05d}" for n in range(1, WORKERS * EACH + 1)}
    assert len(numbers) == len(wanted)
    assert set(numbers) == wanted


@pytest.mark.postgres
@pytest.mark.django_db(transaction=True)
def test_of_several_who_make_the_same_move_one_does_and_no_remark_is_lost() -> None:
    case = open_case("suggestions.suggestion", {"title": "同一件"}, details={"subject": "form"}, by=SYSTEM)

    def act(number: int) -> bool:
        comment_case(case.uid, f"第 {number} 人", by=SYSTEM)
        try:
            move_case(case.uid, "take", by=SYSTEM, version=case.version)
        except MoveRefused:
            return False
        return True

    assert sum(together(act)) == 1
    case.refresh_from_db()
    assert (case.state, case.version) == ("handling", 2)
    assert CaseEvent.objects.filter(case=case, code="comment").count() == WORKERS
    assert replayed(case) == case.state


@pytest.mark.postgres
@pytest.mark.django_db(transaction=True)
def test_several_workers_take_each_step_once() -> None:
    seed_ladder()
    for number in range(WORKERS):
        opened(number)
    Case.objects.filter(family=FAMILY.code).update(due_on="2023-06-01", step_on="2023-06-01")
    steps = together(lambda number: climb_all())
    assert sum(steps) == Escalation.objects.count() == 2 * WORKERS * EACH  # 督办 and the draft above it


def killed_at(steps: int) -> None:
    """A worker in a process of its own climbs until so many steps are written, and is killed without warning."""
    connections.close_all()
    worker = os.fork()
    if worker == 0:
        try:
            climb_all()
        finally:
            os._exit(0)  # whatever happened, the child must not go on with the tests of its parent
    ended = 0
    while Escalation.objects.count() < steps and not ended:
        ended, _ = os.waitpid(worker, os.WNOHANG)
    if not ended:  # one that ended by itself is waited for already, and its number may be another's
        os.kill(worker, signal.SIGKILL)
        os.waitpid(worker, 0)


@pytest.mark.postgres
@pytest.mark.django_db(transaction=True)
def test_a_worker_that_is_killed_again_and_again_repeats_no_step_and_loses_none() -> None:
    seed_ladder()
    for number in range(WORKERS):
        opened(number)
    Case.objects.filter(family=FAMILY.code).update(due_on="2023-06-01", step_on="2023-06-01")
    for steps in (3, 11, 20):
        killed_at(steps)
        assert Escalation.objects.count() < 2 * WORKERS * EACH, "it was not killed in the middle"
    climb_all()
    taken = Counter(Escalation.objects.values_list("case", "rung"))
    assert taken == {
        (pk, rung): 1 for pk in Case.objects.values_list("pk", flat=True) for rung in ("supervise", "notice")
    }
    assert CaseEvent.objects.filter(code__startswith="step.").count() == len(taken) == 2 * WORKERS * EACH

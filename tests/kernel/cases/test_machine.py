"""
Cases at random through everything that can happen to them: no deadline is lost, nothing closes without evidence.

The model beside them is kept by hand: what must be due by when (counted on a wall calendar), and whether a picture of
the state after was given since the case was last sent back.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, timedelta
from typing import Any

import pytest
from django.db import transaction
from hypothesis import settings
from hypothesis import strategies as st
from hypothesis.stateful import (
    Bundle,
    RuleBasedStateMachine,
    consumes,
    initialize,
    invariant,
    rule,
    run_state_machine_as_test,
)

from anlu.kernel.cases.escalation import climb_all, drop_step, sign_step
from anlu.kernel.cases.extensions import ask_extension, decide_extension
from anlu.kernel.cases.history import replayed
from anlu.kernel.cases.ladder import seed_ladder
from anlu.kernel.cases.merging import merge_cases
from anlu.kernel.cases.models import Case, CaseFile, Escalation, StepState
from anlu.kernel.cases.services import MoveRefused, move_case, open_case
from anlu.kernel.core.errors import NotAllowed, NotFound
from anlu.kernel.core.store import keep
from tests.contracts.test_kinds import counted
from tests.kernel.cases.conftest import LIFECYCLE, Stage

REFUSED = (MoveRefused, NotAllowed, NotFound)
MOVES = [move.code for move in LIFECYCLE.moves]
PEOPLE = ["finder", "liaison", "chief"]
FIRST = date(2023, 9, 25)  # a week before the long holiday with its worked weekends


@dataclass
class Expected:
    """What the model says of a case."""

    due: date
    state: str = "found"
    after: bool = False  # a picture of the state after, since it was last sent back
    wanted: date | None = None  # the later deadline that somebody asked for


class Machine(RuleBasedStateMachine):
    """Five people, a worker and the calendar do what they like."""

    cases: Any = Bundle("cases")
    stage: Stage

    def __init__(self) -> None:
        super().__init__()
        self.savepoint = transaction.atomic()
        self.savepoint.__enter__()
        self.patch = pytest.MonkeyPatch()
        self.known: dict[int, Expected] = {}

    def teardown(self) -> None:
        transaction.set_rollback(True)
        self.savepoint.__exit__(None, None, None)
        self.patch.undo()

    @initialize()
    def begin(self) -> None:
        self.day = FIRST
        self.patch.setenv("ANLU_TODAY", self.day.isoformat())

    @rule(target=cases)
    def open(self) -> int:
        stated = {"title": "行道树遮挡", "town": self.stage.town}
        case = open_case("test.sight", stated, details={"what": "行道树"}, by=self.stage.finder)
        self.known[case.pk] = Expected(counted(self.day, 2))
        return case.pk

    @rule(pk=cases)
    def picture(self, pk: int) -> None:
        upload = keep(b"picture", name="a.jpg", purpose="case", by=self.stage.finder)
        CaseFile.objects.create(case_id=pk, kind="after", upload=upload, media_type="image/jpeg")
        self.known[pk].after = True

    @rule(
        pk=cases,
        code=st.sampled_from(MOVES),
        who=st.sampled_from(PEOPLE),
        said=st.booleans(),
    )
    def move(self, pk: int, code: str, who: str, said: bool) -> None:
        case, known = Case.objects.get(pk=pk), self.known[pk]
        step = next((one for one in LIFECYCLE.moves if one.code == code and known.state in one.froms), None)
        values = {"lead": self.stage.garden} if code == "send" else {}
        try:
            move_case(case.uid, code, by=getattr(self.stage, who), note="已办" if said else "", values=values)
        except REFUSED:
            assert Case.objects.get(pk=pk).version == case.version
            return
        assert step is not None, "a move that nobody declared"
        assert said or "note" not in step.needs
        assert known.after or "after" not in step.needs
        known.state = step.to
        if step.working_days is not None:
            known.due = counted(self.day, step.working_days)
        if step.returns or step.reopens:
            known.after = False

    @rule(pk=cases, days=st.integers(-3, 30))
    def ask_for_more_time(self, pk: int, days: int) -> None:
        case, known = Case.objects.get(pk=pk), self.known[pk]
        until = known.due + timedelta(days=days)
        try:
            ask_extension(case.uid, until, "下雨", by=self.stage.liaison)
        except REFUSED:
            return
        assert until > known.due
        known.wanted = until

    @rule(pk=cases, grant=st.booleans())
    def decide(self, pk: int, grant: bool) -> None:
        case, known = Case.objects.get(pk=pk), self.known[pk]
        try:
            decide_extension(case.uid, grant=grant, by=self.stage.chief, note="已阅")
        except REFUSED:
            return
        assert known.wanted is not None, "somebody decided what nobody asked for"
        known.due = known.wanted if grant else known.due
        known.wanted = None

    @rule(days=st.integers(1, 9))
    def days_go_by(self, days: int) -> None:
        self.day += timedelta(days=days)
        self.patch.setenv("ANLU_TODAY", self.day.isoformat())
        climb_all()
        steps = Escalation.objects.count()
        assert climb_all() == 0
        assert Escalation.objects.count() == steps

    @rule(sign=st.booleans())
    def a_draft_is_decided(self, sign: bool) -> None:
        draft = Escalation.objects.filter(state=StepState.DRAFTED, case__closed_on=None).first()
        if draft is not None and sign:
            sign_step(draft.uid, by=self.stage.chief)
        elif draft is not None:
            drop_step(draft.uid, why="已当面说明", by=self.stage.chief)

    @rule(gone=consumes(cases), kept=cases)
    def merge(self, gone: int, kept: int) -> None:
        double, original = Case.objects.get(pk=gone), Case.objects.get(pk=kept)
        try:
            merge_cases(double.uid, original.uid, by=self.stage.finder)
        except REFUSED:
            return
        self.known[kept].after |= self.known[gone].after
        del self.known[gone]

    @invariant()
    def nothing_is_lost(self) -> None:
        for pk, known in self.known.items():
            case = Case.objects.get(pk=pk)
            assert case.state == known.state == replayed(case)
            done = LIFECYCLE.is_done(known.state)
            assert (case.closed_on is not None) == done
            assert case.due_on == known.due
            if known.state == "closed":
                assert known.after
            if not done and case.step_on is None:  # the worker looks again, or a draft waits for a person
                steps = Escalation.objects.filter(case=case, due_on=case.due_on)
                assert steps.filter(
                    state__in=[StepState.DRAFTED, StepState.DROPPED, StepState.SIGNED]
                ).exists()


@pytest.mark.django_db
def test_whatever_happens_no_deadline_is_lost_and_nothing_closes_without_evidence(stage: Stage) -> None:
    seed_ladder()
    machine = type("Here", (Machine,), {"stage": stage})
    often = max(settings.default.max_examples // 10, 1) if settings.default else 6
    run_state_machine_as_test(
        machine, settings=settings(max_examples=often, stateful_step_count=30, deadline=None)
    )

"""
Cases of every declared kind at random through everything that can happen to them.

The model beside them is kept by hand: whose role a move is, what was given and when, and by when a case must be done
(counted on a wall calendar). A move is made exactly when the model says so, and leaves what the model says.
"""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import date, timedelta
from itertools import count
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

from anlu.apps.hazards.models import WorkDone
from anlu.engine.lifecycle import AFTER, BEFORE, DOCUMENT, NOTE, PHOTO, Move
from anlu.kernel.cases.escalation import climb_all, drop_step, sign_step
from anlu.kernel.cases.extensions import ask_extension, decide_extension
from anlu.kernel.cases.kinds import VERBS, Kind, families, kinds, sample_details
from anlu.kernel.cases.ladder import seed_ladder
from anlu.kernel.cases.merging import merge_cases
from anlu.kernel.cases.models import Case, CaseEvent, CaseFile, Escalation, StepState
from anlu.kernel.cases.services import MoveRefused, assign_case, move_case, open_case
from anlu.kernel.core.errors import NotAllowed, NotFound
from anlu.kernel.core.models import Upload
from anlu.kernel.core.scope import SYSTEM, Width
from anlu.kernel.people.models import Officer, OfficerKind, Unit, UnitKind
from anlu.kernel.people.services import assign_area
from anlu.kernel.places.models import Area
from tests.contracts.test_kinds import counted
from tests.factories import make_area, make_officer, make_unit

REFUSED = (MoveRefused, NotAllowed, NotFound)
FINDER, AUXILIARY, STRANGER, LIAISON, CHIEF = PEOPLE = ("finder", "auxiliary", "stranger", "liaison", "chief")
SWORN = (FINDER, STRANGER, CHIEF)
VERBS_OF = {
    FINDER: ("view", "add", "change", "handle", "inspect"),
    AUXILIARY: ("view", "add", "change", "handle", "inspect"),
    STRANGER: ("view", "add", "change", "handle", "inspect"),
    LIAISON: ("view", "reply"),
    CHIEF: tuple(verb for verb, _, _ in VERBS),
}
# Who does it as a matter of course, when the work goes on.
WHOSE = {"squadron": FINDER, "handler": FINDER, "inspector": FINDER, "reporter": FINDER, "brigade": CHIEF,
         "owner": LIAISON, "partner": LIAISON}  # fmt: skip
SHOWN = {PHOTO: "photo", BEFORE: "before", AFTER: "after", DOCUMENT: "document"}
ALL_THE_WAY = 12  # moves after which each of a case was made that does not drop it
LAST_DAY = date(2026, 9, 1)  # deadlines that begin later end in a year whose holidays are not known yet
LOOKED_AT = ("pk", "uid", "version", "state", "due_on", "closed_on", "step_on")  # of a case, after every step
MEASURED = "hazards.hazard"  # the family in which measures come before 整改完成


@dataclass
class Cast:
    """Who acts on cases of one family."""

    town: Area
    department: Unit
    people: dict[str, Officer]


@dataclass
class Expected:
    """What the model says of a case; times are numbers of a counter."""

    due: date
    state: str
    led: bool
    handler: str = ""
    given: list[tuple[int, str]] = field(default_factory=list)
    moved: int = 0
    sent_back: int = 0
    wanted: date | None = None  # the later deadline that somebody asked for
    measured: date | None = None  # the day of the last measure
    reopened: date | None = None
    fixed_by: str = ""

    @property
    def is_measured(self) -> bool:
        """Whether a measure was taken since it was last re-opened."""
        return self.measured is not None and (self.reopened is None or self.measured >= self.reopened)

    def evidence(self, said: bool) -> dict[str, bool]:
        """What there is for the next move."""
        lately = {kind for at, kind in self.given if at > self.moved}
        since = {kind for at, kind in self.given if at > self.sent_back}
        return {
            NOTE: said,
            PHOTO: bool(lately & {PHOTO, BEFORE, AFTER}),
            DOCUMENT: DOCUMENT in lately,
            BEFORE: any(kind == BEFORE for _, kind in self.given),
            AFTER: AFTER in since,
        }


def looked_at(pk: int) -> Any:
    """What is looked at of a case, as it stands now."""
    return Case.objects.values_list(*LOOKED_AT, named=True).get(pk=pk)


class Machine(RuleBasedStateMachine):
    """Five people, a worker and the calendar do what they like."""

    cases: Any = Bundle("cases")
    kind: Kind
    cast: Cast
    reached: set[str]

    def __init__(self) -> None:
        super().__init__()
        self.savepoint = transaction.atomic()
        self.savepoint.__enter__()
        self.patch = pytest.MonkeyPatch()
        self.known: dict[int, Expected] = {}
        self.clock = count(1)
        self.taken: Counter[str] = Counter()
        self.lifecycle = self.kind.lifecycle

    def teardown(self) -> None:
        transaction.set_rollback(True)
        self.savepoint.__exit__(None, None, None)
        self.patch.undo()

    # -------------------------------------------------------------------------------------- the model
    def has_role(self, who: str, role: str, known: Expected) -> bool:
        """Whether somebody has the role by the verbs of their role and by where they work."""
        here = who == CHIEF or (self.kind.attributed and who in (FINDER, AUXILIARY))
        handles = "handle" in VERBS_OF[who]
        return {
            "squadron": handles and here,
            "handler": handles and (here or known.handler == who),
            "inspector": "inspect" in VERBS_OF[who] and here,
            "brigade": who == CHIEF,
            "owner": who in (LIAISON, CHIEF) and known.led,
            "partner": who in (LIAISON, CHIEF) and known.led,
            "reporter": who == FINDER,
        }[role]

    def fitting(self, who: str, step: Move, known: Expected, said: bool) -> bool:
        """Whether the move can be made now, by this person, with what was given."""
        there = known.evidence(said)
        if not self.has_role(who, step.role, known) or (step.sworn and who not in SWORN):
            return False
        if self.kind.family == MEASURED and step.code == "fix" and not known.is_measured:
            return False
        if self.kind.family == MEASURED and step.code == "close" and known.fixed_by == who:
            return False
        return all(there[one] for one in step.needs)

    def made(self, step: Move, who: str, values: dict[str, Any], known: Expected) -> None:
        """The model after a move."""
        known.state, known.moved = step.to, next(self.clock)
        self.taken[step.code] += 1
        self.reached.add(step.to)
        if step.returns or step.reopens:
            known.sent_back = known.moved
        if step.reopens:
            known.reopened = self.day
        if step.code == "fix":
            known.fixed_by = who
        known.led |= "lead" in values
        known.handler = FINDER if "handler" in values else known.handler
        if self.lifecycle.is_done(step.to):
            return
        if "due_on" in values:
            known.due = values["due_on"]
        elif step.working_days is not None:
            known.due = counted(self.day, step.working_days)

    # -------------------------------------------------------------------------------------- deeds
    def attempt(self, pk: int, code: str, who: str, *, said: bool, due_in: int | None = None) -> bool:
        """Try a move, and hold what became of it against the model."""
        case, known = looked_at(pk), self.known[pk]
        step = next((one for one in self.lifecycle.moves_from(known.state) if one.code == code), None)
        asks = step.asks if step is not None else ()
        values: dict[str, Any] = {"lead": self.cast.department} if "lead" in asks else {}
        if "due_on" in asks and due_in is not None:
            values["due_on"] = self.day + timedelta(days=due_in)
        if "handler" in asks:
            values["handler"] = self.cast.people[FINDER]
        wanted = step is not None and self.fitting(who, step, known, said)
        try:
            move_case(case.uid, code, by=self.cast.people[who], note="已办" if said else "", values=values)
        except REFUSED:
            assert not wanted, f"{who} could not {code} out of {known.state}"
            assert looked_at(pk) == case
            return False
        assert wanted, f"{who} could {code} out of {known.state}"
        assert step is not None
        self.made(step, who, values, known)
        return True

    def give(self, pk: int, evidence: str) -> None:
        """Attach a picture or a file."""
        upload = Upload.objects.create(sha256="0" * 64, name="x", bytes=1)
        CaseFile.objects.create(case_id=pk, kind=SHOWN[evidence], upload=upload, media_type="image/jpeg")
        self.known[pk].given.append((next(self.clock), evidence))

    def measure(self, pk: int) -> None:
        """Note what was done at the place."""
        WorkDone.objects.create(case_id=pk, measure="trim", item="hedge", quantity=4, done_on=self.day)
        self.known[pk].measured = self.day

    def prepare(self, pk: int, step: Move) -> None:
        """Bring what a move needs: nothing twice."""
        known = self.known[pk]
        for lacking in (one for one in step.needs if one != NOTE and not known.evidence(True)[one]):
            self.give(pk, lacking)
        if step.role in ("owner", "partner") and not known.led:
            assign_case(looked_at(pk).uid, {"lead": self.cast.department}, by=self.cast.people[CHIEF])
            known.led = True
        if self.kind.family == MEASURED and step.code == "fix" and not known.is_measured:
            self.measure(pk)

    # -------------------------------------------------------------------------------------- rules
    @initialize(target=cases, start=st.dates(date(2022, 1, 1), date(2026, 3, 31)), led=st.booleans())
    def begin(self, start: date, led: bool) -> int:
        self.day = start
        self.patch.setenv("ANLU_TODAY", start.isoformat())
        pk = self.opened(led)
        self.go_on(pk, [None] * ALL_THE_WAY, None)
        return pk

    @rule(target=cases, led=st.booleans())
    def open(self, led: bool) -> int:
        return self.opened(led)

    def opened(self, led: bool) -> int:
        """A new case; its key."""
        stated: dict[str, Any] = {"title": "行道树遮挡"}
        if self.kind.attributed:
            stated["town"] = self.cast.town
        if led and "lead" in self.kind.asks:
            stated["lead"] = self.cast.department
        details = sample_details(self.kind)
        case = open_case(self.kind.code, stated, details=details, by=self.cast.people[FINDER])
        days = self.lifecycle.working_days
        assert days is not None
        self.known[case.pk] = Expected(counted(self.day, days), case.state, "lead" in stated)
        self.reached.add(case.state)
        return case.pk

    @rule(pk=cases, evidence=st.sampled_from(tuple(SHOWN)))
    def something_is_handed_in(self, pk: int, evidence: str) -> None:
        self.give(pk, evidence)

    @rule(pk=cases, data=st.data(), who=st.sampled_from(PEOPLE), said=st.booleans())
    def somebody_tries(self, pk: int, data: st.DataObject, who: str, said: bool) -> None:
        codes = sorted({move.code for move in self.lifecycle.moves})
        self.attempt(pk, data.draw(st.sampled_from(codes)), who, said=said)

    @rule(
        pk=cases,
        picks=st.lists(st.none() | st.integers(0, 2), min_size=4, max_size=12),
        due_in=st.none() | st.integers(0, 40),
    )
    def the_work_goes_on(self, pk: int, picks: list[int | None], due_in: int | None) -> None:
        self.go_on(pk, picks, due_in)

    def go_on(self, pk: int, picks: list[int | None], due_in: int | None) -> None:
        """Moves in a row by whose they are: of those that can be made the one picked, else the one made least often."""
        for pick in picks:
            steps = self.lifecycle.moves_from(self.known[pk].state)
            if not steps:
                assert self.lifecycle.is_done(self.known[pk].state), "a dead end"
                return
            rarest = min(steps, key=lambda step: (self.taken[step.code], self.lifecycle.is_dropped(step.to)))
            step = rarest if pick is None else steps[pick % len(steps)]
            who = WHOSE[step.role]
            if not self.has_role(who, step.role, self.known[pk]):
                who = CHIEF  # of what belongs to no unit
            self.prepare(pk, step)
            assert self.attempt(pk, step.code, who, said=True, due_in=due_in)

    @rule(pk=cases, who=st.sampled_from((LIAISON, STRANGER)), days=st.integers(-3, 30))
    def ask_for_more_time(self, pk: int, who: str, days: int) -> None:
        case, known = looked_at(pk), self.known[pk]
        until = known.due + timedelta(days=days)
        going_on = not self.lifecycle.is_done(known.state) and known.wanted is None
        fits = who == LIAISON and known.led and going_on and known.due < until >= self.day
        try:
            ask_extension(case.uid, until, "下雨", by=self.cast.people[who])
        except REFUSED:
            assert not fits
            return
        assert fits
        known.wanted = until

    @rule(pk=cases, grant=st.booleans(), who=st.sampled_from((CHIEF, FINDER)))
    def decide(self, pk: int, grant: bool, who: str) -> None:
        case, known = looked_at(pk), self.known[pk]
        grantable = known.wanted is not None and known.wanted > known.due
        grantable = grantable and not self.lifecycle.is_done(known.state)
        fits = who == CHIEF and known.wanted is not None and (grantable or not grant)
        try:
            decide_extension(case.uid, grant=grant, by=self.cast.people[who], note="已阅")
        except REFUSED:
            assert not fits
            return
        assert fits, "somebody decided what nobody asked for, or what was not theirs"
        known.due = known.wanted if grant and known.wanted else known.due
        known.wanted = None

    @rule(days=st.integers(1, 9))
    def days_go_by(self, days: int) -> None:
        self.day = min(self.day + timedelta(days=days), LAST_DAY)
        self.patch.setenv("ANLU_TODAY", self.day.isoformat())
        climb_all()
        steps = Escalation.objects.count()
        assert climb_all() == 0
        assert Escalation.objects.count() == steps

    @rule(sign=st.booleans(), who=st.sampled_from(PEOPLE))
    def a_draft_is_decided(self, sign: bool, who: str) -> None:
        draft = Escalation.objects.filter(state=StepState.DRAFTED, case__closed_on=None).first()
        if draft is None:
            return
        try:
            if sign:
                sign_step(draft.uid, by=self.cast.people[who])
            else:
                drop_step(draft.uid, why="已当面说明", by=self.cast.people[who])
        except REFUSED:
            assert who != CHIEF
            return
        assert who == CHIEF, "somebody signed who may not"

    @rule(gone=consumes(cases), kept=cases)
    def merge(self, gone: int, kept: int) -> None:
        double, original = self.known[gone], self.known[kept]
        going_on = not any(self.lifecycle.is_done(one.state) for one in (double, original))
        uids = [looked_at(pk).uid for pk in (gone, kept)]
        try:
            merge_cases(*uids, by=self.cast.people[FINDER])
        except REFUSED:
            assert not (going_on and self.kind.attributed)
            return
        assert going_on
        assert self.kind.attributed
        original.given += double.given
        original.measured = max(filter(None, (original.measured, double.measured)), default=None)
        del self.known[gone]

    # -------------------------------------------------------------------------------------- what always holds
    @invariant()
    def nothing_is_lost(self) -> None:
        stated = Case.objects.filter(pk__in=self.known).values_list(*LOOKED_AT, named=True)
        cases = {case.pk: case for case in stated}
        moves = defaultdict(list)
        events = CaseEvent.objects.filter(case__in=self.known, is_move=True).order_by("pk")
        for event in events.values_list("case_id", "code", "before", "after", named=True):
            moves[event.case_id].append(event)
        for pk, known in self.known.items():
            case = cases[pk]
            assert case.state == known.state == self.lifecycle.replay(one.code for one in moves[pk])
            assert [one.before for one in moves[pk][1:]] == [one.after for one in moves[pk][:-1]]
            done = self.lifecycle.is_done(known.state)
            assert (case.closed_on is not None) == done
            assert case.due_on == known.due
            assert done or self.lifecycle.moves_from(known.state), "a dead end"
            if (
                not done and case.step_on is None
            ):  # the worker does not look again: a draft waits, or all is done
                last = Escalation.objects.filter(case=pk, due_on=case.due_on).order_by("pk").last()
                assert last is not None
                ended = last.rung == "listed" and last.state == StepState.SIGNED
                assert ended or last.state in (StepState.DRAFTED, StepState.DROPPED)


@pytest.fixture
def cast_of(db: None) -> Callable[[str], Cast]:
    """The people of a family: a squadron, a department, a brigade, and a squadron of another place."""

    def make(family: str) -> Cast:
        town = make_area("柳镇")
        brigade = make_unit("大队", UnitKind.BRIGADE)
        squadron = make_unit("柳镇中队", parent=brigade, area=town)
        assign_area(squadron, town, by=SYSTEM)
        department = make_unit("园林中心", UnitKind.DEPARTMENT)
        where = {FINDER: squadron, AUXILIARY: squadron, STRANGER: make_unit("别处中队"), LIAISON: department,
                 CHIEF: brigade}  # fmt: skip
        what = {AUXILIARY: OfficerKind.AUXILIARY, LIAISON: OfficerKind.LIAISON}
        of = families.get(family).permission_to
        people = {
            who: make_officer(
                where[who],
                *(of(verb) for verb in VERBS_OF[who]),
                width=Width.ALL if who == CHIEF else Width.OWN,
                kind=what.get(who, OfficerKind.SWORN),
            )
            for who in PEOPLE
        }
        return Cast(town, department, people)

    return make


@pytest.mark.parametrize("kind", list(kinds), ids=lambda kind: kind.code)
def test_whatever_happens_no_deadline_is_lost_and_nothing_moves_without_role_and_evidence(
    kind: Kind, cast_of: Callable[[str], Cast]
) -> None:
    seed_ladder()
    machine = type("Here", (Machine,), {"kind": kind, "cast": cast_of(kind.family), "reached": set()})
    often = max(settings.default.max_examples // 15, 1) if settings.default else 4
    run_state_machine_as_test(
        machine, settings=settings(max_examples=often, stateful_step_count=30, deadline=None)
    )
    usual = {"sent", "handling", "fixed", "answered", "returned", "reopened", "closed"}
    assert machine.reached >= usual & set(kind.lifecycle.states)

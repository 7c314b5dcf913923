"""The climb of an overdue case: exactly once, drafts only, and a person signs."""

from __future__ import annotations

from datetime import date, timedelta

import pytest
from django.db import transaction

from anlu.kernel.cases.deadlines import shifted
from anlu.kernel.cases.escalation import climb, climb_all, drop_step, remind_case, sign_step
from anlu.kernel.cases.ladder import change_rung, seed_ladder
from anlu.kernel.cases.models import Case, CaseEvent, Escalation, Rung, StepState
from anlu.kernel.cases.services import MoveRefused, move_case
from anlu.kernel.core.errors import NeedsReason, NotAllowed
from anlu.kernel.core.models import Notice
from tests.kernel.cases.conftest import Stage
from tests.kernel.cases.test_services import DAY, found, sent


@pytest.fixture(autouse=True)
def ladder(db: None, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("ANLU_TODAY", DAY.isoformat())
    seed_ladder()


def walked(case: Case, days: int) -> list[tuple[str, date]]:
    """Steps taken when the worker comes round every day for so many days after the deadline."""
    assert case.due_on is not None
    first = shifted(case.due_on, -1) - timedelta(days=2)
    for n in range((case.due_on - first).days + days + 1):
        climb_all(on=first + timedelta(days=n))
    return list(Escalation.objects.filter(case=case).order_by("pk").values_list("rung", "on"))


def test_the_worker_reminds_urges_and_drafts_on_the_days_of_the_ladder(stage: Stage) -> None:
    case = sent(stage)
    due = case.due_on
    assert due is not None
    assert walked(case, 30) == [
        ("remind", shifted(due, -1)),
        ("urge", shifted(due, 1)),
        ("supervise", shifted(due, 3)),
        ("notice", shifted(due, 5)),
    ]
    states = list(Escalation.objects.filter(case=case).order_by("pk").values_list("state", flat=True))
    assert states == ["done", "done", "done", "drafted"]
    case.refresh_from_db()
    assert case.rung == "supervise"  # a draft is no rung reached


def test_nothing_is_done_twice_however_often_it_runs(stage: Stage) -> None:
    case = sent(stage)
    on = shifted(case.due_on, 1)  # type: ignore[arg-type]
    assert climb_all(on=on) == 1
    told = Notice.objects.count()
    Case.objects.update(step_on=on)  # as after a crash that lost where it was
    assert climb_all(on=on) == 0
    assert (Escalation.objects.count(), Notice.objects.count()) == (1, told)


def test_a_step_that_is_cut_off_leaves_nothing_and_is_done_the_next_time(stage: Stage) -> None:
    case = sent(stage)
    on = shifted(case.due_on, 1)  # type: ignore[arg-type]
    before = (Notice.objects.count(), CaseEvent.objects.count())
    with pytest.raises(KeyboardInterrupt):
        killed_before_the_commit(case.pk, on)
    assert not Escalation.objects.exists()
    assert (Notice.objects.count(), CaseEvent.objects.count()) == before
    assert climb_all(on=on) == 1


def test_steps_that_were_slept_through_are_left_out(stage: Stage) -> None:
    case = sent(stage)
    climb_all(on=shifted(case.due_on, 20))  # type: ignore[arg-type]
    assert list(Escalation.objects.order_by("pk").values_list("rung", flat=True)) == ["supervise", "notice"]


def test_only_who_may_sign_signs_and_the_next_rung_counts_from_there(
    stage: Stage, monkeypatch: pytest.MonkeyPatch
) -> None:
    case = sent(stage)
    late = shifted(case.due_on, 6)  # type: ignore[arg-type]
    climb_all(on=late)
    draft = Escalation.objects.get(state=StepState.DRAFTED)
    assert stage.garden.name in draft.text
    for person in (stage.finder, stage.auxiliary, stage.liaison):
        with pytest.raises(NotAllowed, match="签发须由有签发权限的民警办理"):
            sign_step(draft.uid, by=person)
    monkeypatch.setenv("ANLU_TODAY", late.isoformat())
    sign_step(draft.uid, by=stage.chief)
    with pytest.raises(MoveRefused, match="已签发"):
        sign_step(draft.uid, by=stage.chief)
    case.refresh_from_db()
    assert case.rung == "notice"
    climb_all(on=shifted(late, 4))
    assert Escalation.objects.filter(rung="interview").count() == 0
    climb_all(on=shifted(late, 5))
    assert Escalation.objects.get(rung="interview").state == StepState.DRAFTED


def test_a_draft_is_dropped_only_with_a_reason(stage: Stage) -> None:
    case = sent(stage)
    climb_all(on=shifted(case.due_on, 6))  # type: ignore[arg-type]
    draft = Escalation.objects.get(state=StepState.DRAFTED)
    with pytest.raises(NeedsReason):
        drop_step(draft.uid, why=" ", by=stage.chief)
    assert drop_step(draft.uid, why="已书面说明", by=stage.chief).state == StepState.DROPPED
    assert climb_all(on=shifted(case.due_on, 40)) == 0  # type: ignore[arg-type]


def test_a_new_deadline_begins_a_new_climb_and_a_closed_case_none(
    stage: Stage, monkeypatch: pytest.MonkeyPatch
) -> None:
    case = found(stage)
    late = shifted(case.due_on, 1)  # type: ignore[arg-type]
    climb_all(on=late)
    monkeypatch.setenv("ANLU_TODAY", late.isoformat())
    case = move_case(case.uid, "send", by=stage.finder, values={"lead": stage.garden})
    assert case.rung == ""
    climb_all(on=shifted(case.due_on, 1))  # type: ignore[arg-type]
    assert list(Escalation.objects.order_by("pk").values_list("rung", flat=True)) == ["urge", "urge"]
    other = found(stage)
    move_case(other.uid, "reject", by=stage.chief, note="不属实")
    assert climb_all(on=shifted(late, 60)) > 0
    assert not Escalation.objects.filter(case=other).exists()


def test_the_ladder_is_data(stage: Stage) -> None:
    urge = Rung.objects.get(code="urge")
    change_rung(urge.uid, {"working_days": 2}, version=urge.version, by=stage_admin())
    seed_ladder()
    assert Rung.objects.get(code="urge").working_days == 2
    case = sent(stage)
    climb_all(on=shifted(case.due_on, 1))  # type: ignore[arg-type]
    assert not Escalation.objects.filter(rung="urge").exists()
    climb_all(on=shifted(case.due_on, 2))  # type: ignore[arg-type]
    assert Escalation.objects.filter(rung="urge").exists()


@transaction.atomic
def killed_before_the_commit(pk: int, on: date) -> None:
    assert climb(pk, on=on) is not None
    raise KeyboardInterrupt


def stage_admin():  # type: ignore[no-untyped-def]
    from tests.factories import make_officer

    return make_officer(None, "cases.rung.view", "cases.rung.change")


def test_urging_by_hand_tells_the_lead_and_is_for_those_who_handle(stage: Stage) -> None:
    case = sent(stage)
    with pytest.raises(NotAllowed):
        remind_case(case.uid, by=stage.liaison)
    assert remind_case(case.uid, by=stage.finder, note="请抓紧") == 1
    assert Notice.objects.filter(to=stage.liaison.uid, title__startswith="催办").count() == 1

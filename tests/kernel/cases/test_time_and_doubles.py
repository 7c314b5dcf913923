"""More time, and the same thing found twice."""

from __future__ import annotations

from datetime import date

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from anlu.kernel.cases.extensions import ask_extension, decide_extension, open_request
from anlu.kernel.cases.history import people_of_parts
from anlu.kernel.cases.kinds import kinds
from anlu.kernel.cases.merging import cases_near, merge_cases
from anlu.kernel.cases.models import Case, CaseEvent, CaseFile, CaseWatcher, Part
from anlu.kernel.cases.services import (
    MoveRefused,
    case_for,
    comment_case,
    move_case,
    restore_case,
    void_case,
)
from anlu.kernel.core.errors import NeedsReason, NotAllowed, NotFound
from anlu.kernel.core.scope import Width
from tests.factories import make_officer
from tests.kernel.cases.conftest import Stage, allowed
from tests.kernel.cases.test_services import DAY, found, photo, sent

LATER = date(2023, 7, 20)


@pytest.fixture(autouse=True)
def on_the_day(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("ANLU_TODAY", DAY.isoformat())


def test_whoever_does_it_asks_and_somebody_else_decides(stage: Stage) -> None:
    case = sent(stage)
    with pytest.raises(NotAllowed, match="由牵头单位或经办人申请"):
        ask_extension(found(stage, by=stage.stranger).uid, LATER, "雨", by=stage.stranger)
    with pytest.raises(MoveRefused, match="须晚于现在的期限"):
        ask_extension(case.uid, DAY, "雨", by=stage.liaison)
    with pytest.raises(NeedsReason):
        ask_extension(case.uid, LATER, "", by=stage.liaison)
    ask_extension(case.uid, LATER, "连续降雨", by=stage.liaison)
    with pytest.raises(MoveRefused, match="已有延期申请"):
        ask_extension(case.uid, LATER, "连续降雨", by=stage.liaison)
    for person in (stage.liaison, stage.finder):
        with pytest.raises(NotAllowed):
            decide_extension(case.uid, grant=True, by=person)
    with pytest.raises(NeedsReason):
        decide_extension(case.uid, grant=False, by=stage.chief)
    case = decide_extension(case.uid, grant=True, by=stage.chief)
    assert (case.due_on, case.extensions) == (LATER, 1)


def test_nobody_decides_about_what_they_asked_for(stage: Stage) -> None:
    case = sent(stage)
    ask_extension(case.uid, LATER, "连续降雨", by=stage.chief)
    with pytest.raises(NotAllowed, match="不能审批自己申请的延期"):
        decide_extension(case.uid, grant=True, by=stage.chief)


def test_a_refused_extension_leaves_the_deadline(stage: Stage) -> None:
    case = sent(stage)
    before = case.due_on
    ask_extension(case.uid, LATER, "连续降雨", by=stage.liaison)
    assert decide_extension(case.uid, grant=False, by=stage.chief, note="工程量小").due_on == before


def test_what_was_asked_before_it_was_closed_or_given_more_time_is_not_granted(stage: Stage) -> None:
    case = sent(stage)
    ask_extension(case.uid, LATER, "连续降雨", by=stage.liaison)
    Case.objects.filter(pk=case.pk).update(due_on=date(2023, 7, 25))
    with pytest.raises(MoveRefused, match="现在的期限已是 2023-07-25"):
        decide_extension(case.uid, grant=True, by=stage.chief)
    Case.objects.filter(pk=case.pk).update(due_on=date(2023, 6, 30), closed_on=DAY)
    with pytest.raises(MoveRefused, match="已办结"):
        decide_extension(case.uid, grant=True, by=stage.chief)
    case.refresh_from_db()
    assert (case.due_on, case.extensions) == (date(2023, 6, 30), 0)
    decide_extension(case.uid, grant=False, by=stage.chief, note="已办结")  # so that none waits for ever
    assert open_request(case) is None


def test_what_was_merged_into_a_voided_case_says_so(stage: Stage) -> None:
    kept, gone = found(stage), found(stage)
    merge_cases(gone.uid, kept.uid, by=stage.finder)
    void_case(kept.uid, why="重复登记", by=stage.chief)
    with pytest.raises(NotFound, match=f"{gone.number} 已并入别的事项，那件事项已作废"):
        comment_case(gone.uid, "又看到了", by=stage.finder)
    restore_case(kept.uid, by=stage.chief)
    assert case_for(stage.finder, gone.uid).pk == kept.pk


def test_open_cases_of_the_kind_within_its_reach_are_likely_the_same(stage: Stage) -> None:
    here = found(stage, lon=115.8000, lat=36.7000)
    found(stage, lon=115.8050, lat=36.7000)  # 446 m
    near = found(stage, lon=115.8010, lat=36.7005)  # 105 m
    closed = found(stage, lon=115.8001, lat=36.7)
    move_case(closed.uid, "reject", by=stage.chief, note="不属实")
    pairs = cases_near(kinds.get("test.sight"), 115.8, 36.7, by=stage.finder)
    assert [one.pk for one, _ in pairs] == [here.pk, near.pk]
    assert pairs[1][1] == pytest.approx(105.2, abs=1.5)
    assert cases_near(kinds.get("test.sight"), 115.8, 36.7, by=stage.stranger) == []


def test_after_a_merge_everything_goes_on_with_the_original(stage: Stage) -> None:
    kept, gone = found(stage), found(stage, by=stage.stranger)
    picture = photo(gone, stage.stranger)
    merge_cases(gone.uid, kept.uid, by=stage.finder)
    gone.refresh_from_db()
    assert (gone.outcome, gone.merged_into_id, gone.closed_on, gone.on_time) == ("merged", kept.pk, DAY, None)
    assert CaseWatcher.objects.filter(case=kept, person=stage.stranger.uid).exists()
    assert CaseFile.objects.get(pk=picture.pk).case_id == kept.pk
    assert case_for(stage.stranger, gone.uid).pk == kept.pk
    comment_case(gone.uid, "还有一棵", by=stage.stranger)
    assert CaseEvent.objects.filter(case=kept, code="comment").count() == 1
    moved = move_case(gone.uid, "send", by=stage.finder, values={"lead": stage.garden})
    assert moved.pk == kept.pk


def test_what_does_not_belong_together_is_not_merged(stage: Stage) -> None:
    kept, gone = found(stage), found(stage)
    with pytest.raises(MoveRefused, match="并入自己"):
        merge_cases(kept.uid, kept.uid, by=stage.finder)
    merge_cases(gone.uid, kept.uid, by=stage.finder)
    with pytest.raises(MoveRefused):
        merge_cases(gone.uid, kept.uid, by=stage.finder)
    closed = found(stage)
    move_case(closed.uid, "reject", by=stage.chief, note="不属实")
    with pytest.raises(MoveRefused, match="已办结"):
        merge_cases(closed.uid, kept.uid, by=stage.finder)


def test_finding_those_who_take_part_asks_no_more_for_many_than_for_one(stage: Stage) -> None:
    case, costs = sent(stage), []
    for people in (1, 6):
        while stage.garden.officers.count() < people:
            make_officer(stage.garden, *allowed("view"), width=Width.OWN)
        with CaptureQueriesContext(connection) as asked:
            told = people_of_parts(case, Part.LEAD)
        costs.append(len(asked))
        assert len(told) == people
    assert costs[0] == costs[1]

"""Writes of team building that need more than the common services."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date
from uuid import UUID

from django.db import transaction

from anlu.apps.team.models import (
    BodyKind,
    Discussion,
    DiscussionActivity,
    PartyBody,
    PartyOffice,
    TrainingResult,
    Writing,
    WritingDue,
    WritingTask,
)
from anlu.kernel.activities.models import Activity
from anlu.kernel.activities.registry import kinds
from anlu.kernel.core.audit import record
from anlu.kernel.core.errors import AnluError
from anlu.kernel.core.naming import sort_key_of
from anlu.kernel.core.scope import Viewer
from anlu.kernel.core.services import RecordServices, record_for
from anlu.kernel.people.naming import follow_account


class TeamProblem(AnluError):
    """What was stated contradicts itself or the party tree."""


PARENTS = {BodyKind.COMMITTEE: None, BodyKind.BRANCH: BodyKind.COMMITTEE, BodyKind.GROUP: BodyKind.BRANCH}


def _prepare_body(body: PartyBody) -> None:
    body.sort_key = sort_key_of(body.name)[:200]
    if body.valid_to and body.valid_to < body.valid_from:
        raise TeamProblem("撤销日期早于成立日期")
    wanted = PARENTS[BodyKind(body.kind)]
    if body.parent is None and wanted is not None:
        raise TeamProblem(f"{body.get_kind_display()}须有上级{wanted.label}")
    if body.parent is not None and body.parent.kind != wanted:
        raise TeamProblem(f"{body.get_kind_display()}的上级应为{wanted.label if wanted else '空'}")


def _prepare_office(office: PartyOffice) -> None:
    follow_account(office, "officer", "name")
    if not office.name:
        raise TeamProblem("请选择人员或填写姓名")
    if office.valid_to and office.valid_to < office.valid_from:
        raise TeamProblem("止日早于起日")


def _prepare_task(task: WritingTask) -> None:
    if task.due_on < task.set_on:
        raise TeamProblem("截止日期早于布置日期")


def _prepare_writing(writing: Writing) -> None:
    follow_account(writing, "officer", "author")
    if writing.officer is not None:
        writing.author_kind = writing.officer.kind
        writing.unit_id = writing.unit_id or writing.officer.unit_id
    if not writing.author:
        raise TeamProblem("请选择人员或填写撰写人")
    if writing.body is not None and writing.unit_id is None:
        writing.unit_id = writing.body.unit_id
    if writing.task is not None:
        writing.kind = writing.task.kind
        if writing.handed_in_on < writing.task.set_on:
            raise TeamProblem("上交日期早于任务的布置日期")


def _prepare_discussion(discussion: Discussion) -> None:
    if discussion.ended_on and discussion.ended_on < discussion.started_on:
        raise TeamProblem("止日早于起日")


def _prepare_result(result: TrainingResult) -> None:
    if result.passed > result.tested:
        raise TeamProblem("合格人数多于参考人数")
    if kinds.get(result.activity.kind).family != "training":
        raise TeamProblem("只有练兵活动有成绩")


bodies = RecordServices(PartyBody, "team.body", prepare=_prepare_body, tracked=("sort_key",))
offices = RecordServices(PartyOffice, "team.office", prepare=_prepare_office, tracked=("name",))
tasks = RecordServices(WritingTask, "team.task", prepare=_prepare_task)
writings = RecordServices(
    Writing, "team.writing", prepare=_prepare_writing, tracked=("author", "author_kind", "unit", "kind")
)
discussions = RecordServices(Discussion, "team.discussion", prepare=_prepare_discussion)
results = RecordServices(TrainingResult, "team.result", prepare=_prepare_result)


@transaction.atomic
def state_due(task_uid: UUID, due: Mapping[int, int], *, by: Viewer) -> WritingTask:
    """Say how many pieces are due from each branch (primary key of the body to a number; 0 = none)."""
    task = record_for(WritingTask, task_uid, by=by, permission="team.task.change")
    before = dict(task.shares.values_list("body", "due_count"))
    wanted = {body: number for body, number in due.items() if number > 0}
    task.shares.exclude(body__in=wanted).delete()
    for body, number in wanted.items():
        WritingDue.objects.update_or_create(task=task, body_id=body, defaults={"due_count": number})
    if before != wanted:
        record("change", task, by=by, note=f"应交 {sum(wanted.values())} 人")
    return task


@transaction.atomic
def link_activities(
    discussion_uid: UUID, activities: list[Activity], *, by: Viewer, offered: list[Activity] | None = None
) -> Discussion:
    """
    Say which activities belong to a discussion, and no others of those offered.

    Parameters
    ----------
    offered
        From which was chosen; None: all that ``by`` may see. Links to what was not offered or is not seen stay.
    """
    discussion = record_for(Discussion, discussion_uid, by=by, permission="team.discussion.change")
    links = DiscussionActivity.objects.filter(discussion=discussion)
    seen = Activity.objects.visible_to(by)
    before = set(links.values_list("activity", flat=True))
    gone = links.filter(activity__in=seen.values("pk")).exclude(activity__in=activities)
    (gone if offered is None else gone.filter(activity__in=offered)).delete()
    for one in seen.filter(pk__in=[one.pk for one in activities]):
        DiscussionActivity.objects.get_or_create(discussion=discussion, activity=one)
    after = set(links.values_list("activity", flat=True))
    if before != after:
        record("change", discussion, by=by, note=f"下挂活动 {len(after)} 次")
    return discussion


def holds_office(
    office: str, on: date, *, officer: int | None = None, name: str = "", body: int | None = None
) -> bool:
    """Whether somebody, named by their account or by name, holds an office on a day (of one body, if stated)."""
    held = PartyOffice.objects.live().filter(office=office, valid_from__lte=on)
    held = held.exclude(valid_to__lt=on)
    if body is not None:
        held = held.filter(body=body)
    if officer is not None:
        return held.filter(officer=officer).exists()
    return bool(name) and held.filter(name=name).exists()

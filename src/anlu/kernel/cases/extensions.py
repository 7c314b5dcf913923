"""A later deadline: asked for by whoever does it, granted or refused by somebody else."""

from __future__ import annotations

from datetime import date
from uuid import UUID

from django.db import transaction

from anlu.kernel.cases.history import add_event, followers_of, tell
from anlu.kernel.cases.kinds import families
from anlu.kernel.cases.models import Case, Decision, Extension
from anlu.kernel.cases.roles import has_role, is_sworn
from anlu.kernel.cases.services import REVISION, MoveRefused, case_for, set_due
from anlu.kernel.core.audit import record
from anlu.kernel.core.clock import now, today
from anlu.kernel.core.errors import NeedsReason, NotAllowed
from anlu.kernel.core.revisions import touch
from anlu.kernel.core.scope import Viewer
from anlu.kernel.people.access import holders_of


def may_ask(case: Case, by: Viewer) -> bool:
    """Whoever has to do it, or handles it."""
    return any(has_role(case, role, by) for role in ("owner", "handler"))


def may_decide(case: Case, by: Viewer) -> bool:
    """Sworn officers who decide for the brigade."""
    return is_sworn(by) and has_role(case, "brigade", by)


@transaction.atomic
def ask_extension(uid: UUID, until: date, why: str, *, by: Viewer) -> Extension:
    """
    Ask for a later deadline.

    Raises
    ------
    NotAllowed
        ``by`` neither does nor handles it.
    MoveRefused
        Closed, without a deadline, not later than now, or asked for already.
    NeedsReason
        No reason.
    """
    case = case_for(by, uid, lock=True)
    if not may_ask(case, by):
        raise NotAllowed("延期由牵头单位或经办人申请")
    if case.closed_on is not None or case.due_on is None:
        raise MoveRefused("已办结或没有期限的事项不用延期")
    if not why.strip():
        raise NeedsReason("申请延期须说明理由")
    if until <= case.due_on or until < today():
        raise MoveRefused(f"延期后的期限须晚于现在的期限 {case.due_on}")
    if open_request(case) is not None:
        raise MoveRefused("已有延期申请待审批")
    asked = Extension.objects.create(
        case=case,
        due_on=case.due_on,
        until=until,
        why=why.strip()[:300],
        asked_by_name=by.name[:60],
        created_by=by.uid,
    )
    add_event(case, "ask_extension", "申请延期", by=by, note=f"延至 {until}：{why.strip()}", colour="amber")
    record("ask_extension", case, by=by, note=f"{until} {why.strip()}")
    decide = families.get(case.family).permission_to("decide")
    people = {one.uid for one in holders_of(decide) if may_decide(case, one)}
    tell(
        case,
        people,
        f"待审批延期：{case.number} {case.title} 申请延至 {until}",
        key=f"{asked.uid}",
        colour="amber",
        by=by,
    )
    return asked


def open_request(case: Case) -> Extension | None:
    """The request that waits for a decision."""
    found: Extension | None = Extension.objects.live().filter(case=case, decision=Decision.ASKED).first()
    return found


@transaction.atomic
def decide_extension(uid: UUID, *, grant: bool, by: Viewer, note: str = "") -> Case:
    """
    Grant or refuse the request that waits.

    Raises
    ------
    NotAllowed
        ``by`` may not decide, or asked for it.
    MoveRefused
        Nothing waits; it is to be granted, but the case is closed or the present deadline is as late.
    NeedsReason
        Refused without a reason.
    """
    case = case_for(by, uid, lock=True)
    asked = open_request(case)
    if asked is None:
        raise MoveRefused("没有待审批的延期申请")
    if not may_decide(case, by):
        raise NotAllowed("延期由大队审批")
    if asked.created_by == by.uid:
        raise NotAllowed("不能审批自己申请的延期")
    if not grant and not note.strip():
        raise NeedsReason("不同意须说明原因")
    if grant and case.closed_on is not None:
        raise MoveRefused("事项已办结，不用再延期")
    if grant and case.due_on is not None and asked.until <= case.due_on:
        raise MoveRefused(f"申请延至 {asked.until}，现在的期限已是 {case.due_on}：请写明原因退回申请")
    asked.decision = Decision.GRANTED if grant else Decision.REFUSED
    asked.decided_by, asked.decided_by_name, asked.decided_at = by.uid, by.name[:60], now()
    asked.decided_note = note.strip()[:300]
    asked.save()
    words = "同意延期" if grant else "不同意延期"
    before = case.due_on
    if grant:
        set_due(case, asked.until)
        case.extensions += 1
        case.version += 1
        case.save()
    event = add_event(
        case,
        "extension",
        words,
        by=by,
        note=f"{asked.until} {note}".strip(),
        colour="green" if grant else "red",
    )
    record("extension", case, by=by, changes={"due_on": [before, case.due_on]}, note=words)
    touch(REVISION)
    people = followers_of(case) | ({asked.created_by} if asked.created_by else set())
    tell(case, people, f"{words}：{case.number} {case.title}", key=f"{event.uid}", by=by)
    return case

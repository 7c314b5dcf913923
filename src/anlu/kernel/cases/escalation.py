"""
The climb of an overdue case: the worker reminds, urges and drafts; a person signs.

Every step is a row that can exist only once for a case, a rung and a deadline, written in one transaction with its
notices and its line of history: a worker that is killed, or two of them, do nothing twice (``one_step_per_rung_and_
deadline``). ``Case.step_on`` is the next day on which there may be something to do; nobody has to open a page.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from typing import Any, Final
from uuid import UUID

from django.db import transaction

from anlu.kernel.cases.deadlines import due_words, shifted
from anlu.kernel.cases.history import add_event, followers_of, people_of_parts, tell
from anlu.kernel.cases.kinds import families, kinds
from anlu.kernel.cases.ladder import rungs
from anlu.kernel.cases.models import OPEN, Act, Case, Escalation, Part, Rung, StepState
from anlu.kernel.cases.papers import (
    draft_paper,
    drop_stale_papers,
    may_be_drafted,
    paper_of_step,
    rung_reached,
)
from anlu.kernel.cases.roles import has_role, is_sworn
from anlu.kernel.cases.services import MoveRefused, case_for
from anlu.kernel.core.audit import record
from anlu.kernel.core.clock import now, today
from anlu.kernel.core.errors import NeedsReason, NotAllowed, NotFound
from anlu.kernel.core.scope import SYSTEM, Viewer
from anlu.kernel.core.tasks import RunningJob, every
from anlu.kernel.documents.services import void_draft
from anlu.kernel.people.access import holders_of

CLIMB_EVERY_S: Final = 600
AT_ONCE: Final = 200
COLOURS: Final = {Act.REMIND: "blue", Act.URGE: "amber", Act.DRAFT: "red"}


@dataclass(frozen=True)
class Plan:
    """What is to be done for a case: a rung now (None = nothing), and the day to look again (None = never)."""

    rung: Rung | None
    next_on: date | None


def plan_for(case: Case, ladder: Sequence[Rung], on: date) -> Plan:
    """
    The highest rung whose day has come and that was not taken yet for this deadline.

    Lower ones that were slept through are left out: nobody is reminded on the day he is urged. A rung that must be
    signed waits until the one below it was, unless that is optional.
    """
    if case.due_on is None or case.closed_on is not None:
        return Plan(None, None)
    taken = {one.rung: one for one in Escalation.objects.filter(case=case, due_on=case.due_on)}
    highest = max((one.order for one in ladder if one.code in taken), default=-1)
    reached: Rung | None = None
    for rung in ladder:
        if rung.order <= highest:
            continue
        day = _day_of(rung, ladder, case.due_on, taken)
        if day is None:
            return Plan(reached, None)
        if day > on:
            return Plan(reached, day)
        if rung.optional and not may_be_drafted(case, rung, on=on):
            continue
        holds = rung.signed and not rung.optional
        if reached is not None and holds:
            return Plan(reached, on)  # first what needs no signature, then in the same night the draft
        if not (rung.act == Act.REMIND and on > case.due_on):
            reached = rung
        if holds:
            return Plan(reached, None)
    return Plan(reached, None)


def _day_of(rung: Rung, ladder: Sequence[Rung], due_on: date, taken: dict[str, Escalation]) -> date | None:
    """The day of a rung; None while the rung below has still to be signed."""
    if not rung.after_signing:
        return shifted(due_on, rung.working_days)
    below = next((one for one in reversed(ladder) if one.order < rung.order and not one.optional), None)
    step = taken.get(below.code) if below else None
    if step is None or step.state != StepState.SIGNED:
        return None
    return shifted(step.on, rung.working_days)


@transaction.atomic
def climb(pk: int, *, on: date) -> Escalation | None:
    """Take the next step of a case if its day has come; give it back, None when there was nothing to do."""
    waiting = Case.objects.filter(OPEN, pk=pk, step_on__lte=on)
    case = waiting.select_for_update(of=("self",), skip_locked=True).first()
    if case is None:
        return None
    ladder = list(rungs(kinds.get(case.kind).ladder, on=on)) if case.kind in kinds else []
    plan = plan_for(case, ladder, on)
    case.step_on = plan.next_on
    step = take_step(case, plan.rung, on=on, by=SYSTEM) if plan.rung is not None else None
    Case.objects.filter(pk=case.pk).update(step_on=case.step_on, rung=case.rung)
    return step


def take_step(case: Case, rung: Rung, *, on: date, by: Viewer) -> Escalation:
    """Write the step, its line of history and its notices (in the caller's transaction; case unsaved)."""
    assert case.due_on is not None
    drafted = rung.act == Act.DRAFT
    paper = draft_paper(case, rung, on=on, by=by)
    step = Escalation.objects.create(
        case=case,
        rung=rung.code,
        label=rung.label,
        due_on=case.due_on,
        on=on,
        state=StepState.DRAFTED if drafted else StepState.DONE,
        issuer=rung.issuer,
        addressee=rung.addressee,
        document=paper.uid if paper is not None else None,
        text=draft_text(case, rung, on) if drafted and paper is None else "",
        created_by=by.uid,
    )
    words = due_words(case.due_on, on)
    label = f"{rung.label}拟办稿，待签发" if drafted else rung.label
    add_event(case, f"step.{rung.code}", label, by=by, note=words, colour=COLOURS[Act(rung.act)], on=on)
    if not drafted:
        case.rung = rung.code
    title = f"{label}：{case.number} {case.title}（{words}）"
    tell(case, _people_for(case, rung), title, key=f"{step.uid}", colour=COLOURS[Act(rung.act)], by=SYSTEM)
    return step


def _people_for(case: Case, rung: Rung) -> set[UUID]:
    """Reminders go to those who do it, urging to the lead as well, what leads to a signature to those who sign."""
    people = {case.handler.uid} if case.handler else set()
    people |= people_of_parts(case, Part.LEAD if case.lead_id else Part.FOUND)
    if rung.act == Act.REMIND:
        return people
    if rung.act == Act.DRAFT:
        sign = families.get(case.family).permission_to("sign")
        return {one.uid for one in holders_of(sign) if has_role(case, "signer", one)}
    if rung.document and rung.act == Act.URGE:  # 督办: the brigade learns of it
        decide = families.get(case.family).permission_to("decide")
        people |= {one.uid for one in holders_of(decide) if has_role(case, "brigade", one)}
    return people | followers_of(case)


def draft_text(case: Case, rung: Rung, on: date) -> str:
    """The words of a draft, from the case alone; whoever signs may change them first."""
    lead = case.lead.name if case.lead else rung.addressee
    place = case.place_text or case.road_name or (case.town.name if case.town else "")
    lines = [
        f"{lead}：",
        f"{case.found_on:%Y年%-m月%-d日}登记的「{case.title}」（{case.number}{'，' + place if place else ''}），"
        f"办理期限为{case.due_on:%Y年%-m月%-d日}，至{on:%Y年%-m月%-d日}尚未办结。",
        case.description.strip(),
        f"依据：{rung.source}。" if rung.source else "",
        "请收到后立即组织整改，并书面回复整改情况，附整改前后照片。",
    ]
    return "\n".join(line for line in lines if line)


def climb_all(running: RunningJob | None = None, *, on: date | None = None) -> int:
    """Every case whose day has come, each in its own short transaction; gives the steps taken."""
    day, steps = on or today(), 0
    while True:
        waiting = Case.objects.filter(OPEN, step_on__lte=day).order_by("step_on", "pk")
        pks = list(waiting.values_list("pk", flat=True)[:AT_ONCE])
        moved = 0
        for pk in pks:
            while (step := climb(pk, on=day)) is not None:
                steps += 1
                moved += 1
                if step.state == StepState.DRAFTED:
                    break
            if running is not None:
                running.check()
        if not pks or (
            not moved and Case.objects.filter(OPEN, pk__in=pks, step_on__lte=day).count() == len(pks)
        ):
            return steps


@every(CLIMB_EVERY_S, "cases.climb")
def climb_by_itself(running: RunningJob) -> dict[str, Any]:
    """Every ten minutes: reminders, urging and drafts that are due."""
    return {"steps": climb_all(running), "dropped": drop_stale_papers()}


# ------------------------------------------------------------------------------------------------ people
@transaction.atomic
def remind_case(uid: UUID, *, by: Viewer, note: str = "") -> int:
    """
    Urge whoever has it now, by hand; gives how many people were told.

    Raises
    ------
    MoveRefused
        It is closed.
    NotAllowed
        ``by`` may not handle it.
    """
    case = case_for(by, uid, lock=True)
    if case.closed_on is not None:
        raise MoveRefused("已办结的事项不用催办")
    if not (has_role(case, "squadron", by) or has_role(case, "brigade", by)):
        raise NotAllowed("催办由辖区中队或上级办理")
    event = add_event(case, "urge", "催办", by=by, note=note, colour="amber")
    record("urge", case, by=by, note=note.strip())
    people = people_of_parts(case, Part.LEAD if case.lead_id else Part.FOUND)
    people |= {case.handler.uid} if case.handler else set()
    words = f"催办：{case.number} {case.title}（{due_words(case.due_on, today()) or '未定期限'}）"
    return tell(case, people, words, key=f"{event.uid}", colour="amber", by=by)


def step_for(by: Viewer, uid: UUID, *, lock: bool = False) -> Escalation:
    """A step of a case that ``by`` may see; ``NotFound`` otherwise."""
    rows = Escalation.objects.filter(uid=uid, case__in=Case.objects.visible_to(by).values("pk"))
    found: Escalation | None = (
        (rows.select_for_update(of=("self",)) if lock else rows).select_related("case").first()
    )
    if found is None:
        raise NotFound("没有这份拟办稿，或不在您的管辖范围内")
    return found


def require_signer(case: Case, by: Viewer) -> None:
    """
    Refuse whoever may not sign.

    Raises
    ------
    NotAllowed
        No sworn officer, or without the power to sign for this case.
    """
    if not is_sworn(by) or not has_role(case, "signer", by):
        raise NotAllowed("签发须由有签发权限的民警办理")


@transaction.atomic
def sign_step(uid: UUID, *, by: Viewer, text: str | None = None) -> Escalation:
    """
    Sign a draft that is only text: only now is the rung reached. One that is a document is signed there.

    Raises
    ------
    NotAllowed
        As ``require_signer``.
    MoveRefused
        It was signed or dropped before, or the case is closed.
    """
    step = step_for(by, uid, lock=True)
    case = case_for(by, step.case.uid, lock=True)
    require_signer(case, by)
    if step.state != StepState.DRAFTED:
        raise MoveRefused(f"这份拟办稿{step.get_state_display()}")
    if case.closed_on is not None:
        raise MoveRefused("事项已办结，不用再发")
    if paper_of_step(step) is not None:
        raise MoveRefused(f"{step.label}已拟成公文，请在公文中核稿、签发")
    if text is not None and text.strip():
        step.text = text.strip()
    step.state, step.signed_by, step.signed_by_name = StepState.SIGNED, by.uid, by.name[:60]
    step.signed_at, step.on = now(), today()
    step.version += 1
    step.save()
    case.rung, case.step_on = rung_reached(step), today()
    case.version += 1
    case.save()
    add_event(case, f"sign.{step.rung}", f"签发{step.label}", by=by, note=step.issuer, colour="red")
    record("sign", case, by=by, note=step.label)
    people = people_of_parts(case, Part.LEAD, Part.HELPER) | followers_of(case)
    tell(
        case,
        people,
        f"{step.label}：{case.number} {case.title}",
        key=f"{step.uid}.signed",
        colour="red",
        by=by,
    )
    return step


@transaction.atomic
def drop_step(uid: UUID, *, why: str, by: Viewer) -> Escalation:
    """
    Decide that a draft is not sent, with a reason.

    Raises
    ------
    NeedsReason, NotAllowed, MoveRefused
        As ``sign_step``.
    """
    if not why.strip():
        raise NeedsReason("不再签发须说明原因")
    step = step_for(by, uid, lock=True)
    require_signer(step.case, by)
    if step.state != StepState.DRAFTED:
        raise MoveRefused(f"这份拟办稿{step.get_state_display()}")
    step.state = StepState.DROPPED
    step.version += 1
    step.save()
    if (paper := paper_of_step(step)) is not None and not paper.number:
        void_draft(
            paper.uid, why=f"{by.name}：{why.strip()}", by=SYSTEM
        )  # who signs cases need not void documents
    add_event(step.case, f"drop.{step.rung}", f"不签发{step.label}", by=by, note=why, colour="grey")
    record("drop_step", step.case, by=by, note=f"{step.label} {why}".strip())
    return step


def draft_ready(step: Escalation, case: Case) -> list[tuple[bool, str]]:
    """What to check before signing: (fulfilled, in words). Only what is fulfilled may be signed without a thought."""
    urged = Escalation.objects.filter(case=case, due_on=step.due_on, state=StepState.DONE).count()
    pictures = case.files.filter(voided_at__isnull=True).count()
    return [
        (bool(step.issuer), f"签发主体 {step.issuer or '未写明'}"),
        (case.lead is not None, f"送达对象 {case.lead.name if case.lead else '还没有牵头单位'}"),
        (pictures > 0, f"证据 附件 {pictures} 个" if pictures else "证据 还没有照片或文件"),
        (urged > 0, f"此前提醒、催办 {urged} 次" if urged else "此前没有催办"),
    ]

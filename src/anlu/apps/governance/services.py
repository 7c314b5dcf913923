"""Writes of governance: bodies and members, closing an agenda, decisions, minutes."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any
from uuid import UUID

from django.db import transaction

from anlu.apps.governance.dispatch import Agenda, agenda_of, decisions_of
from anlu.apps.governance.models import AgendaClose, AgendaItem, Body, Decision, Group, Member
from anlu.apps.governance.permissions import DISPATCH_FREEZE
from anlu.kernel.activities.models import Activity, ActivityState
from anlu.kernel.activities.permissions import VIEW
from anlu.kernel.cases.models import Case
from anlu.kernel.cases.services import About, case_for, open_case
from anlu.kernel.core.audit import record
from anlu.kernel.core.clock import today
from anlu.kernel.core.errors import AnluError, NotAllowed
from anlu.kernel.core.scope import SYSTEM, Viewer
from anlu.kernel.core.services import RecordServices, record_for
from anlu.kernel.documents.models import Document, State
from anlu.kernel.documents.services import documents_about, draft_document
from anlu.kernel.people.naming import follow_account

DECISION, MEETING, MINUTES = "governance.decision", "governance.meeting", "minutes"


class GovernanceProblem(AnluError):
    """What was stated contradicts itself, or cannot be done now."""


def prepare_dates(thing: Any) -> None:
    """Refuse an end before the beginning."""
    if thing.valid_to and thing.valid_to < thing.valid_from:
        raise GovernanceProblem("止日早于起日")


def _prepare_member(member: Member) -> None:
    prepare_dates(member)
    if member.valid_from < member.body.valid_from:
        raise GovernanceProblem(f"「{member.body}」{member.body.valid_from} 才成立")
    follow_account(member, "liaison", "liaison_name")
    others = Member.objects.live().filter(body=member.body, unit=member.unit).exclude(pk=member.pk)
    for one in others:
        starts_before_end = member.valid_to is None or one.valid_from <= member.valid_to
        if starts_before_end and (one.valid_to is None or one.valid_to >= member.valid_from):
            raise GovernanceProblem(f"{member.unit}在「{member.body}」的任期与已登记的重叠")


bodies = RecordServices(Body, "governance.body", prepare=prepare_dates)
members = RecordServices(Member, "governance.member", prepare=_prepare_member, tracked=("liaison_name",))


def meeting_for(uid: UUID, *, by: Viewer) -> Activity:
    """A meeting that somebody may see, locked; refused when it was cancelled."""
    meeting = record_for(Activity, uid, by=by, permission=VIEW)
    if meeting.state == ActivityState.CANCELLED:
        raise GovernanceProblem("会议已取消")
    return meeting


@transaction.atomic
def close_agenda(uid: UUID, *, by: Viewer) -> Agenda:
    """
    Keep the agenda as it stands; a second time gives what was kept.

    Every case of the agenda is kept, also what ``by`` may not see; each reader sees their own part.

    Raises
    ------
    GovernanceProblem
        The day of the meeting has not come: what happens until then belongs on the agenda.
    """
    if not by.may(DISPATCH_FREEZE):
        raise NotAllowed("您没有定稿议程的权限")
    meeting = meeting_for(uid, by=by)
    if meeting.day > today():
        raise GovernanceProblem(f"{meeting.day} 才开会，会议当天起才能定稿；此前议程随数据更新")
    agenda = agenda_of(meeting, SYSTEM)
    if not agenda.frozen:
        AgendaClose.objects.create(meeting=meeting, since=agenda.since, until=agenda.until, created_by=by.uid)
        AgendaItem.objects.bulk_create(
            AgendaItem(
                meeting=meeting,
                case=one.case,
                group=one.group,
                town=one.town,
                lead=one.lead,
                due_on=one.due_on,
                created_by=by.uid,
            )
            for one in agenda.items
        )
        record("change", meeting, by=by, note=f"议程定稿 {len(agenda.items)} 项")
    return agenda_of(meeting, by)


@transaction.atomic
def decide(uid: UUID, key: str, values: Mapping[str, Any], *, by: Viewer, matter: UUID | None = None) -> Case:
    """
    A decision of the meeting becomes a case with an owner and a day; the same key again gives the same case.

    Parameters
    ----------
    key
        Names the decision within the meeting: the uid of the case that is talked about, or that of the form.
    values
        ``title, lead, due_on, helpers, demand``; of a matter, title and lead are the case's unless stated.
    matter
        The case on the agenda that is decided upon.

    Raises
    ------
    GovernanceProblem
        The meeting was cancelled, or nobody is named who does it.
    """
    meeting = meeting_for(uid, by=by)
    made = Decision.objects.filter(meeting=meeting, key=key).select_related("case").first()
    if made is not None:
        return made.case  # type: ignore[no-any-return]
    about = case_for(by, matter) if matter is not None else None
    stated = {name: value for name, value in values.items() if value not in (None, "")}
    demand = str(stated.pop("demand", ""))
    if about is not None:
        stated.setdefault("title", f"督促办结：{about.title}"[:120])
        stated.setdefault("lead", about.lead)
        demand = demand or f"办结 {about.number}"
    if stated.get("lead") is None:
        raise GovernanceProblem("请选定责任单位")
    if not str(stated.get("title", "")).strip():
        raise GovernanceProblem("请写明议定事项")
    stated |= {"unit": meeting.unit, "found_on": meeting.held_on or meeting.day}
    case = open_case(
        DECISION, stated, details={"demand": demand}, by=by, source=MEETING, about=About(MEETING, meeting.uid)
    )
    Decision.objects.create(meeting=meeting, case=case, matter=about, key=key, created_by=by.uid)
    record("decide", meeting, by=by, note=str(case))
    return case


@transaction.atomic
def draft_minutes(uid: UUID, *, by: Viewer) -> Document:
    """
    The minutes of a meeting that was held, drafted from its records; a draft that is there already is given back.

    Raises
    ------
    GovernanceProblem
        It was not held yet, or decided nothing.
    """
    if not by.may(DISPATCH_FREEZE):
        raise NotAllowed("您没有起草纪要的权限")
    meeting = meeting_for(uid, by=by)
    if meeting.state != ActivityState.HELD or meeting.unit is None:
        raise GovernanceProblem("会议登记开展后才能起草纪要")
    there = documents_about(MEETING, meeting.uid, viewer=by).filter(kind=MINUTES)
    held = there.exclude(state=State.WITHDRAWN).first()
    if held is not None:
        return held
    if not decisions_of(meeting):
        raise GovernanceProblem("还没有议定事项，纪要须写明议定事项、责任单位和时限")
    close_agenda(uid, by=by)
    return draft_document(MINUTES, {}, unit=meeting.unit, by=by, about=(MEETING, meeting.uid))


def minutes_facts(meeting: Activity) -> dict[str, Any]:
    """What minutes take from the meeting: its records, and numbers counted from its agenda."""
    counts = dict(zip(Group, agenda_of(meeting, SYSTEM).counts, strict=True))
    heard = "、".join(f"{group.label}{number}项" for group, number in counts.items())
    return {
        "held_on": meeting.held_on,
        "place": meeting.place,
        "chair": meeting.details.get("chair", ""),
        "present": meeting.details.get("present", ""),
        "absent": meeting.details.get("absent", ""),
        "observing": meeting.details.get("observing", ""),
        "summary": f"会议逐项听取了上次会议以来{heard}事项的情况。",
        "matters": [
            {"matter": one.title, "owner": one.lead.name if one.lead else "", "due": one.due_on}
            for one in decisions_of(meeting)
        ],
    }

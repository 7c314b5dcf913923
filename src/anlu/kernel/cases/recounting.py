"""Deadlines of open cases after the days off have changed: counted anew, with a line of history that says why."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import date

from django.db import transaction
from django.db.models import Q

from anlu.engine.calendars import Calendar, Deadline, recounted
from anlu.kernel.cases.history import add_event, followers_of, people_of_parts, tell
from anlu.kernel.cases.kinds import kinds
from anlu.kernel.cases.limits import keep_limits
from anlu.kernel.cases.models import OPEN, Case, CaseEvent, Escalation, Part, StepState
from anlu.kernel.cases.services import FIGURED, REVISION, set_due
from anlu.kernel.core.audit import record
from anlu.kernel.core.clock import today
from anlu.kernel.core.history import changed_fields, fields_of
from anlu.kernel.core.recounting import AT_ONCE, Check, differing, recounts, why_moved
from anlu.kernel.core.revisions import touch
from anlu.kernel.core.scope import SYSTEM

MOVED, KEPT = "recount", "recount_kept"


@recounts("cases", "事项")
def recount_cases(calendar: Calendar, check: Check) -> int:
    """All open cases, each in its own short transaction; the ladder then looks at each of them again."""
    keep_limits(calendar, check)
    moved = 0
    for pk, limit in differing(Case.objects.filter(OPEN, kind__in=kinds.codes()), calendar, check):
        moved += recount_case(pk, limit)
        check()
    for pks in _waiting():
        Case.objects.filter(pk__in=pks, step_on__gt=today()).update(step_on=today())
        check()
    return moved


def _waiting() -> Iterator[list[int]]:
    """Keys of cases for which the worker has a later day in mind, counted by the days off as they were."""
    last = 0
    later = Case.objects.filter(OPEN, step_on__gt=today()).order_by("pk")
    while pks := list(later.filter(pk__gt=last).values_list("pk", flat=True)[:AT_ONCE]):
        yield pks
        last = pks[-1]


@transaction.atomic
def recount_case(pk: int, limit: Deadline) -> bool:
    """
    Move the deadline of a case to where its limit ends now; gives whether it moved.

    One for which a paper was drafted or signed stays, because the paper states it, and the history says so once.
    """
    found = Case.objects.select_for_update(of=("self",)).filter(OPEN, pk=pk, due_days__isnull=False).first()
    if found is None or found.due_on is None or found.due_from is None or found.due_days is None:
        return False
    case: Case = found
    due_on = recounted(found.due_on, limit.on, today=today())
    if due_on == found.due_on:
        if limit.on == due_on:
            Case.objects.filter(pk=pk).update(due_provisional=limit.provisional)
        return False
    if _is_on_paper(case, found.due_on):
        _say_kept(case, limit)
        return False
    before, words = fields_of(case, FIGURED), why_moved(case, due_on, limit.on)
    set_due(case, due_on, provisional=limit.provisional, counted=(found.due_from, found.due_days))
    case.version += 1
    case.save()
    event = add_event(case, MOVED, "期限重算", by=SYSTEM, note=words, colour="amber")
    record(MOVED, case, by=SYSTEM, changes=changed_fields(before, case, FIGURED), note=words)
    touch(REVISION)
    people = people_of_parts(case, Part.LEAD if case.lead_id else Part.FOUND) | followers_of(case)
    title = f"期限改为 {due_on}：{case.number} {case.title}"
    tell(case, people, title, key=f"{event.uid}", colour="amber", by=SYSTEM)
    return True


def _is_on_paper(case: Case, due_on: date) -> bool:
    """Whether a document or a draft says that this deadline was missed."""
    steps = Escalation.objects.filter(case=case, due_on=due_on).exclude(state=StepState.DROPPED)
    drafted = Q(document__isnull=False) | Q(state__in=(StepState.DRAFTED, StepState.SIGNED))
    return steps.filter(drafted).exists()


def _say_kept(case: Case, limit: Deadline) -> None:
    words = f"节假日安排有变，按新安排期限为 {limit.on}；已按原期限 {case.due_on} 拟发文书，期限不变，需要时可申请延期"
    if not CaseEvent.objects.filter(case=case, code=KEPT, note=words).exists():
        add_event(case, KEPT, "期限不变", by=SYSTEM, note=words, colour="amber")
        record(KEPT, case, by=SYSTEM, note=words)

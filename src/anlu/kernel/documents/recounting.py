"""Deadlines for answers after the days off have changed: counted anew, with a step that says why."""

from __future__ import annotations

from django.db import transaction
from django.db.models import QuerySet

from anlu.engine.calendars import Calendar, Deadline, recounted
from anlu.kernel.core.clock import today
from anlu.kernel.core.recounting import Check, differing, recounts, why_moved
from anlu.kernel.core.scope import SYSTEM
from anlu.kernel.documents.define import kinds
from anlu.kernel.documents.models import OPEN_STATES, Document, State
from anlu.kernel.documents.steps import step
from anlu.kernel.documents.telling import tell_of_recount


@recounts("documents", "公文")
def recount_documents(calendar: Calendar, check: Check) -> int:
    """All documents that wait for an answer, each in its own short transaction."""
    moved = 0
    for pk, limit in differing(_waiting(), calendar, check):
        moved += recount_document(pk, limit)
        check()
    return moved


def _waiting() -> QuerySet[Document]:
    rows: QuerySet[Document] = Document.objects.live().filter(
        kind__in=kinds.codes(), state__in=OPEN_STATES, replied_on__isnull=True, destroyed_on__isnull=True
    )
    return rows


@transaction.atomic
def recount_document(pk: int, limit: Deadline) -> bool:
    """Move the day by which an answer is due to where its limit ends now; gives whether it moved."""
    document: Document | None = _waiting().select_for_update(of=("self",)).filter(pk=pk).first()
    if document is None or document.due_on is None or document.due_days is None:
        return False
    due_on = recounted(document.due_on, limit.on, today=today())
    if due_on == document.due_on:
        if limit.on == due_on:
            Document.objects.filter(pk=pk).update(due_provisional=limit.provisional)
        return False
    words = why_moved(document, due_on, limit.on)
    document.due_on, document.due_provisional = due_on, limit.provisional
    after = State(document.state)
    if after == State.OVERDUE and due_on >= today():
        after = State.ISSUED if document.delivered_on is None else State.DELIVERED
    step(document, "recount", after, by=SYSTEM, note=words)
    tell_of_recount(document)
    return True

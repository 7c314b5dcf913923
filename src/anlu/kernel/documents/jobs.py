"""Background work of documents: issuing many, and marking what is late."""

from __future__ import annotations

from typing import Any, Final
from uuid import UUID

from django.db import transaction

from anlu.kernel.core.clock import today
from anlu.kernel.core.errors import AnluError, NotFound
from anlu.kernel.core.scope import SYSTEM
from anlu.kernel.core.tasks import RunningJob, every, job
from anlu.kernel.documents import archiving, recounting  # noqa: F401 - declare the archive and the counting anew
from anlu.kernel.documents.issuing import issue, mark_overdue
from anlu.kernel.documents.models import Document, State
from anlu.kernel.documents.telling import tell_late
from anlu.kernel.people.models import Officer

HOUR_S: Final = 3_600


@job("documents.issue", tries=20)
def issue_many(running: RunningJob, *, uids: list[str]) -> dict[str, Any]:
    """Issue each document by itself; a run that was interrupted passes over what is out already."""
    person = _person(running)
    issued, refused = [], []
    for place, uid in enumerate(uids, start=1):
        document = Document.objects.visible_to(person).filter(uid=UUID(uid)).first()
        if document is None:
            refused.append({"uid": uid, "title": "", "why": "没有这份公文，或不在您的管辖范围内"})
        elif document.state not in (State.SIGNED, State.NUMBERED) and document.issued_on is not None:
            issued.append(uid)
        else:
            try:
                issue(document.uid, by=person)
                issued.append(uid)
            except AnluError as problem:
                refused.append({"uid": uid, "title": document.title, "why": str(problem)})
        running.progress(place / len(uids), f"已办 {place} 份，共 {len(uids)} 份")
    return {"issued": issued, "refused": refused}


def _person(running: RunningJob) -> Officer:
    """Whoever asked for the job, with the permissions that they have now."""
    found: Officer | None = Officer.objects.filter(
        uid=running.actor, voided_at__isnull=True, is_active=True
    ).first()
    if found is None:
        raise NotFound("提交人的账号已停用")
    return found


@every(HOUR_S, "documents.overdue")
def mark_late(running: RunningJob) -> dict[str, Any]:
    """Every hour: documents whose answer is late are marked, and those who look after them are told once."""
    late = Document.objects.live().filter(
        state__in=(State.ISSUED, State.DELIVERED), due_on__lt=today(), replied_on__isnull=True
    )
    marked = 0
    for uid in list(late.order_by("pk").values_list("uid", flat=True)):
        with transaction.atomic():
            try:
                document = mark_overdue(uid, by=SYSTEM)
            except AnluError:
                continue  # answered or withdrawn meanwhile
            tell_late(document)
        marked += 1
        running.check()
    return {"marked": marked}

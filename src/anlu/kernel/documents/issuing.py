"""Out of the house: number, issue, withdrawal, and what is late."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import date
from uuid import UUID

from django.db import transaction

from anlu.kernel.core.clock import today
from anlu.kernel.core.errors import NeedsReason
from anlu.kernel.core.models import Job
from anlu.kernel.core.scope import SYSTEM, Viewer
from anlu.kernel.core.tasks import enqueue
from anlu.kernel.documents import permissions as may
from anlu.kernel.documents.archiving import ask_for_archive
from anlu.kernel.documents.define import kinds
from anlu.kernel.documents.models import (
    Document,
    State,
)
from anlu.kernel.documents.numbering import give_number
from anlu.kernel.documents.retention import kept_until
from anlu.kernel.documents.rules import (
    asked_of,
    require_combination,
    require_letterhead,
)
from anlu.kernel.documents.steps import NotNow, Which, set_limit, step, taken
from anlu.kernel.documents.telling import tell_of_issue


@transaction.atomic
def give_a_number(which: Which, *, by: Viewer) -> Document:
    """
    Give a signed document its number; issuing does it as well.

    Raises
    ------
    WrongCombination, NoLetterhead
        No number then.
    """
    document = taken(which, "number", by=by, permission=may.ISSUE)
    _give_number(document)
    return step(document, "number", State.NUMBERED, by=by, note=document.number)


def _give_number(document: Document) -> None:
    """Last of all: from here to the commit everybody else waits who wants the next number of the series."""
    kind = kinds.get(document.kind)
    day = today()
    require_combination(kind, document.unit, document.addressee_kind, document.bases, on=day)
    if kind.numbered and not document.number:
        give_number(document, kind, require_letterhead(document.unit, on=day), on=day)


@transaction.atomic
def issue(which: Which, *, by: Viewer) -> Document:
    """
    Issue a signed document: number (unless it has one), date, deadline; its file goes into the archive.

    Raises
    ------
    WrongCombination, NoLetterhead
        No number then, and nothing is issued.
    """
    document = taken(which, "issue", by=by, permission=may.ISSUE)
    kind = kinds.get(document.kind)
    document.issued_on = today()
    asked = asked_of(kind, on=document.issued_on)
    document.retention_years = asked.retention_years
    document.keep_until = kept_until(document.issued_on, asked.retention_years)
    stated = document.facts.get(kind.due_field) if kind.due_field else None
    if stated:
        document.due_on = date.fromisoformat(stated)
    elif not asked.delivery:
        set_limit(document, document.issued_on, asked.reply_days)
    _give_number(document)
    out = step(document, "issue", State.ISSUED, by=by, note=document.number)
    ask_for_archive(out, by=by)
    tell_of_issue(out)
    return out


@transaction.atomic
def withdraw(which: Which, *, why: str, by: Viewer) -> Document:
    """
    Withdraw a document with a reason. Its number stays its own and is never given again.

    Raises
    ------
    NeedsReason
        ``why`` is empty.
    """
    document = taken(which, "withdraw", by=by, permission=may.WITHDRAW)
    if not why.strip():
        raise NeedsReason("撤回须说明原因")
    document.withdrawn_on, document.withdrawn_why = today(), why.strip()[:200]
    return step(document, "withdraw", State.WITHDRAWN, by=by, note=why)


@transaction.atomic
def mark_overdue(which: Which, *, by: Viewer = SYSTEM) -> Document:
    """Write down that an answer is late (the worker does, once a day)."""
    document = taken(which, "overdue", by=by, permission=may.VIEW)
    if document.due_on is None or document.due_on >= today():
        raise NotNow("期限未到")
    return step(document, "overdue", State.OVERDUE, by=by, note=f"期限 {document.due_on}")


def bulk_issue(uids: Iterable[UUID], *, by: Viewer) -> Job:
    """Issue many signed documents in the background, each by itself; the job tells progress and refusals."""
    return enqueue("documents.issue", by=by, uids=[str(uid) for uid in uids])

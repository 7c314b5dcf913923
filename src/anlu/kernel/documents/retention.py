"""
保管期限: how long a document is kept, and its end: appraised by one person, destroyed with the consent of another.

What is destroyed is the content: files, facts, who received it. The line of the register stays, with the number, the
digest of each file, and who decided when and why.
"""

from __future__ import annotations

from datetime import date
from typing import Final

from django.db import transaction

from anlu.kernel.core.clock import today
from anlu.kernel.core.errors import NeedsReason, NotAllowed
from anlu.kernel.core.models import Upload
from anlu.kernel.core.scope import Viewer
from anlu.kernel.documents import permissions as may
from anlu.kernel.documents.facts import BadFact
from anlu.kernel.documents.models import Document, State
from anlu.kernel.documents.steps import NotNow, Which, found_document, person, step
from anlu.kernel.documents.telling import tell_of_appraisal

GONE: Final = "已销毁"  # where a refusal must state a reason


def kept_until(issued_on: date, years: int) -> date | None:
    """
    The last day of keeping, None for ever: so many years counted from the 1 January after the year of issue.

    Notes
    -----
    Counted as archives count (from memory, to be checked); the day of a single document can be changed.
    """
    return date(issued_on.year + years, 12, 31) if years else None


@transaction.atomic
def keep_longer(which: Which, *, until: date, why: str, by: Viewer) -> Document:
    """
    Keep a document longer than the rules of its kind say.

    Raises
    ------
    BadFact
        ``until`` is not later than the day until which it is kept already, or than today.
    NeedsReason
        ``why`` is empty.
    """
    document = _kept(which, by=by, permission=may.APPRAISE)
    if not why.strip():
        raise NeedsReason("请写明延长保管的理由")
    known = [day for day in (document.keep_until, today()) if day is not None]
    if document.keep_until is None or until <= max(known):
        raise BadFact(f"延长后的保管期限应晚于 {max(known)}", "until")
    document.keep_until = until
    _forget_proposal(document)
    return step(document, "keep", State(document.state), by=by, note=f"保管到 {until}：{why.strip()}")


@transaction.atomic
def propose_destruction(which: Which, *, why: str, by: Viewer) -> Document:
    """
    Appraise a document whose time is over as no longer worth keeping; somebody else decides.

    Raises
    ------
    NotNow
        Its time is not over, or it waits for the decision already.
    NeedsReason
        ``why`` is empty.
    """
    document = _kept(which, by=by, permission=may.APPRAISE)
    if document.keep_until is None or document.keep_until >= today():
        raise NotNow(
            f"保管期限未到（{document.keep_until}）" if document.keep_until else "永久保管的公文不销毁"
        )
    if document.disposal_by is not None:
        raise NotNow(f"{document.disposal_by_name}已提请销毁，等待批准")
    if not why.strip():
        raise NeedsReason("请写明鉴定意见")
    document.disposal_why = why.strip()[:200]
    document.disposal_by, document.disposal_by_name = by.uid, by.name[:60]
    made = step(document, "appraise", State(document.state), by=by, note=document.disposal_why)
    tell_of_appraisal(made)
    return made


@transaction.atomic
def spare(which: Which, *, why: str, by: Viewer) -> Document:
    """
    Refuse a proposed destruction; the document stays and may be appraised anew.

    Raises
    ------
    NotNow
        Nobody proposed it.
    NeedsReason
        ``why`` is empty.
    """
    document = _proposed(which, by=by)
    if not why.strip():
        raise NeedsReason("请写明不同意的理由")
    _forget_proposal(document)
    return step(document, "spare", State(document.state), by=by, note=why)


@transaction.atomic
def destroy(which: Which, *, how: str, by: Viewer) -> Document:
    """
    Destroy the content of a document that somebody else appraised; its line of the register stays.

    Raises
    ------
    NotNow
        Nobody proposed it.
    NotAllowed
        ``by`` proposed it, or is no person.
    NeedsReason
        ``how`` is empty.
    """
    document = _proposed(which, by=by)
    if document.disposal_by == person(by).uid:
        raise NotAllowed("提请销毁的人不能批准，请另一人批准")
    if not how.strip():
        raise NeedsReason("请写明如何销毁、谁监销")
    _empty(document)
    document.destroyed_on, document.destroyed_how = today(), how.strip()[:200]
    document.destroyed_by_name = by.name[:60]
    return step(document, "destroy", State(document.state), by=by, note=document.destroyed_how)


def _kept(which: Which, *, by: Viewer, permission: str) -> Document:
    """A document, locked, that was issued and is still there, on the side of the issuer."""
    if not by.may(permission):
        raise NotAllowed("您没有办理这一步的权限")
    document = found_document(which, by=by, permission=permission)
    if not document.issued_within(by.scope_for(permission)):
        raise NotAllowed("这一步由发文单位办理")
    if document.issued_on is None:
        raise NotNow("没有印发的公文没有保管期限")
    if document.destroyed_on is not None:
        raise NotNow(f"这份公文已于 {document.destroyed_on} 销毁")
    return document


def _proposed(which: Which, *, by: Viewer) -> Document:
    document = _kept(which, by=by, permission=may.DESTROY)
    if document.disposal_by is None:
        raise NotNow("没有人提请销毁这份公文")
    return document


def _forget_proposal(document: Document) -> None:
    document.disposal_why, document.disposal_by, document.disposal_by_name = "", None, ""


def _empty(document: Document) -> None:
    """Take out what the document says and who received it, with the files; their contents go with a daily sweep."""
    files = [
        *document.archives.values_list("upload", flat=True),
        *document.deliveries.values_list("proof", flat=True),
        *document.replies.values_list("upload", flat=True),
    ]
    document.archives.update(upload=None)
    for delivery in document.deliveries.all():
        delivery.receiver, delivery.relation, delivery.witnesses, delivery.proof = "", "", "", None
        delivery.refused_why = GONE if delivery.refused else ""
        delivery.save()
    document.replies.update(text="", upload=None)
    document.events.filter(action="reply").update(note="")  # until lately they told what was answered
    document.facts, document.sealed, document.frozen, document.figures = {}, "", {}, {}
    Upload.objects.filter(pk__in=[one for one in files if one is not None]).delete()

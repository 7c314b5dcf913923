"""
The life of a document: drafted, checked, signed by who may, numbered, issued, delivered, answered or overdue; or
withdrawn, with its number kept.

Each step is one transaction with its event and its audit entry. The machine drafts (``by=SYSTEM``); checking and
signing is for people. Other parts of the platform call these functions and nothing else:

    document = draft_document("referral", {...}, unit=brigade, by=SYSTEM, about=("hazards.hazard", uid), addressee=unit)
"""

from __future__ import annotations

from uuid import UUID

from django.db.models import QuerySet

from anlu.kernel.core.scope import SYSTEM, Viewer
from anlu.kernel.documents.approving import check, send_back, sign
from anlu.kernel.documents.delivering import deliver, reply
from anlu.kernel.documents.drafting import Markings, change_document, draft_document, void_draft
from anlu.kernel.documents.issuing import bulk_issue, give_a_number, issue, mark_overdue, withdraw
from anlu.kernel.documents.models import Document
from anlu.kernel.documents.retention import destroy, keep_longer, propose_destruction, spare
from anlu.kernel.documents.steps import Incomplete, NotNow

__all__ = [
    "Incomplete",
    "Markings",
    "NotNow",
    "bulk_issue",
    "change_document",
    "check",
    "deliver",
    "destroy",
    "documents_about",
    "draft_document",
    "give_a_number",
    "issue",
    "keep_longer",
    "mark_overdue",
    "propose_destruction",
    "reply",
    "send_back",
    "sign",
    "spare",
    "void_draft",
    "withdraw",
]


def documents_about(kind: str, uid: UUID, *, viewer: Viewer = SYSTEM) -> QuerySet[Document]:
    """Documents about a record, the latest first; only those that ``viewer`` may see."""
    found: QuerySet[Document] = (
        Document.objects.visible_to(viewer).filter(about_kind=kind, about_uid=uid).order_by("-pk")
    )
    return found

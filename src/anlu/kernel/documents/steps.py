"""What every step in the life of a document has in common: who, in which state, and what is written down."""

from __future__ import annotations

from datetime import date
from typing import Final
from uuid import UUID

from anlu.engine.calendars import deadline
from anlu.kernel.core.audit import record
from anlu.kernel.core.clock import today
from anlu.kernel.core.errors import AnluError, NotAllowed, NotFound
from anlu.kernel.core.scope import Viewer
from anlu.kernel.core.workdays import working_calendar
from anlu.kernel.documents.changes import Change, tell_followers
from anlu.kernel.documents.models import (
    Document,
    DocumentEvent,
    State,
)
from anlu.kernel.documents.searching import find_again
from anlu.kernel.documents.sources import destroyed
from anlu.kernel.people.models import Officer

Which = Document | UUID

FROM: Final[dict[str, tuple[State, ...]]] = {
    "change": (State.DRAFT,),
    "check": (State.DRAFT,),
    "return": (State.CHECKED, State.SIGNED),
    "sign": (State.CHECKED,),
    "number": (State.SIGNED,),
    "issue": (State.SIGNED, State.NUMBERED),
    "deliver": (State.ISSUED, State.DELIVERED, State.OVERDUE),
    "reply": (State.ISSUED, State.DELIVERED, State.OVERDUE, State.REPLIED),
    "overdue": (State.ISSUED, State.DELIVERED),
    "withdraw": tuple(one for one in State if one != State.WITHDRAWN),
}


class NotNow(AnluError):
    """The document is not in a state in which this can be done."""


class Incomplete(AnluError):
    """Something that has to be stated is not."""


def person(by: Viewer) -> Officer:
    if not isinstance(by, Officer):
        raise NotAllowed("核稿和签发由人办理，系统只能拟稿")
    return by


def found_document(which: Which, *, by: Viewer, permission: str) -> Document:
    uid = which.uid if isinstance(which, Document) else which
    found: Document | None = (
        Document.objects.visible_to(by, permission)
        .select_related("unit", "addressee_unit", "template")
        .select_for_update(of=("self",))
        .filter(uid=uid)
        .first()
    )
    if found is None:
        raise NotFound("没有这份公文，或不在您的管辖范围内")
    return found


def taken(
    which: Which,
    action: str,
    *,
    by: Viewer,
    permission: str,
    or_permission: str = "",
    addressee_too: bool = False,
) -> Document:
    """
    The document, locked, in a state in which ``action`` is possible, on the side of the issuer.

    Raises
    ------
    NotAllowed
        Without the permission, or on the side of the addressee where that is not enough.
    NotFound
        There is none that ``by`` may see.
    Destroyed
        Its content is no more.
    NotNow
        It is in another state.
    """
    held = permission if by.may(permission) or not or_permission else or_permission
    if not by.may(held):
        raise NotAllowed("您没有办理这一步的权限")
    document = found_document(which, by=by, permission=held)
    if not addressee_too and not document.issued_within(by.scope_for(held)):
        raise NotAllowed("这一步由发文单位办理")
    if document.destroyed_on is not None:
        raise destroyed(document)
    if document.state not in FROM[action]:
        raise NotNow(f"这份公文{document.get_state_display()}，不能办理这一步")
    return document


def step(document: Document, action: str, after: State, *, by: Viewer, note: str = "") -> Document:
    before, document.state = document.state, after
    document.version += 1
    document.save()
    note_event(document, action, before=before, by=by, note=note)
    return document


def note_event(document: Document, action: str, *, before: str, by: Viewer, note: str = "") -> None:
    DocumentEvent.objects.create(
        document=document,
        on=today(),
        action=action,
        before=before,
        after=document.state,
        actor=by.uid,
        actor_name=by.name[:60],
        note=note.strip()[:400],
    )
    changes = {"state": [before, document.state]} if before != document.state else {}
    record(action, document, by=by, changes=changes, note=note.strip())
    find_again(document)
    tell_followers(Change(document, action, by, note.strip()))


def set_limit(document: Document, begin: date, days: int | None) -> None:
    """Let an answer be due on the last of so many working days after ``begin`` (unsaved); None: it has no deadline."""
    if days:
        limit = deadline(begin, days, working_calendar())
        document.due_on, document.due_provisional = limit.on, limit.provisional
        document.due_from, document.due_days = begin, days

"""From the draft to the signature: checked by one person, signed by another who may."""

from __future__ import annotations

from decimal import Decimal

from django.db import transaction

from anlu.kernel.core.clock import today
from anlu.kernel.core.errors import NeedsReason, NotAllowed
from anlu.kernel.core.scope import Viewer
from anlu.kernel.documents import permissions as may
from anlu.kernel.documents.checks import changed_figures
from anlu.kernel.documents.define import DocumentKind, kinds
from anlu.kernel.documents.drafting import fill_draft
from anlu.kernel.documents.facts import missing, together
from anlu.kernel.documents.models import (
    Document,
    State,
)
from anlu.kernel.documents.rules import (
    require_combination,
    require_signer,
)
from anlu.kernel.documents.sources import living, template_of
from anlu.kernel.documents.steps import Incomplete, Which, person, step, taken
from anlu.kernel.documents.telling import tell_of_return, tell_signers


@transaction.atomic
def check(which: Which, *, by: Viewer, note: str = "") -> Document:
    """
    Say that a draft is right: complete, in an allowed combination, its numbers fetched anew.

    Raises
    ------
    NotAllowed
        ``by`` drafted it, or is no person.
    Incomplete
        Required facts are missing; the message names them.
    WrongCombination
        Issuer, addressee and legal basis do not go together.
    """
    document = taken(which, "check", by=by, permission=may.CHECK)
    officer = person(by)
    if document.created_by == officer.uid:
        raise NotAllowed("核稿人不能是拟稿人")
    kind = kinds.get(document.kind)
    fill_draft(document, kind, together(document.facts, document.sealed), by=by)
    require_complete(document, kind)
    document.checked_by, document.checked_by_name = officer.uid, officer.name[:60]
    out = step(document, "check", State.CHECKED, by=by, note=note)
    tell_signers(out)
    return out


def require_complete(document: Document, kind: DocumentKind) -> None:
    absent = [one.label for one in missing(kind, together(document.facts, document.sealed))]
    if kind.addressed and not document.addressee_name:
        absent.insert(0, "主送")
    if absent:
        raise Incomplete(f"还差：{'、'.join(absent)}")
    require_combination(kind, document.unit, document.addressee_kind, document.bases, on=today())


@transaction.atomic
def send_back(which: Which, *, why: str, by: Viewer) -> Document:
    """Give a document that has no number yet back to whoever drafted it, with a reason."""
    document = taken(which, "return", by=by, permission=may.CHECK, or_permission=may.SIGN)
    if not why.strip():
        raise NeedsReason("退回须说明原因")
    document.checked_by = document.signed_by = document.signed_on = document.template = None
    document.checked_by_name = document.signed_by_name = ""
    document.frozen = {}
    out = step(document, "return", State.DRAFT, by=by, note=why)
    tell_of_return(out, why)
    return out


@transaction.atomic
def sign(which: Which, *, by: Viewer, note: str = "") -> Document:
    """
    Sign a checked document: from here on its words and numbers stay as they are. Numbers that changed since the check
    are written down beside the signature; whoever wants the new ones sends it back.

    Raises
    ------
    NotAllowed
        ``by`` may not sign this kind for this unit and amount, or is no person.
    Incomplete, WrongCombination
        As ``check``; rules may have changed since.
    """
    document = taken(which, "sign", by=by, permission=may.SIGN)
    kind = kinds.get(document.kind)
    require_signer(document, by, on=today(), amount=_amount(document, kind))
    officer = person(by)
    require_complete(document, kind)
    changed = "；".join(one.message.partition("；")[0] for one in changed_figures(document, by))
    document.template = template_of(kind, on=today())
    document.frozen = living(document, kind, document.template)
    document.signed_by, document.signed_by_name = officer.uid, officer.name[:60]
    document.signed_on = today()
    return step(document, "sign", State.SIGNED, by=by, note="；".join(one for one in (note, changed) if one))


def _amount(document: Document, kind: DocumentKind) -> Decimal | None:
    """The amount that signing rules go by; None for kinds without one."""
    kept = document.figures.get(kind.amount_field) if kind.amount_field else None
    return None if kept is None or kept.get("value") is None else Decimal(str(kept["value"]))

"""The form of 送达回证 for one document: to take along with the addressee filled in, or with what was written down."""

from __future__ import annotations

from typing import Any, Final

from anlu.engine.documents.paper import Paper
from anlu.kernel.core.clock import today
from anlu.kernel.documents.composing import Source, compose
from anlu.kernel.documents.define import kinds
from anlu.kernel.documents.models import Delivery, Document
from anlu.kernel.documents.rules import letterhead_of
from anlu.kernel.documents.sources import full_addressee, template_of

KIND: Final = "service_record"


def service_paper(document: Document, delivery: Delivery | None = None) -> Paper:
    """
    The form of one document.

    Parameters
    ----------
    delivery
        What was written down of a delivery; None gives the form to be filled in by hand.

    Raises
    ------
    NoTemplate
        The kind of the form has no template in force.
    """
    kind = kinds.get(KIND)
    template = template_of(kind, on=today())
    head = letterhead_of(document.unit, on=document.issued_on or today())
    name = head.name if head else document.unit.name
    return compose(
        kind,
        Source(
            title=template.title,
            body=template.body,
            facts=_facts(document, delivery),
            head=name,
            signature=(head.signature or name) if head else name,
        ),
    )


def _facts(document: Document, delivery: Delivery | None) -> dict[str, Any]:
    found: dict[str, Any] = {
        "document_title": document.title,
        "document_number": document.number,
        "served": full_addressee(document),
        "place": document.facts.get("place", "") if delivery is None else delivery.place,
    }
    if delivery is not None:
        found |= {
            "method": delivery.get_method_display(),
            "served_on": delivery.on.isoformat(),
            "receiver": "" if delivery.relation else delivery.receiver,
            "agent": f"{delivery.receiver}（{delivery.relation}）" if delivery.relation else "",
            "refused_why": delivery.refused_why,
            "witnesses": delivery.witnesses,
            "servers": delivery.servers,
        }
    return found

"""Tables of documents."""

from anlu.kernel.documents.models.documents import (
    LIVE_STATES,
    OPEN_STATES,
    STATE_COLOURS,
    Archive,
    Delivery,
    DeliveryMethod,
    Document,
    DocumentEvent,
    Reply,
    State,
)
from anlu.kernel.documents.models.rules import Combination, KindRule, LegalBasis, Letterhead, SigningRule
from anlu.kernel.documents.models.wording import Phrase, Template

__all__ = [
    "LIVE_STATES",
    "OPEN_STATES",
    "STATE_COLOURS",
    "Archive",
    "Combination",
    "Delivery",
    "DeliveryMethod",
    "Document",
    "DocumentEvent",
    "KindRule",
    "LegalBasis",
    "Letterhead",
    "Phrase",
    "Reply",
    "SigningRule",
    "State",
    "Template",
]

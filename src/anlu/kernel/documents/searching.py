"""How documents are found: by number, title and addressee."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from typing import Final
from uuid import UUID

from anlu.kernel.core.scope import Viewer
from anlu.kernel.core.search import Hit, index, matching, searchable
from anlu.kernel.core.search import forget as forget_thing
from anlu.kernel.documents import permissions as may
from anlu.kernel.documents.define import kinds
from anlu.kernel.documents.models import Document
from anlu.kernel.documents.telling import url_of

KIND: Final = "documents.document"
MOST_RECEIVED: Final = 50


def find_again(document: Document) -> None:
    """Make a document findable as it is now; of a person there is only what may be shown."""
    index(
        KIND,
        document.uid,
        [document.number, document.title, document.addressee_name],
        unit_id=document.unit_id,
        area_id=None,
        owner=document.created_by,
    )


def forget(document: Document) -> None:
    """Make a document unfindable."""
    forget_thing(KIND, document.uid)


def hits(viewer: Viewer, uids: Sequence[UUID]) -> Iterable[Hit]:
    """Found documents as the search box shows them."""
    for one in Document.objects.visible_to(viewer, may.VIEW).filter(uid__in=uids):
        label = kinds.get(one.kind).label if one.kind in kinds else one.kind
        note = " · ".join(part for part in (label, one.get_state_display(), one.addressee_name) if part)
        yield Hit(KIND, "公文", one.uid, str(one), note, url_of(one))


def received(viewer: Viewer, query: str) -> Iterable[UUID]:
    """The index knows only the issuer: whoever drafted for another unit, or received it, finds it here."""
    if not query.strip():
        return []
    found = Document.objects.visible_to(viewer, may.VIEW).filter(matching(KIND, query)).order_by("-pk")
    uids: list[UUID] = list(found.values_list("uid", flat=True)[:MOST_RECEIVED])
    return uids


searchable(KIND, may.VIEW, "公文", hits, order=7, exact=received)

"""Who is told when a document moves, and what waits for a person: to check, to sign, to issue, to go on drafting."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from contextlib import suppress
from dataclasses import dataclass
from itertools import islice
from typing import Any, Final
from uuid import UUID

from django.db.models import QuerySet
from django.urls import NoReverseMatch, reverse

from anlu.kernel.core.clock import today
from anlu.kernel.core.notices import notify
from anlu.kernel.core.readiness import before_work
from anlu.kernel.documents import permissions as may
from anlu.kernel.documents.models import OPEN_STATES, Document, State
from anlu.kernel.documents.rules import Signing
from anlu.kernel.people.access import holders_of
from anlu.kernel.people.models import Officer

MOST: Final = 50


def url_of(document: Document) -> str:
    """Where one reads a document; "" where there are no pages."""
    try:
        return reverse("documents.document.detail", args=[document.uid])
    except NoReverseMatch:
        return ""


@before_work
def know_addresses() -> None:
    """Whoever asks first for an address has those of all pages read: a second, in the middle of a write."""
    with suppress(NoReverseMatch):
        reverse("documents.document.new")


# ------------------------------------------------------------------------------------------------ notices
def tell_signers(document: Document) -> int:
    """Everybody who may sign it is told that it waits for them."""
    on = today()
    people: list[UUID | None] = [
        officer.uid
        for officer in holders_of(may.SIGN)
        if document.issued_within(officer.scope_for(may.SIGN))
        and not Signing(officer, on=on).why_not(document)
    ]
    return _tell(people, document, "sign", f"待您签发：{document.title}", "amber")


def tell_of_return(document: Document, why: str) -> int:
    """Whoever drafted it learns that it came back, and why."""
    return _tell(
        [document.created_by], document, "return", f"退回修改：{document.title}（{why.strip()}）", "amber"
    )


def tell_of_issue(document: Document) -> int:
    """Whoever drafted it, and those of the addressee's unit who answer."""
    told = _tell([document.created_by], document, "issue", f"已印发：{document}", "green")
    words = f"收到公文：{document}" + (f"，请于 {document.due_on} 前回复" if document.due_on else "")
    return told + _tell(_answering(document), document, "received", words, "blue")


def tell_of_recount(document: Document) -> int:
    """The same people learn by when an answer is due now."""
    people = [document.created_by, *_answering(document)]
    return _tell(people, document, "recount", f"回复期限改为 {document.due_on}：{document}", "amber")


def _answering(document: Document) -> list[UUID | None]:
    """Those of the addressee's unit who answer."""
    if document.addressee_unit_id is None:
        return []
    return [one.uid for one in holders_of(may.REPLY) if one.unit_id == document.addressee_unit_id]


def tell_of_appraisal(document: Document) -> int:
    """Those who may consent to its destruction, apart from whoever proposed it."""
    people: list[UUID | None] = [
        officer.uid
        for officer in holders_of(may.DESTROY)
        if officer.uid != document.disposal_by and document.issued_within(officer.scope_for(may.DESTROY))
    ]
    return _tell(people, document, "appraise", f"待批准销毁：{document}", "amber")


def tell_late(document: Document) -> int:
    """Whoever drafted and signed it, and those who record deliveries for the issuing unit."""
    people = [document.created_by, document.signed_by] + [
        officer.uid
        for officer in holders_of(may.DELIVER)
        if officer.unit_id in (document.unit_id, document.drafted_unit_id)
    ]
    title = f"{document.number or document.title} 逾期未复，期限 {document.due_on}"
    return _tell(people, document, "overdue", title, "red")


def _tell(people: Iterable[UUID | None], document: Document, what: str, title: str, colour: str) -> int:
    """The version is part of the key: what comes back and goes out again is told again."""
    round_ = "" if what == "overdue" else f":{document.version}"
    key = f"document:{document.uid}{round_}:{what}"
    known = {one for one in people if one is not None and one.int}
    return notify(known, title, key=key, url=url_of(document), colour=colour)


# ------------------------------------------------------------------------------------------------ to do
@dataclass(frozen=True)
class Waiting:
    """A document that waits for somebody, and for what."""

    what: str
    colour: str
    document: Document


def waiting_for(viewer: Officer, *, most: int = MOST) -> list[Waiting]:
    """What this person has to do about documents, signatures first."""
    found = [Waiting("待您签发", "amber", one) for one in to_sign(viewer)]
    found += [Waiting("待您核稿", "amber", one) for one in to_check(viewer)]
    found += [Waiting("待编号印发", "blue", one) for one in to_issue(viewer)]
    found += [Waiting("待批准销毁", "amber", one) for one in to_destroy(viewer)]
    found += [
        Waiting("待回复", "red" if one.state == State.OVERDUE else "blue", one) for one in to_answer(viewer)
    ]
    found += [Waiting("您的拟稿", "grey", one) for one in own_drafts(viewer)]
    return found[:most]


def _first(rows: QuerySet[Any], fits: Callable[[Document], bool]) -> list[Document]:
    """The first ``MOST`` that fit: those that somebody else has to see to take no place."""
    return list(islice(filter(fits, rows.iterator(chunk_size=2 * MOST)), MOST))


def to_sign(viewer: Officer) -> list[Document]:
    """Checked documents that this person may sign."""
    if not viewer.may(may.SIGN):
        return []
    signing, scope = Signing(viewer, on=today()), viewer.scope_for(may.SIGN)
    rows = Document.objects.visible_to(viewer, may.SIGN).filter(state=State.CHECKED)
    return _first(
        rows.select_related("unit").order_by("pk"),
        lambda one: one.issued_within(scope) and not signing.why_not(one),
    )


def to_check(viewer: Officer) -> list[Document]:
    """Drafts of others that this person may check."""
    if not viewer.may(may.CHECK):
        return []
    scope = viewer.scope_for(may.CHECK)
    rows = (
        Document.objects.visible_to(viewer, may.CHECK)
        .filter(state=State.DRAFT)
        .exclude(created_by=viewer.uid)
    )
    return _first(rows.order_by("-pk"), lambda one: one.issued_within(scope))


def to_issue(viewer: Officer) -> list[Document]:
    """Signed documents that this person may issue."""
    if not viewer.may(may.ISSUE):
        return []
    scope = viewer.scope_for(may.ISSUE)
    rows = Document.objects.visible_to(viewer, may.ISSUE).filter(state__in=(State.SIGNED, State.NUMBERED))
    return _first(rows.order_by("signed_on", "pk"), lambda one: one.issued_within(scope))


def to_destroy(viewer: Officer) -> list[Document]:
    """Documents whose destruction somebody else proposed."""
    if not viewer.may(may.DESTROY):
        return []
    scope = viewer.scope_for(may.DESTROY)
    rows = Document.objects.visible_to(viewer, may.DESTROY).filter(
        disposal_by__isnull=False, destroyed_on__isnull=True
    )
    waiting = rows.exclude(disposal_by=viewer.uid).order_by("keep_until", "pk")
    return _first(waiting, lambda one: one.issued_within(scope))


def to_answer(viewer: Officer) -> QuerySet[Document]:
    """Documents to this person's unit that ask for an answer."""
    if not viewer.may(may.REPLY):
        return Document.objects.none()
    rows: QuerySet[Document] = Document.objects.visible_to(viewer).filter(
        state__in=OPEN_STATES, addressee_unit=viewer.unit_id, due_on__isnull=False
    )
    return rows.order_by("due_on", "pk")[:MOST]


def own_drafts(viewer: Officer) -> QuerySet[Document]:
    """What this person began and has not passed on, what came back first."""
    rows: QuerySet[Document] = Document.objects.visible_to(viewer).filter(
        state=State.DRAFT, created_by=viewer.uid
    )
    return rows.order_by("-changed_at")[:MOST]

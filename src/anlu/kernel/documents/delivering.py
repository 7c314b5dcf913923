"""送达 and 回复: how a document was served, and what came back."""

from __future__ import annotations

from datetime import date

from django.db import transaction

from anlu.kernel.core.clock import today
from anlu.kernel.core.models import Upload
from anlu.kernel.core.scope import Viewer
from anlu.kernel.documents import permissions as may
from anlu.kernel.documents.define import kinds
from anlu.kernel.documents.facts import BadFact
from anlu.kernel.documents.models import (
    Delivery,
    DeliveryMethod,
    Document,
    Reply,
    State,
)
from anlu.kernel.documents.rules import (
    asked_of,
)
from anlu.kernel.documents.steps import Incomplete, Which, set_limit, step, taken


@transaction.atomic
def deliver(
    which: Which,
    *,
    by: Viewer,
    on: date | None = None,
    method: str = DeliveryMethod.DIRECT,
    place: str = "",
    receiver: str = "",
    relation: str = "",
    refused: bool = False,
    refused_why: str = "",
    witnesses: str = "",
    servers: str = "",
    proof: Upload | None = None,
) -> Delivery:
    """
    Write down how a document was served (送达回证). The time to answer runs from here.

    Raises
    ------
    Incomplete
        Nobody received it and it was not refused; a refusal without reason or witnesses.
    BadFact
        A day before it was issued or after today, an unknown method, a refusal that was not served by leaving it.
    """
    document = taken(which, "deliver", by=by, permission=may.DELIVER)
    day = on or today()
    _check_delivery(document, day, method, receiver, refused, refused_why, witnesses)
    made = Delivery.objects.create(
        document=document,
        addressee=document.addressee_name or kinds.get(document.kind).label,
        method=method,
        place=place.strip()[:120],
        on=day,
        receiver=receiver.strip(),
        relation=relation.strip()[:40],
        refused=refused,
        refused_why=refused_why.strip()[:200],
        witnesses=witnesses.strip(),
        servers=(servers.strip() or by.name)[:80],
        proof=proof,
        created_by=by.uid,
    )
    if document.delivered_on is None:
        document.delivered_on = day
        asked = asked_of(kinds.get(document.kind), on=day)
        if document.due_on is None:
            set_limit(document, day, asked.reply_days)
    after = State.DELIVERED if document.state == State.ISSUED else State(document.state)
    note = f"{made.get_method_display()}{'，拒收' if refused else ''}"
    step(document, "refuse" if refused else "deliver", after, by=by, note=note)
    return made


def _check_delivery(
    document: Document,
    day: date,
    method: str,
    receiver: str,
    refused: bool,
    refused_why: str,
    witnesses: str,
) -> None:
    if method not in DeliveryMethod.values:
        raise BadFact(f"没有「{method}」这种送达方式", "method")
    if day > today() or (document.issued_on is not None and day < document.issued_on):
        raise BadFact(f"送达日期应在 {document.issued_on} 至 {today()} 之间", "on")
    if refused:
        if method != DeliveryMethod.LEFT:
            raise BadFact("拒收的应留置送达", "method")
        if not refused_why.strip() or not witnesses.strip():
            raise Incomplete("留置送达须写明拒收事由和见证人")
    elif method != DeliveryMethod.NOTICE and not receiver.strip():
        raise Incomplete("须写明收件人；拒收的勾选拒收，留置送达")


@transaction.atomic
def reply(
    which: Which,
    text: str,
    *,
    by: Viewer,
    on: date | None = None,
    sender: str = "",
    final: bool = True,
    upload: Upload | None = None,
) -> Reply:
    """
    Write down an answer; the addressee may do it as well as the issuer. ``final`` ends the matter.

    Raises
    ------
    Incomplete
        The answer is empty.
    BadFact
        It is dated before the document or after today.
    """
    document = taken(which, "reply", by=by, permission=may.REPLY, addressee_too=True)
    day = on or today()
    if not text.strip():
        raise Incomplete("请写明回复内容")
    if day > today() or (document.issued_on is not None and day < document.issued_on):
        raise BadFact(f"回复日期应在 {document.issued_on} 至 {today()} 之间", "on")
    made = Reply.objects.create(
        document=document,
        on=day,
        by=(sender.strip() or document.addressee_name or by.name)[:120],
        text=text.strip(),
        final=final,
        upload=upload,
        created_by=by.uid,
    )
    if final and document.replied_on is None:
        document.replied_on = day
    after = State.REPLIED if final else State(document.state)
    step(document, "reply", after, by=by, note=made.by)
    return made

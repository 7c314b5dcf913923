"""What the paper of a document is made from: what it says now, or what it said when it was signed."""

from __future__ import annotations

from datetime import date
from typing import Any, Final

from anlu.engine.documents.paper import Paper
from anlu.engine.periods import Period, PeriodError
from anlu.kernel.core.clock import today
from anlu.kernel.core.errors import AnluError
from anlu.kernel.documents.composing import Source, compose, title_of
from anlu.kernel.documents.define import Addressee, DocumentKind, kinds
from anlu.kernel.documents.facts import constants_in, together
from anlu.kernel.documents.models import Document, LegalBasis, Phrase, Template
from anlu.kernel.documents.rules import asked_of, in_force, letterhead_of

UPWARD: Final = (Addressee.SUPERIOR, Addressee.GOVERNMENT)  # papers to these name who signed them


class Destroyed(AnluError):
    """What a document said is no more; its line of the register is."""


def destroyed(document: Document) -> Destroyed:
    """Says when its content was destroyed."""
    return Destroyed(f"「{document.title}」保管期满，已于 {document.destroyed_on} 销毁，只留登记")


class NoTemplate(AnluError):
    """A kind without a template in force."""


def template_of(kind: DocumentKind, *, on: date) -> Template:
    """
    The newest version of a kind's template that is in force on a day.

    Raises
    ------
    NoTemplate
        There is none (``anlu init`` brings the first).
    """
    versions = Template.objects.live().filter(kind=kind.code).order_by("-number")
    found: Template | None = next(
        (one for one in versions if one.valid_from is None or one.valid_from <= on), None
    )
    if found is None:
        raise NoTemplate(f"「{kind.label}」没有启用的模板，请先运行 anlu init 或在 系统›公文模板 中启用")
    return found


def facts_of(document: Document) -> dict[str, Any]:
    """All facts, those that identify a person among them: for the paper, never for a list."""
    return together(document.facts, document.sealed)


def full_addressee(document: Document) -> str:
    """To whom it goes, a person by name."""
    if document.addressee_unit is not None:
        return document.addressee_unit.name
    for one in kinds.get(document.kind).personal_fields:
        if one.personal == "name" and (name := facts_of(document).get(one.name)):
            return str(name)
    return document.addressee_name


def source_of(document: Document) -> Source:
    """
    What the paper is made from; after signing exactly what was signed, with the number and date given since.

    Raises
    ------
    NoTemplate
        As ``template_of``.
    Destroyed
        It says nothing any more.
    """
    if document.destroyed_on is not None:
        raise destroyed(document)
    kind = kinds.get(document.kind)
    template = document.template or template_of(kind, on=today())
    kept = document.frozen or living(document, kind, template)
    return Source(
        title=template.title,
        body=template.body,
        facts=facts_of(document),
        figures=document.figures,
        phrases=kept["phrases"],
        head=kept["head"],
        signature=kept["signature"],
        addressee=full_addressee(document),
        bases=tuple(kept["bases"]),
        reply_words=kept["reply_words"],
        period_label=kept["period_label"],
        number=document.number,
        issued_on=document.issued_on,
        signer=document.signed_by_name if document.addressee_kind in UPWARD else "",
        copies_to=tuple(document.copies_to.split("、")) if document.copies_to else (),
        secrecy=document.secrecy,
        urgency=document.urgency,
    )


def living(document: Document, kind: DocumentKind, template: Template) -> dict[str, Any]:
    """What lies outside the document and may change until it is signed: office, bases, phrases, deadline."""
    day = today()
    head = letterhead_of(document.unit, on=day)
    bases = {one.code: str(one) for one in in_force(LegalBasis, day).filter(code__in=document.bases)}
    codes = constants_in((template.title, template.body), "规范")
    cited = list(in_force(Phrase, day).filter(code__in=codes))
    return {
        "head": head.name if head else document.unit.name,
        "signature": (head.signature or head.name) if head else document.unit.name,
        "bases": [bases[code] for code in document.bases if code in bases],
        "phrases": {one.code: one.text for one in cited},
        "phrase_sources": {
            one.code: {
                "source": one.source_document,
                "from": one.valid_from.isoformat() if one.valid_from else "",
                "version": one.version,
            }
            for one in cited
        },
        "reply_words": reply_words(asked_of(kind, on=day).reply_days),
        "period_label": period_label(document.period),
    }


def reply_words(days: int | None) -> str:
    """How long one has to answer, in words."""
    return f"{days}个工作日内" if days else "尽快"


def period_label(code: str) -> str:
    """A period in words: 2023年上半年; "" for none."""
    try:
        return Period.parse(code).label if code else ""
    except PeriodError:
        return code


def paper_of(document: Document, *, marked: bool = False) -> Paper:
    """The paper of a document as it stands; see ``source_of``."""
    return compose(kinds.get(document.kind), source_of(document), marked=marked)


def title_for(document: Document, template: Template) -> str:
    """The title that its facts give; names of persons never stand in it."""
    kind = kinds.get(document.kind)
    kept = living(document, kind, template)
    source = Source(
        title=template.title,
        body="",
        facts=document.facts,
        figures=document.figures,
        addressee=document.addressee_name,
        signature=kept["signature"],
        period_label=kept["period_label"],
    )
    return title_of(kind, source)[:200]

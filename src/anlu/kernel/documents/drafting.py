"""Drafts: facts checked and fetched, and written anew until somebody checks them."""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import Any, Final
from uuid import UUID

from django.db import transaction

from anlu.engine.identity import mask_name
from anlu.engine.periods import Period, PeriodError
from anlu.kernel.core.clock import today
from anlu.kernel.core.errors import ChangedMeanwhile
from anlu.kernel.core.scope import Viewer
from anlu.kernel.core.services import require_inside, void_record
from anlu.kernel.documents import permissions as may
from anlu.kernel.documents.changes import Change, tell_followers
from anlu.kernel.documents.define import SECRECIES, URGENCIES, Addressee, DocumentKind, kinds
from anlu.kernel.documents.facts import BadFact, Facts, apart, fetched, figures_of, tidy
from anlu.kernel.documents.models import (
    Document,
    State,
    Template,
)
from anlu.kernel.documents.rules import (
    addressee_of,
    default_bases,
)
from anlu.kernel.documents.searching import forget
from anlu.kernel.documents.sources import template_of, title_for
from anlu.kernel.documents.steps import NotNow, Which, found_document, note_event, taken
from anlu.kernel.documents.subjects import subject_record, subjects
from anlu.kernel.people.models import Officer, Unit

About = tuple[str, UUID]
LONGEST_COPIES: Final = 300


@dataclass(frozen=True)
class Markings:
    """
    What stands on the paper beside its text.

    Parameters
    ----------
    copies_to
        抄送: offices, set apart by 、 or ，.
    secrecy, urgency
        密级 and 紧急程度, of ``define.SECRECIES`` and ``define.URGENCIES``.
    """

    copies_to: str = ""
    secrecy: str = ""
    urgency: str = ""


@transaction.atomic
def draft_document(
    kind: str,
    facts: Mapping[str, Any],
    *,
    unit: Unit,
    by: Viewer,
    about: About | None = None,
    addressee: Unit | str | None = None,
    addressee_kind: str = "",
    bases: Iterable[str] | None = None,
    period: str = "",
    markings: Markings | None = None,
) -> Document:
    """
    A new draft.

    Parameters
    ----------
    kind
        Code of the kind.
    facts
        By name or label of the fields; what is not stated is taken from the record that it is about. Required ones may
        be missing until the draft is checked.
    unit
        Who issues it. Whoever drafts for another unit must have it, or their own unit, in the scope of drafting.
    about
        Kind and uid of the record that it is about; the kind must be a registered ``Subject``.
    addressee
        A unit, or words where it is none (各中队); for a person the facts name them.
    addressee_kind
        What the addressee is, where it is no unit: ``person``, ``enterprise``, ``own`` ...
    bases
        Codes of the legal bases; None takes those of the matrix.
    period
        For indicators: ``2023H1``.
    markings
        抄送, 密级, 紧急程度.

    Raises
    ------
    UnknownCode
        No such kind of document or of record.
    BadFact
        A fact that the kind does not have, a number that is typed, or a value that is not what its field holds.
    NotFound, NotAllowed
        The record, or the unit, is outside the scope of ``by``.
    """
    declared = kinds.get(kind)
    document = Document(kind=kind, unit=unit, drafted_unit=_own_unit(by) or unit, created_by=by.uid)
    document.drafted_by_name = by.name[:60]
    if about is not None:
        document.about_kind, document.about_uid = about
    document.period = _period(period)
    _address(document, declared, addressee, addressee_kind, facts)
    document.bases = _bases(document, declared, bases)
    _mark(document, declared, markings)
    fill_draft(document, declared, tidy(declared, facts), by=by)
    document.save()
    require_inside(document, by=by, permission=may.DRAFT)
    note_event(document, "draft", before="", by=by)
    return document


@transaction.atomic
def change_document(
    which: Which,
    facts: Mapping[str, Any],
    *,
    version: int,
    by: Viewer,
    addressee: Unit | str | None = None,
    addressee_kind: str = "",
    bases: Iterable[str] | None = None,
    period: str | None = None,
    markings: Markings | None = None,
) -> Document:
    """
    Write a draft anew; ``facts`` are all that is stated.

    Raises
    ------
    ChangedMeanwhile
        Somebody saved since it was opened at ``version``.
    NotNow
        It is no draft any more.
    BadFact, NotFound, NotAllowed
        As ``draft_document``.
    """
    document = taken(which, "change", by=by, permission=may.DRAFT)
    if document.version != version:
        raise ChangedMeanwhile(f"「{document.title}」刚被他人修改，请核对后再保存")
    declared = kinds.get(document.kind)
    if period is not None:
        document.period = _period(period)
    _address(document, declared, addressee, addressee_kind, facts)
    document.bases = _bases(document, declared, bases)
    _mark(document, declared, markings)
    fill_draft(document, declared, tidy(declared, facts), by=by)
    document.save()
    note_event(document, "change", before=document.state, by=by)
    return document


def _own_unit(by: Viewer) -> Unit | None:
    return by.unit if isinstance(by, Officer) else None


def _period(code: str) -> str:
    try:
        return Period.parse(code).code if code else ""
    except PeriodError as problem:
        raise BadFact(str(problem), "period") from None


def _address(
    document: Document,
    kind: DocumentKind,
    addressee: Unit | str | None,
    stated: str,
    facts: Mapping[str, Any],
) -> None:
    """Set addressee unit, kind and name; of a person only what may be shown."""
    document.addressee_unit = addressee if isinstance(addressee, Unit) else None
    if isinstance(addressee, Unit):
        document.addressee_kind = addressee_of(addressee, issuer=document.unit)
        document.addressee_name = addressee.name[:120]
        return
    person = next((one for one in kind.personal_fields if one.personal == "name"), None)
    if kind.addressed and person is not None:
        name = str(facts.get(person.name) or facts.get(person.label) or "")
        document.addressee_kind, document.addressee_name = Addressee.PERSON, mask_name(name) if name else ""
        return
    document.addressee_name = (addressee or "").strip()[:120]
    if stated and stated not in set(Addressee):
        raise BadFact(f"没有「{stated}」这一类主送", "addressee_kind")
    document.addressee_kind = Addressee(stated) if stated or not document.addressee_name else Addressee.OWN


def _bases(document: Document, kind: DocumentKind, bases: Iterable[str] | None) -> list[str]:
    if bases is None:
        return default_bases(kind.code, document.unit, document.addressee_kind, on=today())
    return list(dict.fromkeys(bases))


def _mark(document: Document, kind: DocumentKind, markings: Markings | None) -> None:
    """Set 抄送, 密级 and 紧急程度; None leaves them."""
    if markings is None:
        return
    copies = "、".join(part.strip() for part in re.split("[、，,;；\n]", markings.copies_to) if part.strip())
    if copies and not kind.copied:
        raise BadFact(f"「{kind.label}」没有抄送", "copies_to")
    if (markings.secrecy or markings.urgency) and not kind.marked:
        raise BadFact(f"「{kind.label}」没有密级和紧急程度", "urgency")
    if len(copies) > LONGEST_COPIES:
        raise BadFact(f"抄送超过 {LONGEST_COPIES} 字", "copies_to")
    for field, value, allowed in (
        ("secrecy", markings.secrecy, SECRECIES),
        ("urgency", markings.urgency, URGENCIES),
    ):
        if value and value not in dict(allowed):
            raise BadFact(f"没有「{value}」，可用：{'、'.join(dict(allowed))}", field)
    document.copies_to, document.secrecy, document.urgency = copies, markings.secrecy, markings.urgency


def fill_draft(document: Document, kind: DocumentKind, stated: Facts, *, by: Viewer) -> None:
    """Facts, figures and title; the record that it is about is read as ``by`` may read it."""
    template = template_of(kind, on=today())
    facts, document.figures = gathered(document, kind, stated, template=template, by=by)
    document.facts, document.sealed = apart(kind, facts)
    document.title = title_for(document, template)
    document.version += 1 if document.pk else 0


def gathered(
    document: Document, kind: DocumentKind, stated: Facts, *, template: Template, by: Viewer
) -> tuple[Facts, dict[str, dict[str, Any]]]:
    """Facts with those of the record that it is about, and every number as it is now."""
    given: Mapping[str, Any] = {}
    if document.about_kind and document.about_uid is not None:
        thing = subject_record(document.about_kind, document.about_uid, viewer=by)
        given = subjects.get(document.about_kind).facts(thing)
    facts = {**fetched(kind, given, stated), **stated}
    figures = figures_of(
        kind,
        facts,
        given=given,
        about=(document.about_kind, str(document.about_uid or "")),
        templates=(template.title, template.body),
        unit=document.unit,
        period=document.period,
        viewer=by,
    )
    return facts, figures


def void_draft(uid: UUID, *, why: str, by: Viewer) -> Document:
    """
    Take a draft that should not be there out of the register.

    Raises
    ------
    NotNow
        It has a number already: it is withdrawn, not voided.
    """
    with transaction.atomic():
        found = found_document(uid, by=by, permission=may.VOID)
        if found.number or found.state in (State.ISSUED, State.DELIVERED, State.REPLIED, State.OVERDUE):
            raise NotNow("已编号或印发的公文不能作废，请撤回；文号保留")
        forget(found)
        voided = void_record(Document, found.uid, why=why, by=by, permission=may.VOID)
        tell_followers(Change(voided, "void", by, why.strip()))
        return voided

"""What happened to a case: its events, and telling those who want to know."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from datetime import date, datetime
from typing import Any
from uuid import UUID

from django.db.models import QuerySet

from anlu.engine.lifecycle import AFTER, BEFORE, DOCUMENT, NOTE, PHOTO, Move
from anlu.kernel.cases.kinds import WORKING, families, kinds
from anlu.kernel.cases.models import Case, CaseEvent, CaseFile, CaseUnit, CaseWatcher, FileKind, Part
from anlu.kernel.core.clock import today
from anlu.kernel.core.notices import notify
from anlu.kernel.core.scope import SYSTEM, Viewer
from anlu.kernel.people.access import holders_of

PHOTOS = (FileKind.PHOTO, FileKind.BEFORE, FileKind.AFTER)


def add_event(
    case: Case,
    code: str,
    label: str,
    *,
    by: Viewer,
    note: str = "",
    move: Move | None = None,
    colour: str = "",
    facts: Mapping[str, Any] | None = None,
    on: date | None = None,
) -> CaseEvent:
    """Write a line of the history, in the caller's transaction; call it before ``case.state`` is set."""
    return CaseEvent.objects.create(
        case=case,
        code=code,
        label=label,
        is_move=move is not None,
        before=case.state,
        after=move.to if move else case.state,
        on=on or today(),
        created_by=by.uid,
        by_name=by.name[:60],
        by_unit_id=getattr(by, "unit_id", None),
        note=note.strip(),
        colour=colour,
        facts=dict(facts or {}),
    )


def events_of(case: Case) -> QuerySet[CaseEvent]:
    """The history, newest first."""
    found: QuerySet[CaseEvent] = CaseEvent.objects.filter(case=case).select_related("by_unit").order_by("-pk")
    return found


def moves_of(case: Case) -> list[str]:
    """Codes of all moves, oldest first: replaying them gives the state."""
    return list(
        CaseEvent.objects.filter(case=case, is_move=True).order_by("pk").values_list("code", flat=True)
    )


def replayed(case: Case) -> str:
    """The state that the history leads to."""
    return kinds.get(case.kind).lifecycle.replay(moves_of(case))


def made_by(case: Case, move: str) -> UUID | None:
    """Who made a move last; None when nobody has."""
    found = CaseEvent.objects.filter(case=case, is_move=True, code=move).order_by("-pk").first()
    return found.created_by if found else None


def evidence_of(case: Case, note: str = "") -> dict[str, int]:
    """
    What there is for the next move (kind of evidence: how many).

    Pictures and files count when they came since the last move, those of before ever, those of after since the case
    was last sent back or re-opened.
    """
    files = list(CaseFile.objects.filter(case=case, voided_at__isnull=True).values_list("kind", "created_at"))
    after = [at for kind, at in files if kind == FileKind.AFTER]
    if after and (sent_back := _sent_back_at(case)) is not None:
        after = [at for at in after if at >= sent_back]
    lately = [kind for kind, at in files if at >= case.moved_at]
    return {
        NOTE: int(bool(note.strip())),
        PHOTO: sum(kind in PHOTOS for kind in lately),
        DOCUMENT: lately.count(FileKind.DOCUMENT),
        BEFORE: sum(kind == FileKind.BEFORE for kind, _ in files),
        AFTER: len(after),
    }


def _sent_back_at(case: Case) -> datetime | None:
    """When the case was last sent back or re-opened."""
    back = [move.code for move in kinds.get(case.kind).lifecycle.moves if move.returns or move.reopens]
    made = CaseEvent.objects.filter(case=case, is_move=True, code__in=back).order_by("-pk")
    return made.values_list("at", flat=True).first()


def people_of_parts(case: Case, *parts: Part) -> set[UUID]:
    """Active people of the units that take part as any of ``parts``, who may see cases of the family."""
    units = set(CaseUnit.objects.filter(case=case, part__in=parts).values_list("unit", flat=True))
    if not units:
        return set()
    family = families.get(case.family)
    seeing = {one.uid for one in holders_of(family.permission_to("view"), units=units)}
    if not family.private:
        return seeing
    working = {one.uid for verb in WORKING for one in holders_of(family.permission_to(verb), units=units)}
    return seeing & working


def followers_of(case: Case) -> set[UUID]:
    """Whoever watches, handles or reported it."""
    found = set(CaseWatcher.objects.filter(case=case).values_list("person", flat=True))
    found |= {case.handler.uid} if case.handler else set()
    found |= {case.created_by} if case.created_by else set()
    return found - {SYSTEM.uid}


def tell(case: Case, to: Iterable[UUID], title: str, *, key: str, colour: str = "", by: Viewer) -> int:
    """Notify people about a case, but not whoever did it themselves."""
    address = families.get(case.family).address_of(case.uid)
    return notify(set(to) - {by.uid, SYSTEM.uid}, title, key=f"case.{key}", url=address, colour=colour)

"""
Writes of cases: open, move, change, void. Each is one transaction with its history, audit, facts and notices.

Who may, what is needed and by when come from the declaration of the kind (``kinds``, ``engine.lifecycle``); here they
are only applied.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import date
from typing import Any, Final
from uuid import UUID

from django.db import transaction

from anlu.engine.lifecycle import EvidenceMissing, Move, MoveNotAllowed
from anlu.kernel.cases.deadlines import due_after
from anlu.kernel.cases.history import (
    add_event,
    evidence_of,
    followers_of,
    people_of_parts,
    tell,
)
from anlu.kernel.cases.kinds import FactProblem, Kind, families, kinds
from anlu.kernel.cases.models import Case, CaseFact, CaseUnit, CaseWatcher, Outcome, Part
from anlu.kernel.cases.roles import case_roles, has_role, is_sworn
from anlu.kernel.cases.searching import find_again, forget, indexed
from anlu.kernel.core.audit import record
from anlu.kernel.core.clock import now, today
from anlu.kernel.core.errors import AnluError, NotAllowed, NotFound
from anlu.kernel.core.history import changed_fields, fields_of
from anlu.kernel.core.numbers import next_number
from anlu.kernel.core.recounting import COUNTED_BY
from anlu.kernel.core.revisions import touch
from anlu.kernel.core.scope import SYSTEM, Viewer
from anlu.kernel.core.search import Indexed
from anlu.kernel.core.services import add_record, change_record, restore_record, void_record
from anlu.kernel.people.access import responsible_unit
from anlu.kernel.people.models import SEES_BY_AREA, Officer, Unit
from anlu.kernel.places.locating import Locator

REVISION: Final = "cases.case"  # touched by every write of a case: what maps and statistics go by
OPENING: Final = "open"
STATED: Final = (
    "title",
    "description",
    "grade",
    "found_on",
    "unit",
    "town",
    "lon",
    "lat",
    "coordinate_system",
    "road",
    "road_name",
    "chainage_m",
    "place_text",
    "reporter_name",
)
PLACE: Final = ("lon", "lat", "town_id", "road_id", "chainage_m", "coordinate_system")
FOLLOWS: Final = ("location_state", "lon", "lat", "town", "road", "chainage_m", "unit", "details")
FIGURED: Final = (
    "due_on",
    "closed_on",
    "outcome",
    "on_time",
    "reopened_on",
    "rebounds",
    "grade",
)  # what figures read
HELPERS_AT_MOST: Final = 20


class MoveRefused(AnluError):
    """A move that cannot be made now, or not by this person; the message says why."""


@dataclass(frozen=True)
class About:
    """What a case is about: a crash, a vehicle, an inspection."""

    kind: str
    uid: UUID


# ------------------------------------------------------------------------------------------------ open
@transaction.atomic
def open_case(
    kind: str,
    values: Mapping[str, Any],
    *,
    by: Viewer,
    details: Mapping[str, Any] | None = None,
    source: str = "",
    about: About | None = None,
    origin: Mapping[str, Any] | None = None,
) -> Case:
    """
    Open a case.

    Parameters
    ----------
    kind
        Code of a declared kind.
    values
        Any of ``title, description, grade, found_on, unit, town, lon, lat, road, road_name, chainage_m, place_text,
        reporter_name`` and ``lead, helpers, handler, due_on``. What is missing of the place is worked out; the unit
        is that which answers for the town on that day, else that of ``by``; the deadline is the kind's.
    details
        Facts of the kind.
    source
        What opened it: ``crashes.hot_spot``; "" = a person.
    origin
        Of a case that is imported: where it comes from, by the names of ``Sourced``.

    Raises
    ------
    FactProblem
        A fact of the kind is missing or cannot be read.
    NotAllowed
        ``by`` may not open cases of this family.
    """
    declared = kinds.get(kind)
    permission = families.get(declared.family).permission_to("add")
    if not by.may(permission):
        raise NotAllowed(f"您没有登记「{declared.label}」的权限")
    case = Case(kind=kind, family=declared.family, state=declared.lifecycle.start, source=source)
    case.about_kind, case.about_uid = (about.kind, about.uid) if about else ("", None)
    for name, value in (origin or {}).items():
        setattr(case, name, value)
    for name in STATED:
        if values.get(name) is not None:
            setattr(case, name, values[name])
    case.found_on = case.found_on or today()
    case.title = _title(case, declared)
    case.details, case.details_version = declared.read(details or {}), declared.version
    Locator.current().complete(case)
    if declared.needs_place and case.lon is None and case.road_id is None and case.town_id is None:
        raise FactProblem("须有位置：在图上点选，或填写道路桩号、镇街", "place")
    if case.unit_id is None and declared.attributed:
        case.unit_id = responsible_unit(case.town_id, on=case.found_on) or getattr(by, "unit_id", None)
    _set_first_deadline(case, declared, values.get("due_on"))
    case.number = _number(declared, case.found_on.year)
    add_record(case, by=by, permission=permission)
    add_event(case, OPENING, "登记", by=by, note=case.description[:200], colour="blue", on=case.found_on)
    if case.unit is not None:
        give_part(case, case.unit, Part.FOUND)
    _assign(case, values)
    case.save()
    _keep_facts(case, declared)
    declared.follow(case, OPENING, by)
    written(case)
    return case


def _title(case: Case, kind: Kind) -> str:
    """What was stated, no longer than its column; a case without words is called as its kind."""
    return (case.title or "").strip()[:120] or kind.label


def _number(kind: Kind, year: int) -> str:
    """``SJ-2023-00031``, from the counter of prefix and year."""
    return f"{kind.prefix}-{year}-{next_number(f'case.{kind.prefix}.{year}'):05d}"


def _set_first_deadline(case: Case, kind: Kind, stated: date | None) -> None:
    if stated is not None:
        set_due(case, stated)
    elif kind.lifecycle.working_days is not None:
        _set_limit(case, case.found_on, kind.lifecycle.working_days)


def _set_limit(case: Case, start: date, working_days: int) -> None:
    """Set the deadline that a limit gives (unsaved), and keep the limit."""
    limit = due_after(start, working_days)
    set_due(case, limit.on, provisional=limit.provisional, counted=(start, working_days))


def set_due(
    case: Case, due_on: date | None, *, provisional: bool = False, counted: tuple[date, int] | None = None
) -> None:
    """
    Set the deadline (unsaved): the climb of the escalation ladder begins anew.

    Parameters
    ----------
    counted
        From which day and how many working days; None where a person stated the day.
    """
    if case.due_on != due_on:
        case.rung = ""
    case.due_on, case.due_provisional = due_on, provisional
    case.due_from, case.due_days = counted or (None, None)
    case.step_on = today() if due_on is not None else None  # the worker works out the next day


# ------------------------------------------------------------------------------------------------ find
def case_for(by: Viewer, uid: UUID, *, lock: bool = False) -> Case:
    """
    The case, or the one that it was merged into.

    Raises
    ------
    NotFound
        Absent, voided, or outside what ``by`` may see: the answer is the same. Or merged into one that is voided.
    """
    rows = Case.objects.visible_to(by)
    found: Case | None = (rows.select_for_update(of=("self",)) if lock else rows).filter(uid=uid).first()
    if found is None:
        raise NotFound("没有这个事项，或不在您的管辖范围内")
    if found.merged_into_id is None:
        return found
    originals = Case.objects.live().filter(pk=found.merged_into_id)
    original: Case | None = (originals.select_for_update(of=("self",)) if lock else originals).first()
    if original is None:
        raise NotFound(f"{found.number} 已并入别的事项，那件事项已作废；恢复那一件后才能办理")
    return original


# ------------------------------------------------------------------------------------------------ move
def why_not(case: Case, move: Move, by: Viewer) -> str:
    """Why ``by`` cannot make this move, "" when nothing stands in the way but evidence."""
    if move.sworn and not is_sworn(by):
        return f"「{move.label}」须由民警办理"
    if not has_role(case, move.role, by):
        return f"「{move.label}」由{case_roles.get(move.role).label}办理"
    return kinds.get(case.kind).why_not(case, move, by)


def why_refused(case: Case, move: str, by: Viewer) -> str:
    """Why the move of this code cannot be made now by ``by``, in words; "" when nothing but evidence may be missing."""
    try:
        return why_not(case, kinds.get(case.kind).lifecycle.step(case.state, move), by)
    except MoveNotAllowed as error:
        return str(error)


@transaction.atomic
def move_case(
    uid: UUID,
    move: str,
    *,
    by: Viewer,
    note: str = "",
    values: Mapping[str, Any] | None = None,
    version: int | None = None,
) -> Case:
    """
    Carry a case one step along its lifecycle; of a case that was merged, the original.

    Files that the move needs are attached before, in the same transaction (``files.attach``).

    Parameters
    ----------
    values
        What the move asks for: ``lead, helpers, handler, due_on, grade``.
    version
        What the page was opened with; somebody else's move in between is then refused and not overwritten.

    Raises
    ------
    MoveRefused
        Not from this state, not by this person, something is missing, or somebody was quicker.
    NotFound
        As ``case_for``.
    """
    case = case_for(by, uid, lock=True)
    found_as = indexed(case)
    if version is not None and case.version != version:
        raise MoveRefused("这件事项刚被他人办理过，请看过最新情况再办")
    lifecycle = kinds.get(case.kind).lifecycle
    try:
        step = lifecycle.step(case.state, move)
    except MoveNotAllowed as error:
        raise MoveRefused(str(error)) from None
    if refusal := why_not(case, step, by):
        raise MoveRefused(refusal)
    try:
        lifecycle.move(case.state, move, given=evidence_of(case, note))
    except EvidenceMissing as error:
        raise MoveRefused(str(error)) from None
    answers = _with_suggestions(case, step, values or {})
    _require_answers(case, step, answers)
    event = add_event(case, move, step.label, by=by, note=note, move=step, colour=_colour(lifecycle, step))
    before, figured = lifecycle.label(case.state), fields_of(case, FIGURED)
    _apply(case, step, answers)
    _assign(case, answers)
    case.version += 1
    case.save()
    kinds.get(case.kind).follow(case, move, by)
    changes = changed_fields(figured, case, FIGURED)
    if (after := lifecycle.label(case.state)) != before:
        changes["state"] = [before, after]
    record("move", case, by=by, changes=changes, note=f"{step.label} {note}".strip())
    written(case, found_as=found_as)
    words = f"{case.number} {step.label}：{case.title}"
    tell(case, followers_of(case), words, key=f"{event.uid}", by=by)
    if step.returns or step.reopens:
        tell(case, people_of_parts(case, Part.LEAD), words, key=f"{event.uid}", colour="amber", by=by)
    return case


def _with_suggestions(case: Case, step: Move, values: Mapping[str, Any]) -> dict[str, Any]:
    """What was stated, and where neither that nor the case says what the move asks for, what the kind proposes."""
    found = dict(values)
    known = {"lead": case.lead_id, "helpers": case.lead_id, "grade": case.grade}
    open_asks = [one for one in step.asks if one in known and not known[one] and not found.get(one)]
    if open_asks:
        proposed = kinds.get(case.kind).suggest(case)
        found |= {one: proposed[one].value for one in open_asks if one in proposed}
    return found


def _require_answers(case: Case, step: Move, values: Mapping[str, Any]) -> None:
    """A move that hands something to a unit needs that unit."""
    if "lead" in step.asks and values.get("lead") is None and case.lead_id is None:
        raise MoveRefused(f"「{step.label}」须选定牵头单位")
    due_on = values.get("due_on")
    if due_on is not None and due_on < today():
        raise MoveRefused(f"办理期限 {due_on} 早于今天")


def _apply(case: Case, step: Move, values: Mapping[str, Any]) -> None:
    """State, deadline and counts after a move (unsaved)."""
    lifecycle = kinds.get(case.kind).lifecycle
    case.state, case.moved_at = step.to, now()
    case.returns += step.returns
    if step.reopens:
        case.rebounds += 1
        case.reopened_on = case.rechecked_on = today()
        case.closed_on, case.closed_month, case.on_time, case.outcome = None, "", None, Outcome.NONE
    if "grade" in step.asks and values.get("grade"):
        case.grade = values["grade"]
    if lifecycle.is_done(step.to):
        close(case, Outcome.DROPPED if lifecycle.is_dropped(step.to) else Outcome.RESOLVED)
    elif "due_on" in step.asks and values.get("due_on") is not None:
        set_due(case, values["due_on"])
    elif step.working_days is not None:
        _set_limit(case, today(), step.working_days)


def close(case: Case, outcome: Outcome) -> None:
    """End a case today (unsaved)."""
    case.closed_on, case.closed_month = today(), f"{today():%Y-%m}"
    case.outcome = outcome
    kept = case.due_on is None or case.closed_on <= case.due_on
    case.on_time = kept if outcome == Outcome.RESOLVED and case.due_on is not None else None
    case.step_on = None


def _colour(lifecycle: Any, step: Move) -> str:
    if step.reopens:
        return "red"
    return str(lifecycle.colour(step.to))


def moves_for(case: Case, by: Viewer) -> list[tuple[Move, str]]:
    """
    Moves out of the present state that ``by`` could make at some time, each with why not now ("" = now).

    What somebody is never allowed to do is absent; what is only blocked says why.
    """
    found = []
    if case.merged_into_id is not None:
        return []
    for step in kinds.get(case.kind).lifecycle.moves_from(case.state):
        if (step.sworn and not is_sworn(by)) or not has_role(case, step.role, by):
            continue
        found.append((step, why_not(case, step, by)))
    return found


# ------------------------------------------------------------------------------------------------ who
def give_part(case: Case, unit: Unit, part: Part) -> None:
    """Let a unit take part; twice is once."""
    area = unit.area_id if unit.kind in SEES_BY_AREA else None
    CaseUnit.objects.get_or_create(case=case, unit=unit, part=part, defaults={"area_id": area})


def _assign(case: Case, values: Mapping[str, Any]) -> None:
    """Lead, helpers and handler from the values of a move or form (case unsaved)."""
    lead: Unit | None = values.get("lead")
    if lead is not None and lead.pk != case.lead_id:
        CaseUnit.objects.filter(case=case, part=Part.LEAD).delete()
        case.lead = lead
        give_part(case, lead, Part.LEAD)
        tell(case, people_of_parts(case, Part.LEAD), f"{case.number} 交由贵单位牵头办理：{case.title}",
             key=f"{case.uid}.lead.{lead.pk}.{case.version}", colour="blue", by=SYSTEM)  # fmt: skip
    if values.get("helpers") is not None:
        _set_helpers(case, values["helpers"])
    handler: Officer | None = values.get("handler")
    if handler is not None and handler.pk != case.handler_id:
        case.handler = handler
        tell(case, [handler.uid], f"{case.number} 由您经办：{case.title}",
             key=f"{case.uid}.handler.{handler.pk}.{case.version}", colour="blue", by=SYSTEM)  # fmt: skip


def _set_helpers(case: Case, helpers: Iterable[Unit]) -> None:
    wanted = {unit.pk: unit for unit in helpers}
    if len(wanted) > HELPERS_AT_MOST:
        raise MoveRefused(f"配合单位最多 {HELPERS_AT_MOST} 个")
    CaseUnit.objects.filter(case=case, part=Part.HELPER).exclude(unit__in=wanted).delete()
    for unit in wanted.values():
        if unit.pk != case.lead_id:
            give_part(case, unit, Part.HELPER)


def _in_charge(case: Case) -> dict[str, str]:
    """Lead, handler and helpers, by name."""
    helpers = (
        CaseUnit.objects.filter(case=case, part=Part.HELPER).select_related("unit").order_by("unit__code")
    )
    return {
        "lead": str(case.lead or ""),
        "handler": str(case.handler or ""),
        "helpers": "、".join(one.unit.name for one in helpers),
    }


def _assigned(name: str, who: str) -> str:
    if name == "helpers":
        return f"配合单位：{who}" if who else "不再有配合单位"
    return who


@transaction.atomic
def assign_case(uid: UUID, values: Mapping[str, Any], *, by: Viewer) -> Case:
    """
    Give a case another lead, helpers or handler without a move.

    Raises
    ------
    NotAllowed
        ``by`` may not handle it, or it is closed.
    """
    case = case_for(by, uid, lock=True)
    if not has_role(case, "squadron", by):
        raise NotAllowed("改派由辖区中队或上级办理")
    if case.closed_on is not None:
        raise NotAllowed("已办结的事项不能改派")
    before = _in_charge(case)
    _assign(case, values)
    after = _in_charge(case)
    changes = {name: [before[name], after[name]] for name in after if before[name] != after[name]}
    if changes:
        case.version += 1
        case.save()
        words = "，".join(_assigned(name, new) for name, (_, new) in changes.items())
        add_event(case, "assign", "改派", by=by, note=words, colour="blue")
        record("assign", case, by=by, changes=changes)
        touch(REVISION)
    return case


@transaction.atomic
def watch_case(uid: UUID, *, by: Viewer, wanted: bool = True) -> Case:
    """Follow a case, or no longer."""
    case = case_for(by, uid)
    if wanted:
        CaseWatcher.objects.get_or_create(case=case, person=by.uid)
    else:
        CaseWatcher.objects.filter(case=case, person=by.uid).delete()
    return case


@transaction.atomic
def comment_case(uid: UUID, note: str, *, by: Viewer) -> Case:
    """Add a line to the history without a move; of a case that was merged, to the original's."""
    if not note.strip():
        raise MoveRefused("请写明情况")
    case = case_for(by, uid, lock=True)
    event = add_event(case, "comment", "补充情况", by=by, note=note)
    record("comment", case, by=by, note=note.strip())
    tell(case, followers_of(case), f"{case.number} 有补充情况：{case.title}", key=f"{event.uid}", by=by)
    return case


@transaction.atomic
def recheck_case(uid: UUID, note: str, *, by: Viewer) -> Case:
    """
    Record that a closed case was looked at again and is in order; what is not is re-opened by the move of its kind.

    Raises
    ------
    MoveRefused
        It is still open, nothing is said, or ``by`` could not re-open it either.
    """
    case = case_for(by, uid, lock=True)
    if case.closed_on is None:
        raise MoveRefused("办结后才能回头看")
    if not note.strip():
        raise MoveRefused("请写明回头看情况")
    if not any(move.reopens for move, _ in moves_for(case, by)):
        raise MoveRefused("回头看由复查人员办理")
    case.rechecked_on = today()
    case.version += 1
    case.save()
    add_event(case, "recheck", "回头看合格", by=by, note=note, colour="green")
    record("recheck", case, by=by, note=note.strip())
    touch(REVISION)
    return case


# ------------------------------------------------------------------------------------------------ change
@transaction.atomic
def change_case(
    uid: UUID,
    values: Mapping[str, Any],
    *,
    version: int,
    by: Viewer,
    details: Mapping[str, Any] | None = None,
) -> Case:
    """
    Correct the facts of a case; its town and unit stay those of the day it was found unless the place itself moves.

    Raises
    ------
    ChangedMeanwhile, NotFound, NotAllowed
        As ``core.services``.
    FactProblem
        A fact of the kind cannot be read.
    """
    permission = _permission_of(uid, "change")
    stated = {name: value for name, value in values.items() if name in STATED}
    before: dict[str, Any] = {}

    def prepare(case: Case) -> None:
        declared = kinds.get(case.kind)
        case.title = _title(case, declared)
        if details is not None:
            case.details, case.details_version = declared.read(details), declared.version
        Locator.current().move(case, before)
        _keep_facts(case, declared)

    found = Case.objects.filter(uid=uid).first()
    before.update(fields_of(found, PLACE) if found else {})
    case = change_record(
        Case, uid, stated, version=version, by=by, permission=permission, prepare=prepare, tracked=FOLLOWS
    )
    if case.version != version:
        kinds.get(case.kind).follow(case, "change", by)
        add_event(case, "change", "更正", by=by, colour="amber")
        written(case)
    return case


def _permission_of(uid: UUID, verb: str) -> str:
    """The permission of the family that a case belongs to; one that nobody holds for a case that is not there."""
    family = Case.objects.filter(uid=uid).values_list("family", flat=True).first() or ""
    return families.get(family).permission_to(verb) if family in families else "cases.none"


@transaction.atomic
def void_case(uid: UUID, *, why: str, by: Viewer) -> Case:
    """Take a case out of lists and figures."""
    case = void_record(Case, uid, why=why, by=by, permission=_permission_of(uid, "void"))
    forget(case)
    touch(REVISION)
    return case


@transaction.atomic
def restore_case(uid: UUID, *, by: Viewer) -> Case:
    """Bring a voided case back."""
    case = restore_record(Case, uid, by=by, permission=_permission_of(uid, "void"))
    if case.due_days is not None and case.closed_on is None:
        touch(COUNTED_BY)  # meanwhile the days off may have changed
    written(case)
    return case


# ------------------------------------------------------------------------------------------------ what follows
def _keep_facts(case: Case, kind: Kind) -> None:
    """Rows of the facts that lists filter by."""
    wanted = [one for one in kind.facts if one.fact.filter]
    if case.pk is None or not wanted:
        return
    CaseFact.objects.filter(case=case).delete()
    CaseFact.objects.bulk_create(row for one in wanted if (row := fact_row(case, kind, one.name)) is not None)


def fact_row(case: Case, kind: Kind, name: str) -> CaseFact | None:
    """The row of one fact; None when it is not stated."""
    value = case.details.get(name)
    one = kind.fact(name)
    if value is None or value == "" or one is None:
        return None
    code = f"{kind.family}.{name}"
    if one.type is date:
        return CaseFact(case=case, code=code, day=value)
    if one.type in (int, float, bool):
        return CaseFact(case=case, code=code, number=float(value))
    return CaseFact(case=case, code=code, text=str(value)[:200])


def written(case: Case, *, found_as: Indexed | None = None) -> None:
    """
    After a write: found again, and maps and statistics learn of it.

    Parameters
    ----------
    found_as
        By what it was found before, where that is likely to be the same: then the search is left as it is, since all
        other writers wait meanwhile.
    """
    if found_as is None or found_as != indexed(case):
        find_again(case)
    touch(REVISION)

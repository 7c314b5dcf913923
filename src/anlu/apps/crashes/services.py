"""
Writes of crashes. Each is one transaction with its audit entry, its search entry and its quality marks.

What follows from other facts is never typed in: local date parts, casualties and severity where parties
are listed, unit where only a town is given.
"""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date, datetime
from typing import Any, Final
from uuid import UUID

from django.db import transaction
from django.db.models import Max

from anlu.apps.crashes import permissions
from anlu.apps.crashes.doubts import LOCAL_CHANGE, local_zone, marks_of, party_facts
from anlu.apps.crashes.imports import REVISION
from anlu.apps.crashes.models import Crash, CrashParty, CrashVehicle, Procedure, ProcedureChange
from anlu.apps.crashes.searching import find_again, forget
from anlu.engine.crashes.deaths import WITHIN_7_DAYS, WITHIN_30_DAYS, death_counts
from anlu.engine.crashes.local_parts import local_parts
from anlu.engine.crashes.severity import casualties
from anlu.kernel.core.audit import record
from anlu.kernel.core.errors import AnluError, NeedsReason
from anlu.kernel.core.history import changed_fields, fields_of
from anlu.kernel.core.models.records import Precision
from anlu.kernel.core.ownership import name_of, require_ours
from anlu.kernel.core.revisions import touch
from anlu.kernel.core.scope import Viewer
from anlu.kernel.core.services import add_record, change_record, record_for, restore_record, void_record
from anlu.kernel.people.access import responsible_unit
from anlu.kernel.places.locating import STATED, Locator

FOLLOWS: Final = (
    "occurred_on",
    "occurred_hour",
    "occurred_weekday",
    "occurred_month",
    "unit",
    "severity",
    "killed",
    "killed_30d",
    "seriously_injured",
    "slightly_injured",
    "injured",
    "parties_count",
    "vehicles_count",
    "location_state",
    "lon",
    "lat",
    "coordinate_system",
    "town",
    "road",
    "chainage_m",
    "marks",
)
PLACE: Final = (*STATED, "coordinate_system")
WHY: Final = "why"


class ProcedureUnchanged(AnluError):
    """The crash is handled by this procedure already."""


# --- the crash itself


@transaction.atomic
def add_crash(values: Mapping[str, Any], *, by: Viewer) -> Crash:
    """
    Add a crash from the values of the form.

    Raises
    ------
    Doubled
        There is a crash of this number.
    NotAllowed
        It would lie outside the scope in which ``by`` may add.
    """
    stated = {name: value for name, value in values.items() if name != WHY}
    crash = Crash(**stated)
    Locator.current().complete(crash)
    if crash.unit_id is None and crash.town_id is None:
        crash.unit_id = getattr(by, "unit_id", None)
    _settle(crash)
    add_record(crash, by=by, permission=permissions.ADD)
    _written(crash)
    return crash


@transaction.atomic
def change_crash(uid: UUID, values: Mapping[str, Any], *, version: int, by: Viewer) -> Crash:
    """
    Change a crash. One that another system gave is changed only with a reason, and is marked as changed here.

    Raises
    ------
    NeedsReason
        The crash came by import and ``values["why"]`` is empty.
    NotOurs
        It belongs to another system, and the change is not one of its place or unit.
    ChangedMeanwhile, NotFound, NotAllowed, Doubled
        As ``core.services``.
    """
    stated = dict(values)
    why = str(stated.pop(WHY, "") or "").strip()
    crash = record_for(Crash, uid, by=by, permission=permissions.CHANGE)
    different = [name for name, value in stated.items() if getattr(crash, name) != value]
    differs = bool(different)
    require_ours(crash, different)
    if crash.source and differs and not why:
        raise NeedsReason(f"这起事故来自「{name_of(crash.source)}」，在本平台更正须说明原因")

    before_move = fields_of(crash, PLACE)

    def prepare(thing: Crash) -> None:
        if differs:
            Locator.current().move(thing, before_move)
            if thing.source and LOCAL_CHANGE not in thing.marks:
                thing.marks = [*thing.marks, LOCAL_CHANGE]
            _settle(thing)

    before = crash.version
    changed = change_record(
        Crash,
        uid,
        stated,
        version=version,
        by=by,
        permission=permissions.CHANGE,
        prepare=prepare,
        tracked=FOLLOWS,
    )
    if changed.version != before:
        if why:
            record("reason", changed, by=by, note=why)
        _written(changed)
    return changed


@transaction.atomic
def void_crash(uid: UUID, *, why: str, by: Viewer) -> Crash:
    """Take a crash out of lists and figures, with a reason."""
    crash = void_record(Crash, uid, why=why, by=by, permission=permissions.VOID)
    forget(crash)
    touch(REVISION)
    return crash


@transaction.atomic
def restore_crash(uid: UUID, *, by: Viewer) -> Crash:
    """Bring a voided crash back."""
    crash = restore_record(Crash, uid, by=by, permission=permissions.VOID)
    _written(crash)
    return crash


@transaction.atomic
def change_procedure(uid: UUID, to: str, *, why: str, on: date, by: Viewer) -> ProcedureChange:
    """
    Move a crash to another procedure; the change is a row of its own, so that a fall in 一般事故 can be
    checked.

    Raises
    ------
    ProcedureUnchanged
        It is handled by this procedure already.
    NeedsReason
        ``why`` is empty.
    """
    crash = record_for(Crash, uid, by=by, permission=permissions.CHANGE)
    new = Procedure(to)
    if crash.procedure == new:
        raise ProcedureUnchanged(f"「{crash}」已按{new.label}处理")
    if not why.strip():
        raise NeedsReason("变更处理程序须说明原因")
    change = ProcedureChange.objects.create(
        crash=crash,
        from_procedure=crash.procedure,
        to_procedure=new,
        changed_on=on,
        why=why.strip()[:200],
        officer_name=by.name[:60],
        created_by=by.uid,
    )
    _changed(crash, {"procedure": new.value}, by=by, note=why.strip())
    return change


# --- parties and vehicles


def add_party(uid: UUID, values: Mapping[str, Any], *, by: Viewer) -> CrashParty:
    """Add a party to a crash; casualties and severity follow."""
    return _add_child(CrashParty, uid, values, by=by)


def add_vehicle(uid: UUID, values: Mapping[str, Any], *, by: Viewer) -> CrashVehicle:
    """Add a vehicle to a crash."""
    return _add_child(CrashVehicle, uid, values, by=by)


@transaction.atomic
def _add_child(model: Any, uid: UUID, values: Mapping[str, Any], *, by: Viewer) -> Any:
    crash = record_for(Crash, uid, by=by, permission=permissions.CHANGE)
    last = model.objects.filter(crash=crash).aggregate(last=Max("seq"))["last"] or 0
    child = model(crash=crash, seq=last + 1, created_by=by.uid, **values)
    _count_death(child, crash)
    child.save()
    record("add", child, by=by, label=f"{crash} {child}")
    _changed(crash, {}, by=by)
    return child


@transaction.atomic
def change_party(uid: UUID, values: Mapping[str, Any], *, by: Viewer) -> CrashParty:
    """Change a party; a death that is dated later re-classifies the crash, and both changes are recorded."""
    party = record_for(CrashParty, uid, by=by, permission=permissions.CHANGE)
    before = fields_of(party, values)
    for name, value in values.items():
        setattr(party, name, value)
    _count_death(party, party.crash)
    changes = changed_fields(before, party, values)
    if changes:
        party.version += 1
        party.save()
        record("change", party, by=by, changes=changes, label=f"{party.crash} {party}")
        _changed(party.crash, {}, by=by)
    return party


@transaction.atomic
def void_party(uid: UUID, *, why: str, by: Viewer) -> CrashParty:
    """Take a party out of a crash, with a reason."""
    party = void_record(CrashParty, uid, why=why, by=by, permission=permissions.CHANGE)
    _changed(party.crash, {}, by=by)
    return party


def _count_death(child: Any, crash: Crash) -> None:
    """Whether a party counts as killed within 7 and within 30 days."""
    if isinstance(child, CrashParty):
        facts = party_facts(child)
        for name, rule in (("counted_7d", WITHIN_7_DAYS), ("counted_30d", WITHIN_30_DAYS)):
            counts = death_counts(
                facts.injury, facts.died_at, crash.occurred_at, rule=rule, zone=local_zone()
            )
            setattr(child, name, counts)


# --- what follows


def _changed(crash: Crash, values: Mapping[str, Any], *, by: Viewer, note: str = "") -> None:
    """Set values on a locked crash, work out what follows, save and record what is different."""
    require_ours(crash, ("parties", "vehicles", *values))
    names = [*values, *FOLLOWS]
    before = fields_of(crash, names)
    for name, value in values.items():
        setattr(crash, name, value)
    if crash.source and LOCAL_CHANGE not in crash.marks:
        crash.marks = [*crash.marks, LOCAL_CHANGE]
    _settle(crash)
    changes = changed_fields(before, crash, names)
    if changes:
        crash.version += 1
        crash.save()
        record("change", crash, by=by, changes=changes, note=note)
    _written(crash)


def _settle(crash: Crash) -> None:
    """Everything that follows from the stated facts of an unsaved or changed crash."""
    _set_local_parts(crash)
    if crash.unit_id is None:
        crash.unit_id = responsible_unit(crash.town_id, on=crash.occurred_on)
    parties = list(crash.parties.filter(voided_at__isnull=True)) if crash.pk else []
    vehicles = crash.vehicles.filter(voided_at__isnull=True).count() if crash.pk else 0
    if parties:
        _count_outcome(crash, parties)
    elif crash.injured < crash.seriously_injured + crash.slightly_injured:
        crash.injured = crash.seriously_injured + crash.slightly_injured
    if vehicles:
        crash.vehicles_count = vehicles
    crash.parties_count = len(parties)
    crash.marks = marks_of(crash, parties, vehicles)
    crash.marked = bool(crash.marks)


def _set_local_parts(crash: Crash) -> None:
    precision: Any = Precision(crash.time_precision or Precision.MINUTE).value
    parts = local_parts(crash.occurred_at, local_zone(), precision=precision)
    if _moved(crash, parts.occurred_at):
        crash.occurred_on, crash.occurred_hour = parts.occurred_on, parts.hour
        crash.occurred_weekday, crash.occurred_month = parts.weekday, parts.period_month


def _moved(crash: Crash, at: datetime) -> bool:
    """True unless the crash keeps the time with which its local parts were frozen (perhaps in another
    zone).
    """
    if crash.pk is None or crash.occurred_on is None:
        return True
    return bool(Crash.objects.filter(pk=crash.pk).values_list("occurred_at", flat=True).first() != at)


def _count_outcome(crash: Crash, parties: list[CrashParty]) -> None:
    found = casualties(map(party_facts, parties), crash.occurred_at, zone=local_zone())
    crash.killed, crash.killed_30d = found.killed, found.killed_30d
    crash.seriously_injured, crash.slightly_injured = found.serious, found.slight
    crash.injured, crash.severity = found.injured, found.severity


def _written(crash: Crash) -> None:
    find_again(crash)
    touch(REVISION)

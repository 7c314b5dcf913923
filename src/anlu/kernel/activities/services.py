"""
Writes of activities: plan, change, write down as held, cancel, void. Each is one transaction with its audit entry.

Which permission is needed is said by the ledger that calls (``team.study.add`` ...), because the right to plan a
study session is not the right to plan a lecture in a village.
"""

from __future__ import annotations

import secrets
from collections.abc import Iterable, Mapping
from datetime import date
from typing import Any, Final
from uuid import UUID

from django.db import transaction

from anlu.kernel.activities.models import Activity, ActivityBearer, ActivityState, Attendance, SignIn
from anlu.kernel.activities.registry import ActivityKind, Bearer, bearers_on, kinds
from anlu.kernel.core.audit import record
from anlu.kernel.core.clock import today
from anlu.kernel.core.errors import AnluError, NeedsReason
from anlu.kernel.core.history import changed_fields, fields_of
from anlu.kernel.core.numbers import next_number
from anlu.kernel.core.scope import Viewer
from anlu.kernel.core.services import add_record, change_record, record_for, restore_record, void_record
from anlu.kernel.people.models import Officer, Unit
from anlu.kernel.places.locating import Locator

HELD: Final = (
    *("state", "held_on", "begins", "ends", "place", "due_count", "head_count", "outcome", "details"),
    *("speaker", "speaker_office", "topic"),
)


class ActivityProblem(AnluError):
    """What was asked cannot be done with this activity as it is."""


# ------------------------------------------------------------------------------------------------ adding


@transaction.atomic
def add_activity(values: Mapping[str, Any], *, by: Viewer, permission: str) -> Activity:
    """
    Plan an activity, or write down one that was held (``state`` held with ``held_on``).

    ``bearers`` names those who hold it by their keys (default: the unit); where no unit is stated, it is that of
    the first bearer, else that of the person.

    Raises
    ------
    ActivityProblem
        A bearer did not exist on the day, or a held one lacks what its kind needs.
    NotAllowed
        It would lie outside the scope of the person.
    """
    stated = dict(values)
    keys = stated.pop("bearers", None)
    kind = kinds.get(stated["kind"])
    activity = Activity(**stated)
    bearers = _bearers(keys, activity)
    _attribute(activity, bearers, by=by)
    if activity.state == ActivityState.HELD:
        _require_held(activity, kind)
    activity.number = f"{kind.prefix}-{activity.day_year}-{next_number(_series(kind, activity)):04d}"
    add_record(activity, by=by, permission=permission)
    _write_bearers(activity, bearers)
    return activity


def _series(kind: ActivityKind, activity: Activity) -> str:
    return f"activities.{kind.prefix}.{activity.day_year}"


def _bearers(keys: Iterable[str] | None, activity: Activity) -> list[Bearer]:
    """Those named by their keys, as they were on the day of the activity."""
    wanted = list(dict.fromkeys(keys or ()))
    if not wanted:
        return []
    day = activity.held_on or activity.planned_on
    known = bearers_on(day)
    unknown = [key for key in wanted if key not in known]
    if unknown:
        raise ActivityProblem(f"组织者中有在 {day} 不存在的单位或组织,请重新选择")
    return [known[key] for key in wanted]


def _attribute(activity: Activity, bearers: list[Bearer], *, by: Viewer) -> None:
    """Unit, organisers in words, and town, as of the day; later changes of the trees leave them alone."""
    if activity.unit_id is None:
        first = next((one.unit_id for one in bearers if one.unit_id), None)
        activity.unit_id = first or getattr(by, "unit_id", None)
    if activity.lon is not None or activity.road_id is not None:
        Locator.current().complete(activity)
    elif activity.town_id is None and activity.unit is not None:
        activity.town = activity.unit.area
    names = [one.name for one in bearers] or ([activity.unit.name] if activity.unit else [])
    activity.organisers = "、".join(names)[:400]


def _write_bearers(activity: Activity, bearers: list[Bearer]) -> None:
    found = [(one.group, one.uid, one.name) for one in bearers]
    if not found and activity.unit is not None:
        unit: Unit = activity.unit
        found = [(f"unit.{unit.kind}", unit.uid, unit.name)]
    ActivityBearer.objects.filter(activity=activity).delete()
    ActivityBearer.objects.bulk_create(
        [
            ActivityBearer(
                activity=activity, group=group, bearer=uid, name=name, recorded_at=activity.recorded_at
            )
            for group, uid, name in found
        ]
    )


# ------------------------------------------------------------------------------------------------ changing


@transaction.atomic
def change_activity(
    uid: UUID, values: Mapping[str, Any], *, version: int, by: Viewer, permission: str
) -> Activity:
    """
    Change facts of an activity; bearers that are named replace those there were.

    Raises
    ------
    ActivityProblem
        As ``add_activity``.
    ChangedMeanwhile, NotFound, NotAllowed
        As ``core.services``.
    """
    stated = dict(values)
    keys = stated.pop("bearers", None)
    chosen: list[list[Bearer]] = []

    def prepare(activity: Activity) -> None:
        if keys is not None:
            chosen.append(_bearers(keys, activity))
            _attribute(activity, chosen[0], by=by)
        if activity.state == ActivityState.HELD:
            _require_held(activity, kinds.get(activity.kind))

    followed = ("unit", "town", "organisers")
    activity = change_record(
        Activity,
        uid,
        stated,
        version=version,
        by=by,
        permission=permission,
        prepare=prepare,
        tracked=followed,
    )
    if chosen:
        _write_bearers(activity, chosen[0])
    return activity


def _require_held(activity: Activity, kind: ActivityKind) -> None:
    """Refuse as held what has no day, lies in the future, or lacks what its kind needs."""
    if activity.held_on is None:
        raise ActivityProblem("登记为已开展的活动须有开展日期")
    if activity.held_on > today():
        raise ActivityProblem(f"开展日期 {activity.held_on} 晚于今天,只能先列入计划")
    if activity.begins and activity.ends and activity.ends <= activity.begins:
        raise ActivityProblem("结束时间须晚于开始时间")
    names = {field.name: str(field.verbose_name) for field in Activity._meta.concrete_fields}
    lacking = [names[name] for name in kind.needs if getattr(activity, name) in (None, "")]
    lacking += [one.label for one in kind.facts if one.required and not activity.details.get(one.name)]
    if lacking:
        raise ActivityProblem(f"登记「{kind.label}」还差:{'、'.join(lacking)}")


@transaction.atomic
def hold_activity(
    uid: UUID, values: Mapping[str, Any], *, version: int, by: Viewer, permission: str
) -> Activity:
    """
    Write down that a planned activity was held: when, where, how many came, what came of it.

    Where people signed in, the head-count is that of the list.

    Raises
    ------
    ActivityProblem
        It is not planned, or lacks what its kind needs.
    """
    current = record_for(Activity, uid, by=by, permission=permission)
    if current.state != ActivityState.PLANNED:
        raise ActivityProblem(f"这项活动是「{current.get_state_display()}」,不能再登记开展")
    stated = dict(values) | {"state": ActivityState.HELD}
    if current.sign_in:
        stated["head_count"] = present_count(current)
        stated["due_count"] = (
            listed_count(current) if current.sign_in == SignIn.LIST else stated.get("due_count")
        )
    return change_activity(uid, stated, version=version, by=by, permission=permission)


@transaction.atomic
def cancel_activity(uid: UUID, *, why: str, by: Viewer, permission: str) -> Activity:
    """
    Cancel a planned activity, with a reason.

    Raises
    ------
    NeedsReason, ActivityProblem
        There is no reason; it is not planned any more.
    """
    if not why.strip():
        raise NeedsReason("取消须说明原因")
    current = record_for(Activity, uid, by=by, permission=permission)
    if current.state != ActivityState.PLANNED:
        raise ActivityProblem(f"这项活动是「{current.get_state_display()}」,不能取消")
    stated = {"state": ActivityState.CANCELLED, "cancelled_why": why.strip()[:200]}
    return change_record(Activity, uid, stated, version=current.version, by=by, permission=permission)


def void_activity(uid: UUID, *, why: str, by: Viewer, permission: str) -> Activity:
    """Take an activity that was entered by mistake out of lists and figures."""
    return void_record(Activity, uid, why=why, by=by, permission=permission)


def restore_activity(uid: UUID, *, by: Viewer, permission: str) -> Activity:
    """Bring a voided activity back."""
    return restore_record(Activity, uid, by=by, permission=permission)


# ------------------------------------------------------------------------------------------------ signing in


def present_count(activity: Activity) -> int:
    """How many of the list were there."""
    return Attendance.objects.live().filter(activity=activity, present=True).count()


def listed_count(activity: Activity) -> int:
    """How many are on the list."""
    return Attendance.objects.live().filter(activity=activity).count()


@transaction.atomic
def open_sign_in(uid: UUID, how: str, *, by: Viewer, permission: str) -> Activity:
    """
    Let people sign in to one activity, by list or by a code of six digits; "" closes it again.

    Raises
    ------
    ActivityProblem
        The activity was cancelled.
    """
    activity = record_for(Activity, uid, by=by, permission=permission)
    if activity.state == ActivityState.CANCELLED:
        raise ActivityProblem("活动已取消,不能签到")
    before = fields_of(activity, ("sign_in",))
    activity.sign_in = SignIn(how)
    activity.sign_in_code = f"{secrets.randbelow(1_000_000):06d}" if how == SignIn.CODE else ""
    activity.version += 1
    activity.save()
    record("change", activity, by=by, changes=changed_fields(before, activity, ("sign_in",)))
    return activity


@transaction.atomic
def mark_attendance(uid: UUID, marks: Mapping[UUID, tuple[bool, str]], *, by: Viewer, permission: str) -> int:
    """
    Write the list of an activity: for each person whether they were there, or why not; give back how many were.

    Persons who are not named are taken off the list. Where the activity is held already its head-count follows.
    """
    activity = record_for(Activity, uid, by=by, permission=permission)
    people = {one.uid: one for one in Officer.objects.filter(uid__in=list(marks), voided_at__isnull=True)}
    Attendance.objects.filter(activity=activity).exclude(officer__uid__in=list(people)).delete()
    for person_uid, person in people.items():
        present, note = marks[person_uid]
        facts = {"name": person.name, "kind": person.kind, "present": present, "note": note.strip()[:60]}
        Attendance.objects.update_or_create(
            activity=activity, officer=person, defaults=facts, create_defaults=facts | {"created_by": by.uid}
        )
    _follow_list(activity, by=by, note=f"签到名单 {len(people)} 人")
    return present_count(activity)


def _follow_list(activity: Activity, *, by: Viewer, note: str = "") -> None:
    """Write the list down; the head-count of an activity that is held follows it."""
    before = fields_of(activity, ("head_count", "due_count"))
    if activity.state == ActivityState.HELD and activity.sign_in:
        activity.head_count = present_count(activity)
        if activity.sign_in == SignIn.LIST:
            activity.due_count = listed_count(activity)
        activity.version += 1
        activity.save()
    record("change", activity, by=by, changes=changed_fields(before, activity, tuple(before)), note=note)


@transaction.atomic
def sign_in_with(code: str, *, by: Officer, on: date) -> Activity:
    """
    Sign in to today's activity by the code that is shown in the room.

    Raises
    ------
    ActivityProblem
        No activity of this day has this code.
    """
    wanted = code.strip()
    open_now = (
        Activity.objects.live().filter(sign_in=SignIn.CODE, day=on).exclude(state=ActivityState.CANCELLED)
    )
    activity = open_now.select_for_update().filter(sign_in_code=wanted).first() if wanted else None
    if activity is None:
        raise ActivityProblem("口令不对,或今天没有用这个口令签到的活动")
    facts = {"name": by.name, "kind": by.kind, "present": True}
    Attendance.objects.update_or_create(
        activity=activity, officer=by, defaults=facts, create_defaults=facts | {"created_by": by.uid}
    )
    _follow_list(activity, by=by, note="口令签到")
    found: Activity = activity
    return found

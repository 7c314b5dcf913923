"""Writes of task forces: members hold the role of members between their days, and not a day longer; secondments."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date, timedelta
from typing import Any, Final
from uuid import UUID

from django.db import transaction
from django.db.models import QuerySet

from anlu.apps.governance.models import ForceMember, Secondment, TaskForce
from anlu.apps.governance.services import GovernanceProblem, prepare_dates
from anlu.kernel.core.clock import today
from anlu.kernel.core.scope import Viewer
from anlu.kernel.core.services import RecordServices
from anlu.kernel.people.models import Grant, Role
from anlu.kernel.people.naming import follow_account
from anlu.kernel.people.services import change_grant, end_grant, grant_role
from anlu.kernel.places.models import Area

ROLE: Final = "task_force"  # 专班成员, in ``kernel/people/roles.csv``
_ONE_DAY: Final = timedelta(days=1)


# ------------------------------------------------------------------------------------------------ task forces
class ForceServices(RecordServices[TaskForce]):
    """The services of task forces: when one ends or is voided, so do the rights of its members."""

    @transaction.atomic
    def change(self, uid: UUID, values: Mapping[str, Any], *, version: int, by: Viewer) -> TaskForce:
        given = {one.pk: one.ends_on for one in _members_of(uid)}
        force = super().change(uid, values, version=version, by=by)
        for member in _members_of(uid):
            settle_rights(member, given=given.get(member.pk), by=by)
        return force

    @transaction.atomic
    def void(self, uid: UUID, *, why: str, by: Viewer) -> TaskForce:
        force = super().void(uid, why=why, by=by)
        for member in _members_of(uid):
            settle_rights(member, given=member.ends_on, by=by)
        return force

    @transaction.atomic
    def restore(self, uid: UUID, *, by: Viewer) -> TaskForce:
        force = super().restore(uid, by=by)
        for member in _members_of(uid):
            settle_rights(member, given=member.ends_on, by=by)
        return force


def _members_of(force: UUID) -> QuerySet[ForceMember]:
    return ForceMember.objects.filter(force__uid=force).select_related("force", "grant", "officer")


# ------------------------------------------------------------------------------------------------ members
def _prepare_member(member: ForceMember) -> None:
    prepare_dates(member)
    force = member.force
    if not force.valid_from <= member.valid_from <= force.valid_to:
        raise GovernanceProblem(f"「{force}」自 {force.valid_from} 至 {force.valid_to}，起日须在其间")
    follow_account(member, "officer", "name")
    if not member.name.strip():
        raise GovernanceProblem("请选账号，或填写姓名")
    if member.officer is not None:
        member.unit_id = _unit_when_chosen(member)
        _refuse_twice(member)


def _unit_when_chosen(member: ForceMember) -> int:
    """The unit of the account; who goes to another unit later stays a member for the one of then."""
    same = ForceMember.objects.filter(pk=member.pk, officer=member.officer)
    held: int | None = same.values_list("unit", flat=True).first()
    return held or member.officer.unit_id


def _refuse_twice(member: ForceMember) -> None:
    """Refuse a second membership of the same account on the same days."""
    others = ForceMember.objects.live().filter(force=member.force, officer=member.officer)
    for other in others.filter(valid_from__lte=member.ends_on).exclude(pk=member.pk):
        if other.ends_on >= member.valid_from:
            raise GovernanceProblem(
                f"{member.name} {other.valid_from} 至 {other.ends_on} 已是「{member.force}」成员，日期不能重叠"
            )


class MemberServices(RecordServices[ForceMember]):
    """The services of members: rights follow in the same transaction."""

    @transaction.atomic
    def add(self, values: Mapping[str, Any], *, by: Viewer) -> ForceMember:
        return settle_rights(super().add(values, by=by), given=None, by=by)

    @transaction.atomic
    def change(self, uid: UUID, values: Mapping[str, Any], *, version: int, by: Viewer) -> ForceMember:
        before = ForceMember.objects.filter(uid=uid).select_related("force").first()
        member = super().change(uid, values, version=version, by=by)
        return settle_rights(member, given=before.ends_on if before else None, by=by)

    @transaction.atomic
    def void(self, uid: UUID, *, why: str, by: Viewer) -> ForceMember:
        member = super().void(uid, why=why, by=by)
        return settle_rights(member, given=member.ends_on, by=by)

    @transaction.atomic
    def restore(self, uid: UUID, *, by: Viewer) -> ForceMember:
        member = super().restore(uid, by=by)
        if member.officer is not None:
            _refuse_twice(member)
        return settle_rights(member, given=member.ends_on, by=by)


def settle_rights(member: ForceMember, *, given: date | None, by: Viewer) -> ForceMember:
    """
    Let the account of a member hold the role of members for exactly the days of the membership.

    Parameters
    ----------
    given
        The last day of the membership before this change; a grant that ends on another was taken back by an
        administrator and stays as it is.

    Raises
    ------
    GrantProblem
        The person is one of the three administrators.
    """
    held: Grant | None = member.grant
    if held is not None and held.officer_id == member.officer_id and held.valid_to != given:
        return member
    wanted = member.officer if member.voided_at is None and member.force.voided_at is None else None
    if held is not None and held.officer_id != (wanted.pk if wanted else None):
        _end(held, by=by)
        held = None
    areas = [member.force.area] if member.force.area else list(Area.objects.live().filter(parent=None))
    held_for: dict[str, Any] = {"valid_from": member.begins_on, "valid_to": member.ends_on, "areas": areas}
    if held is not None:
        change_grant(held.pk, by=by, **held_for)
    elif wanted is not None:
        held = grant_role(wanted, Role.objects.get(code=ROLE), by=by, **held_for)
    member.grant = held
    ForceMember.objects.filter(pk=member.pk).update(grant=held)
    return member


def _end(grant: Grant, *, by: Viewer) -> None:
    """From today on it holds no more; one that is over keeps its last day."""
    yesterday = today() - _ONE_DAY
    if grant.valid_to is None or grant.valid_to > yesterday:
        end_grant(grant.pk, on=yesterday, by=by)


# ------------------------------------------------------------------------------------------------ secondments
def _prepare_secondment(secondment: Secondment) -> None:
    prepare_dates(secondment)
    if secondment.to_unit is None and secondment.force is None:
        raise GovernanceProblem("请写明抽调到哪个单位或专班")
    if secondment.to_unit is not None and secondment.to_unit == secondment.unit:
        raise GovernanceProblem("抽调到的单位就是原单位")


forces = ForceServices(TaskForce, "governance.task_force", prepare=prepare_dates)
members = MemberServices(
    ForceMember, "governance.force_member", prepare=_prepare_member, tracked=("name", "unit")
)
secondments = RecordServices(Secondment, "governance.secondment", prepare=_prepare_secondment)

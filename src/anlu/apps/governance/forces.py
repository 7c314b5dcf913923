"""Writes of task forces: members hold the role of members between their days, and not a day longer; secondments."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import timedelta
from typing import Any, Final
from uuid import UUID

from django.db import transaction

from anlu.apps.governance.models import ForceMember, Secondment, TaskForce
from anlu.apps.governance.services import GovernanceProblem, prepare_dates
from anlu.kernel.core.clock import today
from anlu.kernel.core.scope import Viewer
from anlu.kernel.core.services import RecordServices
from anlu.kernel.people.models import Grant, Role
from anlu.kernel.people.services import change_grant, end_grant, grant_role
from anlu.kernel.places.models import Area

ROLE: Final = "task_force"  # 专班成员, in ``kernel/people/roles.csv``
_ONE_DAY: Final = timedelta(days=1)


# ------------------------------------------------------------------------------------------------ task forces
class ForceServices(RecordServices[TaskForce]):
    """The services of task forces: when one ends or is voided, so do the rights of its members."""

    @transaction.atomic
    def change(self, uid: UUID, values: Mapping[str, Any], *, version: int, by: Viewer) -> TaskForce:
        force = super().change(uid, values, version=version, by=by)
        _settle_all(force, by=by)
        return force

    @transaction.atomic
    def void(self, uid: UUID, *, why: str, by: Viewer) -> TaskForce:
        force = super().void(uid, why=why, by=by)
        _settle_all(force, by=by)
        return force

    @transaction.atomic
    def restore(self, uid: UUID, *, by: Viewer) -> TaskForce:
        force = super().restore(uid, by=by)
        _settle_all(force, by=by)
        return force


def _settle_all(force: TaskForce, *, by: Viewer) -> None:
    for member in ForceMember.objects.filter(force=force).select_related("force", "grant", "officer"):
        settle_rights(member, by=by)


# ------------------------------------------------------------------------------------------------ members
def _prepare_member(member: ForceMember) -> None:
    prepare_dates(member)
    force = member.force
    if not force.valid_from <= member.valid_from <= force.valid_to:
        raise GovernanceProblem(f"「{force}」自 {force.valid_from} 至 {force.valid_to}，起日须在其间")
    if member.officer is not None:
        member.name = member.officer.name
    elif not member.name.strip():
        raise GovernanceProblem("请选账号，或填写姓名")


class MemberServices(RecordServices[ForceMember]):
    """The services of members: rights follow in the same transaction."""

    @transaction.atomic
    def add(self, values: Mapping[str, Any], *, by: Viewer) -> ForceMember:
        return settle_rights(super().add(values, by=by), by=by)

    @transaction.atomic
    def change(self, uid: UUID, values: Mapping[str, Any], *, version: int, by: Viewer) -> ForceMember:
        return settle_rights(super().change(uid, values, version=version, by=by), by=by)

    @transaction.atomic
    def void(self, uid: UUID, *, why: str, by: Viewer) -> ForceMember:
        return settle_rights(super().void(uid, why=why, by=by), by=by)

    @transaction.atomic
    def restore(self, uid: UUID, *, by: Viewer) -> ForceMember:
        return settle_rights(super().restore(uid, by=by), by=by)


def settle_rights(member: ForceMember, *, by: Viewer) -> ForceMember:
    """
    Let the account of a member hold the role of members for exactly the days of the membership.

    Raises
    ------
    GrantProblem
        The person is one of the three administrators.
    """
    held: Grant | None = member.grant
    wanted = member.officer if member.voided_at is None and member.force.voided_at is None else None
    if held is not None and held.officer_id != (wanted.pk if wanted else None):
        end_grant(held.pk, on=today() - _ONE_DAY, by=by)
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


# ------------------------------------------------------------------------------------------------ secondments
def _prepare_secondment(secondment: Secondment) -> None:
    prepare_dates(secondment)
    if secondment.to_unit is None and secondment.force is None:
        raise GovernanceProblem("请写明抽调到哪个单位或专班")
    if secondment.to_unit is not None and secondment.to_unit == secondment.unit:
        raise GovernanceProblem("抽调到的单位就是原单位")


forces = ForceServices(TaskForce, "governance.task_force", prepare=prepare_dates)
members = MemberServices(ForceMember, "governance.force_member", prepare=_prepare_member, tracked=("name",))
secondments = RecordServices(Secondment, "governance.secondment", prepare=_prepare_secondment)

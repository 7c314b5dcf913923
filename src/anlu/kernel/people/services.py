"""Writes of units, officers, roles and grants; every one is audited in its own transaction."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import date
from typing import Any, Final

from django.contrib.auth.password_validation import validate_password
from django.db import transaction
from django.db.models import Max

from anlu.kernel.core.audit import record
from anlu.kernel.core.clock import now
from anlu.kernel.core.errors import AnluError, ChangedMeanwhile
from anlu.kernel.core.naming import sort_key_of
from anlu.kernel.core.scope import Viewer, Width
from anlu.kernel.people.models import (
    Administrator,
    Grant,
    Officer,
    OfficerKind,
    OldPassword,
    Responsibility,
    Role,
    RolePermission,
    Unit,
    UnitKind,
    UnitPath,
)
from anlu.kernel.people.passwords import REMEMBERED
from anlu.kernel.places.models import Area
from anlu.kernel.places.services import TreeProblem

OWN_ROLE: Final = "own-"  # how the codes of roles begin that an installation made itself


def choose_looks(officer: Officer, *, language: str | None = None, theme: str | None = None) -> None:
    """Keep how a person wants the pages, their own choice; what is None stays as it was."""
    wanted = {"language": language, "theme": theme}
    chosen = {name: value for name, value in wanted.items() if value is not None}
    if chosen:
        Officer.objects.filter(pk=officer.pk).update(**chosen)


class GrantProblem(AnluError):
    """A role that this person may not hold."""


@transaction.atomic
def add_unit(
    code: str,
    name: str,
    kind: UnitKind | str,
    *,
    by: Viewer,
    parent: Unit | None = None,
    area: Area | None = None,
    short_name: str = "",
    valid_from: date | None = None,
) -> Unit:
    """Add a unit below ``parent`` and link it to all units above it."""
    unit = Unit.objects.create(
        code=code,
        name=name,
        kind=kind,
        parent=parent,
        area=area,
        short_name=short_name,
        valid_from=valid_from,
        sort_key=sort_key_of(name),
        created_by=by.uid,
    )
    above = UnitPath.objects.filter(descendant=parent).values_list("ancestor", flat=True) if parent else []
    links = [UnitPath(ancestor_id=pk, descendant=unit, valid_from=valid_from) for pk in above]
    links.append(UnitPath(ancestor=unit, descendant=unit, valid_from=valid_from))
    UnitPath.objects.bulk_create(links)
    record("add", unit, by=by)
    return unit


@transaction.atomic
def close_unit(unit_id: int, *, successor_id: int, on: date, by: Viewer) -> Unit:
    """End a unit on a day in favour of another; its people must have been moved first.

    Raises
    ------
    TreeProblem
        already closed, still has active people, or the successor is closed or lies below it.
    """
    unit: Unit = Unit.objects.select_for_update().get(pk=unit_id)
    successor = Unit.objects.get(pk=successor_id)
    if unit.valid_to is not None:
        raise TreeProblem(f"「{unit}」已于 {unit.valid_to} 撤销")
    if successor.valid_to is not None:
        raise TreeProblem(f"「{successor}」已撤销,不能作为并入单位")
    if UnitPath.objects.filter(ancestor=unit, descendant=successor).exists():
        raise TreeProblem(f"「{successor}」在「{unit}」之下,不能作为并入单位")
    staff = unit.officers.filter(is_active=True, voided_at__isnull=True).count()
    if staff:
        raise TreeProblem(f"「{unit}」还有 {staff} 名在岗人员,请先调出")
    unit.valid_to, unit.successor = on, successor
    unit.version += 1
    unit.save(update_fields=["valid_to", "successor", "version", "changed_at"])
    for responsibility in Responsibility.objects.filter(unit=unit, valid_to__isnull=True):
        responsibility.valid_to = on
        responsibility.save(update_fields=["valid_to"])
        assign_area(successor, responsibility.area, by=by, valid_from=on)
    record(
        "close",
        unit,
        by=by,
        changes={"valid_to": [None, on.isoformat()], "successor": [None, str(successor)]},
    )
    return unit


@transaction.atomic
def assign_area(unit: Unit, area: Area, *, by: Viewer, valid_from: date | None = None) -> Responsibility:
    """Make ``unit`` answer for ``area`` from a day on."""
    given = Responsibility.objects.create(unit=unit, area=area, valid_from=valid_from)
    record("assign_area", unit, by=by, note=area.name)
    return given


@transaction.atomic
def add_officer(
    login: str,
    name: str,
    unit: Unit,
    *,
    by: Viewer,
    password: str,
    kind: OfficerKind | str = OfficerKind.SWORN,
    post: str = "",
    badge: str = "",
    must_change_password: bool = True,
) -> Officer:
    """Add a person with an account.

    Raises
    ------
    django.core.exceptions.ValidationError
        the password does not meet the rules.
    """
    officer = Officer(
        login=login,
        name=name,
        unit=unit,
        kind=kind,
        post=post,
        badge=badge,
        sort_key=sort_key_of(name)[:120],
        must_change_password=must_change_password,
        created_by=by.uid,
    )
    validate_password(password, officer)
    officer.set_password(password)
    officer.save()
    record("add", officer, by=by)
    return officer


CHANGEABLE = ("name", "badge", "kind", "post", "unit", "valid_from", "valid_to", "is_active")


@transaction.atomic
def change_officer(officer_id: int, *, version: int, by: Viewer, **changes: Any) -> Officer:
    """Change facts of a person; ``version`` is what the form was opened with.

    Raises
    ------
    ChangedMeanwhile
        somebody saved in between.
    ValueError
        a field that may not be changed here.
    """
    officer: Officer = Officer.objects.select_for_update().get(pk=officer_id)
    if officer.version != version:
        raise ChangedMeanwhile(f"「{officer}」刚被他人修改,请核对后再保存")
    unknown = set(changes) - set(CHANGEABLE)
    if unknown:
        raise ValueError(f"not changeable here: {sorted(unknown)}")
    before = {name: str(getattr(officer, name)) for name in changes}
    for name, value in changes.items():
        setattr(officer, name, value)
    officer.sort_key = sort_key_of(officer.name)[:120]
    officer.version += 1
    officer.save()
    moved = {
        n: [old, str(getattr(officer, n))] for n, old in before.items() if old != str(getattr(officer, n))
    }
    record("change", officer, by=by, changes=moved)
    return officer


@transaction.atomic
def change_password(officer_id: int, password: str, *, by: Viewer, must_change: bool = False) -> Officer:
    """Set a new password and remember the old one.

    Raises
    ------
    django.core.exceptions.ValidationError
        the password does not meet the rules or was one of the last five.
    """
    officer: Officer = Officer.objects.select_for_update().get(pk=officer_id)
    validate_password(password, officer)
    OldPassword.objects.create(officer=officer, encoded=officer.password)
    officer.set_password(password)
    officer.password_changed_at = now()
    officer.must_change_password = must_change
    officer.save(update_fields=["password", "password_changed_at", "must_change_password", "changed_at"])
    stale = OldPassword.objects.filter(officer=officer).order_by("-pk")[REMEMBERED:]
    OldPassword.objects.filter(pk__in=[old.pk for old in stale]).delete()
    record("password", officer, by=by)
    return officer


@transaction.atomic
def grant_role(
    officer: Officer,
    role: Role,
    *,
    by: Viewer,
    valid_from: date | None = None,
    valid_to: date | None = None,
    units: Iterable[Unit] = (),
    areas: Iterable[Area] = (),
) -> Grant:
    """Give a role to a person.

    Raises
    ------
    GrantProblem
        the three administrators must be three people and no business users; or a chosen width without choice.
    """
    held = Role.objects.filter(grants__officer=officer).distinct()
    kinds = {other.administrator for other in held if other.pk != role.pk}
    if role.administrator and (kinds - {role.administrator}):
        raise GrantProblem(f"「{officer}」已有其他角色,不能兼任{role.get_administrator_display()}(三员分立)")
    if not role.administrator and (kinds - {Administrator.NONE}):
        raise GrantProblem(f"「{officer}」是管理员,不能再担任业务角色「{role}」(三员分立)")
    chosen_units, chosen_areas = list(units), list(areas)
    if role.width == Width.CHOSEN and not (chosen_units or chosen_areas):
        raise GrantProblem(f"角色「{role}」的范围是指定单位或辖区,请至少选一个")
    grant = Grant.objects.create(officer=officer, role=role, valid_from=valid_from, valid_to=valid_to)
    grant.units.set(chosen_units)
    grant.areas.set(chosen_areas)
    record("grant", officer, by=by, note=role.label)
    return grant


@transaction.atomic
def end_grant(grant_id: int, *, on: date, by: Viewer) -> Grant:
    """End a grant: from the next day the role is no longer held."""
    grant = Grant.objects.select_for_update().select_related("officer", "role").get(pk=grant_id)
    grant.valid_to = on
    grant.save(update_fields=["valid_to"])
    record("end_grant", grant.officer, by=by, note=grant.role.label)
    return grant


@transaction.atomic
def change_grant(
    grant_id: int, *, valid_from: date | None, valid_to: date | None, areas: Iterable[Area], by: Viewer
) -> Grant:
    """Let a grant hold between two days and in these areas; when that is something else, old and new are recorded."""
    grant = Grant.objects.select_for_update().select_related("officer", "role").get(pk=grant_id)
    wanted, held = list(areas), list(grant.areas.all())
    before, after = (
        _held_words(grant, held),
        _held_words(Grant(valid_from=valid_from, valid_to=valid_to), wanted),
    )
    if before == after and set(held) == set(wanted):
        return grant
    grant.valid_from, grant.valid_to = valid_from, valid_to
    grant.save(update_fields=["valid_from", "valid_to"])
    grant.areas.set(wanted)
    record("grant", grant.officer, by=by, note=f"{grant.role.label}：原 {before}，现 {after}")
    return grant


def _held_words(grant: Grant, areas: Iterable[Area]) -> str:
    """Between which days, and where: 2023-01-01 至 不限（柳亭镇、东镇）."""
    places = "、".join(sorted(area.name for area in areas)) or "未限辖区"
    return f"{grant.valid_from or '不限'} 至 {grant.valid_to or '不限'}（{places}）"


class RoleProblem(AnluError):
    """A role that cannot be made or removed like this."""


@transaction.atomic
def add_role(label: str, *, like: Role | None = None, width: Width | str = Width.OWN, by: Viewer) -> Role:
    """
    A role of the installation's own, with the permissions of another one to begin with.

    Raises
    ------
    RoleProblem
        The name is taken, or ``like`` is an administrator's: their powers stay with three people.
    """
    _check_label(label, None)
    if like is not None and like.administrator:
        raise RoleProblem(f"「{like}」是管理员角色，不能照着新建业务角色(三员分立)")
    last = Role.objects.aggregate(last=Max("order"))["last"] or 0
    role = Role(label=label, width=str(width), order=last + 10)
    role.code = f"{OWN_ROLE}{role.uid.hex[-8:]}"
    role.save()
    codes = sorted(like.ticked.values_list("code", flat=True)) if like is not None else []
    RolePermission.objects.bulk_create([RolePermission(role=role, code=code) for code in codes])
    record("add", role, by=by, changes={"permissions": [[], codes], "width": ["", role.width]})
    return role


@transaction.atomic
def remove_role(role_id: int, *, by: Viewer) -> None:
    """
    Delete a role of the installation's own that nobody ever held.

    Raises
    ------
    RoleProblem
        It is one that comes with the platform, or somebody holds or held it.
    """
    role = Role.objects.select_for_update().get(pk=role_id)
    why = why_kept(role)
    if why:
        raise RoleProblem(why)
    record("remove", role, by=by)
    role.delete()


def why_kept(role: Role) -> str:
    """Why a role cannot be deleted, "" when it can."""
    if not role.code.startswith(OWN_ROLE):
        return f"「{role}」是平台自带的角色，不能删除"
    return f"「{role}」授予过人员，记录要留着，不能删除" if role.grants.exists() else ""


def _check_label(label: str, role: Role | None) -> None:
    others = Role.objects.exclude(pk=role.pk) if role is not None else Role.objects.all()
    if others.filter(label=label).exists():
        raise RoleProblem(f"已有名为「{label}」的角色")


@transaction.atomic
def tick_permissions(
    role_id: int, codes: Iterable[str], *, width: Width | str, label: str = "", by: Viewer
) -> Role:
    """
    Set exactly these permissions, this width and, where it is stated, this name for a role.

    From then on seeding leaves the role alone.

    Raises
    ------
    RoleProblem
        Another role has the name.
    """
    role = Role.objects.select_for_update().get(pk=role_id)
    label = label or role.label
    _check_label(label, role)
    before = set(role.ticked.values_list("code", flat=True))
    wanted = set(codes)
    RolePermission.objects.filter(role=role, code__in=before - wanted).delete()
    RolePermission.objects.bulk_create(
        [RolePermission(role=role, code=code) for code in sorted(wanted - before)]
    )
    changes = {
        "permissions": [sorted(before - wanted), sorted(wanted - before)],
        "width": [role.width, str(width)],
        "label": [role.label, label],
    }
    role.width, role.label, role.builtin = str(width), label, False
    role.save(update_fields=["width", "label", "builtin"])
    record("tick", role, by=by, changes=changes)
    return role

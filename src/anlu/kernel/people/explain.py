"""Why a person may see a record, or may not: every role they hold, and what it does for one permission."""

from __future__ import annotations

from dataclasses import dataclass, replace
from datetime import date

from anlu.kernel.core.clock import today
from anlu.kernel.core.models import Record
from anlu.kernel.core.permissions import permissions
from anlu.kernel.core.scope import WIDTH_LABELS, Scope, Width
from anlu.kernel.people.access import scope_of_grant, valid_on
from anlu.kernel.people.models import Grant, Officer


@dataclass(frozen=True)
class Ground:
    """
    One role that a person holds, seen from one permission.

    Attributes
    ----------
    carries
        The role has the permission ticked, and nothing withholds it from this person.
    obstacle
        Why it does not count, in words; "" when it does.
    because
        By what the record lies in its reach, in words; "" when it does not (or no record is asked about).
    """

    role: str
    width: str
    valid_from: date | None
    valid_to: date | None
    carries: bool
    obstacle: str = ""
    because: str = ""


def grounds_for(
    officer: Officer, permission: str, thing: Record | None = None, *, on: date | None = None
) -> list[Ground]:
    """
    What each role in force on a day (default: the business date) does for ``permission``, and for one record.

    A person may see a record exactly when one of the grounds has ``because`` and ``hidden_words`` says nothing.
    """
    grants = Grant.objects.filter(valid_on(on or today()), officer=officer).select_related("role")
    return [
        _ground(grant, officer, permission, thing)
        for grant in grants.prefetch_related("role__ticked", "units", "areas").order_by("role__order", "pk")
    ]


def _ground(grant: Grant, officer: Officer, permission: str, thing: Record | None) -> Ground:
    width = WIDTH_LABELS[Width(grant.role.width)]
    obstacle = _obstacle(grant, officer, permission)
    ground = Ground(grant.role.label, width, grant.valid_from, grant.valid_to, not obstacle, obstacle)
    if obstacle or thing is None:
        return ground
    reach = type(thing).reach(scope_of_grant(grant, officer), officer, permission)
    return replace(ground, because=_because(reach, thing))


def _obstacle(grant: Grant, officer: Officer, permission: str) -> str:
    """Why a role does not give a permission, "" when it does."""
    if not officer.is_active or officer.voided_at is not None:
        return "账号已停用"
    if permission not in {ticked.code for ticked in grant.role.ticked.all()}:
        return "角色没有勾选这项权限"
    sworn_only = permission in permissions and permissions.get(permission).sworn
    return "只有民警可以行使，角色勾选了也无效" if sworn_only and not officer.sworn else ""


def _because(scope: Scope, thing: Record) -> str:
    """By which part of a scope a record lies in it."""
    if type(thing).scope_open:
        return "公共参考资料，有权限即可看"
    if scope.everything:
        return "范围为全部"
    parts = (
        (Scope(units=scope.units), "记录的单位在范围内"),
        (Scope(areas=scope.areas), "记录的辖区在范围内"),
        (Scope(person=scope.person), "本人登记"),
    )
    return "、".join(words for part, words in parts if not part.nothing and _lies_in(part, thing))


def _lies_in(scope: Scope, thing: Record) -> bool:
    return bool(type(thing).objects.filter(pk=thing.pk).in_scope(scope).exists())


def hidden_words(thing: Record) -> str:
    """Why nobody finds a record in lists, whatever their roles; "" when nothing hides it."""
    if thing.voided_at is not None:
        return "记录已作废，只在作废记录中可见"
    if not type(thing).objects.filter(pk=thing.pk).live().exists():
        return "记录属于未生效或已撤回的导入批次"
    return ""

"""
What a person may do, and where: roles and grants worked out into scopes.

Visibility uses today's tree *including successors*: the records of a merged squadron belong to the unit that
took it over (``foundations`` 2.8), while the records themselves keep the unit they had.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date
from typing import TYPE_CHECKING

from django.db.models import Q, prefetch_related_objects

from anlu.kernel.core.clock import today
from anlu.kernel.core.permissions import permissions
from anlu.kernel.core.scope import EVERYTHING, NOTHING, Scope, Width
from anlu.kernel.people.models import (
    SEES_BY_AREA,
    Grant,
    Officer,
    Responsibility,
    RolePermission,
    Unit,
    UnitKind,
    UnitPath,
)
from anlu.kernel.places.models import Area, AreaPath

if TYPE_CHECKING:
    from collections.abc import Iterable


@dataclass(frozen=True)
class Access:
    """Permissions held, each with its scope."""

    scopes: dict[str, Scope]

    def may(self, permission: str) -> bool:
        """True when the permission is held anywhere."""
        return permission in self.scopes

    def scope_for(self, permission: str) -> Scope:
        """Where it is held; nothing when it is not."""
        return self.scopes.get(permission, NOTHING)


def valid_on(day: date) -> Q:
    """Condition on ``valid_from``/``valid_to``: in force on ``day``."""
    begun = Q(valid_from__isnull=True) | Q(valid_from__lte=day)
    not_over = Q(valid_to__isnull=True) | Q(valid_to__gte=day)
    return begun & not_over


def access_of(officer: Officer, *, on: date | None = None) -> Access:
    """All permissions of ``officer`` on a day (default: the business date), with where each holds."""
    if not officer.is_active or officer.voided_at is not None:
        return Access({})
    day = on or today()
    grants = list(Grant.objects.filter(valid_on(day), officer=officer).select_related("role"))
    prefetch_related_objects([one for one in grants if one.role.width == Width.CHOSEN], "units", "areas")
    ticked = _ticked({grant.role_id for grant in grants})
    scopes: dict[str, Scope] = {}
    for grant in grants:
        where = scope_of_grant(grant, officer)
        for code in ticked.get(grant.role_id, ()):
            if not _withheld(code, officer):
                scopes[code] = scopes[code] | where if code in scopes else where
    return Access(scopes)


def _ticked(roles: Iterable[int]) -> dict[int, list[str]]:
    """The permissions of some roles, as bare codes: some hold hundreds, and every page asks."""
    found: dict[int, list[str]] = {}
    for role, code in RolePermission.objects.filter(role__in=roles).values_list("role", "code"):
        found.setdefault(role, []).append(code)
    return found


def holders_of(
    permission: str, *, on: date | None = None, units: Iterable[int] | None = None
) -> list[Officer]:
    """
    Active people who hold a permission on a day (default: the business date), wherever it holds for them.

    Parameters
    ----------
    units
        Keys of the units whose people are asked for; None = everybody.
    """
    grants = Grant.objects.filter(valid_on(on or today()), role__ticked__code=permission)
    people = Officer.objects.filter(pk__in=grants.values("officer"), is_active=True, voided_at__isnull=True)
    if units is not None:
        people = people.filter(unit__in=set(units))
    return [one for one in people.order_by("pk") if not _withheld(permission, one)]


def _withheld(code: str, officer: Officer) -> bool:
    """Powers that only sworn officers have, whatever role somebody holds."""
    return not officer.sworn and code in permissions and permissions.get(code).sworn


def scope_of_grant(grant: Grant, officer: Officer) -> Scope:
    """The scope that one grant gives."""
    match Width(grant.role.width):
        case Width.ALL:
            return EVERYTHING
        case Width.CHOSEN:
            chosen_units = units_below(unit.pk for unit in grant.units.all())
            return Scope(units=chosen_units, areas=areas_below(area.pk for area in grant.areas.all()))
        case Width.BELOW:
            return _own(officer.unit, below=True)
        case Width.OWN:
            return _own(officer.unit, below=False)
        case Width.MINE:
            return Scope(person=officer.uid)


def _own(unit: Unit, *, below: bool) -> Scope:
    """
    Own unit (with what lies below); towns and villages see by their area instead.

    A committee's office that sees what lies below it also sees what is found in its area: it assigns the work there.
    """
    if unit.kind in SEES_BY_AREA:
        return Scope(areas=areas_below([unit.area_id] if unit.area_id else []))
    units = units_below([unit.pk]) if below else with_predecessors({unit.pk})
    if below and unit.kind == UnitKind.COMMITTEE and unit.area_id:
        return Scope(units=units, areas=areas_below([unit.area_id]))
    return Scope(units=units)


def units_below(tops: Iterable[int]) -> frozenset[int]:
    """``tops``, all units below them, and all units that were merged into any of these."""
    descendants = UnitPath.objects.filter(ancestor__in=list(tops)).values_list("descendant", flat=True)
    return with_predecessors(set(descendants))


def with_predecessors(units: set[int]) -> frozenset[int]:
    """``units`` and, repeatedly, every closed unit (with its own subtree) that one of them succeeded."""
    found, new = set(units), set(units)
    while new:
        merged = Unit.objects.filter(successor__in=new).values_list("pk", flat=True)
        below = UnitPath.objects.filter(ancestor__in=merged).values_list("descendant", flat=True)
        new = set(below) - found
        found |= new
    return frozenset(found)


def areas_below(tops: Iterable[int]) -> frozenset[int]:
    """``tops``, all areas below them, and all areas that were merged into any of these."""
    found = set(AreaPath.objects.filter(ancestor__in=list(tops)).values_list("descendant", flat=True))
    new = set(found)
    while new:
        merged = Area.objects.filter(successor__in=new).values_list("pk", flat=True)
        below = AreaPath.objects.filter(ancestor__in=merged).values_list("descendant", flat=True)
        new = set(below) - found
        found |= new
    return frozenset(found)


def responsible_unit(area_id: int | None, *, on: date) -> int | None:
    """The unit that answers for an area (or the nearest area above it) on a day; None when nobody does."""
    if area_id is None:
        return None
    above = AreaPath.objects.filter(descendant=area_id).values_list("ancestor", flat=True)
    found = Responsibility.objects.filter(valid_on(on), area__in=list(above)).values_list("area", "unit")
    by_area = dict(found)
    return by_area.get(area_id) or next(iter(by_area.values()), None)

"""
What a person may do, and where: roles and grants worked out into scopes.

Visibility uses today's tree *including successors*: the records of a merged squadron belong to the unit that
took it over (``foundations`` 2.8), while the records themselves keep the unit they had.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date
from typing import TYPE_CHECKING, Any, Final

from django.db import connection
from django.db.models import Model, Q

from anlu.kernel.core.clock import today
from anlu.kernel.core.permissions import permissions
from anlu.kernel.core.scope import EVERYTHING, NOTHING, Scope, Width
from anlu.kernel.people.models import (
    SEES_BY_AREA,
    Grant,
    Officer,
    Responsibility,
    Role,
    RolePermission,
    Unit,
    UnitKind,
    UnitPath,
)
from anlu.kernel.places.models import Area, AreaPath

if TYPE_CHECKING:
    from collections.abc import Collection, Iterable

# In plain SQL: every page asks, and a queryset costs ten times the answer.
GRANTS: Final = (
    f"SELECT g.id, g.role_id, r.width FROM {Grant._meta.db_table} g JOIN {Role._meta.db_table} r ON r.id = g.role_id "
    "WHERE g.officer_id = %s AND (g.valid_from IS NULL OR g.valid_from <= %s) "
    "AND (g.valid_to IS NULL OR g.valid_to >= %s)"
)
TICKED: Final = f"SELECT role_id, code FROM {RolePermission._meta.db_table} WHERE role_id"


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
    day = connection.ops.adapt_datefield_value(on or today())
    grants = _asked(GRANTS, [officer.pk, day, day])
    chosen = [pk for pk, _, width in grants if width == Width.CHOSEN]
    units, areas = (
        _chosen(Grant.units.through, "unit_id", chosen),
        _chosen(Grant.areas.through, "area_id", chosen),
    )
    ticked = _ticked({role for _, role, _ in grants})
    scopes: dict[str, Scope] = {}
    for pk, role, width in grants:
        where = _scope(Width(width), officer, units.get(pk, ()), areas.get(pk, ()))
        for code in ticked.get(role, ()):
            if not _withheld(code, officer):
                scopes[code] = scopes[code] | where if code in scopes else where
    return Access(scopes)


def _asked(sql: str, parameters: list[Any]) -> list[tuple[Any, ...]]:
    with connection.cursor() as cursor:
        cursor.execute(sql, parameters)
        return list(cursor.fetchall())


def _ticked(roles: set[int]) -> dict[int, list[str]]:
    """The permissions of some roles, as bare codes: some hold hundreds."""
    found: dict[int, list[str]] = {}
    if roles:
        for role, code in _asked(f"{TICKED} IN ({_places(roles)})", list(roles)):
            found.setdefault(role, []).append(code)
    return found


def _chosen(links: Any, column: str, grants: list[int]) -> dict[int, list[int]]:
    """The units or areas chosen by some grants; asks nothing when there are none."""
    found: dict[int, list[int]] = {}
    if grants:
        for grant, key in links.objects.filter(grant__in=grants).values_list("grant_id", column):
            found.setdefault(grant, []).append(key)
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
    width = Width(grant.role.width)
    if width is not Width.CHOSEN:
        return _scope(width, officer)
    return _scope(
        width, officer, [unit.pk for unit in grant.units.all()], [area.pk for area in grant.areas.all()]
    )


def _scope(width: Width, officer: Officer, units: Iterable[int] = (), areas: Iterable[int] = ()) -> Scope:
    """What a width gives a person; units and areas are those chosen."""
    match width:
        case Width.ALL:
            return EVERYTHING
        case Width.CHOSEN:
            return Scope(units=units_below(units), areas=areas_below(areas))
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
    return with_predecessors(_below(UnitPath, tops))


def with_predecessors(units: set[int]) -> frozenset[int]:
    """``units`` and, repeatedly, every closed unit (with its own subtree) that one of them succeeded."""
    return _with_merged(UnitPath, Unit, units)


def areas_below(tops: Iterable[int]) -> frozenset[int]:
    """``tops``, all areas below them, and all areas that were merged into any of these."""
    return _with_merged(AreaPath, Area, _below(AreaPath, tops))


def _below(paths: type[Model], tops: Iterable[int]) -> set[int]:
    keys = list(tops)
    sql = f"SELECT descendant_id FROM {paths._meta.db_table} WHERE ancestor_id IN ({_places(keys)})"
    return {key for (key,) in _asked(sql, keys)} if keys else set()


def _with_merged(paths: type[Model], things: type[Model], keys: set[int]) -> frozenset[int]:
    found, new = set(keys), set(keys)
    while new:
        merged = f"SELECT id FROM {things._meta.db_table} WHERE successor_id IN ({_places(new)})"
        below = f"SELECT descendant_id FROM {paths._meta.db_table} WHERE ancestor_id IN ({merged})"
        new = {key for (key,) in _asked(below, list(new))} - found
        found |= new
    return frozenset(found)


def _places(keys: Collection[Any]) -> str:
    return ", ".join("%s" for _ in keys)


def responsible_unit(area_id: int | None, *, on: date) -> int | None:
    """The unit that answers for an area (or the nearest area above it) on a day; None when nobody does."""
    if area_id is None:
        return None
    above = AreaPath.objects.filter(descendant=area_id).values_list("ancestor", flat=True)
    found = Responsibility.objects.filter(valid_on(on), area__in=list(above)).values_list("area", "unit")
    by_area = dict(found)
    return by_area.get(area_id) or next(iter(by_area.values()), None)

"""
Who makes a move: the roles of lifecycles, each a permission of the family plus where it must hold for this case.

An app may declare further roles; a lifecycle names them by code.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

from anlu.kernel.cases.kinds import families
from anlu.kernel.cases.models import Case, CaseUnit, Part
from anlu.kernel.core.registry import Registry
from anlu.kernel.core.scope import SYSTEM, Scope, Viewer
from anlu.kernel.people.models import SEES_BY_AREA, Unit

Holds = Callable[[Case, Scope, Viewer], bool]


@dataclass(frozen=True)
class CaseRole:
    """``verb`` is the permission of the family, ``holds`` says whether its scope reaches this case."""

    code: str
    label: str
    verb: str
    holds: Holds


case_roles: Registry[CaseRole] = Registry("role in cases")


def add_role(code: str, label: str, verb: str, holds: Holds) -> CaseRole:
    """Declare a role."""
    return case_roles.add(CaseRole(code, label, verb, holds))


def has_role(case: Case, role: str, viewer: Viewer) -> bool:
    """True when ``viewer`` has the role in this case. The platform itself has every role."""
    if viewer.uid == SYSTEM.uid:
        return True
    declared = case_roles.get(role)
    permission = families.get(case.family).permission_to(declared.verb)
    if not viewer.may(permission):
        return False
    scope = viewer.scope_for(permission)
    return not scope.nothing and declared.holds(case, scope, viewer)


def may_here(case: Case, verb: str, viewer: Viewer) -> bool:
    """True when ``viewer`` holds the permission of a verb where the case was found or for a unit that takes part."""
    scope = viewer.scope_for(families.get(case.family).permission_to(verb))
    return scope.everything or bool(Case.objects.filter(pk=case.pk).in_scope(scope).exists())


def is_sworn(viewer: Viewer) -> bool:
    """民警 (and the platform itself); auxiliaries, clerks and liaisons are not."""
    return bool(getattr(viewer, "sworn", viewer.uid == SYSTEM.uid))


def reaches(scope: Scope, unit: Unit | None) -> bool:
    """True when a unit lies in a scope: by itself, or by its area where its people see by area."""
    if scope.everything:
        return True
    if unit is None:
        return False
    return unit.pk in scope.units or (unit.kind in SEES_BY_AREA and unit.area_id in scope.areas)


def _in_place(case: Case, scope: Scope, viewer: Viewer) -> bool:
    """Where it was found: by unit (or what it was merged into) or town."""
    inside = case.unit_id in scope.units or (case.town_id is not None and case.town_id in scope.areas)
    return scope.everything or inside


def _is_lead(case: Case, scope: Scope, viewer: Viewer) -> bool:
    return case.lead_id is not None and reaches(scope, case.lead)


def _takes_part(case: Case, scope: Scope, viewer: Viewer) -> bool:
    if _is_lead(case, scope, viewer):
        return True
    helpers = CaseUnit.objects.filter(case=case, part=Part.HELPER).select_related("unit")
    return any(reaches(scope, one.unit) for one in helpers)


def _is_reporter(case: Case, scope: Scope, viewer: Viewer) -> bool:
    return case.created_by == viewer.uid


def _is_handler(case: Case, scope: Scope, viewer: Viewer) -> bool:
    handler: Any = case.handler
    return (handler is not None and handler.uid == viewer.uid) or _in_place(case, scope, viewer)


SQUADRON = add_role("squadron", "辖区中队", "handle", _in_place).code
HANDLER = add_role("handler", "经办人", "handle", _is_handler).code
BRIGADE = add_role("brigade", "大队审定", "decide", _in_place).code
INSPECTOR = add_role("inspector", "复查人员", "inspect", _in_place).code
OWNER = add_role("owner", "牵头单位", "reply", _is_lead).code
PARTNER = add_role("partner", "牵头或配合单位", "reply", _takes_part).code
REPORTER = add_role("reporter", "提出人", "add", _is_reporter).code
SIGNER = add_role("signer", "签发人", "sign", _in_place).code

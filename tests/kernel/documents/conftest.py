"""An office that issues documents: a brigade, a committee's office, those they write to, and the people who do it."""

from __future__ import annotations

from dataclasses import dataclass

import pytest

from anlu.kernel.core.scope import SYSTEM
from anlu.kernel.documents.models import Letterhead
from anlu.kernel.documents.seeding import seed_documents
from anlu.kernel.people.models import Officer, OfficerKind, Role, Unit, UnitKind
from anlu.kernel.people.seeding import seed_roles
from anlu.kernel.people.services import grant_role
from tests.factories import make_area, make_officer, make_unit


@dataclass
class Office:
    """Units and people by what they do."""

    brigade: Unit
    squadron: Unit
    committee: Unit
    department: Unit
    town: Unit
    enterprise: Unit
    clerk: Officer  # drafts
    legal: Officer  # checks
    chief: Officer  # signs
    deputy: Officer
    auxiliary: Officer
    liaison: Officer  # of the department


def employ(unit: Unit, role: str, kind: OfficerKind = OfficerKind.SWORN) -> Officer:
    """Somebody who holds one of the roles that come with the software."""
    officer = make_officer(unit, kind=kind)
    grant_role(officer, Role.objects.get(code=role), by=SYSTEM)
    return officer


@pytest.fixture
def office(db: None, monkeypatch: pytest.MonkeyPatch) -> Office:
    """On 3 July 2023."""
    monkeypatch.setenv("ANLU_TODAY", "2023-07-03")
    seed_roles()
    seed_documents()
    area = make_area("柳亭镇")
    brigade = make_unit("青澜县公安局交通管理大队", UnitKind.BRIGADE)
    squadron = make_unit("柳亭中队", UnitKind.SQUADRON, parent=brigade)
    committee = make_unit("青澜县交安委办公室", UnitKind.COMMITTEE)
    department = make_unit("青澜县园林服务中心", UnitKind.DEPARTMENT, parent=committee)
    town = make_unit("柳亭镇安全办", UnitKind.TOWN_OFFICE, parent=committee, area=area)
    for unit, mark in ((brigade, "青公交"), (committee, "青交安办")):
        Letterhead.objects.create(unit=unit, name=unit.name, mark=mark)
    return Office(
        brigade,
        squadron,
        committee,
        department,
        town,
        make_unit("通达运输", UnitKind.ENTERPRISE),
        employ(brigade, "hazard_officer"),
        employ(brigade, "legal_officer"),
        employ(brigade, "chief"),
        employ(brigade, "deputy"),
        employ(squadron, "auxiliary", OfficerKind.AUXILIARY),
        employ(department, "department_liaison", OfficerKind.LIAISON),
    )

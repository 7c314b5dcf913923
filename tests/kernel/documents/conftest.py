"""An office that issues documents: a brigade, a committee's office, those they write to, and the people who do it."""

from __future__ import annotations

from collections.abc import Iterator
from copy import deepcopy
from dataclasses import dataclass

import pytest
from pytest_django import DjangoDbBlocker

from anlu.kernel.core.scope import SYSTEM
from anlu.kernel.documents.models import Letterhead
from anlu.kernel.documents.seeding import seed_documents
from anlu.kernel.people.models import Officer, OfficerKind, Role, Unit, UnitKind
from anlu.kernel.people.seeding import seed_roles
from anlu.kernel.people.services import grant_role
from tests.factories import make_area, make_officer, make_unit
from tests.lasting import handed_out, lasting

DAY = "2023-07-03"


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
def office(furnished: Office, db: None, monkeypatch: pytest.MonkeyPatch) -> Office:
    """On 3 July 2023; what a test changes of it is its own."""
    monkeypatch.setenv("ANLU_TODAY", DAY)
    return deepcopy(furnished)


@pytest.fixture(scope="module")
def furnished(django_db_setup: None, django_db_blocker: DjangoDbBlocker) -> Iterator[Office]:
    """The office as all tests of a module find it."""
    with pytest.MonkeyPatch.context() as patch, lasting(django_db_blocker):
        patch.setenv("ANLU_TODAY", DAY)
        made = furnish()
        with handed_out(django_db_blocker):
            yield made


def furnish() -> Office:
    """Make it, with the roles and the templates that come with the software."""
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

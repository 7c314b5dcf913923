"""Units and accounts of the demonstration county."""

from __future__ import annotations

import pytest

from anlu.kernel.core.models import AuditEntry
from anlu.kernel.people.demo import PASSWORD, accounts, make_accounts, make_units
from anlu.kernel.people.models import Officer, Unit
from anlu.kernel.people.seeding import seed_roles
from anlu.kernel.places.demo import make_areas
from anlu.kernel.places.models import Area

pytestmark = pytest.mark.django_db


@pytest.fixture
def people() -> str:
    seed_roles()
    make_areas()
    make_units()
    return make_accounts()


def test_every_account_can_sign_in_and_is_on_record(people: str) -> None:
    assert people == f"{len(accounts())} 个账号"
    officers = Officer.objects.filter(login__in=[account.login for account in accounts()])
    assert officers.count() == len(accounts())
    assert {officer.password for officer in officers} == {officers[0].password}  # worked out once
    assert officers[0].check_password(PASSWORD)
    assert not any(officer.must_change_password for officer in officers)
    assert AuditEntry.objects.filter(thing_kind="people.officer", action="add").count() == len(accounts())


def test_making_them_twice_adds_nobody(people: str) -> None:
    assert (make_units(), make_accounts()) == ("已有", "0 个账号")


def test_a_squadron_answers_for_each_town(people: str) -> None:
    for town in Area.objects.filter(kind="town"):
        unit = Unit.objects.get(responsibilities__area=town)
        assert unit.kind == "squadron"
        assert unit.area == town

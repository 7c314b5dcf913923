"""
The demonstration county 青澜县: units and one account for each role.

Every name is invented; accounts carry a family name and a post, so that no real person can be meant.
"""

from __future__ import annotations

import csv
from dataclasses import dataclass
from datetime import date
from importlib.resources import files

from django.contrib.auth.hashers import make_password
from django.db import transaction

from anlu.kernel.core.audit import record
from anlu.kernel.core.demo import demo_step
from anlu.kernel.core.naming import sort_key_of
from anlu.kernel.core.scope import SYSTEM
from anlu.kernel.people.models import Officer, OfficerKind, Role, Unit
from anlu.kernel.people.services import add_unit, assign_area, grant_role
from anlu.kernel.places.models import Area, AreaKind, Segment

BRIGADE_CODE = "QL"
BEGUN = date(2018, 1, 1)
PASSWORD = "Qinglan-2023"


@dataclass(frozen=True)
class Account:
    """One demonstration account."""

    login: str
    name: str
    post: str
    role: str
    unit: str
    kind: str


def _table(name: str) -> list[dict[str, str]]:
    text = files("anlu.kernel.people").joinpath("demo_data", name).read_text(encoding="utf-8")
    return list(csv.DictReader(text.splitlines()))


def accounts() -> list[Account]:
    """All demonstration accounts, in the order in which they are shown."""
    return [Account(**row) for row in _table("accounts.csv")]


@demo_step(20, "people.units", "单位")
@transaction.atomic
def make_units() -> str:
    """Brigade, squadrons, offices, towns' safety offices, departments and partners."""
    if Unit.objects.filter(code=BRIGADE_CODE).exists():
        return "已有"
    made: dict[str, Unit] = {}
    for row in _table("units.csv"):
        made[row["code"]] = add_unit(
            row["code"],
            row["name"],
            row["kind"],
            by=SYSTEM,
            parent=made.get(row["parent"]),
            area=Area.objects.get(code=row["area"]) if row["area"] else None,
            short_name=row["short_name"],
            valid_from=BEGUN,
        )
    for town in Area.objects.filter(kind=AreaKind.TOWN, source="demo"):
        base = town.name.removesuffix("街道").removesuffix("镇")
        squadron, office = (_named(made, f"{base}中队"), _named(made, f"{town.name}安全办"))
        assign_area(squadron, town, by=SYSTEM, valid_from=BEGUN)
        Segment.objects.filter(town=town, source="demo").update(unit_name=squadron.name)
        assert office.area_id == town.pk
    return f"{len(made)} 个单位"


def _named(made: dict[str, Unit], name: str) -> Unit:
    return next(unit for unit in made.values() if unit.name == name)


@demo_step(30, "people.accounts", "演示账号")
@transaction.atomic
def make_accounts() -> str:
    """One account for each role, all with the demonstration password."""
    there = set(Officer.objects.values_list("login", flat=True))
    missing = [account for account in accounts() if account.login not in there]
    encoded = make_password(PASSWORD) if missing else ""  # once for all: it takes its time by design
    for account in missing:
        officer = _add_officer(account, encoded)
        grant_role(officer, Role.objects.get(code=account.role), by=SYSTEM)
    return f"{len(missing)} 个账号"


def _add_officer(account: Account, encoded: str) -> Officer:
    officer: Officer = Officer.objects.create(
        login=account.login,
        name=account.name,
        unit=Unit.objects.get(code=account.unit),
        kind=OfficerKind(account.kind),
        post=account.post,
        sort_key=sort_key_of(account.name)[:120],
        must_change_password=False,
        password=encoded,
        created_by=SYSTEM.uid,
    )
    record("add", officer, by=SYSTEM)
    return officer

"""The first accounts of a new installation: one for each of the three administrators, who then make the
others.
"""

from __future__ import annotations

import secrets
from dataclasses import dataclass
from typing import Final

from django.db import transaction

from anlu.kernel.core.scope import SYSTEM
from anlu.kernel.people.models import Officer, OfficerKind, Role, Unit, UnitKind
from anlu.kernel.people.services import add_officer, add_unit, grant_role

FIRST_UNIT: Final = ("BASE", "本单位")
LOGINS: Final = {"system": "sysadmin", "security": "secadmin", "audit": "auditadmin"}
PASSWORD_SIGNS: Final = ("abcdefghjkmnpqrstuvwxyz", "ABCDEFGHJKLMNPQRSTUVWXYZ", "23456789", "-+=%")


@dataclass(frozen=True)
class FirstAccount:
    """An account with its one-time password, which is shown once and kept nowhere."""

    login: str
    name: str
    password: str


@transaction.atomic
def make_first_accounts() -> list[FirstAccount]:
    """Accounts for the three administrators when nobody is there yet; otherwise none."""
    if Officer.objects.exists():
        return []
    unit = Unit.objects.order_by("pk").first() or add_unit(*FIRST_UNIT, UnitKind.BRIGADE, by=SYSTEM)
    return [_make(role, unit) for role in Role.objects.exclude(administrator="").order_by("order")]


def _make(role: Role, unit: Unit) -> FirstAccount:
    login, password = LOGINS.get(role.administrator, role.code), one_time_password()
    officer = add_officer(
        login,
        role.label,
        unit,
        by=SYSTEM,
        password=password,
        kind=OfficerKind.CIVILIAN,
        must_change_password=True,
    )
    grant_role(officer, role, by=SYSTEM)
    return FirstAccount(login, role.label, password)


def one_time_password() -> str:
    """Sixteen random signs, some of each class, none that looks like another."""
    signs = [secrets.choice(group) for group in PASSWORD_SIGNS]
    signs += [secrets.choice("".join(PASSWORD_SIGNS[:3])) for _ in range(16 - len(signs))]
    secrets.SystemRandom().shuffle(signs)
    return "".join(signs)

"""The smallest valid things; a test states only the facts that matter to it."""

from __future__ import annotations

import io
from itertools import count

from PIL import Image

from anlu.kernel.core.bulk import Ready, ready_rows
from anlu.kernel.core.dictionaries import REVISION, seed_all
from anlu.kernel.core.models import Revision, Term
from anlu.kernel.core.revisions import token
from anlu.kernel.core.scope import SYSTEM, Width
from anlu.kernel.people.models import Officer, OfficerKind, Role, RolePermission, Unit, UnitKind
from anlu.kernel.people.services import add_officer, add_unit, grant_role
from anlu.kernel.places.models import Area, AreaKind
from anlu.kernel.places.services import add_area

PASSWORD = "Correct-horse-9"
_serial = count(1)
_shipped: list[tuple[Ready, int]] = []


def seed_dictionaries() -> None:
    """
    The dictionaries as the platform ships them.

    `seed_all` reads and checks the files once in a process. What it brought is written again for each later test, with
    the token that it had: nobody reads it anew.
    """
    if Term.objects.exists():
        seed_all()
        return
    if not _shipped:
        seed_all()
        columns = [field.attname for field in Term._meta.concrete_fields]
        _shipped.append((ready_rows(Term, columns, Term.objects.values_list(*columns)), token(REVISION)))
        return
    ready, known = _shipped[0]
    ready.write()
    Revision.objects.update_or_create(code=REVISION, defaults={"token": known})


def make_area(name: str = "", kind: AreaKind = AreaKind.TOWN, parent: Area | None = None) -> Area:
    """An area with a code of its own."""
    n = next(_serial)
    return add_area(f"A{n:04d}", name or f"第{n}镇", kind, by=SYSTEM, parent=parent)


def make_unit(
    name: str = "", kind: UnitKind = UnitKind.SQUADRON, parent: Unit | None = None, area: Area | None = None
) -> Unit:
    """A unit with a code of its own."""
    n = next(_serial)
    return add_unit(f"U{n:04d}", name or f"第{n}中队", kind, by=SYSTEM, parent=parent, area=area)


def make_role(*permissions: str, width: Width = Width.ALL, administrator: str = "") -> Role:
    """A role that carries exactly these permissions."""
    n = next(_serial)
    role = Role.objects.create(code=f"r{n}", label=f"角色{n}", width=width, administrator=administrator)
    RolePermission.objects.bulk_create([RolePermission(role=role, code=code) for code in permissions])
    return role


def make_officer(
    unit: Unit | None = None,
    *permissions: str,
    width: Width = Width.ALL,
    kind: OfficerKind = OfficerKind.SWORN,
    login: str = "",
) -> Officer:
    """A person who signs in with ``PASSWORD`` and holds one role with these permissions (none: no role)."""
    n = next(_serial)
    officer = add_officer(
        login or f"user{n}",
        f"测试员{n}",
        unit or make_unit(),
        by=SYSTEM,
        password=PASSWORD,
        kind=kind,
        must_change_password=False,
    )
    if permissions:
        grant_role(officer, make_role(*permissions, width=width), by=SYSTEM)
    return officer


def png_picture(colour: str = "green") -> bytes:
    """A small picture."""
    sink = io.BytesIO()
    Image.new("RGB", (40, 30), colour).save(sink, "PNG")
    return sink.getvalue()

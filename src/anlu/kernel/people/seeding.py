"""Default roles: seeded by ``anlu init``, never by a migration; what a person has changed is left alone."""

from __future__ import annotations

import csv
from fnmatch import fnmatchcase
from importlib.resources import files

from django.db import transaction

from anlu.kernel.core.permissions import permissions
from anlu.kernel.people.models import Role, RolePermission


def default_roles() -> list[dict[str, str]]:
    """Rows of ``roles.csv``: order, code, label, width, administrator, permissions (patterns)."""
    text = files("anlu.kernel.people").joinpath("roles.csv").read_text(encoding="utf-8")
    return list(csv.DictReader(text.splitlines()))


def matching(patterns: str) -> set[str]:
    """Declared permissions that match any of the blank-separated patterns."""
    wanted = patterns.split()
    return {code for code in permissions.codes() if any(fnmatchcase(code, one) for one in wanted)}


@transaction.atomic
def seed_roles() -> int:
    """Add missing roles, and to untouched built-in ones permissions that are new; gives the rows added."""
    added = 0
    for row in default_roles():
        role, new = Role.objects.get_or_create(
            code=row["code"],
            defaults={
                "label": row["label"],
                "width": row["width"],
                "administrator": row["administrator"],
                "order": int(row["order"]),
                "builtin": True,
            },
        )
        if not (new or role.builtin):
            continue
        have = set(role.ticked.values_list("code", flat=True))
        missing = matching(row["permissions"]) - have
        RolePermission.objects.bulk_create([RolePermission(role=role, code=code) for code in sorted(missing)])
        added += len(missing) + new
    return added

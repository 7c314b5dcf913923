"""
Tokens that change when a body of data does: a dictionary, a fact table.

Whoever changes the data calls ``touch`` in the same transaction; whoever caches something made from it
keeps the token beside it and compares. Tokens are random, not counted: a rolled-back change cannot come
back as another one.
"""

from __future__ import annotations

import secrets
from typing import Final

from django.db import connection

from anlu.kernel.core.models import Revision

TOKEN_OF: Final = f"SELECT token FROM {Revision._meta.db_table} WHERE code = %s"


def touch(code: str) -> None:
    """State that the data behind ``code`` has changed. The row stays locked until the transaction ends."""
    Revision.objects.update_or_create(code=code, defaults={"token": secrets.randbits(62)})


def token(code: str) -> int:
    """The token now; 0 when nothing was ever changed.

    In plain SQL: every page asks several times, and a queryset costs ten times the answer.
    """
    with connection.cursor() as cursor:
        cursor.execute(TOKEN_OF, [code])
        found = cursor.fetchone()
    return found[0] if found else 0


def tokens(*codes: str) -> tuple[int, ...]:
    """Tokens of several bodies of data, in one query."""
    found = dict(Revision.objects.filter(code__in=codes).values_list("code", "token"))
    return tuple(found.get(code, 0) for code in codes)

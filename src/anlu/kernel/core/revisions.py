"""
Tokens that change when a body of data does: a dictionary, a fact table.

Whoever changes the data calls ``touch`` in the same transaction; whoever caches something made from it
keeps the token beside it and compares. Tokens are random, not counted: a rolled-back change cannot come
back as another one.
"""

from __future__ import annotations

import secrets

from anlu.kernel.core.models import Revision


def touch(code: str) -> None:
    """State that the data behind ``code`` has changed. The row stays locked until the transaction ends."""
    Revision.objects.update_or_create(code=code, defaults={"token": secrets.randbits(62)})


def token(code: str) -> int:
    """The token now; 0 when nothing was ever changed."""
    found = Revision.objects.filter(code=code).values_list("token", flat=True).first()
    return found or 0


def tokens(*codes: str) -> tuple[int, ...]:
    """Tokens of several bodies of data, in one query."""
    found = dict(Revision.objects.filter(code__in=codes).values_list("code", "token"))
    return tuple(found.get(code, 0) for code in codes)

"""What changed, in the form in which the audit keeps it; personal fields only ever as ciphertext."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from datetime import date, datetime, time
from decimal import Decimal
from enum import Enum
from typing import Any
from uuid import UUID

from django.db import models
from django.db.models import QuerySet

from anlu.kernel.core import crypto
from anlu.kernel.core.fields import EncryptedText, Unreadable
from anlu.kernel.core.models import AuditEntry

Changes = dict[str, list[Any]]


def kind_of(thing: models.Model | type[models.Model]) -> str:
    """The kind under which the audit and the search know a thing: ``crashes.crash``."""
    return thing._meta.label_lower


def fields_of(thing: models.Model, fields: Iterable[str]) -> dict[str, Any]:
    """The values of ``fields`` now, to be compared with the same thing later (take it before changing)."""
    return {name: getattr(thing, name) for name in fields}


def changed_fields(
    old: models.Model | Mapping[str, Any], new: models.Model, fields: Iterable[str]
) -> Changes:
    """
    ``{field: [old, new]}`` for those of ``fields`` whose value differs.

    ``old`` is another instance, or what ``fields_of`` gave before the change. A related thing stands as its
    text.
    """
    changes: Changes = {}
    for name in fields:
        before = old.get(name) if isinstance(old, Mapping) else getattr(old, name)
        after = getattr(new, name)
        if before != after:
            changes[name] = [_stored(new, name, before), _stored(new, name, after)]
    return changes


def _stored(thing: models.Model, name: str, value: Any) -> Any:
    field = next((f for f in thing._meta.concrete_fields if name in (f.name, f.attname)), None)
    if isinstance(field, EncryptedText):
        sealed = value.sealed if isinstance(value, Unreadable) else crypto.encrypt(value or "")
        return crypto.as_text(sealed)
    return plain(value)


def plain(value: Any) -> Any:
    """``value`` as JSON keeps it: times and dates ISO 8601, exact numbers and everything else as text."""
    match value:
        case None | bool() | str() if not isinstance(value, Enum):
            return value.replace("\0", "") if isinstance(value, str) else value
        case Enum():
            return plain(value.value)
        case int() | float():
            return value
        case datetime() | date() | time():
            return value.isoformat()
        case Decimal() | UUID():
            return str(value)
        case Mapping():
            return {str(key): plain(item) for key, item in value.items()}
        case list() | tuple() | set() | frozenset():
            return [plain(item) for item in value]
        case bytes():
            return value.hex()
        case _:
            return str(value)


def history_of(thing: models.Model) -> QuerySet[AuditEntry]:
    """Everything recorded about a thing, newest first."""
    uid = getattr(thing, "uid", None)
    found = AuditEntry.objects.filter(thing_kind=kind_of(thing), thing_uid=uid)
    return found.order_by("-pk") if uid else found.none()

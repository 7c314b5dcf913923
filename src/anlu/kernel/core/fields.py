"""
Model fields for personal numbers: ``EncryptedText`` keeps one, ``BlindIndex`` finds it again.

    id_number = EncryptedText("证件号")
    id_number_index = BlindIndex(of="id_number")
    id_number_tail = BlindIndex(of="id_number", normalise=last_four)

    CrashParty.objects.filter(id_number_index="37152519900101002X")     # any spacing, any case

The index is worked out on save, also when ``update_fields`` names only the text. ``QuerySet.update`` bypasses
it, as it bypasses everything: change personal numbers through ``save``.
"""

from __future__ import annotations

import logging
import unicodedata
from collections.abc import Callable, Iterable, Iterator
from functools import cache
from typing import Any

from django.apps import apps
from django.core.exceptions import FieldError
from django.db import DEFAULT_DB_ALIAS, connections, models, transaction
from django.db.backends.base.base import BaseDatabaseWrapper
from django.db.models.lookups import Lookup

from anlu.kernel.core import crypto
from anlu.kernel.core.keys import KeyProblem

Normalise = Callable[[str], str]
REKEY_ROWS = 500
log = logging.getLogger("anlu.keys")


def compact(text: str) -> str:
    """A number without spaces, dots and hyphens, half-width, capital letters."""
    if text.isascii() and text.isalnum():  # as nearly all are written
        return text.upper()
    plain = unicodedata.normalize("NFKC", text).upper()
    return "".join(sign for sign in plain if sign.isalnum() or sign in "+*")


def last_four(text: str) -> str:
    """The last four signs of the compact number, by which people read numbers out; "" when it has fewer."""
    return compact(text)[-4:] if len(compact(text)) >= 4 else ""


class Unreadable(str):
    """
    Stands for a value whose key is absent or wrong: pages still open, and saving writes the ciphertext back
    as it was.
    """

    sealed: bytes

    def __new__(cls, sealed: bytes) -> Unreadable:
        """Shown as words; never empty, never a number."""
        text = super().__new__(cls, "(密钥缺失,无法读取)")
        text.sealed = sealed
        return text


@cache
def _report_once(problem: str) -> None:
    """A lost key concerns every row: the log says so once in the life of a process."""
    log.error("encrypted values cannot be read: %s", problem)


class EncryptedText(models.Field[str, str]):
    """Text that is ciphertext in the database. It can be tested for emptiness, not searched or sorted."""

    description = "encrypted text"
    empty_strings_allowed = True

    def __init__(self, *args: Any, **options: Any) -> None:
        options.setdefault("default", "")
        options.setdefault("blank", True)
        options["editable"] = options.get("editable", True)
        super().__init__(*args, **options)

    def get_internal_type(self) -> str:
        return "BinaryField"

    def get_default(self) -> str:
        return ""

    def get_db_prep_value(self, value: Any, connection: BaseDatabaseWrapper, prepared: bool = False) -> Any:
        if value is None:
            return None
        if isinstance(value, bytes):  # ciphertext already (bulk import, re-keying)
            return value
        if isinstance(value, Unreadable):
            return value.sealed
        return crypto.encrypt(str(value))

    def from_db_value(self, value: Any, *_: Any) -> str | None:
        if value is None:
            return None
        try:
            return crypto.decrypt(bytes(value))
        except KeyProblem as problem:
            _report_once(f"{self}: {problem}")
            return Unreadable(bytes(value))

    def to_python(self, value: Any) -> Any:
        return value if value is None or isinstance(value, str) else str(value)

    def get_lookup(self, lookup_name: str) -> type[Lookup[Any]] | None:
        if lookup_name != "isnull":
            raise FieldError(f"{self.name} is encrypted: search by its BlindIndex")
        return super().get_lookup(lookup_name)


class BlindIndex(models.Field[Any, bytes | None]):
    """The index of an ``EncryptedText`` of the same model, worked out on save; a query gives it the plain
    text.
    """

    description = "blind index of an encrypted text"

    def __init__(
        self, *args: Any, of: str, normalise: Normalise = compact, purpose: str = "", **options: Any
    ) -> None:
        self.of, self.normalise, self.purpose = of, normalise, purpose
        options.update(null=True, editable=False, default=None)
        options.setdefault("db_index", True)
        super().__init__(*args, **options)

    def deconstruct(self) -> Any:
        name, path, args, options = super().deconstruct()
        for fixed in ("null", "editable", "default"):
            options.pop(fixed, None)
        options["db_index"] = getattr(self, "db_index")  # noqa: B009 - absent from the stubs
        options.update(of=self.of, normalise=self.normalise, purpose=self.purpose)
        return name, path, args, options

    def get_internal_type(self) -> str:
        return "BinaryField"

    def index_of(self, text: str) -> bytes | None:
        """The index of a plain text; None when nothing of it is left after normalising."""
        return crypto.blind_index(self.normalise(text), purpose=self.purpose or self.of)

    def pre_save(self, model_instance: models.Model, add: bool) -> bytes | None:
        text = getattr(model_instance, self.of) or ""
        if isinstance(text, Unreadable):
            kept: bytes | None = getattr(model_instance, self.attname)
            return kept
        found = self.index_of(text)
        setattr(model_instance, self.attname, found)
        return found

    def get_prep_value(self, value: Any) -> bytes | None:
        if value is None or isinstance(value, bytes):
            return value
        return self.index_of(str(value)) or b""  # b"" is stored nowhere: a query for nothing finds nothing

    def get_db_prep_value(self, value: Any, connection: BaseDatabaseWrapper, prepared: bool = False) -> Any:
        return value if prepared else self.get_prep_value(value)

    def from_db_value(self, value: Any, *_: Any) -> bytes | None:
        return None if value is None else bytes(value)


def with_indexes(model: type[models.Model], update_fields: Iterable[str]) -> list[str]:
    """``update_fields`` and the blind indexes of those among them."""
    named = list(update_fields)
    indexes = [f.name for f in model._meta.concrete_fields if isinstance(f, BlindIndex) and f.of in named]
    return [*named, *(name for name in indexes if name not in named)]


def encrypted_fields() -> Iterator[tuple[type[models.Model], EncryptedText]]:
    """Every encrypted field of every installed table."""
    for model in apps.get_models():
        for field in model._meta.local_concrete_fields:
            if isinstance(field, EncryptedText):
                yield model, field


def rekey(model: type[models.Model], field: EncryptedText, *, after: int = 0) -> tuple[int, int]:
    """
    Write the next ``REKEY_ROWS`` values after primary key ``after`` anew under the current key.

    Each chunk is one transaction; a row changed meanwhile keeps its newer value. Gives (last primary key
    seen, rows rewritten); (0, 0) when nothing under an older key is left.
    """
    quote = connections[DEFAULT_DB_ALIAS].ops.quote_name
    table, column, pk = (
        quote(model._meta.db_table),
        quote(str(field.column)),
        quote(str(model._meta.pk.column)),
    )
    current = bytes([crypto.keyring().current])
    select = (
        f"SELECT {pk}, {column} FROM {table} WHERE {pk} > %s AND length({column}) > 0"
        f" AND substr({column}, 1, 1) <> %s ORDER BY {pk} LIMIT {REKEY_ROWS}"
    )
    update = f"UPDATE {table} SET {column} = %s WHERE {pk} = %s AND {column} = %s"
    with transaction.atomic(), connections[DEFAULT_DB_ALIAS].cursor() as cursor:
        cursor.execute(select, [after, current])
        old = [(key, bytes(sealed)) for key, sealed in cursor.fetchall()]
        for key, sealed in old:
            cursor.execute(update, [crypto.encrypt(crypto.decrypt(sealed)), key, sealed])
    return (old[-1][0], len(old)) if old else (0, 0)


def keys_in_use() -> dict[int, int]:
    """How many values of the whole database were written under which key number."""
    total: dict[int, int] = {}
    for model, field in encrypted_fields():
        for number, count in _keys_of(model, field).items():
            total[number] = total.get(number, 0) + count
    return total


def sample_of_each_key() -> list[str]:
    """What is wrong with reading one value of every field under every key number; empty when all can be
    read.
    """
    problems = []
    for model, field in encrypted_fields():
        for number in _keys_of(model, field):
            try:
                crypto.decrypt(_one_of_key(model, field, number))
            except KeyProblem as problem:
                problems.append(f"{model._meta.label}.{field.name}: {problem}")
    return problems


def _one_of_key(model: type[models.Model], field: EncryptedText, number: int) -> bytes:
    quote = connections[DEFAULT_DB_ALIAS].ops.quote_name
    table, column = quote(model._meta.db_table), quote(str(field.column))
    with connections[DEFAULT_DB_ALIAS].cursor() as cursor:
        cursor.execute(
            f"SELECT {column} FROM {table} WHERE substr({column}, 1, 1) = %s LIMIT 1", [bytes([number])]
        )
        found = cursor.fetchone()
    return bytes(found[0]) if found else b""


def _keys_of(model: type[models.Model], field: EncryptedText) -> dict[int, int]:
    quote = connections[DEFAULT_DB_ALIAS].ops.quote_name
    table, column = quote(model._meta.db_table), quote(str(field.column))
    with connections[DEFAULT_DB_ALIAS].cursor() as cursor:
        cursor.execute(
            f"SELECT substr({column}, 1, 1), count(*) FROM {table} WHERE length({column}) > 0 GROUP BY 1"
        )
        return {bytes(first)[0]: count for first, count in cursor.fetchall()}

"""
Many rows at once, past the object layer: ``executemany`` on SQLite, ``COPY`` on PostgreSQL.

Used by imports. Rows are tuples of Python values in the order of the named columns; what is not named gets
the field's default (``uid``, ``created_at``, ``version`` ...). Signals, ``save`` and audit are bypassed:
the caller audits the batch.
"""

from __future__ import annotations

import json
from collections.abc import Callable, Collection, Iterable, Iterator, Sequence
from datetime import UTC, date, datetime
from decimal import Decimal
from itertools import islice
from typing import Any, Final
from uuid import UUID

from django.db import DEFAULT_DB_ALIAS, connections, models

from anlu.kernel.core.clock import now
from anlu.kernel.core.fields import BlindIndex, EncryptedText

ROWS_AT_ONCE: Final = 5_000
Convert = Callable[[Any], Any]
AnyField = models.Field[Any, Any]


def insert_rows(
    model: type[models.Model],
    columns: Sequence[str],
    rows: Iterable[Sequence[Any]],
    *,
    stored: Collection[str] = (),
) -> int:
    """
    Insert ``rows`` into the table of ``model`` and give back how many.

    Parameters
    ----------
    columns
        Field names; a foreign key may be named ``crash`` or ``crash_id`` and takes the key itself. ``id``
        may be among them (see ``reserve_ids``).
    rows
        Any iterable, read once, ``ROWS_AT_ONCE`` at a time. A value is what the field would hold on an
        object; a text that is already in the database's form is taken as it is; bytes for an encrypted
        field are ciphertext.
    stored
        Columns whose values are in the database's form already (JSON as text), so that nobody converts them.

    Raises
    ------
    ValueError
        A column is unknown, or a row has another number of values than there are columns.
    """
    connection = connections[DEFAULT_DB_ALIAS]
    named = [_field(model, column) for column in columns]
    filled = [field for field in _stored(model) if field not in named and _default(field) is not None]
    writers = [
        _as_it_is if column in stored else _converter(field, connection)
        for column, field in zip(columns, named, strict=True)
    ]
    finish = _finisher(writers, [_default(field) for field in filled])
    table = connection.ops.quote_name(model._meta.db_table)
    names = ", ".join(connection.ops.quote_name(str(field.column)) for field in (*named, *filled))
    write = _copy if connection.vendor == "postgresql" else _execute_many
    total, stream = 0, iter(rows)
    with connection.cursor() as cursor:
        while chunk := list(islice(stream, ROWS_AT_ONCE)):
            write(cursor, table, names, len(named) + len(filled), map(finish, chunk))
            total += len(chunk)
    return total


def reserve_ids(model: type[models.Model], count: int) -> list[int]:
    """``count`` primary keys that nobody else will get, in ascending order. Call it inside a transaction.

    Raises
    ------
    RuntimeError
        On SQLite outside a transaction, where somebody else could take the same keys.
    """
    connection = connections[DEFAULT_DB_ALIAS]
    table = model._meta.db_table
    with connection.cursor() as cursor:
        if connection.vendor == "postgresql":
            column = str(model._meta.pk.column)
            cursor.execute(
                "SELECT nextval(pg_get_serial_sequence(%s, %s)) FROM generate_series(1, %s)",
                [connection.ops.quote_name(table), column, count],
            )
            return sorted(row[0] for row in cursor.fetchall())
        if not connection.in_atomic_block:
            raise RuntimeError("keys can be reserved only inside a transaction")
        cursor.execute("SELECT seq FROM sqlite_sequence WHERE name = %s", [table])
        found = cursor.fetchone()
        last = found[0] if found else 0
        if found:
            cursor.execute("UPDATE sqlite_sequence SET seq = %s WHERE name = %s", [last + count, table])
        else:
            cursor.execute("INSERT INTO sqlite_sequence (name, seq) VALUES (%s, %s)", [table, count])
    return list(range(last + 1, last + count + 1))


def _stored(model: type[models.Model]) -> list[AnyField]:
    """Fields that have a column and are not numbered by the database."""
    return [
        field
        for field in model._meta.concrete_fields
        if not isinstance(field, models.AutoField | models.BigAutoField)
    ]


def _field(model: type[models.Model], name: str) -> AnyField:
    for field in model._meta.concrete_fields:
        if name in (field.name, field.attname):
            return field
    raise ValueError(f"{model._meta.label} has no column {name!r}")


def _default(field: AnyField) -> Convert | None:
    """Gives the value of a column that the caller does not name; None when NULL is right."""
    connection = connections[DEFAULT_DB_ALIAS]
    if isinstance(field, models.DateTimeField | models.DateField) and getattr(field, "auto_now", False):
        fixed = _converter(field, connection)(now())
        return lambda _: fixed
    if not field.has_default() and isinstance(field, models.CharField | models.TextField) and not field.null:
        return lambda _: ""
    if not field.has_default():
        return None
    convert = _converter(field, connection)
    if field.unique:  # a value of its own for every row
        return lambda _: convert(field.get_default())
    once = convert(field.get_default())
    return lambda _: once


def _finisher(
    writers: Sequence[Convert], fillers: Sequence[Convert | None]
) -> Callable[[Sequence[Any]], tuple[Any, ...]]:
    """A function from a row as given to a row as stored."""
    fill = [filler for filler in fillers if filler is not None]
    convert = [(place, write) for place, write in enumerate(writers) if write is not _as_it_is]
    width = len(writers)

    def finish(row: Sequence[Any]) -> tuple[Any, ...]:
        if len(row) != width:
            raise ValueError(f"a row has {len(row)} values for {width} columns: {row!r:.200}")
        values = list(row)
        for place, write in convert:
            if (value := values[place]) is not None:
                values[place] = write(value)
        return (*values, *[filler(None) for filler in fill])

    return finish


def _as_it_is(value: Any) -> Any:
    return value


def _converter(field: AnyField, connection: Any) -> Convert:
    """The quick way for the common kinds of column, Django's own for the rest."""
    target = field.target_field if isinstance(field, models.ForeignKey) else field
    if isinstance(target, EncryptedText | BlindIndex):
        return lambda value: target.get_db_prep_value(value, connection)
    if isinstance(target, models.JSONField):
        return lambda value: json.dumps(value, cls=target.encoder)
    if connection.vendor == "postgresql":
        return _as_it_is  # the driver writes every kind we have
    return _SQLITE.get(target.get_internal_type(), _as_it_is)


def _sqlite_time(value: datetime | str) -> str:
    """As Django writes it: UTC without zone."""
    return value if isinstance(value, str) else value.astimezone(UTC).replace(tzinfo=None).isoformat(" ")


def _sqlite_date(value: date | str) -> str:
    return value if isinstance(value, str) else value.isoformat()[:10]


def _sqlite_uuid(value: UUID | str) -> str:
    return value.replace("-", "") if isinstance(value, str) else value.hex


def _sqlite_decimal(value: Decimal | str | float) -> str:
    return str(value)


_SQLITE: Final[dict[str, Convert]] = {
    "DateTimeField": _sqlite_time,
    "DateField": _sqlite_date,
    "UUIDField": _sqlite_uuid,
    "DecimalField": _sqlite_decimal,
}


def _execute_many(cursor: Any, table: str, names: str, width: int, rows: Iterator[tuple[Any, ...]]) -> None:
    marks = ", ".join(["%s"] * width)
    cursor.executemany(f"INSERT INTO {table} ({names}) VALUES ({marks})", list(rows))


def _copy(cursor: Any, table: str, names: str, width: int, rows: Iterator[tuple[Any, ...]]) -> None:
    with cursor.copy(f"COPY {table} ({names}) FROM STDIN") as copy:
        for row in rows:
            copy.write_row(row)

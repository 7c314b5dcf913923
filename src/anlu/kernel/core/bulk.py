"""
Many rows at once, past the object layer: ``executemany`` on SQLite, ``COPY`` on PostgreSQL.

Used by imports. Rows are tuples of Python values in the order of the named columns; what is not named gets
the field's default (``uid``, ``created_at``, ``version`` ...). Signals, ``save`` and audit are bypassed:
the caller audits the batch.
"""

from __future__ import annotations

import json
from collections.abc import Callable, Collection, Iterable, Sequence
from dataclasses import dataclass
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
    total, stream, more = 0, iter(rows), True
    while more:
        chunk = list(islice(stream, ROWS_AT_ONCE))
        total += ready_rows(model, columns, chunk, stored=stored).write()
        more = len(chunk) == ROWS_AT_ONCE
    return total


@dataclass(frozen=True, repr=False)
class Ready:
    """Rows of a table in the form of the database: writing them, others wait for nothing but the writing."""

    table: str
    names: str
    width: int
    rows: list[tuple[Any, ...]]

    def write(self) -> int:
        """Insert them, and give back how many."""
        connection = connections[DEFAULT_DB_ALIAS]
        write = _copy if connection.vendor == "postgresql" else _execute_many
        if self.rows:
            with connection.cursor() as cursor:
                write(cursor, self.table, self.names, self.width, self.rows)
        return len(self.rows)


def ready_rows(
    model: type[models.Model],
    columns: Sequence[str],
    rows: Iterable[Sequence[Any]],
    *,
    stored: Collection[str] = (),
) -> Ready:
    """Rows as ``insert_rows`` takes them, worked out to be written later, all at once."""
    connection = connections[DEFAULT_DB_ALIAS]
    named = [_field(model, column) for column in columns]
    others = ((field, _default(field)) for field in _stored(model) if field not in named)
    filled = [(field, default) for field, default in others if default is not None]
    writers = [
        _as_it_is if column in stored else _converter(field, connection)
        for column, field in zip(columns, named, strict=True)
    ]
    finish = _finisher(writers, [default for _, default in filled])
    quote = connection.ops.quote_name
    names = ", ".join(quote(str(one.column)) for one in (*named, *(one for one, _ in filled)))
    return Ready(quote(model._meta.db_table), names, len(named) + len(filled), [finish(row) for row in rows])


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


def rows_among(
    model: type[models.Model], columns: Sequence[str], key: str, values: Sequence[Any], *, where: str = ""
) -> list[tuple[Any, ...]]:
    """
    Rows of ``model`` whose ``key`` is among thousands of ``values``, passed as one parameter and not as thousands.

    Parameters
    ----------
    columns, key
        Columns of the table; values come as the driver gives them.
    where
        A further condition in SQL, written as in the partial index that should serve it.
    """
    connection = connections[DEFAULT_DB_ALIAS]
    quote = connection.ops.quote_name
    among, parameter = _among(model, key, values)
    names = ", ".join(quote(column) for column in columns)
    condition = f" AND {where}" if where else ""
    sql = f"SELECT {names} FROM {quote(model._meta.db_table)} WHERE {among}{condition}"
    with connection.cursor() as cursor:
        cursor.execute(sql, [parameter])
        return list(cursor.fetchall())


def set_among(model: type[models.Model], column: str, value: Any, key: str, values: Sequence[Any]) -> int:
    """Set one column of the rows whose ``key`` is among ``values``; give back of how many."""
    connection = connections[DEFAULT_DB_ALIAS]
    quote = connection.ops.quote_name
    among, parameter = _among(model, key, values)
    sql = f"UPDATE {quote(model._meta.db_table)} SET {quote(column)} = %s WHERE {among}"
    with connection.cursor() as cursor:
        cursor.execute(sql, [value, parameter])
        return int(cursor.rowcount)


def _among(model: type[models.Model], key: str, values: Sequence[Any]) -> tuple[str, Any]:
    """A condition with one parameter, and the parameter."""
    connection = connections[DEFAULT_DB_ALIAS]
    name = connection.ops.quote_name(str(_field(model, key).column))
    if connection.vendor == "postgresql":
        return f"{name} = ANY(%s)", list(values)
    return f"{name} IN (SELECT value FROM json_each(%s))", json.dumps(list(values))


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


@dataclass(frozen=True)
class _Default:
    """The value of a column that the caller does not name: one for all rows, or made anew for each."""

    value: Any = None
    make: Callable[[], Any] | None = None


def _default(field: AnyField) -> _Default | None:
    """What a column that is not named gets; None when NULL is right."""
    connection = connections[DEFAULT_DB_ALIAS]
    convert = _converter(field, connection)
    if isinstance(field, models.DateTimeField | models.DateField) and getattr(field, "auto_now", False):
        return _Default(convert(now()))
    if not field.has_default():
        is_text = isinstance(field, models.CharField | models.TextField) and not field.null
        return _Default("") if is_text else None
    if field.unique:
        return _Default(make=lambda: convert(field.get_default()))
    return _Default(convert(field.get_default()))


def _finisher(
    writers: Sequence[Convert], defaults: Sequence[_Default]
) -> Callable[[Sequence[Any]], tuple[Any, ...]]:
    """A function from a row as given to a row as stored."""
    fixed = tuple(one.value for one in defaults)
    convert = [(place, write) for place, write in enumerate(writers) if write is not _as_it_is]
    made = [(place, one.make) for place, one in enumerate(defaults, len(writers)) if one.make]
    width = len(writers)

    def checked(row: Sequence[Any]) -> tuple[Any, ...]:
        if len(row) != width:
            raise ValueError(f"a row has {len(row)} values for {width} columns: {row!r:.200}")
        return (*row, *fixed)

    def finish(row: Sequence[Any]) -> tuple[Any, ...]:
        values = list(checked(row))
        for place, write in convert:
            if (value := values[place]) is not None:
                values[place] = write(value)
        for place, make in made:
            values[place] = make()
        return tuple(values)

    return finish if convert or made else checked


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


def _execute_many(cursor: Any, table: str, names: str, width: int, rows: list[tuple[Any, ...]]) -> None:
    marks = ", ".join(["%s"] * width)
    cursor.executemany(f"INSERT INTO {table} ({names}) VALUES ({marks})", rows)


def _copy(cursor: Any, table: str, names: str, width: int, rows: list[tuple[Any, ...]]) -> None:
    with cursor.copy(f"COPY {table} ({names}) FROM STDIN") as copy:
        for row in rows:
            copy.write_row(row)

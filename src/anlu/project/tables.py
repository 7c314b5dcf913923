"""
All tables from one database into another: SQLite file ↔ PostgreSQL, with the platform's own schema on both
sides.

Values are carried as the drivers give them and written in the form of the other side; nothing passes
through the objects, so encrypted values stay ciphertext.
"""

from __future__ import annotations

import sqlite3
from collections.abc import Callable, Iterator, Sequence
from contextlib import closing, contextmanager
from datetime import UTC, datetime, timedelta
from itertools import islice
from pathlib import Path
from typing import Any, Final

from django.apps import apps
from django.contrib.sessions.models import Session
from django.core.management import call_command
from django.core.management.color import no_style
from django.db import DEFAULT_DB_ALIAS, connections, models, transaction

from anlu.project.databases import sqlite_settings

ALIAS: Final = "carried"
ROWS_AT_ONCE: Final = 5_000
NOT_CARRIED: Final = (Session._meta.db_table,)  # whoever gets hold of a backup must not be signed in
Convert = Callable[[Any], Any]
AnyField = models.Field[Any, Any]


def carried_models() -> list[type[models.Model]]:
    """Every table of every installed app, links of many-to-many fields included."""
    found = apps.get_models(include_auto_created=True)
    return [
        model
        for model in found
        if model._meta.managed and not model._meta.proxy and model._meta.db_table not in NOT_CARRIED
    ]


def columns_of(model: type[models.Model]) -> list[AnyField]:
    """The fields that have a column."""
    return [field for field in model._meta.local_concrete_fields if field.column]


@contextmanager
def database_file(path: Path) -> Iterator[str]:
    """An SQLite file as a second database of Django; gives its alias."""
    settings = sqlite_settings(path)
    configured = connections.configure_settings({DEFAULT_DB_ALIAS: settings, ALIAS: dict(settings)})
    connections.settings[ALIAS] = configured[ALIAS]
    try:
        yield ALIAS
    finally:
        connections[ALIAS].close()
        del connections[ALIAS]
        del connections.settings[ALIAS]


def migrate_file(path: Path) -> None:
    """Bring the tables of an SQLite file up to this version."""
    with database_file(path) as alias:
        call_command("migrate", database=alias, verbosity=0, interactive=False)
        with connections[alias].cursor() as cursor:  # one plain file, nothing beside it
            cursor.execute("PRAGMA wal_checkpoint(TRUNCATE)")
            cursor.execute("PRAGMA journal_mode=DELETE")


# ---------------------------------------------------------------------------------- SQLite → SQLite file
def copy_sqlite(source: Path, target: Path) -> None:
    """A consistent copy of a database in use; writers go on meanwhile."""
    with _reading(source) as old, closing(sqlite3.connect(target)) as new:
        old.backup(new)
        new.execute("PRAGMA journal_mode=DELETE")
        with new:
            for table in NOT_CARRIED:
                new.execute(f'DELETE FROM "{table}"')


def _reading(path: Path) -> closing[sqlite3.Connection]:
    """A connection that can only read."""
    return closing(sqlite3.connect(f"{path.absolute().as_uri()}?mode=ro", uri=True))


# ------------------------------------------------------------------------------- PostgreSQL → SQLite file
def export_postgres(target: Path, *, on_table: Callable[[str], None] = lambda name: None) -> None:
    """All tables as they are at one moment, into a new SQLite file; writers go on meanwhile."""
    migrate_file(target)
    connection = connections[DEFAULT_DB_ALIAS]
    with transaction.atomic(), closing(sqlite3.connect(target)) as file, file:
        with connection.cursor() as cursor:
            cursor.execute("SET TRANSACTION ISOLATION LEVEL REPEATABLE READ, READ ONLY")
        file.execute("PRAGMA synchronous=OFF")
        for model in carried_models():
            file.execute(f'DELETE FROM "{model._meta.db_table}"')
        for model in carried_models():
            on_table(model._meta.db_table)
            _export_table(connection, file, model)


def _export_table(connection: Any, file: sqlite3.Connection, model: type[models.Model]) -> None:
    fields = columns_of(model)
    names = ", ".join(f'"{field.column}"' for field in fields)
    writers = [_to_sqlite(field) for field in fields]
    insert = f'INSERT INTO "{model._meta.db_table}" ({names}) VALUES ({", ".join("?" * len(fields))})'
    with connection.chunked_cursor() as cursor:
        cursor.execute(f'SELECT {names} FROM "{model._meta.db_table}"')
        while rows := cursor.fetchmany(ROWS_AT_ONCE):
            file.executemany(insert, [_converted(writers, row) for row in rows])


def _converted(writers: Sequence[Convert], row: Sequence[Any]) -> tuple[Any, ...]:
    return tuple(None if value is None else write(value) for write, value in zip(writers, row, strict=True))


def _kind(field: AnyField) -> str:
    """The kind of column, for a link that of the column it points to."""
    while isinstance(field, models.ForeignKey):
        field = field.target_field
    return field.get_internal_type()


def _to_sqlite(field: AnyField) -> Convert:
    return _TO_SQLITE.get(_kind(field), _as_it_is)


def _as_it_is(value: Any) -> Any:
    return value


def _naive(value: datetime) -> str:
    return value.astimezone(UTC).replace(tzinfo=None).isoformat(" ")


_TO_SQLITE: Final[dict[str, Convert]] = {
    "DateTimeField": _naive,
    "DateField": lambda value: value.isoformat(),
    "TimeField": lambda value: value.isoformat(),
    "UUIDField": lambda value: value.hex,
    "BooleanField": int,
    "DecimalField": str,
    "DurationField": lambda value: value // timedelta(microseconds=1),
    "JSONField": str,
    "BinaryField": bytes,
    "GenericIPAddressField": str,
}


# ------------------------------------------------------------------------------- SQLite file → PostgreSQL
def import_into_postgres(source: Path, *, on_table: Callable[[str], None] = lambda name: None) -> None:
    """Replace everything in the default database by the tables of an SQLite file, in one transaction."""
    connection = connections[DEFAULT_DB_ALIAS]
    tables = [*(model._meta.db_table for model in carried_models()), *NOT_CARRIED]
    with _reading(source) as file, transaction.atomic(), connection.cursor() as cursor:
        cursor.execute("SET LOCAL TIME ZONE 'UTC'")
        cursor.execute("SET LOCAL lock_timeout = '20s'")  # somebody else is using the tables
        cursor.execute(f"TRUNCATE {', '.join(connection.ops.quote_name(table) for table in tables)}")
        for model in carried_models():
            on_table(model._meta.db_table)
            _import_table(cursor, file, model)
        for statement in connection.ops.sequence_reset_sql(no_style(), carried_models()):
            cursor.execute(statement)


def _import_table(cursor: Any, file: sqlite3.Connection, model: type[models.Model]) -> None:
    fields = columns_of(model)
    names = ", ".join(f'"{field.column}"' for field in fields)
    writers = [_TO_POSTGRES.get(_kind(field), _as_it_is) for field in fields]
    rows = iter(file.execute(f'SELECT {names} FROM "{model._meta.db_table}"'))
    with cursor.copy(f'COPY "{model._meta.db_table}" ({names}) FROM STDIN') as copy:
        while chunk := list(islice(rows, ROWS_AT_ONCE)):
            for row in chunk:
                copy.write_row(_converted(writers, row))


_TO_POSTGRES: Final[dict[str, Convert]] = {
    "BooleanField": bool,
    "DecimalField": str,
    "DurationField": lambda value: f"{value} microseconds",
}

"""Which installation this is, and whether this software may open its database."""

from __future__ import annotations

from enum import Enum
from typing import Final

from django.db import DEFAULT_DB_ALIAS, connections, transaction
from django.db.migrations.executor import MigrationExecutor

from anlu import __version__
from anlu.kernel.core.models import Installation

FORMAT_NUMBER: Final = 1  # raised when an older version could no longer open the database rightly
UNNAMED: Final = "未命名单位"


class DatabaseState(Enum):
    """What a database is to this software."""

    EMPTY = "empty"  # never initialised
    OLDER = "older"  # `anlu init` brings it up
    CURRENT = "current"
    NEWER = "newer"  # written by newer software: not to be touched


def installation(using: str = DEFAULT_DB_ALIAS) -> Installation | None:
    """The row of this installation; None before ``anlu init``."""
    if Installation._meta.db_table not in connections[using].introspection.table_names():
        return None
    return Installation.objects.using(using).order_by("pk").first()


def database_state(using: str = DEFAULT_DB_ALIAS) -> DatabaseState:
    """Compare the format number and the migrations in the database with those of this software."""
    row = installation(using)
    if row is None:
        return DatabaseState.EMPTY
    if row.format_number > FORMAT_NUMBER or unknown_migrations(using):
        return DatabaseState.NEWER
    older = row.format_number < FORMAT_NUMBER or pending_migrations(using)
    return DatabaseState.OLDER if older else DatabaseState.CURRENT


def pending_migrations(using: str = DEFAULT_DB_ALIAS) -> list[str]:
    """Migrations of this software that the database does not have yet."""
    executor = MigrationExecutor(connections[using])
    plan = executor.migration_plan(executor.loader.graph.leaf_nodes())
    return [f"{migration.app_label}.{migration.name}" for migration, _ in plan]


def unknown_migrations(using: str = DEFAULT_DB_ALIAS) -> list[str]:
    """Migrations that the database has and this software does not know, in apps that it does know."""
    loader = MigrationExecutor(connections[using]).loader
    ours = {app for app, _ in loader.disk_migrations}
    applied = loader.applied_migrations or {}
    return sorted(
        f"{app}.{name}" for app, name in applied if app in ours and (app, name) not in loader.disk_migrations
    )


@transaction.atomic
def register_installation(*, name: str = "", demo: bool = False) -> Installation:
    """Write down that this software has opened the database; the first time, give the installation its
    identity.
    """
    row = Installation.objects.select_for_update().order_by("pk").first()
    if row is None:
        row = Installation(name=name or UNNAMED, format_number=FORMAT_NUMBER)
    row.format_number, row.software_version = FORMAT_NUMBER, __version__
    row.name, row.demo = name or row.name, demo or row.demo
    row.save()
    return row

"""Getting a command ready to work with the database, with one clear line when that cannot be."""

from __future__ import annotations

import gc
import os
from pathlib import Path

import django
from django.core.exceptions import ImproperlyConfigured
from django.db import DatabaseError, connection

from anlu.engine.errors import BadInput
from anlu.project.configuration import data_folder
from anlu.project.folder import finish_renames

SETTINGS = "anlu.project.settings.base"
_NOT_READY = {
    "empty": "数据库还没有建立: 先运行 anlu init",
    "older": "数据库由较早的版本建立: 先运行 anlu init 升级",
    "newer": "数据库由较新的版本写过, 本版本不能打开: 请升级软件",
}


def set_up(*, database: str = "") -> None:
    """
    Load settings and apps, with another database for this process when ``database`` names one.

    Raises
    ------
    BadInput
        The configuration cannot be read.
    """
    if database:
        os.environ["DATABASE_URL"] = database
    os.environ.setdefault("DJANGO_SETTINGS_MODULE", SETTINGS)
    os.umask(0o077)  # the database and everything beside it is for this user only
    finish_renames(data_folder())
    gc.disable()  # what is loaded stays: looking through it again and again takes a fifth of the start
    try:
        django.setup()
    except ImproperlyConfigured as error:
        raise BadInput(f"配置有误: {error}") from None
    finally:
        gc.freeze()
        gc.enable()


def require_database() -> None:
    """Raise ``BadInput`` when the database does not answer."""
    try:
        connection.ensure_connection()
        with connection.cursor() as cursor:
            cursor.execute("SELECT 1")
    except (DatabaseError, ImproperlyConfigured) as error:
        if connection.vendor == "sqlite" and not Path(connection.settings_dict["NAME"]).exists():
            raise BadInput(_NOT_READY["empty"]) from None
        reason = str(error).strip().splitlines()[0] if str(error).strip() else type(error).__name__
        raise BadInput(f"数据库打不开: {reason}", field="DATABASE_URL") from None


def require_installation() -> None:
    """Raise ``BadInput`` unless the database was made by ``anlu init`` of this version."""
    require_database()
    from anlu.kernel.core.installation import database_state  # models exist only after set_up

    state = database_state().value
    if state in _NOT_READY:
        raise BadInput(_NOT_READY[state])


def start(*, database: str = "") -> None:
    """Set up and require an installation: what most commands begin with.

    Raises
    ------
    BadInput
        As ``set_up`` and ``require_installation``.
    """
    set_up(database=database)
    require_installation()

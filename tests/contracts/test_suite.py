"""The suite runs on what it says it runs on."""

import os
import socket
from pathlib import Path

import pytest
from django.db import connection

from anlu.engine.errors import BadInput
from anlu.project.databases import database_settings
from tests import databases

VENDORS = {"sqlite": "sqlite", "postgres": "postgresql"}


@pytest.mark.django_db
def test_the_database_is_the_one_asked_for() -> None:
    assert connection.vendor == VENDORS[os.environ[databases.CHOICE_VARIABLE]]


@pytest.mark.django_db
def test_each_worker_has_a_database_of_its_own(worker_id: str) -> None:
    name = str(connection.settings_dict["NAME"])
    assert worker_id == "master" or name.endswith(worker_id)


@pytest.mark.sqlite
@pytest.mark.django_db
def test_the_test_database_is_in_memory() -> None:
    assert "mode=memory" in str(connection.settings_dict["NAME"])


@pytest.mark.no_database
def test_a_test_without_database_reaches_none_in_this_process_or_another(tmp_path: Path) -> None:
    with pytest.raises(RuntimeError, match="Database access not allowed"):
        connection.ensure_connection()
    with pytest.raises(BadInput, match="DATABASE_URL"):
        database_settings(os.environ["DATABASE_URL"], tmp_path)


def test_a_test_without_database_may_not_ask_for_one() -> None:
    assert databases.is_without({"no_database"}, ["tmp_path"])
    assert not databases.is_without({"django_db"}, ["db"])
    for marks, fixtures in (({"no_database", "django_db"}, []), ({"no_database"}, ["tmp_path", "nowhere"])):
        with pytest.raises(ValueError, match="asks for"):
            databases.is_without(marks, fixtures)


@pytest.mark.parametrize("address", [("192.0.2.1", 80), ("2001:db8::1", 80, 0, 0)], ids=["four", "six"])
def test_a_connection_that_leaves_the_machine_is_refused(address: tuple[object, ...]) -> None:
    family = socket.AF_INET if len(address) == 2 else socket.AF_INET6
    with (
        socket.socket(family) as caller,
        pytest.raises(AssertionError, match="without a network"),
    ):
        caller.connect(address)


def test_a_connection_within_the_machine_is_let_through() -> None:
    with socket.create_server(("127.0.0.1", 0)) as server, socket.socket() as caller:
        caller.connect(server.getsockname())
        assert caller.getpeername() == server.getsockname()

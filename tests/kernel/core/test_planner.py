"""What PostgreSQL plans with: pages out of order are hardly dearer, unless somebody else has decided."""

from __future__ import annotations

from typing import Any

import pytest
from django.db import connection

pytestmark = [pytest.mark.postgres, pytest.mark.django_db(transaction=True)]


def cost() -> str:
    """As the session has it."""
    with connection.cursor() as cursor:
        cursor.execute("SHOW random_page_cost")
        said: tuple[str] = cursor.fetchone()
    return said[0]


@pytest.fixture
def database(db: None) -> Any:
    """The test database, whose settings are its own; a new connection begins with them."""
    yield connection.settings_dict["NAME"]
    with connection.cursor() as cursor:
        cursor.execute(f'ALTER DATABASE "{connection.settings_dict["NAME"]}" RESET random_page_cost')
    connection.close()


def test_a_new_connection_knows_what_pages_cost(db: None) -> None:
    connection.close()
    assert cost() == "1.1"


def test_what_whoever_runs_the_server_has_set_stays(database: str) -> None:
    with connection.cursor() as cursor:
        cursor.execute(f'ALTER DATABASE "{database}" SET random_page_cost = 2')
    connection.close()
    assert cost() == "2"

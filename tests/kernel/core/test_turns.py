"""Who waits longest for a number gets it first."""

from __future__ import annotations

import threading
import time

import pytest
from django.db import connection, connections, transaction

from anlu.kernel.core.numbers import next_number

SERIES = "turns"


def waiting() -> int:
    """How many sessions of this database wait for a lock."""
    with connection.cursor() as cursor:
        cursor.execute("SELECT pg_stat_clear_snapshot()")  # a transaction sees what it saw first
        cursor.execute(
            "SELECT count(*) FROM pg_stat_activity WHERE datname = current_database() AND wait_event_type = 'Lock'"
        )
        return int(cursor.fetchone()[0])


def until_waiting(count: int) -> None:
    """Return when so many wait."""
    until = time.monotonic() + 30
    while waiting() < count:
        assert time.monotonic() < until, f"fewer than {count} wait"
        time.sleep(0.01)


@pytest.mark.postgres
@pytest.mark.django_db(transaction=True)
def test_who_comes_just_after_a_commit_does_not_pass_those_who_wait() -> None:
    served: list[str] = []

    def take(name: str) -> None:
        try:
            with transaction.atomic():
                next_number(SERIES)
                served.append(name)
        finally:
            connections.close_all()

    for number in range(5):  # the one who has the row comes again at once, as a busy process does
        served.clear()
        with transaction.atomic():
            next_number(SERIES)
            others = [threading.Thread(target=take, args=(name,)) for name in ("first", "second")]
            for place, other in enumerate(others, 1):
                other.start()
                until_waiting(place)
        take_again(served)
        for other in others:
            other.join(30)
        assert served == ["first", "second", "again"], number
    assert next_number(SERIES) == 5 * 4 + 1


def take_again(served: list[str]) -> None:
    """A number more in this thread."""
    with transaction.atomic():
        next_number(SERIES)
        served.append("again")

"""
Turns: those who change the same row get to it in the order in which they came.

PostgreSQL lets who comes just after a commit have the changed row before those who have waited for its former version:
of fifty who want the next number of a series one can wait for minutes. An advisory lock is handed to who waits longest.
On SQLite the gate of the file does the same.
"""

from __future__ import annotations

from hashlib import blake2b

from django.db import connection


def take_turn(what: str) -> None:
    """
    Wait until everybody who came before for ``what`` is done; it is ours until the transaction ends.

    Call it inside a transaction, right before the row is locked or raised. Two names that share a key only
    wait for each other needlessly.
    """
    if connection.vendor != "postgresql":
        return
    key = int.from_bytes(blake2b(what.encode(), digest_size=8).digest(), "big", signed=True)
    with connection.cursor() as cursor:
        cursor.execute("SELECT pg_advisory_xact_lock(%s)", [key])

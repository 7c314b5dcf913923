"""Worlds that a whole module of tests shares."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager

from django.db import connection, transaction
from pytest_django import DjangoDbBlocker


@contextmanager
def lasting(blocker: DjangoDbBlocker) -> Iterator[None]:
    """
    A transaction for a fixture of module scope: it lasts as long as the module and is taken back at its end.

    What a test writes is undone by the test's own transaction, inside. Modules whose tests commit cannot use it. The
    fixture gives what it made within ``handed_out``.
    """
    with blocker.unblock():
        around = transaction.atomic()
        around._from_testcase = True  # type: ignore[attr-defined]  # durable blocks may stand inside, as in TestCase
        around.__enter__()
        try:
            yield
        finally:
            transaction.set_rollback(True)
            around.__exit__(None, None, None)


@contextmanager
def handed_out(blocker: DjangoDbBlocker) -> Iterator[None]:
    """
    The time in which tests use what was made: only those that ask for a database reach it.

    Links are checked here, once. PostgreSQL leaves that to the end of the transaction, which these rows never reach;
    since each test asks for it at its own end, all of them would be checked again every time.
    """
    connection.check_constraints()
    with blocker.block():
        yield

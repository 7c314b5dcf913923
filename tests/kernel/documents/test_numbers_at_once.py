"""Numbers that many give at the same time: a file by itself, since what it writes is committed."""

from __future__ import annotations

from concurrent.futures import ThreadPoolExecutor

import pytest
from django.db import connection, transaction

from anlu.kernel.core.scope import SYSTEM
from anlu.kernel.documents import services
from anlu.kernel.documents.models import Document
from tests.kernel.documents.conftest import DAY, Office, furnish
from tests.kernel.documents.writing import signed

WORKERS, EACH = 8, 4


@pytest.fixture
def furnished(transactional_db: None, monkeypatch: pytest.MonkeyPatch) -> Office:
    """An office that every connection sees."""
    monkeypatch.setenv("ANLU_TODAY", DAY)
    return furnish()


@pytest.mark.postgres  # on SQLite the threads of a test share one connection: tests/commands/test_bench_numbers.py
@pytest.mark.django_db(transaction=True)
def test_many_workers_leave_no_gap_and_no_double(office: Office) -> None:
    documents = [signed(office) for _ in range(WORKERS * EACH)]

    def work(place: int) -> None:
        try:
            for number, document in enumerate(documents[place::WORKERS]):
                if number % 2:
                    with transaction.atomic():
                        services.issue(document.uid, by=SYSTEM)
                        transaction.set_rollback(True)
                services.issue(document.uid, by=SYSTEM)
        finally:
            connection.close()

    with ThreadPoolExecutor(WORKERS) as pool:
        list(pool.map(work, range(WORKERS)))
    given = sorted(Document.objects.filter(number_year=2023).values_list("number_serial", flat=True))
    assert given == list(range(1, len(documents) + 1))

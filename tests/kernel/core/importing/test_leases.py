"""Who works on a batch: nobody takes it from a living thread, also not the worker's own tidying."""

from concurrent.futures import ThreadPoolExecutor
from datetime import timedelta

import pytest
from django.db import connection

from anlu.kernel.core.clock import now
from anlu.kernel.core.importing.leases import given_back, holder, renewed, taken
from anlu.kernel.core.models import Batch

pytestmark = pytest.mark.django_db(transaction=True)


def in_another_thread(ask) -> bool:
    def asked() -> bool:
        try:
            return bool(ask())
        finally:
            connection.close()

    with ThreadPoolExecutor(1) as pool:
        return pool.submit(asked).result()


def test_a_batch_in_work_is_not_taken_by_another_thread_of_the_same_process():
    batch = Batch.objects.create(noun="crashes", state="reading")
    assert taken(batch)
    assert not in_another_thread(lambda: taken(Batch.objects.get(pk=batch.pk)))
    assert renewed(batch, cursor=5)
    given_back(batch)
    assert in_another_thread(lambda: taken(Batch.objects.get(pk=batch.pk)))
    assert not renewed(batch, cursor=6)


def test_a_batch_whose_lease_ran_out_is_free():
    batch = Batch.objects.create(
        noun="crashes",
        state="reading",
        lease_holder="elsewhere 1 2 3",
        lease_until=now() - timedelta(seconds=1),
    )
    assert taken(batch)
    assert batch.lease_holder == holder()


def test_the_batch_of_a_dead_process_of_this_machine_is_free_at_once():
    host = holder().split(" ")[0]
    batch = Batch.objects.create(
        noun="crashes",
        state="reading",
        lease_holder=f"{host} 999999999 1 1",
        lease_until=now() + timedelta(minutes=1),
    )
    assert taken(batch)

"""Writers in processes of their own: read-modify-write of the same few rows, as fast as they are let."""

from __future__ import annotations

import multiprocessing
import random
import time
from dataclasses import dataclass
from pathlib import Path

from django.db import DatabaseError, connections, transaction
from django.db.models import F

from anlu.kernel.core.models import NumberSeries
from anlu.project.tables import database_file

ROWS = 3
SINGLE = "single"


@dataclass(frozen=True)
class Report:
    """What one writer went through."""

    done: int
    errors: tuple[str, ...]
    longest_wait_s: float


def run_writers(
    path: Path, *, writers: int, transactions: int = 0, seconds: float = 0, pause_ms: float = 0
) -> list[Report]:
    """Let so many processes write to a database file at once, each until one of the limits (0 = none) is
    reached.
    """
    connections.close_all()  # what is open must not be shared by the forked processes
    fork = multiprocessing.get_context("fork")
    barrier, reports = fork.Barrier(writers), fork.SimpleQueue()
    limits = (transactions or 10**9, seconds or 10**9, pause_ms)
    started = [
        fork.Process(target=_write, args=(path, n, barrier, reports, *limits), daemon=True)
        for n in range(writers)
    ]
    for writer in started:
        writer.start()
    found = [reports.get() for _ in started]
    for writer in started:
        writer.join()
    return found


def _write(path, number, barrier, reports, transactions, seconds, pause_ms) -> None:  # type: ignore[no-untyped-def]
    with database_file(path) as alias:
        rng, done, errors, longest = random.Random(number), 0, [], 0.0
        NumberSeries.objects.using(alias).exists()  # connect before the others begin
        barrier.wait()
        until = time.monotonic() + seconds
        while done < transactions and time.monotonic() < until:
            asked = time.monotonic()
            try:
                with transaction.atomic(using=alias):
                    longest = max(longest, time.monotonic() - asked)
                    row = NumberSeries.objects.using(alias).get(code=f"w{rng.randrange(ROWS)}")
                    NumberSeries.objects.using(alias).filter(pk=row.pk).update(last=row.last + 1)
                NumberSeries.objects.using(alias).filter(code=SINGLE).update(last=F("last") + 1)
            except DatabaseError as error:
                errors.append(str(error))
            done += 1
            if pause_ms:
                time.sleep(rng.uniform(0, pause_ms) / 1000)
    reports.put(Report(done, tuple(errors), longest))


def make_rows(alias: str) -> None:
    """The rows that the writers write."""
    for code in (*(f"w{n}" for n in range(ROWS)), SINGLE):
        NumberSeries.objects.using(alias).create(code=code)


def counted(alias: str) -> tuple[int, int]:
    """(Increments inside transactions, increments by single statements.)"""
    series = dict(NumberSeries.objects.using(alias).values_list("code", "last"))
    return sum(series[f"w{n}"] for n in range(ROWS)), series[SINGLE]

"""One writer at a time on SQLite: in turn, across threads and processes, and never for ever."""

from __future__ import annotations

import os
import shutil
import subprocess
import sys
import threading
import time
from collections.abc import Callable
from pathlib import Path

import pytest
from django.db import DatabaseError, OperationalError, connections, transaction

from anlu.kernel.core.models import NumberSeries
from anlu.project.sqlite.gate import Gate, GateTimeout
from anlu.project.tables import database_file, migrate_file
from tests.project.writers import counted, make_rows, run_writers

pytestmark = pytest.mark.sqlite


@pytest.fixture
def gate(tmp_path) -> Gate:
    """A gate of a file that need not exist."""
    return Gate(tmp_path / "x.sqlite3", timeout_s=0.05)


@pytest.fixture(scope="module")
def migrated(tmp_path_factory, django_db_blocker) -> Path:
    """A migrated database file, to be copied."""
    path = tmp_path_factory.mktemp("migrated") / "a.sqlite3"
    with django_db_blocker.unblock():
        migrate_file(path)
    return path


@pytest.fixture
def file(migrated, tmp_path, django_db_blocker):
    """The alias of a migrated database file of this test's own, used through our backend."""
    path = shutil.copy(migrated, tmp_path / "a.sqlite3")
    with django_db_blocker.unblock(), database_file(path) as alias:
        yield alias


def others(gate: Gate) -> Gate:
    return Gate(gate.gate_path.removesuffix(".gate"), timeout_s=gate.timeout_s)


def test_a_second_holder_has_to_wait_and_is_told_when_it_takes_too_long(gate):
    gate.enter()
    with pytest.raises(GateTimeout):
        others(gate).enter()
    gate.leave()
    other = others(gate)
    other.enter()
    assert other.held
    other.leave()


def test_entering_twice_is_one_entry(gate):
    gate.enter()
    with gate.passing():
        assert gate.held
    assert gate.held
    gate.leave()
    gate.leave()
    others(gate).enter()


def test_a_thread_waits_for_another_thread_of_the_same_process(gate):
    order = []
    gate.enter()
    patient = Gate(gate.gate_path.removesuffix(".gate"), timeout_s=30)

    def wait() -> None:
        patient.enter()
        order.append("second")
        patient.leave()

    thread = threading.Thread(target=wait)
    thread.start()
    order.append("first")
    gate.leave()
    thread.join()
    assert order == ["first", "second"]


def wait_for_numbers(gate: Gate, count: int, *, alive: Callable[[], bool]) -> None:
    """Until so many numbers were drawn, the first by the holder of the gate; a minute is too long for it."""
    until = time.monotonic() + 60
    while int.from_bytes(Path(gate.turn_path).read_bytes()[:8], "little") < count:
        assert alive(), "whoever should draw a number has ended"
        assert time.monotonic() < until, f"fewer than {count} numbers were drawn in a minute"


def test_who_came_first_enters_first(gate):
    gate.enter()
    order: list[int] = []

    def wait(place: int) -> None:
        with Gate(gate.gate_path.removesuffix(".gate"), timeout_s=30).passing():
            order.append(place)

    threads = []
    for place in range(8):
        threads.append(threading.Thread(target=wait, args=(place,)))
        threads[-1].start()
        wait_for_numbers(gate, place + 2, alive=threads[-1].is_alive)
    gate.leave()
    for thread in threads:
        thread.join()
    assert order == list(range(8))


class Clock:
    """Stands in for ``time`` at the gate: nobody sleeps, and at every whole second something happens."""

    def __init__(self, happens: Callable[[int], None]) -> None:
        self.now_s, self.happens = 0.0, happens

    def monotonic(self) -> float:
        return self.now_s

    def sleep(self, seconds: float) -> None:
        before, self.now_s = int(self.now_s), self.now_s + seconds
        if int(self.now_s) > before:
            self.happens(int(self.now_s))


def test_one_who_waits_gives_up_when_nobody_enters_and_not_while_the_queue_moves(gate, monkeypatch):
    """Patience for 20 s; others enter every 5 s until the 50th second, and then nobody does."""
    path = gate.gate_path.removesuffix(".gate")
    gate.enter()
    queue = os.open(gate.turn_path, os.O_RDWR)
    first = int.from_bytes(os.pread(queue, 8, 8), "little")

    def enters(second: int) -> None:
        if second % 5 == 0 and second <= 50:
            os.pwrite(queue, (first + second).to_bytes(8, "little"), 8)

    clock = Clock(enters)
    monkeypatch.setattr("anlu.project.sqlite.gate.time", clock)
    with pytest.raises(GateTimeout):
        Gate(path, timeout_s=20).enter()
    assert 60 <= clock.now_s < 61  # three times as long, and not to the 70th second
    clock = Clock(lambda second: enters(second) if second <= 10 else None)
    monkeypatch.setattr("anlu.project.sqlite.gate.time", clock)
    with pytest.raises(GateTimeout):
        Gate(path, timeout_s=20).enter()
    assert 30 <= clock.now_s < 31  # twenty seconds after the last one entered
    clock = Clock(lambda second: gate.leave() if second == 50 else enters(second))
    monkeypatch.setattr("anlu.project.sqlite.gate.time", clock)
    with Gate(path, timeout_s=20).passing():
        assert 50 <= clock.now_s < 51
    os.close(queue)


def test_the_queue_moves_up_when_one_who_waits_is_killed(gate):
    gate.enter()
    join = "import sys; from anlu.project.sqlite.gate import Gate; Gate(sys.argv[1], timeout_s=600).enter()"
    path = gate.gate_path.removesuffix(".gate")
    waiting = subprocess.Popen([sys.executable, "-c", join, path])
    wait_for_numbers(gate, 2, alive=lambda: waiting.poll() is None)
    waiting.kill()
    waiting.wait()
    gate.leave()
    next_one = others(gate)
    next_one.enter()
    assert next_one.held


def test_who_gave_up_waiting_leaves_nothing_locked(gate):
    gate.enter()
    with pytest.raises(GateTimeout):
        others(gate).enter()
    gate.leave()
    for _ in range(3):
        with others(gate).passing():
            pass


def test_the_gate_opens_when_its_holder_is_killed(gate):
    hold = (
        "import sys, time; from anlu.project.sqlite.gate import Gate; "
        "Gate(sys.argv[1], timeout_s=5).enter(); print('held', flush=True); time.sleep(600)"
    )
    path = gate.gate_path.removesuffix(".gate")
    holder = subprocess.Popen([sys.executable, "-c", hold, path], stdout=subprocess.PIPE, text=True)
    assert holder.stdout is not None
    assert holder.stdout.readline() == "held\n"
    with pytest.raises(GateTimeout):
        gate.enter()
    holder.kill()
    holder.wait()
    gate.enter()
    assert gate.held


def test_a_transaction_holds_the_gate_until_it_ends(file):
    connection = connections[file]
    with transaction.atomic(using=file):
        assert connection.gate.held
        with transaction.atomic(using=file):
            pass
        assert connection.gate.held
    assert not connection.gate.held
    with transaction.atomic(using=file):
        transaction.set_rollback(True, using=file)
    assert not connection.gate.held


def test_a_failed_transaction_and_a_closed_connection_open_the_gate(file):
    connection = connections[file]
    with pytest.raises(DatabaseError), transaction.atomic(using=file), connection.cursor() as cursor:
        cursor.execute("INSERT INTO no_such_table VALUES (1)")
    assert not connection.gate.held
    connection.set_autocommit(False, force_begin_transaction_with_broken_autocommit=True)
    assert connection.gate.held
    connection.close()
    assert not connection.gate.held


def test_a_single_write_outside_a_transaction_passes_the_gate_and_a_read_does_not(file):
    connection = connections[file]
    connection.settings_dict["OPTIONS"]["timeout"] = 0.05
    outsider = Gate(connection.settings_dict["NAME"], timeout_s=5)
    NumberSeries.objects.using(file).create(code="a")
    connection._gate = None  # take up the short time limit
    with outsider.passing():
        assert NumberSeries.objects.using(file).filter(code="a").exists()
        with pytest.raises(OperationalError, match="database is locked"):
            NumberSeries.objects.using(file).filter(code="a").update(last=5)
        with pytest.raises(OperationalError, match="database is locked"), transaction.atomic(using=file):
            pass
    NumberSeries.objects.using(file).filter(code="a").update(last=5)
    assert not connection.gate.held


def test_a_database_in_memory_has_no_gate(db):
    assert connections["default"].gate is None


def test_writes_are_durable_and_logged_ahead(file):
    with connections[file].cursor() as cursor:
        assert cursor.execute("PRAGMA journal_mode").fetchone()[0] == "wal"
        assert cursor.execute("PRAGMA synchronous").fetchone()[0] == 2  # FULL
        assert cursor.execute("PRAGMA foreign_keys").fetchone()[0] == 1


def test_eight_writers_lose_nothing_and_are_never_locked_out(file, record_property):
    make_rows(file)
    path = Path(connections[file].settings_dict["NAME"])
    reports = run_writers(path, writers=8, transactions=40)
    record_property("longest_wait_s", max(report.longest_wait_s for report in reports))
    assert [report.errors for report in reports] == [()] * 8
    assert [report.done for report in reports] == [40] * 8
    assert counted(file) == (320, 320)

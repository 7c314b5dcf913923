"""Background work: rows with leases, done once, taken over from the dead, put back by the stopping."""

import os
import socket
from datetime import timedelta

import pytest
from django.db import connection, transaction

from anlu.kernel.core import leases, tasks
from anlu.kernel.core.clock import now
from anlu.kernel.core.errors import AnluError, UnknownCode
from anlu.kernel.core.models import AuditEntry, Job, JobState
from anlu.kernel.core.registry import Registry
from anlu.kernel.core.scope import SYSTEM
from anlu.kernel.core.tasks import JobKind, RunningJob, enqueue, every, job, run_due_jobs, take_due

pytestmark = pytest.mark.django_db
RING = tasks.ring


@pytest.fixture(autouse=True)
def done(monkeypatch, settings) -> list:
    """Kinds of this test alone, run by hand as a worker would; gives what was done."""
    registry: Registry[JobKind] = Registry("job")
    monkeypatch.setattr(tasks, "kinds", registry)
    monkeypatch.setattr(tasks, "ring", lambda: None)
    monkeypatch.setattr(tasks.stopping, "is_set", lambda: False)
    monkeypatch.setattr(leases, "close_old_connections", lambda: None)  # the test's transaction lives in it
    settings.TASKS_INLINE = False
    log: list = []

    @job("test.note")
    def note(running: RunningJob, **arguments: object) -> dict[str, object]:
        log.append(arguments)
        return {"count": len(log)}

    return log


def row(kind: str = "test.note") -> Job:
    return Job.objects.get(kind=kind)


def make_due(wanted: Job) -> None:
    Job.objects.filter(pk=wanted.pk).update(run_after=now() - timedelta(seconds=1))


def test_a_job_is_done_once_and_keeps_its_result(done):
    enqueue("test.note", by=SYSTEM, what="甲")
    assert run_due_jobs() == 1
    assert run_due_jobs() == 0
    assert done == [{"what": "甲"}]
    assert (row().state, row().result, row().done_share) == (JobState.DONE, {"count": 1}, 1.0)


def test_a_job_asked_for_in_a_rolled_back_transaction_does_not_exist():
    with transaction.atomic():
        enqueue("test.note", by=SYSTEM)
        transaction.set_rollback(True)
    assert not Job.objects.exists()


def test_the_bell_rings_only_when_the_row_is_committed(monkeypatch, django_capture_on_commit_callbacks):
    rung = []
    monkeypatch.setattr(tasks, "ring", lambda: rung.append(1))
    with django_capture_on_commit_callbacks(execute=True):
        enqueue("test.note", by=SYSTEM)
        assert rung == []
    assert rung == [1]


def test_a_broken_bell_does_not_lose_the_job(monkeypatch, done, django_capture_on_commit_callbacks):
    def broken() -> None:
        raise OSError("disk full")

    monkeypatch.setattr(tasks, "bell", broken)
    monkeypatch.setattr(tasks, "ring", RING)
    with django_capture_on_commit_callbacks(execute=True) as rung:
        enqueue("test.note", by=SYSTEM, what="甲")
    assert rung == [RING]
    assert run_due_jobs() == 1
    assert done == [{"what": "甲"}]


def test_the_same_key_is_the_same_piece_of_work(done):
    first = enqueue("test.note", by=SYSTEM, key="batch-7")
    assert enqueue("test.note", by=SYSTEM, key="batch-7").pk == first.pk
    run_due_jobs()
    assert enqueue("test.note", by=SYSTEM, key="batch-7").state == JobState.DONE
    assert run_due_jobs() == 0
    assert len(done) == 1


def test_a_kind_that_nobody_declared_is_refused_at_once():
    with pytest.raises(UnknownCode):
        enqueue("test.unheard", by=SYSTEM)


def test_two_workers_never_take_the_same_job():
    enqueue("test.note", by=SYSTEM)
    enqueue("test.note", by=SYSTEM)
    first, second = take_due(), take_due()
    assert first is not None
    assert second is not None
    assert first.pk != second.pk
    assert take_due() is None


def test_a_job_whose_lease_ran_out_is_taken_over_and_the_first_worker_writes_nothing_more():
    enqueue("test.note", by=SYSTEM)
    lost = take_due()
    assert lost is not None
    assert take_due() is None
    Job.objects.update(lease_until=now() - timedelta(seconds=1))
    assert run_due_jobs() == 1
    late = RunningJob(lost, lost.lease_holder)
    with pytest.raises(tasks.LeaseLost):
        late.progress(0.5)
    assert not late.end(JobState.FAILED, problem="too late")
    assert row().state == JobState.DONE


def test_progress_is_shown_and_renews_the_lease():
    enqueue("test.note", by=SYSTEM)
    taken = take_due()
    assert taken is not None
    Job.objects.update(lease_until=now() - timedelta(seconds=1))
    RunningJob(taken, taken.lease_holder).progress(0.25, "第 1 块")
    assert (row().done_share, row().note) == (0.25, "第 1 块")
    assert row().lease_until > now()


def test_an_error_on_purpose_fails_at_once_with_its_words():
    @job("test.refuse")
    def refuse(running: RunningJob) -> None:
        raise AnluError("文件里没有数据")

    enqueue("test.refuse", by=SYSTEM)
    run_due_jobs()
    assert (row("test.refuse").state, row("test.refuse").problem) == (JobState.FAILED, "文件里没有数据")


def test_an_unforeseen_error_is_tried_again_later_and_later_and_then_fails():
    @job("test.break", tries=3)
    def break_down(running: RunningJob) -> None:
        raise ZeroDivisionError("division by zero")

    wanted = enqueue("test.break", by=SYSTEM)
    pauses = []
    for _ in range(3):
        assert run_due_jobs() == 1
        assert run_due_jobs() == 0
        wanted.refresh_from_db()
        pauses.append((wanted.run_after - now()).total_seconds())
        make_due(wanted)
    assert pauses[0] < pauses[1]
    assert wanted.state == JobState.FAILED
    assert "ZeroDivisionError: division by zero" in wanted.problem


def test_a_job_that_kills_its_worker_every_time_is_given_up():
    wanted = enqueue("test.note", by=SYSTEM)
    for _ in range(3):
        assert take_due() is not None
        Job.objects.update(lease_until=now() - timedelta(seconds=1))
    run_due_jobs()
    wanted.refresh_from_db()
    assert wanted.state == JobState.FAILED
    assert "中断了 3 次" in wanted.problem


def test_a_job_that_gets_further_each_time_may_be_killed_often():
    enqueue("test.note", by=SYSTEM)
    for step in range(1, 8):
        taken = take_due()
        assert taken is not None
        RunningJob(taken, taken.lease_holder).progress(step / 10)
        Job.objects.update(lease_until=now() - timedelta(seconds=1))
    run_due_jobs()
    assert row().state == JobState.DONE


def test_a_waiting_job_is_cancelled_at_once(done):
    wanted = enqueue("test.note", by=SYSTEM)
    tasks.cancel(wanted.uid, by=SYSTEM)
    assert run_due_jobs() == 0
    assert row().state == JobState.CANCELLED
    assert AuditEntry.objects.filter(action="cancel", thing_uid=wanted.uid).exists()


def test_a_running_job_is_cancelled_at_its_next_sign_of_progress():
    @job("test.long")
    def long(running: RunningJob) -> None:
        tasks.cancel(running.uid, by=SYSTEM)
        running.progress(0.5)
        raise AssertionError("went on after it was cancelled")

    enqueue("test.long", by=SYSTEM)
    run_due_jobs()
    assert row("test.long").state == JobState.CANCELLED


def test_a_stopping_worker_puts_its_job_back(monkeypatch, done):
    @job("test.long")
    def long(running: RunningJob) -> None:
        monkeypatch.setattr(tasks.stopping, "is_set", lambda: True)
        running.progress(0.5)

    enqueue("test.long", by=SYSTEM)
    run_due_jobs()
    assert row("test.long").state == JobState.WAITING
    assert run_due_jobs() == 0  # it takes nothing new


def test_a_lease_of_a_process_that_is_gone_is_released_and_others_are_kept():
    for _ in range(4):
        enqueue("test.note", by=SYSTEM)
    host = socket.gethostname()
    holders = {
        f"{host} 999999999 123 abcd": True,  # no such process
        f"{host} {os.getpid()} 1 abcd": True,  # the number was given to another process since
        leases.new_holder(): False,
        "another-machine 999999999 123 abcd": False,
    }
    for holder in holders:
        taken = take_due()
        assert taken is not None
        Job.objects.filter(pk=taken.pk).update(lease_holder=holder)
    assert leases.release_dead_leases() == 2
    released = Job.objects.filter(lease_until__lt=now()).values_list("lease_holder", flat=True)
    assert set(released) == {holder for holder, gone in holders.items() if gone}


def test_leases_of_running_jobs_are_renewed():
    enqueue("test.note", by=SYSTEM)
    taken = take_due()
    assert taken is not None
    Job.objects.update(lease_until=now() - timedelta(seconds=1))
    assert leases.renew_leases() == 0
    with leases.holding(taken.lease_holder):
        assert leases.renew_leases() == 1
    assert row().lease_until > now()


def test_periodic_work_has_one_row_that_waits_for_its_next_time():
    calls = []
    every(3600, "test.hourly")(lambda running: {"calls": calls.append(1)})
    assert tasks.plan_periodic_jobs() == 1
    assert tasks.plan_periodic_jobs() == 1
    assert run_due_jobs() == 1
    assert run_due_jobs() == 0
    waiting = row("test.hourly")
    assert waiting.state == JobState.WAITING
    assert timedelta(minutes=59) < waiting.run_after - now() <= timedelta(hours=1)
    make_due(waiting)
    assert run_due_jobs() == 1
    assert len(calls) == 2


def test_periodic_work_that_failed_waits_for_its_next_time_too():
    def refuse(running: RunningJob) -> None:
        raise AnluError("没有网络")

    every(60, "test.minutely")(refuse)
    tasks.plan_periodic_jobs()
    run_due_jobs()
    assert (row("test.minutely").state, row("test.minutely").problem) == (JobState.WAITING, "没有网络")


def test_periodic_work_that_is_no_longer_declared_loses_its_row(monkeypatch):
    every(60, "test.minutely")(lambda running: None)
    tasks.plan_periodic_jobs()
    monkeypatch.setattr(tasks, "kinds", Registry("job"))
    assert tasks.plan_periodic_jobs() == 0
    assert not Job.objects.exists()


def test_in_line_a_job_is_done_where_it_is_asked_for(settings, done):
    settings.TASKS_INLINE = True
    assert enqueue("test.note", by=SYSTEM, n=1).state == JobState.DONE
    assert done == [{"n": 1}]


def test_in_line_an_unforeseen_error_is_not_hidden(settings):
    settings.TASKS_INLINE = True
    job("test.break")(lambda running: 1 / 0)
    with pytest.raises(ZeroDivisionError):
        enqueue("test.break", by=SYSTEM)


def test_looking_for_work_does_not_write_when_there_is_none(django_assert_num_queries):
    with django_assert_num_queries(1) as queries:
        assert take_due() is None
    assert "SELECT" in queries.captured_queries[0]["sql"]
    assert connection.in_atomic_block  # the test's own

"""
Background work: rows with state and lease; the queue (huey) only rings a bell.

    @job("crashes.import")
    def import_crashes(job: RunningJob, *, batch: str) -> dict[str, Any]: ...

    enqueue("crashes.import", by=officer, batch=str(batch.uid))     # in the caller's transaction

A job that is interrupted runs again from the beginning, so it is written to be repeatable: it goes on from
where its own rows say it was. A worker holds a lease while its process lives; when it is killed, the next
one takes the row over. Losing the whole queue file costs a second (``foundations`` 2.10,
``docs/decisions/0003``).
"""

from __future__ import annotations

import logging
import threading
import traceback
from collections.abc import Callable
from dataclasses import dataclass
from datetime import timedelta
from functools import lru_cache
from pathlib import Path
from typing import TYPE_CHECKING, Any, Final
from uuid import UUID

from django.conf import settings
from django.db import transaction
from django.db.models import Q

from anlu.kernel.core import leases
from anlu.kernel.core.audit import record
from anlu.kernel.core.clock import now
from anlu.kernel.core.errors import AnluError
from anlu.kernel.core.history import plain
from anlu.kernel.core.models import Job, JobState
from anlu.kernel.core.registry import Registry
from anlu.kernel.core.scope import SYSTEM, Viewer

if TYPE_CHECKING:
    from huey import SqliteHuey

AGAIN_AFTER: Final = timedelta(seconds=30)
BELLS_AT_MOST: Final = 20
QUEUE_FILE: Final = "queue.sqlite3"
PERIODIC: Final = "every:"

log = logging.getLogger("anlu.jobs")
Work = Callable[..., dict[str, Any] | None]


class LeaseLost(Exception):
    """Another worker has taken the job over: whoever meets this stops and writes nothing more."""


class Cancelled(Exception):
    """Somebody asked for the job to be cancelled."""


class Stopping(Exception):
    """The worker is shutting down: the job goes back to the queue."""


# -------------------------------------------------------------------------------- declaring
@dataclass(frozen=True)
class JobKind:
    """A kind of background work. ``tries``: how often a failure that nobody foresaw is tried again."""

    code: str
    work: Work
    tries: int = 3
    every_s: int | None = None


kinds: Registry[JobKind] = Registry("job")


def job(kind: str, *, tries: int = 3) -> Callable[[Work], Work]:
    """Declare the function that does a kind of work; it takes a ``RunningJob`` and the arguments by name."""

    def declare(work: Work) -> Work:
        kinds.add(JobKind(kind, work, tries))
        return work

    return declare


def every(seconds: int, kind: str) -> Callable[[Work], Work]:
    """Declare work that the worker does by itself, ``seconds`` after it was last finished."""

    def declare(work: Work) -> Work:
        kinds.add(JobKind(kind, work, every_s=seconds))
        return work

    return declare


# -------------------------------------------------------------------------------- asking for work
def enqueue(kind: str, *, by: Viewer, key: str | None = None, **arguments: Any) -> Job:
    """
    Ask for a piece of work, in the caller's transaction: rolled back with it, rung for when it commits.

    Parameters
    ----------
    key
        The same key is the same piece of work: asked for twice, it is done once.
    arguments
        Plain values and ids, never objects; they arrive as JSON keeps them.

    Raises
    ------
    UnknownCode
        Nobody declared this kind.
    """
    kinds.get(kind)
    facts = {"kind": kind, "arguments": plain(arguments), "actor": by.uid, "actor_name": by.name[:60]}
    if key is None:
        wanted, new = Job.objects.create(**facts), True
    else:
        wanted, new = Job.objects.get_or_create(idempotency_key=key, defaults=facts)
    if new and settings.TASKS_INLINE:
        run_job(wanted.pk)
        wanted.refresh_from_db()
    elif new:
        transaction.on_commit(ring)
    return wanted


@transaction.atomic
def cancel(uid: UUID, *, by: Viewer) -> Job:
    """Cancel a job: at once when it has not begun, else at its next sign of progress.

    Raises
    ------
    Job.DoesNotExist
        There is none with this uid.
    """
    wanted = Job.objects.select_for_update().get(uid=uid)
    if wanted.state == JobState.WAITING and wanted.every_s is None:
        wanted.state, wanted.finished_at = JobState.CANCELLED, now()
    elif wanted.state == JobState.RUNNING:
        wanted.cancel_asked = True
    wanted.save()
    record("cancel", wanted, by=by)
    return wanted


# -------------------------------------------------------------------------------- the bell
@lru_cache(maxsize=1)
def bell() -> tuple[SqliteHuey, Callable[[], Any]]:
    """The queue of this installation, and the function that puts a ring into it."""
    from huey import SqliteHuey

    queue = SqliteHuey("anlu", filename=str(Path(settings.ANLU_DATA_FOLDER) / QUEUE_FILE), results=False)
    return queue, queue.task(name="ring")(run_due_jobs)


def ring() -> None:
    """Wake a worker. When that fails the work is found a second later all the same."""
    try:
        queue, ring_once = bell()
        if queue.pending_count() < BELLS_AT_MOST:
            ring_once()
    except Exception:
        log.warning("the bell did not ring; the worker will look by itself", exc_info=True)


# -------------------------------------------------------------------------------- doing it
class RunningJob:
    """A job in the hands of the worker that does it."""

    def __init__(self, row: Job, holder: str) -> None:
        self.pk, self.uid, self.kind, self.holder = row.pk, row.uid, row.kind, holder
        self.actor, self.actor_name = row.actor, row.actor_name
        self.share = row.done_share
        self.first_try = row.tries <= 1

    def progress(self, share: float, note: str = "") -> None:
        """
        State how much is done (0-1) and what is being done now; renews the lease.

        Whoever gets further than ever before has its tries counted anew: a long job may be killed often.

        Raises
        ------
        LeaseLost, Cancelled, Stopping
            Let them pass: the worker knows what to do.
        """
        facts: dict[str, Any] = {"done_share": share, "note": note[:200], "lease_until": now() + leases.LEASE}
        if share > self.share:
            self.share, facts["tries"] = share, 1
        if not self._mine().update(**facts):
            raise LeaseLost(f"job {self.pk} was taken over")
        self.check()

    def check(self) -> None:
        """Stop here when that was asked for; cheap enough for every chunk.

        Raises
        ------
        Cancelled, Stopping
            As ``progress``.
        """
        if stopping.is_set():
            raise Stopping
        if self._mine().filter(cancel_asked=True).exists():
            raise Cancelled

    def _mine(self) -> Any:
        return Job.objects.filter(pk=self.pk, lease_holder=self.holder, state=JobState.RUNNING)

    def end(self, state: JobState, **facts: Any) -> bool:
        """Write the outcome, unless somebody else has the job now."""
        facts = {"finished_at": now(), "lease_until": None, **facts}
        return bool(self._mine().update(state=state, **facts))


stopping = threading.Event()


def run_due_jobs() -> int:
    """Do everything that is due, one after the other; give back how many. This is what a worker's thread
    calls.
    """
    done = 0
    while not stopping.is_set() and (row := take_due()) is not None:
        _run(row)
        done += 1
    return done


def run_job(pk: int) -> None:
    """Do one job now, whoever may be waiting (tests, command line). What nobody foresaw is raised again."""
    with transaction.atomic():
        row = _take(Job.objects.select_for_update().get(pk=pk))
    _run(row, raise_again=True)


def due() -> Q:
    """The condition "may be taken now"."""
    waiting = Q(state=JobState.WAITING, run_after__lte=now())
    return waiting | Q(state=JobState.RUNNING, lease_until__lt=now())


def take_due() -> Job | None:
    """Take the first job that is due, with a lease in this process's name; None when there is none."""
    if not Job.objects.filter(due()).exists():
        return None  # the usual case, found out without the write lock
    with transaction.atomic():
        rows = Job.objects.select_for_update(skip_locked=True).filter(due()).order_by("run_after", "pk")
        row = rows.first()
        return None if row is None else _take(row)


def _take(row: Job) -> Job:
    row.tries += 1
    row.state, row.lease_until = JobState.RUNNING, now() + leases.LEASE
    row.lease_holder = leases.new_holder()
    row.save(update_fields=["tries", "state", "lease_until", "lease_holder"])
    return row


def _run(row: Job, *, raise_again: bool = False) -> None:
    """Do a job that was taken, and write down how it ended."""
    running = RunningJob(row, row.lease_holder)
    with leases.holding(row.lease_holder):
        try:
            kind = kinds.get(row.kind)
            if row.tries > kind.tries:
                raise AnluError(row.problem or f"中断了 {kind.tries} 次,不再重试")
            result = kind.work(running, **row.arguments)
        except LeaseLost:
            log.warning("job %s %s was taken over", row.kind, row.pk)
        except Stopping:
            running.end(JobState.WAITING, tries=row.tries - 1, finished_at=None)
        except Cancelled:
            running.end(JobState.CANCELLED)
        except AnluError as error:
            _fail(running, row, str(error), again=False)
        except Exception as error:
            log.exception("job %s %s failed", row.kind, row.pk)
            _fail(running, row, _told(error), again=not raise_again)
            if raise_again:
                raise
        else:
            _succeed(running, row, result or {})


def _succeed(running: RunningJob, row: Job, result: dict[str, Any]) -> None:
    facts = {"result": plain(result), "problem": "", "done_share": 1.0}
    if row.every_s is None:
        running.end(JobState.DONE, **facts)
    else:
        _wait_for_next(running, row, **facts)


def _fail(running: RunningJob, row: Job, problem: str, *, again: bool) -> None:
    if row.every_s is not None:
        _wait_for_next(running, row, problem=problem)
    elif again and row.kind in kinds and row.tries < kinds.get(row.kind).tries:
        later = now() + AGAIN_AFTER * 2 ** (row.tries - 1)
        running.end(JobState.WAITING, problem=problem, run_after=later, finished_at=None)
    else:
        running.end(JobState.FAILED, problem=problem)


def _wait_for_next(running: RunningJob, row: Job, **facts: Any) -> None:
    """Periodic work has one row, which waits for its next time."""
    next_time = now() + timedelta(seconds=row.every_s or 0)
    running.end(JobState.WAITING, run_after=next_time, tries=0, **facts)


def _told(error: Exception) -> str:
    """An error for the administrator: what, and where in our own code."""
    where = traceback.extract_tb(error.__traceback__)[-1]
    return f"{type(error).__name__}: {error} ({Path(where.filename).name}:{where.lineno})"[:2_000]


# -------------------------------------------------------------------------------- periodic work
@transaction.atomic
def plan_periodic_jobs() -> int:
    """Give every declared periodic kind its row, and take away the rows of kinds that are no more."""
    declared = {kind.code: kind for kind in kinds if kind.every_s is not None}
    rows = Job.objects.filter(idempotency_key__startswith=PERIODIC)
    rows.exclude(kind__in=declared).delete()
    for code, kind in declared.items():
        facts = {"kind": code, "every_s": kind.every_s, "actor": SYSTEM.uid, "actor_name": SYSTEM.name}
        row, new = Job.objects.get_or_create(idempotency_key=f"{PERIODIC}{code}", defaults=facts)
        if not new and row.every_s != kind.every_s:
            Job.objects.filter(pk=row.pk).update(every_s=kind.every_s, run_after=now())
    return len(declared)

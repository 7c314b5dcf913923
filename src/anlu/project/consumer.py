"""huey's consumer, with our tick in place of its scheduler."""

from __future__ import annotations

import logging
import signal
import time
from typing import Any, Final

from django.conf import settings
from django.db import close_old_connections
from huey.consumer import Consumer, Scheduler

from anlu.kernel.core import leases, tasks
from anlu.kernel.core.audit import seal_pending
from anlu.kernel.core.models import Job
from anlu.project.libraries import load_libraries

RENEW_S: Final = 15.0
STOP_WITHIN_S: Final = 8.0
log = logging.getLogger("anlu.worker")

load_libraries()  # no job waits for one


class Tick(Scheduler):  # type: ignore[misc]
    """Every second: seal the audit, ring for what is due, keep the leases of running jobs alive."""

    renewed_at = 0.0

    def loop(self, now: Any = None) -> None:
        """One tick; a database that is away for a while is only reported."""
        began = time.monotonic()
        try:
            self.tick()
        except Exception:
            log.exception("tick failed")
        finally:
            close_old_connections()
        self.sleep_for_interval(began, self.interval)

    def tick(self) -> None:
        """What has to happen every second."""
        seal_pending()
        if time.monotonic() - self.renewed_at > RENEW_S:
            leases.renew_leases()
            leases.release_dead_leases()
            self.renewed_at = time.monotonic()
        if Job.objects.filter(tasks.due()).exists():
            tasks.ring()


class WorkerConsumer(Consumer):  # type: ignore[misc]
    """Tells running jobs to stop before it waits for them."""

    scheduler_class = Tick

    def __init__(self, *args: Any, **options: Any) -> None:
        super().__init__(*args, **options)
        self._signal_actions.pop(
            signal.SIGHUP, None
        )  # huey would start the whole command line again in our place

    def stop(self, graceful: bool = False) -> None:
        """Stop: jobs give up at their next sign of progress."""
        tasks.stopping.set()
        super().stop(graceful=graceful)


def worker_consumer() -> WorkerConsumer:
    """The consumer of this installation, ready to run; takes over what a killed worker left behind."""
    tasks.plan_periodic_jobs()
    leases.release_dead_leases()
    queue, _ = tasks.bell()
    return WorkerConsumer(
        queue,
        workers=settings.ANLU_JOB_THREADS,
        periodic=False,
        initial_delay=0.05,
        max_delay=0.5,
        scheduler_interval=1,
        worker_type="thread",
        shutdown_timeout=STOP_WITHIN_S,
        graceful_signal="TERM",
    )

"""The platform's own background work."""

from __future__ import annotations

from datetime import timedelta
from typing import Any, Final

from django.contrib.sessions.models import Session

from anlu.kernel.core import notices, recounting, search, store  # noqa: F401 - the first two declare work of theirs
from anlu.kernel.core.clock import now
from anlu.kernel.core.fields import encrypted_fields, rekey
from anlu.kernel.core.importing import jobs as importing  # noqa: F401 - declares what looks after imports
from anlu.kernel.core.models import Job, JobState
from anlu.kernel.core.tasks import PERIODIC, RunningJob, every, job

DAY_S: Final = 86_400
KEEP_JOBS: Final = timedelta(days=180)


@every(DAY_S, "core.tidy")
def tidy(running: RunningJob) -> dict[str, Any]:
    """Once a day: contents, grams, sessions and old jobs that belong to nothing any more."""
    files = store.sweep()
    running.progress(0.3, "检索索引")
    grams = search.sweep_grams()
    running.progress(0.6, "会话与任务")
    sessions = Session.objects.filter(expire_date__lt=now()).delete()[0]
    over = Job.objects.filter(
        state__in=(JobState.DONE, JobState.CANCELLED), finished_at__lt=now() - KEEP_JOBS
    )
    jobs = over.exclude(idempotency_key__startswith=PERIODIC).delete()[0]
    return {"files": files, "grams": grams, "sessions": sessions, "jobs": jobs}


@job("core.rekey")
def rekey_everything(running: RunningJob) -> dict[str, Any]:
    """Write every personal number anew under the newest key, in short transactions."""
    rewritten = 0
    fields = list(encrypted_fields())
    for place, (model, field) in enumerate(fields):
        last, count = rekey(model, field)
        while count:
            rewritten += count
            running.progress(place / len(fields), f"{model._meta.verbose_name} {rewritten}")
            last, count = rekey(model, field, after=last)
    return {"rewritten": rewritten}

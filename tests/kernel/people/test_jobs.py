"""What people's background work does."""

from datetime import timedelta

import pytest

from anlu.kernel.core import jobs as core_jobs
from anlu.kernel.core.clock import now
from anlu.kernel.core.models import Job, JobState
from anlu.kernel.core.tasks import plan_periodic_jobs, run_job
from anlu.kernel.people.models import SignIn


@pytest.mark.django_db
def test_the_sign_in_log_is_kept_as_long_as_the_setting_says_and_no_longer(settings):
    settings.ANLU_LOG_DAYS = 180
    for days in (1, 179, 181, 400):
        SignIn.objects.create(login="a", outcome="ok", at=now() - timedelta(days=days))
    plan_periodic_jobs()
    row = Job.objects.get(kind="people.tidy")
    run_job(row.pk)
    row.refresh_from_db()
    assert row.result == {"sign_ins": 2}
    assert SignIn.objects.count() == 2


@pytest.mark.django_db
def test_finished_jobs_are_forgotten_after_half_a_year_and_waiting_ones_never(settings, tmp_path):
    settings.ANLU_UPLOADS_FOLDER = tmp_path
    plan_periodic_jobs()
    old = now() - core_jobs.KEEP_JOBS - timedelta(days=1)
    Job.objects.create(kind="x", state=JobState.DONE, finished_at=old)
    Job.objects.create(kind="x", state=JobState.FAILED, finished_at=old)
    Job.objects.create(kind="x", state=JobState.DONE, finished_at=now())
    row = Job.objects.get(kind="core.tidy")
    run_job(row.pk)
    row.refresh_from_db()
    assert row.result["jobs"] == 1
    assert Job.objects.filter(kind="x").count() == 2

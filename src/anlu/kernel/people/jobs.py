"""Background work about people."""

from __future__ import annotations

from datetime import timedelta
from typing import Any, Final

from django.conf import settings

from anlu.kernel.core.clock import now
from anlu.kernel.core.tasks import RunningJob, every
from anlu.kernel.people.models import SignIn

DAY_S: Final = 86_400


@every(DAY_S, "people.tidy")
def tidy(running: RunningJob) -> dict[str, Any]:
    """Once a day: entries of the sign-in log that are older than the installation keeps them (six months at
    least).
    """
    oldest = now() - timedelta(days=settings.ANLU_LOG_DAYS)
    return {"sign_ins": SignIn.objects.filter(at__lt=oldest).delete()[0]}

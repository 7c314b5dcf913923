"""Notices: told once to each person, kept for half a year after they were read."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import timedelta
from typing import Any, Final
from uuid import UUID

from django.db.models import QuerySet, Value
from django.db.models.functions import Concat, Left

from anlu.kernel.core.clock import now
from anlu.kernel.core.models.notices import Notice
from anlu.kernel.core.scope import Viewer
from anlu.kernel.core.tasks import RunningJob, every

LONGEST_TITLE: Final = 200
KEPT_FOR: Final = timedelta(days=183)
DAY_S: Final = 86_400


def notify(to: Iterable[UUID], title: str, *, key: str, url: str = "", colour: str = "") -> int:
    """
    Tell people something, in the caller's transaction; give back how many had not been told before.

    Parameters
    ----------
    key
        Names the event: whoever was told under this key is not told again, however often a job is repeated.
    url
        Where the notice leads, an address of this platform.
    """
    people = set(to)
    told = set(Notice.objects.filter(to__in=people, key=key).values_list("to", flat=True))
    new = [
        Notice(to=one, title=title[:LONGEST_TITLE], key=key, url=url, colour=colour)
        for one in sorted(people - told)
    ]
    Notice.objects.bulk_create(new, ignore_conflicts=True)
    return len(new)


def notices_of(viewer: Viewer) -> QuerySet[Notice]:
    """What this person was told, the latest first."""
    return Notice.objects.filter(to=viewer.uid)


def unread_of(viewer: Viewer) -> QuerySet[Notice]:
    """What they have not opened yet."""
    return notices_of(viewer).filter(read_at__isnull=True)


def mark_read(notices: QuerySet[Notice]) -> int:
    """Put these aside; what was read before keeps its time."""
    return notices.filter(read_at__isnull=True).update(read_at=now())


def take_back(urls: Iterable[str], why: str) -> None:
    """
    What notices told is undone, and where they led is nothing any more.

    Who has not read one never learns of it; who has is told ``why``, by the same notice, which leads nowhere then.
    """
    told = Notice.objects.filter(url__in=list(urls))
    told.filter(read_at__isnull=True).delete()
    told.update(title=Left(Concat(Value(f"{why}："), "title"), LONGEST_TITLE), url="", read_at=None)


@every(DAY_S, "core.notices.tidy")
def forget_old_notices(running: RunningJob) -> dict[str, Any]:
    """Once a day: notices that were read half a year ago go."""
    return {"notices": Notice.objects.filter(read_at__lt=now() - KEPT_FOR).delete()[0]}

"""
Deadlines in working days are counted anew when the days off have changed.

A notice of days off (放假安排, 调休上班) is entered span by span. Once nobody has touched it for ``SETTLED`` the worker
asks everybody who keeps such deadlines (``recounts``) to count them again, and then remembers the calendar by which all
of them are counted. Killed in between it begins again from the start; nothing happens twice, because who keeps them
changes only what differs. Where a deadline goes then is decided by ``engine.calendars.recounted``.
"""

from __future__ import annotations

import hashlib
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from datetime import date, timedelta
from functools import cache
from typing import Any, Final

from django.db import transaction
from django.db.models import QuerySet

from anlu.engine.calendars import Calendar, Deadline, deadline
from anlu.kernel.core.audit import record
from anlu.kernel.core.clock import now
from anlu.kernel.core.models import Revision, Term
from anlu.kernel.core.registry import Registry
from anlu.kernel.core.revisions import token
from anlu.kernel.core.scope import SYSTEM
from anlu.kernel.core.tasks import RunningJob, every
from anlu.kernel.core.workdays import HOLIDAYS, LISTS, WORKDAYS, calendar_of

LOOK_EVERY_S: Final = 300
SETTLED: Final = timedelta(minutes=10)  # a notice is taken as complete when nobody has touched it for so long
COUNTED_BY: Final = "core.workdays"  # revision: digest of the calendar by which all deadlines are counted
AT_ONCE: Final = 2_000

Check = Callable[[], None]
Work = Callable[[Calendar, Check], int]


@dataclass(frozen=True)
class Recount:
    """``work`` counts the open deadlines of ``label`` anew by a calendar and gives how many have moved."""

    code: str
    label: str
    work: Work


recounted_things: Registry[Recount] = Registry("recount")


def recounts(code: str, label: str) -> Callable[[Work], Work]:
    """Declare a function that counts deadlines anew (in an app's ``jobs``); it may be called again at any time."""

    def declare(work: Work) -> Work:
        recounted_things.add(Recount(code, label, work))
        return work

    return declare


def recount_all(check: Check = lambda: None) -> dict[str, int]:
    """
    Count all deadlines anew where the days off are no longer those by which they are counted; how many moved, by code.

    Parameters
    ----------
    check
        Called again and again; what it raises ends the run.
    """
    listed = list(Term.objects.filter(list__in=LISTS.values()))
    calendar = calendar_of(*([one for one in listed if one.list == name] for name in (HOLIDAYS, WORKDAYS)))
    digest = _digest(calendar)
    touched = max((one.changed_at for one in listed), default=None)
    if digest == token(COUNTED_BY) or (touched is not None and touched > now() - SETTLED):
        return {}
    moved = {one.code: one.work(calendar, check) for one in recounted_things}
    with transaction.atomic():
        Revision.objects.update_or_create(code=COUNTED_BY, defaults={"token": digest})
        if any(moved.values()):
            note = "，".join(f"{one.label} {moved[one.code]}" for one in recounted_things if moved[one.code])
            record("recount", None, by=SYSTEM, kind="core.term", label="节假日安排有变，重算期限", note=note)
    return moved


@every(LOOK_EVERY_S, "core.recount")
def recount_by_itself(running: RunningJob) -> dict[str, Any]:
    """Every five minutes: whether the days off have changed."""
    return dict(recount_all(running.check))


def _digest(calendar: Calendar) -> int:
    days = [sorted(one.isoformat() for one in part) for part in (calendar.holidays, calendar.workdays)]
    stated = repr((days, sorted(calendar.years)))
    return int.from_bytes(hashlib.sha256(stated.encode()).digest()[:7])


def differing(rows: QuerySet[Any], calendar: Calendar, check: Check) -> Iterator[tuple[int, Deadline]]:
    """Keys of ``Limited`` records whose deadline is not what their limit gives now, with what it gives."""
    limit = cache(lambda since, days: deadline(since, days, calendar))
    counted, last = rows.filter(due_from__isnull=False, due_days__isnull=False).order_by("pk"), 0
    columns = ("pk", "due_from", "due_days", "due_on", "due_provisional")
    while found := list(counted.filter(pk__gt=last).values_list(*columns)[:AT_ONCE]):
        for pk, since, days, due_on, provisional in found:
            if limit(since, days) != Deadline(due_on, provisional):
                yield pk, limit(since, days)
        last = found[-1][0]
        check()


def why_moved(thing: Any, new: date, limit: date) -> str:
    """What history and notices say of a deadline that moves from ``due_on`` to another day."""
    words = (
        f"节假日安排有变：{thing.due_from} 起 {thing.due_days} 个工作日，原期限 {thing.due_on}，现期限 {new}"
    )
    return words if new == limit else f"{words}（按新安排为 {limit}，不早于今天）"

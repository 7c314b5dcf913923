"""
By what limit a deadline was counted, read from the history of cases whose deadline was set before limits were kept.

Such a deadline would stay where it is when a notice of days off is entered. The history says when the case was opened
or moved last, the kind how many working days that gave: where the two lead to the very deadline the case has, that is
its limit. A day that a person stated, or that was granted, leads elsewhere and stays as it is; since limits are kept
none is read from the history, so that a day stated now is never taken for one that was counted.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterator
from datetime import UTC, date, datetime
from typing import Final

from django.db.migrations.recorder import MigrationRecorder

from anlu.engine.calendars import Calendar, deadline
from anlu.engine.lifecycle import MoveNotAllowed
from anlu.kernel.cases.kinds import Kind, kinds
from anlu.kernel.cases.models import OPEN, Case, CaseEvent
from anlu.kernel.core.recounting import AT_ONCE, Check

OPENING: Final = "open"
SINCE: Final = ("cases", "0006_counted")  # the migration that brought the columns
Limit = tuple[date, int]  # from which day, how many working days


def keep_limits(calendar: Calendar, check: Check) -> int:
    """Keep the limits that the history of open cases shows; how many. Twice is once."""
    kept, since = 0, kept_since()
    for cases in _without_limit():
        found: dict[Limit, list[int]] = defaultdict(list)
        for pk, limit in _limits(cases, since):
            if deadline(*limit, calendar).on == cases[pk][1]:
                found[limit].append(pk)
        for (start, days), pks in found.items():
            rows = Case.objects.filter(OPEN, pk__in=pks, due_days__isnull=True)
            kept += rows.update(due_from=start, due_days=days)
        check()
    return kept


def kept_since() -> datetime:
    """Since when this installation keeps limits."""
    app, name = SINCE
    applied = MigrationRecorder.Migration.objects.filter(app=app, name=name).values_list("applied", flat=True)
    return applied.first() or datetime.min.replace(tzinfo=UTC)


def _without_limit() -> Iterator[dict[int, tuple[str, date]]]:
    """Kind and deadline of open cases by key, so many at once."""
    rows = Case.objects.filter(OPEN, due_on__isnull=False, due_days__isnull=True, kind__in=kinds.codes())
    last = 0
    while some := list(rows.filter(pk__gt=last).order_by("pk").values_list("pk", "kind", "due_on")[:AT_ONCE]):
        yield {pk: (kind, due_on) for pk, kind, due_on in some}
        last = some[-1][0]


def _limits(cases: dict[int, tuple[str, date]], since: datetime) -> Iterator[tuple[int, Limit]]:
    """What was the last to give each of these cases a limit, where that was before limits were kept."""
    events = CaseEvent.objects.filter(case__in=cases, code=OPENING) | CaseEvent.objects.filter(
        case__in=cases, is_move=True
    )
    last: dict[int, tuple[Limit, datetime]] = {}
    for pk, code, before, on, at in events.order_by("pk").values_list("case", "code", "before", "on", "at"):
        days = _days(kinds.get(cases[pk][0]), code, before)
        if days is not None:
            last[pk] = ((on, days), at)
    return ((pk, limit) for pk, (limit, at) in last.items() if at < since)


def _days(kind: Kind, code: str, before: str) -> int | None:
    """How many working days an event of the history gives; None = it leaves the deadline as it is."""
    if code == OPENING:
        return kind.lifecycle.working_days
    try:
        return kind.lifecycle.step(before, code).working_days
    except MoveNotAllowed:  # of a lifecycle as it was once
        return None

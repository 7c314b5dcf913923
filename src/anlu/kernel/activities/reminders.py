"""
Reminders of the required rhythm: what ends soon, and what was missed, told once to those who keep the ledger.

Nobody is urged personally to study or to hand something in (``practice`` 4): the reminder goes to whoever holds
``activities.rhythm.reminded`` for the unit of the bearer, once for each span.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from datetime import date, timedelta
from typing import Any, Final

from anlu.engine.rhythms import OwedSpan, SpanState
from anlu.kernel.activities import permissions
from anlu.kernel.activities.models import Rhythm
from anlu.kernel.activities.registry import Bearer
from anlu.kernel.activities.rhythms import gap_table, rhythms_in_force
from anlu.kernel.core.clock import today
from anlu.kernel.core.notices import notify
from anlu.kernel.core.tasks import RunningJob, every
from anlu.kernel.people.access import holders_of
from anlu.kernel.people.models import Officer

SIX_HOURS_S: Final = 21_600
LOOK_BACK: Final = timedelta(days=45)  # a span that was missed longer ago is in the list of gaps, not news
PAGE: Final = "/activities/gaps/"


@dataclass(frozen=True)
class Reminder:
    """One thing to tell."""

    rhythm: Rhythm
    label: str
    bearer: Bearer
    owed: OwedSpan

    @property
    def key(self) -> str:
        """Names the event: told once."""
        return f"rhythm:{self.rhythm.uid.hex}:{self.bearer.uid.hex}:{self.owed.span.code}:{self.owed.state}"

    @property
    def title(self) -> str:
        """What the notice says."""
        what = f"{self.bearer.name} · {self.owed.span.label} · {self.label}"
        if self.owed.state == SpanState.MISSING:
            return f"{what}未开展({self.owed.held}/{self.owed.required})"
        return f"{what}还未开展,{self.owed.span.end:%m-%d} 截止"


def due_reminders(on: date) -> Iterator[Reminder]:
    """What is to be told on a day: spans that end within the days of their rhythm, and spans missed lately."""
    first = on - timedelta(days=400)
    for rhythm in rhythms_in_force(first, on):
        table = gap_table(rhythm, first, on, today=on)
        for line in table.lines:
            for owed in line.spans.values():
                if _is_news(rhythm, owed, on):
                    yield Reminder(rhythm, table.label, line.bearer, owed)


def _is_news(rhythm: Rhythm, owed: OwedSpan, on: date) -> bool:
    if owed.state == SpanState.OPEN:
        return (owed.span.end - on).days < rhythm.remind_days
    return owed.state == SpanState.MISSING and owed.span.end >= on - LOOK_BACK


def told_about(bearer: Bearer, people: Iterable[Officer]) -> list[Officer]:
    """Those of ``people`` in whose scope the bearer lies."""
    scopes = [(one, one.scope_for(permissions.RHYTHM_REMINDED)) for one in people]
    return [one for one, scope in scopes if scope.everything or bearer.unit_id in scope.units]


def remind(on: date) -> int:
    """
    Tell what is due on a day; whoever has been told already is not told again. Gives the notices written.

    Each notice stands by itself: looking through the year holds up nobody, and what was told stays told.
    """
    people = holders_of(permissions.RHYTHM_REMINDED, on=on)
    told = 0
    for one in due_reminders(on):
        uids = [person.uid for person in told_about(one.bearer, people)]
        colour = "red" if one.owed.state == SpanState.MISSING else "amber"
        told += notify(uids, one.title, key=one.key, url=PAGE, colour=colour)
    return told


@every(SIX_HOURS_S, "activities.remind")
def remind_job(running: RunningJob) -> dict[str, Any]:
    """Four times a day: what ends soon or was missed."""
    return {"notices": remind(today())}

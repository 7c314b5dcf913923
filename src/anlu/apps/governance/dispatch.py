"""
The agenda of a dispatch meeting, made from the data: what is new, overdue and returned since the last one.

Nobody types an agenda. Until it is closed it is read from the cases; closed, it stays as it was (``AgendaClose``).
Which families of cases a meeting goes through is a dictionary (``governance.agenda``).
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date, timedelta
from typing import Any, Final

from django.db.models import Q

from anlu.apps.governance.models import AgendaClose, AgendaItem, Decision, Group
from anlu.apps.governance.terms import AGENDA
from anlu.kernel.activities.models import Activity, ActivityState, Rhythm
from anlu.kernel.cases.kinds import families, kinds
from anlu.kernel.cases.models import Case, CaseEvent, Outcome
from anlu.kernel.cases.queries import open_on
from anlu.kernel.core.clock import today
from anlu.kernel.core.dictionaries import terms
from anlu.kernel.core.scope import Viewer
from anlu.kernel.people.models import SEES_BY_AREA, Unit
from anlu.kernel.places.models import Area

DISPATCH: Final = "governance.dispatch"
A_WEEK: Final = timedelta(days=7)
NO_TOWN: Final = "未定镇街"
NO_LEAD: Final = "未明确"


@dataclass(frozen=True)
class Item:
    """A case on the agenda, with what it was then."""

    group: Group
    case: Case
    town: Area | None
    lead: Unit | None
    due_on: date | None

    @property
    def town_name(self) -> str:
        """Where it lies; of a case without a place, the town whose office has it."""
        if self.town is not None:
            return self.town.name
        lead = self.lead
        area = lead.area if lead is not None and lead.kind in SEES_BY_AREA else None
        return area.name if area is not None else NO_TOWN

    @property
    def lead_name(self) -> str:
        """Who has it."""
        return (self.lead.short_name or self.lead.name) if self.lead else NO_LEAD


@dataclass(frozen=True)
class Tally:
    """How many items of each group a town or a unit has."""

    label: str
    counts: tuple[int, ...]

    @property
    def total(self) -> int:
        """All of them."""
        return sum(self.counts)


@dataclass(frozen=True)
class Agenda:
    """What a meeting goes through: items after ``since``, up to and with ``until``."""

    since: date
    until: date
    items: tuple[Item, ...]
    frozen: bool = False

    def of(self, group: Group) -> list[Item]:
        """Items of one group."""
        return [one for one in self.items if one.group == group]

    @property
    def counts(self) -> tuple[int, ...]:
        """How many of each group."""
        return tuple(len(self.of(group)) for group in Group)

    @property
    def by_town(self) -> list[Tally]:
        """By town, in the order in which they first appear; those without a town last."""
        return _tallies(self.items, "town_name", last=NO_TOWN)

    @property
    def by_lead(self) -> list[Tally]:
        """By the unit that has it."""
        return _tallies(self.items, "lead_name", last=NO_LEAD)


def _tallies(items: Iterable[Item], name: str, *, last: str) -> list[Tally]:
    found: dict[str, dict[Group, int]] = {}
    for one in items:
        counts = found.setdefault(getattr(one, name), dict.fromkeys(Group, 0))
        counts[one.group] += 1
    lines = [Tally(label, tuple(counts.values())) for label, counts in found.items()]
    return sorted(lines, key=lambda line: line.label == last)


# ------------------------------------------------------------------------------------------------ meetings
def meetings(viewer: Viewer) -> Any:
    """Dispatch meetings that somebody may see, those that were cancelled left out."""
    rows = Activity.objects.visible_to(viewer).filter(kind=DISPATCH)
    return rows.exclude(state=ActivityState.CANCELLED).order_by("day", "pk")


def meeting_of_now(viewer: Viewer) -> Activity | None:
    """The next one that is planned, today's included, else the latest that was held."""
    rows = meetings(viewer)
    coming: Activity | None = rows.filter(state=ActivityState.PLANNED, day__gte=today()).first()
    return coming or rows.filter(day__lte=today()).last()


def required_from() -> date | None:
    """The day from which a rule requires a dispatch meeting (系统 › 活动节奏); None where none names a day."""
    rules = Rhythm.objects.live().filter(kind=DISPATCH, enabled=True, valid_from__isnull=False)
    found: date | None = rules.order_by("valid_from").values_list("valid_from", flat=True).first()
    return found


def since(meeting: Activity) -> date:
    """The day of the dispatch meeting of the same office that was held before; a week ago where there is none."""
    held = Activity.objects.live().filter(kind=DISPATCH, state=ActivityState.HELD, held_on__lt=meeting.day)
    before = held.filter(unit=meeting.unit).order_by("held_on").last()
    return before.held_on if before is not None else meeting.day - A_WEEK  # type: ignore[return-value]


# ------------------------------------------------------------------------------------------------ agenda
def agenda_of(meeting: Activity, viewer: Viewer) -> Agenda:
    """The agenda, as far as its cases may be seen by ``viewer``: as it was closed, else as the cases stand now."""
    closed = AgendaClose.objects.live().filter(meeting=meeting).first()
    if closed is not None:
        seen = Case.objects.visible_to(viewer).values("pk")
        kept = AgendaItem.objects.live().filter(meeting=meeting, case__in=seen)
        rows = kept.select_related("case", "town", "lead", "lead__area")
        items = [Item(Group(one.group), one.case, one.town, one.lead, one.due_on) for one in rows]
        return Agenda(closed.since, closed.until, tuple(sorted(items, key=_urgency)), frozen=True)
    begun, until = since(meeting), min(meeting.day, today())
    return Agenda(begun, until, tuple(_living(viewer, begun, until)))


def _urgency(item: Item) -> tuple[int, date, int]:
    order = list(Group).index(item.group)
    return order, item.due_on or date.max, item.case.pk


def _living(viewer: Viewer, begun: date, until: date) -> list[Item]:
    asked = [term.code for term in terms(AGENDA, on=until) if term.code in families]
    rows = Case.objects.visible_to(viewer).filter(family__in=asked).exclude(outcome=Outcome.MERGED)
    rows = rows.select_related("town", "lead", "lead__area")
    wanted = {
        Group.NEW: Q(found_on__gt=begun, found_on__lte=until),
        Group.OVERDUE: open_on(until) & Q(due_on__lt=until),
        Group.RETURNED: Q(pk__in=_sent_back(asked, begun, until)),
    }
    items = [
        Item(group, case, case.town, case.lead, case.due_on)
        for group, condition in wanted.items()
        for case in rows.filter(condition)
    ]
    return sorted(items, key=_urgency)


def _sent_back(asked: Iterable[str], begun: date, until: date) -> Any:
    """Cases that a move returned or re-opened in these days."""
    condition = Q(pk__in=[])
    for kind in kinds:
        codes = [move.code for move in kind.lifecycle.moves if move.returns or move.reopens]
        if kind.family in asked and codes:
            condition |= Q(case__kind=kind.code, code__in=codes)
    events = CaseEvent.objects.filter(condition, is_move=True, on__gt=begun, on__lte=until)
    return events.values("case")


def decisions_of(meeting: Activity) -> list[Case]:
    """What the meeting decided, in order."""
    rows = Decision.objects.live().filter(meeting=meeting, case__voided_at__isnull=True)
    return [one.case for one in rows.select_related("case", "case__lead", "case__road").order_by("pk")]

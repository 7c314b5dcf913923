"""Activities on the boards: today's and this week's."""

from __future__ import annotations

from datetime import date
from typing import Final

from django.urls import reverse

from anlu.kernel.activities.models import Activity, ActivityState
from anlu.kernel.activities.permissions import VIEW
from anlu.kernel.activities.registry import label_of, routine_kinds
from anlu.kernel.core.language.formats import day
from anlu.web.desk.activities.ledger import url_of
from anlu.web.panels import Board, Contents, Entry, Sight, panel

SHOWN: Final = 8
COLOURS: Final = {"planned": "blue", "held": "green", "cancelled": "grey"}


@panel("activities.today", "今天的活动", permission=VIEW, boards=(Board.MORNING, Board.SCREEN), rank=50,
       screen="今天")  # fmt: skip
def today_s(sight: Sight) -> Contents:
    """What is planned and held today."""
    return _between(sight, sight.on, sight.on, "今天没有安排活动")


@panel("activities.week", "本周活动", permission=VIEW, boards=(Board.LEADER, Board.SCREEN), rank=50,
       screen="闭环与计划")  # fmt: skip
def week(sight: Sight) -> Contents:
    """What is planned and held this week."""
    return _between(sight, *sight.week, "本周没有安排活动")


def _between(sight: Sight, first: date, last: date, empty: str) -> Contents:
    view = "day" if first == last else "week"
    rows = Activity.objects.visible_to(sight.viewer).filter(day__gte=first, day__lte=last)
    rows = rows.exclude(state=ActivityState.CANCELLED).exclude(kind__in=routine_kinds())
    found = list(rows.order_by("day", "begins", "pk")[: SHOWN + 1])
    number = rows.count() if len(found) > SHOWN else len(found)
    return Contents(
        note=f"{number} 项" if number else "",
        entries=[_entry(one, with_day=view == "week") for one in found[:SHOWN]],
        more=max(0, number - SHOWN),
        url=f"{reverse('activities.calendar')}?view={view}&at={first.isoformat()}" if number else "",
        empty=empty,
    )


def _entry(one: Activity, *, with_day: bool) -> Entry:
    when = [day(one.day, "short")] if with_day else []
    when += [f"{one.begins:%H:%M}"] if one.begins else []
    what = " ".join((*when, one.title))
    note = " · ".join(part for part in (label_of(one.kind), one.organisers) if part)
    return Entry(what, url_of(one), one.get_state_display(), COLOURS[one.state], note)

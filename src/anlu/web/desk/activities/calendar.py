"""活动日历: what is planned and was held, by month or by week; a list on phones."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, timedelta
from typing import Any, Final
from urllib.parse import urlencode

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render

from anlu.engine.periods import Period, PeriodError
from anlu.kernel.activities import permissions
from anlu.kernel.activities.models import Activity, ActivityState
from anlu.kernel.activities.registry import kind_choices, label_of, routine_kinds
from anlu.kernel.core.clock import today
from anlu.kernel.people.models import Officer
from anlu.web.desk.activities.ledger import url_of
from anlu.web.nav import page
from anlu.web.viewers import require_viewer

WEEKDAYS: Final = "一二三四五六日"
MOST: Final = 600
VIEWS: Final = ("month", "week", "day")
COLOURS: Final = {"planned": "blue", "held": "green", "cancelled": "grey"}


@dataclass(frozen=True)
class Entry:
    """One activity in a day."""

    title: str
    kind: str
    time: str
    state: str
    colour: str
    organisers: str
    url: str
    late: bool
    cancelled: bool


@dataclass(frozen=True)
class Day:
    """One square of the calendar."""

    date: date
    weekday: str
    inside: bool
    is_today: bool
    entries: list[Entry]


@page(
    "activities.calendar",
    "activities/calendar/",
    "活动日历",
    chapter="队伍建设",
    item="学习活动",
    entry=True,
    rank=20,
    permission=permissions.VIEW,
)
def calendar(request: HttpRequest) -> HttpResponse:
    """Month, week or day around the day that the address names."""
    viewer = require_viewer(request)
    stated = request.GET.get("view", "")
    view = stated if stated in VIEWS else "month"
    kind = request.GET.get("kind", "")
    span = _asked(request.GET.get("at", ""), view)
    days = _days(viewer, span, kind)
    shown = [entry for day in days if day.inside for entry in day.entries]
    cancelled = sum(entry.cancelled for entry in shown)

    def url(at: date, how: str = view) -> str:
        return "?" + urlencode({"view": how, "at": at.isoformat(), **({"kind": kind} if kind else {})})

    context = {
        "page_title": "活动日历",
        "page_note": span.label,
        "view": view,
        "days": days,
        "weekdays": [] if view == "day" else [f"周{one}" for one in WEEKDAYS],
        "kinds": [(code, label, code == kind) for code, label in kind_choices()()],
        "at": span.start.isoformat(),
        "earlier_url": url(span.start - timedelta(days=1)),
        "later_url": url(span.natural_end + timedelta(days=1)),
        "today_url": url(today()),
        "month_url": url(span.start, "month"),
        "week_url": url(today() if today() in span else span.start, "week"),
        "day_url": url(today() if today() in span else span.start, "day"),
        "number": len(shown) - cancelled,
        "cancelled": cancelled,
    }
    return render(request, "web/desk/calendar.html", context)


def _asked(text: str, view: Any) -> Period:
    try:
        day = date.fromisoformat(text)
        return Period.containing(day, view)
    except (ValueError, PeriodError):
        return Period.containing(today(), view)


def _days(viewer: Officer, span: Period, kind: str) -> list[Day]:
    """Whole weeks that cover the span, or the one day, with what lies in each day."""
    first, last = span.start, span.natural_end
    if span.kind != "day":
        first -= timedelta(days=first.weekday())
        last += timedelta(days=6 - last.weekday())
    rows = Activity.objects.visible_to(viewer).filter(day__gte=first, day__lte=last)
    rows = rows.filter(kind=kind) if kind else rows.exclude(kind__in=routine_kinds())
    by_day: dict[date, list[Entry]] = {}
    for one in rows.order_by("day", "begins", "pk")[:MOST]:
        by_day.setdefault(one.day, []).append(_entry(one))
    return [
        Day(day, f"周{WEEKDAYS[day.weekday()]}", day in span, day == today(), by_day.get(day, []))
        for day in (first + timedelta(days=n) for n in range((last - first).days + 1))
    ]


def _entry(one: Activity) -> Entry:
    late = one.state == ActivityState.PLANNED and one.day < today()
    return Entry(
        title=one.title,
        kind=label_of(one.kind),
        time=f"{one.begins:%H:%M}" if one.begins else "",
        state="应登记" if late else one.get_state_display(),
        colour="amber" if late else COLOURS[one.state],
        organisers=one.organisers,
        url=url_of(one),
        late=late,
        cancelled=one.state == ActivityState.CANCELLED,
    )

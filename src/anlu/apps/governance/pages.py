"""调度会: the agenda, what is decided, the wall, the minutes; weeks without a meeting."""

from __future__ import annotations

from collections.abc import Callable
from datetime import date
from typing import Any
from uuid import UUID, uuid4

from django.contrib import messages
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.shortcuts import render
from django.urls import NoReverseMatch, reverse

from anlu.apps.governance import permissions
from anlu.apps.governance.dispatch import (
    DISPATCH,
    Agenda,
    Item,
    agenda_of,
    decisions_of,
    meeting_of_now,
    meetings,
    required_from,
)
from anlu.apps.governance.forms import DecisionForm
from anlu.apps.governance.ledgers.meetings import MEETINGS
from anlu.apps.governance.models import Decision, Group
from anlu.apps.governance.services import MEETING, MINUTES, close_agenda, decide, draft_minutes, minutes_facts
from anlu.engine.periods import Period
from anlu.kernel.activities.models import Activity, ActivityState
from anlu.kernel.activities.permissions import VIEW
from anlu.kernel.core.clock import today
from anlu.kernel.core.errors import AnluError
from anlu.kernel.documents.models import Document
from anlu.kernel.documents.services import documents_about
from anlu.kernel.documents.subjects import Subject, subjects
from anlu.kernel.indicators.occasions import parts_due
from anlu.kernel.people.models import Officer
from anlu.web.desk.cases.work import line_of
from anlu.web.nav import page, pages
from anlu.web.pages.base import one_of
from anlu.web.pages.form import report
from anlu.web.viewers import require_viewer

CHAPTER, ITEM = "综合治理", "调度会"
WEEKDAYS = "一二三四五六日"

subjects.add(Subject(MEETING, "会议", Activity, facts=minutes_facts, permission=VIEW))


def _may(viewer: Officer, code: str) -> bool:
    return code in pages and pages.get(code).allows(viewer)


@page("governance.dispatch", "governance/dispatch/", "调度会", chapter=CHAPTER, rank=5,
      permission=permissions.DISPATCH_VIEW)  # fmt: skip
def dispatch(request: HttpRequest) -> HttpResponse:
    """The meeting of now: the next one planned, else the latest."""
    viewer = require_viewer(request)
    meeting = meeting_of_now(viewer)
    if meeting is None:
        new = (
            f"{reverse('governance.meeting.new')}?kind={DISPATCH}"
            if _may(viewer, "governance.meeting.new")
            else ""
        )
        return render(request, "governance/none.html", {"page_title": "调度会", "new_url": new})
    return _page(request, meeting, DecisionForm(), title="调度会")


@page("governance.dispatch.meeting", "governance/dispatch/<uuid:uid>/", "调度会议程", chapter=CHAPTER, item=ITEM,
      entry=False, permission=permissions.DISPATCH_VIEW, ledger="governance.meeting")  # fmt: skip
def dispatch_meeting(request: HttpRequest, uid: UUID) -> HttpResponse:
    """Agenda and decisions of one meeting; what the buttons do comes back here."""
    viewer = require_viewer(request)
    meeting: Activity = one_of(MEETINGS.visible_rows(viewer), MEETINGS, uid)
    if request.method == "POST":
        return _act(request, meeting, viewer)
    return _page(request, meeting, DecisionForm())


def _act(request: HttpRequest, meeting: Activity, viewer: Officer) -> HttpResponse:
    acts: dict[str, Callable[[], HttpResponse]] = {
        "close": lambda: _close(request, meeting, viewer),
        "matter": lambda: _matter(request, meeting, viewer),
        "minutes": lambda: _minutes(request, meeting, viewer),
    }
    act = acts.get(request.POST.get("act", ""))
    if act is None:
        return _decide(request, meeting, viewer)
    try:
        return act()
    except AnluError as problem:
        messages.error(request, str(problem))
        return HttpResponseRedirect(_address(meeting))


def _address(meeting: Activity) -> str:
    return reverse("governance.dispatch.meeting", args=[meeting.uid])


def _close(request: HttpRequest, meeting: Activity, viewer: Officer) -> HttpResponse:
    agenda = close_agenda(meeting.uid, by=viewer)
    messages.success(request, f"议程已定稿，共 {len(agenda.items)} 项")
    return HttpResponseRedirect(_address(meeting))


def _matter(request: HttpRequest, meeting: Activity, viewer: Officer) -> HttpResponse:
    """One click: the case on the agenda becomes a decision with its own lead."""
    stated = request.POST.get("matter", "")
    try:
        matter = UUID(stated)
    except ValueError:
        messages.error(request, "没有这个事项")
        return HttpResponseRedirect(_address(meeting))
    case = decide(meeting.uid, stated, {}, by=viewer, matter=matter)
    messages.success(request, f"已列为议定事项 {case.number}")
    return HttpResponseRedirect(_address(meeting))


def _minutes(request: HttpRequest, meeting: Activity, viewer: Officer) -> HttpResponse:
    document = draft_minutes(meeting.uid, by=viewer)
    messages.success(request, f"已起草「{document.title}」，核稿、签发后印发")
    return HttpResponseRedirect(_document_url(document) or _address(meeting))


def _document_url(document: Document) -> str:
    try:
        return reverse("documents.document.detail", args=[document.uid])
    except NoReverseMatch:
        return ""


def _decide(request: HttpRequest, meeting: Activity, viewer: Officer) -> HttpResponse:
    form = DecisionForm(request.POST)
    if form.is_valid():
        try:
            case = decide(meeting.uid, request.POST.get("key", "")[:40], form.cleaned_data, by=viewer)
        except AnluError as problem:
            report(form, problem)
        else:
            messages.success(request, f"已登记议定事项 {case.number}")
            return HttpResponseRedirect(_address(meeting))
    return _page(request, meeting, form, status=422)


def _page(
    request: HttpRequest, meeting: Activity, form: DecisionForm, *, title: str = "", status: int = 200
) -> HttpResponse:
    viewer = require_viewer(request)
    agenda = agenda_of(meeting, viewer)
    rows = list(meetings(viewer).filter(day__lte=today()))[-6:]
    minutes = documents_about(MEETING, meeting.uid, viewer=viewer).filter(kind=MINUTES)
    context = {
        "page_title": title or f"调度会 {meeting.day}",
        "page_note": f"{meeting.title}（{agenda.since:%m-%d} 会后至 {agenda.until:%m-%d}）",
        "meeting": meeting,
        "meeting_url": MEETINGS.url_of(meeting),
        "address": _address(meeting),
        "wall_url": reverse("governance.dispatch.wall", args=[meeting.uid]),
        "hold_url": reverse("governance.meeting.hold", args=[meeting.uid])
        if meeting.state == ActivityState.PLANNED and _may(viewer, "governance.meeting.hold")
        else "",
        "recent": [(one.day, _address(one), one.pk == meeting.pk) for one in rows],
        "may_close": viewer.may(permissions.DISPATCH_FREEZE) and meeting.day <= today(),
        "may_write": viewer.may(permissions.DISPATCH_FREEZE),
        "may_decide": viewer.may("governance.decision.add"),
        "minutes": [(one.title, one.get_state_display(), _document_url(one)) for one in minutes],
        "decisions": lines_of_cases(decisions_of(meeting)),
        "form": form,
        "key": request.POST.get("key") or str(uuid4()),
        **_agenda(agenda, meeting),
    }
    return render(request, "governance/dispatch.html", context, status=status)


def lines_of_cases(cases: list[Any]) -> list[dict[str, str]]:
    """Cases as lines, in the order given."""
    return [line_of(one, today()) for one in cases]


def _agenda(agenda: Agenda, meeting: Activity) -> dict[str, Any]:
    decided = set(
        Decision.objects.live().filter(meeting=meeting, matter__isnull=False).values_list("matter", flat=True)
    )
    return {
        "agenda": agenda,
        "groups": [
            {
                "label": group.label,
                "colour": {"new": "blue", "overdue": "red", "returned": "amber"}[group.value],
                "lines": [_item_line(one, one.case.pk in decided) for one in agenda.of(group)],
            }
            for group in Group
        ],
        "labels": [group.label for group in Group],
    }


def _item_line(item: Item, decided: bool) -> dict[str, Any]:
    where = "" if item.town is None else item.town.name
    known = line_of(item.case, today())
    return known | {"town": where, "lead": item.lead_name, "uid": str(item.case.uid), "decided": decided}


@page("governance.dispatch.wall", "governance/dispatch/<uuid:uid>/wall/", "调度会大屏", chapter=CHAPTER, item=ITEM,
      entry=False, permission=permissions.DISPATCH_VIEW, ledger="governance.meeting")  # fmt: skip
def wall(request: HttpRequest, uid: UUID) -> HttpResponse:
    """The agenda in large letters, for the screen in the room; without menu and buttons."""
    viewer = require_viewer(request)
    meeting: Activity = one_of(MEETINGS.visible_rows(viewer), MEETINGS, uid)
    context = {
        "page_title": f"调度会大屏 {meeting.day}",
        "meeting": meeting,
        "back_url": _address(meeting),
        "decisions": lines_of_cases(decisions_of(meeting)),
        **_agenda(agenda_of(meeting, viewer), meeting),
    }
    return render(request, "governance/wall.html", context)


# ------------------------------------------------------------------------------------------------ weeks


@page("governance.weeks", "governance/weeks/", "每周召开情况", chapter=CHAPTER, item=ITEM, entry=True, rank=30,
      permission=permissions.DISPATCH_VIEW)  # fmt: skip
def weeks(request: HttpRequest) -> HttpResponse:
    """Weeks of a year (ISO), from the first dispatch meeting on: held, missing, running."""
    viewer = require_viewer(request)
    stated = request.GET.get("year", "")
    year = int(stated) if stated.isascii() and stated.isdigit() and len(stated) == 4 else today().year
    year = min(max(year, 1990), today().year)
    period = Period.parse(f"{year}").to_date(today())
    held = meetings(viewer).filter(state=ActivityState.HELD)
    lines = weeks_of(list(held), period, first=required_from())
    context = {
        "page_title": "每周召开情况",
        "page_note": f"{year} 年，自规定起日或第一次调度会起",
        "lines": lines,
        "held": sum(one["state"] == "held" for one in lines),
        "missing": [one for one in lines if one["state"] == "missing"],
        "years": [
            {"label": f"{one}年", "url": f"?year={one}", "active": one == year}
            for one in range(today().year - 2, today().year + 1)
        ],
    }
    return render(request, "governance/weeks.html", context)


def weeks_of(held: list[Activity], period: Period, *, first: date | None = None) -> list[dict[str, Any]]:
    """Every week that is due in a period with the meetings held in it, from ``first`` or the first one held on."""
    by_week: dict[date, list[Activity]] = {}
    for one in held:
        assert one.held_on is not None
        by_week.setdefault(Period.containing(one.held_on, "week").start, []).append(one)
    if first is None and not by_week:
        return []
    first = first or min(one.held_on for one in held if one.held_on is not None)
    inside = {week for week in by_week if period.start <= week <= period.end or week in by_week}
    found = []
    for week in parts_due(period, "week", held=inside, first=first):
        there = by_week.get(week.start, [])
        found.append(
            {
                "label": f"第{week.start.isocalendar().week}周",
                "span": f"{week.start:%m-%d}–{week.end:%m-%d}",
                "state": "held" if there else "missing",
                "days": [(f"{one.day:%m-%d}", _address(one)) for one in there],
            }
        )
    return found

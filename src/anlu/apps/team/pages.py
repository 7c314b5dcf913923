"""Pages of team building beside its ledgers: the party tree, who lectured, who handed in, and two small forms."""

from __future__ import annotations

from collections import Counter
from dataclasses import dataclass, field
from datetime import date
from typing import Any
from uuid import UUID

from django.contrib import messages
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.shortcuts import render
from django.urls import reverse

from anlu.apps.team import permissions, services
from anlu.apps.team.ledgers.discussions import DISCUSSIONS
from anlu.apps.team.ledgers.writing import TASKS
from anlu.apps.team.models import BodyKind, PartyBody, PartyOffice, Writing, WritingDue, WritingTask
from anlu.engine.periods import Period
from anlu.kernel.activities.models import Activity, ActivityBearer, ActivityState
from anlu.kernel.activities.permissions import VIEW
from anlu.kernel.activities.registry import kinds_of
from anlu.kernel.activities.terms import OFFICE
from anlu.kernel.core.clock import today
from anlu.kernel.core.dictionaries import label_of
from anlu.kernel.core.errors import AnluError
from anlu.kernel.core.language.words import Verbatim
from anlu.kernel.people.models import Officer
from anlu.web.desk.activities.ledger import url_of
from anlu.web.ledgers import Personal
from anlu.web.masking import masked
from anlu.web.nav import Crumb, page, pages
from anlu.web.pages.base import one_of
from anlu.web.viewers import require_viewer

CHAPTER = "队伍建设"
LECTURES = ("team.party_lecture", "team.special_lecture")
SECRETARY = "secretary"


# ------------------------------------------------------------------------------------------------ the tree


@dataclass
class Branch:
    """One body in the tree with those who hold its offices today."""

    body: PartyBody
    url: str
    offices: list[tuple[str, str]]  # (post, name)
    below: list[Branch] = field(default_factory=list)


@page(
    "team.tree",
    "team/tree/",
    "党组织树",
    chapter=CHAPTER,
    item="党组织与人员",
    entry=True,
    rank=10,
    permission=permissions.BODY_VIEW,
)
def tree(request: HttpRequest) -> HttpResponse:
    """Committee, branches and groups that exist today, with their offices."""
    viewer = require_viewer(request)
    bodies = list(_bodies(viewer).select_related("unit"))
    held = _offices_today(viewer)
    branches = {
        one.pk: Branch(one, reverse("team.body.detail", args=[one.uid]), held.get(one.pk, []))
        for one in bodies
    }
    tops = []
    for one in bodies:
        above = branches.get(one.parent_id or 0)
        (above.below if above else tops).append(branches[one.pk])
    context = {
        "page_title": "党组织树",
        "page_note": f"{today():%Y-%m-%d}",
        "tops": tops,
        "counts": [(kind.label, sum(one.kind == kind for one in bodies)) for kind in BodyKind],
        "new_url": _url_for(viewer, "team.body.new"),
    }
    return render(request, "team/tree.html", context)


def _bodies(viewer: Officer, on: date | None = None) -> Any:
    day = on or today()
    found = PartyBody.objects.visible_to(viewer).exclude(valid_to__lt=day).exclude(valid_from__gt=day)
    return found.order_by("sort_key", "code")


def _offices_today(viewer: Officer) -> dict[int, list[tuple[str, str]]]:
    rows = (
        PartyOffice.objects.visible_to(viewer).filter(valid_from__lte=today()).exclude(valid_to__lt=today())
    )
    found: dict[int, list[tuple[str, str]]] = {}
    for one in rows.order_by("pk"):
        name = Verbatim(masked(one.name, Personal.NAME))
        found.setdefault(one.body_id, []).append((label_of(OFFICE, one.office), name))
    return found


def _url_for(viewer: Officer, code: str) -> str:
    return reverse(code) if code in pages and pages.get(code).allows(viewer) else ""


# ------------------------------------------------------------------------------------------------ lectures


@dataclass(frozen=True)
class Lectured:
    """A body, and the lectures that were given in it by its secretary and by others."""

    body: PartyBody
    by_secretary: list[tuple[str, str]]  # (day, address)
    by_others: list[tuple[str, str]]


@page(
    "team.lectures",
    "team/lectures/",
    "书记讲党课",
    chapter=CHAPTER,
    item="学习活动",
    entry=True,
    rank=50,
    permission=VIEW,
)
def lectures(request: HttpRequest) -> HttpResponse:
    """Committee and branches down; whether the secretary has lectured this year, and on which days."""
    viewer = require_viewer(request)
    period = asked_year(request)
    lines = lectured_in(period, viewer)
    context = {
        "page_title": "书记讲党课",
        "page_note": period.label,
        "lines": lines,
        "missing": sum(not one.by_secretary for one in lines),
        "years": _years(period),
    }
    return render(request, "team/lectures.html", context)


def asked_year(request: HttpRequest) -> Period:
    """The year that an address names, as far as it has come; this year where it names none that has begun."""
    stated = request.GET.get("year", "")
    year = int(stated) if stated.isascii() and stated.isdigit() and len(stated) == 4 else today().year
    year = min(max(year, 1990), today().year)
    return Period.parse(f"{year}").to_date(today())


def _years(period: Period) -> list[dict[str, Any]]:
    this = today().year
    return [
        {"label": f"{year}年", "url": f"?year={year}", "active": year == period.start.year}
        for year in range(this - 2, this + 1)
    ]


def lectured_in(period: Period, viewer: Officer) -> list[Lectured]:
    """Every committee and branch that a person sees with the lectures held for it in a period."""
    bodies = [one for one in _bodies(viewer, period.end) if one.kind != BodyKind.GROUP]
    held = Activity.objects.visible_to(viewer).filter(
        kind__in=LECTURES, state=ActivityState.HELD, held_on__gte=period.start, held_on__lte=period.end
    )
    activities = {one.pk: one for one in held}
    by_body: dict[UUID, list[Activity]] = {}
    for activity, bearer in ActivityBearer.objects.filter(activity__in=activities).values_list(
        "activity", "bearer"
    ):
        by_body.setdefault(bearer, []).append(activities[activity])
    return [_lectured(one, sorted(by_body.get(one.uid, []), key=lambda held: held.day)) for one in bodies]


def _lectured(body: PartyBody, held: list[Activity]) -> Lectured:
    def shown(one: Activity) -> tuple[str, str]:
        return f"{one.day:%m-%d}", url_of(one)

    mine = [one for one in held if one.speaker_office == SECRETARY]
    return Lectured(body, [shown(one) for one in mine], [shown(one) for one in held if one not in mine])


# ------------------------------------------------------------------------------------------------ writing


@dataclass(frozen=True)
class Handed:
    """One branch and one task: how many are due and how many were handed in."""

    due: int | None
    done: int

    @property
    def words(self) -> str:
        """12/15, or what was handed in where nobody said how many are due."""
        return f"{self.done}/{self.due}" if self.due is not None else (str(self.done) if self.done else "—")

    @property
    def colour(self) -> str:
        """Green when everything came; nothing is red here, because nobody is ranked or chased."""
        if self.due is None:
            return ""
        return "green" if self.done >= self.due else "amber"


@page(
    "team.handed_in",
    "team/handed-in/",
    "应交与已交",
    chapter=CHAPTER,
    item="心得与笔记",
    entry=True,
    rank=20,
    permission=permissions.TASK_VIEW,
)
def handed_in(request: HttpRequest) -> HttpResponse:
    """Tasks of a year down, branches across: due and handed in. By branch only, never by person."""
    viewer = require_viewer(request)
    period = asked_year(request)
    tasks = list(
        WritingTask.objects.visible_to(viewer)
        .filter(set_on__gte=period.start, set_on__lte=period.end)
        .order_by("-set_on", "-pk")
    )
    bodies = [one for one in _bodies(viewer, period.end) if one.kind == BodyKind.BRANCH]
    due = {
        (task, body): number
        for task, body, number in WritingDue.objects.filter(task__in=tasks).values_list(
            "task", "body", "due_count"
        )
    }
    pieces = Writing.objects.visible_to(viewer, permissions.TASK_VIEW).filter(task__in=tasks)
    done = Counter(pieces.values_list("task", "body"))
    lines = []
    for task in tasks:
        squares = [Handed(due.get((task.pk, one.pk)), done[task.pk, one.pk]) for one in bodies]
        whole = [number for (of, _), number in due.items() if of == task.pk]
        total = Handed(sum(whole) if whole else None, sum(n for (of, _), n in done.items() if of == task.pk))
        lines.append((task, TASKS.url_of(task), squares, total))
    context = {
        "page_title": "应交与已交",
        "page_note": period.label,
        "bodies": bodies,
        "lines": lines,
        "years": _years(period),
        "new_url": _url_for(viewer, "team.task.new"),
    }
    return render(request, "team/handed_in.html", context)


# ------------------------------------------------------------------------------------------------ small forms


@page(
    "team.task.due",
    "team/tasks/<uuid:uid>/due/",
    "填写应交人数",
    chapter=CHAPTER,
    item="心得与笔记",
    entry=False,
    permission="team.task.change",
    ledger="team.task",
)
def task_due(request: HttpRequest, uid: UUID) -> HttpResponse:
    """How many pieces are due from each branch."""
    viewer = require_viewer(request)
    task: WritingTask = one_of(TASKS.visible_rows(viewer, "change"), TASKS, uid)
    bodies = [one for one in _bodies(viewer) if one.kind != BodyKind.GROUP]
    stated: dict[int, int] = dict(task.shares.values_list("body", "due_count"))
    problem = ""
    if request.method == "POST":
        given = {one.pk: request.POST.get(f"due_{one.uid}", "").strip() for one in bodies}
        wrong = [
            text
            for text in given.values()
            if text and not (text.isascii() and text.isdigit() and len(text) < 6)
        ]
        if wrong:
            problem = f"「{wrong[0][:20]}」不是人数，应为不带小数的数字"
        else:
            others = {body: number for body, number in stated.items() if body not in given}
            try:
                services.state_due(
                    uid, others | {pk: int(text or 0) for pk, text in given.items()}, by=viewer
                )
            except AnluError as refused:
                problem = str(refused)
            else:
                messages.success(request, "已填写应交人数")
                return HttpResponseRedirect(TASKS.url_of(task))
    request.trail = [Crumb(task.title, TASKS.url_of(task)), Crumb("应交人数")]  # type: ignore[attr-defined]
    context = {
        "page_title": f"应交人数 {task.title}",
        "lines": [(one, request.POST.get(f"due_{one.uid}", stated.get(one.pk, ""))) for one in bodies],
        "problem": problem,
        "cancel_url": TASKS.url_of(task),
    }
    return render(request, "team/task_due.html", context, status=422 if problem else 200)


@page(
    "team.discussion.activities",
    "team/discussions/<uuid:uid>/activities/",
    "下挂活动",
    chapter=CHAPTER,
    item="大讨论与问题清单",
    entry=False,
    permission="team.discussion.change",
    ledger="team.discussion",
)
def discussion_activities(request: HttpRequest, uid: UUID) -> HttpResponse:
    """Tick the activities that belong to a discussion."""
    viewer = require_viewer(request)
    discussion = one_of(DISCUSSIONS.visible_rows(viewer, "change"), DISCUSSIONS, uid)
    offered = Activity.objects.visible_to(viewer).filter(
        kind__in=[one.code for one in kinds_of("study", "warning", "training")],
        day__gte=discussion.started_on,
    )
    if discussion.ended_on:
        offered = offered.filter(day__lte=discussion.ended_on)
    offered = list(offered.order_by("day", "pk")[:300])
    if request.method == "POST":
        ticked = set(request.POST.getlist("activity"))
        chosen = [one for one in offered if str(one.uid) in ticked]
        services.link_activities(uid, chosen, offered=offered, by=viewer)
        messages.success(request, f"已挂上 {len(chosen)} 次活动")
        return HttpResponseRedirect(DISCUSSIONS.url_of(discussion))
    linked = set(discussion.links.values_list("activity", flat=True))
    request.trail = [Crumb(discussion.title, DISCUSSIONS.url_of(discussion)), Crumb("下挂活动")]  # type: ignore[attr-defined]
    context = {
        "page_title": f"下挂活动 {discussion.title}",
        "lines": [(one, one.pk in linked) for one in offered],
        "cancel_url": DISCUSSIONS.url_of(discussion),
    }
    return render(request, "team/discussion_activities.html", context)

"""今日: what is mine, my unit's, overdue, due this week; 督办约谈挂牌: what waits for a signature; figures."""

from __future__ import annotations

from datetime import date
from typing import Any, Final

from django.core.paginator import Paginator
from django.db.models import QuerySet
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.urls import reverse

from anlu.kernel.cases import permissions as may
from anlu.kernel.cases.deadlines import due_colour, due_words
from anlu.kernel.cases.kinds import families, kinds
from anlu.kernel.cases.models import Case, Escalation, StepState
from anlu.kernel.cases.queries import (
    WORK_LISTS,
    cases_followed,
    cases_in_hand,
    open_cases,
    work_list,
    work_list_counts,
)
from anlu.kernel.core.clock import today
from anlu.kernel.core.scope import Viewer
from anlu.kernel.people.models import Officer
from anlu.web.desk.cases.columns import place_words, state_words
from anlu.web.nav import page
from anlu.web.viewers import require_viewer

SHOWN: Final = 50
ON_TODAY: Final = 8
STEPS_SHOWN: Final = 100
MOST_STEPS: Final = 1_000


def line_of(case: Case, on: date) -> dict[str, str]:
    """A case as one line."""
    kind = kinds.get(case.kind) if case.kind in kinds else None
    over = case.closed_on is not None
    return {
        "due": f"{case.closed_on} 办结" if over else due_words(case.due_on, on) or "没有期限",
        "colour": "green" if over else due_colour(case.due_on, on) or "grey",
        "kind": kind.label if kind else case.kind,
        "number": case.number,
        "title": case.title,
        "place": place_words(case),
        "state": state_words(case),
        "lead": (case.lead.short_name or case.lead.name) if case.lead else "",
        "url": families.get(case.family).address_of(case.uid) if case.family in families else "",
    }


def lines_of(rows: QuerySet[Any], on: date) -> list[dict[str, str]]:
    """Cases as lines."""
    return [line_of(case, on) for case in rows.select_related("lead", "road")]


def counts_for(viewer: Viewer, on: date) -> list[tuple[str, str, int]]:
    """(code, label, how many) of every work list."""
    numbers = work_list_counts(viewer, on=on)
    return [(one.code, one.label, numbers[one.code]) for one in WORK_LISTS]


def on_today(viewer: Officer) -> dict[str, Any]:
    """The cards of cases on 我的待办: the most urgent to be done here, and of those that others do for me."""
    on = today()
    lines = lines_of(cases_in_hand(viewer)[:ON_TODAY], on)
    followed = lines_of(cases_followed(viewer)[:ON_TODAY], on)
    numbers = [
        (label, n, f"{reverse('cases.work')}?list={code}") for code, label, n in counts_for(viewer, on)
    ]
    return {"lines": lines, "followed": followed, "numbers": numbers}


@page(
    "cases.work",
    "cases/",
    "我的事项",
    chapter="今日",
    item="我的待办",
    permission=may.WORK_VIEW,
    entry=True,
    rank=55,
)
def work(request: HttpRequest) -> HttpResponse:
    """Open cases of one work list, the most urgent first."""
    viewer, on = require_viewer(request), today()
    chosen = work_list(request.GET.get("list", ""))
    return _list(request, viewer, chosen.code, "我的事项", f"{chosen.label}的未办结事项", on)


@page("cases.due", "cases/due/", "到期督办", chapter="今日", permission=may.WORK_VIEW)
def due(request: HttpRequest) -> HttpResponse:
    """Overdue first; the other lists are a click away."""
    viewer, on = require_viewer(request), today()
    chosen = work_list(request.GET.get("list", "overdue"))
    return _list(request, viewer, chosen.code, "到期督办", f"{chosen.label}的未办结事项", on)


def _list(request: HttpRequest, viewer: Officer, code: str, title: str, note: str, on: date) -> HttpResponse:
    pager = Paginator(open_cases(viewer, code, on=on), SHOWN)
    shown = pager.get_page(request.GET.get("page"))
    tabs = [
        {"label": label, "number": n, "url": f"?list={one}", "active": one == code}
        for one, label, n in counts_for(viewer, on)
    ]
    context = {
        "page_title": title,
        "page_note": note,
        "tabs": tabs,
        "lines": lines_of(shown.object_list, on),  # type: ignore[arg-type]
        "shown": shown,
        "list_code": code,
        "drafts": drafts_for(viewer),
    }
    return render(request, "web/cases/work.html", context)


# ------------------------------------------------------------------------------------------------ escalation
def drafts_for(viewer: Viewer) -> list[dict[str, str]]:
    """Drafts that wait for a signature, of cases that this person may see."""
    waiting = Escalation.objects.filter(state=StepState.DRAFTED, case__closed_on__isnull=True)
    return [_step_line(one) for one in _seen(waiting.order_by("on", "pk"), viewer)[:SHOWN]]


def _seen(steps: QuerySet[Escalation], viewer: Viewer) -> list[Escalation]:
    """Those of the first steps whose case the person may see: a few keys are asked for, not all cases."""
    found = list(steps.select_related("case", "case__lead")[:MOST_STEPS])
    seen = Case.objects.visible_to(viewer).filter(pk__in={one.case_id for one in found})
    keys = set(seen.values_list("pk", flat=True))
    return [one for one in found if one.case_id in keys]


def _step_line(step: Escalation) -> dict[str, str]:
    case = step.case
    return {
        "label": step.label,
        "state": step.get_state_display(),
        "colour": {"drafted": "amber", "signed": "red", "dropped": "grey"}.get(step.state, "blue"),
        "number": case.number,
        "title": case.title,
        "on": f"{step.on:%Y-%m-%d}",
        "lead": case.lead.name if case.lead else "",
        "who": step.signed_by_name or step.issuer,
        "url": families.get(case.family).address_of(case.uid) if case.family in families else "",
    }


@page("cases.steps", "cases/steps/", "督办约谈挂牌", chapter="综合治理", permission=may.STEP_VIEW)
def steps(request: HttpRequest) -> HttpResponse:
    """What waits for a signature, and the latest steps of the ladder."""
    viewer = require_viewer(request)
    latest = Escalation.objects.exclude(state=StepState.DRAFTED).order_by("-pk")
    signed = latest.exclude(signed_by__isnull=True) if request.GET.get("signed") else latest
    context = {
        "drafts": drafts_for(viewer),
        "steps": [_step_line(one) for one in _seen(signed, viewer)[:STEPS_SHOWN]],
        "only_signed": bool(request.GET.get("signed")),
    }
    return render(request, "web/cases/steps.html", context)

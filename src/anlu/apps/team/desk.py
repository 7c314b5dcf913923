"""大讨论与问题清单: the lists of problems by discussion, source and unit. Never by person."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any
from uuid import UUID

from django.db.models import Count, Q
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.shortcuts import render
from django.urls import reverse

from anlu.apps.team.kinds.problem import PROBLEM
from anlu.apps.team.ledgers.discussions import DISCUSSIONS
from anlu.apps.team.models import Discussion
from anlu.apps.team.terms import SOURCES
from anlu.kernel.cases.models import Case, CaseFact, Outcome
from anlu.kernel.core.clock import today
from anlu.kernel.core.dictionaries import shown, terms
from anlu.kernel.documents.subjects import Subject, subjects
from anlu.web.desk.cases.belonging import new_address
from anlu.web.desk.cases.work import lines_of, share_words
from anlu.web.ledgers import ledgers
from anlu.web.nav import page
from anlu.web.pages.base import one_of
from anlu.web.viewers import require_viewer

CHAPTER, ITEM = "队伍建设", "大讨论与问题清单"
FAMILY = PROBLEM.family
VIEW, ADD = f"{FAMILY}.view", f"{FAMILY}.add"
SHOWN = 30

subjects.add(Subject("team.discussion", "大讨论", Discussion))


def counted(rows: Any) -> dict[str, int]:
    """How many problems, how many of them closed, open and overdue."""
    still = Q(closed_on__isnull=True)
    found: dict[str, int] = rows.order_by().aggregate(
        found=Count("pk"),
        closed=Count("pk", filter=Q(outcome=Outcome.RESOLVED)),
        open=Count("pk", filter=still),
        overdue=Count("pk", filter=still & Q(due_on__lt=today())),
    )
    return found


def line(label: str, rows: Any, parameters: dict[str, str], url: str = "") -> dict[str, Any]:
    """A line of a table, each number with the address of its rows."""
    ledger, numbers = ledgers.get(FAMILY), counted(rows)
    further = {
        "found": {},
        "closed": {"stage": "resolved"},
        "open": {"stage": "open"},
        "overdue": {"due": "overdue"},
    }
    return {
        "label": label,
        "url": url,
        "cells": [
            (numbers[name], ledger.url(parameters | more) if parameters and numbers[name] else "")
            for name, more in further.items()
        ],
        "share": share_words(numbers["closed"] / numbers["found"] if numbers["found"] else None),
    }


@page("team.problem_lists", "team/problem-lists/", "大讨论与问题清单", chapter=CHAPTER, item=ITEM, entry=True,
      rank=5, permission=VIEW)  # fmt: skip
def problem_lists(request: HttpRequest) -> HttpResponse:
    """Problems by discussion, by source, by unit; those that are still open."""
    viewer, on = require_viewer(request), today()
    rows = Case.objects.visible_to(viewer, VIEW).exclude(outcome__in=(Outcome.DROPPED, Outcome.MERGED))
    discussions = Discussion.objects.visible_to(viewer)
    still = rows.filter(closed_on__isnull=True).select_related("lead", "road").order_by("due_on", "pk")
    context = {
        "by_discussion": [
            line(str(one), rows.filter(about_uid=one.uid), {}, DISCUSSIONS.url_of(one)) for one in discussions
        ],
        "by_source": _by_source(rows),
        "by_unit": _by_unit(rows),
        "total": line("合计", rows, {"q": ""}),
        "lines": lines_of(still[:SHOWN], on),
        "new_url": reverse(f"{FAMILY}.new") if viewer.may(ADD) else "",
    }
    return render(request, "team/problem_lists.html", context)


def _by_source(rows: Any) -> list[dict[str, Any]]:
    facts = CaseFact.objects.filter(code=f"{FAMILY}.source")
    found = []
    for term in terms(SOURCES):
        those = rows.filter(pk__in=facts.filter(text=term.code).values("case"))
        if those.exists():
            found.append(line(shown(term), those, {"fact_source": term.code}))
    return found


def _by_unit(rows: Any) -> Iterable[dict[str, Any]]:
    """By the unit that puts it right, in the order of the units: no ranking."""
    units = rows.exclude(lead=None).order_by("lead__sort_key", "lead__code")
    for pk, code, name in dict.fromkeys(units.values_list("lead", "lead__code", "lead__name")):
        yield line(name, rows.filter(lead=pk), {"lead": f"={code}"})


@page("team.discussion.problem", "team/discussions/<uuid:uid>/problem/", "登记查摆问题", chapter=CHAPTER, item=ITEM,
      entry=False, permission=ADD, ledger="team.discussion")  # fmt: skip
def add_problem(request: HttpRequest, uid: UUID) -> HttpResponse:
    """Lead on to the form of a problem of this discussion."""
    one_of(DISCUSSIONS.visible_rows(require_viewer(request)), DISCUSSIONS, uid)
    return HttpResponseRedirect(new_address(PROBLEM, uid))

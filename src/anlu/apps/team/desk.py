"""大讨论与问题清单: the lists of problems by discussion, source and unit. Never by person."""

from __future__ import annotations

from typing import Any, Final
from uuid import UUID

from django.db.models import Count, OuterRef, Q, Subquery
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
from anlu.kernel.core.scope import Viewer
from anlu.kernel.documents.subjects import Subject, subjects
from anlu.kernel.people.models import Unit
from anlu.web.desk.cases.belonging import new_address
from anlu.web.desk.cases.statistics import share_words
from anlu.web.desk.cases.work import lines_of
from anlu.web.ledgers import ledgers
from anlu.web.nav import page
from anlu.web.pages.base import one_of
from anlu.web.viewers import require_viewer

CHAPTER, ITEM = "队伍建设", "大讨论与问题清单"
FAMILY = PROBLEM.family
VIEW, ADD = f"{FAMILY}.view", f"{FAMILY}.add"
SHOWN = 30
LISTED: Final[dict[str, dict[str, Any]]] = {  # how the ledger lists what each number counts
    "found": {"stage": ["open", "resolved"]},
    "closed": {"stage": "resolved"},
    "open": {"stage": "open"},
    "overdue": {"due": "overdue"},
}
NONE: Final = dict.fromkeys(LISTED, 0)

subjects.add(Subject("team.discussion", "大讨论", Discussion))


def counted(rows: Any, by: str = "") -> dict[Any, dict[str, int]]:
    """
    How many problems, how many of them closed, open and overdue, for each value of a column in one query.

    Parameters
    ----------
    by
        Path of the column; "" = all of them, under the key "".
    """
    still = Q(closed_on__isnull=True)
    told = {
        "found": Count("pk"),
        "closed": Count("pk", filter=Q(outcome=Outcome.RESOLVED)),
        "open": Count("pk", filter=still),
        "overdue": Count("pk", filter=still & Q(due_on__lt=today())),
    }
    if not by:
        return {"": rows.order_by().aggregate(**told)}
    return {one.pop(by): one for one in rows.order_by().values(by).annotate(**told)}


def line(label: str, numbers: dict[str, int], parameters: dict[str, Any], url: str = "") -> dict[str, Any]:
    """A line of a table, each number with the address of just its rows."""
    ledger = ledgers.get(FAMILY)
    return {
        "label": label,
        "url": url,
        "cells": [
            (numbers[name], ledger.url(parameters | more) if numbers[name] else "")
            for name, more in LISTED.items()
        ],
        "share": share_words(numbers["closed"] / numbers["found"] if numbers["found"] else None),
    }


@page("team.problem_lists", "team/problem-lists/", "大讨论与问题清单", chapter=CHAPTER, item=ITEM, entry=True,
      rank=5, permission=VIEW)  # fmt: skip
def problem_lists(request: HttpRequest) -> HttpResponse:
    """Problems by discussion, by source, by unit; those that are still open."""
    viewer, on = require_viewer(request), today()
    rows = Case.objects.visible_to(viewer, VIEW).exclude(outcome__in=(Outcome.DROPPED, Outcome.MERGED))
    still = rows.filter(closed_on__isnull=True).select_related("lead", "road").order_by("due_on", "pk")
    context = {
        "by_discussion": _by_discussion(rows, viewer),
        "by_source": _by_source(rows),
        "by_unit": _by_unit(rows),
        "total": line("合计", counted(rows)[""], {}),
        "lines": lines_of(still[:SHOWN], on),
        "new_url": reverse(f"{FAMILY}.new") if viewer.may(ADD) else "",
    }
    return render(request, "team/problem_lists.html", context)


def _by_discussion(rows: Any, viewer: Viewer) -> list[dict[str, Any]]:
    """Every discussion that the person sees, also one without problems."""
    known = counted(rows.filter(about_kind="team.discussion"), "about_uid")
    return [
        line(str(one), known.get(one.uid, NONE), {"about": str(one.uid)}, DISCUSSIONS.url_of(one))
        for one in Discussion.objects.visible_to(viewer)
    ]


def _by_source(rows: Any) -> list[dict[str, Any]]:
    """By where they come from, in the order of the dictionary."""
    stated = CaseFact.objects.filter(case=OuterRef("pk"), code=f"{FAMILY}.source").values("text")[:1]
    known = counted(rows.annotate(stated=Subquery(stated)), "stated")
    return [
        line(shown(term), known[term.code], {"fact_source": term.code})
        for term in terms(SOURCES)
        if term.code in known
    ]


def _by_unit(rows: Any) -> list[dict[str, Any]]:
    """By the unit that puts it right, in the order of the units: no ranking."""
    known = counted(rows.exclude(lead=None), "lead")
    units = Unit.objects.filter(pk__in=known).order_by("sort_key", "code")
    return [line(one.name, known[one.pk], {"lead": f"={one.code}"}) for one in units]


@page("team.discussion.problem", "team/discussions/<uuid:uid>/problem/", "登记查摆问题", chapter=CHAPTER, item=ITEM,
      entry=False, permission=ADD, ledger="team.discussion")  # fmt: skip
def add_problem(request: HttpRequest, uid: UUID) -> HttpResponse:
    """Lead on to the form of a problem of this discussion."""
    one_of(DISCUSSIONS.visible_rows(require_viewer(request)), DISCUSSIONS, uid)
    return HttpResponseRedirect(new_address(PROBLEM, uid))

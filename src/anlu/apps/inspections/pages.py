"""Pages of inspections: where things stand, a round on the phone, a new bulletin."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Any
from uuid import UUID

from django.contrib import messages
from django.db.models import Count, Q
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.shortcuts import render
from django.urls import reverse

from anlu.apps.inspections import permissions
from anlu.apps.inspections.forms import BulletinForm
from anlu.apps.inspections.ledgers.bulletins import BULLETINS, KIND, findings_told, page_of
from anlu.apps.inspections.ledgers.rounds import ROUNDS, categories_of, units_of
from anlu.apps.inspections.models import Check, Round, Verdict
from anlu.apps.inspections.queries import (
    WAITING,
    findings,
    items_of,
    untold_findings,
    waiting_for_recheck,
)
from anlu.apps.inspections.services import (
    Answer,
    InspectionProblem,
    correct_check,
    draft_bulletin,
    fill_round,
    may_correct,
)
from anlu.apps.inspections.terms import CATEGORIES
from anlu.kernel.core.clock import today
from anlu.kernel.core.dictionaries import label_of
from anlu.kernel.core.errors import AnluError, NotFound
from anlu.kernel.documents.models import LIVE_STATES, Document
from anlu.kernel.people.models import Officer, Unit
from anlu.web.desk.cases.work import lines_of
from anlu.web.ledgers import ledgers
from anlu.web.nav import Crumb, page, pages
from anlu.web.pages.base import one_of
from anlu.web.pages.form import grouped, report
from anlu.web.viewers import require_viewer

CHAPTER = "队伍建设"
SHOWN = 20


def _url_for(viewer: Officer, code: str) -> str:
    return reverse(code) if code in pages and pages.get(code).allows(viewer) else ""


@page("inspections.desk", "inspections/", "督查", chapter=CHAPTER, rank=10, permission=permissions.ROUND_VIEW)
def desk(request: HttpRequest) -> HttpResponse:
    """Rounds of now, what is still to be put right, and what has not been looked at again."""
    viewer = require_viewer(request)
    on = today()
    rounds = Round.objects.visible_to(viewer).select_related("team").prefetch_related("units")
    coming = rounds.filter(planned_on__gte=on).order_by("planned_on", "pk")[:SHOWN]
    found = findings(viewer)
    still_open = found.filter(closed_on__isnull=True).select_related("lead", "road").order_by("due_on", "pk")
    waiting = waiting_for_recheck(viewer)
    family = ledgers.get("inspections.finding")
    context = {
        "coming": [_round_line(one, viewer) for one in coming],
        "open": lines_of(still_open[:SHOWN], on),
        "waiting": lines_of(waiting[:SHOWN], on),
        "numbers": (
            ("未整改", still_open.count(), family.url({"stage": "open"})),
            ("逾期", still_open.filter(due_on__lt=on).count(), family.url({"due": "overdue"})),
            ("待回头看", waiting.count(), family.url(WAITING)),
        ),
        "new_url": _url_for(viewer, "inspections.round.new"),
    }
    return render(request, "inspections/desk.html", context)


def _round_line(one: Round, viewer: Officer) -> dict[str, Any]:
    may_fill = viewer.may(permissions.ROUND_FILL) and one.planned_on <= today()
    return {
        "day": "今天" if one.planned_on == today() else f"{one.planned_on:%m-%d}",
        "title": categories_of(one),
        "units": units_of(one),
        "team": one.team.name,
        "secret": not one.announced and one.planned_on > today(),
        "url": reverse("inspections.round.fill", args=[one.uid]) if may_fill else ROUNDS.url_of(one),
    }


# ------------------------------------------------------------------------------------------------ a round


@dataclass(frozen=True)
class Line:
    """One line of the checklist as the page asks it."""

    name: str
    words: str
    verdict: str
    note: str
    case: str
    written: str  # the verdict that was written down; it is not asked again


@dataclass(frozen=True)
class Correction:
    """A line that this person may put right; after a refusal with what was typed and why not."""

    check: Check
    verdict: str
    note: str
    why: str = ""
    problem: str = ""


@page(
    "inspections.round.fill",
    "inspections/rounds/<uuid:uid>/fill/",
    "填写督查记录",
    chapter=CHAPTER,
    item="督查",
    entry=False,
    permission=permissions.ROUND_FILL,
    ledger="inspections.round",
)
def fill(request: HttpRequest, uid: UUID) -> HttpResponse:
    """The checklist of one unit after the other; what is wrong becomes a finding."""
    viewer = require_viewer(request)
    one: Round = one_of(ROUNDS.visible_rows(viewer), ROUNDS, uid)
    units = list(one.units.order_by("sort_key", "code"))
    unit = next((each for each in units if str(each.uid) == request.GET.get("unit")), None)
    unit = unit or (units[0] if units else None)
    problem = ""
    if request.method == "POST" and "correct" in request.POST:
        try:
            made = _correct(request, viewer)
        except AnluError as refused:
            problem = str(refused)
        else:
            messages.success(request, f"已更正「{made.words}」")
            return HttpResponseRedirect(f"?unit={made.unit.uid}")
    elif request.method == "POST" and unit is not None:
        try:
            opened = fill_round(uid, unit, dict(_answers(one, request)), by=viewer)
        except AnluError as refused:
            problem = str(refused)
        else:
            words = f"，登记问题 {len(opened)} 处" if opened else ""
            messages.success(request, f"已保存 {unit.short_name or unit.name}{words}")
            return HttpResponseRedirect(f"?unit={(_next(one, units, unit) or unit).uid}")
    groups = _groups(one, unit, request) if unit else []
    written = _written(one, unit, viewer, request.POST, problem) if unit else []
    trail = [Crumb(one.number, ROUNDS.url_of(one)), Crumb("填写")]
    request.trail = trail  # type: ignore[attr-defined]
    context = {
        "page_title": f"督查记录 {one.number}",
        "page_note": f"{one.planned_on} · {one.team.name}",
        "units": _unit_tabs(one, units, unit),
        "unit": unit,
        "groups": groups,
        "asking": any(not line.written for group in groups for line in group["lines"]),
        "written": written,
        "verdicts": Verdict.choices,
        "problem": "" if any(line.problem for line in written) else problem,
        "too_early": one.planned_on > today(),
        "back_url": ROUNDS.url_of(one),
    }
    return render(request, "inspections/fill.html", context, status=422 if problem else 200)


def _answers(one: Round, request: HttpRequest) -> Iterator[tuple[tuple[str, str], Answer]]:
    for category, item in items_of(one):
        stated = request.POST.get(f"v_{category}_{item}", "")
        if stated in Verdict.values:
            yield (category, item), Answer(Verdict(stated), request.POST.get(f"n_{category}_{item}", ""))


def _next(one: Round, units: list[Unit], after: Unit) -> Unit | None:
    """The next unit that nobody has looked at yet."""
    seen = set(Check.objects.live().filter(round=one).values_list("unit", flat=True))
    place = units.index(after)
    return next((each for each in [*units[place + 1 :], *units[:place]] if each.pk not in seen), None)


def _correct(request: HttpRequest, viewer: Officer) -> Check:
    """
    One line put right.

    Raises
    ------
    InspectionProblem
        No verdict was chosen.
    AnluError
        As ``correct_check``.
    """
    stated, verdict = request.POST.get("correct", ""), request.POST.get("verdict", "")
    if verdict not in Verdict.values:
        raise InspectionProblem("请选择合格或不合格")
    try:
        uid = UUID(stated)
    except ValueError:
        raise NotFound("没有这条检查记录，或已被更正") from None
    answer = Answer(Verdict(verdict), request.POST.get("note", ""))
    return correct_check(uid, answer, why=request.POST.get("why", ""), by=viewer)


def _written(
    one: Round, unit: Unit, viewer: Officer, stated: Mapping[str, str], problem: str
) -> list[Correction]:
    """Lines of a unit that this person may put right; the one whose correction was refused says so."""
    rows = Check.objects.live().filter(round=one, unit=unit).select_related("round__team__leader", "case")
    return [
        Correction(check, stated.get("verdict", ""), stated.get("note", ""), stated.get("why", ""), problem)
        if stated.get("correct") == str(check.uid)
        else Correction(check, check.verdict, check.note)
        for check in rows.order_by("pk")
        if may_correct(check, viewer)
    ]


def _unit_tabs(one: Round, units: list[Unit], chosen: Unit | None) -> list[dict[str, Any]]:
    told = {"done": Count("pk"), "wrong": Count("pk", filter=Q(verdict=Verdict.WRONG))}
    rows = Check.objects.live().filter(round=one).order_by().values("unit").annotate(**told)
    counts = {row["unit"]: (row["done"], row["wrong"]) for row in rows}
    return [_unit_tab(each, *counts.get(each.pk, (0, 0)), active=each == chosen) for each in units]


def _unit_tab(unit: Unit, done: int, wrong: int, *, active: bool) -> dict[str, Any]:
    return {
        "label": unit.short_name or unit.name,
        "url": f"?unit={unit.uid}",
        "active": active,
        "note": f"问题 {wrong}" if wrong else ("已查" if done else ""),
        "colour": "red" if wrong else ("green" if done else "grey"),
    }


def _groups(one: Round, unit: Unit, request: HttpRequest) -> list[dict[str, Any]]:
    held = {
        (check.category, check.item): check
        for check in Check.objects.live().filter(round=one, unit=unit).select_related("case")
    }
    groups: dict[str, list[Line]] = {}
    for (category, item), words in items_of(one).items():
        check = held.get((category, item))
        name = f"{category}_{item}"
        line = Line(
            name,
            words,
            check.verdict if check else request.POST.get(f"v_{name}", ""),
            check.note if check else request.POST.get(f"n_{name}", ""),
            check.case.number if check and check.case else "",
            Verdict(check.verdict).label if check else "",
        )
        groups.setdefault(category, []).append(line)
    return [{"label": label_of(CATEGORIES, code), "lines": lines} for code, lines in groups.items()]


# ------------------------------------------------------------------------------------------------ bulletins


@page(
    "inspections.bulletin.draft",
    "inspections/bulletins/draft/",
    "起草督查通报",
    chapter=CHAPTER,
    item="督查通报",
    entry=True,
    rank=20,
    permission=permissions.BULLETIN_ADD,
)
def draft(request: HttpRequest) -> HttpResponse:
    """A bulletin of the findings of some days; what stands in none yet is listed."""
    viewer = require_viewer(request)
    form = BulletinForm(request.POST if request.method == "POST" else None)
    if request.method == "POST" and form.is_valid():
        stated = form.cleaned_data
        try:
            document = draft_bulletin(stated["start"], stated["end"], demands=stated["demands"], by=viewer)
        except AnluError as problem:
            report(form, problem)
        else:
            messages.success(request, f"已起草「{document.title}」，核稿、签发后印发编号")
            return HttpResponseRedirect(page_of(document))
    untold = untold_findings(viewer, today().replace(month=1, day=1), today()).select_related("lead", "road")
    issued = Document.objects.visible_to(viewer, permissions.BULLETIN_VIEW).filter(
        kind=KIND, state__in=LIVE_STATES, issued_on__year=today().year
    )
    told = findings_told(issued)
    context = {
        "form": form,
        "groups": grouped(form),
        "page_title": "起草督查通报",
        "page_note": "今年以来没有通报的问题列在下面",
        "lines": lines_of(untold, today()),
        "issued": [
            (one.number, one.title, page_of(one), told.get(one.pk, "0"))
            for one in issued.order_by("number_serial")
        ],
        "cancel_url": reverse(BULLETINS.code),
    }
    return render(request, "inspections/draft.html", context, status=422 if form.errors else 200)

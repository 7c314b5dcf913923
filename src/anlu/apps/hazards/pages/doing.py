"""What is done with one hazard: measures and quantities, interim measures, drafting a document."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date
from decimal import Decimal, InvalidOperation
from typing import Final
from uuid import UUID

from django import forms
from django.contrib import messages
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.shortcuts import render
from django.urls import NoReverseMatch, reverse

from anlu.apps.hazards import services, terms
from anlu.apps.hazards.common import FAMILY
from anlu.apps.hazards.drafting import DRAFTS, Draft, draft_for, drafts_of
from anlu.apps.hazards.models import STANDING, InterimMeasure, WorkDone
from anlu.apps.hazards.permissions import HAZARD_VIEW
from anlu.apps.hazards.queries import hazards_for
from anlu.kernel.cases.models import Case
from anlu.kernel.core.clock import today
from anlu.kernel.core.dictionaries import choices
from anlu.kernel.core.errors import AnluError, NotFound
from anlu.kernel.documents.permissions import DRAFT
from anlu.kernel.people.models import Officer
from anlu.web.desk.cases.forms import day_field, units
from anlu.web.ledgers import ledgers
from anlu.web.nav import Crumb, page
from anlu.web.pages.base import one_of
from anlu.web.viewers import require_viewer

CHAPTER: Final = "源头管控"
ITEM: Final = "道路隐患"
LINES: Final = 5


def hazard_of(viewer: Officer, uid: UUID) -> Case:
    """A hazard that the person may see; ``Http404`` otherwise."""
    found: Case = one_of(hazards_for(viewer), ledgers.get(FAMILY.code), uid)
    return found


def _trail(request: HttpRequest, case: Case, label: str) -> None:
    request.trail = [Crumb(case.number, FAMILY.address_of(case.uid)), Crumb(label)]  # type: ignore[attr-defined]


# ------------------------------------------------------------------------------------------------ measures
@dataclass(frozen=True)
class Line:
    """One line of the form as it was filled in."""

    number: int
    measure: str = ""
    item: str = ""
    quantity: str = ""
    note: str = ""


def _lines(data: Mapping[str, str]) -> list[Line]:
    return [
        Line(n, *(data.get(f"{name}_{n}", "").strip() for name in ("measure", "item", "quantity", "note")))
        for n in range(1, LINES + 1)
    ]


def _work(line: Line) -> services.Work:
    """
    A line as the service takes it.

    Raises
    ------
    HazardProblem
        The quantity is no number.
    """
    try:
        quantity = Decimal(line.quantity or 0)
    except InvalidOperation:
        raise services.HazardProblem(f"第 {line.number} 行：「{line.quantity[:20]}」不是数") from None
    if not quantity.is_finite():
        raise services.HazardProblem(f"第 {line.number} 行：数量须为数")
    return services.Work(line.measure, line.item, quantity.quantize(Decimal("0.1")), line.note[:200])


@page("hazards.hazard.works", "hazards/<uuid:uid>/works/", "登记整改措施", chapter=CHAPTER, item=ITEM, entry=False,
      permission=HAZARD_VIEW, ledger=FAMILY.code)  # fmt: skip
def works(request: HttpRequest, uid: UUID) -> HttpResponse:
    """Measures that were taken, each with its quantity of work."""
    viewer = require_viewer(request)
    case = hazard_of(viewer, uid)
    problem, lines, day = "", _lines(request.POST), request.POST.get("done_on", "")
    gone = request.POST.get("void")
    if request.method == "POST" and gone is not None:
        try:
            services.void_work(_uid(gone), why=request.POST.get("why", ""), by=viewer)
        except AnluError as refused:
            problem = str(refused)
        else:
            messages.success(request, "已移除这项措施")
            return HttpResponseRedirect(request.path)
    elif request.method == "POST":
        try:
            stated = [_work(line) for line in lines if any((line.measure, line.item, line.quantity))]
            made = services.add_works(uid, stated, by=viewer, done_on=_day(day))
        except AnluError as refused:
            problem = str(refused)
        else:
            messages.success(request, f"已登记 {len(made)} 项措施")
            return HttpResponseRedirect(FAMILY.address_of(case.uid))
    _trail(request, case, "登记整改措施")
    context = {
        "page_title": f"登记整改措施 {case.number}",
        "page_note": case.title,
        "lines": lines,
        "written": [
            (one, services.work_words(one), request.POST.get("why") if gone == f"{one.uid}" else "")
            for one in WorkDone.objects.live().filter(case=case).order_by("pk")
        ],
        "measures": choices(terms.MEASURE, on=today)(),
        "items": choices(terms.WORK, on=today)(),
        "done_on": day or today().isoformat(),
        "latest": today().isoformat(),
        "problem": problem,
        "cancel_url": FAMILY.address_of(case.uid),
    }
    return render(request, "hazards/works.html", context, status=422 if problem else 200)


def _uid(text: str) -> UUID:
    try:
        return UUID(text)
    except ValueError:
        raise NotFound("没有这一项") from None


def _day(text: str) -> date | None:
    if not text.strip():
        return None
    try:
        return date.fromisoformat(text.strip())
    except ValueError:
        raise services.HazardProblem(f"「{text[:20]}」不是日期，应写成 2023-06-30") from None


# ------------------------------------------------------------------------------------------------ interim
class InterimForm(forms.Form):
    """A measure until a day."""

    measure = forms.ChoiceField(label="临时措施", choices=lambda: choices(terms.INTERIM, on=today)())
    until = day_field("保持到", required=True, help_text="到期前一天和当天提醒；整改完成后撤除")
    note = forms.CharField(label="说明", max_length=200, required=False)


@page("hazards.hazard.interim", "hazards/<uuid:uid>/interim/", "临时措施", chapter=CHAPTER, item=ITEM, entry=False,
      permission=HAZARD_VIEW, ledger=FAMILY.code)  # fmt: skip
def interim(request: HttpRequest, uid: UUID) -> HttpResponse:
    """Set an interim measure, take away or hand over one that stands; the latter also after closing."""
    viewer = require_viewer(request)
    case = hazard_of(viewer, uid)
    standing = InterimMeasure.objects.live().filter(STANDING, case=case).order_by("pk")
    ending = "remove" in request.POST or "hand" in request.POST
    form = InterimForm(request.POST if request.method == "POST" and not ending else None)
    if request.method == "POST":
        words = _do_interim(request, viewer, case, form)
        if words:
            messages.success(request, words)
            return HttpResponseRedirect(FAMILY.address_of(case.uid))
    _trail(request, case, "临时措施")
    context = {
        "page_title": f"临时措施 {case.number}",
        "page_note": case.title,
        "form": form if case.closed_on is None else None,
        "units": units(),
        "standing": [(one, dict(choices(terms.INTERIM)()).get(one.measure, one.measure)) for one in standing],
        "cancel_url": FAMILY.address_of(case.uid),
    }
    return render(request, "hazards/interim.html", context, status=422 if form.errors else 200)


def _do_interim(request: HttpRequest, viewer: Officer, case: Case, form: InterimForm) -> str:
    """What was done, "" when the form has to be shown again."""
    try:
        if "remove" in request.POST:
            services.remove_interim(_uid(request.POST["remove"]), by=viewer)
            return "已撤除临时措施"
        if "hand" in request.POST:
            to = units().filter(uid=_uid(request.POST.get("to", ""))).first()
            if to is None:
                raise NotFound("请选择移交给哪个单位")
            services.hand_over_interim(_uid(request.POST["hand"]), to, by=viewer)
            return f"已移交{to.name}"
        if form.is_valid():
            data = form.cleaned_data
            services.set_interim(case.uid, data["measure"], data["until"], by=viewer, note=data["note"])
            return "已登记临时措施"
    except AnluError as refused:
        if form.is_bound:
            form.add_error(None, str(refused))
        else:
            messages.error(request, str(refused))
    return ""


# ------------------------------------------------------------------------------------------------ documents
@page("hazards.hazard.draft", "hazards/<uuid:uid>/draft/", "起草文书", chapter=CHAPTER, item=ITEM, entry=False,
      permission=DRAFT, ledger=FAMILY.code)  # fmt: skip
def draft(request: HttpRequest, uid: UUID) -> HttpResponse:
    """Which document is drafted from the facts of the hazard; the rest is done where documents are."""
    viewer = require_viewer(request)
    case = hazard_of(viewer, uid)
    problem = ""
    if request.method == "POST":
        chosen = next((one for one in DRAFTS if one.kind == request.POST.get("kind")), None)
        try:
            made = draft_for(case, chosen, by=viewer) if chosen else None
        except AnluError as refused:
            problem = str(refused)
        else:
            if made is not None:
                messages.success(request, f"已起草{chosen.label if chosen else ''}，核对后送审")
                return HttpResponseRedirect(_document_url(made.uid) or FAMILY.address_of(case.uid))
            problem = "请选择文书"
    _trail(request, case, "起草文书")
    context = {
        "page_title": f"起草文书 {case.number}",
        "page_note": case.title,
        "offered": [_offer(case, one) for one in DRAFTS],
        "made": [(one, _document_url(one.uid)) for one in drafts_of(case, viewer)],
        "problem": problem,
        "cancel_url": FAMILY.address_of(case.uid),
    }
    return render(request, "hazards/draft.html", context, status=422 if problem else 200)


def _offer(case: Case, one: Draft) -> dict[str, str]:
    return {"kind": one.kind, "label": one.label, "help": one.help, "why": one.why_not(case)}


def _document_url(uid: UUID) -> str:
    try:
        return reverse("documents.document.detail", args=[uid])
    except NoReverseMatch:
        return ""

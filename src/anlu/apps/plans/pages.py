"""工作计划: the tree of a plan with lights, by owner and by month; and the small forms of a measure."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import date
from typing import Any, Final
from urllib.parse import urlencode
from uuid import UUID

from django.contrib import messages
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.shortcuts import render
from django.urls import reverse

from anlu.apps.plans import permissions, services
from anlu.apps.plans.forms import IndicatorsForm
from anlu.apps.plans.ledgers.plans import MEASURES
from anlu.apps.plans.lights import COLOURS, WORDS, Judged, judged, light_of
from anlu.apps.plans.models import AnnualTheme, Honour, Measure, MeasureIndicator, PlanGroup, WorkPlan
from anlu.engine.indicators.targets import LIGHT_WORDS, Light
from anlu.kernel.activities.models import Activity
from anlu.kernel.core.clock import today
from anlu.kernel.indicators.permissions import VIEW as INDICATOR_VIEW
from anlu.kernel.people.models import Officer
from anlu.web.figures import in_words, own_url
from anlu.web.nav import Crumb, page, pages
from anlu.web.pages.base import one_of
from anlu.web.pages.small import small_form
from anlu.web.viewers import require_viewer

CHAPTER, ITEM = "统计报告", "工作计划"
ORDER: Final = ("missed", "at_risk", "on_course", "done", "stopped")
LIGHTS: Final = {"on_course": "green", "at_risk": "amber", "missed": "red"}
BY: Final = (("tree", "按分组"), ("owner", "按责任单位"), ("month", "按月"))


@dataclass
class Line:
    """One measure in the tree."""

    measure: Measure
    light: str
    colour: str
    words: str
    url: str
    figures: list[dict[str, str]] = field(default_factory=list)
    below: list[Line] = field(default_factory=list)


@dataclass(frozen=True)
class LightChoice:
    """How many measures stand so; leads to just those, or back to all."""

    words: str
    colour: str
    number: int
    url: str
    active: bool


@dataclass
class Heap:
    """
    Measures under one heading: a group, a unit, a month.

    ``lines`` are those that are asked for; ``counts`` (words, colour, number), ``done`` and ``all`` are of every one.
    """

    label: str
    note: str
    lines: list[Line]
    counts: list[tuple[str, str, int]]
    done: int
    all: int


@page(
    "plans.progress",
    "plans/",
    "计划进展",
    chapter=CHAPTER,
    item=ITEM,
    entry=True,
    rank=10,
    permission=permissions.PLAN_VIEW,
)
def progress(request: HttpRequest) -> HttpResponse:
    """One plan: by group as a tree, by unit, or by the month in which a measure is due."""
    viewer = require_viewer(request)
    offered = list(WorkPlan.objects.visible_to(viewer).select_related("theme"))
    stated = request.GET.get("plan", "")
    plan = next((one for one in offered if str(one.uid) == stated), None) or _usual(offered, today())
    by = request.GET.get("by", "tree")
    by = by if by in dict(BY) else "tree"
    asked = [code for code in WORDS if code in request.GET.getlist("light")]
    every = _lines(plan, viewer) if plan else []
    heaps = _heaps(plan, every, asked, by) if plan else []
    standing = Counter(one.light for one in every)

    def url(**changes: Any) -> str:
        stated = {"plan": str(plan.uid) if plan else "", "by": by, "light": asked, **changes}
        return "?" + urlencode({name: value for name, value in stated.items() if value}, doseq=True)

    theme = AnnualTheme.objects.visible_to(viewer).filter(year=today().year).first()
    context = {
        "page_title": "计划进展",
        "page_note": f"{theme.year}年主题：{theme.name}" if theme else "",
        "plan": plan,
        "plans": [
            {
                "label": f"“{one.code}”{one.name}",
                "url": url(plan=str(one.uid), light=[]),
                "active": one == plan,
            }
            for one in offered
        ],
        "ways": [{"label": label, "url": url(by=code), "active": code == by} for code, label in BY],
        "heaps": [one for one in heaps if one.lines or not asked],
        "all_url": url(light=[]) if asked else "",
        "lights": [
            LightChoice(
                WORDS[code],
                COLOURS[code],
                standing[code],
                url(light=[] if asked == [code] else [code]),
                code in asked,
            )
            for code in ORDER
            if standing[code] or code in asked
        ],
        "new_url": _new_url(viewer, "plans.measure.new" if plan else "plans.plan.new"),
    }
    return render(request, "plans/progress.html", context)


def usual_plan(viewer: Officer, on: date) -> WorkPlan | None:
    """The plan that somebody looks at first: the annual one in force."""
    return _usual(list(WorkPlan.objects.visible_to(viewer).select_related("theme")), on)


def _usual(offered: list[WorkPlan], on: date) -> WorkPlan | None:
    in_force = [one for one in offered if one.starts_on <= on and (not one.ends_on or one.ends_on >= on)]
    annual = [one for one in in_force if one.kind == "annual"]
    return next(iter(annual or in_force or offered), None)


def _new_url(viewer: Officer, code: str) -> str:
    return reverse(code) if code in pages and pages.get(code).allows(viewer) else ""


def _lines(plan: WorkPlan, viewer: Officer) -> list[Line]:
    """All measures of a plan that a person sees, with how they stand and what their indicators say."""
    rows = Measure.objects.visible_to(viewer).filter(group__plan=plan, group__voided_at__isnull=True)
    measures = list(rows.select_related("group", "unit", "owner").order_by("number", "pk"))
    attached: dict[int, list[str]] = {}
    for measure, code in MeasureIndicator.objects.filter(measure__in=measures).values_list(
        "measure", "indicator"
    ):
        attached.setdefault(measure, []).append(code)
    codes = sorted({code for found in attached.values() for code in found})
    may = viewer.may(INDICATOR_VIEW)
    values = {one.indicator.code: one for one in judged(codes, today().year, today(), viewer)} if may else {}
    return [
        _line(one, [values[code] for code in attached.get(one.pk, []) if code in values]) for one in measures
    ]


def _line(measure: Measure, found: list[Judged]) -> Line:
    light = light_of(measure, today())
    return Line(
        measure,
        light,
        COLOURS[light],
        WORDS[light],
        MEASURES.url_of(measure),
        [_figure(one) for one in found],
    )


def _figure(one: Judged) -> dict[str, str]:
    value, measure = in_words(one.value.value, one.indicator)
    light = Light(one.light) if one.light else None
    return {
        "label": one.indicator.label,
        "words": f"{value}{measure}",
        "url": own_url("indicators.indicator", one.indicator, one.value.window),
        "light": LIGHT_WORDS[light] if light else "",
        "colour": LIGHTS[light.value] if light else "",
    }


def _heaps(plan: WorkPlan, every: list[Line], asked: list[str], by: str) -> list[Heap]:
    """The heaps of a plan, each with those of its measures whose light is asked for; none asked for: all."""
    if by == "owner":
        return _sorted_heaps(every, asked, _owner)
    if by == "month":
        return _sorted_heaps(every, asked, _month)
    heaps = []
    for group in PlanGroup.objects.live().filter(plan=plan).order_by("place", "pk"):
        mine = [one for one in every if one.measure.group_id == group.pk]
        note = "，".join(part for part in (group.family, group.meaning) if part)
        heaps.append(_heap(group.label, note, mine, _tree(_asked_of(mine, asked))))
    return heaps


def _sorted_heaps(
    every: list[Line], asked: list[str], name: Callable[[Measure], tuple[str, str]]
) -> list[Heap]:
    """Heaps by (key of the order, label)."""
    found: dict[tuple[str, str], list[Line]] = {}
    for one in every:
        found.setdefault(name(one.measure), []).append(one)
    return [_heap(key[1], "", found[key], _asked_of(found[key], asked)) for key in sorted(found)]


def _asked_of(lines: list[Line], asked: list[str]) -> list[Line]:
    return [one for one in lines if not asked or one.light in asked]


def _owner(measure: Measure) -> tuple[str, str]:
    unit = measure.unit
    return (unit.sort_key, unit.name) if unit else ("~", "未定责任单位")


def _month(measure: Measure) -> tuple[str, str]:
    due = measure.due_on
    return (f"{due:%Y-%m}", f"{due.year}年{due.month}月") if due else ("~", "未定时限")


def _tree(lines: list[Line]) -> list[Line]:
    """Those that stand below no other of the same; the others within them."""
    mine = {one.measure.pk: one for one in lines}
    tops = []
    for one in lines:
        above = mine.get(one.measure.parent_id or 0)
        (above.below if above else tops).append(one)
    return tops


def _heap(label: str, note: str, every: list[Line], lines: list[Line]) -> Heap:
    found = Counter(one.light for one in every)
    counts = [(WORDS[code], COLOURS[code], found[code]) for code in ORDER if found[code]]
    return Heap(label, note, lines, counts, found["done"], len(every))


# ------------------------------------------------------------------------------------------------ small forms
HERE: dict[str, Any] = {
    "permission": "plans.measure.change",
    "chapter": CHAPTER,
    "item": ITEM,
    "entry": False,
    "ledger": "plans.measure",
}


@page("plans.measure.indicators", "plans/measures/<uuid:uid>/indicators/", "关联指标", **HERE)
def measure_indicators(request: HttpRequest, uid: UUID) -> HttpResponse:
    """By which indicators a measure is judged."""
    viewer = require_viewer(request)
    measure: Measure = one_of(MEASURES.visible_rows(viewer, "change"), MEASURES, uid)
    held = list(measure.indicators.values_list("indicator", flat=True))
    form = IndicatorsForm(request.POST or None, initial={"indicators": held})
    request.trail = [Crumb(measure.title, MEASURES.url_of(measure)), Crumb("关联指标")]  # type: ignore[attr-defined]

    def act() -> str:
        services.attach_indicators(uid, form.cleaned_data["indicators"], by=viewer)
        return "已保存关联指标"

    return small_form(request, form, act, title=f"关联指标 {measure.title}", back=MEASURES.url_of(measure))


@page("plans.measure.evidence", "plans/measures/<uuid:uid>/evidence/", "挂佐证", **HERE)
def measure_evidence(request: HttpRequest, uid: UUID) -> HttpResponse:
    """Activities and honours that show a measure was carried out."""
    viewer = require_viewer(request)
    measure: Measure = one_of(MEASURES.visible_rows(viewer, "change"), MEASURES, uid)
    words = " ".join(request.GET.get("q", "").replace("\x00", "").split())[:60]
    offered = _offered(measure, words, viewer)
    held = list(measure.evidence.all())
    if request.method == "POST":
        ticked = set(request.POST.getlist("thing"))
        kept = {text for text in request.POST.getlist("kept") if text.isascii() and text.isdigit()}
        services.remove_evidence(uid, [one.pk for one in held if str(one.pk) in kept], by=viewer)
        chosen = [(thing, day) for thing, day, _ in offered if str(thing.uid) in ticked]
        new = services.add_evidence(uid, chosen, by=viewer)
        messages.success(request, f"已挂上佐证 {new} 条")
        return HttpResponseRedirect(MEASURES.url_of(measure))
    request.trail = [Crumb(measure.title, MEASURES.url_of(measure)), Crumb("挂佐证")]  # type: ignore[attr-defined]
    known = {(one.kind, one.thing) for one in held}
    context = {
        "page_title": f"挂佐证 {measure.title}",
        "held": held,
        "words": words,
        "lines": [one for one in offered if (one[0]._meta.label_lower, one[0].uid) not in known],
        "cancel_url": MEASURES.url_of(measure),
    }
    return render(request, "plans/evidence.html", context)


def _offered(measure: Measure, words: str, viewer: Officer) -> list[tuple[Any, Any, str]]:
    """Recent activities and honours that the person sees, narrowed by words."""
    activities = Activity.objects.visible_to(viewer).filter(state="held")
    honours = Honour.objects.visible_to(viewer)
    if measure.starts_on:
        activities = activities.filter(day__gte=measure.starts_on)
        honours = honours.filter(granted_on__gte=measure.starts_on)
    for word in words.split():
        activities = activities.filter(title__icontains=word)
        honours = honours.filter(title__icontains=word)
    found = [(one, one.day, "活动") for one in activities.order_by("-day")[:60]]
    return [*found, *((one, one.granted_on, "荣誉") for one in honours.order_by("-granted_on")[:30])]

"""今日: the morning page, the leader's view with its choice of indicators, and the big screen."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any, Final
from urllib.parse import urlencode

from django.contrib import messages
from django.http import Http404, HttpRequest, HttpResponse, HttpResponseRedirect
from django.http.response import HttpResponseBase
from django.shortcuts import render
from django.urls import reverse

from anlu.apps.dashboard import permissions as may
from anlu.apps.dashboard.choosing import MOST, choose, chosen_by
from anlu.apps.dashboard.content import ROADS, Figures, map_of, roads_of
from anlu.engine.lunar import lunar_words
from anlu.engine.periods import Period
from anlu.kernel.core.clock import now, today
from anlu.kernel.core.errors import AnluError
from anlu.kernel.core.language.formats import day_and_weekday
from anlu.kernel.indicators.define import Indicator, Nature
from anlu.kernel.indicators.permissions import EXPORT
from anlu.kernel.people.models import Officer
from anlu.web.comparing import COMPARE, comparison_of
from anlu.web.desk.indicators import NATURES, known_to
from anlu.web.nav import Crumb, page, pages
from anlu.web.panels import Board, Shown, Sight, shown_on
from anlu.web.tables import download
from anlu.web.viewers import require_viewer
from anlu.web.windows import Asked

CHAPTER: Final = "今日"
ON_TOP: Final = 4
CHARTS_BESIDE: Final = 3
ROADS_ON_SCREEN: Final = 5
OVERVIEW: Final = "总览"


# ------------------------------------------------------------------------------------------------ morning
@page("dashboard.morning", "morning/", "晨会一页纸", chapter=CHAPTER, permission=may.MORNING)
def morning(request: HttpRequest) -> HttpResponse:
    """One sheet of paper for the morning meeting: the year so far, yesterday, and what today asks for."""
    viewer, on = require_viewer(request), today()
    chosen = chosen_by(viewer)[:ON_TOP]
    asked = _asked(request, viewer, chosen)
    compared = comparison_of(asked)
    lunar = f"农历{lunar_words(on)}"
    context = {
        "page_note": f"{day_and_weekday(on)} · {lunar}",
        "asked": asked,
        "compared": compared,
        "figures": Figures.of(chosen, compared, viewer) if chosen and not asked.problems else None,
        "leader_url": _url(viewer, "dashboard.leader"),
        "panels": list(shown_on(Board.MORNING, Sight(viewer, on))),
        "seen_at": now(),
        "screen_url": _url(viewer, "dashboard.screen"),
    }
    return render(request, "dashboard/morning.html", context)


def _url(viewer: Officer, code: str) -> str:
    return reverse(code) if pages.get(code).allows(viewer) else ""


# ------------------------------------------------------------------------------------------------ leader
def _asked(request: HttpRequest, viewer: Officer, chosen: Sequence[Indicator]) -> Asked:
    """The window: without an address, this year so far."""
    return Asked.read(
        request.GET,
        viewer,
        permissions=sorted({one.main.seen_under for one in chosen}),
        default=lambda: Period.containing(today(), "year"),
        switches=(COMPARE,),
    )


@page("dashboard.leader", "leader/", "领导视图", chapter=CHAPTER, permission=may.LEADER)
def leader(request: HttpRequest) -> HttpResponse:
    """The chosen figures against last year, targets, cases, activities, the plan."""
    viewer = require_viewer(request)
    chosen = chosen_by(viewer)
    asked = _asked(request, viewer, chosen)
    compared, figures, roads = comparison_of(asked), None, None
    if chosen and not asked.problems:
        figures, roads = Figures.of(chosen, compared, viewer), roads_of(chosen, compared.window, viewer)
    context = {
        "page_note": asked.words(),
        "asked": asked,
        "compared": compared,
        "figures": figures,
        "charts": [_with_data(one, asked, viewer) for one in figures.charts] if figures else [],
        "roads": roads,
        "roads_data_url": _data_url(ROADS, asked, viewer) if roads else "",
        "panels": list(shown_on(Board.LEADER, Sight(viewer, today()))),
        "seen_at": now(),
        "choose_url": reverse("dashboard.choice"),
        "screen_url": _url(viewer, "dashboard.screen") + asked.url()
        if _url(viewer, "dashboard.screen")
        else "",
    }
    return render(request, "dashboard/leader.html", context)


def _with_data(chart: dict[str, Any], asked: Asked, viewer: Officer) -> dict[str, Any]:
    return chart | {"data_url": _data_url(chart["table_code"], asked, viewer)}


def _data_url(table: str, asked: Asked, viewer: Officer) -> str:
    """Where the numbers of a chart are fetched as a file; "" for those who may not export."""
    url = _url(viewer, "dashboard.data")
    return f"{url}?{urlencode([*asked.pairs(), ('table', table)])}" if url else ""


@page(
    "dashboard.data",
    "leader/data.xlsx",
    "导出图中的数",
    chapter=CHAPTER,
    item="领导视图",
    permission=EXPORT,
    entry=False,
)
def data(request: HttpRequest) -> HttpResponseBase:
    """The numbers of one chart, or of the map by road, as an Excel file."""
    viewer = require_viewer(request)
    chosen = chosen_by(viewer)
    asked = _asked(request, viewer, chosen)
    table, code = None, request.GET.get("table", "")
    if chosen and not asked.problems:
        compared = comparison_of(asked)
        roads = roads_of(chosen, compared.window, viewer, most=None) if code == ROADS else None
        table = roads.table if roads else Figures.of(chosen, compared, viewer).table(code)
    if table is None:
        raise Http404("所选指标中没有这张图")
    return download(table, asked.words(), request, viewer)


@page(
    "dashboard.choice",
    "leader/indicators/",
    "选择指标",
    chapter=CHAPTER,
    item="领导视图",
    permission=may.LEADER,
    entry=False,
)
def choice(request: HttpRequest) -> HttpResponse:
    """Which indicators stand on top, ticked from all that a person may see."""
    viewer = require_viewer(request)
    status = 200
    if request.method == "POST":
        codes = [] if request.POST.get("deed") == "reset" else request.POST.getlist("indicator")
        try:
            choose(codes, by=viewer)
        except AnluError as problem:
            messages.error(request, str(problem))
            status = 422
        else:
            messages.success(request, "已保存所选指标")
            return HttpResponseRedirect(reverse("dashboard.leader"))
    ticked = {one.code for one in chosen_by(viewer)}
    if status == 422:
        ticked = set(request.POST.getlist("indicator"))
    known = known_to(viewer)
    request.trail = [Crumb("选择指标")]  # type: ignore[attr-defined]
    context = {
        "page_note": f"最多 {MOST} 项，前 {ON_TOP} 项也显示在大屏上",
        "groups": [
            (label, [(one, one.code in ticked) for one in known if one.nature is nature])
            for nature, label in NATURES.items()
            if any(one.nature is nature for one in known)
        ],
        "enforcement": NATURES[Nature.ENFORCEMENT],
        "cancel_url": reverse("dashboard.leader"),
    }
    return render(request, "dashboard/choice.html", context, status=status)


# ------------------------------------------------------------------------------------------------ screen
@dataclass(frozen=True)
class ScreenPage:
    """One page of the big screen below the figures."""

    label: str
    panels: Sequence[Shown]
    is_overview: bool = False


def pages_of(shown: Sequence[Shown]) -> list[ScreenPage]:
    """The overview first, then the pages that panels name, in the order of their first panel; none empty."""
    found: dict[str, list[Shown]] = {OVERVIEW: []}
    for one in shown:
        found.setdefault(one.panel.screen or OVERVIEW, []).append(one)
    return [ScreenPage(label, some, label == OVERVIEW) for label, some in found.items()]


@page(
    "dashboard.screen",
    "screen/",
    "大屏",
    chapter=CHAPTER,
    item="领导视图",
    permission=may.SCREEN,
    entry=False,
)
def screen(request: HttpRequest) -> HttpResponse:
    """The same figures in large type, with a map in the middle; its script turns the pages."""
    viewer = require_viewer(request)
    chosen = chosen_by(viewer)
    asked = _asked(request, viewer, chosen)
    figures = map_ = roads = None
    if chosen and not asked.problems:
        compared = comparison_of(asked)
        figures = Figures.of(chosen[:ON_TOP], compared, viewer)
        map_ = map_of(chosen, compared.window, viewer)
        roads = roads_of(chosen, compared.window, viewer, most=ROADS_ON_SCREEN)
    shown = list(shown_on(Board.SCREEN, Sight(viewer, today())))
    context: dict[str, Any] = {
        "page_title": "大屏",
        "asked": asked,
        "figures": figures,
        "charts": [one | {"height": "screen"} for one in figures.charts[:CHARTS_BESIDE]] if figures else [],
        "map": map_,
        "roads": roads,
        "screens": pages_of(shown),
        "seen_at": now(),
        "day_words": day_and_weekday(today()),
        "leader_url": _url(viewer, "dashboard.leader") or reverse("web.home"),
    }
    return render(request, "dashboard/screen.html", context)

"""Statistics pages of crashes: four figures, where and when, quality of the data; and their Excel files."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace
from typing import Any, Final
from urllib.parse import urlencode

from django.http import Http404, HttpRequest, HttpResponse
from django.http.response import HttpResponseBase
from django.shortcuts import render
from django.urls import reverse

from anlu.apps.crashes.filters import FILTERS
from anlu.apps.crashes.permissions import EXPORT, VIEW
from anlu.apps.crashes.statistics import divisions
from anlu.apps.crashes.statistics.content import (
    MEASURE_SWITCH,
    Block,
    Build,
    Content,
    Days,
    Looking,
    all_years,
    procedure_switch,
    usual_handling,
)
from anlu.apps.crashes.statistics.four import four
from anlu.apps.crashes.statistics.measures import Handling
from anlu.apps.crashes.statistics.quality import quality
from anlu.engine.periods import Period
from anlu.kernel.core.clock import today
from anlu.kernel.core.filters import Filter
from anlu.kernel.people.models import Officer
from anlu.web.nav import page
from anlu.web.tables import NumberTable, download
from anlu.web.viewers import require_viewer
from anlu.web.windows import Asked, Choice, Switch, latest_year

CHAPTER: Final = "研判"
MOST_LINES: Final = 40  # of a table, unless all are asked for
EXPORT_PAGE: Final = "crashes.statistics.export"


def without(*names: str) -> tuple[Filter, ...]:
    """
    The filters of the ledger beyond what every page asks for itself (period, place, procedure).

    Parameters
    ----------
    names
        Also left out: what the page divides by, where a crash may stand under several headings.
    """
    asked = {"occurred", "unit", "town", "procedure", *names}
    return tuple(one for one in FILTERS if one.name not in asked)


FILTERS_OFFERED: Final = without()


@dataclass(frozen=True)
class Sheet:
    """One statistics page: its address, what it holds, which choices it offers."""

    code: str
    path: str
    label: str
    item: str
    build: Build
    switches: tuple[Switch, ...] = ()
    by_year: bool = True  # shows one year (or part) against the year before; else all years
    ordinary_first: bool = False
    filters: tuple[Filter, ...] = FILTERS_OFFERED

    @property
    def page(self) -> str:
        """Name of its address."""
        return f"crashes.statistics.{self.code}"

    def asked(self, request: HttpRequest, viewer: Officer, days: Days) -> Asked:
        """What the address asks for."""
        by_year = self.by_year or self._year_on_year(request)
        default: Callable[[], Period] = (
            (lambda: latest_year(days.last)) if by_year else (lambda: all_years(days))
        )
        switches = self.switches
        if self.ordinary_first:
            switches = (procedure_switch(usual_handling(viewer)), *switches)
        return Asked.read(
            request.GET,
            viewer,
            permissions=(VIEW,),
            default=default,
            switches=switches,
            usual="" if by_year else "历年",
            filters=self.filters,
        )

    def _year_on_year(self, request: HttpRequest) -> bool:
        """Whether the tables stand beside those of last year, as they do unless something else is asked for."""
        offers = divisions.COLUMNS_SWITCH in self.switches
        return offers and request.GET.get("columns", "compare") not in ("severity", "year")


BY_MEASURE: Final = (procedure_switch(Handling.ALL), MEASURE_SWITCH)
DIVIDED: Final = (*BY_MEASURE, divisions.COLUMNS_SWITCH, divisions.EMPTY_SWITCH)

SHEETS: Final[tuple[Sheet, ...]] = (
    Sheet(
        "four",
        "statistics/four/",
        "四项指数",
        "四项指数",
        four,
        (divisions.EMPTY_SWITCH,),
        ordinary_first=True,
    ),
    Sheet("time", "statistics/time/", "时空分布", "时空分布", divisions.time, BY_MEASURE, by_year=False),
    *(
        Sheet(code, f"statistics/{code}/", label, "时空分布", build, switches, by_year=False)
        for code, label, build, switches in (
            ("hours", "时段分布", divisions.hours, BY_MEASURE),
            ("areas", "辖区分布", divisions.areas, DIVIDED),
            ("roads", "道路分布", divisions.roads, DIVIDED),
            ("causes", "原因分布", divisions.causes, DIVIDED),
            ("forms", "形态分布", divisions.forms, DIVIDED),
            ("surroundings", "天气与照明", divisions.surroundings, DIVIDED),
        )
    ),
    Sheet(
        "involved",
        "statistics/involved/",
        "车辆与人员",
        "时空分布",
        divisions.involved,
        DIVIDED,
        by_year=False,
        filters=without("vehicle_class", "party_age"),
    ),
    Sheet("quality", "statistics/quality/", "口径与数据质量", "口径与数据质量", quality, filters=()),
)
BY_CODE: Final = {sheet.code: sheet for sheet in SHEETS}


def _look(sheet: Sheet, request: HttpRequest) -> tuple[Looking, Content]:
    viewer = require_viewer(request)
    days = Days(viewer)
    looking = Looking(sheet.asked(request, viewer, days), viewer, days)
    empty = bool(looking.asked.problems) or days.last is None
    return looking, Content() if empty else sheet.build(looking)


def _view(sheet: Sheet) -> Callable[[HttpRequest], HttpResponse]:
    def answer(request: HttpRequest) -> HttpResponse:
        looking, content = _look(sheet, request)
        asked = looking.asked
        blocks, pairs = (_with_downloads(some, sheet, looking) for some in (content.blocks, content.pairs))
        blocks = blocks if looking.with_empty else [_shortened(one) for one in blocks]
        charts, below = (_with_data(some, sheet, looking) for some in (content.charts, content.charts_below))
        context: dict[str, Any] = {
            "page_title": sheet.label,
            "page_note": asked.words(),
            "asked": asked,
            "content": replace(content, blocks=blocks, pairs=pairs, charts=charts, charts_below=below),
            "caliber": caliber(looking),
            "tabs": tabs_of(sheet, asked),
            "data_as_of": data_as_of(looking.days),
            "no_crashes": looking.days.last is None,
        }
        return render(request, "crashes/statistics.html", context)

    answer.__doc__ = f"{sheet.label}."
    return answer


for _sheet in SHEETS:
    page(
        _sheet.page,
        _sheet.path,
        _sheet.label,
        chapter=CHAPTER,
        item=_sheet.item,
        permission=VIEW,
        entry=_sheet.label == _sheet.item,
    )(_view(_sheet))


def tabs_of(sheet: Sheet, asked: Asked) -> list[Choice]:
    """Sister pages, which keep the period and the places."""
    sisters = [one for one in SHEETS if one.item == sheet.item]
    if len(sisters) < 2:
        return []
    label = {"time": "年月分布"}
    return [
        Choice(label.get(one.code, one.label), reverse(one.page) + _query(one, asked), one == sheet)
        for one in sisters
    ]


def _query(sheet: Sheet, asked: Asked) -> str:
    known = {"period", "unit", "area", *(one.name for one in sheet.switches)}
    known |= {name for one in sheet.filters for name in one.names}
    kept = [(name, value) for name, value in asked.pairs() if name in known]
    return f"?{urlencode(kept)}" if kept else ""


PROCEDURES: Final = {
    Handling.ORDINARY: "只计按一般程序处理的事故，不含简易程序和自行协商",
    Handling.ALL: "含一般程序、简易程序和自行协商的事故",
}


def caliber(looking: Looking) -> str:
    """口径 in one line: which procedures, which deaths, which injured, which loss."""
    return (
        f"口径：{PROCEDURES[looking.handling]}；按发生日期和发生时的辖区统计；死亡为事故后 7 日内死亡的人数；"
        "受伤不含 7 日内死亡的人；财产损失为直接财产损失"
    )


def data_as_of(days: Days) -> str:
    """数据截至 2023-07-03,最近一起发生于 2023-07-02."""
    latest = f"，最近一起发生于 {days.last}" if days.last else ""
    return f"数据截至 {today()}{latest}"


def _with_downloads(blocks: Sequence[Block], sheet: Sheet, looking: Looking) -> list[Block]:
    """The tables with the address of their files, for people who may export."""
    if not looking.viewer.may(EXPORT):
        return list(blocks)
    found = []
    for one in blocks:
        url = _download_url(one.table.code, sheet, looking)
        chart = one.chart and {**one.chart, "data_url": url}
        found.append(replace(one, table=replace(one.table, download_url=url), chart=chart))
    return found


def _shortened(block: Block) -> Block:
    """The first lines of a very long table and its total; files hold the whole."""
    table = block.table
    if len(table.lines) <= MOST_LINES + 1:
        return block
    words = f"前 {MOST_LINES} 项，共 {len(table.lines) - 1} 项；其余选“全部列出”或见 Excel"
    note = "；".join(part for part in (words, table.note) if part)
    return replace(block, table=replace(table, lines=(*table.lines[:MOST_LINES], table.lines[-1]), note=note))


def _download_url(table: str, sheet: Sheet, looking: Looking) -> str:
    stated = [("sheet", sheet.code), ("table", table), *looking.asked.pairs()]
    return f"{reverse(EXPORT_PAGE)}?{urlencode(stated)}"


def _with_data(charts: Sequence[dict[str, Any]], sheet: Sheet, looking: Looking) -> list[dict[str, Any]]:
    """The charts with the address of the file of their numbers, for people who may export."""
    if not looking.viewer.may(EXPORT):
        return list(charts)
    return [{**one, "data_url": _download_url(one["table_code"], sheet, looking)} for one in charts]


@page(
    EXPORT_PAGE,
    "statistics/export.xlsx",
    "导出统计表",
    permission=EXPORT,
    chapter=CHAPTER,
    item="四项指数",
    entry=False,
)
def export(request: HttpRequest) -> HttpResponseBase:
    """One table of one page as an Excel file."""
    sheet = BY_CODE.get(request.GET.get("sheet", SHEETS[0].code))
    if sheet is None:
        raise Http404("没有这一页")
    looking, content = _look(sheet, request)
    table = content.table(request.GET.get("table", ""))
    if table is None:
        table = NumberTable("empty", f"{sheet.label}(没有数据)", "", (), ())
    return download(table, looking.asked.words(), request, looking.viewer)

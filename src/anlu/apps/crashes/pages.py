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
from anlu.kernel.people.models import Officer
from anlu.web.nav import page
from anlu.web.tables import NumberTable, download
from anlu.web.viewers import require_viewer
from anlu.web.windows import Asked, Choice, Switch, latest_year

CHAPTER: Final = "研判"
EXPORT_PAGE: Final = "crashes.statistics.export"


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

    @property
    def page(self) -> str:
        """Name of its address."""
        return f"crashes.statistics.{self.code}"

    def asked(self, request: HttpRequest, viewer: Officer, days: Days) -> Asked:
        """What the address asks for."""
        default: Callable[[], Period] = (
            (lambda: latest_year(days.last)) if self.by_year else (lambda: all_years(days))
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
            usual="" if self.by_year else "历年",
        )


BY_MEASURE: Final = (procedure_switch(Handling.ALL), MEASURE_SWITCH)
BY_MEASURE_AND_COLUMNS: Final = (*BY_MEASURE, divisions.COLUMNS_SWITCH)

SHEETS: Final[tuple[Sheet, ...]] = (
    Sheet("four", "statistics/four/", "四项指数", "四项指数", four, ordinary_first=True),
    Sheet("time", "statistics/time/", "时空分布", "时空分布", divisions.time, BY_MEASURE, by_year=False),
    *(
        Sheet(code, f"statistics/{code}/", label, "时空分布", build, switches, by_year=False)
        for code, label, build, switches in (
            ("hours", "时段分布", divisions.hours, BY_MEASURE),
            ("areas", "辖区分布", divisions.areas, BY_MEASURE_AND_COLUMNS),
            ("causes", "原因分布", divisions.causes, BY_MEASURE_AND_COLUMNS),
            ("forms", "形态分布", divisions.forms, BY_MEASURE_AND_COLUMNS),
            ("roads", "道路与环境", divisions.roads, BY_MEASURE_AND_COLUMNS),
        )
    ),
    Sheet("quality", "statistics/quality/", "口径与数据质量", "口径与数据质量", quality),
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
        context: dict[str, Any] = {
            "page_title": sheet.label,
            "page_note": asked.words(),
            "asked": asked,
            "content": replace(content, blocks=blocks, pairs=pairs),
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
    kept = {name: value for name, value in asked.parameters().items() if name in known}
    return f"?{urlencode(kept)}" if kept else ""


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
        stated = {"sheet": sheet.code, "table": one.table.code, **looking.asked.parameters()}
        url = f"{reverse(EXPORT_PAGE)}?{urlencode(stated)}"
        found.append(replace(one, table=replace(one.table, download_url=url)))
    return found


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

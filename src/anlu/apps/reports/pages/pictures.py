"""The pictures of a report: which stand where with which words, and the library to choose from beside it."""

from __future__ import annotations

from typing import Any, Final
from uuid import UUID

from django.contrib import messages
from django.http import Http404, HttpRequest, HttpResponse, HttpResponseRedirect
from django.shortcuts import render

from anlu.apps.reports.arrangement import HALF_YEAR
from anlu.apps.reports.models import State
from anlu.apps.reports.pages.library import sheet_of
from anlu.apps.reports.pages.looking import Looking, looking_at
from anlu.apps.reports.permissions import CHANGE, PICTURE_VIEW
from anlu.apps.reports.picturing import change_placed, picture_for, place_picture, take_out
from anlu.apps.reports.services import sections_in, start_report
from anlu.kernel.core.errors import AnluError
from anlu.web.nav import Crumb, page

ON_A_SHEET: Final = 12
DEEDS: Final = {
    "place": "已放入报告",
    "change": "已保存",
    "up": "已上移",
    "out": "已移出报告，图片仍在素材库",
}


@page(
    "reports.pictures",
    "reports/<str:kind>/pictures/",
    "选用图片",
    chapter="统计报告",
    item=HALF_YEAR.label,
    permission=CHANGE,
    entry=False,
)
def pictures_page(request: HttpRequest, kind: str) -> HttpResponse:
    """Choose pictures for the sections of a report, change their words and order."""
    looking = looking_at(request, kind)
    if request.method == "POST":
        return _do(request, looking)
    changing = looking.report.state != State.FINAL
    request.trail = [Crumb(looking.report.title, looking.url()), Crumb("选用图片")]  # type: ignore[attr-defined]
    values = request.GET.copy()
    if not values.get("asked"):  # at first: pictures of the report's own days
        values["asked"] = "1"
        values["day_from"], values["day_to"] = str(looking.period.start), str(looking.period.end)
    picking = changing and looking.viewer.may(PICTURE_VIEW)
    context: dict[str, Any] = {
        "page_note": looking.report.title,
        "looking": looking,
        "placed": looking.pictures,
        "sections": sections_in(looking.report),
        "changing": changing,
        "sheet": sheet_of(values, looking.viewer, keep=("period", "report", "asked"), size=ON_A_SHEET)
        if picking
        else None,
        "taken": {one.file for one in looking.pictures},
    }
    return render(request, "reports/pictures.html", context)


def _do(request: HttpRequest, looking: Looking) -> HttpResponse:
    given = request.POST
    deed = given.get("deed", "")
    try:
        file = UUID(given.get("file", ""))
    except ValueError:
        raise Http404("没有这张图片") from None
    if deed not in DEEDS:
        raise Http404
    try:
        report = looking.report
        if not report.pk:
            report = start_report(looking.kind, report.period, by=looking.viewer)
        if deed == "place":
            picture = picture_for(looking.viewer, file)
            place_picture(
                report, picture, given.get("section", ""), given.get("caption", ""), by=looking.viewer
            )
        elif deed == "out":
            take_out(report, file, by=looking.viewer)
        else:
            values = {name: given.get(name, "") for name in ("section", "caption", "alt")}
            change_placed(report, file, values | ({"up": "1"} if deed == "up" else {}), by=looking.viewer)
    except AnluError as problem:
        messages.error(request, str(problem))
    else:
        messages.success(request, DEEDS[deed])
    return HttpResponseRedirect(request.get_full_path())

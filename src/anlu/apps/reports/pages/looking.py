"""Which report an address asks for."""

from __future__ import annotations

from dataclasses import dataclass
from functools import cached_property
from typing import Any
from urllib.parse import urlencode
from uuid import UUID

from django.http import Http404, HttpRequest
from django.urls import reverse

from anlu.apps.reports.arrangement import FREE, ReportKind, report_kinds
from anlu.apps.reports.models import Report
from anlu.apps.reports.picturing import Placed, placed_in
from anlu.apps.reports.services import NoSuchReport, period_of, report_for, text_of
from anlu.apps.reports.watching import Watch, watch
from anlu.apps.reports.writing import Text
from anlu.engine.periods import Period
from anlu.kernel.core.clock import today
from anlu.kernel.people.models import Officer
from anlu.web.viewers import require_viewer


@dataclass
class Looking:
    """A report as one person looks at it."""

    viewer: Officer
    kind: ReportKind
    period: Period
    report: Report
    problem: str = ""

    @cached_property
    def text(self) -> Text:
        """What it says now."""
        return text_of(self.report, self.viewer)

    @cached_property
    def pictures(self) -> list[Placed]:
        """The pictures that stand in it, and those that are not shown."""
        return placed_in(self.report, self.viewer)

    @cached_property
    def watch(self) -> Watch:
        """What has become of its numbers."""
        return watch(self.report, self.text, self.viewer)

    def url(self, page: str = "reports.view", **more: str) -> str:
        """A page of this report; ``key`` is part of the path, everything else of the query."""
        path: dict[str, Any] = {"kind": self.kind.code}
        if "key" in more:
            path["key"] = more.pop("key")
        stated = (
            {"report": str(self.report.uid)} if self.kind.code == FREE else {"period": self.report.period}
        )
        return f"{reverse(page, kwargs=path)}?{urlencode({**stated, **more})}"

    def at(self, period: Period) -> str:
        """The report of another period."""
        return f"{reverse('reports.view', args=[self.kind.code])}?{urlencode({'period': period.code})}"


def looking_at(request: HttpRequest, kind: str) -> Looking:
    """
    The report that an address asks for; without a period the last one that is over.

    Raises
    ------
    Http404
        There is no such kind, or no such free report.
    """
    viewer = require_viewer(request)
    if kind not in report_kinds:
        raise Http404("没有这种报告")
    known = report_kinds.get(kind)
    if kind == FREE:
        return _free(request, viewer, known)
    usual = _last(known)
    stated = (request.GET.get("period") or "").strip()[:40]
    try:
        period = period_of(known, stated) if stated else usual
    except NoSuchReport as problem:
        return Looking(viewer, known, usual, report_for(known, usual), str(problem))
    return Looking(viewer, known, period, report_for(known, period))


def _last(kind: ReportKind) -> Period:
    """The last period that is over."""
    return Period.containing(today(), kind.over).previous()


def _free(request: HttpRequest, viewer: Officer, kind: ReportKind) -> Looking:
    try:
        uid = UUID(request.GET.get("report", ""))
    except ValueError:
        raise Http404("没有这份报告") from None
    found = Report.objects.visible_to(viewer).filter(kind=FREE, uid=uid).first()
    if found is None:
        raise Http404("没有这份报告")
    return Looking(viewer, kind, period_of(kind, found.period), found)

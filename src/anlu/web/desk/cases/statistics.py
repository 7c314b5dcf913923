"""闭环统计: what became of cases in a period, by ledger and kind, by town, by lead unit; numbers open their rows."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from datetime import date, timedelta
from typing import Any, Final

from django.db.models import QuerySet
from django.http import HttpRequest
from django.http.response import HttpResponseBase
from django.shortcuts import render

from anlu.kernel.cases import permissions as may
from anlu.kernel.cases.kinds import Family, families, kinds_of
from anlu.kernel.cases.models import Case
from anlu.kernel.cases.queries import AGES, Figures, age_days, figures, figures_by
from anlu.kernel.core.clock import today
from anlu.kernel.core.scope import Viewer
from anlu.kernel.people.filters import UnitFilter
from anlu.kernel.people.models import Unit
from anlu.kernel.places.filters import ITSELF
from anlu.kernel.places.models import Area
from anlu.web.ledgers import ledgers
from anlu.web.nav import Crumb, page
from anlu.web.tables import Line, Number, NumberTable, download
from anlu.web.viewers import require_viewer

HEADS: Final = ("发现", "办结", "按期率", "反弹", "未办结", "逾期", *(label for _, label in AGES))
LONGEST: Final = timedelta(days=40 * 366)
WAYS: Final = (("kind", "按类型"), ("town", "按镇街"), ("lead", "按牵头单位"))
STANDING: Final = ["open", "resolved", "dropped"]  # all but what was merged


@dataclass(frozen=True)
class Asked:
    """Period, way of grouping and family that a page asks for; ``problem`` says what could not be read."""

    start: date
    end: date
    way: str
    family: Family | None
    problem: str = ""

    @property
    def words(self) -> str:
        """In words, for the head of a file."""
        shown = self.family.label if self.family and self.way != "kind" else "全部台账"
        return f"{self.start} 至 {self.end}，{shown}"


@page("cases.statistics", "cases/statistics/", "闭环统计", chapter="综合治理", item="督办约谈挂牌",
      permission=may.STATISTICS_VIEW, entry=True, rank=60)  # fmt: skip
def statistics(request: HttpRequest) -> HttpResponseBase:
    """Found, closed, on time, rebound and age for a period; ``?as=xlsx`` gives the same table as a file."""
    viewer = require_viewer(request)
    seen = [one for one in families if viewer.may(one.permission_to("view")) and kinds_of(one.code)]
    asked = _asked(request, seen)
    table = table_of(asked, seen, viewer)
    if request.GET.get("as") == "xlsx":
        return download(table, asked.words, request, viewer)
    stated = request.GET.copy()
    stated["as"] = "xlsx"
    context = {
        "asked": asked,
        "ways": WAYS,
        "families": seen,
        "table": table,
        "file_url": f"?{stated.urlencode()}",
        "page_note": f"{asked.start} 至 {asked.end}",
    }
    request.trail = [Crumb("闭环统计")]  # type: ignore[attr-defined]
    return render(request, "web/cases/statistics.html", context)


def table_of(asked: Asked, seen: Iterable[Family], viewer: Viewer) -> NumberTable:
    """The table that is asked for."""
    if asked.family is None:
        lines: Iterator[Line] = iter(())
    elif asked.way == "kind":
        lines = (line for family in seen for line in _by_kind(family, asked, viewer))
    else:
        lines = _by_place(asked.family, asked, viewer)
    corner = {"kind": "台账、类型", "town": "镇街", "lead": "牵头单位"}[asked.way]
    return NumberTable(f"cases.{asked.way}", "闭环统计", corner, HEADS, tuple(lines))


def _rows(family: Family, viewer: Viewer) -> QuerySet[Any]:
    return Case.objects.visible_to(viewer, family.permission_to("view"))


def _by_kind(family: Family, asked: Asked, viewer: Viewer) -> Iterator[Line]:
    """The family, then its kinds where it has several."""
    rows, offered = _rows(family, viewer), kinds_of(family.code)
    yield _line(
        family.label, family, figures(rows, asked.start, asked.end), asked, {}, total=len(offered) > 1
    )
    found = figures_by(rows, "kind", asked.start, asked.end) if len(offered) > 1 else {}
    for kind in offered:
        if kind.code in found:
            yield _line(f"　{kind.label}", family, found[kind.code], asked, {"kind": kind.code})


def _by_place(family: Family, asked: Asked, viewer: Viewer) -> Iterator[Line]:
    """Towns or lead units in their own order, those without a case left out; then what has none; then all."""
    rows, way = _rows(family, viewer), asked.way
    found = figures_by(rows, way, asked.start, asked.end)
    model: Any = Area if way == "town" else Unit
    for place in model.objects.filter(pk__in=[pk for pk in found if pk]).order_by("sort_key", "code"):
        yield _line(place.name, family, found[place.pk], asked, {way: ITSELF + place.code})
    if None in found:
        yield _line("未定", family, found[None], asked, {way: UnitFilter.MISSING})
    yield _line("合计", family, figures(rows, asked.start, asked.end), asked, {}, total=True)


def _line(
    label: str, family: Family, found: Figures, asked: Asked, extra: dict[str, str], *, total: bool = False
) -> Line:
    return Line(label, tuple(_numbers(found, family, asked, extra)), total=total)


def _numbers(found: Figures, family: Family, asked: Asked, extra: dict[str, str]) -> Iterator[Number]:
    def to(**parameters: Any) -> str:
        return ledgers.get(family.code).url(extra | parameters)

    start, end, now = f"{asked.start}", f"{asked.end}", asked.end == today()
    closing = {"closed_from": start, "closed_to": end, "stage": "resolved"}
    yield _count(found.found, to(found_from=start, found_to=end, stage=STANDING))
    yield _count(found.closed, to(**closing))
    share = found.on_time_share
    yield Number(share_words(share), share, to(**closing, on_time="1") if share is not None else "")
    yield _count(found.rebounds, to(reopened_from=start, reopened_to=end, stage=STANDING))
    yield _count(found.open_at_end, to(stage="open") if now else "")
    yield _count(found.overdue_at_end, to(due="overdue") if now else "")
    for number, (oldest, youngest) in zip(found.ages.values(), age_days(asked.end), strict=True):
        days = {"found_from": f"{oldest}", "found_to": f"{youngest}"}
        yield _count(number, to(stage="open", **days) if now else "")


def _count(number: int, url: str) -> Number:
    return Number(f"{number:,}", number, url if number else "")


def share_words(share: float | None) -> str:
    """94.1%, — where there is nothing to divide by."""
    return "—" if share is None else f"{share:.1%}"


def _asked(request: HttpRequest, seen: list[Family]) -> Asked:
    """What the address asks for; this year so far, by kind, where it says nothing or cannot be read."""
    way = request.GET.get("by", "")
    way = way if way in dict(WAYS) else WAYS[0][0]
    offered = [one for one in seen if one.located] if way == "town" else seen
    stated = request.GET.get("family", "")
    family = next((one for one in offered if one.code == stated), offered[0] if offered else None)
    return Asked(*_period(request), way=way, family=family, problem=_problem(request))


def _stated(request: HttpRequest) -> tuple[date, date]:
    """The period as it is written, this year so far for what is not stated; raises ``ValueError``."""
    usual = (today().replace(month=1, day=1), today())
    start, end = (
        date.fromisoformat(text) if (text := request.GET.get(name, "").strip()) else day
        for name, day in zip(("start", "end"), usual, strict=True)
    )
    return start, end


def _problem(request: HttpRequest) -> str:
    """What is wrong with the period, "" when nothing is."""
    try:
        start, end = _stated(request)
    except ValueError:
        return "日期应写成 2023-06-30，已按今年以来统计"
    return "止日早于起日，已按今年以来统计" if end < start or end - start > LONGEST else ""


def _period(request: HttpRequest) -> tuple[date, date]:
    """The stated period; this year so far where it cannot be read."""
    return (today().replace(month=1, day=1), today()) if _problem(request) else _stated(request)

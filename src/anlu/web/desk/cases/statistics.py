"""闭环统计: what became of cases in a period, by ledger and kind, by town, by lead unit; numbers open their rows."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from typing import Any, Final

from django.http import HttpRequest, HttpResponse
from django.http.response import HttpResponseBase
from django.shortcuts import render
from django.urls import reverse

from anlu.kernel.cases import permissions as may
from anlu.kernel.cases.kinds import Family, families, kinds_of
from anlu.kernel.cases.models import Case
from anlu.kernel.cases.queries import AGES, Figures, age_days, figures_by, figures_by_kind, total_of
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

CHAPTER, ITEM = "综合治理", "督办约谈挂牌"
HEADS: Final = ("发现", "办结", "应办结", "按期办结", "按期率", "反弹", "未办结", "逾期",
                *(label for _, label in AGES))  # fmt: skip
LONGEST: Final = timedelta(days=40 * 366)
WAYS: Final = (("kind", "按类型"), ("town", "按镇街"), ("lead", "按牵头单位"))
STANDING: Final = ["open", "resolved", "dropped"]  # all but what was merged


@dataclass(frozen=True)
class Wanted:
    """Period, way of grouping and family that an address asks for; ``problem`` says what could not be read."""

    start: date
    end: date
    way: str
    family: Family | None
    problem: str = ""

    @classmethod
    def read(cls, request: HttpRequest, seen: Sequence[Family]) -> Wanted:
        """What the address asks for; this year so far, by kind, where it says nothing or cannot be read."""
        way = request.GET.get("by", "")
        way = way if way in dict(WAYS) else WAYS[0][0]
        offered = [one for one in seen if one.located] if way == "town" else seen
        stated = request.GET.get("family", "")
        family = next((one for one in offered if one.code == stated), next(iter(offered), None))
        start, end, problem = _period(request)
        return cls(start, end, way, family, problem)

    @property
    def words(self) -> str:
        """In words, for the head of a file."""
        shown = self.family.label if self.family and self.way != "kind" else "全部台账"
        return f"{self.start} 至 {self.end}，{shown}"


def _period(request: HttpRequest) -> tuple[date, date, str]:
    """First and last day as stated, and what is wrong with them; this year so far for what is not stated, or wrong."""
    start, end = today().replace(month=1, day=1), today()
    texts = [request.GET.get(name, "").strip() for name in ("start", "end")]
    try:
        first, last = (
            date.fromisoformat(text) if text else day for text, day in zip(texts, (start, end), strict=True)
        )
    except ValueError:
        return start, end, "日期应写成 2023-06-30，已按今年以来统计"
    if last < first:
        return start, end, "止日早于起日，已按今年以来统计"
    if last - first > LONGEST:
        return start, end, "期间最长 40 年，已按今年以来统计"
    return first, last, ""


@page("cases.statistics", "cases/statistics/", "闭环统计", chapter=CHAPTER, item=ITEM,
      permission=may.STATISTICS_VIEW, entry=True, rank=60)  # fmt: skip
def statistics(request: HttpRequest) -> HttpResponse:
    """Found, closed, on time, rebound and age for a period."""
    viewer = require_viewer(request)
    seen = _seen(viewer)
    wanted = Wanted.read(request, seen)
    export_url = f"{reverse('cases.statistics.export')}?{request.GET.urlencode()}"
    context = {
        "wanted": wanted,
        "ways": WAYS,
        "families": seen,
        "table": table_of(wanted, seen, viewer),
        "export_url": export_url if viewer.may(may.STATISTICS_EXPORT) else "",
        "page_note": f"{wanted.start} 至 {wanted.end}",
    }
    request.trail = [Crumb("闭环统计")]  # type: ignore[attr-defined]
    return render(request, "web/cases/statistics.html", context)


@page("cases.statistics.export", "cases/statistics/export.xlsx", "导出闭环统计", chapter=CHAPTER, item=ITEM,
      permission=may.STATISTICS_EXPORT, entry=False)  # fmt: skip
def export(request: HttpRequest) -> HttpResponseBase:
    """The same table as an Excel file."""
    viewer = require_viewer(request)
    seen = _seen(viewer)
    wanted = Wanted.read(request, seen)
    return download(table_of(wanted, seen, viewer), wanted.words, request, viewer)


def _seen(viewer: Viewer) -> list[Family]:
    """Ledgers of which this person may see cases."""
    return [one for one in families if viewer.may(one.permission_to("view")) and kinds_of(one.code)]


def table_of(wanted: Wanted, seen: Sequence[Family], viewer: Viewer) -> NumberTable:
    """The table that is wanted."""
    if wanted.family is None:
        lines: Iterator[Line] = iter(())
    elif wanted.way == "kind":
        lines = _by_kind(seen, wanted, viewer)
    else:
        lines = _by_place(wanted.family, wanted, viewer)
    corner = {"kind": "台账、类型", "town": "镇街", "lead": "牵头单位"}[wanted.way]
    return NumberTable(f"cases.{wanted.way}", "闭环统计", corner, HEADS, tuple(lines))


def _by_kind(seen: Sequence[Family], wanted: Wanted, viewer: Viewer) -> Iterator[Line]:
    """Each family, then its kinds where it has several."""
    rows = Case.objects.visible_to(viewer).filter(family__in=[one.code for one in seen])
    shown = {family.code: offered for family in seen if len(offered := kinds_of(family.code)) > 1}
    known = [kind.code for offered in shown.values() for kind in offered]
    found = figures_by_kind(rows, wanted.start, wanted.end, kinds=known)
    for family in seen:
        whole = total_of(one for (code, _), one in found.items() if code == family.code)
        yield _line(family.label, family, whole, wanted, {}, total=family.code in shown)
        for kind in shown.get(family.code, ()):
            figures = found.get((family.code, kind.code))
            if figures is not None:
                yield _line(f"　{kind.label}", family, figures, wanted, {"kind": kind.code})


def _by_place(family: Family, wanted: Wanted, viewer: Viewer) -> Iterator[Line]:
    """Towns or lead units in their own order, those without a case left out; then what has none; then all."""
    rows, way = Case.objects.visible_to(viewer, family.permission_to("view")), wanted.way
    found = figures_by(rows, way, wanted.start, wanted.end)
    model: Any = Area if way == "town" else Unit
    for place in model.objects.filter(pk__in=[pk for pk in found if pk]).order_by("sort_key", "code"):
        yield _line(place.name, family, found[place.pk], wanted, {way: ITSELF + place.code})
    if None in found:
        yield _line("未定", family, found[None], wanted, {way: UnitFilter.MISSING})
    yield _line("合计", family, total_of(found.values()), wanted, {}, total=True)


def _line(
    label: str, family: Family, found: Figures, wanted: Wanted, extra: dict[str, str], *, total: bool = False
) -> Line:
    return Line(label, tuple(_numbers(found, family, wanted, extra)), total=total)


def _numbers(found: Figures, family: Family, wanted: Wanted, extra: dict[str, str]) -> Iterator[Number]:
    def to(**parameters: Any) -> str:
        return ledgers.get(family.code).url(extra | parameters)

    start, end = f"{wanted.start}", f"{wanted.end}"
    closing = {"closed_from": start, "closed_to": end, "stage": "resolved"}
    yield _count(found.found, to(found_from=start, found_to=end, stage=STANDING))
    yield _count(found.closed, to(**closing))
    yield _count(found.due, to(answerable_from=start, answerable_to=end))
    yield _count(found.on_time, to(**closing, on_time="1"))
    yield Number(share_words(found.on_time_share), found.on_time_share)
    yield _count(found.rebounds, to(reopened_from=start, reopened_to=end, stage=STANDING))
    yield _count(found.open_at_end, to(open_at=end, stage=STANDING))
    yield _count(found.overdue_at_end, to(overdue_at=end, stage=STANDING))
    for number, (oldest, youngest) in zip(found.ages.values(), age_days(wanted.end), strict=True):
        days = {"found_from": f"{oldest}", "found_to": f"{youngest}"}
        yield _count(number, to(open_at=end, stage=STANDING, **days))


def _count(number: int, url: str) -> Number:
    return Number(f"{number:,}", number, url if number else "")


def share_words(share: float | None) -> str:
    """94.1%, — where there is nothing to divide by."""
    return "—" if share is None else f"{share:.1%}"

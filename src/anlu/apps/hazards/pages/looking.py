"""Pages to look at: before and after side by side, and on which days markets are held."""

from __future__ import annotations

from calendar import Calendar as Weeks
from datetime import date, timedelta
from typing import Any, Final

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render

from anlu.apps.hazards.common import FAMILY
from anlu.apps.hazards.ledgers import MARKETS, where_words
from anlu.apps.hazards.models import Market, WorkDone
from anlu.apps.hazards.permissions import HAZARD_VIEW, MARKET_VIEW
from anlu.apps.hazards.queries import compared, fairs_today, markets_held
from anlu.apps.hazards.services import work_words
from anlu.engine.lunar import lunar_words
from anlu.kernel.cases.files import files_of, pairs_of
from anlu.kernel.cases.models import Case, CaseFile
from anlu.kernel.core.clock import today
from anlu.web.cells import words_of
from anlu.web.desk.cases.columns import place_words, state_words
from anlu.web.ledgers import ledgers
from anlu.web.nav import Crumb, page
from anlu.web.pages.list import filter_row
from anlu.web.pages.listing import Listing
from anlu.web.pages.paging import Order, edge_of, slice_of, total_of
from anlu.web.viewers import require_viewer

CHAPTER: Final = "源头管控"
SHOWN: Final = 12
COUNTED_TO: Final = 1_000
LATEST_FIRST: Final = Order("moved_at", descending=True)


# ------------------------------------------------------------------------------------------------ gallery
@page("hazards.gallery", "hazards/gallery/", "整改前后", chapter=CHAPTER, item="道路隐患", entry=False,
      permission=HAZARD_VIEW)  # fmt: skip
def gallery(request: HttpRequest) -> HttpResponse:
    """Hazards with pictures of before and after, left and right, under the filters of the ledger."""
    viewer = require_viewer(request)
    ledger = ledgers.get(FAMILY.code)
    listing = Listing.read(ledger, viewer, request.GET)
    rows = compared(listing.rows())
    total = total_of(rows, up_to=COUNTED_TO)
    known = ledger.visible_rows(viewer)
    edges = {
        name: edge_of(known, LATEST_FIRST, "uid", stated)
        for name in ("after", "before")
        if (stated := request.GET.get(name))
    }
    joined = rows.select_related("road", "town")
    pictures = slice_of(joined, LATEST_FIRST, size=SHOWN, **edges)
    request.trail = [Crumb("整改前后")]  # type: ignore[attr-defined]
    query = f"{listing.query(without=('sort', 'size')) or '?'}&".replace("?&", "?")
    context = {
        "ledger": ledger,
        "page_title": "整改前后",
        "page_note": f"共 {total} 处",
        "shown": [_shown(case) for case in pictures.rows],
        "before_url": f"{query}before={pictures.rows[0].uid}"
        if pictures.has_previous and pictures.rows
        else "",
        "after_url": f"{query}after={pictures.rows[-1].uid}" if pictures.has_next else "",
        "list_url": ledger.url(listing.selection),
        **filter_row(listing, request),
    }
    return render(request, "hazards/gallery.html", context)


def _shown(case: Case) -> dict[str, Any]:
    works = WorkDone.objects.live().filter(case=case).order_by("pk")
    return {
        "number": case.number,
        "title": case.title,
        "state": " ".join(part for part in (place_words(case), state_words(case)) if part),
        "url": FAMILY.address_of(case.uid),
        "pairs": [(_picture(case, a), _picture(case, b)) for a, b in pairs_of(files_of(case))],
        "works": "；".join(work_words(one) for one in works),
    }


def _picture(case: Case, one: CaseFile) -> dict[str, str]:
    address = f"{FAMILY.address_of(case.uid)}files/{one.uid}/"
    return {"url": address, "taken": words_of(one.taken_at) if one.taken_at else ""}


# ------------------------------------------------------------------------------------------------ fairs
@page("hazards.fairs", "markets/calendar/", "逢集日历", chapter=CHAPTER, item="马路市场", entry=False, rank=30,
      permission=MARKET_VIEW)  # fmt: skip
def fairs(request: HttpRequest) -> HttpResponse:
    """Which markets are on the road today, and on which days of a month, with the lunar day beside each."""
    viewer, on = require_viewer(request), today()
    first = _month(request.GET.get("month", ""), on)
    weeks = Weeks().monthdatescalendar(first.year, first.month)
    held = markets_held(viewer, [day for week in weeks for day in week])
    request.trail = [Crumb("逢集日历")]  # type: ignore[attr-defined]
    context = {
        "page_title": f"逢集日历 {first:%Y年%-m月}",
        "today": on,
        "now": [
            {"name": one.name, "url": MARKETS.url_of(one), "place": where_words(one)}
            for one in fairs_today(viewer, on)
        ],
        "weeks": [[_day(day, first, on, held[day]) for day in week] for week in weeks],
        "before_url": f"?month={first - timedelta(days=1):%Y-%m}",
        "after_url": f"?month={first + timedelta(days=31):%Y-%m}",
        "list_url": MARKETS.url(),
    }
    return render(request, "hazards/fairs.html", context)


def _day(day: date, first: date, on: date, markets: list[Market]) -> dict[str, Any]:
    return {
        "number": day.day,
        "lunar": lunar_words(day),
        "outside": day.month != first.month,
        "today": day == on,
        "count": len(markets),
        "markets": [(one.name, MARKETS.url_of(one)) for one in markets],
    }


def _month(stated: str, on: date) -> date:
    try:
        return date.fromisoformat(f"{stated}-01") if len(stated) == 7 else on.replace(day=1)
    except ValueError:
        return on.replace(day=1)

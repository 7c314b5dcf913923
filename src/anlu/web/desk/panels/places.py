"""Fairs and school days on the boards: where many people will be on the road today."""

from __future__ import annotations

from typing import Any, Final

from django.urls import reverse

from anlu.kernel.core.dictionaries import in_force, shown, terms
from anlu.kernel.core.workdays import working_calendar
from anlu.kernel.places.dictionaries import SCHOOL_BREAK
from anlu.kernel.places.fairs import fair_digit, fair_words
from anlu.kernel.places.filters import held_on
from anlu.kernel.places.models import Site, SiteKind
from anlu.kernel.places.permissions import SITE_VIEW
from anlu.web.ledgers import ledgers
from anlu.web.panels import Board, Contents, Entry, Sight, Tally, panel
from anlu.web.windows import areas_in

LEDGER: Final = "places.site"
SHOWN: Final = 8


@panel(
    "places.today",
    "今天逢集和上学",
    permission=SITE_VIEW,
    boards=(Board.MORNING, Board.SCREEN),
    rank=60,
    screen="今天",
)
def fairs_and_schools(sight: Sight) -> Contents:
    """Markets held today by the lunar calendar, and whether schools are open; in one's own towns."""
    rows, towns = _sites(sight)
    digit = fair_digit(sight.on)
    markets = list(rows.filter(held_on(digit), kind=SiteKind.MARKET).select_related("town"))
    schools = rows.filter(kind=SiteKind.SCHOOL).count()
    ledger = ledgers.get(LEDGER)
    held = ledger.url({"kind": SiteKind.MARKET.value, "fair": digit, **towns})
    closed = why_closed(sight)
    at_school = Tally(f"不上课（{closed}）", 0, "所") if closed else Tally("学校上课", schools, "所")
    if at_school.number:
        at_school = Tally("学校上课", schools, "所", ledger.url({"kind": SiteKind.SCHOOL.value, **towns}))
    return Contents(
        note=unknown_breaks(sight),
        tallies=[Tally("逢集", len(markets), "处", held if markets else ""), at_school],
        entries=[_entry(one) for one in markets[:SHOWN]],
        more=max(0, len(markets) - SHOWN),
        url=held if markets else "",
    )


def _sites(sight: Sight) -> tuple[Any, dict[str, Any]]:
    """The sites of the towns that a person answers for, and the same as parameters of the ledger."""
    rows = Site.objects.visible_to(sight.viewer)
    scope = sight.viewer.scope_for(SITE_VIEW)
    if scope.everything:
        return rows, {}
    towns = areas_in(scope)
    return rows.filter(town__in=towns), {"town": [one.code for one in towns] or ["-"]}


def why_closed(sight: Sight) -> str:
    """Why schools are closed: the name of the holidays, 休息日; "" when they are open."""
    for one in terms(SCHOOL_BREAK):
        if one.valid_from and one.valid_to and in_force(one, sight.on):
            return shown(one)
    return "" if working_calendar().is_working_day(sight.on) else "休息日"


def unknown_breaks(sight: Sight) -> str:
    """A remark while nobody has entered the school holidays of the year."""
    years = {day.year for one in terms(SCHOOL_BREAK) for day in (one.valid_from, one.valid_to) if day}
    return "" if sight.on.year in years else f"{sight.on.year}年校历未登记，按工作日判断"


def _entry(one: Site) -> Entry:
    hours = "–".join(part for part in (one.opens, one.closes) if part)
    note = " · ".join(part for part in (fair_words(one.fair_days), hours) if part)
    what = " ".join(part for part in (one.name, one.town.name if one.town else "") if part)
    return Entry(what, reverse(f"{LEDGER}.detail", args=[one.uid]), note=note)

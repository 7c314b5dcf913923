"""Roadside markets: those of the county's fairs that stand on a road, by what became of them."""

from __future__ import annotations

from datetime import date
from typing import Any, Final

from anlu.apps.hazards.models import Market
from anlu.apps.hazards.services import markets
from anlu.kernel.core.scope import SYSTEM
from anlu.kernel.places.models import Site, SiteKind

# state, measure, day, stalls, width, where it moved, guard: dealt out to the fairs in the order of their codes
FATES: Final[tuple[tuple[str, str, str, int, float, str, str], ...]] = (
    ("banned", "ban", "2023-03-28", 46, 3.5, "", ""),
    ("moved", "move", "2023-04-19", 85, 4.0, "镇便民市场", ""),
    ("regulated", "regulate", "2023-05-12", 120, 2.5, "", "逢集日 2 名辅警、3 名镇安全员，6:00—10:30"),
    ("occupying", "", "", 64, 3.0, "", "逢集日 1 名辅警"),
    ("moved", "move", "2023-06-08", 52, 2.8, "镇文化广场北侧空地", ""),
    ("banned", "ban", "2023-06-20", 18, 2.0, "", ""),
)
EXTRA: Final = (
    ("城东早市", "morning", "daily", [], "05:00", "07:30", "regulated"),
    ("城西路口水果摊", "stalls", "daily", [], "08:00", "20:00", "banned"),
)


def make_markets() -> str:
    """One for each fair of the county, and two in the county town."""
    if Market.objects.exists():
        return "已有"
    fairs = Site.objects.live().filter(kind=SiteKind.MARKET, source="demo").order_by("code")
    for number, site in enumerate(fairs):
        markets.add(_fair(site, *FATES[number % len(FATES)]), by=SYSTEM)
    for number, (name, kind, calendar, days, opens, closes, state) in enumerate(EXTRA):
        town = fairs[number].town
        values = {"name": name, "kind": kind, "calendar": calendar, "fair_days": days, "opens": opens}
        values |= {"closes": closes, "state": state, "town": town, "stalls": 24 - 9 * number, "width_m": 2.0}
        values |= {"state_on": date(2023, 4, 6), "measure": "ban" if state == "banned" else "regulate"}
        values |= {"checked_on": date(2023, 6, 27)}
        markets.add(values, by=SYSTEM)
    return f"{Market.objects.count()} 处"


def _fair(
    site: Site, state: str, measure: str, day: str, stalls: int, width_m: float, moved_to: str, guard: str
) -> dict[str, Any]:
    return {
        "name": site.name,
        "kind": "fair",
        "site": site,
        "calendar": "lunar" if site.fair_days else "daily",
        "fair_days": site.fair_days,
        "opens": site.opens,
        "closes": site.closes,
        "state": state,
        "state_on": date.fromisoformat(day) if day else None,
        "measure": measure,
        "moved_to": moved_to,
        "guard": guard,
        "stalls": stalls,
        "width_m": width_m,
        "checked_on": date(2023, 6, 26),
    }

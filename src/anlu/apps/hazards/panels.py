"""Roadside markets on the boards: which of them stand on the road today."""

from __future__ import annotations

from typing import Final

from django.urls import reverse

from anlu.apps.hazards.ledgers import MARKETS, where_words
from anlu.apps.hazards.permissions import MARKET_VIEW
from anlu.apps.hazards.queries import fairs_today
from anlu.web.panels import Board, Contents, Entry, Sight, Tally, panel

SHOWN: Final = 8


@panel(
    "hazards.fairs",
    "今天的马路市场",
    permission=MARKET_VIEW,
    boards=(Board.MORNING, Board.SCREEN),
    rank=62,
    screen="今天",
)
def roadside_markets(sight: Sight) -> Contents:
    """Markets on the road today by their own calendar (lunar, solar or daily), until they are gone."""
    markets = fairs_today(sight.viewer, sight.on)
    calendar = reverse("hazards.fairs") if markets else ""
    entries = [Entry(one.name, MARKETS.url_of(one), note=where_words(one)) for one in markets[:SHOWN]]
    return Contents(
        tallies=[Tally("占路集市", len(markets), "处", calendar)],
        entries=entries,
        more=max(0, len(markets) - SHOWN),
        url=calendar,
    )

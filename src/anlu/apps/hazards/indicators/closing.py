"""
Found and put right: how many, which share, how quickly, how lastingly (``domain/hazards-and-sight-distance`` 2).

整改率 = put right / found; in time, how quickly, open, overdue and rebound are the figures of every family.
"""

from __future__ import annotations

from typing import Any

from anlu.apps.hazards.common import FAMILY
from anlu.kernel.cases.figures import NOT_MERGED, PUT_RIGHT, cases_of, family_indicators
from anlu.kernel.cases.models import Outcome
from anlu.kernel.indicators.define import Count, Parameters, Share, indicator

METHOD = "methods/hazards.md"
LEDGER = FAMILY.code
SEEN = FAMILY.permission_to("view")
MARKET_KIND = "hazards.roadside_market"

ALL = cases_of(FAMILY)
RESOLVED = ALL.filter(outcome=Outcome.RESOLVED)
MARKETS = ALL.filter(kind=MARKET_KIND)

OF_MARKETS: Parameters = (("kind", MARKET_KIND),)

family_indicators(FAMILY, prefix="hazards", order=240, method=METHOD, but=("closed",))


def _found(rows: Any, parameters: Parameters | None) -> Count:
    return Count(rows, on="found_on", parameters=parameters, permission=SEEN)


def _closed(rows: Any, parameters: Parameters | None) -> Count:
    return Count(rows, on="closed_on", parameters=parameters, permission=SEEN)


@indicator(
    "hazards.found", label="排查隐患", measure="处", nature="process", method=METHOD, ledger=LEDGER, order=210
)
def found() -> Count:
    """登记的道路隐患处数，按发现日期统计；并入其他隐患的不重复计。"""
    return _found(ALL, NOT_MERGED)


@indicator(
    "hazards.closed",
    label="销号隐患",
    measure="处",
    nature="process",
    method=METHOD,
    ledger=LEDGER,
    order=220,
)
def closed() -> Count:
    """验收销号的道路隐患处数，按销号日期统计；不予受理的不算。"""
    return _closed(RESOLVED, PUT_RIGHT)


@indicator("hazards.closed_share", label="隐患整改率", better="up", nature="process", method=METHOD, ledger=LEDGER,
           order=230)  # fmt: skip
def closed_share() -> Share:
    """期内发现的隐患中已经销号的占比，按发现日期统计。"""
    return Share(_found(RESOLVED, PUT_RIGHT), _found(ALL, NOT_MERGED))


@indicator("hazards.market_found", label="马路市场占道点位", measure="处", nature="process", method=METHOD,
           ledger=LEDGER, order=250)  # fmt: skip
def market_found() -> Count:
    """排查出的马路市场、占道经营点位处数，按发现日期统计。"""
    return _found(MARKETS, OF_MARKETS + NOT_MERGED)


@indicator("hazards.market_closed_share", label="马路市场占道点位整改率", better="up", nature="process", method=METHOD,
           ledger=LEDGER, order=260)  # fmt: skip
def market_closed_share() -> Share:
    """期内排查出的马路市场、占道经营点位中已经取缔、搬迁或规范并销号的占比。"""
    done = MARKETS.filter(outcome=Outcome.RESOLVED)
    return Share(_found(done, OF_MARKETS + PUT_RIGHT), _found(MARKETS, OF_MARKETS + NOT_MERGED))

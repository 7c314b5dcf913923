"""Quantities of work on hazards that were closed (Q15): trees, hedges, obstacles, signs."""

from __future__ import annotations

from anlu.apps.hazards.models import WorkDone
from anlu.kernel.cases.models import Outcome
from anlu.kernel.indicators.define import Sum, indicator

METHOD = "methods/hazards.md"
LEDGER = "hazards.work"


def _sum(item: str) -> Sum:
    rows = WorkDone.objects.filter(item=item, case__outcome=Outcome.RESOLVED)
    return Sum(rows, on="case__closed_on", unit="case__unit", area="case__town", column="quantity")


@indicator(
    "hazards.trees", label="清移树木", measure="棵", nature="process", method=METHOD, ledger=LEDGER, order=270
)
def trees() -> Sum:
    """已销号隐患清移树木的棵数，按销号日期统计。"""
    return _sum("tree")


@indicator(
    "hazards.hedge", label="修剪绿篱", measure="米", nature="process", method=METHOD, ledger=LEDGER, order=271
)
def hedge() -> Sum:
    """已销号隐患修剪绿篱的米数，按销号日期统计。"""
    return _sum("hedge")


@indicator(
    "hazards.obstacles",
    label="拆除障碍",
    measure="处",
    nature="process",
    method=METHOD,
    ledger=LEDGER,
    order=272,
)
def obstacles() -> Sum:
    """已销号隐患拆除障碍的处数，按销号日期统计。"""
    return _sum("obstacle")


@indicator(
    "hazards.signs", label="补设标志", measure="面", nature="process", method=METHOD, ledger=LEDGER, order=273
)
def signs() -> Sum:
    """已销号隐患补设标志的面数，按销号日期统计。"""
    return _sum("sign")

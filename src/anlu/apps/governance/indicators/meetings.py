"""Meetings by level; the weekly dispatch meeting (F10)."""

from __future__ import annotations

from anlu.apps.governance.dispatch import DISPATCH, required_from
from anlu.kernel.activities.models import Activity, ActivityState
from anlu.kernel.indicators.define import Count, Parameters, Regular, Rhythm, indicator

METHOD = "methods/closed-loops.md"
LEDGER = "governance.meeting"
HELD = Activity.objects.filter(state=ActivityState.HELD)
DISPATCHES = HELD.filter(kind=DISPATCH)
GOVERNMENT = HELD.filter(kind="governance.government")


def listed(kind: str) -> Parameters:
    """How the ledger lists the meetings of a kind."""
    return (("kind", kind), ("state", ActivityState.HELD.value))


@indicator(
    "governance.dispatch_weeks",
    label="调度会每周召开率",
    nature="process",
    better="up",
    method=METHOD,
    figures=("F10",),
    ledger=LEDGER,
    order=400,
)
def dispatch_weeks() -> Rhythm:
    """自活动节奏规定的起日（没有规定的自第一次调度会）起，召开过调度会的周数占应召开周数的比例；未完的一周没有召开不算缺。"""
    return Rhythm(Regular(DISPATCHES, on="held_on", every="week"), from_first=True, since=required_from)


@indicator(
    "governance.dispatches",
    label="调度会次数",
    measure="次",
    nature="process",
    method=METHOD,
    ledger=LEDGER,
    order=401,
)
def dispatches() -> Count:
    """已召开的安委办周调度次数，按开展日期统计。"""
    return Count(DISPATCHES, on="held_on", parameters=listed(DISPATCH))


@indicator(
    "governance.government_meetings",
    label="政府专题会次数",
    measure="次",
    nature="process",
    method=METHOD,
    ledger=LEDGER,
    order=402,
)
def government_meetings() -> Count:
    """已召开的市（县）政府道路交通安全专题会次数，按开展日期统计。"""
    return Count(GOVERNMENT, on="held_on", parameters=listed("governance.government"))

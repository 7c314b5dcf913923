"""Plans and measures (F23, F37)."""

from __future__ import annotations

from django.db.models import F

from anlu.apps.plans.models import Measure, MeasureState, PlanGroup, PlanKind, WorkPlan
from anlu.kernel.indicators.define import Count, Latest, Share, Stock, indicator

METHOD = "methods/plans.md"
EXCELLENCES, EXTENSIONS = "四优", "四拓"  # codes of plans; their groups and what these mean are data
DUE = Measure.objects.filter(due_on__isnull=False).exclude(state=MeasureState.STOPPED)


def groups_of(code: str) -> Stock:
    """Groups in force at the end of a period of the plan with this code."""
    rows = PlanGroup.objects.filter(plan__code=code, plan__voided_at__isnull=True)
    return Stock(rows, on="valid_from", until="valid_to", unit="", area="")


@indicator(
    "plans.code",
    label="工作计划代号",
    nature="process",
    method=METHOD,
    figures=("F37",),
    ledger="plans.plan",
    order=510,
)
def plan_code() -> Latest:
    """期末执行的年度工作计划的代号；含义由分组说明。"""
    rows = WorkPlan.objects.filter(kind=PlanKind.ANNUAL, code__regex=r"^[0-9]{1,9}$")
    return Latest(rows, on="starts_on", unit="", area="", column="code", named=True)


@indicator(
    "plans.excellences",
    label="四优分组",
    measure="项",
    nature="process",
    method=METHOD,
    figures=("F23.1",),
    ledger="plans.group",
    order=520,
)
def excellences() -> Stock:
    """代号为“四优”的计划期末启用的分组数。"""
    return groups_of(EXCELLENCES)


@indicator(
    "plans.extensions",
    label="四拓分组",
    measure="项",
    nature="process",
    method=METHOD,
    figures=("F23.2",),
    ledger="plans.group",
    order=521,
)
def extensions() -> Stock:
    """代号为“四拓”的计划期末启用的分组数。"""
    return groups_of(EXTENSIONS)


@indicator(
    "plans.measures_done",
    label="完成的措施",
    measure="项",
    nature="process",
    method=METHOD,
    ledger="plans.measure",
    order=530,
)
def measures_done() -> Count:
    """期间完成的工作计划措施数，按完成日期统计。"""
    rows = Measure.objects.filter(state=MeasureState.DONE)
    return Count(rows, on="done_on", area="", parameters=(("state", MeasureState.DONE.value),))


@indicator(
    "plans.measures_on_time",
    label="措施按期完成率",
    nature="process",
    better="up",
    method=METHOD,
    ledger="plans.measure",
    order=540,
)
def measures_on_time() -> Share:
    """时限在期间内的措施中按时完成的比例；已停止的不计。"""
    on_time = DUE.filter(state=MeasureState.DONE, done_on__lte=F("due_on"))
    return Share(Count(on_time, on="due_on", area=""), Count(DUE, on="due_on", area=""))

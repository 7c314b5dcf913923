"""Organisation life, warning and training (F08, F09)."""

from __future__ import annotations

from anlu.apps.team.indicators.study import BODIES, METHOD
from anlu.apps.team.models import TrainingResult
from anlu.kernel.activities.models import Activity, ActivityBearer, ActivityState
from anlu.kernel.indicators.define import (
    Count,
    Coverage,
    Distinct,
    Parameters,
    Present,
    Regular,
    Rhythm,
    Share,
    Stock,
    Sum,
    indicator,
)

HELD_ONES: Parameters = (("state", ActivityState.HELD.value),)
MEETINGS = Activity.objects.filter(kind="team.organisation_life", state=ActivityState.HELD)
MET = ActivityBearer.objects.filter(
    activity__kind="team.organisation_life",
    activity__state=ActivityState.HELD,
    group__in=("party.committee", "party.branch"),
)
WARNINGS = Activity.objects.filter(kind="team.warning", state=ActivityState.HELD)
TRAININGS = Activity.objects.filter(kind="team.training", state=ActivityState.HELD)
RESULTS = TrainingResult.objects.filter(tested__gt=0)


@indicator(
    "team.warning_months",
    label="警示教育每月开展率",
    nature="process",
    better="up",
    method=METHOD,
    figures=("F08",),
    ledger="team.warning",
    order=360,
)
def warning_months() -> Rhythm:
    """开展了以案四说、以案促改的月数占应开展月数的比例；未完的月份没有开展不算缺。"""
    return Rhythm(Regular(WARNINGS, on="held_on"))


@indicator(
    "team.warnings",
    label="警示教育次数",
    measure="次",
    nature="process",
    method=METHOD,
    ledger="team.warning",
    order=361,
)
def warnings() -> Count:
    """已开展的以案四说、以案促改次数，按开展日期统计。"""
    return Count(WARNINGS, on="held_on", parameters=HELD_ONES)


@indicator(
    "team.organisation_life",
    label="组织生活会覆盖率",
    nature="process",
    better="up",
    method=METHOD,
    figures=("F09.1",),
    ledger="activities.bearer",
    order=370,
)
def organisation_life() -> Coverage:
    """期间召开了组织生活会的党总支、党支部占期末党总支、党支部数的比例。"""
    part = Distinct(
        MET, on="activity__held_on", unit="activity__unit", area="activity__town", column="bearer"
    )
    return Coverage(part, Stock(BODIES, on="valid_from", until="valid_to", area=""))


@indicator(
    "team.organisation_meeting",
    label="组织生活会",
    measure="次",
    nature="process",
    method=METHOD,
    figures=("F09.2",),
    ledger="team.organisation_life",
    order=371,
)
def organisation_meeting() -> Present:
    """期间是否召开了年度组织生活会：召开过为 1，日期为最近一次。"""
    return Present(MEETINGS, on="held_on")


@indicator(
    "team.trainings",
    label="练兵次数",
    measure="次",
    nature="process",
    method=METHOD,
    ledger="team.training",
    order=380,
)
def trainings() -> Count:
    """已开展的实战大练兵次数，按开展日期统计。"""
    return Count(TRAININGS, on="held_on", parameters=HELD_ONES)


@indicator(
    "team.training_passed",
    label="练兵考核合格率",
    nature="process",
    better="up",
    method=METHOD,
    ledger="team.result",
    order=381,
)
def training_passed() -> Share:
    """练兵考核合格人次占参考人次的比例，按考核日期统计；不统计个人成绩。"""
    return Share(
        Sum(RESULTS, on="tested_on", area="", column="passed"),
        Sum(RESULTS, on="tested_on", area="", column="tested"),
    )

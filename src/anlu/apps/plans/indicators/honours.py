"""Honours (F22)."""

from __future__ import annotations

from anlu.apps.plans.models import Honour
from anlu.kernel.indicators.define import Count, Ordinal, indicator

METHOD = "methods/plans.md"
LEDGER = "plans.honour"
VEHICLE_OFFICE = "全国优秀县级车辆管理所"  # name of the honour as the ministry grants it (glossary 5)


@indicator(
    "plans.vehicle_office_honour",
    label="全国优秀县级车辆管理所(第几次)",
    measure="次",
    nature="result",
    method=METHOD,
    figures=("F22",),
    ledger=LEDGER,
    order=550,
)
def vehicle_office_honour() -> Ordinal:
    """期间获得“全国优秀县级车辆管理所”的，是同一获得单位自有记录以来第几次；期间没有获得为 0。"""
    return Ordinal(Honour.objects.filter(title=VEHICLE_OFFICE), on="granted_on", area="", each="unit")


@indicator(
    "plans.honours",
    label="荣誉项数",
    measure="项",
    nature="result",
    method=METHOD,
    ledger=LEDGER,
    order=560,
)
def honours() -> Count:
    """期间获得的荣誉项数（表彰、授牌、经验推广、批示、现场会等），按授予日期统计。"""
    return Count(Honour.objects.all(), on="granted_on", area="", parameters=())


@indicator(
    "plans.county_commendations",
    label="县级表彰",
    measure="项",
    nature="result",
    method=METHOD,
    ledger=LEDGER,
    order=561,
)
def county_commendations() -> Count:
    """期间由县级党委、政府授予的表彰项数。"""
    rows = Honour.objects.filter(kind="commendation", level="county")
    return Count(rows, on="granted_on", area="", parameters=(("kind", "commendation"), ("level", "county")))


@indicator(
    "plans.spread_experience",
    label="经验推广",
    measure="项",
    nature="result",
    method=METHOD,
    ledger=LEDGER,
    order=562,
)
def spread_experience() -> Count:
    """期间被上级推广的经验项数，按推广日期统计；没有来源的不能登记为经验推广。"""
    rows = Honour.objects.filter(kind="experience")
    return Count(rows, on="granted_on", area="", parameters=(("kind", "experience"),))

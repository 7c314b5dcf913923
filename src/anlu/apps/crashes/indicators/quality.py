"""Shares that show whether a fall in crashes is real: procedure, severity, location (``practice`` 2)."""

from __future__ import annotations

from datetime import timedelta

from django.db.models import F, Q

from anlu.apps.crashes.filters import FILED_LATE, LATE_DEATH, LOCATED
from anlu.apps.crashes.indicators.four import ALL, KILLED, LEDGER, METHOD, ORDINARY, ORDINARY_ONES
from anlu.apps.crashes.models import Crash, Procedure, Severity
from anlu.kernel.indicators.define import Count, Parameters, Ratio, Share, Sum, indicator

ENTERED_LATE = Q(recorded_at__gt=F("occurred_at") + timedelta(days=30))
CASUALTY = (Severity.FATAL, Severity.SERIOUS, Severity.SLIGHT)
INJURY = (Severity.SERIOUS, Severity.SLIGHT)
HURT = Crash.objects.filter(severity__in=CASUALTY)
HURT_ONES: Parameters = tuple(("severity", one.value) for one in CASUALTY)


@indicator(
    "crash.ordinary_share",
    label="一般程序占伤亡事故比例",
    nature="process",
    method=METHOD,
    ledger=LEDGER,
    order=110,
)
def ordinary_share() -> Share:
    """伤亡事故中按一般程序处理的比例；比例下降而简易程序上升时，起数下降可能来自程序变化。"""
    part = Count(HURT.filter(procedure=Procedure.ORDINARY), parameters=HURT_ONES + ORDINARY_ONES)
    return Share(part, Count(HURT, parameters=HURT_ONES))


@indicator(
    "crash.fatal_share",
    label="亡人事故占伤亡事故比例",
    better="down",
    method=METHOD,
    ledger=LEDGER,
    order=120,
)
def fatal_share() -> Share:
    """伤亡事故中有人死亡的比例。"""
    part = Count(HURT.filter(severity=Severity.FATAL), parameters=(("severity", Severity.FATAL.value),))
    return Share(part, Count(HURT, parameters=HURT_ONES))


@indicator(
    "crash.deaths_per_100",
    label="百起事故死亡率",
    measure="人/百起",
    better="down",
    method=METHOD,
    ledger=LEDGER,
    order=130,
)
def deaths_per_100() -> Ratio:
    """每百起一般程序事故死亡人数。"""
    deaths = Sum(ORDINARY, column="killed", parameters=ORDINARY_ONES + KILLED)
    return Ratio(deaths, Count(ORDINARY, parameters=ORDINARY_ONES), scale=100)


@indicator(
    "crash.located_share",
    label="定位完整率",
    nature="process",
    better="up",
    method=METHOD,
    ledger=LEDGER,
    order=140,
)
def located_share() -> Share:
    """有坐标的事故占全部事故的比例。"""
    part = Count(Crash.objects.filter(LOCATED), parameters=(("located", "1"),))
    return Share(part, Count(ALL, parameters=()))


@indicator(
    "crash.summary_hurt",
    label="简易程序伤人事故",
    measure="起",
    nature="process",
    method=METHOD,
    ledger=LEDGER,
    order=150,
)
def summary_hurt() -> Count:
    """按简易程序处理的伤人事故起数；一般程序下降而它上升时，起数下降可能来自程序变化。"""
    rows = Crash.objects.filter(procedure=Procedure.SUMMARY, severity__in=INJURY)
    stated = (("procedure", Procedure.SUMMARY.value), *(("severity", one.value) for one in INJURY))
    return Count(rows, parameters=stated)


@indicator(
    "crash.late_deaths",
    label="7日后死亡的事故",
    measure="起",
    nature="process",
    method=METHOD,
    ledger=LEDGER,
    order=160,
)
def late_deaths() -> Count:
    """有人在事故后第 8 日至第 30 日死亡的事故起数；这些死亡不计入 7 日死亡人数。"""
    return Count(Crash.objects.filter(LATE_DEATH), parameters=(("late_death", "1"),))


@indicator(
    "crash.filed_late",
    label="立案超过30日",
    measure="起",
    nature="process",
    better="down",
    method=METHOD,
    ledger=LEDGER,
    order=170,
)
def filed_late() -> Count:
    """立案在发生 30 日以后的事故起数；补录多时，近期的数字还会变。"""
    return Count(Crash.objects.filter(FILED_LATE), parameters=(("filed_late", "1"),))


@indicator(
    "crash.entered_late",
    label="补录(录入超过30日)",
    measure="起",
    nature="process",
    better="down",
    method=METHOD,
    ledger=LEDGER,
    order=175,
)
def entered_late() -> Count:
    """入账在发生 30 日以后的事故起数；突击补录时它会升高。"""
    return Count(Crash.objects.filter(ENTERED_LATE))


@indicator(
    "crash.marked_share",
    label="有质量标记的事故比例",
    nature="process",
    better="down",
    method=METHOD,
    ledger=LEDGER,
    order=180,
)
def marked_share() -> Share:
    """带有质量标记(缺坐标、前后不一、填写不全等)的事故占全部事故的比例。"""
    part = Count(Crash.objects.filter(marked=True), parameters=(("marked", "1"),))
    return Share(part, Count(ALL, parameters=()))

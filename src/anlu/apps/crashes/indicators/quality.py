"""Shares that show whether a fall in crashes is real: procedure, severity, location (``practice`` 2)."""

from __future__ import annotations

from anlu.apps.crashes.indicators.four import ALL, KILLED, LEDGER, METHOD, ORDINARY, ORDINARY_ONES
from anlu.apps.crashes.models import Crash, Procedure, Severity
from anlu.kernel.indicators.define import Count, Parameters, Ratio, Share, Sum, indicator

CASUALTY = (Severity.FATAL, Severity.SERIOUS, Severity.SLIGHT)
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
    """伤亡事故中按一般程序处理的比例;比例下降而简易程序上升时,起数下降可能来自程序变化。"""
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
    part = Count(Crash.objects.filter(cell_x__isnull=False), parameters=(("located", "1"),))
    return Share(part, Count(ALL, parameters=()))

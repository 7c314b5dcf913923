"""Shares that show whether a fall in crashes is real: procedure, severity, location (``practice`` 2)."""

from __future__ import annotations

from anlu.apps.crashes.models import Crash, Procedure, Severity
from anlu.kernel.indicators.define import Count, Ratio, Share, Sum, indicator
from anlu.kernel.places.models import LocationState

METHOD = "methods/indicators.md"
LEDGER = "crashes.crash"
CASUALTY = (Severity.FATAL, Severity.SERIOUS, Severity.SLIGHT)


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
    casualty = Crash.objects.filter(severity__in=CASUALTY)
    return Share(Count(casualty.filter(procedure=Procedure.ORDINARY)), Count(casualty))


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
    casualty = Crash.objects.filter(severity__in=CASUALTY)
    return Share(Count(casualty.filter(severity=Severity.FATAL)), Count(casualty))


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
    ordinary = Crash.objects.filter(procedure=Procedure.ORDINARY)
    return Ratio(Sum(ordinary, column="killed"), Count(ordinary), scale=100)


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
    every = Crash.objects.all()
    return Share(Count(every.exclude(location_state=LocationState.UNLOCATED)), Count(every))

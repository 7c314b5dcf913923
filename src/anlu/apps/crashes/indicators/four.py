"""
四项指数: crashes, deaths, injured, direct loss, by default of the ordinary procedure (一般事故).

Definitions and their pitfalls: ``domain/crash-and-fund`` 2-3. All go by the day of occurrence and by the town
and unit that the crash had on that day.
"""

from __future__ import annotations

from django.db.models import Q

from anlu.apps.crashes.models import Crash, Procedure
from anlu.kernel.indicators.define import Count, Parameters, Sum, indicator

METHOD = "methods/indicators.md"
LEDGER = "crashes.crash"
ORDINARY = Crash.objects.filter(procedure=Procedure.ORDINARY)
ALL = Crash.objects.all()

FILED = ~Q(case_number="") | ~Q(source="")  # there is a case file, or the owning system gave it

# How the ledger lists the same crashes.
ORDINARY_ONES: Parameters = (("procedure", Procedure.ORDINARY.value),)
KILLED: Parameters = (("killed_min", "1"),)
INJURED: Parameters = (("injured_min", "1"),)
LOSS: Parameters = (("has_loss", "1"),)


@indicator(
    "crash.count",
    label="一般事故起数",
    measure="起",
    better="down",
    method=METHOD,
    figures=("F13",),
    targeted=True,
    proof=FILED,
    ledger=LEDGER,
    order=10,
)
def ordinary_crashes() -> Count:
    """按一般程序处理的道路交通事故起数，按发生日期统计。"""
    return Count(ORDINARY, parameters=ORDINARY_ONES)


@indicator(
    "crash.killed",
    label="死亡人数",
    measure="人",
    better="down",
    method=METHOD,
    figures=("F15",),
    targeted=True,
    proof=FILED,
    ledger=LEDGER,
    order=20,
)
def killed() -> Sum:
    """一般程序事故中 7 日内死亡的人数，按事故发生日期统计。"""
    return Sum(ORDINARY, column="killed", parameters=ORDINARY_ONES + KILLED)


@indicator(
    "crash.injured",
    label="受伤人数",
    measure="人",
    better="down",
    method=METHOD,
    figures=("F14",),
    targeted=True,
    proof=FILED,
    ledger=LEDGER,
    order=30,
)
def injured() -> Sum:
    """一般程序事故中受伤且在统计截止时存活的人数，按事故发生日期统计。"""
    return Sum(ORDINARY, column="injured", parameters=ORDINARY_ONES + INJURED)


@indicator(
    "crash.loss",
    label="直接财产损失",
    measure="元",
    better="down",
    method=METHOD,
    ledger=LEDGER,
    order=40,
)
def loss() -> Sum:
    """一般程序事故的直接财产损失，不含抢救、医疗、丧葬费用和收入损失。"""
    return Sum(ORDINARY, column="loss_cny", parameters=ORDINARY_ONES + LOSS)


@indicator(
    "crash.all",
    label="事故起数(全部程序)",
    measure="起",
    better="down",
    method=METHOD,
    ledger=LEDGER,
    order=50,
)
def all_crashes() -> Count:
    """不分处理程序的全部事故起数；与一般事故并看，防止程序变化造成的假下降。"""
    return Count(ALL, parameters=())


@indicator(
    "crash.all_killed",
    label="死亡人数(全部程序)",
    measure="人",
    better="down",
    method=METHOD,
    ledger=LEDGER,
    order=60,
)
def all_killed() -> Sum:
    """不分处理程序的 7 日内死亡人数。"""
    return Sum(ALL, column="killed", parameters=KILLED)


@indicator(
    "crash.all_injured",
    label="受伤人数(全部程序)",
    measure="人",
    better="down",
    method=METHOD,
    ledger=LEDGER,
    order=70,
)
def all_injured() -> Sum:
    """不分处理程序的受伤人数。"""
    return Sum(ALL, column="injured", parameters=INJURED)


@indicator(
    "crash.all_loss",
    label="直接财产损失(全部程序)",
    measure="元",
    better="down",
    method=METHOD,
    ledger=LEDGER,
    order=80,
)
def all_loss() -> Sum:
    """不分处理程序的直接财产损失。"""
    return Sum(ALL, column="loss_cny", parameters=LOSS)

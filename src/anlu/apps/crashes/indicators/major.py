"""控大: crashes with several dead, and deaths per vehicles."""

from __future__ import annotations

from anlu.apps.crashes.indicators.four import ALL, KILLED, LEDGER, METHOD
from anlu.apps.crashes.models import Crash
from anlu.kernel.indicators.define import Count, Ratio, Sum, indicator
from anlu.kernel.indicators.external import Base


@indicator(
    "crash.major",
    label="一次死亡3人以上事故",
    measure="起",
    better="down",
    method=METHOD,
    ledger=LEDGER,
    order=90,
)
def major() -> Count:
    """一次死亡 3 人以上(含 3 人)的事故起数,不分处理程序,按 7 日内死亡人数。"""
    return Count(Crash.objects.filter(killed__gte=3), parameters=(("killed_min", "3"),))


@indicator(
    "crash.two_dead",
    label="一次死亡2人事故",
    measure="起",
    better="down",
    method=METHOD,
    ledger=LEDGER,
    order=91,
)
def two_dead() -> Count:
    """一次死亡 2 人的事故起数,不分处理程序,按 7 日内死亡人数。"""
    return Count(Crash.objects.filter(killed=2), parameters=(("killed_min", "2"), ("killed_max", "2")))


@indicator(
    "crash.deaths_per_10k_vehicles",
    label="万车死亡率",
    measure="人/万车",
    better="down",
    method=METHOD,
    ledger=LEDGER,
    order=135,
)
def deaths_per_10k_vehicles() -> Ratio:
    """全部程序的 7 日内死亡人数,按期末机动车保有量(外部数据台账)折算;不足一年的不年化。"""
    return Ratio(Sum(ALL, column="killed", parameters=KILLED), Base("vehicles"), scale=10_000)

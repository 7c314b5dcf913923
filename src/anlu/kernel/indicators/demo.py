"""Figures of the demonstration county: what others state, targets, and the first half-year closed."""

from __future__ import annotations

from datetime import date
from decimal import Decimal
from typing import Any, Final

from anlu.engine.periods import Period
from anlu.kernel.core.clock import today
from anlu.kernel.core.demo import demo_step
from anlu.kernel.core.scope import SYSTEM, Viewer
from anlu.kernel.indicators.closing import close_period
from anlu.kernel.indicators.external import RANK, add_external
from anlu.kernel.indicators.models import ExternalFigure, PeriodClose, Target
from anlu.kernel.indicators.targets import add_target
from anlu.kernel.people.models import Officer

DETACHMENT: Final = "青河市公安局交通警察支队"
CLERK: Final = "office"
FLEETS: Final = {2020: 168_420, 2021: 176_930, 2022: 185_240}
RANKS: Final = (
    ("重型货车检验率", 2),
    ("重型货车报废率", 3),
    ("农村面包车检验率", 2),
    ("农村面包车报废率", 3),
)
COUNTIES: Final = 9
GOALS: Final = {"crash.killed": 84, "crash.count": 400, "crash.injured": 340}
CLOSED: Final = ("2023H1",)


@demo_step(60, "indicators.external", "外部数据")
def make_external() -> str:
    """Vehicles, inhabitants, and the ranks that the detachment published."""
    if ExternalFigure.objects.exists():
        return "已有"
    for year, vehicles in FLEETS.items():
        stated = _document(f"青交〔{year + 1}〕6号", date(year + 1, 1, 18))
        add_external(
            _figure("vehicles", "机动车保有量", vehicles, "辆", date(year, 12, 31), **stated), by=SYSTEM
        )
    census = _document("青统〔2021〕11号", date(2021, 6, 2), issuer="青河市统计局")
    add_external(_figure("people", "常住人口", 712_600, "人", date(2020, 11, 1), **census), by=SYSTEM)
    for subject, rank in RANKS:
        stated = _document("青交〔2023〕47号", date(2023, 7, 1)) | {"among": COUNTIES, "period": "2023H1"}
        add_external(_figure(RANK, subject, rank, "名", date(2023, 6, 30), **stated), by=SYSTEM)
    return f"{ExternalFigure.objects.count()} 条"


def _figure(kind: str, subject: str, value: int, measure: str, day: date, **stated: Any) -> dict[str, Any]:
    return {
        "kind": kind,
        "subject": subject,
        "value": Decimal(value),
        "measure": measure,
        "day": day,
        **stated,
    }


def _document(number: str, on: date, issuer: str = DETACHMENT) -> dict[str, Any]:
    return {"document_number": number, "document_on": on, "issuer": issuer}


@demo_step(61, "indicators.targets", "预防目标")
def make_targets() -> str:
    """The year's targets of the brigade."""
    if Target.objects.exists():
        return "已有"
    for code, goal in GOALS.items():
        values = {"year": 2023, "indicator": code, "goal": Decimal(goal), "basis": "青澜交安委〔2023〕2号"}
        add_target(values, by=SYSTEM)
    return f"{len(GOALS)} 个"


@demo_step(990, "indicators.closing", "关账")
def close_half_years() -> str:
    """The half-years that are over, closed by the office clerk, last of all."""
    clerk: Viewer = Officer.objects.filter(login=CLERK).first() or SYSTEM
    closed = 0
    for code in CLOSED:
        over = Period.parse(code).end < today()
        if over and not PeriodClose.objects.filter(period=code).exists():
            close_period(
                code, by=clerk if clerk.may("figures.close.add") else SYSTEM, note="数字已核对（演示）"
            )
            closed += 1
    return f"{closed} 个半年" if closed else "已有"

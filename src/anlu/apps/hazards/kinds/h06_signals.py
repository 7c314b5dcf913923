"""H06 信号灯警示灯缺失故障: signals and flashers."""

from __future__ import annotations

from dataclasses import dataclass

from anlu.apps.hazards.common import QUICK, Common, hazard_kind
from anlu.kernel.cases.kinds import fact


@dataclass(frozen=True, kw_only=True)
class Details(Common):
    """信号灯、黄闪灯、警示灯缺失或故障。"""

    lamp: str = fact("灯具", default="", choices="hazards.signal", filter=True)
    lamp_trouble: str = fact("问题", default="", choices="hazards.trouble")


SIGNALS = hazard_kind(
    "H06",
    "signals",
    "信号灯警示灯缺失故障",
    Details,
    aspect="signal",
    days=QUICK,
    help="信号灯、黄闪灯、警示灯缺失或故障。",
)

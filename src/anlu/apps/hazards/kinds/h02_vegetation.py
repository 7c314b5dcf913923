"""H02 树木绿植遮挡: trees, hedges and crops that hide sight, signs or signals."""

from __future__ import annotations

from dataclasses import dataclass

from anlu.apps.hazards.common import QUICK, Common, hazard_kind
from anlu.kernel.cases.kinds import fact


@dataclass(frozen=True, kw_only=True)
class Details(Common):
    """树木、绿篱、作物遮挡视线、标志或信号灯。"""

    plant: str = fact("遮挡绿植", default="", choices="hazards.plant", filter=True)
    hides: str = fact("被遮挡", default="", choices="hazards.hidden")
    extent_m: float | None = fact("遮挡范围", default=None, unit="米")


VEGETATION = hazard_kind(
    "H02",
    "vegetation",
    "树木绿植遮挡",
    Details,
    aspect="vegetation",
    days=QUICK,
    help="树木、绿篱、作物遮挡视线、标志或信号灯。",
)

"""H14 照明不足: lighting."""

from __future__ import annotations

from dataclasses import dataclass

from anlu.apps.hazards.common import WORKS, Common, hazard_kind
from anlu.kernel.cases.kinds import fact


@dataclass(frozen=True, kw_only=True)
class Details(Common):
    """无路灯、路灯不亮、亮度不足。"""

    lighting: str = fact("照明", default="", choices="hazards.lighting", filter=True)
    dark_m: float | None = fact("长度", default=None, unit="米")


LIGHTING = hazard_kind(
    "H14",
    "lighting",
    "照明不足",
    Details,
    aspect="lighting",
    days=WORKS,
    help="无路灯、路灯不亮、亮度不足。",
)

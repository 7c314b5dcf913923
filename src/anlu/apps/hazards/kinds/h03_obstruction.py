"""H03 构筑物堆物遮挡: billboards, structures and piles."""

from __future__ import annotations

from dataclasses import dataclass

from anlu.apps.hazards.common import QUICK, Common, hazard_kind
from anlu.kernel.cases.kinds import fact


@dataclass(frozen=True, kw_only=True)
class Details(Common):
    """广告牌、构筑物、堆物、车辆遮挡视线。"""

    thing: str = fact("遮挡物", default="", choices="hazards.structure", filter=True)
    in_zone: bool | None = fact("在建筑控制区内", default=None)


OBSTRUCTION = hazard_kind(
    "H03",
    "obstruction",
    "构筑物堆物遮挡",
    Details,
    aspect="structure",
    days=QUICK,
    help="广告牌、构筑物、堆物、车辆遮挡视线。",
)

"""H12 施工占道不规范: work zones."""

from __future__ import annotations

from dataclasses import dataclass

from anlu.apps.hazards.common import QUICK, Common, hazard_kind
from anlu.kernel.cases.kinds import fact


@dataclass(frozen=True, kw_only=True)
class Details(Common):
    """占道施工警示、隔离、绕行不规范。"""

    zone_lacks: str = fact("不足", default="", choices="hazards.workzone", filter=True)
    builder: str = fact("施工单位", default="")
    permit: bool | None = fact("经许可", default=None)


WORK_ZONE = hazard_kind(
    "H12",
    "work_zone",
    "施工占道不规范",
    Details,
    aspect="works",
    days=QUICK,
    help="占道施工警示、隔离、绕行不规范。",
)

"""H10 中央开口和接入口不合理: median openings and accesses."""

from __future__ import annotations

from dataclasses import dataclass

from anlu.apps.hazards.common import PLANNED, Common, hazard_kind
from anlu.kernel.cases.kinds import fact


@dataclass(frozen=True, kw_only=True)
class Details(Common):
    """中央隔离开口不合理、接入口过多。"""

    opening: str = fact("开口", default="", choices="hazards.opening", filter=True)
    openings: int | None = fact("开口数", default=None, unit="处")


ACCESS = hazard_kind(
    "H10",
    "access",
    "中央开口和接入口不合理",
    Details,
    aspect="facility",
    days=PLANNED,
    help="中央隔离开口不合理、接入口过多。",
)

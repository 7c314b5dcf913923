"""H15 铁路道口窄桥: rail crossings and narrow bridges."""

from __future__ import annotations

from dataclasses import dataclass

from anlu.apps.hazards.common import PLANNED, Common, hazard_kind
from anlu.kernel.cases.kinds import fact


@dataclass(frozen=True, kw_only=True)
class Details(Common):
    """铁路道口、窄桥、涵洞。"""

    narrow: str = fact("类别", default="", choices="hazards.narrow", filter=True)
    clear_m: float | None = fact("净宽", default=None, unit="米")


NARROW = hazard_kind(
    "H15",
    "narrow",
    "铁路道口窄桥",
    Details,
    aspect="rail",
    days=PLANNED,
    help="铁路道口、窄桥、涵洞。",
)

"""H04 马路市场占道经营: markets and stalls on the road."""

from __future__ import annotations

from dataclasses import dataclass

from anlu.apps.hazards.common import WORKS, Common, hazard_kind
from anlu.kernel.cases.kinds import fact


@dataclass(frozen=True, kw_only=True)
class Details(Common):
    """集市、摊点、店外经营占用道路。"""

    occupied_by: str = fact("占道情形", default="", choices="hazards.occupied", filter=True)
    stalls: int | None = fact("摊位数", default=None, unit="个")
    width_m: float | None = fact("占用宽度", default=None, unit="米")


ROADSIDE_MARKET = hazard_kind(
    "H04",
    "roadside_market",
    "马路市场占道经营",
    Details,
    aspect="stalls",
    days=WORKS,
    help="集市、摊点、店外经营占用道路。",
)

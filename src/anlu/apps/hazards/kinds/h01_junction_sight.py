"""H01 平交路口视距不足: what hides crossing traffic from who waits at a junction."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from anlu.apps.hazards.common import WORKS, Common, hazard_kind
from anlu.kernel.cases.kinds import fact


@dataclass(frozen=True, kw_only=True)
class Details(Common):
    """路口看不见横向来车。"""

    blocks: str = fact("遮挡物", default="", choices="hazards.obstacle", filter=True)
    blocks_m: float | None = fact("遮挡长度", default=None, unit="米")
    speed_kmh: int | None = fact(
        "主路速度", default=None, unit="公里/小时", help="实测85位速度、限速或设计速度"
    )
    control: str = fact("支路控制", default="", choices="hazards.control")
    sight_m: float | None = fact("实测视距", default=None, unit="米", filter=True)
    needed_m: float | None = fact("应有视距", default=None, unit="米")
    sight_after_m: float | None = fact("整改后实测视距", default=None, unit="米")


PLANTS = ("tree", "hedge", "crop")
PILES = ("board", "building", "parking", "goods")


def aspect_of(facts: Mapping[str, Any]) -> str:
    """Whoever keeps the plants answers for plants, whoever keeps the roadside clear for the rest."""
    what = facts.get("blocks", "")
    return "vegetation" if what in PLANTS else "structure" if what in PILES else "facility"


JUNCTION_SIGHT = hazard_kind(
    "H01",
    "junction_sight",
    "平交路口视距不足",
    Details,
    aspect=aspect_of,
    days=WORKS,
    help="路口看不见横向来车。",
)

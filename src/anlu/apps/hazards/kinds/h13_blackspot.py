"""H13 事故多发点段: places where crashes keep happening."""

from __future__ import annotations

from dataclasses import dataclass

from anlu.apps.hazards.common import PLANNED, Common, hazard_kind
from anlu.kernel.cases.kinds import fact


@dataclass(frozen=True, kw_only=True)
class Details(Common):
    """一段时间内事故集中的点段。"""

    clause: str = fact("认定依据", default="")
    cause: str = fact("主要成因", default="", long=True)


BLACKSPOT = hazard_kind(
    "H13",
    "blackspot",
    "事故多发点段",
    Details,
    aspect="facility",
    days=PLANNED,
    help="一段时间内事故集中的点段。",
)

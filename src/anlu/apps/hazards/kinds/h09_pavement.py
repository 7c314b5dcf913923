"""H09 路面病害: defects of the pavement."""

from __future__ import annotations

from dataclasses import dataclass

from anlu.apps.hazards.common import QUICK, Common, hazard_kind
from anlu.kernel.cases.kinds import fact


@dataclass(frozen=True, kw_only=True)
class Details(Common):
    """坑槽、积水、结冰、沉陷。"""

    defect: str = fact("病害", default="", choices="hazards.pavement", filter=True)
    area_m2: float | None = fact("面积", default=None, unit="平方米")


PAVEMENT = hazard_kind(
    "H09",
    "pavement",
    "路面病害",
    Details,
    aspect="pavement",
    days=QUICK,
    help="坑槽、积水、结冰、沉陷。",
)

"""H11 学校医院集镇周边: surroundings of schools, hospitals and market towns."""

from __future__ import annotations

from dataclasses import dataclass

from anlu.apps.hazards.common import WORKS, Common, hazard_kind
from anlu.kernel.cases.kinds import fact


@dataclass(frozen=True, kw_only=True)
class Details(Common):
    """学校、医院、集镇周边设施不足。"""

    site: str = fact("周边", default="", choices="hazards.site", filter=True)
    lacking: str = fact("缺什么", default="")


SURROUNDINGS = hazard_kind(
    "H11",
    "surroundings",
    "学校医院集镇周边",
    Details,
    aspect="school",
    days=WORKS,
    help="学校、医院、集镇周边设施不足。",
)

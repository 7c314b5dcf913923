"""H05 标志标线缺失: signs and markings that are missing or wrong."""

from __future__ import annotations

from dataclasses import dataclass

from anlu.apps.hazards.common import QUICK, Common, hazard_kind
from anlu.kernel.cases.kinds import fact


@dataclass(frozen=True, kw_only=True)
class Details(Common):
    """标志标线缺失、破损、设置不合理。"""

    sign: str = fact("标志标线", default="", choices="hazards.sign", filter=True)
    sign_trouble: str = fact("问题", default="", choices="hazards.trouble")
    count: int | None = fact("数量", default=None, unit="处")


SIGNS = hazard_kind(
    "H05",
    "signs",
    "标志标线缺失",
    Details,
    aspect="facility",
    days=QUICK,
    help="标志标线缺失、破损、设置不合理。",
)

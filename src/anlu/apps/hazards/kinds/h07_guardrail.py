"""H07 护栏安全设施缺失损坏: guardrail and other protection."""

from __future__ import annotations

from dataclasses import dataclass

from anlu.apps.hazards.common import WORKS, Common, hazard_kind
from anlu.kernel.cases.kinds import fact


@dataclass(frozen=True, kw_only=True)
class Details(Common):
    """护栏、警示柱、防撞墩缺失损坏。"""

    guard: str = fact("设施", default="", choices="hazards.guard", filter=True)
    missing_m: float | None = fact("缺损长度", default=None, unit="米")


GUARDRAIL = hazard_kind(
    "H07",
    "guardrail",
    "护栏安全设施缺失损坏",
    Details,
    aspect="facility",
    days=WORKS,
    help="护栏、警示柱、防撞墩缺失损坏。",
)

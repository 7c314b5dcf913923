"""H08 急弯陡坡临水临崖: sharp curves, steep grades, watersides and cliffs."""

from __future__ import annotations

from dataclasses import dataclass

from anlu.apps.hazards.common import PLANNED, Common, hazard_kind
from anlu.kernel.cases.kinds import fact


@dataclass(frozen=True, kw_only=True)
class Details(Common):
    """线形不良、路侧险要。"""

    form: str = fact("线形", default="", choices="hazards.alignment", filter=True)
    length_m: float | None = fact("长度", default=None, unit="米")
    drop_m: float | None = fact("路侧高差", default=None, unit="米")


ALIGNMENT = hazard_kind(
    "H08",
    "alignment",
    "急弯陡坡临水临崖",
    Details,
    aspect="facility",
    days=PLANNED,
    help="线形不良、路侧险要。",
)

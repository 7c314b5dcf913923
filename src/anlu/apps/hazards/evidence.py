"""Evidence behind statements about hazards: Q15, what was cleared away."""

from __future__ import annotations

from typing import Final

from anlu.kernel.core.scope import Viewer
from anlu.kernel.indicators.define import indicators
from anlu.kernel.indicators.evaluate import values_of
from anlu.kernel.indicators.evidence import Found, evidence_for
from anlu.kernel.indicators.window import Window

CLEARED: Final = ("hazards.trees", "hazards.hedge", "hazards.obstacles")  # trees, hedges, obstacles
ADDED: Final = "hazards.signs"


@evidence_for("Q15")
def cleared_away(window: Window, viewer: Viewer) -> Found:
    """Quantities of work on hazards that were closed in the period."""
    codes = (*CLEARED, ADDED)
    found = values_of([indicators.get(code) for code in codes], window, viewer)
    words = "，".join(
        f"{one.indicator.label} {float(one.value or 0):g} {one.indicator.measure}" for one in found
    )
    missing = tuple(
        f"已销号隐患的{one.indicator.label}工程量"
        for one in found
        if one.indicator.code in CLEARED and not one.value
    )
    return Found(not missing, words, missing, codes)

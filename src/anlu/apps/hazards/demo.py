"""Hazards and roadside markets of the demonstration county, carried along by the accounts that would do it."""

from __future__ import annotations

from anlu.apps.hazards.demonstration.cases import make_cases
from anlu.apps.hazards.demonstration.markets import make_markets
from anlu.kernel.core.demo import demo_step


@demo_step(74, "hazards.markets", "马路市场")
def markets() -> str:
    """Roadside markets at the county's fairs, in every state."""
    return make_markets()


@demo_step(76, "hazards.hazards", "道路隐患")
def hazards() -> str:
    """Hazards of the first half of 2023 in every state."""
    return make_cases()

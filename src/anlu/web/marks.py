"""
Marks of the map: one drawing for the canvas, the server-drawn picture and the legend.

Shape and colour always go together, so that nothing is told by colour alone. Drawn in a square of ``SIZE`` units around
its middle; the colour is a token of ``assets/css/tokens.css``.
"""

from __future__ import annotations

from dataclasses import asdict, dataclass
from typing import Any, Final

SIZE: Final = 22


@dataclass(frozen=True)
class Mark:
    """``path`` as SVG writes it; a hollow mark is drawn by its edge, ``word`` stands on it."""

    path: str
    colour: str
    hollow: bool = False
    word: str = ""


PLATE: Final = (
    "M4 2.5H18A1.5 1.5 0 0 1 19.5 4V18A1.5 1.5 0 0 1 18 19.5H4A1.5 1.5 0 0 1 2.5 18V4A1.5 1.5 0 0 1 4 2.5Z"
)
DISC: Final = "M5.4 11A5.6 5.6 0 1 0 16.6 11A5.6 5.6 0 1 0 5.4 11Z"
DOT: Final = "M6.8 11A4.2 4.2 0 1 0 15.2 11A4.2 4.2 0 1 0 6.8 11Z"
SQUARE: Final = "M6.2 6.2H15.8V15.8H6.2Z"
UP: Final = "M11 3.8L18.6 17.4H3.4Z"
DOWN: Final = "M11 18.2L3.4 4.6H18.6Z"
DIAMOND: Final = "M11 2.8L19.2 11L11 19.2L2.8 11Z"
HEXAGON: Final = "M6.6 3.8H15.4L19.4 11L15.4 18.2H6.6L2.6 11Z"
CROSS: Final = "M8.2 3.6H13.8V8.2H18.4V13.8H13.8V18.4H8.2V13.8H3.6V8.2H8.2Z"

MARKS: Final[dict[str, Mark]] = {
    "fatal": Mark("M11 2.5L19.5 11L11 19.5L2.5 11Z", "severity-fatal"),
    "serious": Mark("M11 3.5L19 18H3Z", "severity-serious"),
    "slight": Mark(DISC, "severity-slight"),
    "damage": Mark("M6.8 6.8H15.2V15.2H6.8Z", "severity-damage", hollow=True),
    "class-1": Mark(DISC, "class-1"),
    "class-2": Mark(UP, "class-2"),
    "class-3": Mark(SQUARE, "class-3"),
    "class-4": Mark(DIAMOND, "class-4"),
    "class-5": Mark(DOWN, "class-5"),
    "class-6": Mark(HEXAGON, "class-6"),
    "class-7": Mark(CROSS, "class-7"),
    "class-other": Mark(DOT, "severity-damage", hollow=True),
    "school": Mark(PLATE, "site-school", word="校"),
    "market": Mark(PLATE, "site-market", word="集"),
    "hospital": Mark(PLATE, "site-hospital", word="医"),
    "station": Mark(PLATE, "site-other", word="油"),
    "enterprise": Mark(PLATE, "site-other", word="企"),
    "site": Mark(PLATE, "site-other", word="点"),
    "junction": Mark(DOT, "site-junction", hollow=True),
    "signals": Mark(DOT, "site-junction"),
}
CLASSES: Final = tuple(f"class-{number}" for number in range(1, 8))
OTHER: Final = "class-other"


def drawings() -> dict[str, dict[str, Any]]:
    """All marks as the map's script reads them."""
    return {name: asdict(mark) for name, mark in MARKS.items()}

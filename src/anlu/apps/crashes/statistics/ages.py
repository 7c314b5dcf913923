"""Bands of age by which the parties of crashes are counted."""

from __future__ import annotations

from bisect import bisect_right
from typing import Final

# Lower bounds in years: small children, pupils, youths who may not drive yet, the working years, older people.
BANDS: Final[tuple[tuple[int, str, str], ...]] = (
    (0, "a00", "6岁及以下"),
    (7, "a07", "7–14岁"),
    (15, "a15", "15–17岁"),
    (18, "a18", "18–25岁"),
    (26, "a26", "26–35岁"),
    (36, "a36", "36–45岁"),
    (46, "a46", "46–59岁"),
    (60, "a60", "60–69岁"),
    (70, "a70", "70岁及以上"),
)
OLDEST: Final = 120
_LOWER: Final = [low for low, _, _ in BANDS]


def band_of(age: int | None) -> str | None:
    """The code of the band that an age in whole years belongs to; None for none and for what is no age (0–120)."""
    if age is None or not 0 <= age <= OLDEST:
        return None
    return BANDS[bisect_right(_LOWER, age) - 1][1]


def limits_of(code: str) -> tuple[int, int]:
    """First and last age of a band, both included; raises ``KeyError`` for an unknown code."""
    for place, (low, known, _) in enumerate(BANDS):
        if known == code:
            return low, _LOWER[place + 1] - 1 if place + 1 < len(BANDS) else OLDEST
    raise KeyError(code)

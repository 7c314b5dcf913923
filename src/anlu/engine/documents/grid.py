"""
The page of GB/T 9704-2012 in numbers.

28 characters of 16 pt do not fit into 156 mm (28 × 16 pt = 158 mm) and a document grid of lines and characters is read
differently by LibreOffice, so the page is kept by exact line spacing and narrowed characters: measured, see
``docs/methods/documents.md``.
"""

from __future__ import annotations

from typing import Final

TWIPS_PER_MM: Final = 1440 / 25.4
EMU_PER_MM: Final = 36_000
TWIPS_PER_POINT: Final = 20


def twips(mm: float) -> int:
    """Millimetres in twentieths of a point, the unit of Word."""
    return round(mm * TWIPS_PER_MM)


PAGE_WIDTH: Final = 11906  # A4, 210 × 297 mm
PAGE_HEIGHT: Final = 16838
TOP_MM: Final = 37.0  # 天头, GB/T 9704-2012 5.2.1
LEFT_MM: Final = 28.0  # 订口
RIGHT_MM: Final = 26.0  # 210 − 28 − 156
BOTTOM_MM: Final = 35.0  # 297 − 37 − 225
WIDTH: Final = PAGE_WIDTH - twips(LEFT_MM) - twips(RIGHT_MM)  # 版心 156 × 225 mm
HEIGHT: Final = PAGE_HEIGHT - twips(TOP_MM) - twips(BOTTOM_MM)

LINES: Final = 22
LINE: Final = 579  # 28.95 pt exactly
NARROWING: Final = -5  # −0.25 pt between characters
CHARACTER: Final = 315  # 16 pt − 0.25 pt

# Sizes in half points.
SIZE_2: Final = 44  # 二号 22 pt
SIZE_3: Final = 32  # 三号 16 pt
SIZE_4: Final = 28  # 四号 14 pt
SIZE_SMALL_4: Final = 24  # 小四 12 pt

# The page number stands 7 mm below the type area and is 14 pt high; below it the footer is empty down to 20 mm above
# the edge, where the red lines of a letter are.
FOOTER_MM: Final = 20.0
BELOW_NUMBER_MM: Final = BOTTOM_MM - 7.0 - 14 / 72 * 25.4 - FOOTER_MM
RED: Final = "FF0000"

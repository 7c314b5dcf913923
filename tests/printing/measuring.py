"""What a printed page measures, read from the PDF by pdfplumber: an oracle that knows nothing of how it was made."""

from __future__ import annotations

import io
from collections import defaultdict
from dataclasses import dataclass
from itertools import pairwise

import pdfplumber

MM = 25.4 / 72
PAGE_NUMBER = 14.0


@dataclass(frozen=True)
class Glyph:
    """One character: where its box is on the page in mm, and its size in points."""

    text: str
    left: float
    right: float
    top: float
    bottom: float
    size: float


@dataclass(frozen=True)
class Page:
    """A page: its size in mm and its characters, blanks left out."""

    width: float
    height: float
    glyphs: tuple[Glyph, ...]
    rules: tuple[tuple[float, float, float], ...]
    turned: tuple[Glyph, ...]
    pictures: tuple[tuple[float, float, float, float], ...]

    @property
    def text(self) -> str:
        """All characters in their order."""
        return "".join(glyph.text for glyph in self.glyphs)

    def lines(self, size: float = 16.0) -> list[list[Glyph]]:
        """Lines of characters of one size from top to bottom, each from left to right."""
        rows: dict[float, list[Glyph]] = defaultdict(list)
        for glyph in self.glyphs:
            if abs(glyph.size - size) < 0.05:
                rows[round(glyph.top, 1)].append(glyph)
        return [sorted(rows[top], key=lambda glyph: glyph.left) for top in sorted(rows)]

    def sizes(self) -> set[float]:
        """Sizes of the characters in points."""
        return {round(glyph.size, 1) for glyph in self.glyphs}

    def number(self) -> list[Glyph]:
        """The characters below the type area."""
        return sorted(
            (glyph for glyph in self.glyphs if glyph.top > self.height - 35), key=lambda each: each.left
        )


def pages_of(pdf: bytes) -> list[Page]:
    """The pages of a PDF."""
    with pdfplumber.open(io.BytesIO(pdf)) as document:
        return [page_of(page) for page in document.pages]


def page_of(page: pdfplumber.page.Page) -> Page:
    """One page."""
    glyphs: dict[bool, list[Glyph]] = {True: [], False: []}
    for each in page.chars:
        if each["text"].strip():
            place = (each[name] * MM for name in ("x0", "x1", "top", "bottom"))
            glyphs[bool(each["upright"])].append(Glyph(each["text"], *place, each["size"]))
    rules = tuple((each["x0"] * MM, each["x1"] * MM, each["top"] * MM) for each in [*page.lines, *page.rects])
    pictures = tuple(tuple(each[name] * MM for name in ("x0", "top", "x1", "bottom")) for each in page.images)
    size = (float(page.width) * MM, float(page.height) * MM)
    return Page(*size, tuple(glyphs[True]), rules, tuple(glyphs[False]), pictures)


def character_pitches(line: list[Glyph]) -> list[float]:
    """Distances of neighbouring characters in points."""
    return [(behind.left - before.left) / MM for before, behind in pairwise(line)]


def line_pitches(lines: list[list[Glyph]]) -> list[float]:
    """Distances of neighbouring lines in points."""
    return [(behind[0].top - before[0].top) / MM for before, behind in pairwise(lines)]

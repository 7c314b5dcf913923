"""
Where the text will end: pages and lines counted beforehand, to know on which side of the sheet the imprint stands.

Exact line heights and square characters make this a sum. Words in Western letters are taken as half as wide as Chinese
ones, so a document whose last line falls just at the foot of a page may be judged wrongly.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from typing import Final
from xml.etree.ElementTree import Element

from anlu.engine.documents.bodies import LYING_WIDTH, Stretch
from anlu.engine.documents.grid import (
    HEIGHT,
    LINE,
    NARROWING,
    SIZE_2,
    SIZE_3,
    SIZE_4,
    SIZE_SMALL_4,
    TWIPS_PER_POINT,
    WIDTH,
)
from anlu.engine.documents.sections import Kind
from anlu.engine.documents.styles import FORM_LINE, TABLE_LINE
from anlu.engine.documents.tables import MARGIN
from anlu.engine.documents.widths import is_wide
from anlu.engine.documents.xml import child

EMU_PER_TWIP: Final = 635
LETTER_MARK: Final = 340  # what a letter's mark takes of the type area
# style → size in half points, line in twips, first line in twips
STYLES: Final[dict[str, tuple[int, int, int]]] = {
    "Title": (SIZE_2, LINE, 0),
    "TableTitle": (SIZE_4, LINE, 0),
    "TableHead": (SIZE_SMALL_4, TABLE_LINE, 0),
    "TableText": (SIZE_SMALL_4, TABLE_LINE, 0),
    "TableNote": (SIZE_SMALL_4, TABLE_LINE, 0),
    "FormText": (SIZE_4, FORM_LINE, 0),
    "Imprint": (SIZE_4, 480, 0),
    **dict.fromkeys(("OfficialText", "Heading1", "Heading2", "Heading3", "Heading4"), (SIZE_3, LINE, 630)),
}
NOT_FIRST: Final = frozenset("，。、；：？！）》」』”’〕…—％%")
NOT_LAST: Final = frozenset("（《「『“‘〔")


@dataclass
class Position:
    """A page, counted from 1, and how many twips of it are used."""

    page: int = 1
    used: int = 0
    full: int = HEIGHT
    width: int = WIDTH

    def take(self, height: int) -> None:
        """Use so much in one piece, on the next page if this one has no room."""
        if self.used and self.used + height > self.full:
            self.turn()
        self.used += height

    def turn(self) -> None:
        """Go to the next page."""
        self.page, self.used = self.page + 1, 0

    def pages_until_even(self, *, room: int, upright: bool) -> int:
        """Pages to turn until there is an even, upright one with this room at its foot."""
        if self.page % 2:
            return 1
        return 0 if upright and self.used + room <= self.full else 2


def fits_on_page(here: Position, elements: Sequence[Element], *, spare: int) -> bool:
    """Whether paragraphs still go onto this page with so much to spare."""
    behind = replace(here)
    for each in elements:
        if each.tag == "w:tbl":
            place_table(each, behind)
        else:
            place_paragraph(each, behind)
    return behind.page == here.page and behind.used + spare <= behind.full


def position_after(stretches: Sequence[Stretch], kinds: Sequence[Kind]) -> Position:
    """The position behind the last element."""
    here = Position()
    for number, (stretch, kind) in enumerate(zip(stretches, kinds, strict=True)):
        if number:
            here.turn()
        lying = kind == "lying"
        here.full, here.width = (WIDTH, LYING_WIDTH) if lying else (HEIGHT, WIDTH)
        for each in stretch.elements:
            if each.tag == "w:tbl":
                place_table(each, here)
            else:
                place_paragraph(each, here)
    return here


def place_table(table: Element, here: Position) -> None:
    """Use the height of a table's rows; a head that is repeated counts on every page."""
    repeated = 0
    for row in table.iter("w:tr"):
        page, height = here.page, row_height(row, here.width)
        here.take(height)
        if child(row, "w:trPr", "w:tblHeader") is not None:
            repeated += height
        elif here.page != page:
            here.used += repeated


def table_height(table: Element) -> int:
    """Height of a table in twips."""
    return sum(row_height(row, WIDTH) for row in table.iter("w:tr"))


def facts_of(paragraph: Element) -> dict[str, Element]:
    """The properties of a paragraph by their tags."""
    properties = child(paragraph, "w:pPr")
    return {} if properties is None else {each.tag: each for each in properties}


def place_paragraph(paragraph: Element, here: Position) -> None:
    """Use the lines of a paragraph."""
    facts = facts_of(paragraph)
    if "w:pageBreakBefore" in facts and here.used:
        here.turn()
    if "w:framePr" in facts:
        here.used += LETTER_MARK
        return
    drawn = next(paragraph.iter("wp:inline"), None)
    if drawn is not None:
        here.take(int(drawn[0].get("cy", 0)) // EMU_PER_TWIP)
        return
    before, height, after = spacing_of(facts)
    here.used += before
    for _ in range(line_count(paragraph, here.width)):
        here.take(height)
    here.used += after


def spacing_of(facts: dict[str, Element]) -> tuple[int, int, int]:
    """Space above, line height, space below."""
    style = facts["w:pStyle"].get("w:val", "") if "w:pStyle" in facts else ""
    height = STYLES.get(style, (SIZE_3, LINE, 0))[1]
    spacing = facts.get("w:spacing")
    ruled = facts.get("w:pBdr")
    below = 0 if ruled is None else sum(int(each.get("w:space", 0)) for each in ruled) * TWIPS_PER_POINT
    if spacing is None:
        return 0, height, below
    return int(spacing.get("w:before", 0)), int(spacing.get("w:line", height)), below


def row_height(row: Element, width: int) -> int:
    """Height of a table row: its tallest cell, or what is asked for at least."""
    least = child(row, "w:trPr", "w:trHeight")
    heights = [0 if least is None else int(least.get("w:val", 0))]
    for cell in row.iter("w:tc"):
        column = child(cell, "w:tcPr", "w:tcW")
        room = (width if column is None else int(column.get("w:w", width))) - 2 * MARGIN
        heights.append(sum(lines * height for lines, height in cell_lines(cell, room)))
    return max(heights) + 10


def cell_lines(cell: Element, room: int) -> Iterator[tuple[int, int]]:
    """Lines and line height of each paragraph of a cell."""
    for paragraph in cell.iter("w:p"):
        yield line_count(paragraph, room), spacing_of(facts_of(paragraph))[1]


def line_count(paragraph: Element, width: int) -> int:
    """Lines of a paragraph, at least one."""
    return len(line_starts_of(paragraph, width))


def line_starts_of(paragraph: Element, width: int) -> list[int]:
    """Which character begins each line of a paragraph."""
    properties = child(paragraph, "w:pPr")
    named = child(properties, "w:pStyle")
    size, _, first = STYLES.get("" if named is None else named.get("w:val", ""), (SIZE_3, LINE, 0))
    left = right = 0
    indents = child(properties, "w:ind")
    if indents is not None:
        left, right = int(indents.get("w:left", 0)), int(indents.get("w:right", 0))
        first = int(indents.get("w:firstLine", 0)) - int(indents.get("w:hanging", 0))
    return line_starts(words_of(paragraph), width - left - right, first, size)


def words_of(paragraph: Element) -> str:
    """The text of a paragraph, its line breaks kept."""
    return "".join(
        "\n" if each.tag == "w:br" else each.text or ""
        for each in paragraph.iter()
        if each.tag in ("w:t", "w:br")
    )


def line_starts(text: str, room: int, first: int, size: int) -> list[int]:
    """Where lines begin when none begins or ends with punctuation that may not stand there."""
    full = size * 10 + (NARROWING if size == SIZE_3 else 0)
    half = size * 5 + (NARROWING if size == SIZE_3 else 0)
    starts, used, at = [0], first, 0
    while at < len(text):
        if text[at] == "\n":
            at += 1
            starts.append(at)
            used = 0
            continue
        wide = full if is_wide(text[at]) else half
        if used + wide > room and at > starts[-1]:
            at = break_before(text, at, starts[-1])
            starts.append(at)
            used = 0
            continue
        used += wide
        at += 1
    return starts


def break_before(text: str, at: int, start: int) -> int:
    """Where the line that overflows at a character is broken."""
    place = at
    while place > start + 1 and not may_break(text, place):
        place -= 1
    return at if place <= start + 1 else place


def may_break(text: str, at: int) -> bool:
    """Whether a line may end in front of this character."""
    before, behind = text[at - 1], text[at]
    if behind in NOT_FIRST or before in NOT_LAST:
        return False
    return is_wide(before) or is_wide(behind) or before == " "

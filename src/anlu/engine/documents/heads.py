"""The upper part of the first page: marks, numbers, red lines, title, addressees."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from typing import Final
from xml.etree.ElementTree import Element

from anlu.engine.documents.blocks import Run
from anlu.engine.documents.grid import (
    CHARACTER,
    LEFT_MM,
    LINE,
    PAGE_WIDTH,
    RED,
    RIGHT_MM,
    SIZE_2,
    TWIPS_PER_POINT,
    WIDTH,
    twips,
)
from anlu.engine.documents.paper import Paper, official_date
from anlu.engine.documents.paragraphs import Frame, Layout, Line, Look, blank_lines, paragraph, run
from anlu.engine.documents.tables import cell, grid, row
from anlu.engine.documents.titles import title_lines

MARK_SPACE_MM: Final = 35.0  # from the type area to the mark, GB/T 9704-2012 7.2.4
RED_LINE: Final = Line(eighths=16, space=11, colour=RED)  # 4 mm below the number
TALLEST_MARK: Final = 96  # half points
NARROWEST_MARK: Final = 66  # percent
THICK: Final = Line(eighths=24, colour=RED)
THIN: Final = Line(eighths=6, colour=RED)
LETTER_LINE_MM: Final = 170.0
LETTER_TOP_MM: Final = 30.0


def head(paper: Paper, gap: int = 2) -> list[Element]:
    """Everything above the text; ``gap``: blank lines where the standard has two."""
    return [*HEADS[paper.form](paper, gap), *addressees(paper)]


def document_head(paper: Paper, gap: int) -> list[Element]:
    """红头: three lines for copy number, secrecy and urgency, mark, number, red line, title."""
    return [
        *urgencies(paper),
        *mark(paper, paper.mark_word),
        *blank_lines(gap),
        number_line(paper),
        *blank_lines(gap),
        *title(paper),
    ]


def urgencies(paper: Paper) -> list[Element]:
    """The three lines above the mark; together they are most of its 35 mm."""
    return [
        paragraph(paper.copy_number, Layout(align="left")),
        paragraph(paper.secrecy, Layout("OfficialLabel", align="left")),
        paragraph(paper.urgency, Layout("OfficialLabel", align="left")),
    ]


def mark(paper: Paper, word: str) -> list[Element]:
    """发文机关标志, its upper edge 35 mm below the edge of the type area."""
    before = twips(MARK_SPACE_MM) - 3 * LINE
    if len(paper.issuers) == 1:
        text = paper.issuers[0] + word
        return [paragraph(text, Layout("OfficialMark", before=before, line=mark_line(text)), mark_look(text))]
    return joint_mark(paper.issuers, word, before)


def joint_mark(names: tuple[str, ...], word: str, before: int) -> list[Element]:
    """Several offices below one another, spread to the same width, and the word beside them."""
    columns = (WIDTH - 2200, 2200) if word else (WIDTH, 0)
    longest = max(names, key=len)
    room = columns[0] - 200
    look, line = mark_look(longest, room), mark_line(longest, room)
    left = cell("", columns[0], Layout(), "center")
    left[1:] = [spread_mark(name, len(longest), look, line) for name in names]
    cells = [left]
    if word:
        right = cell("", columns[1], Layout(), "center")
        wordmark = Layout("OfficialMark", line=mark_line(word, columns[1]))
        right[1:] = [paragraph(word, wordmark, mark_look(word, columns[1] - 200))]
        cells.append(right)
    table = grid([each for each in columns if each], [row(cells)], ruled=False)
    return [paragraph("", Layout(line=before)), table]


def spread_mark(name: str, characters: int, look: Look, line: int) -> Element:
    """A name as wide as one of so many characters."""
    layout = Layout("OfficialMark", align="left", line=line)
    if len(name) < 2:
        return paragraph(name, layout, look)
    wide = (look.size or SIZE_2) * 10 * (look.width or 100) // 100
    made = paragraph(
        name[:-1], layout, replace(look, apart=(characters - len(name)) * wide // (len(name) - 1))
    )
    made.append(run(Run(name[-1]), look))
    return made


def mark_size(text: str, room: int = WIDTH) -> tuple[int, int]:
    """Size in half points and width in percent of a mark that fills its line, tall rather than wide."""
    fitting = room / max(1, len(text)) / TWIPS_PER_POINT * 2
    size = min(TALLEST_MARK, int(fitting / NARROWEST_MARK * 100))
    return size, min(100, max(NARROWEST_MARK, int(fitting / size * 100)))


def mark_look(text: str, room: int = WIDTH) -> Look:
    """The mark in red."""
    size, width = mark_size(text, room)
    return Look(size=size, red=True, width=width)


def mark_line(text: str, room: int = WIDTH) -> int:
    """The height of the mark's line in twips."""
    return round(mark_size(text, room)[0] / 2 * 1.25) * TWIPS_PER_POINT


def number_line(paper: Paper) -> Element:
    """发文字号 above the red line; in an upward document at the left, with the signer at the right."""
    if not paper.signer:
        return paragraph(paper.number, Layout(align="center", ruled=RED_LINE, keep_next=True))
    words = (Run(f"{paper.number}\t签发人："), Run(paper.signer, "kai"))
    stops = (("right", WIDTH - CHARACTER),)
    return indented_rule(words, stops)


def indented_rule(words: tuple[Run, ...], stops: tuple[tuple[str, int], ...]) -> Element:
    """A line indented by one character above a red line of the full width."""
    layout = Layout(align="left", first=CHARACTER, tabs=stops, ruled=RED_LINE, keep_next=True)
    return paragraph(words, layout)


def title(paper: Paper) -> list[Element]:
    """标题 in 二号 小标宋, broken by meaning; one blank line below."""
    return [
        paragraph("\n".join(title_lines(paper.title)), Layout("Title")),
        *blank_lines(1, Layout(keep_next=True)),
    ]


def letter_head(paper: Paper, gap: int) -> list[Element]:
    """信函格式: mark 30 mm below the page's edge, thick and thin red line, number at the right."""
    name = paper.issuers[0]
    width, height = twips(LETTER_LINE_MM), mark_line(name)
    frame = Frame(x=(PAGE_WIDTH - width) // 2, y=twips(LETTER_TOP_MM), width=width, height=height)
    first_line = f"{paper.secrecy or paper.urgency}\t{paper.number}"
    return [
        paragraph(name, Layout("OfficialMark", line=height, frame=frame), mark_look(name, WIDTH)),
        *letter_rules(THICK, THIN, before=twips(4.0)),
        paragraph(first_line, Layout(align="left", before=14 * TWIPS_PER_POINT, tabs=(("right", WIDTH),))),
        *blank_lines(gap),
        *title(paper),
    ]


def letter_rules(upper: Line, lower: Line, *, before: int = 0) -> list[Element]:
    """Two red lines of 170 mm, wider than the text on both sides alike."""
    margin = (PAGE_WIDTH - twips(LETTER_LINE_MM)) // 2
    place = Layout("PageNumber", left=margin - twips(LEFT_MM), right=margin - twips(RIGHT_MM), line=40)
    return [
        paragraph("", place.but(ruled=upper, before=before)),
        paragraph("", place.but(ruled=lower, line=60)),
    ]


def issue_head(paper: Paper, gap: int) -> list[Element]:
    """简报 and 纪要: red mark, number of the issue, who edits it and when, red line."""
    stops = (("right", WIDTH - CHARACTER),)
    dated = "" if paper.dated is None else official_date(paper.dated)
    number = [paragraph(paper.number, Layout(align="center"))] if paper.number else []
    return [
        *urgencies(paper),
        *mark(paper, ""),
        *blank_lines(1),
        *number,
        indented_rule((Run(f"{paper.issued_by or paper.issuers[0]}\t{dated}"),), stops),
        *blank_lines(1),
        *title(paper),
    ]


def notice_head(paper: Paper, gap: int) -> list[Element]:
    """A legal notice: the office and the name of the notice above one another, the number at the right."""
    office = "\n".join(paper.issuers)
    number = [paragraph(paper.number, Layout(align="right"))] if paper.number else blank_lines(1)
    return [
        paragraph(office, Layout("Title"), Look(size=SIZE_2)),
        paragraph("\n".join(title_lines(paper.title)), Layout("Title")),
        *blank_lines(1),
        *number,
        *blank_lines(1),
    ]


def plain_head(paper: Paper, gap: int) -> list[Element]:
    """Title, and who and when in brackets below it."""
    lines = title_lines(paper.title)
    byline = [paragraph((Run(paper.issued_by, "kai"),), Layout(align="center"))] if paper.issued_by else []
    return [paragraph("\n".join(lines), Layout("Title")), *byline, *blank_lines(1)]


def addressees(paper: Paper) -> list[Element]:
    """主送机关, flush left, with a full-width colon."""
    if not paper.addressees:
        return []
    return [paragraph("、".join(paper.addressees) + "：", Layout(align="left"))]


def bottom_rule() -> list[Element]:
    """The thin and thick red lines at the foot of a letter's first page."""
    return letter_rules(THIN, THICK)


HEADS: Final[dict[str, Callable[[Paper, int], list[Element]]]] = {
    "document": document_head,
    "letter": letter_head,
    "minutes": issue_head,
    "bulletin": issue_head,
    "notice": notice_head,
    "plain": plain_head,
}

"""Tables and forms."""

from __future__ import annotations

import itertools
from collections.abc import Sequence
from typing import Final
from xml.etree.ElementTree import Element

from anlu.engine.documents.blocks import Cell, Form, Table
from anlu.engine.documents.paragraphs import Layout, paragraph
from anlu.engine.documents.styles import FORM_LINE
from anlu.engine.documents.xml import element, on, value

NARROWEST: Final = 720  # two characters of a table's head and the margins of its cell
MARGIN: Final = 85  # 1.5 mm left and right of the text in a cell
EDGES: Final = ("top", "left", "bottom", "right", "insideH", "insideV")


def table(block: Table, width: int) -> list[Element]:
    """A table with its title and note."""
    columns = column_widths(block.widths or (1.0,) * len(block.head), width)
    aligns = block.aligns or ("center",) * len(block.head)
    head = row(
        [cell(text, columns[at], Layout("TableHead"), "center") for at, text in enumerate(block.head)],
        repeated=True,
    )
    rows = [
        row(
            [
                cell(text, columns[at], Layout("TableText", align=aligns[at]), "center")
                for at, text in enumerate(each)
            ]
        )
        for each in block.rows
    ]
    title = paragraph(block.title, Layout("TableTitle")) if block.title else spacer()
    note = [paragraph(block.note, Layout("TableNote"))] if block.note else []
    return [title, grid(columns, [head, *rows]), *(note or [spacer()])]


def form(block: Form, width: int) -> list[Element]:
    """A bordered form."""
    columns = column_widths(block.widths, width)
    rows = []
    for each in block.rows:
        at, cells = 0, []
        for field in each:
            cells.append(field_cell(field, sum(columns[at : at + field.span])))
            at += field.span
        rows.append(row(cells, height=max(field.lines for field in each) * FORM_LINE + 2 * MARGIN))
    return [grid(columns, rows), spacer()]


def field_cell(field: Cell, width: int) -> Element:
    """One field of a form: labels in the middle, what is filled in at the top when it has room."""
    align = "center" if field.label else field.align
    upright = "top" if field.lines > 2 and not field.label else "center"
    return cell(field.text, width, Layout("FormText", align=align), upright, span=field.span)


def column_widths(shares: Sequence[float], width: int) -> list[int]:
    """Relative widths in twips that add up to the width."""
    if min(shares) <= 0:
        raise ValueError(f"widths of columns must be positive, got {min(shares)}")
    total = sum(shares)
    room = width - NARROWEST * len(shares)
    if room > 0:  # no column is too narrow for a head of two characters
        spare = [max(0.0, share / total * width - NARROWEST) for share in shares]
        shares = [NARROWEST + room * each / sum(spare) for each in spare] if sum(spare) else shares
        total = sum(shares)
    edges = [round(width * sum(shares[:count]) / total) for count in range(len(shares) + 1)]
    return [end - start for start, end in itertools.pairwise(edges)]


def grid(
    columns: Sequence[int], rows: Sequence[Element], *, ruled: bool = True, place: Element | None = None
) -> Element:
    """``w:tbl`` of fixed columns."""
    return element(
        "w:tbl",
        None,
        element(
            "w:tblPr",
            None,
            place,
            element("w:tblW", {"w:w": sum(columns), "w:type": "dxa"}),
            value("w:jc", "center") if place is None else None,
            borders() if ruled else None,
            element("w:tblLayout", {"w:type": "fixed"}),
            element(
                "w:tblCellMar",
                None,
                element("w:left", {"w:w": MARGIN if ruled else 0, "w:type": "dxa"}),
                element("w:right", {"w:w": MARGIN if ruled else 0, "w:type": "dxa"}),
            ),
        ),
        element("w:tblGrid", None, *(element("w:gridCol", {"w:w": each}) for each in columns)),
        *rows,
    )


def borders() -> Element:
    """Thin lines around and between all cells."""
    line = {"w:val": "single", "w:sz": 4, "w:space": 0, "w:color": "000000"}
    return element("w:tblBorders", None, *(element(f"w:{edge}", line) for edge in EDGES))


def row(cells: Sequence[Element], *, repeated: bool = False, height: int | None = None) -> Element:
    """``w:tr`` that is not torn by a page break."""
    least = None if height is None else element("w:trHeight", {"w:val": height, "w:hRule": "atLeast"})
    return element(
        "w:tr", None, element("w:trPr", None, on("w:cantSplit"), least, on("w:tblHeader", repeated)), *cells
    )


def cell(
    text: str, width: int, layout: Layout, upright: str, *, span: int = 1, edges: Element | None = None
) -> Element:
    """``w:tc``; each line of the text is a paragraph."""
    return element(
        "w:tc",
        None,
        element(
            "w:tcPr",
            None,
            element("w:tcW", {"w:w": width, "w:type": "dxa"}),
            value("w:gridSpan", span) if span > 1 else None,
            edges,
            value("w:vAlign", upright),
        ),
        *(paragraph(line, layout) for line in text.split("\n")),
    )


def spacer() -> Element:
    """A narrow paragraph, since a table may not touch the next one or end a document."""
    return paragraph("", Layout("TableNote", line=120))

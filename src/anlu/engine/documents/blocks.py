"""What the body of a document consists of: headings, paragraphs, tables, forms, pictures."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal, TypeAlias

Face: TypeAlias = Literal["body", "strong", "kai", "hei"]
Align: TypeAlias = Literal["left", "center", "right"]
Level: TypeAlias = Literal[1, 2, 3, 4]


@dataclass(frozen=True)
class Run:
    """Words in one face: 仿宋 (body), 仿宋 bold (strong), 楷体 (kai), 黑体 (hei)."""

    text: str
    face: Face = "body"


Words: TypeAlias = str | tuple[Run, ...]


def runs_of(words: Words) -> tuple[Run, ...]:
    """Words as runs; plain text is one run in the body's face."""
    return (Run(words),) if isinstance(words, str) else words


def plain_text(words: Words) -> str:
    """Words without their faces."""
    return "".join(run.text for run in runs_of(words))


@dataclass(frozen=True)
class Heading:
    """
    A heading, without its number: the layout counts 一、（一）1.（1） itself, anew under each higher heading.

    Parameters
    ----------
    follow
        Text that goes on in the same paragraph, as in "（一）加强领导。各中队要…".
    numbered
        False for a heading that takes no number.
    """

    text: str
    level: Level = 1
    follow: Words = ""
    numbered: bool = True


@dataclass(frozen=True)
class Paragraph:
    """Body text, indented by two characters unless ``indent`` is false; centre and right are for short lines."""

    words: Words
    indent: bool = True
    align: Align = "left"


@dataclass(frozen=True)
class Table:
    """
    A bordered table whose head is repeated on every page.

    Parameters
    ----------
    head
        Labels of the columns.
    rows
        Text of the cells, each row as long as the head.
    widths
        Relative widths of the columns; none means equal.
    aligns
        Alignment of each column; none means centred.
    title
        A line above the table.
    note
        A line below it, such as the source.
    landscape
        On pages of its own that lie on their side.
    """

    head: tuple[str, ...]
    rows: tuple[tuple[str, ...], ...]
    widths: tuple[float, ...] = ()
    aligns: tuple[Align, ...] = ()
    title: str = ""
    note: str = ""
    landscape: bool = False

    def __post_init__(self) -> None:
        columns = len(self.head)
        if not columns:
            raise ValueError("a table needs at least one column")
        for number, row in enumerate(self.rows, 1):
            if len(row) != columns:
                raise ValueError(f"row {number} has {len(row)} cells, the head has {columns}")
        for name, values in (("widths", self.widths), ("aligns", self.aligns)):
            if values and len(values) != columns:
                raise ValueError(f"{len(values)} {name} for {columns} columns")


@dataclass(frozen=True)
class Cell:
    """
    One field of a form.

    Parameters
    ----------
    label
        A printed label (centred) rather than something filled in.
    span
        Columns it covers.
    lines
        Least height in lines of text.
    """

    text: str = ""
    label: bool = False
    span: int = 1
    lines: int = 1
    align: Align = "left"


@dataclass(frozen=True)
class Form:
    """
    Fields in a bordered grid, as in 送达回证 and 约谈记录.

    ``widths`` are the relative widths of the columns; the spans of each row add up to their number.
    """

    rows: tuple[tuple[Cell, ...], ...]
    widths: tuple[float, ...]

    def __post_init__(self) -> None:
        for number, row in enumerate(self.rows, 1):
            covered = sum(cell.span for cell in row)
            if covered != len(self.widths):
                raise ValueError(f"row {number} covers {covered} columns of {len(self.widths)}")


@dataclass(frozen=True)
class Picture:
    """A PNG or JPEG, centred, as wide as asked but never beyond the type area; ``alt`` says what it shows."""

    content: bytes
    width_mm: float = 120.0
    caption: str = ""
    alt: str = ""


@dataclass(frozen=True)
class PageBreak:
    """What follows begins on a new page."""


@dataclass(frozen=True)
class BlankLine:
    """One empty line."""


Block: TypeAlias = Heading | Paragraph | Table | Form | Picture | PageBreak | BlankLine

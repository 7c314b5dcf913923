"""The text of a document as parts of pages that stand upright or lie on their side."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field
from typing import Final
from xml.etree.ElementTree import Element

from anlu.engine.documents.blocks import (
    BlankLine,
    Block,
    Form,
    Heading,
    PageBreak,
    Paragraph,
    Picture,
    Run,
    Table,
    runs_of,
)
from anlu.engine.documents.grid import HEIGHT, WIDTH
from anlu.engine.documents.headings import HeadingCounter
from anlu.engine.documents.paper import Attachment
from anlu.engine.documents.paragraphs import (
    FACE_STYLES,
    PLAIN,
    Layout,
    Look,
    blank_lines,
    paragraph,
    run,
    set_property,
)
from anlu.engine.documents.pictures import Pictures
from anlu.engine.documents.tables import form, table
from anlu.engine.documents.titles import title_lines

WIDTH_MM: Final = 156.0
LYING_WIDTH: Final = HEIGHT  # a lying page is as wide as an upright one is high
ENDS: Final = "。！？：；"


@dataclass
class Stretch:
    """Elements on pages that all stand or all lie."""

    lying: bool = False
    elements: list[Element] = field(default_factory=list)


class Body:
    """Collects blocks into stretches."""

    def __init__(self, pictures: Pictures) -> None:
        self.pictures = pictures
        self.stretches = [Stretch()]
        self._break_next = False

    def add(self, elements: Sequence[Element], *, lying: bool = False) -> None:
        """Put elements onto pages of this kind, starting new pages when the kind changes."""
        if not elements:
            return
        if self.stretches[-1].lying != lying:
            if self.stretches[-1].elements:
                self.stretches.append(Stretch(lying))
            else:
                self.stretches[-1].lying = lying
            self._break_next = False
        if self._break_next:
            start_page(elements[0], self.stretches[-1].elements)
            self._break_next = False
        self.stretches[-1].elements.extend(elements)

    def new_page(self) -> None:
        """What is added next begins on a new page."""
        self._break_next = bool(self.stretches[-1].elements)

    def add_blocks(self, blocks: Sequence[Block]) -> None:
        """Lay out blocks."""
        counter = HeadingCounter()
        for block in blocks:
            if isinstance(block, PageBreak):
                self.new_page()
            else:
                lying = isinstance(block, Table) and block.landscape
                self.add(self._block(block, counter, lying=lying), lying=lying)

    def add_attachment(self, attachment: Attachment, number: int | None) -> None:
        """附件1 at the left, the title on the third line, then the attachment's own blocks."""
        lying = (
            bool(attachment.body) and isinstance(attachment.body[0], Table) and attachment.body[0].landscape
        )
        self.new_page()
        label = "附件" if number is None else f"附件{number}"
        lines = "\n".join(title_lines(attachment.title))
        self.add(
            [
                paragraph(label, Layout("OfficialLabel", align="left", keep_next=True)),
                *blank_lines(1, Layout(keep_next=True)),
                paragraph(lines, Layout("Title")),
                *blank_lines(1, Layout(keep_next=True)),
            ],
            lying=lying,
        )
        self.add_blocks(attachment.body)

    def _block(self, block: Block, counter: HeadingCounter, *, lying: bool) -> list[Element]:
        if isinstance(block, Heading):
            return [heading(block, counter)]
        if isinstance(block, Paragraph):
            return [text(block)]
        if isinstance(block, Table):
            return table(block, LYING_WIDTH if lying else WIDTH)
        if isinstance(block, Form):
            return form(block, WIDTH)
        if isinstance(block, Picture):
            return self._picture(block)
        assert isinstance(block, BlankLine)
        return blank_lines(1)

    def _picture(self, block: Picture) -> list[Element]:
        drawn = self.pictures.inline(block.content, min(block.width_mm, WIDTH_MM), block.alt or block.caption)
        caption = [paragraph(block.caption, Layout("TableTitle"))] if block.caption else []
        return [paragraph("", Layout("Picture", keep_next=bool(caption)), PLAIN, drawn), *caption]


def start_page(first: Element, before: list[Element]) -> None:
    """Let an element begin a page; a table gets an empty line in front of it for that."""
    if first.tag == "w:p":
        set_property(first, "w:pageBreakBefore")
    else:
        before.append(paragraph("", Layout(line=20, page_break_before=True)))


def heading(block: Heading, counter: HeadingCounter) -> Element:
    """A heading with its number; text that follows goes on in the body's face."""
    number = counter.next(block.level) if block.numbered else ""
    words = block.text
    if block.follow and words and words[-1] not in ENDS:
        words += "。"
    made = paragraph(f"{number}{words}", Layout(f"Heading{block.level}", keep_next=not block.follow))
    for each in runs_of(block.follow):
        style = FACE_STYLES.get(each.face, "FacePlain")
        made.append(run(Run(each.text), Look(style=style)))
    return made


def text(block: Paragraph) -> Element:
    """A paragraph of text."""
    if block.align != "left":
        return paragraph(block.words, Layout(align=block.align))
    return paragraph(block.words, Layout("OfficialText" if block.indent else "Normal"))

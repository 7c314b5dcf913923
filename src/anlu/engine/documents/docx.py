"""A document as a .docx file laid out to GB/T 9704-2012; the same document gives the same bytes."""

from __future__ import annotations

from datetime import date
from typing import Final
from xml.etree.ElementTree import Element

from anlu.engine.documents.bodies import Body
from anlu.engine.documents.ends import end
from anlu.engine.documents.flow import fits_on_page, position_after, table_height
from anlu.engine.documents.fonts import OFFICIAL, Fonts
from anlu.engine.documents.grid import LINE
from anlu.engine.documents.heads import head
from anlu.engine.documents.imprints import imprint_table
from anlu.engine.documents.keeping import keep_with_next
from anlu.engine.documents.package import pack
from anlu.engine.documents.paper import Paper
from anlu.engine.documents.paragraphs import Layout, paragraph
from anlu.engine.documents.parts import core_properties, fixed_parts
from anlu.engine.documents.pictures import Pictures
from anlu.engine.documents.sections import Kind, page_parts, section, section_end
from anlu.engine.documents.styles import styles_part
from anlu.engine.documents.xml import element, part, root

# What stands where a paragraph has to be: before a table that begins a page, and behind one that ends it.
TINY: Final = Layout(line=20)
NO_DATE: Final = date(2000, 1, 1)


def render_docx(paper: Paper, *, fonts: Fonts = OFFICIAL) -> bytes:
    """
    The file of a document.

    Notes
    -----
    Nothing in it depends on clock, machine or chance. Working numbers and how they were measured:
    ``docs/methods/documents.md``.
    """
    pictures = Pictures()
    document = document_part(paper, pictures)
    return pack(
        {
            **fixed_parts(pictures, fonts),
            **page_parts(),
            "word/styles.xml": styles_part(fonts),
            "word/document.xml": document,
            "docProps/core.xml": core_properties(paper, paper.dated or NO_DATE),
        }
    )


def document_part(paper: Paper, pictures: Pictures) -> bytes:
    """``word/document.xml``."""
    body = text_pages(paper, pictures)
    for number, attachment in enumerate(paper.attachments, 1):
        body.add_attachment(attachment, number if len(paper.attachments) > 1 else None)
    made = joined(body, paper)
    return part(root("w:document", "w r wp a pic", element("w:body", None, *made)))


def text_pages(paper: Paper, pictures: Pictures) -> Body:
    """
    Head, text and signature.

    A signature never stands alone on a page: the last paragraph goes with it, unless that would leave the first page
    without text. Then blank lines are closed up, as GB/T 9704-2012 7.3.5.5 has it.
    """
    for gap in (2, 1):
        body = Body(pictures)
        body.add(head(paper, gap))
        body.add_blocks(paper.body)
        ending = end(paper, pictures, gap)
        here = position_after(body.stretches, kinds_of(body, paper))
        fits = not is_signed(paper) or fits_on_page(here, ending, spare=2 * LINE if gap == 2 else 0)
        if fits or len(paper.body) != 1 or here.page > 1:
            break
    if not fits:
        keep_with_next(body.stretches[-1].elements)
    body.add(ending)
    return body


def is_signed(paper: Paper) -> bool:
    """Whether name or date stand below the text."""
    return paper.form not in ("minutes", "bulletin") and bool(paper.signatures or paper.dated)


def joined(body: Body, paper: Paper) -> list[Element]:
    """All stretches with their sections, and the imprint at the end."""
    kinds = kinds_of(body, paper)
    made: list[Element] = []
    for stretch, kind in zip(body.stretches[:-1], kinds, strict=False):
        made += [*stretch.elements, section_end(kind)]
    made += body.stretches[-1].elements
    last = kinds[-1]
    if paper.imprint is None:
        return [*made, section(last)]
    table = imprint_table(paper.imprint, letter=paper.form == "letter")
    here = position_after(body.stretches, kinds)
    for _ in range(here.pages_until_even(room=table_height(table), upright=last != "lying")):
        made += [section_end(last), paragraph("", TINY)]
        last = "unnumbered"
    return [*made, table, paragraph("", TINY), section(last)]


def kinds_of(body: Body, paper: Paper) -> list[Kind]:
    """The kind of section of each stretch."""
    kinds: list[Kind] = ["lying" if each.lying else "upright" for each in body.stretches]
    if paper.form == "letter" and kinds[0] == "upright":
        kinds[0] = "letter"
    return kinds

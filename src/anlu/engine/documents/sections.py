"""Sections of a document, its page numbers, and the parts that hold them."""

from __future__ import annotations

from typing import Final, Literal, TypeAlias
from xml.etree.ElementTree import Element

from anlu.engine.documents.blocks import Run
from anlu.engine.documents.grid import (
    BELOW_NUMBER_MM,
    BOTTOM_MM,
    FOOTER_MM,
    LEFT_MM,
    PAGE_HEIGHT,
    PAGE_WIDTH,
    RIGHT_MM,
    TOP_MM,
    TWIPS_PER_MM,
    twips,
)
from anlu.engine.documents.heads import bottom_rule
from anlu.engine.documents.paragraphs import PLAIN, Layout, paragraph, paragraph_properties, run
from anlu.engine.documents.xml import element, on, part, root, text_element, value

Kind: TypeAlias = Literal["upright", "letter", "lying", "unnumbered"]
CHARACTER_4: Final = 280
NUMBER_MM: Final = 5.0
NUMBER_LENGTH_MM: Final = 24.0
UPRIGHT_WIDTH_MM: Final = 156.0

# part name → relationship
FOOTERS: Final = {
    "odd": "rIdFooterOdd",
    "even": "rIdFooterEven",
    "none": "rIdFooterNone",
    "letter": "rIdFooterLetter",
}
HEADERS: Final = {"none": "rIdHeaderNone", "odd": "rIdHeaderLyingOdd", "even": "rIdHeaderLyingEven"}


def section(kind: Kind) -> Element:
    """``w:sectPr``. A lying page is the upright one turned: its upper edge is the one that is bound."""
    lying = kind == "lying"
    size: dict[str, object] = {"w:w": PAGE_WIDTH, "w:h": PAGE_HEIGHT}
    top, right, bottom, left = TOP_MM, RIGHT_MM, BOTTOM_MM, LEFT_MM
    if lying:
        size = {"w:w": PAGE_HEIGHT, "w:h": PAGE_WIDTH, "w:orient": "landscape"}
        top, right, bottom, left = LEFT_MM, TOP_MM, RIGHT_MM, BOTTOM_MM
    margins: dict[str, object] = {
        "w:top": twips(top),
        "w:right": twips(right),
        "w:bottom": twips(bottom),
        "w:left": twips(left),
        "w:header": twips(12.0),
        "w:footer": twips(12.0 if lying else FOOTER_MM),
        "w:gutter": 0,
    }
    return element(
        "w:sectPr",
        None,
        *references(kind),
        value("w:type", "nextPage"),
        element("w:pgSz", size),
        element("w:pgMar", margins),
        on("w:titlePg", kind == "letter"),
    )


def references(kind: Kind) -> list[Element]:
    """Which headers and footers a section has; all are named, since what is not named is inherited."""
    numbered = kind in ("upright", "letter")
    heads = ("odd", "even") if kind == "lying" else ("none", "none")
    feet = ("odd", "even") if numbered else ("none", "none")
    made = [
        reference("w:headerReference", "default", HEADERS[heads[0]]),
        reference("w:headerReference", "even", HEADERS[heads[1]]),
        reference("w:footerReference", "default", FOOTERS[feet[0]]),
        reference("w:footerReference", "even", FOOTERS[feet[1]]),
    ]
    if kind == "letter":
        made.append(reference("w:footerReference", "first", FOOTERS["letter"]))
    return made


def reference(tag: str, pages: str, code: str) -> Element:
    """A header or footer of these pages."""
    return element(tag, {"w:type": pages, "r:id": code})


def section_end(kind: Kind) -> Element:
    """The paragraph that ends a section; it takes as little room as there is."""
    return element("w:p", None, paragraph_properties(Layout(line=20), section(kind)))


BELOW: Final = paragraph("", Layout("PageNumber", line=twips(BELOW_NUMBER_MM)))


def page_parts() -> dict[str, bytes]:
    """Headers and footers by part name."""
    return {
        "word/footerOdd.xml": foot(page_number("right"), BELOW),
        "word/footerEven.xml": foot(page_number("left"), BELOW),
        "word/footerNone.xml": foot(paragraph("", Layout("PageNumber"))),
        "word/footerLetter.xml": foot(*bottom_rule()),
        "word/headerNone.xml": headed(paragraph("", Layout("PageNumber"))),
        "word/headerLyingOdd.xml": headed(turned_number("right")),
        "word/headerLyingEven.xml": headed(turned_number("left")),
    }


def foot(*children: Element) -> bytes:
    """A footer."""
    return part(root("w:ftr", "w r", *children))


def headed(*children: Element) -> bytes:
    """A header."""
    return part(root("w:hdr", "w r v", *children))


def page_number(side: Literal["left", "right"]) -> Element:
    """— 1 — one character in from the outer edge."""
    layout = Layout("PageNumber", align=side)
    layout = layout.but(right=CHARACTER_4) if side == "right" else layout.but(left=CHARACTER_4)
    return numbered(layout)


def numbered(layout: Layout) -> Element:
    """A paragraph with the number of the page between dashes."""
    made = paragraph((Run("— "),), layout)
    made.extend(
        (
            field_mark("begin"),
            instruction(" PAGE "),
            field_mark("separate"),
            run(Run("1")),
            field_mark("end"),
            run(Run(" —")),
        )
    )
    return made


def turned_number(side: Literal["left", "right"]) -> Element:
    """
    The number of a lying page: where it is when the sheet is turned upright, so at the left and turned by a quarter.

    A text box in the older markup (VML): LibreOffice puts a turned one in DrawingML into the corner of the page.
    """
    edge = CHARACTER_4 / TWIPS_PER_MM  # one character in
    top = LEFT_MM + (edge if side == "left" else UPRIGHT_WIDTH_MM - edge - NUMBER_LENGTH_MM)
    style = {
        "position": "absolute",
        "margin-left": points(BOTTOM_MM - 7.0 - NUMBER_MM),
        "margin-top": points(top),
        "width": points(NUMBER_MM),
        "height": points(NUMBER_LENGTH_MM),
        "z-index": "1",
        "mso-position-horizontal-relative": "page",
        "mso-position-vertical-relative": "page",
    }
    words = element("w:txbxContent", None, numbered(Layout("PageNumber", align=side)))
    shape = element(
        "v:rect",
        {
            "id": f"PageNumber{side}",
            "style": ";".join(f"{name}:{what}" for name, what in style.items()),
            "filled": "f",
            "stroked": "f",
        },
        element("v:textbox", {"style": "layout-flow:vertical", "inset": "0,0,0,0"}, words),
    )
    return paragraph("", Layout("PageNumber"), PLAIN, element("w:r", None, element("w:pict", None, shape)))


def points(mm: float) -> str:
    """Millimetres as a length in points."""
    return f"{mm * 72 / 25.4:.2f}pt"


def field_mark(kind: str) -> Element:
    """Beginning, middle or end of a field."""
    return element("w:r", None, element("w:fldChar", {"w:fldCharType": kind}))


def instruction(text: str) -> Element:
    """What a field shows."""
    return element("w:r", None, text_element("w:instrText", text))

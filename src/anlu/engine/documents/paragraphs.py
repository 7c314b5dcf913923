"""Paragraphs and runs."""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import Final
from xml.etree.ElementTree import Element

from anlu.engine.documents.blocks import Run, Words, runs_of
from anlu.engine.documents.grid import RED
from anlu.engine.documents.xml import child, element, on, text_element, value

# The character style of each face; the body's is the paragraph's own.
FACE_STYLES: Final = {"strong": "FaceStrong", "kai": "FaceKai", "hei": "FaceHei"}


@dataclass(frozen=True)
class Line:
    """
    A ruled line below a paragraph.

    Parameters
    ----------
    eighths
        Thickness in eighths of a point.
    space
        Distance from the text in points.
    """

    eighths: int
    space: int = 0
    colour: str = "000000"


@dataclass(frozen=True)
class Frame:
    """
    A place on the page, in twips from its left and upper edge.

    What is in it has no ruled lines: LibreOffice would draw them around the frame.
    """

    x: int
    y: int
    width: int
    height: int


@dataclass(frozen=True)
class Layout:
    """How one paragraph departs from its style; lengths in twips, none means as the style."""

    style: str = "Normal"
    align: str | None = None
    left: int | None = None
    right: int | None = None
    first: int | None = None
    before: int | None = None
    after: int | None = None
    line: int | None = None
    keep_next: bool = False
    keep_lines: bool = False
    page_break_before: bool = False
    tabs: tuple[tuple[str, int], ...] = ()
    ruled: Line | None = None
    frame: Frame | None = None

    def but(self, **changes: object) -> Layout:
        """The same with changes."""
        return replace(self, **changes)  # type: ignore[arg-type]


@dataclass(frozen=True)
class Look:
    """
    How words depart from the paragraph's style.

    Parameters
    ----------
    size
        In half points.
    width
        Of the characters, in percent.
    apart
        Space behind each character in twips.
    """

    size: int | None = None
    red: bool = False
    width: int | None = None
    apart: int | None = None
    style: str | None = None


PLAIN: Final = Look()


def paragraph(words: Words, layout: Layout, look: Look = PLAIN, *extra: Element) -> Element:
    """A paragraph of words, with further runs behind them."""
    made = [run(each, look) for each in runs_of(words) if each.text]
    return element("w:p", None, paragraph_properties(layout), *made, *extra)


def paragraph_properties(layout: Layout, section: Element | None = None) -> Element:
    """``w:pPr``."""
    return element(
        "w:pPr",
        None,
        value("w:pStyle", layout.style) if layout.style != "Normal" else None,
        on("w:keepNext", layout.keep_next),
        on("w:keepLines", layout.keep_lines),
        on("w:pageBreakBefore", layout.page_break_before),
        None if layout.frame is None else frame_properties(layout.frame),
        None if layout.ruled is None else border(layout.ruled),
        tab_stops(layout),
        spacing(layout),
        indents(layout),
        None if layout.align is None else value("w:jc", layout.align),
        section,
    )


def frame_properties(frame: Frame) -> Element:
    """A text frame; text goes on below it, never beside."""
    facts = {"w:w": frame.width, "w:h": frame.height, "w:hRule": "exact", "w:wrap": "notBeside"}
    return element(
        "w:framePr", facts | {"w:vAnchor": "page", "w:hAnchor": "page", "w:x": frame.x, "w:y": frame.y}
    )


def border(line: Line) -> Element:
    """``w:pBdr`` with one line below the paragraph."""
    facts = {"w:val": "single", "w:sz": line.eighths, "w:space": line.space, "w:color": line.colour}
    return element("w:pBdr", None, element("w:bottom", facts))


def tab_stops(layout: Layout) -> Element | None:
    """``w:tabs``."""
    if not layout.tabs:
        return None
    stops = [element("w:tab", {"w:val": kind, "w:pos": place}) for kind, place in layout.tabs]
    return element("w:tabs", None, *stops)


def spacing(layout: Layout) -> Element | None:
    """``w:spacing``; a line height is exact."""
    facts: dict[str, object] = {}
    if layout.before is not None:
        facts["w:before"] = layout.before
    if layout.after is not None:
        facts["w:after"] = layout.after
    if layout.line is not None:
        facts |= {"w:line": layout.line, "w:lineRule": "exact"}
    return element("w:spacing", facts) if facts else None


def indents(layout: Layout) -> Element | None:
    """``w:ind``; a negative first line hangs."""
    facts: dict[str, object] = {}
    if layout.left is not None:
        facts["w:left"] = layout.left
    if layout.right is not None:
        facts["w:right"] = layout.right
    if layout.first is not None and layout.first < 0:
        facts["w:hanging"] = -layout.first
    elif layout.first is not None:
        facts |= {"w:firstLineChars": 0, "w:firstLine": layout.first}
    return element("w:ind", facts) if facts else None


def run(words: Run, look: Look = PLAIN) -> Element:
    """``w:r``; line breaks and tabs in the text are kept."""
    made = element("w:r", None, run_properties(look, FACE_STYLES.get(words.face)))
    for number, line in enumerate(words.text.replace("\r\n", "\n").split("\n")):
        if number:
            made.append(element("w:br"))
        for place, piece in enumerate(line.split("\t")):
            if place:
                made.append(element("w:tab"))
            if piece:
                made.append(text_element("w:t", piece))
    return made


def run_properties(look: Look, style: str | None = None) -> Element:
    """``w:rPr``; quotation marks and dashes are taken as Chinese."""
    style = look.style or style
    apart = 0 if look.apart is None and look.size is not None else look.apart
    return element(
        "w:rPr",
        None,
        None if style is None else value("w:rStyle", style),
        element("w:rFonts", {"w:hint": "eastAsia"}),
        value("w:color", RED) if look.red else None,
        None if apart is None else value("w:spacing", apart),
        None if look.width is None else value("w:w", look.width),
        None if look.size is None else value("w:sz", look.size),
        None if look.size is None else value("w:szCs", look.size),
    )


def blank_lines(count: int, layout: Layout | None = None) -> list[Element]:
    """Empty lines."""
    return [paragraph("", layout or Layout()) for _ in range(count)]


def set_property(paragraph: Element, tag: str) -> None:
    """Switch a property of a paragraph on, whatever it was."""
    properties = child(paragraph, "w:pPr")
    assert properties is not None
    others = [each for each in properties if each.tag != tag]
    paragraph.remove(properties)
    paragraph.insert(0, element("w:pPr", None, *others, element(tag)))

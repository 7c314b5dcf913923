"""Elements of WordprocessingML, with the children of a property list in the order that the schema asks for."""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping
from typing import Final
from xml.etree.ElementTree import Element, tostring

NAMESPACES: Final = {
    "w": "http://schemas.openxmlformats.org/wordprocessingml/2006/main",
    "r": "http://schemas.openxmlformats.org/officeDocument/2006/relationships",
    "wp": "http://schemas.openxmlformats.org/drawingml/2006/wordprocessingDrawing",
    "a": "http://schemas.openxmlformats.org/drawingml/2006/main",
    "v": "urn:schemas-microsoft-com:vml",
    "pic": "http://schemas.openxmlformats.org/drawingml/2006/picture",
}
# ECMA-376 Part 1, CT_PPr, CT_RPr, CT_TblPr, CT_TcPr, CT_TrPr, CT_SectPr: only what is used here.
SEQUENCES: Final = """
w:pPr pStyle keepNext keepLines pageBreakBefore framePr widowControl pBdr tabs kinsoku overflowPunct autoSpaceDE
    autoSpaceDN adjustRightInd snapToGrid spacing ind jc outlineLvl rPr sectPr
w:rPr rStyle rFonts b color spacing w sz szCs lang
w:tblPr tblStyle tblpPr tblOverlap tblW jc tblInd tblBorders tblLayout tblCellMar tblLook
w:tcPr tcW gridSpan tcBorders vAlign
w:trPr cantSplit trHeight tblHeader
w:sectPr headerReference footerReference type pgSz pgMar titlePg docGrid
"""
ORDER: Final[dict[str, list[str]]] = {
    names.split()[0]: names.split()[1:] for names in SEQUENCES.replace("\n    ", " ").strip().split("\n")
}
# What XML 1.0 cannot hold.
UNWRITABLE: Final = re.compile("[^\t\n\r\u0020-\ud7ff\ue000-\ufffd\U00010000-\U0010ffff]")


def element(tag: str, attributes: Mapping[str, object] | None = None, *children: Element | None) -> Element:
    """An element; children that are None are left out, and properties put in their order."""
    made = Element(tag, {name: str(value) for name, value in (attributes or {}).items()})
    present = [child for child in children if child is not None]
    order = ORDER.get(tag)
    if order is not None:
        present.sort(key=lambda child: order.index(child.tag.partition(":")[2]))
    made.extend(present)
    return made


def child(parent: Element | None, *path: str) -> Element | None:
    """The first child, and so on down; ElementTree's own paths do not know undeclared prefixes."""
    for tag in path:
        parent = None if parent is None else next((each for each in parent if each.tag == tag), None)
    return parent


def on(tag: str, wanted: bool = True) -> Element | None:
    """A property that is on, or none."""
    return element(tag) if wanted else None


def value(tag: str, what: object) -> Element:
    """A property with one value."""
    return element(tag, {"w:val": what})


def text_element(tag: str, text: str) -> Element:
    """An element that holds words, their blanks kept."""
    made = element(tag, {"xml:space": "preserve"})
    made.text = UNWRITABLE.sub("", text)
    return made


def root(tag: str, prefixes: str, *children: Element | None) -> Element:
    """The root of a part, declaring the namespaces of these prefixes."""
    return element(tag, {f"xmlns:{each}": NAMESPACES[each] for each in prefixes.split()}, *children)


def part(made: Element) -> bytes:
    """A part of the file as bytes."""
    head = b'<?xml version="1.0" encoding="UTF-8" standalone="yes"?>\n'
    return head + tostring(made, encoding="unicode", short_empty_elements=True).encode()


def flat(groups: Iterable[Iterable[Element]]) -> list[Element]:
    """Elements of several lists, one after the other."""
    return [each for group in groups for each in group]

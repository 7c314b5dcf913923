"""版记 at the foot of the last page."""

from __future__ import annotations

from typing import Final
from xml.etree.ElementTree import Element

from anlu.engine.documents.grid import LEFT_MM, WIDTH, twips
from anlu.engine.documents.paper import Imprint, official_date
from anlu.engine.documents.paragraphs import Layout
from anlu.engine.documents.tables import cell, grid, row
from anlu.engine.documents.xml import element

CHARACTER_4: Final = 280  # one 四号 character
THICK: Final = 8  # 0.35 mm in eighths of a point, GB/T 9704-2012 7.4.1
THIN: Final = 6  # 0.25 mm
# Counted from the page's edge: placed from the margin, a table as wide as the text does not float in LibreOffice.
BOTTOM: Final = {
    "w:leftFromText": 0,
    "w:rightFromText": 0,
    "w:vertAnchor": "margin",
    "w:horzAnchor": "page",
    "w:tblpX": twips(LEFT_MM),
    "w:tblpYSpec": "bottom",
}


def imprint_table(imprint: Imprint, *, letter: bool) -> Element:
    """A table that stands on the lower edge of the type area; a letter's has neither lines nor printer."""
    entries = []
    if imprint.main:
        entries.append(listed("主送：", "，".join(imprint.main) + "。"))
    if imprint.copies_to:
        entries.append(listed("抄送：", "，".join(imprint.copies_to) + "。"))
    if not letter:
        entries.append(printed(imprint))
    made = []
    for at, (text, layout) in enumerate(entries):
        ruled = None if letter else edges(at == 0, at == len(entries) - 1)
        made.append(row([cell(text, WIDTH, layout, "center", edges=ruled)]))
    return grid([WIDTH], made, ruled=False, place=element("w:tblpPr", BOTTOM))


def edges(first: bool, last: bool) -> Element:
    """Thick lines above and below the imprint, thin ones within."""
    line = {"w:val": "single", "w:space": 0, "w:color": "000000"}
    return element(
        "w:tcBorders",
        None,
        element("w:top", {**line, "w:sz": THICK if first else THIN}),
        element("w:bottom", {**line, "w:sz": THICK if last else THIN}),
    )


def listed(label: str, names: str) -> tuple[str, Layout]:
    """Names behind their label; further lines begin below the first name."""
    hanging = 3 * CHARACTER_4
    return label + names, Layout("Imprint", left=CHARACTER_4 + hanging, right=CHARACTER_4, first=-hanging)


def printed(imprint: Imprint) -> tuple[str, Layout]:
    """印发机关 at the left, 印发日期 at the right, and how many copies."""
    copies = "" if imprint.copies is None else f"\n\t共印{imprint.copies}份"
    stops = (("right", WIDTH - CHARACTER_4),)
    layout = Layout("Imprint", align="left", left=CHARACTER_4, right=CHARACTER_4, tabs=stops)
    return f"{imprint.printed_by}\t{official_date(imprint.printed_on)}印发{copies}", layout

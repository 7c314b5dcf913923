"""The theme of a document: nothing uses it, but some readers expect that there is one."""

from __future__ import annotations

from typing import Final
from xml.etree.ElementTree import Element

from anlu.engine.documents.fonts import Fonts
from anlu.engine.documents.xml import element, part, root

COLOURS: Final = {
    "dk1": "000000",
    "lt1": "FFFFFF",
    "dk2": "1F2937",
    "lt2": "F3F4F6",
    "accent1": "FF0000",
    "accent2": "4472C4",
    "accent3": "A5A5A5",
    "accent4": "FFC000",
    "accent5": "5B9BD5",
    "accent6": "70AD47",
    "hlink": "0563C1",
    "folHlink": "954F72",
}


def theme_part(fonts: Fonts) -> bytes:
    """``word/theme.xml``."""
    colours = [
        element(f"a:{name}", None, element("a:srgbClr", {"val": rgb})) for name, rgb in COLOURS.items()
    ]
    elements = element(
        "a:themeElements",
        None,
        element("a:clrScheme", {"name": "Office"}, *colours),
        element(
            "a:fontScheme",
            {"name": "Office"},
            font_set("a:majorFont", fonts.title),
            font_set("a:minorFont", fonts.body),
        ),
        element(
            "a:fmtScheme",
            {"name": "Office"},
            element("a:fillStyleLst", None, *(fill() for _ in range(3))),
            element("a:lnStyleLst", None, *(element("a:ln", {"w": 6350}, fill()) for _ in range(3))),
            element(
                "a:effectStyleLst",
                None,
                *(element("a:effectStyle", None, element("a:effectLst")) for _ in range(3)),
            ),
            element("a:bgFillStyleLst", None, *(fill() for _ in range(3))),
        ),
    )
    made = root("a:theme", "a", elements)
    made.set("name", "Office")
    return part(made)


def font_set(tag: str, family: str) -> Element:
    """The faces of headings or of the text."""
    names = {"a:latin": family, "a:ea": family, "a:cs": ""}
    return element(tag, None, *(element(name, {"typeface": face}) for name, face in names.items()))


def fill() -> Element:
    """A plain fill in the colour of whatever uses it."""
    return element("a:solidFill", None, element("a:schemeClr", {"val": "phClr"}))

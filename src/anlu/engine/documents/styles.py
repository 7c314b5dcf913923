"""The styles of a document: every face and size is named here once, so that changing a style changes the document."""

from __future__ import annotations

from typing import Final
from xml.etree.ElementTree import Element

from anlu.engine.documents.fonts import Fonts
from anlu.engine.documents.grid import (
    CHARACTER,
    LINE,
    NARROWING,
    SIZE_2,
    SIZE_3,
    SIZE_4,
    SIZE_SMALL_4,
)
from anlu.engine.documents.xml import element, on, part, root, value

TABLE_LINE: Final = 400  # 20 pt
FORM_LINE: Final = 400


def styles_part(fonts: Fonts) -> bytes:
    """``word/styles.xml``."""
    return part(root("w:styles", "w", defaults(fonts), *paragraph_styles(fonts), *character_styles(fonts)))


def defaults(fonts: Fonts) -> Element:
    """What holds where a style says nothing: 3号仿宋, 28.95 pt exactly."""
    run = element("w:rPrDefault", None, faces(fonts.body, SIZE_3, narrowing=NARROWING, language=True))
    paragraph = element("w:pPrDefault", None, properties(exact(LINE)))
    return element("w:docDefaults", None, run, paragraph)


def plain_text() -> Element:
    """
    Rules for lines that keep 28 characters: no punctuation outside the margin, no air around figures.

    They stand in the style and not in the defaults, where LibreOffice does not look for them.
    """
    off = ("widowControl", "overflowPunct", "autoSpaceDE", "autoSpaceDN", "adjustRightInd", "snapToGrid")
    switches = [value(f"w:{name}", 0) for name in off]
    return properties(*switches, value("w:kinsoku", 1), exact(LINE), value("w:jc", "both"))


def paragraph_styles(fonts: Fonts) -> list[Element]:
    """Named paragraph styles."""
    indent = element("w:ind", {"w:firstLineChars": 200, "w:firstLine": 2 * CHARACTER})
    heading = on("w:keepNext")
    centred = value("w:jc", "center")
    title = faces(fonts.title, SIZE_2, bold=fonts.title_bold)
    cell = faces(fonts.body, SIZE_SMALL_4)
    return [
        style("Normal", "Normal", plain_text(), None, default=True),
        style("OfficialText", "公文正文", properties(indent), None),
        style("Title", "Title", properties(heading, centred), title),
        style("Heading1", "heading 1", properties(indent, level(0)), faces(fonts.hei, SIZE_3)),
        style("Heading2", "heading 2", properties(indent, level(1)), faces(fonts.kai, SIZE_3)),
        style("Heading3", "heading 3", properties(indent, level(2)), None),
        style("Heading4", "heading 4", properties(indent, level(3)), None),
        style(
            "OfficialMark",
            "发文机关标志",
            properties(centred),
            faces(fonts.title, SIZE_2, bold=fonts.title_bold),
        ),
        style("OfficialLabel", "公文黑体", None, faces(fonts.hei, SIZE_3)),
        style("TableTitle", "表题", properties(heading, centred), faces(fonts.hei, SIZE_4)),
        style("TableHead", "表头", properties(centred, exact(TABLE_LINE)), faces(fonts.hei, SIZE_SMALL_4)),
        style("TableText", "表文", properties(centred, exact(TABLE_LINE)), cell),
        style("TableNote", "表注", properties(exact(TABLE_LINE)), cell),
        style("FormText", "文书栏", properties(exact(FORM_LINE)), faces(fonts.body, SIZE_4)),
        style(
            "Picture",
            "图片",
            properties(heading, centred, element("w:spacing", {"w:line": 240, "w:lineRule": "auto"})),
            None,
        ),
        style("Imprint", "版记", properties(exact(480)), faces(fonts.body, SIZE_4)),
        style("PageNumber", "页码", properties(exact(280)), faces(fonts.song, SIZE_4)),
    ]


def character_styles(fonts: Fonts) -> list[Element]:
    """Named faces for words within a paragraph."""
    return [
        character("FacePlain", "仿宋字", faces(fonts.body, None, bold=None)),
        character("FaceStrong", "仿宋加粗", faces(fonts.body, None, bold=True)),
        character("FaceKai", "楷体字", faces(fonts.kai, None)),
        character("FaceHei", "黑体字", faces(fonts.hei, None)),
    ]


def style(
    code: str, name: str, paragraph: Element | None, run: Element | None, *, default: bool = False
) -> Element:
    """A paragraph style, built on Normal."""
    facts = {"w:type": "paragraph", **({"w:default": 1} if default else {}), "w:styleId": code}
    based = None if default else value("w:basedOn", "Normal")
    return element("w:style", facts, value("w:name", name), based, element("w:qFormat"), paragraph, run)


def character(code: str, name: str, run: Element) -> Element:
    """A character style."""
    facts = {"w:type": "character", "w:customStyle": 1, "w:styleId": code}
    return element("w:style", facts, value("w:name", name), run)


def properties(*children: Element | None) -> Element:
    """``w:pPr`` of a style."""
    return element("w:pPr", None, *children)


def exact(line: int) -> Element:
    """An exact line height in twips."""
    return element("w:spacing", {"w:line": line, "w:lineRule": "exact"})


def level(number: int) -> Element:
    """The place in the outline, from 0."""
    return value("w:outlineLvl", number)


def faces(
    family: str,
    size: int | None,
    *,
    bold: bool | None = False,
    narrowing: int | None = None,
    language: bool = False,
) -> Element:
    """``w:rPr``: the same family for Chinese and Western characters, as offices print figures."""
    names = dict.fromkeys(("w:ascii", "w:hAnsi", "w:eastAsia", "w:cs"), family)
    if narrowing is None and size is not None:
        narrowing = NARROWING if size == SIZE_3 else 0
    return element(
        "w:rPr",
        None,
        element("w:rFonts", names),
        on("w:b") if bold else None,
        None if narrowing is None else value("w:spacing", narrowing),
        None if size is None else value("w:sz", size),
        None if size is None else value("w:szCs", size),
        element("w:lang", {"w:val": "en-US", "w:eastAsia": "zh-CN"}) if language else None,
    )

"""Keeping a signature with the last lines of the text."""

from __future__ import annotations

import copy
from typing import Final
from xml.etree.ElementTree import Element

from anlu.engine.documents.flow import line_starts_of
from anlu.engine.documents.grid import WIDTH
from anlu.engine.documents.paragraphs import set_property
from anlu.engine.documents.xml import child, element

MOVED: Final = 2  # lines that go with the signature
LONGEST: Final = 4  # lines of a paragraph that goes as a whole


def keep_with_next(elements: list[Element]) -> None:
    """
    Let the end of the last paragraph stay with what follows.

    Word keeps its last line there; LibreOffice moves the whole paragraph, and half a page would stay empty. So a
    long one is parted where a line ends, which nobody sees.
    """
    last = elements[-1]
    if last.tag != "w:p":
        return
    starts = line_starts_of(last, WIDTH)
    if len(starts) > LONGEST:
        behind = part_off(last, starts[-MOVED])
        if behind is not None:
            elements.append(behind)
    set_property(elements[-1], "w:keepNext")


def part_off(paragraph: Element, at: int) -> Element | None:
    """Cut the words of a paragraph at a character; return the rest as a paragraph that is not indented."""
    if any(each.tag in ("w:br", "w:tab", "w:drawing") for run in paragraph.iter("w:r") for each in run):
        return None
    rest = element(
        "w:p", None, element("w:pPr", None, element("w:ind", {"w:firstLineChars": 0, "w:firstLine": 0}))
    )
    seen = 0
    for run in [each for each in paragraph if each.tag == "w:r"]:
        words = child(run, "w:t")
        text = "" if words is None or words.text is None else words.text
        if words is not None and seen + len(text) > at:
            cut = max(0, at - seen)
            moved = copy.deepcopy(run)
            tail = child(moved, "w:t")
            assert tail is not None
            tail.text, words.text = text[cut:], text[:cut]
            rest.append(moved)
            if not cut:
                paragraph.remove(run)
        seen += len(text)
    return rest

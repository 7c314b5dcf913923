"""
Marks in filled templates that stay inside: numbers with an origin, tables, attachments, lists of people.

They are characters of the private use area, which no keyboard types; facts are cleaned of them.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from typing import Final

FIGURE, NUMBER, END = "\ue000", "\ue001", "\ue002"
TABLE, ATTACHMENT, LIST, PART, CLOSE = "\ue010", "\ue011", "\ue012", "\ue013", "\ue014"
MARKED: Final = re.compile(f"{FIGURE}([^{NUMBER}]*){NUMBER}([^{END}]*){END}")
PRIVATE: Final = re.compile("[\ue000-\uf8ff\x00-\x08\x0b\x0c\x0e-\x1f\u202a-\u202e\u2066-\u2069]")


class MarkedFigure(str):
    """A number with its unit; in the text it carries the key of its origin."""

    key: str

    def __new__(cls, key: str, words: str) -> MarkedFigure:
        """``words`` with marks around, so that who reads the text knows which number it is."""
        made = super().__new__(cls, f"{FIGURE}{key}{NUMBER}{words}{END}" if words else "")
        made.key = key
        return made


def clean(text: str) -> str:
    """A stated text without marks, control and direction signs."""
    return PRIVATE.sub("", text.replace("\r\n", "\n").replace("\r", "\n"))


def without_marks(text: str) -> str:
    """The text as it is printed."""
    return MARKED.sub(r"\2", text)


def marked_parts(text: str) -> Iterator[tuple[str, str]]:
    """(words, key) pieces of a text in order; the key is "" for what is no figure."""
    last = 0
    for found in MARKED.finditer(text):
        if found.start() > last:
            yield text[last : found.start()], ""
        yield found.group(2), found.group(1)
        last = found.end()
    if last < len(text):
        yield text[last:], ""

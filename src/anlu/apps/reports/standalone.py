"""A report as a web page by itself, for ``anlu report half-year --html``: every number leads to its rows."""

from __future__ import annotations

from base64 import b64encode
from collections import defaultdict
from collections.abc import Iterable, Mapping
from dataclasses import dataclass

from django.template.loader import render_to_string

from anlu.apps.reports.picturing import Placed
from anlu.apps.reports.writing import Paragraph, Said, Text, Written
from anlu.kernel.documents.sections import Side
from anlu.web.figures import rows_url


@dataclass(frozen=True)
class ShownPiece:
    """Plain words, or a number with the address of its rows."""

    text: str
    key: str = ""
    url: str = ""
    indicator: str = ""
    changed: bool = False


@dataclass(frozen=True)
class ShownPart:
    """A part as pages draw it."""

    key: str
    pieces: list[ShownPiece]
    written: Written


@dataclass(frozen=True)
class ShownPicture:
    """A picture as pages draw it: where its content is, what stands below it, where its record is."""

    source: str
    words: str
    alt: str
    url: str


Pictures = Mapping[str, list[ShownPicture]]


@dataclass(frozen=True)
class ShownSection:
    """A section as pages draw it."""

    code: str
    label: str
    number: str
    parts: list[ShownPart]
    count: int
    pictures: list[ShownPicture]


@dataclass(frozen=True)
class ShownChapter:
    """A chapter as pages draw it."""

    label: str
    number: str
    sections: list[ShownSection]

    @property
    def count(self) -> int:
        """How many numbers stand in it."""
        return sum(one.count for one in self.sections)


CHINESE = "一二三四五六七八九十"


def chapters_of(
    text: Text, changed: frozenset[str] = frozenset(), pictures: Pictures | None = None
) -> list[ShownChapter]:
    """The report by chapters; sections of which nothing could be written and nothing is shown are left out."""
    drawn = pictures or {}
    found: list[tuple[str, list[ShownSection]]] = []
    for one in text.paragraphs:
        if not one.text and one.section.code not in drawn:
            continue
        if not found or found[-1][0] != one.section.chapter:
            found.append((one.section.chapter, []))
        members = found[-1][1]
        mine = drawn.get(one.section.code, [])
        members.append(_section(one, CHINESE[len(members) % 10], changed, mine))
    return [ShownChapter(label, CHINESE[place % 10], members) for place, (label, members) in enumerate(found)]


def pictures_of(placed: Iterable[Placed], *, inside: bool = False) -> Pictures:
    """
    The pictures that are shown, by section.

    Parameters
    ----------
    inside
        With their content in the page, for a page that is kept as a file.
    """
    found: dict[str, list[ShownPicture]] = defaultdict(list)
    for one in placed:
        if one.picture is None or one.why:
            continue
        content = b64encode(one.picture.content()).decode() if inside else ""
        source = f"data:image/jpeg;base64,{content}" if inside else one.picture.image
        found[one.section].append(ShownPicture(source, one.words, one.alt, one.picture.record_url))
    return found


def _section(
    one: Paragraph, number: str, changed: frozenset[str], pictures: list[ShownPicture]
) -> ShownSection:
    parts = [
        ShownPart(part.key, [_piece(piece, changed) for piece in part.pieces], part) for part in one.parts
    ]
    return ShownSection(one.section.code, one.section.label, number, parts, len(one.numbers), pictures)


def _piece(piece: str | Said, changed: frozenset[str]) -> ShownPiece:
    if isinstance(piece, str):
        return ShownPiece(piece)
    return ShownPiece(piece.words, piece.key, rows_of(piece), piece.indicator.code, piece.key in changed)


def rows_of(said: Said) -> str:
    """Where the rows of a number are listed; of a base or of last year, those."""
    window = said.found.previous_window if said.side is Side.PREVIOUS else said.found.window
    base = said.side is Side.BASE and said.indicator.base is not None
    return rows_url(said.indicator, window, base=base)


def html_of(title: str, text: Text, pictures: Iterable[Placed] = ()) -> str:
    """The whole page."""
    chapters = chapters_of(text, pictures=pictures_of(pictures, inside=True))
    context = {"title": title, "chapters": chapters, "left_out": text.left_out}
    return render_to_string("reports/standalone.html", context)

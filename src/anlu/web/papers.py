"""A document's paper as HTML: the elements of the file in the look of A4; numbers show where they come from."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import Any

from anlu.engine.documents.blocks import (
    BlankLine,
    Block,
    Form,
    Heading,
    PageBreak,
    Paragraph,
    Picture,
    Table,
    Words,
    runs_of,
)
from anlu.engine.documents.headings import HeadingCounter
from anlu.engine.documents.paper import Paper, official_date
from anlu.kernel.documents.figures import figure_from
from anlu.kernel.documents.marks import marked_parts


@dataclass(frozen=True)
class Piece:
    """Words in one face; ``origin`` says where a number comes from."""

    text: str
    face: str = "body"
    origin: str = ""


@dataclass(frozen=True)
class Line:
    """One block as the template draws it."""

    kind: str
    pieces: tuple[Piece, ...] = ()
    level: int = 0
    lead: str = ""
    align: str = ""
    table: Any = None


Figures = Mapping[str, Mapping[str, Any]]


def shown(paper: Paper, figures: Figures | None = None) -> dict[str, Any]:
    """What the template ``web/documents/paper.html`` draws."""
    origins = {key: origin_words(kept) for key, kept in (figures or {}).items()}
    return {
        "form": paper.form,
        "issuers": [f"{name}{paper.mark_word}" for name in paper.issuers],
        "number": paper.number,
        "signer": paper.signer,
        "secrecy": paper.secrecy,
        "urgency": paper.urgency,
        "sealed": paper.sealed,
        "issued_by": paper.issued_by,
        "dated": official_date(paper.dated) if paper.dated else "",
        "title": paper.title,
        "addressees": "，".join(paper.addressees),
        "lines": lines_of(paper.body, origins),
        "attachments": [
            {"title": one.title, "lines": lines_of(one.body, origins)} for one in paper.attachments
        ],
        "signatures": [one.name for one in paper.signatures],
        "attendance": paper.attendance,
        "imprint": paper.imprint,
        "printed_on": official_date(paper.imprint.printed_on) if paper.imprint else "",
        "note": paper.note,
    }


def lines_of(blocks: Iterable[Block], origins: Mapping[str, str]) -> list[Line]:
    """Blocks with their headings numbered, as the file numbers them."""
    counter, found = HeadingCounter(), []
    for block in blocks:
        match block:
            case Heading():
                lead = counter.next(block.level) if block.numbered else ""
                pieces = (*_pieces(block.text, origins), *_pieces(block.follow, origins, face="follow"))
                found.append(Line("heading", pieces, block.level, lead))
            case Paragraph():
                found.append(
                    Line(
                        "indented" if block.indent else "flush",
                        _pieces(block.words, origins),
                        align=block.align,
                    )
                )
            case Table():
                found.append(Line("table", table=block))
            case Form():
                found.append(Line("form", table=block))
            case Picture():
                found.append(Line("picture", (Piece(block.alt or block.caption),)))
            case PageBreak() | BlankLine():
                found.append(Line("blank"))
    return found


def _pieces(words: Words, origins: Mapping[str, str], *, face: str = "") -> tuple[Piece, ...]:
    return tuple(
        Piece(text, face or run.face, origins.get(key, "") if key else "")
        for run in runs_of(words)
        for text, key in marked_parts(run.text)
    )


def origin_words(kept: Mapping[str, Any]) -> str:
    """Where a number comes from, in words."""
    figure = figure_from(kept)
    origin = figure.origin
    match origin.get("kind"):
        case "indicator":
            return f"{figure.label}：取自指标 {origin.get('code')}，{origin.get('period')}"
        case "record":
            return f"{figure.label}：取自所依据的事项"
        case "rows":
            return f"{figure.label}：清单行数"
        case _:
            return figure.label

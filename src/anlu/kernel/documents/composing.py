"""
From facts and a template to the paper: fills the wording and reads its lines as headings, paragraphs, tables, forms.

What comes in is a ``Source``: plain values only, so that the paper of an issued document can be made again from what
was kept, whatever has changed since.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, field
from datetime import date
from typing import Any, Final

from anlu.engine.documents.blocks import Block, Cell, Form, Heading, Level, Paragraph, Table
from anlu.engine.documents.paper import Attachment, Attendance, Imprint, Paper, Signature, official_date
from anlu.kernel.documents import marks
from anlu.kernel.documents.define import DocumentKind, Field, FieldType, Layout
from anlu.kernel.documents.figures import Figure, compared, figure_from
from anlu.kernel.documents.marks import MarkedFigure
from anlu.kernel.documents.templating import fill

HEADINGS: Final[tuple[tuple[re.Pattern[str], Level], ...]] = (
    (re.compile(r"^[一二三四五六七八九十百]+、\s*(.+)$"), 1),
    (re.compile(r"^（[一二三四五六七八九十百]+）\s*(.+)$"), 2),
    (re.compile(r"^\d{1,2}[.．]\s*(?!\d)(.+)$"), 3),
    (re.compile(r"^（\d{1,2}）\s*(.+)$"), 4),
)
LEAD: Final = re.compile(r"^(.{1,30}?[：。])(.*)$")


@dataclass(frozen=True)
class Source:
    """
    Everything that a paper is made from.

    Parameters
    ----------
    facts
        As ``facts.tidy`` keeps them, those that name a person among them.
    figures
        Numbers by field name or indicator code, as ``Figure.plain`` gives them.
    phrases
        Wording of the library by code, as it was in force.
    """

    title: str
    body: str
    facts: Mapping[str, Any] = field(default_factory=dict)
    figures: Mapping[str, Mapping[str, Any]] = field(default_factory=dict)
    phrases: Mapping[str, str] = field(default_factory=dict)
    head: str = ""
    signature: str = ""
    addressee: str = ""
    bases: tuple[str, ...] = ()
    reply_words: str = ""
    period_label: str = ""
    number: str = ""
    issued_on: date | None = None
    signer: str = ""  # 签发人, printed on what goes upward
    copies_to: tuple[str, ...] = ()
    secrecy: str = ""
    urgency: str = ""


class RowsValue(list[Any]):
    """Rows of a table in a template; knows the field that they come from."""

    def __init__(self, name: str, rows: Iterable[Any]) -> None:
        super().__init__(rows)
        self.name = name


class RowValue:
    """One row: its cells by the label and by the name of the column."""

    def __init__(self, cells: Mapping[str, str]) -> None:
        self.__dict__.update(cells)


def compose(kind: DocumentKind, source: Source, *, marked: bool = False) -> Paper:
    """
    The paper of a document.

    Parameters
    ----------
    marked
        Leave the marks of figures in the text, for a preview that shows where each number comes from.

    Raises
    ------
    BadTemplate
        The template cannot be filled.
    """
    values = values_of(kind, source)
    shown = (lambda text: text) if marked else marks.without_marks
    title = marks.without_marks(" ".join(fill(source.title, values).split())) or kind.label
    text = shown(fill(source.body, values))
    read = _Reader(kind, source, shown)
    body = tuple(read.blocks(text))
    plain = kind.layout == Layout.PLAIN
    addressees = (source.addressee,) if source.addressee and kind.addressed else ()
    issuer = source.head or "（发文机关待登记）"
    signs = kind.layout in (Layout.DOCUMENT, Layout.LETTER, Layout.NOTICE)
    return Paper(
        form=kind.layout.value,
        title=title,
        body=body,
        issuers=() if plain else (_mark_of(kind, issuer),),
        mark_word="文件" if kind.layout == Layout.DOCUMENT else "",
        number=source.number,
        signer=source.signer if kind.layout == Layout.DOCUMENT else "",
        secrecy=source.secrecy if kind.marked else "",
        urgency=source.urgency if kind.marked else "",
        issued_by=issuer if kind.layout == Layout.BULLETIN else "",
        addressees=addressees,
        attachments=tuple(read.attachments),
        signatures=(Signature(source.signature or issuer),) if signs else (),
        dated=source.issued_on,
        sealed=signs,
        imprint=_imprint(kind, source, issuer),
        attendance=tuple(read.attendance),
    )


def title_of(kind: DocumentKind, source: Source) -> str:
    """The title alone, for lists."""
    return marks.without_marks(" ".join(fill(source.title, values_of(kind, source)).split())) or kind.label


def _mark_of(kind: DocumentKind, issuer: str) -> str:
    if kind.layout == Layout.MINUTES:
        return kind.label
    return kind.word or kind.label if kind.layout == Layout.BULLETIN else issuer


def _imprint(kind: DocumentKind, source: Source, issuer: str) -> Imprint | None:
    """版记 with its date; a letter has one only where somebody gets a copy."""
    if not kind.copied or source.issued_on is None or (kind.layout == Layout.LETTER and not source.copies_to):
        return None
    return Imprint(
        printed_by=source.signature or issuer, printed_on=source.issued_on, copies_to=source.copies_to
    )


# ------------------------------------------------------------------------------------------------ values
def values_of(kind: DocumentKind, source: Source) -> dict[str, Any]:
    """What a template can name, under labels and names."""
    values: dict[str, Any] = {
        "发文单位": source.signature or source.head,
        "主送": source.addressee,
        "依据": "、".join(source.bases),
        "回复期限": source.reply_words,
        "成文日期": official_date(source.issued_on) if source.issued_on else "",
        "期间": source.period_label,
        **_functions(kind, source),
    }
    for one in kind.fields:
        values[one.name] = values[one.label] = _value(one, source)
    return values


def _value(one: Field, source: Source) -> Any:
    if one.type == FieldType.FIGURE:
        kept = source.figures.get(one.name)
        return MarkedFigure(one.name, figure_from(kept).words if kept else "")
    stated = source.facts.get(one.name)
    match one.type:
        case FieldType.DATE:
            return official_date(date.fromisoformat(stated)) if stated else ""
        case FieldType.CHOICE:
            return dict(one.choices).get(stated or "", stated or "")
        case FieldType.ROWS:
            labels = dict(one.columns)
            rows = [
                row | {labels[name]: cell for name, cell in row.items() if name in labels}
                for row in stated or ()
            ]
            return RowsValue(one.name, (RowValue(row) for row in rows))
        case _:
            return stated or ""


def _functions(kind: DocumentKind, source: Source) -> dict[str, Any]:
    def table(rows: Any) -> str:
        return f"\n{marks.TABLE}{rows.name}{marks.CLOSE}\n" if isinstance(rows, RowsValue) and rows else ""

    def attachment(title: Any, rows: Any) -> str:
        if not (isinstance(rows, RowsValue) and rows):
            return ""
        return f"\n{marks.ATTACHMENT}{marks.clean(str(title))}{marks.PART}{rows.name}{marks.CLOSE}\n"

    def names(label: Any, text: Any) -> str:
        joined = "、".join(str(text).split("\n"))
        return f"\n{marks.LIST}{marks.clean(str(label))}{marks.PART}{joined}{marks.CLOSE}\n" if text else ""

    def indicator(code: Any) -> MarkedFigure:
        kept = source.figures.get(str(code))
        return MarkedFigure(str(code), figure_from(kept).words if kept else "")

    def change(*figures: Any) -> str:
        found: list[Figure | None] = []
        for one in figures:
            kept = source.figures.get(getattr(one, "key", ""))
            found.append(figure_from(kept) if kept else None)
        return compared(found)

    return {
        "表": table,
        "附件": attachment,
        "名单": names,
        "规范": lambda code: source.phrases.get(str(code), ""),
        "指标": indicator,
        "同比": change,
    }


# ------------------------------------------------------------------------------------------------ lines
class _Reader:
    """Reads the lines of a filled template as blocks."""

    def __init__(self, kind: DocumentKind, source: Source, shown: Any) -> None:
        self.kind, self.source, self.shown = kind, source, shown
        self.attachments: list[Attachment] = []
        self.attendance: list[Attendance] = []

    def blocks(self, text: str) -> Iterator[Block]:
        """The blocks of the body; attachments and lists of people are set aside."""
        form: list[str] = []
        for line in self._lines(text):
            if line.startswith("|"):
                form.append(line)
                continue
            if form:
                yield form_of(form)
                form = []
            yield from self._block(line)
        if form:
            yield form_of(form)

    @staticmethod
    def _lines(text: str) -> Iterator[str]:
        """Lines without blanks around; the lines of a fact inside a row of a form stay in that row."""
        held = ""
        for raw in text.split("\n"):
            line = raw.strip()
            if held:
                held = f"{held}\n{line}"
            elif line.startswith("|") and not (line.endswith("|") and len(line) > 1):
                held = line
            elif line:
                yield line
            if held.endswith("|"):
                yield held
                held = ""
        if held:
            yield held

    def _block(self, line: str) -> Iterator[Block]:
        match line[0]:
            case marks.TABLE:
                yield self._table(line[1:-1])
            case marks.ATTACHMENT:
                title, _, name = line[1:-1].partition(marks.PART)
                self.attachments.append(Attachment(title, (self._table(name),)))
            case marks.LIST:
                label, _, names = line[1:-1].partition(marks.PART)
                self.attendance.append(Attendance(label, names))
            case _:
                yield _text_block(line)

    def _table(self, name: str) -> Table:
        one = self.kind.field(name)
        assert one is not None
        rows = self.source.facts.get(name) or ()
        cells = tuple(tuple(str(row.get(column, "")) for column, _ in one.columns) for row in rows)
        return Table(tuple(label for _, label in one.columns), cells, widths=_widths(one, cells))


def _widths(one: Field, rows: Iterable[tuple[str, ...]]) -> tuple[float, ...]:
    """Wider where there is more to read: the square root of the longest cell, at least of four characters."""
    every = [tuple(label for _, label in one.columns), *rows]
    return tuple(max(4, *(len(row[place]) for row in every)) ** 0.5 for place in range(len(one.columns)))


def _text_block(line: str) -> Block:
    for pattern, level in HEADINGS:
        found = pattern.match(line)
        if found:
            return _heading(found.group(1), level)
    return Paragraph(line)


def _heading(text: str, level: Level) -> Heading:
    """A heading alone, or its leading words with the text that goes on behind them."""
    led = LEAD.match(text)
    if led and led.group(2):
        return Heading(led.group(1), level, follow=led.group(2))
    return Heading(text.rstrip("。") if led else text, level)


def form_of(lines: Iterable[str]) -> Form:
    """Rows of ``| label | value | label | value |`` as a form of four columns."""
    rows = []
    for line in lines:
        cells = [cell.strip() for cell in line.strip().strip("|").split("|")]
        pairs = [
            (cells[place], cells[place + 1] if place + 1 < len(cells) else "")
            for place in range(0, len(cells), 2)
        ]
        rows.append(_form_row(pairs[:2]))
    return Form(tuple(rows), widths=(1.3, 2.2, 1.3, 2.2))


def _form_row(pairs: list[tuple[str, str]]) -> tuple[Cell, ...]:
    made: list[Cell] = []
    for label, value in pairs:
        wide = len(pairs) == 1
        lines = min(12, max(2, value.count("\n") + 1 + len(value) // (22 if wide else 9)))
        made += [Cell(label, label=True), Cell(value, span=3 if wide else 1, lines=lines)]
    return tuple(made)

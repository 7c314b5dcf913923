"""
Tables as a stream of blocks: a header, then frames of text cells, a megabyte or two at a time.

A row whose number of cells is not that of the header never reaches a frame; it is handed on as
misshapen. Rows are numbered as a spreadsheet shows them: the first row of the file is row 1.
"""

from __future__ import annotations

import csv
import io
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime, time, timedelta
from itertools import chain, islice
from types import MappingProxyType
from typing import Any, Final

from python_calamine import CalamineError, CalamineSheet, CalamineWorkbook, PasswordError, SheetVisibleEnum

from anlu.engine.errors import BadInput
from anlu.kernel.core.importing.frames import pl
from anlu.kernel.core.importing.packages import notes_on
from anlu.kernel.core.importing.sources import EXCEL, LONGEST_RECORD, Source, delimiter_of

ROW: Final = "__row__"
SHEET_BLOCK: Final = 5_000
FIRST_LINES: Final = 20
HEADER_SEARCHED: Final = 10  # rows of an Excel sheet among which the header may be (titles stand above it)

csv.field_size_limit(LONGEST_RECORD)


@dataclass(frozen=True)
class Misshapen:
    """A row that cannot be laid under the header."""

    row: int
    cells: tuple[str, ...]
    reason: str


@dataclass(frozen=True)
class Block:
    """Rows of a table: one text column per header (null = empty) and the row number as ``ROW``."""

    frame: pl.DataFrame
    misshapen: tuple[Misshapen, ...] = ()


@dataclass(frozen=True)
class Table:
    """A source with its header found."""

    source: Source
    header: tuple[str, ...]
    titles: tuple[str, ...]  # the header as written, before doubled names were numbered
    delimiter: str = ","
    skipped: int = 0  # rows above the header
    notes: tuple[str, ...] = ()  # what is odd about the file itself

    def blocks(self) -> Iterator[Block]:
        """
        All rows below the header, in order.

        Raises
        ------
        BadInput
            A quote has no partner, or the file is no longer the one that was looked at.
        """
        yield from _sheet_blocks(self) if self.source.form == EXCEL else _csv_blocks(self)
        self.source.check_unchanged()

    def doubled(self) -> set[str]:
        """Names that the header holds more than once."""
        plain = [" ".join(title.split()) for title in self.titles]
        return {name for name in plain if name and plain.count(name) > 1}


def open_table(source: Source, *, delimiter: str = "", known: Iterable[str] = ()) -> Table:
    """
    Find delimiter and header.

    Parameters
    ----------
    known
        Headers that some profile knows: among the first rows of a sheet, the one with most of them is
        the header.

    Raises
    ------
    BadInput
        There is no header, or the workbook cannot be read.
    """
    return _open_sheet(source, frozenset(known)) if source.form == EXCEL else _open_csv(source, delimiter)


def named(titles: Iterable[str]) -> tuple[str, ...]:
    """Header cells trimmed; a name that comes again gets a number, an empty one the number of its column."""
    seen: dict[str, int] = {}
    names = []
    for place, title in enumerate(titles, 1):
        name = " ".join(title.split()) or f"第{place}列"
        seen[name] = seen.get(name, 0) + 1
        names.append(name if seen[name] == 1 else f"{name}#{seen[name]}")
    return tuple(names)


def _block(
    header: Sequence[str],
    rows: Iterable[tuple[int, Sequence[str]]],
    merged: Mapping[int, str] = MappingProxyType({}),
) -> Block:
    """Rows one by one: fitted under the header, blank ones left out, misshapen ones set apart.

    ``merged`` names for rows of a sheet the columns whose cell is only the lower part of another one.
    """
    good: list[Sequence[str | None]] = []
    numbers: list[int] = []
    bad: list[Misshapen] = []
    width = len(header)
    for number, cells in rows:
        if not any(cell.strip() for cell in cells):
            continue
        if len(cells) < width or any(cell.strip() for cell in cells[width:]):
            bad.append(Misshapen(number, tuple(cells), f"这一行有 {len(cells)} 列,表头有 {width} 列"))
            continue
        if number in merged:
            why = f"{merged[number]}列与上一行是合并单元格,请取消合并、逐行填写"
            bad.append(Misshapen(number, tuple(cells[:width]), why))
            continue
        good.append([cell or None for cell in cells[:width]])
        numbers.append(number)
    frame = pl.DataFrame(good, schema=dict.fromkeys(header, pl.String), orient="row")
    return Block(frame.with_columns(pl.Series(ROW, numbers, pl.UInt32)), tuple(bad))


# --- CSV


@dataclass(frozen=True)
class _Loose:
    """The rest of a file from a quote on that has no partner."""

    text: Iterator[str]


def _open_csv(source: Source, delimiter: str) -> Table:
    lines = _first_lines(source)
    skipped = 0
    while lines and (not lines[0].strip() or lines[0].lower().startswith("sep=")):
        stated = lines[0].strip()[4:5] if lines[0].lower().startswith("sep=") else ""
        delimiter = delimiter or stated
        lines, skipped = lines[1:], skipped + 1
    if not lines:
        raise BadInput("文件里没有表头", file=source.name)
    separator = delimiter or delimiter_of(lines)
    try:
        titles = tuple(next(csv.reader(io.StringIO("\n".join(lines)), delimiter=separator)))
    except csv.Error as problem:
        raise BadInput(f"表头读不出来({problem})", file=source.name, line=skipped + 1) from None
    return Table(source, named(titles), titles, separator, skipped, source.notes)


def _first_lines(source: Source) -> list[str]:
    """Enough lines to know delimiter and header by."""
    start = ""
    for piece in source.text():
        start += piece
        if start.count("\n") >= FIRST_LINES:
            break
    return start.splitlines()[:FIRST_LINES]


def _csv_blocks(table: Table) -> Iterator[Block]:
    """Vectorised while quotes pair up within lines; cells of several lines, and what a stray quote
    leaves, by hand.
    """
    row = 1
    above = table.skipped + 1
    for piece in _pieces(table.source):
        if isinstance(piece, _Loose):
            yield from _loose_blocks(table, piece, row, above)
            return
        cut, above, row = _without_header(piece, above, row)
        if cut:
            block, row = _block_of_text(table, cut, row)
            yield block


def _pieces(source: Source) -> Iterator[str | _Loose]:
    """
    The text in pieces that end where a record ends.

    A line break ends a record when an even number of quotes stands before it. Where no such break comes
    for longer than any record may be, or until the end of the file, a quote has no partner.
    """
    held = ""
    text = source.text()
    for more in text:
        held += more
        end = _record_end(held)
        if end:
            yield held[:end]
            held = held[end:]
        elif len(held) > LONGEST_RECORD:
            yield _Loose(chain([held], text))
            return
    if held:
        yield held if held.count('"') % 2 == 0 else _Loose(iter([held]))


def _record_end(text: str) -> int:
    """Where the last whole record ends; 0 when none does."""
    end = text.rfind("\n") + 1
    odd = text.count('"', 0, end) % 2
    while odd and end:
        shorter = text.rfind("\n", 0, end - 1) + 1
        odd = (odd + text.count('"', shorter, end)) % 2
        end = shorter
    return end


def _without_header(piece: str, above: int, row: int) -> tuple[str, int, int]:
    """``piece`` without the records that still stand above the first row; what is left of them; the row
    reached.
    """
    while above and piece:
        end = 0
        while True:
            end = piece.find("\n", end) + 1
            if end == 0:
                return "", above - 1, row + 1
            if piece.count('"', 0, end) % 2 == 0:
                break
        piece, above, row = piece[end:], above - 1, row + 1
    return piece, above, row


def _block_of_text(table: Table, text: str, row: int) -> tuple[Block, int]:
    """The records of ``text``, the first of which is row ``row``, and the number of the row after them."""
    lines = pl.Series("line", [text.removesuffix("\n")]).str.split("\n").explode().str.strip_chars_end("\r")
    if '"' in text and bool((lines.str.count_matches('"', literal=True) % 2 == 1).any()):
        return _block_by_hand(table, text, row)
    whole = pl.DataFrame([lines]).with_row_index(ROW, offset=row)
    cells = pl.col("line").str.replace_all('"[^"]*"', "") if '"' in text else pl.col("line")
    whole = whole.with_columns(
        blank=pl.col("line").str.strip_chars(f"{table.delimiter} \t\r") == "",
        width=cells.str.count_matches(table.delimiter, literal=True) + 1,
    ).filter(~pl.col("blank"))
    fits = pl.col("width") == len(table.header)
    good, other = whole.filter(fits), whole.filter(~fits)
    frame = _parsed(table, good)
    if frame is None:
        return _block_by_hand(table, text, row)
    rest = _block(table.header, _split(table, other))
    if rest.frame.height:
        frame = pl.concat([frame, rest.frame]).sort(ROW)
    return Block(frame, rest.misshapen), row + len(lines)


def _parsed(table: Table, lines: pl.DataFrame) -> pl.DataFrame | None:
    """Lines cut into cells by the fast reader; None when it cannot agree with what is written."""
    schema = dict.fromkeys(table.header, pl.String)
    if not lines.height:
        return pl.DataFrame(schema={**schema, ROW: pl.UInt32})
    try:
        frame = pl.read_csv(
            "\n".join(lines["line"]).encode(),
            has_header=False,
            separator=table.delimiter,
            infer_schema=False,
            new_columns=list(table.header),
        )
    except (pl.exceptions.ComputeError, pl.exceptions.SchemaError):
        return None
    if frame.height != lines.height:
        return None
    return frame.with_columns(lines[ROW].cast(pl.UInt32))


def _split(table: Table, lines: pl.DataFrame) -> Iterator[tuple[int, list[str]]]:
    for number, line in lines.select(ROW, "line").iter_rows():
        yield number, next(csv.reader([line], delimiter=table.delimiter))


def _block_by_hand(table: Table, text: str, row: int) -> tuple[Block, int]:
    rows = list(csv.reader(io.StringIO(text, newline=""), delimiter=table.delimiter))
    return _block(table.header, enumerate(rows, row)), row + len(rows)


def _loose_blocks(table: Table, rest: _Loose, row: int, above: int) -> Iterator[Block]:
    reader = csv.reader(_lines_of(rest.text), delimiter=table.delimiter)
    try:
        for _ in range(above):
            next(reader, None)
            row += 1
        while rows := list(islice(reader, SHEET_BLOCK)):
            yield _block(table.header, enumerate(rows, row))
            row += len(rows)
    except csv.Error:
        raise BadInput("引号没有配对", file=table.source.name, line=row) from None


def _lines_of(text: Iterable[str]) -> Iterator[str]:
    held = ""
    for piece in text:
        lines = (held + piece).split("\n")
        held = lines.pop()
        for line in lines:
            yield line + "\n"
    if held:
        yield held


# --- Excel


def _sheet_of(source: Source) -> CalamineSheet:
    """The first visible sheet that has anything in it."""
    try:
        book = CalamineWorkbook.from_path(str(source.path))
        visible = [meta.name for meta in book.sheets_metadata if meta.visible == SheetVisibleEnum.Visible]
        sheets = [book.get_sheet_by_name(name) for name in visible]
    except PasswordError:
        raise BadInput("工作簿加了密码,请去掉密码后再导入", file=source.name) from None
    except CalamineError:
        raise BadInput("Excel 文件读不出来,可能不完整或已损坏", file=source.name) from None
    filled = [sheet for sheet in sheets if sheet.height]
    if not filled:
        raise BadInput("工作簿里没有数据", file=source.name)
    return filled[0]


def _rows_of(sheet: CalamineSheet) -> Iterator[list[str]]:
    """All rows of the sheet from row 1 on, blank ones too."""
    return ([_text(cell) for cell in cells] for cells in sheet.iter_rows())


def _merged(sheet: CalamineSheet, above: int) -> dict[int, str]:
    """For each row below the first ``above`` whose cells belong to merged ones that begin higher up: their columns."""
    found: dict[int, list[str]] = {}
    last = sheet.end[0] if sheet.end else 0
    for (top, left), (bottom, right) in sheet.merged_cell_ranges or ():
        columns = _letters(left) if left == right else f"{_letters(left)}–{_letters(right)}"
        for row in range(max(top, above) + 2, min(bottom, last) + 2):
            found.setdefault(row, []).append(f" {columns} ")
    return {row: "、".join(columns) for row, columns in found.items()}


def _letters(column: int) -> str:
    """A column counted from 0 as a spreadsheet names it."""
    name = ""
    while column >= 0:
        column, last = divmod(column, 26)
        name, column = chr(ord("A") + last) + name, column - 1
    return name


def _text(cell: Any) -> str:
    """A cell as the text that a CSV of the same sheet would have."""
    match cell:
        case bool():
            return "TRUE" if cell else "FALSE"
        case float():
            return str(int(cell)) if cell.is_integer() and abs(cell) < 1e15 else repr(cell)
        case datetime():
            return cell.isoformat(sep=" ")
        case date() | time():
            return cell.isoformat()
        case timedelta():
            return str(cell)
    return str(cell).strip()


def _open_sheet(source: Source, known: frozenset[str]) -> Table:
    sheet = _sheet_of(source)
    rows = list(islice(_rows_of(sheet), HEADER_SEARCHED))
    merits = [
        (sum(name in known for name in named(cells)), sum(bool(cell) for cell in cells), -place)
        for place, cells in enumerate(rows)
    ]
    place = -max(merits)[2]
    titles = list(rows[place])
    while titles and not titles[-1]:
        titles.pop()
    notes = notes_on(source.path, sheet.name)
    return Table(source, named(titles), tuple(titles), skipped=place, notes=notes)


def _sheet_blocks(table: Table) -> Iterator[Block]:
    sheet = _sheet_of(table.source)
    merged = _merged(sheet, table.skipped)
    below = islice(enumerate(_rows_of(sheet), 1), table.skipped + 1, None)
    width = len(table.header)
    while block := list(islice(below, SHEET_BLOCK)):
        # a sheet has no short rows: cells that are missing at the end are empty
        full = ((row, cells + [""] * (width - len(cells))) for row, cells in block)
        yield _block(table.header, full, merged)

"""
Tables: CSV (UTF-8, GB18030 or UTF-16 with a mark; comma, semicolon, tab or bar), packed CSV, Excel.

Cells stay text: what they mean is decided by who asks (:mod:`.records`).
"""

import codecs
import csv
import gzip
import io
import os
import re
import zipfile
import zlib
from collections.abc import Iterable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import datetime
from itertools import chain, islice
from pathlib import Path
from typing import IO, Any

import numpy as np
from numpy.typing import NDArray

from anlu.engine.errors import BadInput

from .placing import replacing
from .records import Place, missing_column

DELIMITERS = ",;\t|"
SAMPLE_LINES = 20
LONGEST_CELL = 1 << 20
CSV_ENDS, EXCEL_ENDS = (".csv", ".csv.gz", ".txt", ".tsv"), (".xlsx", ".xlsm")
MARKS = ((codecs.BOM_UTF8, "utf-8-sig"), (codecs.BOM_UTF16_LE, "utf-16"), (codecs.BOM_UTF16_BE, "utf-16"))


@dataclass(frozen=True, eq=False)
class Table:
    """
    Columns of a table.

    Attributes
    ----------
    file
        As the user named it.
    header
        Every column of the file, also those that were not kept.
    columns
        Cells of the columns kept, one list per column, n each.
    lines : (n,)
        Line of the file on which each row begins, counted from 1.
    """

    file: str
    header: list[str]
    columns: dict[str, list[Any]]
    lines: NDArray[np.int64]

    def __len__(self) -> int:
        return len(self.lines)

    def column(self, name: str) -> Sequence[Any]:
        if name not in self.columns:
            raise missing_column(self.file, name, self.header)
        return self.columns[name]

    def place(self, row: int) -> Place:
        return {"line": int(self.lines[row])}


def is_table(path: str | os.PathLike[str]) -> bool:
    """Whether a file is read as a table, by its name."""
    return os.fspath(path).lower().endswith(CSV_ENDS + EXCEL_ENDS)


def read_table(path: str | os.PathLike[str], *, columns: Iterable[str] | None = None) -> Table:
    """
    Read a table with a header line.

    Parameters
    ----------
    columns
        Which to keep; by default all.

    Raises
    ------
    BadInput
        The file is empty, cut, in no known encoding or no table; the header has a name twice; a row has
        more cells than the header; a column asked for does not exist.
    """
    name = os.fspath(path)
    if name.lower().endswith(EXCEL_ENDS):
        return _collected(name, _excel_rows(name), columns)
    with _text(name) as text:
        return _collected(name, _csv_rows(name, text), columns)


def _collected(file: str, rows: Iterator[tuple[int, list[Any]]], wanted: Iterable[str] | None) -> Table:
    line, first = next(rows, (1, []))
    header = [str(cell or "").strip() for cell in first]
    if not any(header):
        raise BadInput("没有表头", file=file, line=line)
    twice = next((h for i, h in enumerate(header) if h and h in header[:i]), None)
    if twice is not None:
        raise BadInput("表头有重名的列", file=file, line=line, field=twice)
    names = [h for h in header if h] if wanted is None else list(dict.fromkeys(wanted))
    for name in names:
        if name not in header:
            raise missing_column(file, name, header)
    kept = [(header.index(name), []) for name in names]  # type: list[tuple[int, list[Any]]]
    lines = []
    for line, cells in rows:
        if len(cells) > len(header) and any(str(cell or "").strip() for cell in cells[len(header) :]):
            raise BadInput(
                "单元格比表头多", file=file, line=line, found=len(cells), expected=f"{len(header)} 格"
            )
        for index, cells_kept in kept:
            cells_kept.append(cells[index] if index < len(cells) else "")
        lines.append(line)
    columns = {name: cells for name, (_, cells) in zip(names, kept, strict=True)}
    return Table(file, header, columns, np.array(lines, np.int64))


# ------------------------------------------------------------------------------------------------------ CSV


def _csv_rows(file: str, text: IO[str]) -> Iterator[tuple[int, list[Any]]]:
    """Rows with the line on which each begins; blank lines are left out."""
    csv.field_size_limit(LONGEST_CELL)
    start = list(islice(text, SAMPLE_LINES))
    reader = csv.reader(chain(start, text), delimiter=delimiter_of(start), strict=True)
    begin = 1
    try:
        for row in reader:
            if row and (len(row) > 1 or row[0].strip()):
                yield begin, row
            begin = reader.line_num + 1
    except csv.Error:
        raise BadInput("引号不成对或单元格过长", file=file, line=begin) from None
    except (EOFError, zlib.error, gzip.BadGzipFile):
        raise BadInput("压缩文件不完整或已损坏", file=file, line=begin) from None


def delimiter_of(lines: Sequence[str]) -> str:
    """The delimiter that is found in every line, and most often in the first; a comma if none is."""
    bare = [re.sub(r'"[^"]*"', "", line) for line in lines if line.strip()]
    counts = {d: [line.count(d) for line in bare] for d in DELIMITERS}
    return max(DELIMITERS, key=lambda d: (min(counts[d], default=0) > 0, max(counts[d][:1], default=0)))


@contextmanager
def _text(file: str) -> Iterator[IO[str]]:
    """The file unpacked and decoded; the whole of it is valid in the encoding."""
    encoding = _encoding_of(file)
    with _unpacked(file) as raw, io.TextIOWrapper(raw, encoding, newline="") as text:
        yield text


@contextmanager
def _unpacked(file: str) -> Iterator[IO[bytes]]:
    with open(file, "rb") as plain:
        packed = plain.read(2) == b"\x1f\x8b"
        plain.seek(0)
        if not packed:
            yield plain
            return
        with gzip.open(plain) as unpacked:
            yield unpacked  # type: ignore[misc]


def _encoding_of(file: str) -> str:
    """
    The encoding in which the whole file can be read.

    Raises
    ------
    BadInput
        The file is empty, binary, cut, or in neither encoding.
    """
    try:
        with _unpacked(file) as raw:
            start = raw.read(4)
        if not start:
            raise BadInput("文件是空的", file=file)
        marked = next((encoding for mark, encoding in MARKS if start.startswith(mark)), None)
        for encoding in [marked] if marked else ["utf-8", "gb18030"]:
            if _is_valid(file, encoding):
                return encoding
    except (EOFError, zlib.error, gzip.BadGzipFile):
        raise BadInput("压缩文件不完整或已损坏", file=file) from None
    raise BadInput("不是文本表格, 或文字编码读不出来", file=file, expected="UTF-8 或 GB18030 编码的 CSV")


def _is_valid(file: str, encoding: str) -> bool:
    decoder = codecs.getincrementaldecoder(encoding)("strict")
    try:
        with _unpacked(file) as raw:
            while block := raw.read(1 << 20):
                if "\0" in decoder.decode(block):
                    return False
            decoder.decode(b"", final=True)
    except UnicodeDecodeError:
        return False
    return True


# ---------------------------------------------------------------------------------------------------- Excel


def _excel_rows(file: str) -> Iterator[tuple[int, list[Any]]]:
    """Rows of the first sheet; empty rows are left out, dates are text as people write them."""
    import openpyxl  # dear to import, and most tables are CSV

    with open(file, "rb") as opened:
        try:
            book = openpyxl.load_workbook(opened, read_only=True, data_only=True)
        except (zipfile.BadZipFile, KeyError, ValueError, OSError, SyntaxError):
            raise BadInput("Excel 文件不完整或已损坏", file=file) from None
        sheet = book.worksheets[0] if book.worksheets else None
        for line, cells in enumerate(sheet.iter_rows(values_only=True) if sheet else (), start=1):
            row = [_excel_cell(cell) for cell in cells]
            if any(cell != "" for cell in row):
                yield line, row


def _excel_cell(cell: Any) -> Any:
    if cell is None:
        return ""
    if isinstance(cell, datetime):
        return cell.isoformat(sep=" ")
    if isinstance(cell, bool):
        return str(int(cell))
    if isinstance(cell, float) and cell.is_integer():
        return str(int(cell))
    return str(cell)


# -------------------------------------------------------------------------------------------------- writing


def write_table(path: str | os.PathLike[str], columns: Mapping[str, Sequence[Any] | NDArray[Any]]) -> None:
    """
    Write columns of equal length as CSV (UTF-8), packed when the name ends in ``.gz``.

    Numbers are written in full precision; NaN, None and NaT as an empty cell. The file appears whole or not
    at all.
    """
    cells = [_cells(values) for values in columns.values()]
    with replacing(Path(path)) as part:
        opened = gzip.open if part.suffix == ".gz" else open
        with opened(part, "wt", encoding="utf-8", newline="") as file:
            writer = csv.writer(file, lineterminator="\n")
            writer.writerow(columns)
            writer.writerows(zip(*cells, strict=True))


def _cells(values: Sequence[Any] | NDArray[Any]) -> list[Any]:
    if not isinstance(values, np.ndarray):
        return ["" if value is None else value for value in values]
    if values.dtype.kind == "f":
        return ["" if value != value else repr(value) for value in values.tolist()]
    if values.dtype.kind == "M":
        return ["" if np.isnat(value) else str(value).replace("T", " ") for value in values]
    return ["" if _is_null(value) else value for value in values.tolist()]


def _is_null(value: Any) -> bool:
    return value is None or (isinstance(value, float) and value != value)

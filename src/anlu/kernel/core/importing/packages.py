"""
Excel files looked into before a reader unpacks them: whole, of a reasonable size, every cell with its value.

A workbook is a packed folder of XML. Each part is unpacked once, a block at a time and never kept, so that a part
that was cut off or swells beyond measure is found here.
"""

from __future__ import annotations

import html
import re
import zipfile
import zlib
from collections.abc import Iterator
from pathlib import Path
from typing import Final

import numpy as np
from numpy.typing import NDArray

from anlu.engine.errors import BadInput

BLOCK_BYTES: Final = 4 << 20
LARGEST_BOOK: Final = 400 << 20  # bytes of an unpacked workbook; beyond that people are asked for CSV
LARGEST_RATIO: Final = 300  # of an unpacked part to its packed size
TEXTS: Final = "xl/sharedStrings.xml"
SHEETS: Final = "xl/worksheets/"
_BROKEN = (zipfile.BadZipFile, zlib.error, EOFError, NotImplementedError, OSError, RuntimeError)

_P = rb"(?:\w+:)?"  # a prefix of XML that some programs write
_ROW_END: Final = b"row>"
_TEXT_END: Final = re.compile(rb"</%ssi>" % _P)
_TEXT_CELL: Final = re.compile(
    rb'<%sc\b[^>]*\bt="s"[^>]*>(?:<%sf\b.*?</%sf>)?<%sv>(\d{1,9})<' % (_P, _P, _P, _P)
)
_ERROR: Final = re.compile(rb'<%sc\b[^>]*\bt="e"' % _P)
_NOT_WORKED_OUT: Final = re.compile(
    rb"<%sf\b(?:[^>]*/>|[^>]*>[^<]*</%sf>)\s*(?:<%sv\s*/>|<%sv>\s*</%sv>)?\s*</%sc>"
    % (_P, _P, _P, _P, _P, _P)
)


def check_workbook(path: Path, called: str) -> None:
    """
    Raise ``BadInput`` unless a file is an Excel workbook, whole, and unpacks to a reasonable size.

    Parameters
    ----------
    called
        What the user calls it, for messages.
    """
    try:
        with zipfile.ZipFile(path) as archive:
            parts = archive.infolist()
            if not any(part.filename.startswith("xl/") for part in parts):
                raise BadInput(
                    "这是压缩包而不是 Excel 工作簿", file=called, expected=".xlsx、.csv 或 .csv.gz"
                )
            size = _unpacked(parts)
            if size <= LARGEST_BOOK:
                size = max(size, _read_through(archive))
    except _BROKEN:
        raise BadInput("Excel 文件不完整或已损坏", file=called) from None
    if size > LARGEST_BOOK:
        most = LARGEST_BOOK >> 20
        raise BadInput(f"工作簿展开后过大(最多 {most} MB),请另存为 CSV 再导入", file=called)


def notes_on(path: Path, sheet: str) -> tuple[str, ...]:
    """Sentences about cells of a sheet that a reader takes for empty and that are not."""
    try:
        with zipfile.ZipFile(path) as archive:
            part = _part_of(archive, sheet)
            formulas, errors = (
                _counted(archive, part, pattern) if part else 0 for pattern in (_NOT_WORKED_OUT, _ERROR)
            )
    except _BROKEN:
        return ()
    notes = []
    if formulas:
        notes.append(f"有 {formulas} 个公式没有算出结果,按空白读取；用 Excel 打开并保存后再导入就有了")
    if errors:
        notes.append(f"有 {errors} 个单元格是错误值(如 #N/A),按空白读取")
    return tuple(notes)


# --- size


def _unpacked(parts: list[zipfile.ZipInfo]) -> int:
    """Bytes of all parts as stated; one that is packed beyond measure counts as too many."""
    swollen = any(
        part.file_size > LARGEST_RATIO * max(1, part.compress_size) and part.file_size > BLOCK_BYTES
        for part in parts
    )
    whole = sum(part.file_size for part in parts)
    return max(whole, LARGEST_BOOK + 1) if swollen else whole


def _read_through(archive: zipfile.ZipFile) -> int:
    """Read every part to its end, and give the bytes of all texts in the cells: one text may stand in a million."""
    lengths = _lengths(archive)
    longest = int(lengths.max(initial=0))
    total = 0
    for part in archive.infolist():
        for rows in _rows(archive, part):
            if not part.filename.startswith(SHEETS) or not longest:
                continue
            if longest * rows.count(b't="s"') > BLOCK_BYTES:
                places = np.array([int(place) for place in _TEXT_CELL.findall(rows)], dtype=np.int64)
                total += int(lengths[places[places < len(lengths)]].sum())
            if total > LARGEST_BOOK:
                return total
    return total


def _lengths(archive: zipfile.ZipFile) -> NDArray[np.int64]:
    """Bytes of each text that cells refer to, with what is around it."""
    if TEXTS not in archive.namelist():
        return np.zeros(0, np.int64)
    return np.array([len(text) for text in _TEXT_END.split(archive.read(TEXTS))], dtype=np.int64)


def _rows(archive: zipfile.ZipFile, part: zipfile.ZipInfo | str) -> Iterator[bytes]:
    """A part in blocks that end where a row does, as far as it has rows."""
    held = b""
    with archive.open(part) as opened:
        while block := opened.read(BLOCK_BYTES):
            held += block
            end = held.rfind(_ROW_END) + len(_ROW_END)
            if end < len(_ROW_END):
                end = len(held)
            yield held[:end]
            held = held[end:]
    yield held


# --- cells


def _part_of(archive: zipfile.ZipFile, sheet: str) -> str:
    """Where in the package a sheet stands, "" when that is not found."""
    for stated in _tags(archive, "xl/workbook.xml", "sheet"):
        if html.unescape(stated.get("name", "")) != sheet:
            continue
        for link in _tags(archive, "xl/_rels/workbook.xml.rels", "Relationship"):
            if link.get("Id") == stated.get("r:id"):
                target = link.get("Target", "")
                part = target.removeprefix("/") if target.startswith("/") else f"xl/{target}"
                return part if part in archive.namelist() else ""
    return ""


def _tags(archive: zipfile.ZipFile, part: str, name: str) -> Iterator[dict[str, str]]:
    """The attributes of all tags of a name."""
    if part in archive.namelist():
        text = archive.read(part).decode("utf-8", "replace")
        for tag in re.findall(rf"<(?:\w+:)?{name}\b([^>]*)>", text):
            yield dict(re.findall(r'([\w:]+)="([^"]*)"', tag))


def _counted(archive: zipfile.ZipFile, part: str, pattern: re.Pattern[bytes]) -> int:
    return sum(len(pattern.findall(rows)) for rows in _rows(archive, part))

"""
What kind of file is this? Encoding, delimiter, header and fingerprint, worked out before a row is read.

The whole file is passed once: an encoding that fits the first rows only, a cell of ten megabytes or a
cut archive is found here, before anything is written.
"""

from __future__ import annotations

import codecs
import gzip
import hashlib
import re
import zlib
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, replace
from pathlib import Path
from typing import IO, Final, cast

from anlu.engine.errors import BadInput
from anlu.kernel.core.importing.impressions import Impression, recoded
from anlu.kernel.core.importing.packages import BLOCK_BYTES, LARGEST_RATIO, check_workbook

LONGEST_RECORD: Final = 8 << 20  # characters or bytes: far beyond any row that people write
DELIMITERS: Final = ",;\t|"
EXCEL: Final = "excel"
CSV: Final = "csv"

_GZIP, _ZIP, _OLE = b"\x1f\x8b", b"PK\x03\x04", b"\xd0\xcf\x11\xe0"
_BOMS: Final = (
    (codecs.BOM_UTF8, "utf-8-sig"),
    (codecs.BOM_UTF16_LE, "utf-16"),
    (codecs.BOM_UTF16_BE, "utf-16"),
)
START_BYTES: Final = 4_096
_OPEN_AND_SAVE: Final = "请用 Excel 或 WPS 打开，另存为 .xlsx 后再导入"
OTHER_KINDS: Final = (
    (b"%pdf-", "PDF 文件", "请导出 Excel 或 CSV"),
    (b"\x89png", "图片", "请导出 Excel 或 CSV"),
    (b"\xff\xd8\xff", "图片", "请导出 Excel 或 CSV"),
    (b"rar!", "压缩包", "请解开后导入里面的表格"),
    (b"7z\xbc\xaf", "压缩包", "请解开后导入里面的表格"),
    (b"<?xml", "XML 格式的表格", _OPEN_AND_SAVE),
    (b"<!doctype html", "网页格式的表格", _OPEN_AND_SAVE),
    (b"<html", "网页格式的表格", _OPEN_AND_SAVE),
    (b"<table", "网页格式的表格", _OPEN_AND_SAVE),
    (b"{\\rtf", "文档", "请导出 Excel 或 CSV"),
)  # lower-case beginning, kind, what to do
_CUT = (EOFError, zlib.error, gzip.BadGzipFile)


@dataclass(frozen=True)
class Source:
    """A file that can be read as a table: where it is and how its text is coded."""

    path: Path
    name: str
    form: str  # CSV or EXCEL
    sha256: str
    size: int
    encoding: str = ""
    packed: bool = False
    lines: int = 0  # line breaks in the file, for progress
    stamp: tuple[int, int] = (0, 0)  # size and time of change when it was first looked at
    notes: tuple[str, ...] = ()  # what is odd about its text

    def check_unchanged(self) -> None:
        """
        Raise ``BadInput`` when the file is not the one that was looked at: another program is still writing it.
        """
        if self.stamp != _stamp(self.path):
            raise BadInput("文件在读取时被改动,可能另一个程序还在写,请等它写完再导入", file=self.name)

    @contextmanager
    def bytes(self) -> Iterator[IO[bytes]]:
        """The unpacked content."""
        if self.packed:
            with gzip.open(self.path) as unpacked:
                yield cast(IO[bytes], unpacked)
        else:
            with self.path.open("rb") as opened:
                yield opened

    def text(self) -> Iterator[str]:
        """The content as text, a megabyte at a time, without the byte-order mark."""
        decoder = codecs.getincrementaldecoder(self.encoding)("strict")
        with self.bytes() as opened:
            while block := opened.read(BLOCK_BYTES):
                if text := decoder.decode(block):
                    yield text
            if rest := decoder.decode(b"", final=True):
                yield rest


def look_at(path: Path, *, name: str = "", encoding: str = "") -> Source:
    """
    Examine a file.

    Parameters
    ----------
    name
        What the user calls it, for messages; the path when empty.
    encoding
        Stated by the user or the profile; detected (UTF-8, UTF-16, GB18030, Big5) when empty.

    Raises
    ------
    BadInput
        empty, binary, of another kind, cut short, in no known encoding, or with a line beyond all measure.
    """
    called = name or str(path)
    stamp = _stamp(path)
    size = stamp[0]
    if size == 0:
        raise BadInput("文件是空的", file=called)
    with path.open("rb") as opened:
        start = opened.read(8)
    digest = _sha256(path)
    if start.startswith((_ZIP, _OLE)):
        if start.startswith(_ZIP):
            check_workbook(path, called)
        return Source(path, called, EXCEL, digest, size, stamp=stamp)
    source = Source(path, called, CSV, digest, size, packed=start.startswith(_GZIP))
    with _whole(source), source.bytes() as opened:
        start = opened.read(START_BYTES)
    _refuse_other_kinds(start, called)
    read = _encoding_of(source, start, _known_encoding(encoding, called))
    return Source(
        path, called, CSV, digest, size, read.encoding, source.packed, read.lines, stamp, read.notes
    )


def _refuse_other_kinds(start: bytes, called: str) -> None:
    """Raise ``BadInput`` for what is often handed in for a table and is none."""
    for mark, kind, advice in OTHER_KINDS:
        if start.lstrip(codecs.BOM_UTF8 + b" \t\r\n").lower().startswith(mark):
            raise BadInput(f"这是{kind}，不是表格文件。{advice}", file=called, expected=".xlsx 或 .csv")


def _stamp(path: Path) -> tuple[int, int]:
    known = path.stat()
    return known.st_size, known.st_mtime_ns


def _sha256(path: Path) -> str:
    with path.open("rb") as opened:
        return hashlib.file_digest(opened, "sha256").hexdigest()


def _known_encoding(encoding: str, called: str) -> str:
    if not encoding:
        return ""
    try:
        name = codecs.lookup(encoding).name
    except LookupError:
        raise BadInput(
            field="encoding", found=encoding, expected="utf-8、gb18030 等编码名", file=called
        ) from None
    return "gb18030" if name in ("gbk", "gb2312") else name


@dataclass(frozen=True)
class _Read:
    """A whole file as an encoding reads it."""

    encoding: str
    lines: int
    seen: Impression
    notes: tuple[str, ...] = ()


def _encoding_of(source: Source, start: bytes, stated: str) -> _Read:
    """
    The encoding in which the whole file is valid and makes sense.

    What the user states is taken as it is. Bytes that are valid in several encodings are read in the one whose text
    reads like one; where none does, the file is refused rather than read as gibberish.
    """
    known = stated or _marked_encoding(start)
    candidates = [known] if known else ["utf-8", "gb18030", "big5hkscs"]
    failures, gibberish = [], None
    for encoding in candidates:
        try:
            read = _decode_whole(source, encoding)
        except UnicodeDecodeError as problem:
            failures.append(problem.reason)
            continue
        if stated or _makes_sense(read, start):
            return replace(read, notes=_notes_on(read))
        gibberish = gibberish or read
        if encoding == "utf-8":
            break  # what is valid in it is not valid by chance
    if gibberish:
        raise BadInput(
            f"文字像是乱码「{gibberish.seen.sample}」，请在原来的程序里另存为 UTF-8 编码再导入",
            file=source.name,
            expected="UTF-8、UTF-16、GB18030 或 Big5 编码",
        )
    wanted = known or "UTF-8、GB18030 或 Big5"
    raise BadInput("文字编码读不出来", file=source.name, line=int(failures[0]), expected=f"{wanted} 编码")


def _makes_sense(read: _Read, start: bytes) -> bool:
    """Unicode is hardly valid by chance, in whatever script, but may hold what went wrong before."""
    if not read.encoding.startswith("utf"):
        return read.seen.reads_well
    double = read.encoding == "utf-8-sig" and recoded(start.decode("utf-8", "ignore"))
    return not (read.seen.mostly_lost or double)


def _notes_on(read: _Read) -> tuple[str, ...]:
    notes = []
    if read.encoding == "big5hkscs":
        notes.append("文件按繁体中文(Big5)编码读取，请核对文字")
    if read.seen.lost:
        notes.append(f"文件里有 {read.seen.lost} 个「�」，是别的程序存文件时已经丢失的文字")
    return tuple(notes)


def _marked_encoding(start: bytes) -> str:
    """The encoding that a mark at the beginning names; UTF-16 shows without one by the zeros of its commas."""
    marked = next((encoding for mark, encoding in _BOMS if start.startswith(mark)), "")
    if marked or not start:
        return marked
    low, high = start[0::2].count(0), start[1::2].count(0)
    if max(low, high) <= len(start) // 20 or min(low, high):
        return ""
    return "utf-16-le" if high else "utf-16-be"


@contextmanager
def _whole(source: Source) -> Iterator[None]:
    """A packed file that ends early is said to be incomplete."""
    try:
        yield
    except _CUT:
        raise BadInput("压缩文件不完整或已损坏", file=source.name) from None


def _decode_whole(source: Source, encoding: str) -> _Read:
    """Read everything in ``encoding``; the ``reason`` of the error raised is the number of the bad line."""
    decoder = codecs.getincrementaldecoder(encoding)("strict")
    lines = since_break = unpacked = 0
    seen = Impression()
    most = LARGEST_RATIO * source.size if source.packed else source.size
    with _whole(source), source.bytes() as opened:
        while True:
            block = opened.read(BLOCK_BYTES)
            unpacked += len(block)
            if unpacked > max(most, LONGEST_RECORD):
                raise BadInput(f"压缩文件展开后超过 {unpacked >> 20} MB,不像表格", file=source.name)
            try:
                text = decoder.decode(block, final=not block)
            except UnicodeDecodeError as problem:
                broken = lines + 1 + bytes(problem.object[: problem.start]).count(b"\n")
                raise UnicodeDecodeError(encoding, b"", 0, 0, str(broken)) from None
            _refuse_binary(text, source, lines)
            seen.add(text)
            first = text.find("\n")
            if since_break + (len(text) if first < 0 else first) > LONGEST_RECORD:
                longest = f"这一行超过 {LONGEST_RECORD >> 20} MB,不是表格"
                raise BadInput(longest, file=source.name, line=lines + 1)
            lines += text.count("\n")
            since_break = since_break + len(text) if first < 0 else len(text) - text.rfind("\n") - 1
            if not block:
                return _Read("utf-8-sig" if encoding == "utf-8" else encoding, lines, seen)


def _refuse_binary(text: str, source: Source, lines: int) -> None:
    place = text.find("\0")
    if place >= 0:
        line = lines + 1 + text.count("\n", 0, place)
        raise BadInput(
            "含有空字节,不是文本表格", file=source.name, line=line, expected=".csv、.csv.gz 或 .xlsx"
        )


def delimiter_of(lines: list[str]) -> str:
    """The separator of a table, from its first lines: the one that is most often there, and as often in
    each.
    """
    bare = [re.sub(r'"[^"]*"', "", line) for line in lines if line.strip()]

    def merit(delimiter: str) -> tuple[int, int]:
        counts = [line.count(delimiter) for line in bare]
        same = sum(count == counts[0] for count in counts) if counts else 0
        return (min(counts, default=0) > 0 and same, max(counts[:1], default=0))

    best = max(DELIMITERS, key=merit)
    return best if bare and best in bare[0] else ","

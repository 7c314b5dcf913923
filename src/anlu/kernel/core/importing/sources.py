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
from dataclasses import dataclass
from pathlib import Path
from typing import IO, Final, cast

from anlu.engine.errors import BadInput
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
        Stated by the user or the profile; detected (UTF-8, UTF-16 with a mark, GB18030) when empty.

    Raises
    ------
    BadInput
        empty, binary, cut short, in no known encoding, or with a line beyond all measure.
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
    found, lines = _encoding_of(source, _known_encoding(encoding, called))
    return Source(path, called, CSV, digest, size, found, source.packed, lines, stamp)


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


def _encoding_of(source: Source, stated: str) -> tuple[str, int]:
    """The encoding that the whole file is valid in, and its number of line breaks."""
    marked = "" if stated else _marked_encoding(source)
    candidates = [stated or marked] if stated or marked else ["utf-8", "gb18030"]
    failures = []
    for encoding in candidates:
        try:
            return ("utf-8-sig" if encoding == "utf-8" else encoding), _decode_whole(source, encoding)
        except UnicodeDecodeError as problem:
            failures.append((encoding, problem.reason))
    encoding, line = failures[0]
    wanted = stated or marked or "UTF-8 或 GB18030"
    raise BadInput("文字编码读不出来", file=source.name, line=int(line), expected=f"{wanted} 编码")


def _marked_encoding(source: Source) -> str:
    with _whole(source), source.bytes() as opened:
        start = opened.read(4)
    return next((encoding for mark, encoding in _BOMS if start.startswith(mark)), "")


@contextmanager
def _whole(source: Source) -> Iterator[None]:
    """A packed file that ends early is said to be incomplete."""
    try:
        yield
    except _CUT:
        raise BadInput("压缩文件不完整或已损坏", file=source.name) from None


def _decode_whole(source: Source, encoding: str) -> int:
    """Read everything in ``encoding``; the ``reason`` of the error raised is the number of the bad line."""
    decoder = codecs.getincrementaldecoder(encoding)("strict")
    lines = since_break = unpacked = 0
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
            first = text.find("\n")
            if since_break + (len(text) if first < 0 else first) > LONGEST_RECORD:
                longest = f"这一行超过 {LONGEST_RECORD >> 20} MB,不是表格"
                raise BadInput(longest, file=source.name, line=lines + 1)
            lines += text.count("\n")
            since_break = since_break + len(text) if first < 0 else len(text) - text.rfind("\n") - 1
            if not block:
                return lines


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

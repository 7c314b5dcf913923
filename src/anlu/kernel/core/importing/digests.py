"""
Digests: has this record changed since the source last gave it?

16 bytes: 6 for the record itself, the rest shared by its sheets of children, so that an import that brings no
casualties can still tell that nothing else has changed. Worked out from the values as stated, before
anything is derived from them: the same facts give the same digest from CSV, Excel, GB18030 or a column
order of their own.
"""

from __future__ import annotations

import hashlib
from collections.abc import Mapping, Sequence
from typing import Final

from anlu.kernel.core.importing.fields import Kind, Sheet
from anlu.kernel.core.importing.frames import pl
from anlu.kernel.core.importing.parsing import FACTS

BYTES: Final = 16
OWN_BYTES: Final = 6
_CELL, _CHILD = "\x1f", "\x1e"


def stated(frame: pl.DataFrame, sheet: Sheet) -> pl.Series:
    """Each row as one text: the values of the mapped fields by name, then what no field took."""
    parts = []
    for field in sorted(sheet.fields, key=lambda one: one.name):
        name = f"{field.name}_index" if field.kind is Kind.PERSONAL else field.name
        if name in frame.columns and name != "number":
            text = _text(frame.schema[name], name)
            parts.append(pl.when(text != "").then(pl.lit(f"{field.name}=") + text))
    return frame.select(
        pl.concat_str([*parts, pl.col(FACTS)], separator=_CELL, ignore_nulls=True)
    ).to_series()


def _text(kind: pl.DataType, name: str) -> pl.Expr:
    """A column as text, null or empty where nothing is stated."""
    column = pl.col(name)
    match kind:
        case pl.String():
            return column
        case pl.Binary():
            return column.bin.encode("hex")
        case pl.Datetime():
            return column.dt.timestamp("us").cast(pl.String)
        case pl.Boolean():
            return pl.when(column).then(pl.lit("1"))
    return column.cast(pl.String)


def own_digests(rows: pl.Series) -> list[bytes]:
    """Digests of records by themselves."""
    return [hashlib.blake2b(text.encode(), digest_size=OWN_BYTES).digest() for text in rows]


def children_digests(rows: pl.Series, parents: pl.Series, count: int, size: int) -> list[bytes]:
    """For each of ``count`` parents the digest of its children (whatever order they came in); zeros for
    none.
    """
    frame = pl.DataFrame({"parent": parents, "row": rows}).sort("parent", "row")
    grouped = frame.group_by("parent", maintain_order=True).agg(pl.col("row").str.join(_CHILD))
    found = [bytes(size)] * count
    for parent, text in grouped.iter_rows():
        found[parent] = hashlib.blake2b(text.encode(), digest_size=size).digest()
    return found


def share(sheets: Sequence[Sheet]) -> int:
    """Bytes that each sheet of children has in a digest."""
    return (BYTES - OWN_BYTES) // max(1, len(sheets) - 1)


class Digest:
    """Joins and compares the parts of digests."""

    def __init__(self, sheets: Sequence[Sheet]) -> None:
        self.children = [sheet.code for sheet in sheets[1:]]
        self.size = share(sheets)

    def joined(self, own: list[bytes], children: Mapping[str, list[bytes]]) -> list[bytes]:
        """Whole digests; a sheet that the import does not bring has zeros."""
        absent = [bytes(self.size)] * len(own)
        parts = [children.get(code, absent) for code in self.children]
        return [b"".join(row).ljust(BYTES, b"\0") for row in zip(own, *parts, strict=True)]

    def merged(self, old: bytes | None, new: bytes, brought: frozenset[str]) -> bytes:
        """``new``, with the parts of ``old`` for the sheets that are not ``brought``."""
        if old is None:
            return new
        whole = bytearray(new)
        for place, code in enumerate(self.children):
            if code not in brought:
                start = OWN_BYTES + place * self.size
                whole[start : start + self.size] = old[start : start + self.size]
        return bytes(whole)

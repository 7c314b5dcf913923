"""Children of records (vehicles, casualties) that come in files of their own, in an order of their own."""

from __future__ import annotations

import io
import tempfile
from collections.abc import Callable, Iterable, Iterator
from typing import IO, Final

import numpy as np
from numpy.typing import NDArray

from anlu.kernel.core.importing.frames import pl
from anlu.kernel.core.importing.parsing import LINK, REFUSAL, Parser
from anlu.kernel.core.importing.registers import Buckets, Register, bucket_of, hashes_of
from anlu.kernel.core.importing.tables import ROW, Table

PARENT: Final = "__parent__"
LAID_AT_ONCE: Final = 60_000  # children; each time, every bucket gets one piece
BUCKETS_HELD: Final = 2  # a slice of records reaches into a second one at most


class Children:
    """
    All rows of one sheet of children, parsed, found by the number of their record.

    They lie in a temporary file without a name, which dies with the process, in buckets: a bucket has the children of
    ``BUCKET_ROWS`` rows of the main file. Records are taken in the order of the main file, so that one bucket after the
    other is brought back.
    """

    def __init__(self, register: Register, empty: pl.DataFrame) -> None:
        self.register = register
        self.empty = empty
        self.unusable = 0
        self._spool: IO[bytes] = tempfile.TemporaryFile()  # noqa: SIM115
        self._pieces: dict[int, list[tuple[int, int]]] = {}
        self._held: dict[int, pl.DataFrame] = {}
        self._orphans: list[NDArray[np.uint32]] = []

    # --- laying aside

    def lay(self, frame: pl.DataFrame) -> None:
        """Put parsed rows to the buckets of their records; those without one are orphans."""
        self.unusable += frame.select(pl.col(REFUSAL).is_not_null().sum()).item()
        usable = frame.filter(pl.col(REFUSAL).is_null()).drop(REFUSAL)
        first, last = self.register.places(hashes_of(usable[LINK]))
        self._orphans.append(usable[ROW].to_numpy()[first == last])
        for bucket, rows in _by_bucket(self.register.buckets, first, last):
            self._lay(bucket, usable[rows])

    def _lay(self, bucket: int, frame: pl.DataFrame) -> None:
        piece = io.BytesIO()
        frame.write_ipc(piece, compression="lz4")
        self._pieces.setdefault(bucket, []).append((self._spool.tell(), len(piece.getbuffer())))
        self._spool.write(piece.getbuffer())

    # --- bringing back

    def of(self, records: pl.DataFrame) -> pl.DataFrame:
        """Rows that belong to ``records`` (rows of the main file), record by record and in file order, with the place
        of the record as ``PARENT``.
        """
        wanted = records.select(LINK, ROW).with_row_index(PARENT)
        buckets = np.unique(bucket_of(wanted[ROW].to_numpy())).tolist()
        found = [
            self._bucket(bucket).join(wanted.select(LINK, PARENT), on=LINK, how="inner") for bucket in buckets
        ]
        there = pl.concat(found or [self.empty.with_columns(pl.lit(0, pl.UInt32).alias(PARENT))])
        if len(buckets) > 1:  # a number that stands in both has its children in both
            there = there.unique([ROW, PARENT])
        return there.sort(PARENT, ROW)

    def _bucket(self, bucket: int) -> pl.DataFrame:
        if bucket not in self._held:
            while len(self._held) >= BUCKETS_HELD:
                del self._held[min(self._held)]
            self._held[bucket] = pl.concat([self.empty, *self._brought(bucket)])
        return self._held[bucket]

    def _brought(self, bucket: int) -> Iterator[pl.DataFrame]:
        for start, length in self._pieces.get(bucket, ()):
            self._spool.seek(start)
            yield pl.read_ipc(self._spool.read(length))

    def orphans(self) -> list[int]:
        """Row numbers of those whose record is nowhere in the main file."""
        return sorted(row for rows in self._orphans for row in rows.tolist())

    def orphan_count(self) -> int:
        """How many they are, with those that name no record at all."""
        return sum(map(len, self._orphans)) + self.unusable


def _by_bucket(
    buckets: Buckets, first: NDArray[np.intp], last: NDArray[np.intp]
) -> Iterator[tuple[int, NDArray[np.intp]]]:
    """For each bucket the rows that go there: row ``i`` goes to ``buckets[first[i]:last[i]]``."""
    lengths = last - first
    if not lengths.sum():
        return
    rows = np.repeat(np.arange(len(lengths)), lengths)
    begins = first - np.concatenate([[0], np.cumsum(lengths)[:-1]])
    targets = buckets[np.arange(len(rows)) + np.repeat(begins, lengths)]
    order = np.argsort(targets, kind="stable")
    found, starts = np.unique(targets[order], return_index=True)
    yield from zip(found.tolist(), np.split(rows[order], starts[1:]), strict=True)


def read_children(
    table: Table, parser: Parser, register: Register, beat: Callable[[], None] = lambda: None
) -> Children:
    """Read a whole sheet of children; ``beat`` is called with every block."""
    empty = parser.parse(pl.DataFrame(schema={**dict.fromkeys(table.header, pl.String), ROW: pl.UInt32}))
    children = Children(register, empty.drop(REFUSAL))
    for frame in _gathered(_parsed(table, parser, children, beat)):
        children.lay(frame)
    return children


def _parsed(
    table: Table, parser: Parser, children: Children, beat: Callable[[], None]
) -> Iterator[pl.DataFrame]:
    for block in table.blocks():
        beat()
        children.unusable += len(block.misshapen)
        yield parser.parse(block.frame)


def _gathered(frames: Iterable[pl.DataFrame]) -> Iterator[pl.DataFrame]:
    """Joined to frames of at least ``LAID_AT_ONCE`` rows, so that the pieces of a bucket are not too many."""
    some: list[pl.DataFrame] = []
    for frame in frames:
        some.append(frame)
        if sum(one.height for one in some) >= LAID_AT_ONCE:
            yield pl.concat(some)
            some = []
    if some:
        yield pl.concat(some)

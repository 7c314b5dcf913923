"""Children of records (vehicles, casualties) that come in files of their own, in an order of their own."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from typing import Final

import numpy as np
import polars as pl
from numpy.typing import NDArray

from anlu.kernel.core.importing.parsing import LINK, REFUSAL, Parser
from anlu.kernel.core.importing.tables import ROW, Table

PARENT: Final = "__parent__"


@dataclass(frozen=True)
class Orphan:
    """A row of a file of children that belongs to no record of the main file."""

    row: int
    reason: str


class Children:
    """
    All rows of one sheet of children, parsed, found by the number of their record.

    They stay in memory in their final, narrow form, ordered by a hash of the number, so that a chunk of
    records finds its own by binary search whatever the order of the file.
    """

    def __init__(self, frames: Iterable[pl.DataFrame], misshapen: int = 0) -> None:
        whole = pl.concat(list(frames))  # sorting copies it once; a rechunk would copy it twice
        self.unusable = misshapen + whole.select(pl.col(REFUSAL).is_not_null().sum()).item()
        usable = whole.filter(pl.col(REFUSAL).is_null()).drop(REFUSAL)
        hashes = usable[LINK].hash()
        self.frame = usable.with_columns(hash=hashes).sort("hash", ROW)
        self.hashes: NDArray[np.uint64] = self.frame["hash"].to_numpy()
        self.frame = self.frame.drop("hash")
        self.claimed: NDArray[np.bool_] = np.zeros(len(self.hashes), dtype=bool)

    @property
    def count(self) -> int:
        """Rows that name a record."""
        return len(self.hashes)

    def of(self, links: pl.Series) -> pl.DataFrame:
        """Rows that belong to the records numbered ``links``, in file order, with the place in it as
        ``PARENT``.
        """
        wanted = links.hash().to_numpy()
        first = np.searchsorted(self.hashes, wanted, side="left")
        last = np.searchsorted(self.hashes, wanted, side="right")
        lengths = last - first
        parents = np.repeat(np.arange(len(wanted)), lengths)
        rows = np.arange(lengths.sum()) + np.repeat(
            first - np.concatenate([[0], np.cumsum(lengths)[:-1]]), lengths
        )
        found: pl.DataFrame = self.frame[rows].with_columns(pl.Series(PARENT, parents, pl.UInt32))
        right = (found[LINK] == links[parents.tolist()]).to_numpy() if len(rows) else np.zeros(0, dtype=bool)
        self.claimed[rows[right]] = True
        return found.filter(pl.Series(right)) if not right.all() else found

    def orphans(self) -> list[int]:
        """Row numbers of those that no record has claimed."""
        return sorted(self.frame[ROW].to_numpy()[~self.claimed].tolist())


def read_children(table: Table, parser: Parser) -> Children:
    """Read a whole sheet of children."""
    frames, misshapen = (
        [parser.parse(pl.DataFrame(schema={**dict.fromkeys(table.header, pl.String), ROW: pl.UInt32}))],
        0,
    )
    for block in table.blocks():
        frames.append(parser.parse(block.frame))
        misshapen += len(block.misshapen)
    return Children(frames, misshapen)

"""
Which numbers the main file has, and where: read once before the first row is taken, kept as 16 bytes a row.

With it, children in an order of their own are laid beside their records without holding either in memory,
only numbers that come again need to be remembered while rows are taken, and a file that breaks off in the
middle is found out before anything is written.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import Final

import numpy as np
from numpy.typing import NDArray

from anlu.kernel.core.importing.frames import pl
from anlu.kernel.core.importing.parsing import LINK, NUMBER, Parser
from anlu.kernel.core.importing.tables import ROW, Table

BUCKET_ROWS: Final = 40_000  # rows of the main file whose children are kept together
Hashes = NDArray[np.uint64]
Buckets = NDArray[np.uint32]
_NONE: Final = np.zeros(0, dtype=np.uint64)


def hashes_of(texts: pl.Series) -> Hashes:
    """64 bits for each text, the same for the same text within this process."""
    return texts.hash().to_numpy()


@dataclass(frozen=True)
class Register:
    """
    Numbers of the main file.

    Attributes
    ----------
    links, buckets : (n,)
        Hash of what children name their record by, ascending, and a bucket that has such a record; a pair
        only once.
    repeated : (m,)
        Hashes of numbers that stand in more than one row, ascending.
    """

    links: Hashes
    buckets: Buckets
    repeated: Hashes

    @classmethod
    def empty(cls) -> Register:
        """Of no file."""
        return cls(_NONE, np.zeros(0, np.uint32), _NONE)

    def places(self, links: Hashes) -> tuple[NDArray[np.intp], NDArray[np.intp]]:
        """For each of ``links`` where its entries begin and end."""
        return np.searchsorted(self.links, links, "left"), np.searchsorted(self.links, links, "right")

    def comes_again(self, numbers: pl.Series) -> NDArray[np.bool_]:
        """Which numbers may stand in another row too."""
        if not len(self.repeated):
            return np.zeros(len(numbers), dtype=np.bool_)
        found = hashes_of(numbers)
        places = np.searchsorted(self.repeated, found).clip(max=len(self.repeated) - 1)
        return np.asarray(self.repeated[places] == found)


def bucket_of(rows: NDArray[np.uint32]) -> Buckets:
    """The bucket that a row of the main file lies in."""
    return rows // np.uint32(BUCKET_ROWS)


def register_of(table: Table, parser: Parser, beat: Callable[[], None] = lambda: None) -> Register:
    """
    Read the numbers of the main file; ``beat`` is called with every block.

    Raises
    ------
    BadInput
        The file breaks off, or a quote has no partner.
    """
    links, numbers, rows = [_NONE], [_NONE], [np.zeros(0, np.uint32)]
    for block in table.blocks():
        beat()
        found = parser.names(block.frame)
        linked = found.drop_nulls(LINK)
        links.append(hashes_of(linked[LINK]))
        rows.append(linked[ROW].to_numpy())
        numbers.append(hashes_of(found[NUMBER].drop_nulls()))
    return Register(
        *_paired(np.concatenate(links), bucket_of(np.concatenate(rows))), _again(np.concatenate(numbers))
    )


def _paired(links: Hashes, buckets: Buckets) -> tuple[Hashes, Buckets]:
    """Pairs in order of the hash, each once."""
    order = np.lexsort((buckets, links))
    links, buckets = links[order], buckets[order]
    first = np.ones(len(links), dtype=np.bool_)
    first[1:] = (links[1:] != links[:-1]) | (buckets[1:] != buckets[:-1])
    return links[first], buckets[first]


def _again(numbers: Hashes) -> Hashes:
    numbers.sort()
    return np.unique(numbers[1:][numbers[1:] == numbers[:-1]])

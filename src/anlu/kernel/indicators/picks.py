"""
Pages of rows from a snapshot: how many rows a query has, and which stand on a page of them in some order.

The order is that of the lists: by one column and, within ties, by primary key; rows without a value come last in
both directions. What a snapshot cannot order (texts that it does not keep) is left to the database.
"""

from __future__ import annotations

from dataclasses import dataclass
from functools import cached_property
from typing import Any, Final

import numpy as np
from django.db import connections
from django.db.models import QuerySet
from numpy.typing import NDArray

from anlu.kernel.indicators.columns import NULL, Coded, Column, Mask, Numbers, Unanswerable
from anlu.kernel.indicators.facts import Snapshot
from anlu.kernel.indicators.standby import at_hand

MOST_TEXTS: Final = 400  # different texts of a column that are put in order by asking the database
STEP: Final = 4_096
Places = NDArray[Any]  # of rows in a snapshot, whole numbers


@dataclass(frozen=True)
class Picked:
    """The rows of a query in a snapshot."""

    snapshot: Snapshot
    mask: Mask

    @classmethod
    def of(cls, rows: QuerySet[Any]) -> Picked | None:
        """The rows of a scoped query; None where no snapshot is at hand."""
        snapshot = at_hand(rows.model)
        return None if snapshot is None else cls(snapshot, snapshot.mask(rows))

    @cached_property
    def number(self) -> int:
        """How many there are."""
        return int(np.count_nonzero(self.mask))

    @property
    def keys(self) -> Numbers:
        """Primary keys, ascending."""
        return self.snapshot.ids[self.mask]

    def counts(self, name: str) -> dict[Any, int]:
        """How many of them have each value of a column; raises ``Unanswerable`` where it is not kept by values."""
        column = self.snapshot.column(name)
        if not isinstance(column, Coded):
            raise Unanswerable(f"{name} has too many different values")
        numbers = np.bincount(column.codes[self.mask], minlength=len(column.keys))
        return {key: int(n) for key, n in zip(column.keys, numbers, strict=False) if n}

    def with_value(self, name: str) -> int:
        """How many of them have a value in a column; raises ``Unanswerable`` where it is not kept."""
        return int(np.count_nonzero(self.mask & ~self.snapshot.column(name).null))

    def page(
        self, path: str, *, descending: bool, most: int, beyond: int | None = None, backwards: bool = False
    ) -> list[int]:
        """
        Primary keys of the first ``most`` rows in an order.

        Parameters
        ----------
        beyond
            Primary key of the row after which the page begins (before which, when ``backwards``: nearest first).

        Raises
        ------
        Unanswerable
            The column is not kept, or its order or the row ``beyond`` is not known here.
        """
        places = in_order(self.snapshot, path, descending=descending)
        if beyond is not None:
            at = self._place_in(places, beyond)
            places = places[:at][::-1] if backwards else places[at + 1 :]
        elif backwards:
            places = places[::-1]
        found: list[int] = []
        start, step = 0, STEP
        while len(found) < most and start < len(places):
            part = places[start : start + step]
            found += self.snapshot.ids[part[self.mask[part]]][: most - len(found)].tolist()
            start, step = start + step, step * 4
        return found

    def _place_in(self, places: Places, key: int) -> int:
        ids = self.snapshot.ids
        place = int(np.searchsorted(ids, key))
        if place == len(ids) or ids[place] != key:
            raise Unanswerable("the row is not in the snapshot")
        return int(np.flatnonzero(places == place)[0])


def in_order(snapshot: Snapshot, path: str, *, descending: bool) -> Places:
    """Places of all rows in the order of a column, shape (n,); raises ``Unanswerable``."""
    if path in ("pk", "id"):
        everything = np.arange(len(snapshot))
        return everything[::-1] if descending else everything
    known, empty = snapshot.orders.get(path) or _ordered(snapshot, path)
    snapshot.orders[path] = known, empty
    return np.concatenate([known[::-1], empty[::-1]] if descending else [known, empty])


def _ordered(snapshot: Snapshot, path: str) -> tuple[Places, Places]:
    """Places of the rows with a value, ascending by value and key, and of those without, ascending by key."""
    numbers = _numbers(snapshot, snapshot.column(path))
    places = np.argsort(numbers, kind="stable").astype(np.int32)
    empty = int(np.count_nonzero(numbers == NULL))
    return places[empty:], places[:empty]


def _numbers(snapshot: Snapshot, column: Column) -> Numbers:
    """A column as numbers that are in the order of its values."""
    if not isinstance(column, Coded):
        return column.numbers()
    keys = [key for key in column.keys if key is not None]
    ranked = _texts_in_order(snapshot, keys) if any(isinstance(key, str) for key in keys) else sorted(keys)
    rank = {key: place for place, key in enumerate(ranked)}
    known = np.array([NULL if key is None else rank[key] for key in column.keys] or [NULL], dtype=np.int64)
    found: Numbers = known[column.codes]
    return found


def _texts_in_order(snapshot: Snapshot, texts: list[str]) -> list[str]:
    """In the order of the database, which is its own."""
    if len(texts) > MOST_TEXTS:
        raise Unanswerable("too many different texts to ask for their order")
    selects = " UNION ALL ".join(["SELECT CAST(%s AS TEXT) AS stated"] * len(texts))
    with connections[snapshot.model._base_manager.db].cursor() as cursor:
        cursor.execute(f"SELECT stated FROM ({selects}) AS texts ORDER BY stated", texts)
        return [row[0] for row in cursor.fetchall()]

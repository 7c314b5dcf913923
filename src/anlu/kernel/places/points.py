"""
Points of a ``Located`` table in memory, in the order of a quad tree: what maps count, colour and weigh by.

A table is read once for each state of its data, a selection is kept as the places of its rows in the table. The tiles
of one view then cost nothing but a search in sorted numbers (``foundations`` 2.4). Rows always come from the same
query as the lists; memory holds no more of them than where they lie.
"""

from __future__ import annotations

from collections import OrderedDict
from collections.abc import Callable, Hashable
from dataclasses import dataclass, field
from threading import Lock
from typing import Any, Final, Generic, TypeVar

import numpy as np
from django.db.models import Model, QuerySet
from numpy.typing import NDArray

from anlu.engine.quadtree import key_range, keys_of

Places = NDArray[np.int32]
KEPT_TABLES: Final = 8
KEPT_SELECTIONS: Final = 64
FETCHED: Final = 20_000


Key = TypeVar("Key", bound=Hashable)
Value = TypeVar("Value")


class Kept(Generic[Key, Value]):
    """The values used last, each made once however many threads ask for it at the same time."""

    def __init__(self, most: int) -> None:
        self.most = most
        self._guard = Lock()
        self._values: OrderedDict[Key, Value] = OrderedDict()
        self._making: dict[Key, Lock] = {}

    def get(self, key: Key, make: Callable[[], Value]) -> Value:
        """The value for ``key``; whatever ``make`` raises is raised, and nothing is kept."""
        with self._guard:
            if key in self._values:
                self._values.move_to_end(key)
                return self._values[key]
            making = self._making.setdefault(key, Lock())
        with making:
            with self._guard:
                if key in self._values:
                    return self._values[key]
            try:
                value = make()
                self._keep(key, value)
            finally:
                with self._guard:
                    self._making.pop(key, None)
        return value

    def _keep(self, key: Key, value: Value) -> None:
        with self._guard:
            self._values[key] = value
            while len(self._values) > self.most:
                self._values.popitem(last=False)

    def clear(self) -> None:
        """Forget everything."""
        with self._guard:
            self._values.clear()


@dataclass(frozen=True, eq=False)
class Coded:
    """A column as places in the list of its values, "" for what is not stated."""

    values: tuple[str, ...]
    codes: NDArray[np.int16]


@dataclass(frozen=True, eq=False)
class PointTable:
    """All located rows of a table (n,), sorted by ``key``; ``by_pk`` are their places in the order of ``pk``."""

    model: type[Model]
    pk: NDArray[np.int64]
    x: NDArray[np.int32]
    y: NDArray[np.int32]
    key: NDArray[np.int64]
    by_pk: NDArray[np.intp]
    columns: Kept[str, Coded] = field(default_factory=lambda: Kept(32))

    def places(self, pks: NDArray[np.int64]) -> Places:
        """Places of rows in this table, ascending; rows that it does not know are left out."""
        if not self.pk.size:
            return np.empty(0, np.int32)
        sorted_pk = self.pk[self.by_pk]
        at = np.minimum(np.searchsorted(sorted_pk, pks), self.pk.size - 1)
        found = self.by_pk[at[sorted_pk[at] == pks]]
        return np.sort(found).astype(np.int32)

    def column(self, path: str) -> Coded:
        """A column (lookup path) of all rows, read when it is first wanted."""
        return self.columns.get(path, lambda: self._read(path))

    def _read(self, path: str) -> Coded:
        rows = self.model._default_manager.filter(cell_x__isnull=False).order_by().values_list("pk", path)
        pairs = list(rows.iterator(chunk_size=FETCHED))
        words = np.array(["" if value is None else str(value) for _, value in pairs], object)
        values, codes = np.unique(words, return_inverse=True) if pairs else (words, np.empty(0, int))
        known = ("", *(str(value) for value in values if value != ""))
        moved = np.array([known.index(str(value)) for value in values], np.int16)
        coded = np.zeros(self.pk.size, np.int16)
        pks = np.array([pk for pk, _ in pairs], np.int64)
        if self.pk.size and pks.size:
            sorted_pk = self.pk[self.by_pk]
            at = np.minimum(np.searchsorted(sorted_pk, pks), self.pk.size - 1)
            same = sorted_pk[at] == pks
            coded[self.by_pk[at[same]]] = moved[codes[same]]
        return Coded(known, coded)


@dataclass(frozen=True, eq=False)
class Points:
    """A selection of a table: the places of its rows (n,), ascending, so in the order of the keys."""

    table: PointTable
    places: Places

    def __len__(self) -> int:
        return int(self.places.size)

    def in_tile(self, zoom: int, x: int, y: int) -> Points:
        """What lies in a tile."""
        ends = np.searchsorted(self.table.key, key_range(zoom, x, y))
        first, last = np.searchsorted(self.places, ends)
        return Points(self.table, self.places[first:last])

    def in_cells(self, low_x: float, low_y: float, high_x: float, high_y: float) -> Points:
        """What lies in a rectangle of cells, its north-western sides included."""
        x, y = self.x, self.y
        return self.only((x >= low_x) & (x < high_x) & (y >= low_y) & (y < high_y))

    def only(self, wanted: NDArray[np.bool_]) -> Points:
        """Those of the rows (n,) that are wanted."""
        return Points(self.table, self.places[wanted])

    @property
    def x(self) -> NDArray[np.int32]:
        """Cells from the west."""
        return self.table.x[self.places]

    @property
    def y(self) -> NDArray[np.int32]:
        """Cells from the north."""
        return self.table.y[self.places]

    @property
    def key(self) -> NDArray[np.int64]:
        """Keys, ascending."""
        return self.table.key[self.places]

    @property
    def pk(self) -> NDArray[np.int64]:
        """Primary keys."""
        return self.table.pk[self.places]

    def codes(self, path: str) -> tuple[tuple[str, ...], NDArray[np.int16]]:
        """Values of a column and, for each row, the place of its value among them."""
        coded = self.table.column(path)
        return coded.values, coded.codes[self.places]

    def counts(self, path: str) -> dict[str, int]:
        """How many rows have each value of a column; values without rows are left out."""
        values, codes = self.codes(path)
        numbers = np.bincount(codes, minlength=len(values))
        return {value: int(number) for value, number in zip(values, numbers, strict=True) if number}


_tables: Kept[tuple[str, str], PointTable] = Kept(KEPT_TABLES)
_selections: Kept[tuple[str, str, str, str], Points] = Kept(KEPT_SELECTIONS)


def table_of(model: type[Model], mark: str) -> PointTable:
    """All located rows of ``model`` in the state of the data called ``mark``."""
    return _tables.get((model._meta.label_lower, mark), lambda: _read_table(model))


def _read_table(model: type[Model]) -> PointTable:
    rows = model._default_manager.filter(cell_x__isnull=False).order_by()
    values = rows.values_list("pk", "cell_x", "cell_y").iterator(chunk_size=FETCHED)
    cells = np.array(list(values), np.int64).reshape(-1, 3)
    key = keys_of(cells[:, 1], cells[:, 2])
    order = np.argsort(key, kind="stable")
    pk = cells[order, 0]
    x, y = (cells[order, column].astype(np.int32) for column in (1, 2))
    return PointTable(model, pk, x, y, key[order], np.argsort(pk))


def points_of(
    rows: QuerySet[Any],
    *,
    mark: str,
    scope: str,
    selection: str,
    keys: Callable[[], NDArray[np.int64] | None] = lambda: None,
) -> Points:
    """
    Located rows of a query as points.

    Parameters
    ----------
    mark
        State of the data; whatever may change the rows changes it.
    scope, selection
        Digests of whose rows and which of them; together with ``mark`` they must tell any two queries apart.
    keys
        The primary keys of the rows where they are known without asking the database, else None.
    """
    model = rows.model

    def make() -> Points:
        table = table_of(model, mark)
        found = keys()
        if found is None:
            asked = rows.order_by().values_list("pk", flat=True).iterator(chunk_size=FETCHED)
            found = np.fromiter(asked, np.int64)
        return Points(table, table.places(found))

    return _selections.get((model._meta.label_lower, mark, scope, selection), make)

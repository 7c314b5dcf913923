"""
Facts: snapshots of tables as arrays, from which tables of figures and maps are counted in milliseconds.

A snapshot is kept by each process together with the revision of the data (``core.revisions``) that it was made
from. The revision is compared before every use, so that nothing stale is ever counted; after a change only the
blocks of rows that changed are read again. What may be counted for whom is not decided here: every question is
a queryset that was scoped as usual, and its condition is worked out on the arrays (``masks``).

Decision and measurements: ``foundations`` 2.4, ``docs/performance.md``.
"""

from __future__ import annotations

import threading
import time
from collections.abc import Callable, Iterable, Iterator, Sequence
from contextlib import contextmanager
from contextvars import ContextVar
from dataclasses import dataclass, field
from decimal import Decimal
from functools import cache
from typing import Any, Final

import numpy as np
from django.db import connection, connections, models
from django.db.models import Exists, Model, Q, QuerySet
from numpy.typing import NDArray

from anlu.kernel.core.filters import Selection
from anlu.kernel.core.history import kind_of
from anlu.kernel.core.models import Batch, Record, Revision, SearchEntry
from anlu.kernel.core.models.batches import BatchState
from anlu.kernel.core.registry import Registry
from anlu.kernel.core.scope import Viewer
from anlu.kernel.core.search import Words, is_indexed_since, newest_entry, searchables
from anlu.kernel.indicators.columns import (
    NULL,
    Coded,
    Column,
    Mask,
    Numbers,
    Numeric,
    Packing,
    Several,
    Unanswerable,
    joined,
    selected,
    several_joined,
)
from anlu.kernel.indicators.define import Amount, Count, Leaf, Sum
from anlu.kernel.indicators.masks import mask_of

ROWS_AT_ONCE: Final = 20_000
BLOCK_BITS: Final = 12  # rows are read again in blocks of 4,096 primary keys
Group = tuple[Any, ...]
Marks = dict[int, tuple[Any, ...]]  # block to a text that differs when a row of it does


@dataclass(frozen=True)
class Related:
    """
    What rows of another table say of a record: the classes of the vehicles in a crash.

    Parameters
    ----------
    name
        What it is called where tables are divided by it.
    through
        Foreign key from the other table.
    column
        Its column; voided rows and blank values say nothing.
    fold
        Turns a value into what is kept (an age into its band); None says nothing. Where it is not stated the values
        themselves are kept, and conditions on them are answered from the snapshot.
    """

    name: str
    model: type[Model]
    through: str
    column: str
    fold: Callable[[Any], Any] | None = None

    def kept(self, value: Any) -> Any:
        """What is kept of a value."""
        return value if self.fold is None else self.fold(value)


@dataclass(frozen=True)
class FactTable:
    """
    A table of which snapshots are kept.

    Parameters
    ----------
    code
        The revision that every write of the table, and of what is ``related`` to it, touches.
    noun
        What imports call it; while one of its batches is being published or taken back, rows change without a
        new revision, and no snapshot is used.
    columns
        Names of the fields that are kept.
    """

    code: str
    model: type[Record]
    columns: tuple[str, ...]
    related: tuple[Related, ...] = ()
    noun: str = ""


fact_tables: Registry[FactTable] = Registry("fact table")


def table_of(model: type[Model]) -> FactTable | None:
    """The declaration for a model, None when it has none."""
    return next((one for one in fact_tables if one.model is model), None)


@dataclass(frozen=True)
class Grid:
    """
    Records counted by cells of a grid; all arrays of shape (cells,).

    ``x`` and ``y`` are ``cell_x >> shift`` and ``cell_y >> shift``; ``mean_x`` and ``mean_y`` the mean position in
    cells of the finest level; ``first`` the least primary key of a cell.
    """

    x: Numbers
    y: Numbers
    n: Numbers
    mean_x: NDArray[np.float64]
    mean_y: NDArray[np.float64]
    first: Numbers


@dataclass(frozen=True)
class Findable:
    """Which entry of the search is whose: ``entries[i]`` is that of row i, 0 where there is none."""

    entries: Numbers
    up_to: int  # the newest entry of all when they were read


@dataclass(frozen=True)
class Snapshot:
    """Columns of a table at one revision, rows in the order of their primary keys."""

    table: FactTable
    token: int
    ids: Numbers
    columns: dict[str, Column]
    several: dict[str, Several]
    findable: Findable
    marks: Marks = field(default_factory=dict, repr=False)
    seconds: float = 0.0  # that reading it took
    orders: dict[str, tuple[NDArray[Any], NDArray[Any]]] = field(
        default_factory=dict, repr=False
    )  # see ``picks``

    def __len__(self) -> int:
        return len(self.ids)

    @property
    def model(self) -> type[Model]:
        """The table."""
        return self.table.model

    @property
    def nbytes(self) -> int:
        """Memory of all arrays, in bytes."""
        several = sum(one.nbytes for one in self.several.values())
        rows = self.ids.nbytes + self.findable.entries.nbytes
        return rows + sum(one.nbytes for one in self.columns.values()) + several

    def column(self, name: str) -> Column:
        """The column of a field; raises ``Unanswerable`` when it is not kept."""
        try:
            return self.columns["id" if name == "pk" else name]
        except KeyError:
            raise Unanswerable(f"{name} is not kept") from None

    def holding(self, keys: Iterable[int]) -> Mask:
        """The rows with these primary keys, shape (n,)."""
        wanted = np.fromiter(keys, dtype=np.int64)
        found: Mask = np.isin(self.ids, wanted, assume_unique=False)
        return found

    def said(self, model: type[Model], through: str) -> Iterator[tuple[str, Several]]:
        """The columns of another table that are kept as they are, with what they say of the rows here."""
        for one in self.table.related:
            if one.model is model and one.through == through and one.fold is None:
                yield one.column, self.several[one.name]

    def found(self, words: Words) -> Mask:
        """The rows that are found by words, shape (n,); raises ``Unanswerable`` where newer entries were not read."""
        kind = kind_of(self.model)
        if words.kind != kind or kind not in searchables or is_indexed_since(kind, self.findable.up_to):
            raise Unanswerable("other entries are asked for than those that were read")
        found: Mask = np.isin(self.findable.entries, words.entries())
        return found

    # --- questions

    def mask(self, rows: QuerySet[Any]) -> Mask:
        """The rows that a (scoped) queryset of the table selects, shape (n,)."""
        return mask_of(self, rows)

    def visible(
        self, viewer: Viewer | None, selection: Selection | None = None, permission: str = ""
    ) -> Mask:
        """
        The live rows that ``viewer`` may see and ``selection`` keeps, shape (n,).

        The same rows as ``model.objects.visible_to(viewer, permission).filter(selection.q())``.
        """
        rows = self.table.model.objects.visible_to(viewer, permission)
        return self.mask(rows.filter(selection.q()) if selection is not None else rows)

    def grid(self, mask: Mask, shift: int) -> Grid:
        """
        Rows with a position counted by cells of ``2**shift`` finest cells a side.

        Raises
        ------
        Unanswerable
            The table keeps no ``cell_x`` and ``cell_y``.
        """
        x, y = self.column("cell_x").numbers(), self.column("cell_y").numbers()
        places = np.flatnonzero(mask & (x != NULL) & (y != NULL))
        x, y = x[places], y[places]
        cells, inverse = np.unique((x >> shift) << 32 | (y >> shift), return_inverse=True)
        n = np.bincount(inverse, minlength=len(cells))
        first = np.full(len(cells), np.iinfo(np.int64).max)
        np.minimum.at(first, inverse, self.ids[places])
        divisor = np.maximum(n, 1)
        return Grid(
            x=cells >> 32,
            y=cells & 0xFFFFFFFF,
            n=n.astype(np.int64),
            mean_x=np.bincount(inverse, weights=x, minlength=len(cells)) / divisor,
            mean_y=np.bincount(inverse, weights=y, minlength=len(cells)) / divisor,
            first=first,
        )

    def grouped(self, rows: QuerySet[Any], by: Sequence[str], leaves: Sequence[Leaf]) -> list[Group]:
        """
        The values of the columns ``by`` and then the sum of each leaf, for every combination that occurs.

        A column may be a field (``town``), a field of what it points to (``road__technical_class``) or, as the first
        of them, something ``related``, of which a row may have several: it is counted under each, and under None
        where it has none.

        Raises
        ------
        Unanswerable
            A column or what a leaf adds up is not kept, or a leaf is no count or sum.
        """
        adders = [_Adder.of(self, leaf) for leaf in leaves]
        mask = self.mask(rows)
        if not by or by[0] not in self.several:
            return self._grouped(np.flatnonzero(mask), by, adders)
        found: list[Group] = []
        for key, of_key in self.several[by[0]].masks.items():
            lines = self._grouped(np.flatnonzero(mask & of_key), by[1:], adders)
            found += [(key, *line) for line in lines]
        return found

    def totals(self, rows: QuerySet[Any], leaves: Sequence[Leaf]) -> list[tuple[Amount, int]]:
        """
        The sum of each leaf over the rows of a queryset, and how many of them contribute to it.

        Raises
        ------
        Unanswerable
            What a leaf adds up is not kept, or a leaf is no count or sum.
        """
        adders = [_Adder.of(self, leaf) for leaf in leaves]
        places = np.flatnonzero(self.mask(rows))
        return [one.whole(places) for one in adders]

    def _grouped(self, places: Numbers, by: Sequence[str], adders: Sequence[_Adder]) -> list[Group]:
        coded = [self._coded(path) for path in by]
        combined, combinations = np.zeros(len(places), dtype=np.int64), 1
        for one in coded:
            combined = combined * max(len(one.keys), 1) + one.codes[places]
            combinations *= max(len(one.keys), 1)
        groups, inverse = _occurring(combined, combinations)
        sums = [one.total(places, inverse, len(groups)) for one in adders]
        return [
            (*_keys(int(group), coded), *(total[place] for total in sums))
            for place, group in enumerate(groups)
        ]

    def _coded(self, path: str) -> Coded:
        """A column to group by."""
        name, _, beyond = path.partition("__")
        found = self.column(name)
        if not isinstance(found, Coded):
            raise Unanswerable(f"{path} has too many different values")
        if not beyond:
            return found
        target = self.table.model._meta.get_field(name).related_model
        if not isinstance(target, type) or not issubclass(target, Model) or "__" in beyond:
            raise Unanswerable(f"{path} leads too far")
        known = dict(target._base_manager.values_list("pk", beyond))
        return Coded(found.codes, tuple(known.get(key) for key in found.keys))


def _occurring(numbers: Numbers, below: int) -> tuple[Numbers, Numbers]:
    """The different ones of whole numbers from 0 ``below`` a limit, ascending, and the place of each among them."""
    if below > len(numbers):
        return np.unique(numbers, return_inverse=True)
    found = np.flatnonzero(np.bincount(numbers, minlength=below))  # sorting takes 20 times as long
    place = np.zeros(below, dtype=np.int64)
    place[found] = np.arange(len(found))
    return found, place[numbers]


def _keys(group: int, coded: Sequence[Coded]) -> list[Any]:
    """The values of a combination, from its number."""
    found: list[Any] = []
    for one in reversed(coded):
        group, code = divmod(group, max(len(one.keys), 1))
        found.append(one.keys[code])
    return found[::-1]


@dataclass(frozen=True)
class _Adder:
    """Adds up a column over groups of rows; without one: counts the rows."""

    column: Column | None
    decimals: int | None = None  # decimal places of an amount

    @classmethod
    def of(cls, snapshot: Snapshot, leaf: Leaf) -> _Adder:
        if type(leaf) is Count:
            return cls(None)
        if type(leaf) is not Sum:
            raise Unanswerable(f"{type(leaf).__name__} is not added up from columns")
        column = snapshot.column(leaf.column)
        return cls(column, column.places if isinstance(column, Numeric) and leaf.is_amount else None)

    def whole(self, places: Numbers) -> tuple[Amount, int]:
        """The sum over these rows, and how many add something; raises ``Unanswerable``."""
        if self.column is None:
            return len(places), len(places)
        chosen = self._chosen(self.column, places)
        return self._amount(int(chosen.sum())), int(np.count_nonzero(chosen))

    def total(self, places: Numbers, inverse: Numbers, groups: int) -> list[Amount]:
        """The sum over the rows of each group; raises ``Unanswerable``."""
        if self.column is None:
            return [int(one) for one in np.bincount(inverse, minlength=groups)]
        sums = np.zeros(groups, dtype=np.int64)
        np.add.at(sums, inverse, self._chosen(self.column, places))
        return [self._amount(int(one)) for one in sums]

    def _chosen(self, column: Column, places: Numbers) -> Numbers:
        numbers = column.numbers(places)
        return np.where(numbers == NULL, 0, numbers)

    def _amount(self, total: int) -> Amount:
        return total if self.decimals is None else Decimal(total).scaleb(-self.decimals)


# ------------------------------------------------------------------------------------------------ keeping


_kept: dict[str, Snapshot] = {}
_making = threading.RLock()
_makes = ContextVar("makes", default=True)


@contextmanager
def none_made() -> Iterator[None]:
    """
    No snapshot is made inside; what is not kept is asked of the database.

    For a command that asks for a few figures and ends: reading a million rows takes longer than its questions.
    """
    before = _makes.set(False)
    try:
        yield
    finally:
        _makes.reset(before)


def snapshot_of(model: type[Model]) -> Snapshot | None:
    """
    The snapshot of a table as its data are now; None where there is none to rely on.

    That is: the table has no declaration, nobody has ever touched its revision, an import is changing its rows this
    moment, or none shall be made (``none_made``). Callers then ask the database.
    """
    table = table_of(model)
    if table is None:
        return None
    token, unsettled = _state(table)
    if not token or unsettled:
        return None
    kept = _kept.get(table.code)
    if kept is not None and kept.token == token:
        return kept
    if not _makes.get():
        return None
    with _making:
        kept = _kept.get(table.code)
        if kept is None or kept.token != token:
            kept = _kept[table.code] = read(table, token) if kept is None else refreshed(kept, token)
    return kept


def kept_now(table: FactTable) -> tuple[Snapshot | None, bool]:
    """What is kept of a table, and whether its data are still those; asks nothing where nothing is kept."""
    kept = _kept.get(table.code)
    if kept is None:
        return None, False
    token, unsettled = _state(table)
    return kept, bool(token) and kept.token == token and not unsettled


def made_now(model: type[Model]) -> Snapshot | None:
    """The snapshot to rely on, or one that is made for this question alone; None without a declaration."""
    table = table_of(model)
    if table is None:
        return None
    return snapshot_of(model) or read(table, 0)


def forget_snapshots() -> None:
    """Let go of everything that is kept."""
    with _making:
        _kept.clear()


def _state(table: FactTable) -> tuple[int, bool]:
    """The revision of the data, and whether an import is changing rows without a new one; one query."""
    with connection.cursor() as cursor:
        cursor.execute(*_question_of_state(table.code, table.noun, connection.vendor))
        found = cursor.fetchone()
    return (found[0], bool(found[1])) if found else (0, False)


@cache
def _question_of_state(code: str, noun: str, vendor: str) -> tuple[str, tuple[Any, ...]]:
    """The SQL of it, worked out once for each database: the question is asked for every figure."""
    taking_back = Q(state__in=(BatchState.WITHDRAWN, BatchState.FAILED), lease_until__isnull=False)
    busy = Batch.objects.filter(taking_back | Q(state=BatchState.PUBLISHING), noun=noun)
    rows = Revision.objects.filter(code=code).annotate(unsettled=Exists(busy.filter(pk__gt=0)))
    sql, values = rows.values_list("token", "unsettled").query.sql_with_params()
    return sql, tuple(values)


# ------------------------------------------------------------------------------------------------ reading


def read(table: FactTable, token: int) -> Snapshot:
    """The whole table as it is now, to be kept under a revision that was read before."""
    began = time.monotonic()
    marks = marks_of(table)
    up_to = newest_entry()
    ids, columns = _columns(table, [(None, None)])
    several = {one.name: _several(one, ids, [(None, None)]) for one in table.related}
    findable = Findable(_entries(table, ids, [(None, None)]), up_to)
    return Snapshot(table, token, ids, columns, several, findable, marks, time.monotonic() - began)


def refreshed(old: Snapshot, token: int) -> Snapshot:
    """The same table at a later revision: only the blocks in which something changed are read."""
    began, table = time.monotonic(), old.table
    marks = marks_of(table)
    changed = sorted(
        block for block in marks.keys() | old.marks.keys() if marks.get(block) != old.marks.get(block)
    )
    if len(changed) > len(marks) // 2:
        return read(table, token)
    spans: list[Span] = [(block << BLOCK_BITS, (block + 1) << BLOCK_BITS) for block in changed]
    up_to = newest_entry()
    ids, columns = _columns(table, spans)
    stays = np.flatnonzero(~np.isin(old.ids >> BLOCK_BITS, np.array(changed, dtype=np.int64)))
    order = np.concatenate([stays, len(old.ids) + np.arange(len(ids))])
    both = np.concatenate([old.ids, ids])
    order = order[np.argsort(both[order], kind="stable")]
    several = {
        one.name: several_joined(old.several[one.name], _several(one, ids, spans), order)
        for one in table.related
    }
    merged = {name: joined(old.columns[name], fresh, order) for name, fresh in columns.items()}
    entries = np.concatenate([old.findable.entries, _entries(table, ids, spans)])[order]
    findable = Findable(entries, up_to)
    return Snapshot(table, token, both[order], merged, several, findable, marks, time.monotonic() - began)


Span = tuple[int | None, int | None]


def marks_of(table: FactTable) -> Marks:
    """
    A mark for every block of rows that differs when one of them was added, removed or changed.

    Every service raises ``version`` or saves ``changed_at``; rows of other tables are voided and added, not changed
    in place, or raise their own ``version``.
    """
    found: dict[int, list[Any]] = {}
    for model, key in ((table.model, "pk"), *((one.model, one.through) for one in table.related)):
        lines = (
            model._base_manager.order_by()
            .annotate(block=models.F(f"{key}_id" if key != "pk" else key).bitrightshift(BLOCK_BITS))
            .values_list("block")
            .annotate(
                rows=models.Count("pk"),
                keys=models.Sum("pk"),
                versions=models.Sum("version"),
                voided=models.Count("voided_at"),
                changed=models.Max("changed_at"),
                recorded=models.Max("recorded_at"),
            )
        )
        for block, *mark in lines:
            found.setdefault(block, []).append((model._meta.label, *mark))
    return {block: tuple(marks) for block, marks in found.items()}


def _columns(table: FactTable, spans: Sequence[Span]) -> tuple[Numbers, dict[str, Column]]:
    """The columns of the rows of some spans of primary keys, in the order of the keys."""
    fields = {name: _field(table.model, name) for name in table.columns}
    packings = {name: Packing(one) for name, one in fields.items()}
    keys: list[Numbers] = []
    vendor = connections[table.model._base_manager.db].vendor
    wanted = [selected(one, vendor) for one in fields.values()]
    for rows in _chunks(table.model, wanted, spans):
        ids, *raw = zip(*rows, strict=True)
        keys.append(np.array(ids, dtype=np.int64))
        for packing, values in zip(packings.values(), raw, strict=True):
            packing.add(values)
    ids_read = np.concatenate(keys) if keys else np.zeros(0, np.int64)
    return ids_read, {name: packing.column() for name, packing in packings.items()}


def _field(model: type[Model], name: str) -> models.Field[Any, Any]:
    found = model._meta.get_field(name)
    assert isinstance(found, models.Field), f"{model._meta.label}.{name} has no column"
    return found


def _several(one: Related, ids: Numbers, spans: Sequence[Span]) -> Several:
    """What related rows say of the records with these keys."""
    index: dict[Any, int] = {}
    rows: list[Numbers] = []
    codes: list[Numbers] = []
    through = str(_field(one.model, one.through).column)
    column = str(_field(one.model, one.column).column)
    for chunk in _chunks(one.model, [f'"{through}"', f'"{column}"', '"voided_at"'], spans, by=through):
        said = [
            (key, one.kept(value))
            for _, key, value, voided in chunk
            if voided is None and value is not None and value != ""
        ]
        pairs = [(key, index.setdefault(value, len(index))) for key, value in said if value is not None]
        rows.append(np.array([key for key, _ in pairs], dtype=np.int64))
        codes.append(np.array([code for _, code in pairs], dtype=np.int64))
    of, code = (np.concatenate(part) if part else np.zeros(0, np.int64) for part in (rows, codes))
    if not len(ids):
        return Several(np.zeros(0, np.int64), tuple(index))
    places = np.minimum(np.searchsorted(ids, of), len(ids) - 1)
    known = ids[places] == of  # its record may have gone meanwhile
    return Several.of(len(ids), places[known], code[known], list(index))


def _entries(table: FactTable, ids: Numbers, spans: Sequence[Span]) -> Numbers:
    """The entries of the search that stand for the records with these keys, 0 where there is none."""
    found = np.zeros(len(ids), np.int64)
    kind, own = kind_of(table.model), table.model._meta.db_table
    if kind not in searchables:
        return found
    same = f""""kind" = '{kind}' AND "uid" = "{own}"."uid\""""
    entry = f'(SELECT "id" FROM "{SearchEntry._meta.db_table}" WHERE {same}) AS "entry"'
    for rows in _chunks(table.model, [entry], spans):
        keys = np.array([key for key, _ in rows], dtype=np.int64)
        known = np.isin(keys, ids)  # others came meanwhile
        found[np.searchsorted(ids, keys[known])] = np.array([entry or 0 for _, entry in rows])[known]
    return found


def _chunks(
    model: type[Model], columns: Sequence[str], spans: Sequence[Span], by: str = "id"
) -> Iterator[list[tuple[Any, ...]]]:
    """
    Primary key and columns of all rows whose ``by`` lies in a span (from, up to), not many at a time.

    Raw SQL, because going by objects or lookups takes several times as long.
    """
    table = connections[model._base_manager.db].ops.quote_name(model._meta.db_table)
    for low, high in spans:
        within = "" if low is None else f'AND "{by}" >= {int(low)} AND "{by}" < {int(high or 0)}'
        last = -1
        while True:
            with connections[model._base_manager.db].cursor() as cursor:
                cursor.execute(
                    f'SELECT "id", {", ".join(columns)} FROM {table} WHERE "id" > %s {within} '
                    f'ORDER BY "id" LIMIT {ROWS_AT_ONCE}',
                    [last],
                )
                rows = cursor.fetchall()
            if rows:
                yield rows
            if len(rows) < ROWS_AT_ONCE:
                break
            last = rows[-1][0]

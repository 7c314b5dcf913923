"""
Tables of figures: every cell knows the address parameters of exactly its rows.

They are counted from the snapshot of the table where there is one (``facts``), otherwise by one grouped query.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass, field
from typing import Any
from urllib.parse import urlencode

from anlu.engine.periods import Kind, Period
from anlu.kernel.core.scope import Viewer
from anlu.kernel.indicators.columns import Unanswerable
from anlu.kernel.indicators.define import Amount, Leaf, Parameters
from anlu.kernel.indicators.evaluate import alike_leaves, rows_of, tallies
from anlu.kernel.indicators.facts import made_now, snapshot_of
from anlu.kernel.indicators.window import Window


@dataclass(frozen=True)
class Heading:
    """One row or column of a table: its key, its label, and the filters that select what belongs to it."""

    key: Any
    label: str
    parameters: Parameters = ()
    colour: str = ""


@dataclass(frozen=True)
class Dimension:
    """
    A way to divide rows.

    Parameters
    ----------
    column
        Path that the database groups by.
    headings
        The headings in order; keys that turn up without one are appended by ``other``.
    fold
        Turns a database value into the key of a heading (month into year, town into region).
    other
        Makes the heading of a key that none was foreseen for.
    several
        A row may belong under several keys, or under none (None): ``column`` names something ``related`` of the
        fact table. The rows of such a table do not add up to its totals.
    """

    code: str
    label: str
    column: str
    headings: tuple[Heading, ...] = ()
    fold: Callable[[Any], Any] = field(default=lambda value: value)
    other: Callable[[Any], Heading] = field(default=lambda key: Heading(key, str(key)))
    several: bool = False


def by_period(window: Window, kind: Kind, *, column: str, names: tuple[str, str]) -> Dimension:
    """
    Months, quarters, half-years or years of a window, for a table column that holds "2023-06".

    Parameters
    ----------
    names
        The two address parameters of a date filter: (from, to).
    """
    parts = window.period.split(kind)

    def heading(part: Period) -> Heading:
        days = ((names[0], part.start.isoformat()), (names[1], part.end.isoformat()))
        return Heading(part.code, part.label, days)

    by_month = {month.start.isoformat()[:7]: part.code for part in parts for month in part.months()}
    return Dimension(
        f"by_{kind}", "期间", column, tuple(heading(part) for part in parts), lambda month: by_month[month]
    )


@dataclass(frozen=True)
class Cell:
    """A number and the parameters of its rows."""

    value: Amount
    parameters: Parameters

    @property
    def query(self) -> str:
        """The parameters as they stand in an address."""
        return urlencode(self.parameters)


@dataclass(frozen=True)
class Table:
    """
    Rows × columns with totals; ``cells[row key][column key]`` exists for every pair.

    A table whose columns are different figures has no totals of rows and no grand total.
    """

    rows: tuple[Heading, ...]
    columns: tuple[Heading, ...]
    cells: dict[Any, dict[Any, Cell]]
    row_totals: dict[Any, Cell]
    column_totals: dict[Any, Cell]
    total: Cell | None

    def lines(self) -> list[tuple[Heading, list[Cell], Cell | None]]:
        """Heading, cells in the order of the columns, total of the row."""
        return [
            (row, [self.cells[row.key][column.key] for column in self.columns], self.row_totals.get(row.key))
            for row in self.rows
        ]

    @property
    def footer(self) -> list[Cell]:
        """Totals of the columns in their order."""
        return [self.column_totals[column.key] for column in self.columns]

    @property
    def largest(self) -> Amount:
        """The greatest cell, for shading."""
        return max((cell.value for line in self.cells.values() for cell in line.values()), default=0)


def cross_table(
    leaf: Leaf,
    rows: Dimension,
    columns: Dimension,
    window: Window,
    viewer: Viewer,
    *,
    parameters: Iterable[tuple[str, str]] = (),
    hide_empty: bool = False,
) -> Table:
    """
    ``leaf`` divided by two dimensions.

    Parameters
    ----------
    parameters
        Address parameters that select the window and what contributes to the leaf; those of headings replace
        parameters of the same name.
    hide_empty
        Leave out rows that are all 0.

    Raises
    ------
    ValueError
        The leaf does not add up over parts (``Distinct``).
    """
    base = tuple(parameters)
    sums = _sums(leaf, rows, columns, window, viewer)
    whole = _whole(leaf, columns, window, viewer) if rows.several else None
    row_headings = _headings(rows, (key for key, _ in sums))
    column_headings = _headings(columns, (key for _, key in sums))
    if hide_empty:
        used = {key for (key, _), amount in sums.items() if amount}
        row_headings = tuple(one for one in row_headings if one.key in used)

    def cell(amount: Amount, *headings: Heading) -> Cell:
        return Cell(amount, narrowed(base, *(one.parameters for one in headings)))

    def added(chosen: Sequence[tuple[Any, Any]]) -> Amount:
        return sum((sums[pair] for pair in chosen if pair in sums), start=0)

    pairs = {(r.key, c.key): (r, c) for r in row_headings for c in column_headings}
    cells: dict[Any, dict[Any, Cell]] = defaultdict(dict)
    for (row_key, column_key), both in pairs.items():
        cells[row_key][column_key] = cell(sums.get((row_key, column_key), 0), *both)
    return Table(
        row_headings,
        column_headings,
        dict(cells),
        {r.key: cell(added([(r.key, c.key) for c in column_headings]), r) for r in row_headings},
        {
            c.key: cell(added([(r.key, c.key) for r in row_headings]) if whole is None else whole[c.key], c)
            for c in column_headings
        },
        cell(added(list(pairs)) if whole is None else sum(whole.values(), start=0)),
    )


def measure_table(
    measures: Sequence[tuple[Heading, Leaf]],
    rows: Dimension,
    window: Window,
    viewer: Viewer,
    *,
    parameters: Iterable[tuple[str, str]] = (),
) -> Table:
    """
    Several figures side by side, divided by one dimension; figures over the same rows by one query.

    Parameters
    ----------
    measures
        Columns: a heading, whose parameters select what contributes, and what is added up below it.

    Raises
    ------
    ValueError
        A leaf does not add up over parts (``Distinct``).
    """
    base = tuple(parameters)
    sums: dict[tuple[Any, Any], Amount] = defaultdict(int)
    for alike in alike_leaves([leaf for _, leaf in measures], window):
        for row, *amounts in _grouped(alike, [rows.column], window, viewer, several=rows.several):
            for leaf, amount in zip(alike, amounts, strict=True):
                sums[rows.fold(row), leaf] += leaf.exact(amount)
    headings = _headings(rows, (key for key, _ in sums))
    whole = tallies({leaf for _, leaf in measures}, window, viewer) if rows.several else None

    def cell(leaf: Leaf, keys: Iterable[Any], *selects: Heading) -> Cell:
        amount = sum((sums[key, leaf] for key in keys if (key, leaf) in sums), start=0)
        return Cell(amount, narrowed(base, *(one.parameters for one in selects)))

    return Table(
        headings,
        tuple(column for column, _ in measures),
        {row.key: {c.key: cell(leaf, [row.key], c, row) for c, leaf in measures} for row in headings},
        {},
        {
            c.key: cell(leaf, [row.key for row in headings], c)
            if whole is None
            else Cell(whole[leaf].amount, narrowed(base, c.parameters))
            for c, leaf in measures
        },
        None,
    )


def _grouped(
    leaves: Sequence[Leaf], columns: Sequence[str], window: Window, viewer: Viewer, *, several: bool = False
) -> Iterable[tuple[Any, ...]]:
    """One line for each combination of the columns: their values, then the sum of each leaf."""
    for leaf in leaves:
        if not leaf.additive:
            raise ValueError(f"{type(leaf).__name__} does not add up over the parts of a table")
    rows = rows_of(leaves[0], window, viewer).order_by()
    if several:
        made = made_now(rows.model)
        assert made is not None, f"{rows.model._meta.label} is no fact table"
        return made.grouped(rows, columns, leaves)
    try:
        if (kept := snapshot_of(rows.model)) is not None:
            return kept.grouped(rows, columns, leaves)
    except Unanswerable:
        pass
    sums = {f"sum{place}": leaf.aggregate() for place, leaf in enumerate(leaves)}
    lines: Iterable[tuple[Any, ...]] = (
        rows.values_list(*columns).annotate(**sums).values_list(*columns, *sums)
    )
    return lines


def _whole(leaf: Leaf, columns: Dimension, window: Window, viewer: Viewer) -> dict[Any, Amount]:
    """The sum of each column over all rows, however many headings each stands under."""
    sums: dict[Any, Amount] = defaultdict(int)
    for column, amount in _grouped([leaf], [columns.column], window, viewer):
        sums[columns.fold(column)] += leaf.exact(amount)
    return sums


def _sums(
    leaf: Leaf, rows: Dimension, columns: Dimension, window: Window, viewer: Viewer
) -> dict[tuple[Any, Any], Amount]:
    sums: dict[tuple[Any, Any], Amount] = defaultdict(int)
    for row, column, amount in _grouped(
        [leaf], [rows.column, columns.column], window, viewer, several=rows.several
    ):
        sums[rows.fold(row), columns.fold(column)] += leaf.exact(amount)
    return sums


def _headings(dimension: Dimension, keys: Iterable[Any]) -> tuple[Heading, ...]:
    """The declared headings, then one for every key that turned up besides them."""
    known = {one.key for one in dimension.headings}
    found = dict.fromkeys(key for key in keys if key not in known)
    extra = sorted((dimension.other(key) for key in found), key=lambda one: one.label)
    return dimension.headings + tuple(extra)


def narrowed(base: Parameters, *more: Parameters) -> Parameters:
    """All parameters; later ones replace earlier ones of the same name, but never make a least number smaller."""
    joined = base
    for extra in more:
        least = {name: int(value) for name, value in joined if name.endswith("_min")}
        narrow = tuple(
            (name, str(max(int(value), least[name])) if name in least else value) for name, value in extra
        )
        taken = {name for name, _ in extra}
        joined = tuple(pair for pair in joined if pair[0] not in taken) + narrow
    return joined

"""
Keyset paging: the next page starts after a record, not after a number of records.

Rows are ordered by one column and, within ties, by primary key; empty values come last in both directions on both
databases. The address holds only the public uid of the record at the edge, so that no key leaves the database and a
tampered address can at worst start at the beginning.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace
from typing import Any

from django.core.exceptions import ValidationError
from django.db.models import Exists, F, ForeignKey, Model, OuterRef, Q, QuerySet
from django.db.models.expressions import OrderBy

from anlu.kernel.indicators.columns import Unanswerable
from anlu.kernel.indicators.picks import Picked

SIZES = (20, 50, 100)
COUNTED_TO = 100_000  # beyond, the total is shown as "100,000+" unless it is known without counting
FEW = 1_000  # so many keys are given to the database at once


@dataclass(frozen=True)
class Order:
    """One column and a direction. ``path`` is a lookup path of the table."""

    path: str = "pk"
    descending: bool = False
    nullable: bool = False

    @classmethod
    def of(cls, model: type[Model], path: str, *, descending: bool) -> Order:
        """An order that knows whether its column can be empty."""
        return cls(path, descending, can_be_null(model, path))

    def terms(self, *, backwards: bool = False) -> list[OrderBy | str]:
        """Arguments of ``order_by``; backwards is the exact reverse, empty values first."""
        down = self.descending != backwards
        sign = "-" if down else ""
        if self.path == "pk":
            return [f"{sign}pk"]
        column = F(self.path)  # by its name a foreign key would be in the order of the table that it leads to
        # At most one of the two, and True: Django refuses False.
        empty = {"nulls_first" if backwards else "nulls_last": True} if self.nullable else {}
        return [column.desc(**empty) if down else column.asc(**empty), f"{sign}pk"]

    def beyond(self, value: Any, pk: int, *, backwards: bool = False) -> Q:
        """Rows after the row with this value and key (or before it)."""
        down = self.descending != backwards
        key = Q(**{f"pk__{'lt' if down else 'gt'}": pk})
        if self.path == "pk":
            return key
        empty = Q(**{f"{self.path}__isnull": True})
        if value is None:
            rest = empty & key
            return (~empty | rest) if backwards else rest
        further = Q(**{f"{self.path}__{'lt' if down else 'gt'}": value})
        # The redundant bound lets both databases start in the middle of the index.
        bound = Q(**{f"{self.path}__{'lte' if down else 'gte'}": value})
        rest = bound & (further | key)
        return rest if backwards or not self.nullable else rest | empty


def can_be_null(model: type[Model], path: str) -> bool:
    """True when any step of a lookup path may be empty."""
    here: Any = model
    for part in path.split("__"):
        step = here._meta.pk if part == "pk" else here._meta.get_field(part)
        if step.null:
            return True
        if isinstance(step, ForeignKey):
            here = step.related_model
    return False


@dataclass(frozen=True)
class Slice:
    """One page of rows, with whether there are more on either side."""

    rows: Sequence[Any]
    has_previous: bool
    has_next: bool


def edge_of(known: QuerySet[Any], order: Order, identity: str, stated: str) -> tuple[Any, int] | None:
    """(sort value, key) of the record named in the address, None when there is no such record for this person."""
    columns = ("pk",) if order.path == "pk" else (order.path, "pk")
    try:
        found = known.order_by().filter(**{identity: stated}).values_list(*columns).first()
    except (ValueError, ValidationError):  # a malformed identity
        return None
    return (found[0], found[-1]) if found else None


def slice_of(
    rows: QuerySet[Any],
    order: Order,
    *,
    size: int,
    after: tuple[Any, int] | None = None,
    before: tuple[Any, int] | None = None,
    few: bool = False,
) -> Slice:
    """
    One page: the first, the one after an edge, or the one before an edge (a full first page at the beginning).

    ``few``: it is known that there are not many rows, so that putting all of them in order is the quickest.
    """
    if before is not None:
        found = _nearest(rows, order, size + 1, before, backwards=True, few=few)
        if len(found) > size:
            return Slice(found[:size][::-1], True, True)
    found = _nearest(rows, order, size + 1, after, few=few)
    return Slice(found[:size], after is not None, len(found) > size)


def _nearest(
    rows: QuerySet[Any],
    order: Order,
    most: int,
    edge: tuple[Any, int] | None,
    *,
    backwards: bool = False,
    few: bool = False,
) -> list[Any]:
    """
    The first rows beyond an edge, from the nearest on.

    Where a column may be empty, the rows with a value and those without are asked for one after the other: neither
    database goes through an index to the end of the values and on to what has none.
    """
    if few or not order.nullable or order.path == "pk":
        wanted = rows.filter(order.beyond(*edge, backwards=backwards)) if edge is not None else rows
        return list(wanted.order_by(*order.terms(backwards=backwards))[:most])
    found: list[Any] = []
    for has_value, beyond in _parts(edge, backwards=backwards):
        if len(found) < most:
            part = _with_value if has_value else _without_value
            found += part(rows, order, most - len(found), beyond, backwards=backwards)
    return found


def _parts(edge: tuple[Any, int] | None, *, backwards: bool) -> list[tuple[bool, tuple[Any, int] | None]]:
    """Whether rows with a value or those without come, and beyond which edge, in the order in which they come."""
    if edge is None:
        return [(False, None), (True, None)] if backwards else [(True, None), (False, None)]
    if edge[0] is None:
        return [(False, edge), (True, None)] if backwards else [(False, edge)]
    return [(True, edge)] if backwards else [(True, edge), (False, None)]


def _with_value(
    rows: QuerySet[Any], order: Order, most: int, edge: tuple[Any, int] | None, *, backwards: bool
) -> list[Any]:
    sheet = _sheet_of(rows.model, order.path)
    if sheet is not None:
        return _by_sheet(rows, replace(order, path=sheet.column), sheet, most, edge, backwards=backwards)
    known = replace(order, nullable=False)
    valued = rows.filter(**{f"{order.path}__isnull": False})
    wanted = valued.filter(known.beyond(*edge, backwards=backwards)) if edge is not None else valued
    return list(wanted.order_by(*known.terms(backwards=backwards))[:most])


def _without_value(
    rows: QuerySet[Any], order: Order, most: int, edge: tuple[Any, int] | None, *, backwards: bool
) -> list[Any]:
    by_key = Order("pk", order.descending)
    empty = rows.filter(**{f"{order.path}__isnull": True})
    wanted = empty.filter(by_key.beyond(None, edge[1], backwards=backwards)) if edge is not None else empty
    return list(wanted.order_by(*by_key.terms(backwards=backwards))[:most])


@dataclass(frozen=True)
class _Sheet:
    """A table that holds one row for each of another, as the sheet of a hazard does for its case."""

    model: type[Model]
    key: str
    column: str


def _sheet_of(model: type[Model], path: str) -> _Sheet | None:
    """The sheet whose own column a lookup path leads to; None where it leads elsewhere."""
    first, _, column = path.partition("__")
    step: Any = model._meta.get_field(first) if column and "__" not in column else None
    if step is None or not (step.one_to_one and step.auto_created):
        return None
    return _Sheet(step.related_model, step.field.name, column)


def _by_sheet(
    rows: QuerySet[Any],
    order: Order,
    sheet: _Sheet,
    most: int,
    edge: tuple[Any, int] | None,
    *,
    backwards: bool,
) -> list[Any]:
    """Rows in the order of their sheets, which are gone through until there are enough of the rows wanted."""
    down = order.descending != backwards
    inside = Exists(rows.order_by().filter(pk=OuterRef(f"{sheet.key}_id")))
    sheets = sheet.model._base_manager.filter(inside, **{f"{order.path}__isnull": False})
    if edge is not None:
        than = "lt" if down else "gt"
        further = Q(**{f"{order.path}__{than}": edge[0]}) | Q(**{f"{sheet.key}__{than}": edge[1]})
        sheets = sheets.filter(further, **{f"{order.path}__{than}e": edge[0]})
    sign = "-" if down else ""
    keys = sheets.order_by(f"{sign}{order.path}", f"{sign}{sheet.key}_id").values_list(sheet.key, flat=True)
    wanted = list(keys[:most])
    known = {one.pk: one for one in rows.order_by().filter(pk__in=wanted)}
    return [known[key] for key in wanted if key in known]


@dataclass(frozen=True)
class Total:
    """How many rows a selection has; exact at least up to ``COUNTED_TO``."""

    number: int
    exact: bool = True

    def __str__(self) -> str:
        return f"{self.number:,}" if self.exact else f"{self.number:,}+"


def total_of(rows: QuerySet[Any], *, up_to: int = COUNTED_TO) -> Total:
    """Count rows, but stop counting when there are very many."""
    number = rows.order_by().values("pk")[: up_to + 1].count()
    return Total(min(number, up_to), number <= up_to)


class Chosen:
    """
    The rows of a selection, worked out once for a page: how many, and which stand on it.

    Where a snapshot of the table is at hand (``kernel.indicators.standby``) the selection is worked out on it, the
    rows of the page are fetched by key, and the total is exact; otherwise the database is asked.

    Parameters
    ----------
    rows
        The selection inside the scope.
    scoped
        The scope alone: rows are fetched from it by key, so that they are always inside.
    """

    def __init__(self, rows: QuerySet[Any], scoped: QuerySet[Any]) -> None:
        self.rows, self.scoped = rows, scoped
        self.pick = Picked.of(rows)
        self._few = self.pick is not None and self.pick.number <= FEW

    def total(self, *, up_to: int = COUNTED_TO) -> Total:
        """How many there are."""
        total = total_of(self.rows, up_to=up_to) if self.pick is None else Total(self.pick.number)
        self._few = total.exact and total.number <= FEW
        return total

    def missing(self, column: str) -> int:
        """How many have no value in a column."""
        if self.pick is not None:
            try:
                return self.pick.number - self.pick.with_value(column)
            except Unanswerable:
                pass
        return total_of(self.rows.filter(**{f"{column}__isnull": True})).number

    def slice(
        self,
        order: Order,
        *,
        size: int,
        joins: Sequence[str] = (),
        defer: Sequence[str] = (),
        after: tuple[Any, int] | None = None,
        before: tuple[Any, int] | None = None,
    ) -> Slice:
        """One page, as ``slice_of`` gives it; ``joins`` and ``defer`` say what is fetched with the rows."""
        if self.pick is not None:
            try:
                return self._picked(self.pick, order, size, joins, defer, after, before)
            except Unanswerable:
                pass
        rows = self._by_key(self.pick.keys.tolist()) if self.pick is not None and self._few else self.rows
        found = _fetching(rows, joins, defer)
        return slice_of(found, order, size=size, after=after, before=before, few=self._few)

    def _by_key(self, keys: Sequence[int]) -> QuerySet[Any]:
        return self.scoped.filter(pk__in=keys)

    def _picked(
        self,
        pick: Picked,
        order: Order,
        size: int,
        joins: Sequence[str],
        defer: Sequence[str],
        after: tuple[Any, int] | None,
        before: tuple[Any, int] | None,
    ) -> Slice:
        if before is not None:
            found = pick.page(
                order.path, descending=order.descending, most=size + 1, beyond=before[1], backwards=True
            )
            if len(found) > size:
                return Slice(self._fetched(found[:size][::-1], joins, defer), True, True)
        beyond = after[1] if after is not None else None
        found = pick.page(order.path, descending=order.descending, most=size + 1, beyond=beyond)
        return Slice(self._fetched(found[:size], joins, defer), after is not None, len(found) > size)

    def _fetched(self, keys: list[int], joins: Sequence[str], defer: Sequence[str]) -> list[Any]:
        """The rows with these keys in this order; one that went meanwhile is left out."""
        rows = {one.pk: one for one in _fetching(self._by_key(keys), joins, defer).order_by()}
        return [rows[key] for key in keys if key in rows]


def _fetching(rows: QuerySet[Any], joins: Sequence[str], defer: Sequence[str]) -> QuerySet[Any]:
    rows = rows.select_related(*joins) if joins else rows
    return rows.defer(*defer) if defer else rows


def neighbours_of(rows: QuerySet[Any], order: Order, thing: Model, identity: str) -> tuple[str, str]:
    """Identities of the records before and after ``thing`` in a list, "" at its ends."""
    edge = edge_of(rows, order, identity, str(getattr(thing, identity)))
    if edge is None:
        return "", ""
    known = rows.select_related(None).only(identity)
    found = [_nearest(known, order, 1, edge, backwards=backwards) for backwards in (True, False)]
    before, after = (str(getattr(one[0], identity)) if one else "" for one in found)
    return before, after

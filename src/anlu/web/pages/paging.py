"""
Keyset paging: the next page starts after a record, not after a number of records.

Rows are ordered by one column and, within ties, by primary key; empty values come last in both directions on both
databases. The address holds only the public uid of the record at the edge, so that no key leaves the database and a
tampered address can at worst start at the beginning.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from django.core.exceptions import ValidationError
from django.db.models import F, ForeignKey, Model, Q, QuerySet
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
        if not self.nullable:
            return [f"{sign}{self.path}", f"{sign}pk"]
        column = F(self.path)
        # One of the two must be True and the other None: Django refuses False.
        last: dict[str, bool] = {"nulls_first": True} if backwards else {"nulls_last": True}
        return [column.desc(**last) if down else column.asc(**last), f"{sign}pk"]

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
) -> Slice:
    """One page: the first, the one after an edge, or the one before an edge (a full first page at the beginning)."""
    if before is not None:
        backwards = rows.filter(order.beyond(*before, backwards=True)).order_by(*order.terms(backwards=True))
        found = list(backwards[: size + 1])
        if len(found) > size:
            return Slice(found[:size][::-1], True, True)
    wanted = rows.filter(order.beyond(*after)) if after is not None else rows
    found = list(wanted.order_by(*order.terms())[: size + 1])
    return Slice(found[:size], after is not None, len(found) > size)


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

    def total(self, *, up_to: int = COUNTED_TO) -> Total:
        """How many there are."""
        return total_of(self.rows, up_to=up_to) if self.pick is None else Total(self.pick.number)

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
        few = self.pick is not None and self.pick.number <= FEW
        rows = self._by_key(self.pick.keys.tolist()) if self.pick is not None and few else self.rows
        return slice_of(_fetching(rows, joins, defer), order, size=size, after=after, before=before)

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
    before = rows.filter(order.beyond(*edge, backwards=True)).order_by(*order.terms(backwards=True))
    after = rows.filter(order.beyond(*edge)).order_by(*order.terms())
    found = [one.values_list(identity, flat=True).first() for one in (before, after)]
    return str(found[0] or ""), str(found[1] or "")

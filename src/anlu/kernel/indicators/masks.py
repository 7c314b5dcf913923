"""
The condition of a queryset, answered from columns: which rows of a snapshot it selects.

It is the queryset's own condition (period, scope, batches, filters, what an indicator counts) that is worked out,
with the three truth values of SQL, so that a count and the list of its rows cannot differ. What the columns
cannot answer is asked of the database and comes back as keys.
"""

from __future__ import annotations

import operator
from collections.abc import Callable, Iterable
from dataclasses import dataclass, replace
from typing import Any, Final, Protocol

import numpy as np
from django.db import connections
from django.db.models import Lookup, Model, QuerySet
from django.db.models.expressions import Col, CombinedExpression, Value
from django.db.models.sql import Query
from django.db.models.sql.where import AND, OR, NothingNode, WhereNode

from anlu.kernel.core.search import FoundBy, Words
from anlu.kernel.indicators.columns import (
    EPOCH,
    NULL,
    Coded,
    Column,
    Mask,
    Numbers,
    Several,
    Unanswerable,
    microseconds,
)

COMPARISONS: Final[dict[str, Callable[[Any, Any], Any]]] = {
    "gt": operator.gt,
    "gte": operator.ge,
    "lt": operator.lt,
    "lte": operator.le,
}
DJANGO: Final = "django.db.models."
VOIDED: Final = EPOCH  # stands for any time at which a row was voided
BLANKS: Final = ("", None)


class Rows(Protocol):
    """What a condition is worked out on."""

    @property
    def model(self) -> type[Model]:
        """The table."""
        ...

    def column(self, name: str) -> Column:
        """The column of a field; raises ``Unanswerable``."""
        ...

    def holding(self, keys: Iterable[int]) -> Mask:
        """The rows with these primary keys."""
        ...

    def said(self, model: type[Model], through: str) -> Iterable[tuple[str, Several]]:
        """Columns of another table, with what its live rows say of the rows here."""
        ...

    def found(self, words: Words) -> Mask:
        """The rows that are found by words; raises ``Unanswerable``."""
        ...

    def __len__(self) -> int: ...


@dataclass(frozen=True)
class Truth:
    """True, false, or neither where a value is missing; each of shape (n,)."""

    yes: Mask
    no: Mask

    def __and__(self, other: Truth) -> Truth:
        return Truth(self.yes & other.yes, self.no | other.no)

    def __or__(self, other: Truth) -> Truth:
        return Truth(self.yes | other.yes, self.no & other.no)

    def __invert__(self) -> Truth:
        return Truth(self.no, self.yes)


def mask_of(rows: Rows, queryset: QuerySet[Any]) -> Mask:
    """The rows of a snapshot that a queryset of the same table selects, shape (n,)."""
    query = queryset.query
    if _is_plain(query):
        try:
            return _Reader(rows, query).truth(query.where, odd=False).yes
        except Unanswerable:
            pass
    unordered = queryset if query.is_sliced else queryset.order_by()
    return rows.holding(unordered.values_list("pk", flat=True))


def _is_plain(query: Query) -> bool:
    """Rows of one table by conditions alone: no joins, no slice, no grouping."""
    used = [alias for alias in query.alias_map if query.alias_refcount[alias]]
    return (
        len(used) <= 1
        and not query.is_sliced
        and not query.distinct
        and query.combinator is None
        and query.group_by is None
    )


class _Reader:
    """Works out the conditions of one query."""

    def __init__(self, rows: Rows, query: Query) -> None:
        self.rows = rows
        self.table = query.get_initial_alias()

    def truth(self, node: Any, *, odd: bool) -> Truth:
        """
        Of any part of a condition.

        Parameters
        ----------
        odd
            It stands below an odd number of negations: only where it is false matters, else only where it is true.
        """
        if isinstance(node, WhereNode):
            return self._joined(node, odd=odd)
        if isinstance(node, NothingNode):
            return self._always(False)
        try:
            return self._compared(node)
        except Unanswerable:
            return self._asked(node, odd=odd)

    def _always(self, value: bool) -> Truth:
        found = np.full(len(self.rows), value)
        return Truth(found, ~found)

    def _joined(self, node: WhereNode, *, odd: bool) -> Truth:
        if node.connector not in (AND, OR):
            raise Unanswerable(node.connector)
        found: Truth | None = None
        for child in node.children:
            part = self.truth(child, odd=odd != node.negated)
            found = part if found is None else found & part if node.connector == AND else found | part
        found = self._always(True) if found is None else found
        return ~found if node.negated else found

    # --- one comparison

    def _compared(self, node: Any) -> Truth:
        if isinstance(node, FoundBy):
            found = self.rows.found(node.rhs)
            return Truth(found, ~found)
        if not isinstance(node, Lookup) or not type(node).__module__.startswith(DJANGO):
            raise Unanswerable(f"{node!r} is no comparison")
        column = self._column(node.lhs)
        null = column.null
        name = node.lookup_name or ""
        if name == "isnull":
            found = null if node.rhs else ~null
            return Truth(found, ~found)
        yes = self._passed(column, name, node.rhs)
        return Truth(yes, ~(yes | null))

    def _column(self, expression: Any) -> Column:
        if not isinstance(expression, Col) or expression.alias != self.table:
            raise Unanswerable(f"{expression!r} is no column of the table")
        return self.rows.column(expression.target.name)

    def _passed(self, column: Column, name: str, stated: Any) -> Mask:
        if name == "exact":
            return self._equal(column, stated)
        if name == "in":
            said = self._said(column, stated) if isinstance(stated, Query) else None
            return column.among(self._listed(stated)) if said is None else said
        if name == "range":
            low, high = (_plain(one) for one in stated)
            return column.compared(operator.ge, low) & column.compared(operator.le, high)
        if name not in COMPARISONS:
            raise Unanswerable(f"no comparison {name}")
        if isinstance(stated, Col | CombinedExpression):
            return self._between_columns(column, COMPARISONS[name], stated)
        return column.compared(COMPARISONS[name], _plain(stated))

    def _equal(self, column: Column, stated: Any) -> Mask:
        if isinstance(stated, Query):
            raise Unanswerable("compares with a query")
        return column.among([_plain(stated)])

    def _listed(self, stated: Any) -> list[Any]:
        """The values of a list, or what a query by itself gives."""
        if not isinstance(stated, Query):
            return [_plain(one) for one in stated if one is not None]
        query = stated.clone()
        if query.get_external_cols():
            raise Unanswerable("the query looks at the row outside")
        if not query.has_select_fields:
            query.clear_select_clause()
            query.add_fields(["pk"])
        query.clear_ordering(clear_default=True)
        compiler = query.get_compiler(connection=connections[self.rows.model._base_manager.db])
        return [row[0] for row in compiler.results_iter() if row[0] is not None]

    def _said(self, column: Column, query: Query) -> Mask | None:
        """Rows of which live rows of another table say what a query wants; None where that is not kept."""
        if column is not self.rows.column("pk") or len(query.select) != 1 or not _is_plain(query):
            return None
        through = query.select[0]
        if query.model is None or not isinstance(through, Col):
            return None
        for name, several in self.rows.said(query.model, through.target.name):
            try:
                wanted = _Said(query.model, name, several.keys).wanted(query)
            except Unanswerable:
                continue
            bits = sum(1 << place for place in np.flatnonzero(wanted).tolist())
            found: Mask = several.bits & np.int64(bits) != 0
            return found
        return None

    def _between_columns(self, column: Column, test: Callable[[Any, Any], Any], other: Any) -> Mask:
        left, right = column.numbers(), self._numbers(other)
        found: Mask = test(left, right) & (left != NULL) & (right != NULL)
        return found

    def _numbers(self, expression: Any) -> Numbers:
        """A column, or a column with a fixed span of time added or taken away."""
        if isinstance(expression, Col):
            return self._column(expression).numbers()
        signs = {CombinedExpression.ADD: 1, CombinedExpression.SUB: -1}
        left, right = expression.lhs, expression.rhs
        if not isinstance(right, Value) or expression.connector not in signs:
            raise Unanswerable(f"{expression!r} is no shifted column")
        numbers = self._column(left).numbers()
        shift = signs[expression.connector] * microseconds(right.value)
        return np.where(numbers == NULL, NULL, numbers + shift)

    # --- what the columns do not know

    def _asked(self, node: Any, *, odd: bool) -> Truth:
        """Ask the database for the rows of one condition, or for those where it is false."""
        found = self.rows.model._base_manager.order_by()
        found.query.where.add(WhereNode([node], negated=odd), AND)
        holding = self.rows.holding(found.values_list("pk", flat=True))
        return Truth(~holding, holding) if odd else Truth(holding, ~holding)


@dataclass(frozen=True)
class _Said:
    """The values that a column of another table has, as if each were a row: which of them does a query want?"""

    model: type[Model]
    name: str
    keys: tuple[Any, ...]
    voided: bool = False

    def column(self, name: str) -> Column:
        if name == "voided_at":
            return Coded(np.zeros(len(self), np.int64), (VOIDED if self.voided else None,))
        if name != self.name:
            raise Unanswerable(f"{name} of the other table is not kept")
        return Coded(np.arange(len(self)), (*self.keys, *BLANKS))

    def holding(self, keys: Iterable[int]) -> Mask:
        raise Unanswerable("the other table has to be asked")

    def said(self, model: type[Model], through: str) -> Iterable[tuple[str, Several]]:
        return ()

    def found(self, words: Words) -> Mask:
        raise Unanswerable("nobody looks for values")

    def __len__(self) -> int:
        return len(self.keys) + len(BLANKS)

    def wanted(self, query: Query) -> Mask:
        """Those of ``keys`` that a query wants; raises ``Unanswerable`` where it also wants blanks or voided rows."""
        voided = _Reader(replace(self, voided=True), query).truth(query.where, odd=False).yes
        wanted = _Reader(self, query).truth(query.where, odd=False).yes
        if voided.any() or wanted[len(self.keys) :].any():
            raise Unanswerable("rows that are blank or voided say nothing here")
        return wanted[: len(self.keys)]


def _plain(stated: Any) -> Any:
    """A value as a column holds it; an expression is none."""
    if hasattr(stated, "resolve_expression") or isinstance(stated, Model):
        raise Unanswerable(f"{stated!r} is no plain value")
    if isinstance(stated, float):
        raise Unanswerable("fractions are compared by the database")
    return stated

"""What a list shows: the selection, the order and the page that an address asks for."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from functools import cached_property
from typing import Any
from urllib.parse import urlencode

from django.db.models import QuerySet
from django.http import QueryDict

from anlu.kernel.core.filters import Filter, Selection, TimeFilter
from anlu.kernel.core.models import Record
from anlu.kernel.core.scope import Viewer
from anlu.kernel.places.drawing import WithinFilter
from anlu.kernel.places.filters import BoxFilter
from anlu.web.ledgers import Column, Ledger
from anlu.web.pages.paging import SIZES, Chosen, Order, Slice

OWN_PARAMETERS = ("sort", "size", "voided", "cols")
POSITION_PARAMETERS = ("after", "before", "at")


@dataclass(frozen=True)
class Listing:
    """One ledger as one person asked to see it. List, export, print, map and neighbours are made from the same one."""

    ledger: Ledger
    viewer: Viewer | None
    selection: Selection
    sorted_by: Column | None
    descending: bool
    size: int
    voided: bool
    verb: str = "view"
    cols: str = ""  # names of columns as the address states them

    @classmethod
    def read(cls, ledger: Ledger, viewer: Viewer | None, values: QueryDict, *, verb: str = "view") -> Listing:
        """Read an address. Unknown columns, sizes and parameters fall back to the ledger's own."""
        stated = dict(values.lists())
        name = (stated.get("sort") or [ledger.order])[-1]
        column = _sortable(ledger, name.lstrip("-"))
        if column is None:
            name = ledger.order
            column = _sortable(ledger, name.lstrip("-"))
        size = (stated.get("size") or [""])[-1]
        return cls(
            ledger,
            viewer,
            Selection.read(filters_of(ledger), stated),
            column,
            name.startswith("-"),
            int(size) if size in map(str, SIZES) else SIZES[0],
            (stated.get("voided") or [""])[-1] == "1",
            verb,
            _known_names(ledger, (stated.get("cols") or [""])[-1]),
        )

    @cached_property
    def order(self) -> Order:
        """The order of the rows."""
        if self.sorted_by is None:
            return Order("pk", descending=self.descending)
        return Order.of(self.ledger.model, self.sorted_by.sort, descending=self.descending)

    def scoped(self) -> QuerySet[Any]:
        """All rows inside the person's scope, whatever is selected."""
        ledger, viewer = self.ledger, self.viewer
        return ledger.voided_rows(viewer) if self.voided else ledger.visible_rows(viewer, self.verb)

    def rows(self) -> QuerySet[Any]:
        """All rows of the selection inside the person's scope, not yet ordered."""
        return self.scoped().filter(self.selection.q())

    @cached_property
    def chosen(self) -> Chosen:
        """The same rows, worked out once for everything that a page shows of them."""
        scoped = self.scoped()
        return Chosen(scoped.filter(self.selection.q()), scoped)

    def page(self, columns: Sequence[Column] | None, *, size: int, **edges: Any) -> Slice:
        """One page of the rows, with everything joined that showing ``columns`` needs."""
        joins = self.ledger.joins(columns)
        return self.chosen.slice(self.order, size=size, joins=joins, defer=self.ledger.defer, **edges)

    def in_order(self, columns: Sequence[Column] | None = None) -> QuerySet[Any]:
        """All rows in the order of the list: what an export writes. (Deferring would make many rows slower.)"""
        joined = self.ledger.joins(columns)
        rows = self.rows().select_related(*joined) if joined else self.rows()
        return rows.order_by(*self.order.terms())

    @property
    def sort(self) -> str:
        """The order as it stands in an address, "" for the ledger's own."""
        name = f"{'-' if self.descending else ''}{self.sorted_by.name}" if self.sorted_by else ""
        return "" if name == self.ledger.order else name

    def parameters(self, *, without: Iterable[str] = ()) -> list[tuple[str, str]]:
        """Everything but the position, in canonical order."""
        own = (
            ("sort", self.sort),
            ("size", str(self.size) if self.size != SIZES[0] else ""),
            ("voided", "1" if self.voided else ""),
            ("cols", self.cols),
        )
        left_out = set(without)
        kept = [] if "filters" in left_out else self.selection.parameters()
        return kept + [(name, value) for name, value in own if value and name not in left_out]

    def query(self, more: Mapping[str, str] | None = None, *, without: Iterable[str] = ()) -> str:
        """Parameters as ``?...``, "" when there are none."""
        text = urlencode(self.parameters(without=without) + list((more or {}).items()))
        return f"?{text}" if text else ""

    def words(self) -> str:
        """The selection in words, for the head of exports and the audit."""
        chosen = "；".join(f"{label} {words}" for label, words, _ in self.selection.chips())
        return chosen or "全部"


RECORDED = TimeFilter("recorded", "入账时间", column="recorded_at")
VIEW = BoxFilter("bbox", "范围")
DRAWN = WithinFilter("within", "图上范围")


def filters_of(ledger: Ledger) -> tuple[Filter, ...]:
    """
    The filters of a ledger and those that belong to all of its sort.

    Records can be narrowed to the days on which they came in; what is on the map, to a view of it or an area drawn
    on it.
    """
    known = {one.name for one in ledger.filters}
    more = (
        *((RECORDED,) if issubclass(ledger.model, Record) else ()),
        *((VIEW, DRAWN) if ledger.layer else ()),
    )
    return (*ledger.filters, *(one for one in more if one.name not in known))


def _sortable(ledger: Ledger, name: str) -> Column | None:
    column = ledger.column(name)
    return column if column is not None and column.sort else None


def _known_names(ledger: Ledger, stated: str) -> str:
    """Names of columns as far as the ledger has them."""
    return ",".join(name for name in stated.split(",") if ledger.column(name) is not None)

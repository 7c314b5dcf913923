"""The list of a ledger: search, filters, chips, order, pages."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any
from urllib.parse import urlencode

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.urls import reverse

from anlu.web.cells import RIGHT, Cell, Renderer
from anlu.web.ledgers import Column, Preset
from anlu.web.nav import pages
from anlu.web.pages.base import LedgerPage
from anlu.web.pages.bulk import deeds_for
from anlu.web.pages.fields import chips_of, filter_fields
from anlu.web.pages.listing import POSITION_PARAMETERS, Listing, filters_of
from anlu.web.pages.paging import SIZES, Slice, Total, edge_of
from anlu.web.pages.views import column_choices, saved_views
from anlu.web.views import columns_of


@dataclass(frozen=True)
class Heading:
    """Head of a column of the table."""

    key: str
    label: str
    align: str = ""
    sortable: bool = False
    sort_url: str = ""
    sorted: str = ""


@dataclass(frozen=True)
class Row:
    """A row of the table."""

    uid: str
    url: str
    cells: list[Cell]
    here: bool = False
    refused: bool = False


class List(LedgerPage):
    """``/<path>/``: one page of the rows that the person may see."""

    template = "web/ledger/list.html"

    def get(self, request: HttpRequest) -> HttpResponse:
        listing = Listing.read(self.ledger, self.viewer, request.GET)
        for problem in listing.selection.problems:
            messages.error(request, problem)
        total = listing.chosen.total()
        columns = columns_of(self.ledger, self.viewer, listing.cols)
        shown = self._slice(listing, request, columns) if total.number else Slice([], False, False)
        renderer = Renderer(self.ledger.model, columns)
        context = {
            "ledger": self.ledger,
            "listing": listing,
            "page_title": self.ledger.label,
            "page_note": f"共 {total} {self.ledger.unit}" if total.number else "",
            "total": total,
            "columns": headings(listing, renderer),
            "rows": self._rows(listing, renderer, shown),
            "pager": pager(listing, shown, total, first=_first(request)),
            "presets": presets(listing),
            "empty": self._empty(listing),
            "views": saved_views(listing, self.viewer),
            "column_choices": column_choices(self.ledger, columns),
            "deeds": deeds_for(self.ledger, self.viewer, voided=listing.voided),
            **filter_row(listing, request),
            **self._actions(listing),
            **self.more(listing),
        }
        return render(request, self.template, context)

    def more(self, listing: Listing) -> dict[str, Any]:
        """What a ledger's own list page shows beside the usual."""
        return {}

    def _slice(self, listing: Listing, request: HttpRequest, columns: list[Column]) -> Slice:
        edges: dict[str, Any] = {}
        for name in ("after", "before"):
            if stated := request.GET.get(name):
                edges[name] = edge_of(listing.scoped(), listing.order, self.ledger.identity, stated)
        return listing.page(columns, size=listing.size, **edges)

    def _rows(self, listing: Listing, renderer: Renderer, shown: Slice) -> list[Row]:
        query = listing.query(position_of(self.request))
        return [
            Row(
                str(getattr(thing, self.ledger.identity)),
                self._address_of(thing, listing, query),
                renderer.cells(thing),
            )
            for thing in shown.rows
        ]

    def _address_of(self, thing: Any, listing: Listing, query: str) -> str:
        """Where a row leads."""
        if listing.voided:
            return self.ledger.url_of(thing, "restore") if self.ledger.restore is not None else ""
        if self.ledger.opens is not None:
            return self.ledger.opens(thing)
        return self.ledger.url_of(thing) + query if self.ledger.has_detail else ""

    def _actions(self, listing: Listing) -> dict[str, str]:
        """Addresses of what this person can do from here; what is not allowed is absent."""
        found = {}
        for name in ("new", "import", "export_excel", "export_csv", "print", "columns", "views", "bulk"):
            code = f"{self.ledger.code}.{name}"
            if code in pages and pages.get(code).allows(self.viewer):
                found[f"{name}_url"] = reverse(code) + (
                    listing.query() if name not in ("new", "import") else ""
                )
        if self.ledger.restore is not None and self.viewer.may(self.ledger.permission_to("void")):
            found["voided_url"] = reverse(self.ledger.code) + ("" if listing.voided else "?voided=1")
        map_code = f"map.{self.ledger.layer}"
        if self.ledger.layer and map_code in pages and pages.get(map_code).allows(self.viewer):
            found["map_url"] = reverse(map_code) + listing.query(without=("sort", "size", "voided"))
        return found

    def _empty(self, listing: Listing) -> dict[str, str]:
        """What an empty list says: what belongs here and how to begin, or which conditions found nothing."""
        clear = reverse(self.ledger.code) + listing.query(without=("filters",))
        if listing.selection.problems:
            return {"title": "筛选条件有误", "text": ";".join(listing.selection.problems), "clear_url": clear}
        if listing.selection.chosen:
            text = f"没有同时符合以上条件的{self.ledger.noun}。可以去掉一两个条件再看。"
            return {"title": "没有符合条件的记录", "text": text, "clear_url": clear}
        if listing.voided:
            return {"title": f"没有作废的{self.ledger.noun}", "text": "作废的记录在这里，可以恢复。"}
        return {"title": f"还没有{self.ledger.noun}", "text": self.ledger.empty}


def position_of(request: HttpRequest) -> dict[str, str]:
    """The place in the list, so that a record's page can lead back to it."""
    return {name: request.GET[name] for name in POSITION_PARAMETERS if request.GET.get(name)}


def _first(request: HttpRequest) -> int:
    stated = request.GET.get("at", "")
    return int(stated) if stated.isascii() and stated.isdigit() and 0 < len(stated) < 10 else 1


def headings(listing: Listing, renderer: Renderer) -> list[Heading]:
    """Heads of the table; those that can be sorted lead to the list sorted by them."""
    return [_heading(listing, column, renderer) for column in renderer.columns]


def _heading(listing: Listing, column: Column, renderer: Renderer) -> Heading:
    is_order = listing.sorted_by is not None and listing.sorted_by.name == column.name
    direction = ("desc" if listing.descending else "asc") if is_order else ""
    wanted = f"{'-' if direction == 'asc' else ''}{column.name}"
    align = "right" if renderer.kind(column) in RIGHT else ""
    url = listing.query({"sort": wanted}, without=("sort",)) if column.sort else ""
    return Heading(column.name, column.label, align, bool(column.sort), url, direction)


def pager(listing: Listing, shown: Slice, total: Total, *, first: int) -> dict[str, Any]:
    """Pages before and after, page sizes, and where we are."""
    start = first if shown.has_previous else 1
    last = start + len(shown.rows) - 1
    found: dict[str, Any] = {
        "first": start,
        "last": last,
        "total": str(total) if total.number else 0,
        "unit": listing.ledger.unit,
        "sizes": [
            {
                "n": n,
                "selected": n == listing.size,
                "url": listing.query({"size": str(n)}, without=("size",)) or "?",
            }
            for n in SIZES
        ],
    }
    identity = listing.ledger.identity
    if shown.has_previous and shown.rows:
        at = max(1, start - listing.size)
        found["prev_url"] = listing.query({"before": str(getattr(shown.rows[0], identity)), "at": str(at)})
    if shown.has_next and shown.rows:
        found["next_url"] = listing.query(
            {"after": str(getattr(shown.rows[-1], identity)), "at": str(last + 1)}
        )
    return found


def presets(listing: Listing) -> list[dict[str, Any]]:
    """Ready choices above the list, "全部" first."""
    if not listing.ledger.presets:
        return []
    declared = listing.ledger.presets
    everything = () if any(not one.parameters() for one in declared) else (Preset("全部", dict),)
    chosen = sorted(listing.selection.parameters())
    found = []
    for one in (*everything, *declared):
        query = urlencode(dict(one.parameters()), doseq=True)
        pairs = sorted((name, str(value)) for name, value in _pairs(one))
        found.append({"label": one.label, "url": f"?{query}", "active": pairs == chosen})
    return found


def _pairs(preset: Preset) -> list[tuple[str, Any]]:
    return [
        (name, one)
        for name, value in preset.parameters().items()
        for one in (value if isinstance(value, list | tuple) else [value])
    ]


def filter_row(listing: Listing, request: HttpRequest) -> dict[str, Any]:
    """Everything that the filter row and the chips need."""
    stated = dict(request.GET.lists())
    fields = filter_fields(filters_of(listing.ledger), listing.selection, stated)
    kept = listing.parameters(without=("filters",))
    more = [one for one in fields if one.more]
    set_names = {one.name for one, _ in listing.selection.chosen}
    return {
        "filters": fields,
        "more_filters": more,
        "more_number": sum(one.name in set_names for one in more),
        "keep": [{"name": name, "value": value} for name, value in kept],
        "chips": chips_of(listing.selection, urlencode(kept)),
        "clear_url": "?" + urlencode(kept),
    }

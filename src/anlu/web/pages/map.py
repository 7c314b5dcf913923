"""一张图: a layer as points, and beside it the very list of its ledger, narrowed to what the map shows."""

from __future__ import annotations

import math
from collections.abc import Iterator
from typing import Any, cast
from urllib.parse import urlencode
from uuid import UUID

from django.contrib import messages
from django.db.models import Count, F
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.urls import reverse
from django.views import View

from anlu.kernel.core.filters import Selection
from anlu.kernel.places.models import Located
from anlu.web.cells import Renderer
from anlu.web.ledgers import Ledger, ledgers
from anlu.web.nav import Page
from anlu.web.pages.base import one_of
from anlu.web.pages.ground import ground_options
from anlu.web.pages.list import Row, filter_row
from anlu.web.pages.listing import Listing
from anlu.web.pages.paging import slice_of, total_of
from anlu.web.tiles import PointLayer, Tile, answer_tile
from anlu.web.viewers import require_viewer

CHAPTER = "一张图"
BESIDE = 30  # records in the list beside the map
WORLD = 2**Located.CELL_ZOOM
CARD_FACTS = 4
SQUARE_BITS = 12  # squares of some ten kilometres
STRAYING = 0.005


class LayerPage(View):
    """A page about one layer."""

    layer: PointLayer = cast(PointLayer, None)

    @property
    def ledger(self) -> Ledger:
        """The ledger whose records the layer shows."""
        return ledgers.get(self.layer.ledger)


class TilePage(LayerPage):
    """``/tiles/<layer>/<z>/<x>/<y>.mvt``."""

    def get(self, request: HttpRequest, z: int, x: int, y: int) -> HttpResponse:
        return answer_tile(request, self.layer, Tile(z, x, y))


class MapPage(LayerPage):
    """``/map/<layer>/``: works without a map too, as a list."""

    def get(self, request: HttpRequest) -> HttpResponse:
        listing = Listing.read(self.ledger, require_viewer(request), request.GET)
        for problem in listing.selection.problems:
            messages.error(request, problem)
        query = urlencode(listing.selection.parameters(without="bbox"))
        context = {
            "layer": self.layer,
            "ledger": self.ledger,
            "map": self._map(listing, query),
            "list_url": self.ledger.url() + listing.query(),
            **beside(self.layer, self.ledger, listing),
            **filter_row(listing, request),
        }
        return render(request, "web/map/page.html", context)

    def _map(self, listing: Listing, query: str) -> dict[str, Any]:
        tiles = reverse(f"tiles.{self.layer.code}", args=[0, 0, 0]).replace("0/0/0", "{z}/{x}/{y}")
        layer = {
            "code": self.layer.code,
            "label": self.layer.label,
            "kind": "points",
            "tiles": f"{tiles}?{query}" if query else tiles,
        }
        options: dict[str, Any] = {
            "layers": [layer],
            "legend": dict(self.layer.legend),
            "listUrl": reverse(f"map.{self.layer.code}.list") + listing.query(without=()),
            "listTarget": "#map-list",
            "cardUrl": reverse(f"map.{self.layer.code}.card", args=[UUID(int=0)]).replace(
                str(UUID(int=0)), "{uid}"
            ),
        }
        options |= ground_options()
        bounds = extent_of(self.layer, listing)
        if bounds:
            options["bounds"] = bounds
        return {"id": "map", "label": f"{self.layer.label}分布图", "options": options}


def extent_of(layer: PointLayer, listing: Listing) -> list[list[float]] | None:
    """
    South-west and north-east corner of what is selected, a little widened; None when nothing is located.

    A few points far away from all others (wrong coordinates are kept, and marked) do not make the map useless: the
    outermost ``STRAYING`` on each side are left out.
    """
    cells = layer.rows(listing.viewer, listing.selection).annotate(
        square_x=F("cell_x").bitrightshift(SQUARE_BITS), square_y=F("cell_y").bitrightshift(SQUARE_BITS)
    )
    squares = list(cells.values_list("square_x", "square_y").annotate(n=Count("pk")))
    if not squares:
        return None
    west, east = _span([(x, n) for x, _, n in squares])
    north, south = _span([(y, n) for _, y, n in squares])
    side = 1 << SQUARE_BITS
    margin = side // 2
    return [
        _degrees(west * side - margin, (south + 1) * side + margin),
        _degrees((east + 1) * side + margin, north * side - margin),
    ]


def _span(weighted: list[tuple[int, int]]) -> tuple[int, int]:
    """First and last place without the outermost ``STRAYING`` of all records on either side."""
    ordered = sorted(weighted)
    allowed = int(sum(n for _, n in ordered) * STRAYING)
    return _inner(ordered, allowed), _inner(ordered[::-1], allowed)


def _inner(ordered: list[tuple[int, int]], allowed: int) -> int:
    """The first place that cannot be left out any more."""
    passed = 0
    for place, n in ordered:
        passed += n
        if passed > allowed:
            return place
    return ordered[-1][0]


def _degrees(cell_x: float, cell_y: float) -> list[float]:
    """Longitude and latitude of a cell."""
    lon = cell_x / WORLD * 360 - 180
    lat = math.degrees(math.atan(math.sinh(math.pi * (1 - 2 * cell_y / WORLD))))
    return [round(lon, 6), round(lat, 6)]


def beside(layer: PointLayer, ledger: Ledger, listing: Listing) -> dict[str, Any]:
    """The list beside the map: the first records of the same listing."""
    columns = [column for column in ledger.columns if column.listed][:CARD_FACTS]
    renderer = Renderer(ledger.model, columns)
    total = total_of(listing.rows())
    shown = slice_of(listing.shown(columns), listing.order, size=BESIDE) if total.number else None
    query = listing.query()
    rows = [
        Row(str(thing.uid), ledger.url_of(thing) + query, renderer.cells(thing))
        for thing in (shown.rows if shown else ())
    ]
    return {
        "rows": rows,
        "total": total,
        "has_more": bool(shown and shown.has_next),
        "all_url": ledger.url() + query,
        "unlocated": unlocated(listing),
        "viewed": listing.selection.value("bbox") is not None,
    }


def unlocated(listing: Listing) -> int:
    """How many selected records have no position and so are not on the map (only without a map view chosen)."""
    if listing.selection.value("bbox") is not None:
        return 0
    return total_of(listing.rows().filter(cell_x__isnull=True)).number


class MapList(LayerPage):
    """``/map/<layer>/list/``: the fragment that follows the map's view."""

    def get(self, request: HttpRequest) -> HttpResponse:
        listing = Listing.read(self.ledger, require_viewer(request), request.GET)
        context = {"layer": self.layer, "ledger": self.ledger, **beside(self.layer, self.ledger, listing)}
        return render(request, "web/map/list.html", context)


class MapCard(LayerPage):
    """``/map/<layer>/<uid>/card/``: the small card of one point."""

    def get(self, request: HttpRequest, uid: UUID) -> HttpResponse:
        viewer = require_viewer(request)
        rows = self.layer.rows(viewer, Selection())
        columns = [column for column in self.ledger.columns if column.listed][: CARD_FACTS + 1]
        thing = one_of(rows, self.ledger, uid, columns)
        renderer = Renderer(self.ledger.model, columns)
        facts = [{"label": column.label, "cell": renderer.cell(column, thing)} for column in columns[1:]]
        context = {"title": self.ledger.title(thing), "url": self.ledger.url_of(thing), "facts": facts}
        return render(request, "web/map/card.html", context)


def pages_of_layer(layer: PointLayer) -> Iterator[Page]:
    """The map page of a layer, its tiles, the list that follows the map, and the card of a point."""

    def make(name: str, path: str, label: str, view: type[LayerPage], *, entry: bool = False) -> Page:
        drawn = view.as_view(layer=layer)
        return Page(
            name,
            path,
            label,
            drawn,
            permission=layer.permission,
            chapter=CHAPTER,
            item=layer.item,
            entry=entry,
            ledger="" if entry else layer.ledger,
        )

    code = layer.code
    yield make(f"map.{code}", f"map/{code}/", layer.item, MapPage, entry=True)
    yield make(f"map.{code}.list", f"map/{code}/list/", "图上列表", MapList)
    yield make(f"map.{code}.card", f"map/{code}/<uuid:uid>/card/", "图上卡片", MapCard)
    yield make(f"tiles.{code}", f"tiles/{code}/<int:z>/<int:x>/<int:y>.mvt", "瓦片", TilePage)

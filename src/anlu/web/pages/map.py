"""一张图: a layer as points, and beside it the very list of its ledger, narrowed to what the map shows."""

from __future__ import annotations

import math
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from functools import cached_property
from typing import Any, cast
from urllib.parse import urlencode
from uuid import UUID

import numpy as np
from django.contrib import messages
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import render
from django.urls import reverse
from django.views import View
from numpy.typing import NDArray

from anlu.kernel.core.clock import now
from anlu.kernel.core.filters import Filter, Selection
from anlu.kernel.people.models import Officer
from anlu.kernel.places.models import Located
from anlu.kernel.places.points import Points
from anlu.web.cells import Renderer, words_of
from anlu.web.ledgers import Ledger, joins_of, ledgers
from anlu.web.legends import LegendClass, legend_of
from anlu.web.marks import MARKS, drawings
from anlu.web.nav import Crumb, Page
from anlu.web.pages.base import one_of
from anlu.web.pages.fields import chips_of
from anlu.web.pages.ground import ground_options, segment_options
from anlu.web.pages.list import Row, filter_row
from anlu.web.pages.listing import Listing, filters_of
from anlu.web.pages.picture import Frame, Picture, frame_of
from anlu.web.tiles import HEAT, Look, PointLayer, Theme, Tile, answer_tile, layers
from anlu.web.viewers import require_viewer

CHAPTER = "一张图"
BESIDE = 30  # records in the list beside the map
WORLD = 2**Located.CELL_ZOOM
CARD_FACTS = 4
STRAYING = 0.002
MARGIN, LEAST_MARGIN = 0.04, 1_200.0  # share of the extent, cells of two metres
WEIGHTED = "harm"  # the heat map by weights
SHOWN_AS = (("", "点位"), (HEAT, "热力"), (WEIGHTED, "伤亡热力"))


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
        return answer_tile(request, self.layer, Tile(z, x, y), filters_on(self.layer))


def filters_on(layer: PointLayer) -> Iterable[Filter]:
    """What a layer may be narrowed by: the filters of its ledger."""
    return filters_of(ledgers.get(layer.ledger)) if layer.ledger else layer.filters


@dataclass(frozen=True)
class MapRow(Row):
    """A row of the list beside the map, which knows where it lies."""

    lon: float | None = None
    lat: float | None = None


@dataclass(frozen=True)
class MapView:
    """What a map shows: a listing, told apart by a theme, as points or as heat."""

    layer: PointLayer
    listing: Listing
    theme: Theme | None
    shown_as: str

    @classmethod
    def read(cls, layer: PointLayer, ledger: Ledger, request: HttpRequest) -> MapView:
        """Read an address."""
        listing = Listing.read(ledger, require_viewer(request), request.GET)
        shown_as = request.GET.get("as", "")
        known = shown_as in dict(SHOWN_AS) and (shown_as != WEIGHTED or bool(layer.weights))
        return cls(layer, listing, Look.read(layer, request.GET).theme, shown_as if known else "")

    @property
    def own(self) -> list[tuple[str, str]]:
        """Parameters of the map itself, where they differ from what it shows at first."""
        by = self.theme.code if self.theme and self.theme != self.layer.themes[0] else ""
        return [(name, value) for name, value in (("by", by), ("as", self.shown_as)) if value]

    def query(self, *, without: str = "", more: Iterable[tuple[str, str]] = ()) -> str:
        """Everything that an address of the map needs, with ``?``; "" when that is nothing."""
        own = [(name, value) for name, value in self.own if name != without]
        pairs = [*self.listing.selection.parameters(without=without), *own, *more]
        return f"?{urlencode(pairs)}" if pairs else ""

    @cached_property
    def points(self) -> Points:
        """The located records of the selection."""
        return self.layer.points(cast(Officer, self.listing.viewer), self.listing.selection)

    @property
    def extent(self) -> list[list[float]] | None:
        """What the map shows at first: everything that is selected, and the area drawn by hand."""
        return around(extent_of(self.points), self.listing.selection.value("within"))

    @cached_property
    def legend(self) -> list[LegendClass]:
        """Classes of the theme, with their numbers."""
        return legend_of(self.layer, self.theme, self.points, self.listing.selection)

    def legend_rows(self) -> list[dict[str, Any]]:
        """The legend as its template draws it: each class leads to the map of that class alone."""
        own = urlencode(self.own)
        return [
            {"class": one, "url": "?" + "&".join(filter(None, (one.query, own))) if one.query else ""}
            for one in self.legend
        ]

    def switches(self) -> list[dict[str, Any]]:
        """Points, heat, weighted heat: where each leads."""
        return [
            {
                "label": label,
                "value": value,
                "active": value == self.shown_as,
                "url": self.query(without="as", more=[("as", value)] if value else []) or "?",
            }
            for value, label in SHOWN_AS
            if value != WEIGHTED or self.layer.weights
        ]


class MapPage(LayerPage):
    """``/map/<layer>/``: works without a map too, as a picture and a list."""

    def get(self, request: HttpRequest) -> HttpResponse:
        view = MapView.read(self.layer, self.ledger, request)
        listing = view.listing
        for problem in listing.selection.problems:
            messages.error(request, problem)
        context = {
            "layer": self.layer,
            "ledger": self.ledger,
            "view": view,
            "map": self._map(view),
            "marks": MARKS,
            "list_url": self.ledger.url() + listing.query(),
            "print_url": reverse(f"map.{self.layer.code}.print") + view.query(),
            "drawn_url": reverse(f"map.{self.layer.code}.drawn") + view.query(),
            **legend_context(view),
            **beside(self.layer, self.ledger, listing),
            **own_filter_row(view, request),
        }
        return render(request, "web/map/page.html", context)

    def _map(self, view: MapView) -> dict[str, Any]:
        code = self.layer.code
        options: dict[str, Any] = {
            "layers": [layer_options(view)],
            "overlays": [overlay_options(one) for one in overlays(view)],
            "marks": drawings(),
            "listUrl": reverse(f"map.{code}.list") + view.listing.query(without=()),
            "listTarget": "#map-list",
            "printUrl": reverse(f"map.{code}.print") + view.query(),
            "drawnUrl": reverse(f"map.{code}.drawn") + view.query(),
            "cardUrl": card_address(self.layer),
            "within": view.listing.selection.value("within"),
            "hasRoute": any(one.name == "route" for one in self.layer.filters),
            "hasSegment": any(one.name == "segment" for one in self.layer.filters),
            "segments": segment_options(view.listing.viewer),
        }
        options |= ground_options()
        bounds = view.extent
        if bounds:
            options["bounds"] = bounds
        return {"id": "map", "label": f"{self.layer.label}分布图", "options": options}


def own_filter_row(view: MapView, request: HttpRequest) -> dict[str, Any]:
    """The filter row of the ledger; what the map adds to an address is kept."""
    row = filter_row(view.listing, request)
    own = urlencode(view.own)
    kept = urlencode(view.listing.parameters(without=("filters",)))
    keep = "&".join(part for part in (kept, own) if part)
    return row | {
        "keep": [*row["keep"], *({"name": name, "value": value} for name, value in view.own)],
        "chips": chips_of(view.listing.selection, keep),
        "clear_url": f"?{keep}",
    }


def tiles_address(layer: PointLayer, pairs: Iterable[tuple[str, str]] = ()) -> str:
    """Address of the tiles of a layer, with {z}/{x}/{y}."""
    address = reverse(f"tiles.{layer.code}", args=[0, 0, 0]).replace("0/0/0", "{z}/{x}/{y}")
    query = urlencode(list(pairs))
    return f"{address}?{query}" if query else address


def card_address(layer: PointLayer) -> str:
    """Address of the card of a point, with {uid}."""
    return reverse(f"map.{layer.code}.card", args=[UUID(int=0)]).replace(str(UUID(int=0)), "{uid}")


def layer_options(view: MapView) -> dict[str, Any]:
    """The layer as the map's script draws it."""
    chosen = view.listing.selection.parameters(without="bbox")
    theme = [("by", view.theme.code)] if view.theme else []
    return {
        "code": view.layer.code,
        "label": view.layer.label,
        "tiles": tiles_address(view.layer, [*chosen, *theme]),
        "heat": tiles_address(view.layer, [*chosen, ("as", HEAT)]),
        "shownAs": view.shown_as,
        "classes": [{"values": one.values, "mark": one.mark} for one in view.legend],
        "total": len(view.points),
    }


def overlays(view: MapView) -> list[PointLayer]:
    """Other layers without a map of their own that this person may lay over it."""
    viewer = view.listing.viewer
    return [one for one in layers if not one.ledger and viewer is not None and viewer.may(one.permission)]


def overlay_options(layer: PointLayer) -> dict[str, Any]:
    """A further layer, not shown at first."""
    theme = layer.theme("")
    marks = theme.marks if theme else {}
    return {
        "code": layer.code,
        "label": layer.label,
        "tiles": tiles_address(layer),
        "card": card_address(layer),
        "hidden": True,
        "classes": [{"values": [value], "mark": mark} for value, mark in marks.items()],
    }


def legend_context(view: MapView) -> dict[str, Any]:
    """What the legend and the controls above the map need."""
    return {
        "legend": view.legend_rows(),
        "theme": view.theme,
        "themes": view.layer.themes,
        "switches": view.switches(),
        "shown_as": view.shown_as,
        "theme_keep": [
            (name, value) for name, value in [*view.listing.selection.parameters(), *view.own] if name != "by"
        ],
        "overlays": [{"layer": one, "marks": _overlay_marks(one)} for one in overlays(view)],
        "weights_note": view.layer.weights_note,
        "on_map": len(view.points),
    }


def _overlay_marks(layer: PointLayer) -> list[tuple[str, str]]:
    theme = layer.theme("")
    if theme is None:
        return []
    labels = dict(theme.choices())
    return [(mark, labels.get(value, value)) for value, mark in theme.marks.items()]


def extent_of(points: Points) -> list[list[float]] | None:
    """
    South-west and north-east corner of what is selected, a little widened; None when nothing is located.

    A few points far away from all others (wrong coordinates are kept, and marked) do not make the map useless: the
    outermost ``STRAYING`` on each side are left out.
    """
    if not len(points):
        return None
    west, east = _span(points.x)
    north, south = _span(points.y)
    return [_degrees(west, south), _degrees(east, north)]


def around(
    bounds: list[list[float]] | None, ring: Iterable[tuple[float, float]] | None
) -> list[list[float]] | None:
    """The rectangle around ``bounds`` and the corners of a ring, either of which may be absent."""
    corners = [*(bounds or ()), *(list(corner) for corner in ring or ())]
    if not corners:
        return None
    return [[each(one[place] for one in corners) for place in (0, 1)] for each in (min, max)]


def _span(cells: NDArray[np.int32]) -> tuple[float, float]:
    """First and last cell without the outermost ``STRAYING`` of all records on either side, with a margin."""
    ordered = np.sort(cells)
    allowed = int(ordered.size * STRAYING)
    first, last = int(ordered[allowed]), int(ordered[ordered.size - 1 - allowed])
    margin = max(LEAST_MARGIN, (last - first) * MARGIN)
    return first - margin, last + margin


def _degrees(cell_x: float, cell_y: float) -> list[float]:
    """Longitude and latitude of a cell."""
    lon = cell_x / WORLD * 360 - 180
    lat = math.degrees(math.atan(math.sinh(math.pi * (1 - 2 * cell_y / WORLD))))
    return [round(lon, 6), round(lat, 6)]


def beside(layer: PointLayer, ledger: Ledger, listing: Listing) -> dict[str, Any]:
    """The list beside the map: the first records of the same listing."""
    columns = [column for column in ledger.columns if column.listed][:CARD_FACTS]
    renderer = Renderer(ledger.model, columns)
    total = listing.chosen.total()
    shown = listing.page(columns, size=BESIDE) if total.number else None
    query = listing.query()
    rows = [
        MapRow(
            str(thing.uid), ledger.url_of(thing) + query, renderer.cells(thing), lon=thing.lon, lat=thing.lat
        )
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
    return listing.chosen.missing("cell_x")


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


class OverlayCard(LayerPage):
    """``/map/<layer>/<uid>/card/`` of a layer without a ledger: its facts."""

    def get(self, request: HttpRequest, uid: UUID) -> HttpResponse:
        rows = self.layer.rows(require_viewer(request), Selection())
        joined = joins_of(self.layer.model, self.layer.facts)
        thing = (rows.select_related(*joined) if joined else rows).filter(uid=uid).first()
        if thing is None:
            raise Http404(self.layer.label)
        renderer = Renderer(self.layer.model, self.layer.facts)
        facts = [{"label": column.label, "cell": renderer.cell(column, thing)} for column in self.layer.facts]
        url = ledgers.get(self.layer.record).url_of(thing) if self.layer.record else ""
        return render(request, "web/map/card.html", {"title": str(thing), "url": url, "facts": facts})


class DrawnMap(LayerPage):
    """
    ``/map/<layer>/drawn/``: the map as a picture drawn here, moved about by links; for browsers without WebGL or
    without scripts. Asked for by htmx it is the picture alone.
    """

    def get(self, request: HttpRequest) -> HttpResponse:
        view = MapView.read(self.layer, self.ledger, request)
        frame = framed(view, request)
        context = {
            "layer": self.layer,
            "ledger": self.ledger,
            "view": view,
            "picture": Picture.of(view.layer, view.points, frame, view.legend, heat=view.shown_as),
            "moves": frame.moves(view.query()),
            "view_url": (view.query() or "?") + ("&view=" if view.query() else "view="),
            "marks": MARKS,
            "map_url": reverse(f"map.{self.layer.code}") + view.query(),
            "list_url": self.ledger.url() + view.listing.query(),
            "print_url": reverse(f"map.{self.layer.code}.print") + view.query(more=[("view", frame.address)]),
            **legend_context(view),
        }
        if request.headers.get("HX-Request"):
            return render(request, "web/map/drawn_part.html", context)
        request.trail = [Crumb("简图")]  # type: ignore[attr-defined]
        context |= beside(self.layer, self.ledger, view.listing) | own_filter_row(view, request)
        return render(request, "web/map/drawn.html", context)


class MapPrint(LayerPage):
    """``/map/<layer>/print/``: the picture with legend, conditions in words, scale, north, time and name."""

    def get(self, request: HttpRequest) -> HttpResponse:
        view = MapView.read(self.layer, self.ledger, request)
        frame = framed(view, request)
        picture = Picture.of(view.layer, view.points, frame, view.legend, heat=view.shown_as)
        request.trail = [Crumb("打印")]  # type: ignore[attr-defined]
        context = {
            "layer": self.layer,
            "ledger": self.ledger,
            "view": view,
            "picture": picture,
            "marks": MARKS,
            "words": view.listing.words(),
            "as_of": words_of(now()),
            "total": view.listing.chosen.total(),
            "unlocated": unlocated(view.listing),
            "back_url": reverse(f"map.{self.layer.code}") + view.query(),
            **legend_context(view),
        }
        return render(request, "web/map/print.html", context)


def framed(view: MapView, request: HttpRequest) -> Frame:
    """The part of the world that an address asks for (``view=lon,lat,zoom``), else all that is selected."""
    return frame_of(request.GET.get("view", ""), view.extent)


def pages_of_layer(layer: PointLayer) -> Iterator[Page]:
    """
    The tiles of a layer and the card of a point; where it has a ledger also its map, the list that follows the map,
    the picture and the sheet to print.
    """
    code = layer.code

    def make(name: str, path: str, label: str, view: type[LayerPage], *, entry: bool = False) -> Page:
        return Page(
            name,
            path,
            label,
            view.as_view(layer=layer),
            permission=layer.permission,
            chapter=CHAPTER if layer.item else "",
            item=layer.item,
            entry=entry,
            ledger="" if entry else layer.ledger or layer.record,
        )

    yield make(f"tiles.{code}", f"tiles/{code}/<int:z>/<int:x>/<int:y>.mvt", "瓦片", TilePage)
    card = MapCard if layer.ledger else OverlayCard
    yield make(f"map.{code}.card", f"map/{code}/<uuid:uid>/card/", "图上卡片", card)
    if not layer.ledger:
        return
    yield make(f"map.{code}", f"map/{code}/", layer.item, MapPage, entry=True)
    yield make(f"map.{code}.list", f"map/{code}/list/", "图上列表", MapList)
    yield make(f"map.{code}.drawn", f"map/{code}/drawn/", "简图", DrawnMap)
    yield make(f"map.{code}.print", f"map/{code}/print/", "打印地图", MapPrint)

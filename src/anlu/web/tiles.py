"""
Vector tiles of point layers, drawn from the same rows, filters and scope as the lists.

A point knows its cell at 2**24 cells per world side (``Located``), so a tile is a range of integers and a grid cell
a shift of bits: no spatial database. A tile with few points holds the points; a tile with many holds counts on a
grid of 16 × 16 cells. The ETag carries the state of the data, the selection and the scope of the person: a
tile kept without the scope would be a leak (``foundations`` 2.4).
"""

from __future__ import annotations

import gzip
import hashlib
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

import mapbox_vector_tile
import shapely
from django.db.models import Avg, Case, Count, F, IntegerField, Min, QuerySet, Value, When
from django.db.models import Max as Greatest
from django.http import Http404, HttpRequest, HttpResponse

from anlu.kernel.core.filters import Filter, Selection
from anlu.kernel.core.models import AuditEntry, Batch, Record
from anlu.kernel.core.registry import Registry
from anlu.kernel.core.revisions import token
from anlu.kernel.core.scope import Viewer
from anlu.kernel.places.models import Located
from anlu.web.viewers import require_viewer

EXTENT = 4096
GRID_BITS = 4  # 16 × 16 cells in a tile, so that the circles drawn for them have room
NEAR_ZOOM = 12
POINTS_NEAR = 2_000  # most points of a tile from NEAR_ZOOM on
POINTS_FAR = 250  # most points of a tile seen from afar
DEEPEST_ZOOM = 22
SEVERITIES = ("damage", "slight", "serious", "fatal")  # from the least to the worst
MEDIA_TYPE = "application/vnd.mapbox-vector-tile"
GZIP_FROM_BYTES = 1_000


@dataclass(frozen=True)
class PointLayer:
    """
    A layer of the map: the records of a ``Located`` table as points.

    ``number`` and ``severity`` name the columns that the points carry ("" = none), ``ledger`` the ledger whose list
    stands beside the map, ``item`` the line of the chapter 一张图, ``revision`` the revision that every write touches.
    """

    code: str
    label: str
    model: type[Record]
    permission: str
    ledger: str
    item: str
    filters: tuple[Filter, ...] = ()
    number: str = "number"
    severity: str = ""
    revision: str = ""
    legend: Mapping[str, str] = field(default_factory=dict)

    def rows(self, viewer: Viewer | None, selection: Selection) -> QuerySet[Any]:
        """Located rows of the selection that ``viewer`` may see."""
        scoped = self.model.objects.visible_to(viewer, self.permission)
        return scoped.filter(selection.q(), cell_x__isnull=False).order_by()


layers: Registry[PointLayer] = Registry("map layer")


@dataclass(frozen=True)
class Tile:
    """A web-mercator tile."""

    z: int
    x: int
    y: int

    @property
    def shift(self) -> int:
        """Bits between a cell and this tile."""
        return Located.CELL_ZOOM - self.z

    @property
    def exists(self) -> bool:
        """True when it lies on the map."""
        return 0 <= self.z <= DEEPEST_ZOOM and 0 <= self.x < 2**self.z and 0 <= self.y < 2**self.z

    def within(self, rows: QuerySet[Any]) -> QuerySet[Any]:
        """The rows that lie in this tile."""
        first_x, first_y = self.x << self.shift, self.y << self.shift
        side = 1 << self.shift
        return rows.filter(
            cell_x__range=(first_x, first_x + side - 1), cell_y__range=(first_y, first_y + side - 1)
        )

    def place(self, cell_x: float, cell_y: float) -> tuple[float, float]:
        """Where a cell lies in the tile's own units, 0 to ``EXTENT``."""
        scale = EXTENT / (1 << self.shift)
        return (cell_x - (self.x << self.shift)) * scale, (cell_y - (self.y << self.shift)) * scale


@dataclass(frozen=True)
class Feature:
    """A point of a tile with what it carries."""

    x: float
    y: float
    properties: dict[str, Any]


def features_of(layer: PointLayer, rows: QuerySet[Any], tile: Tile) -> list[Feature]:
    """Single points where they are few, counts per grid cell where they are many."""
    inside = tile.within(rows)
    limit = POINTS_NEAR if tile.z >= NEAR_ZOOM else POINTS_FAR
    names = [name for name in (layer.number, layer.severity) if name]
    found = list(inside.values_list("cell_x", "cell_y", "uid", *names)[: limit + 1])
    if len(found) <= limit:
        return [_single(layer, tile, names, one) for one in found]
    return list(_counts(layer, inside, tile))


def _single(layer: PointLayer, tile: Tile, names: Sequence[str], values: Sequence[Any]) -> Feature:
    cell_x, cell_y, uid, *rest = values
    carried = dict(zip(names, rest, strict=True))
    properties = {"uid": str(uid)}
    if layer.number:
        properties["number"] = str(carried[layer.number])
    if layer.severity:
        properties["severity"] = str(carried[layer.severity])
    return Feature(*tile.place(cell_x, cell_y), properties)


def _counts(layer: PointLayer, inside: QuerySet[Any], tile: Tile) -> Iterator[Feature]:
    """One feature for each grid cell that holds something; a cell with one record is that record."""
    shift = max(0, tile.shift - GRID_BITS)
    grouped = inside.annotate(
        grid_x=F("cell_x").bitrightshift(shift), grid_y=F("cell_y").bitrightshift(shift)
    ).values("grid_x", "grid_y")
    measures: dict[str, Any] = {"n": Count("pk"), "x": Avg("cell_x"), "y": Avg("cell_y"), "one": Min("pk")}
    if layer.severity:
        measures["worst"] = Greatest(_rank(layer.severity))
    cells = list(
        grouped.annotate(**measures).values_list("n", "x", "y", "one", *(["worst"] if layer.severity else []))
    )
    alone = _singles(layer, [cell[3] for cell in cells if cell[0] == 1])
    for n, x, y, one, *worst in cells:
        properties = {"n": n, **(alone.get(one, {}) if n == 1 else {})}
        if worst:
            properties["severity_max"] = SEVERITIES[worst[0]]
        yield Feature(*tile.place(x, y), properties)


def _rank(column: str) -> Case:
    known = [When(**{column: code}, then=Value(rank)) for rank, code in enumerate(SEVERITIES)]
    return Case(*known, default=Value(0), output_field=IntegerField())


def _singles(layer: PointLayer, keys: list[int]) -> dict[int, dict[str, str]]:
    """What single records carry, by key. The keys come from rows that were scoped already."""
    names = ["uid", *([layer.number] if layer.number else [])]
    found = {}
    for first in range(0, len(keys), 500):
        some = layer.model._default_manager.filter(pk__in=keys[first : first + 500])
        for key, *values in some.values_list("pk", *names):
            found[key] = dict(zip(("uid", "number"), map(str, values), strict=False))
    return found


def encoded(features: Sequence[Feature]) -> bytes:
    """The features as a Mapbox vector tile with one layer, ``points``."""
    points = shapely.points([(feature.x, feature.y) for feature in features]) if features else []
    drawn = [
        {"geometry": point, "properties": feature.properties}
        for point, feature in zip(points, features, strict=True)
    ]
    content = [{"name": "points", "features": drawn}] if drawn else []
    written: bytes = mapbox_vector_tile.encode(
        content, default_options={"extents": EXTENT, "y_coord_down": True}
    )
    return written


# ------------------------------------------------------------------------------------------------ answering


def data_mark(layer: PointLayer) -> str:
    """
    A text that differs whenever rows of the layer may have changed.

    The app touches the layer's revision with every write; a layer without one goes by the audit, in which every write
    of anything leaves an entry. Batches become visible by a change of their state.
    """
    if layer.revision:
        written = token(layer.revision)
    else:
        written = AuditEntry.objects.order_by("-pk").values_list("pk", flat=True).first() or 0
    batch = Batch.objects.order_by("-pk").values_list("pk", "state", "finished_at").first()
    hidden = list(Record.hidden_batches().order_by("pk").values_list("pk", flat=True))
    return repr((written, batch, hidden))


def etag_of(layer: PointLayer, viewer: Viewer, selection: Selection, tile: Tile, mark: str) -> str:
    """Changes with the data, the selection, the scope and the tile."""
    parts = (layer.code, mark, selection.query_string(), viewer.scope_for(layer.permission).digest(), tile)
    return hashlib.blake2b(repr(parts).encode(), digest_size=16).hexdigest()


def answer_tile(request: HttpRequest, layer: PointLayer, tile: Tile) -> HttpResponse:
    """The tile, or 304 when the browser has it already."""
    if not tile.exists:
        raise Http404(layer.label)
    viewer = require_viewer(request)
    selection = Selection.read(layer.filters, dict(request.GET.lists()))
    etag = f'W/"{etag_of(layer, viewer, selection, tile, data_mark(layer))}"'
    if etag in request.headers.get("If-None-Match", ""):
        answer = HttpResponse(status=304)
    else:
        body = encoded(features_of(layer, layer.rows(viewer, selection), tile))
        answer = compressed(request, body)
    answer.headers["ETag"] = etag
    answer.headers["Cache-Control"] = "private, max-age=0, must-revalidate"
    answer.headers["Vary"] = "Cookie, Accept-Encoding"
    return answer


def compressed(request: HttpRequest, body: bytes) -> HttpResponse:
    """The tile, packed where the browser takes it; nothing in it is secret from the person who gets it."""
    if len(body) < GZIP_FROM_BYTES or "gzip" not in request.headers.get("Accept-Encoding", ""):
        return HttpResponse(body, content_type=MEDIA_TYPE)
    answer = HttpResponse(gzip.compress(body, compresslevel=5), content_type=MEDIA_TYPE)
    answer.headers["Content-Encoding"] = "gzip"
    return answer

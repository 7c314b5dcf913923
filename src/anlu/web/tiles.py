"""
Vector tiles of point layers, drawn from the same rows, filters and scope as the lists.

A point knows its cell at 2**24 cells per world side (``Located``), so a tile is a run of sorted keys
(``kernel.places.points``): no spatial database. A tile has a grid of 16 × 16 cells: a cell with few points holds the
points, a cell with many their count, so that nothing shows where one tile ends and the next begins; near by all are
points. A tile for the heat map holds counts and weights on a finer grid. The ETag carries the state
of the data, the selection and the scope of the person: a tile kept without the scope would be a leak
(``foundations`` 2.4).
"""

from __future__ import annotations

import gzip
import hashlib
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any, Final

import numpy as np
import shapely
from django.db.models import QuerySet
from django.http import Http404, HttpRequest, HttpResponse
from numpy.typing import NDArray

from anlu.engine.quadtree import runs_of
from anlu.kernel.core.filters import Filter, Selection
from anlu.kernel.core.models import AuditEntry, Batch, Record
from anlu.kernel.core.registry import Registry
from anlu.kernel.core.revisions import tokens
from anlu.kernel.core.scope import Viewer
from anlu.kernel.indicators.picks import Picked
from anlu.kernel.indicators.tables import Dimension
from anlu.kernel.places.models import Located
from anlu.kernel.places.points import Points, points_of
from anlu.kernel.places.services import AREAS_REVISION, ROADS_REVISION
from anlu.web.ledgers import Column
from anlu.web.viewers import require_viewer

EXTENT = 4096
GRID_BITS = 4  # 16 × 16 cells in a tile, so that the circles drawn for them have room
HEAT_BITS = 5
NEAR_ZOOM = 12
ALONE_NEAR, ALONE_FAR = 8, 3  # most points of a cell that are drawn one by one, from NEAR_ZOOM on and before
CLOSE_ZOOM = 14
POINTS_CLOSE = 2_000  # a tile from CLOSE_ZOOM on with no more than that has points only
DEEPEST_ZOOM = 22
FETCHED = 500  # records asked for by key at once
MEDIA_TYPE = "application/vnd.mapbox-vector-tile"
GZIP_FROM_BYTES = 1_000
HEAT: Final = "heat"


@dataclass(frozen=True)
class Theme:
    """
    A fact that a map may tell its points apart by: one class of the legend for each of its values.

    ``path`` is the column, ``choices`` gives (value, label) in the order of the legend, ``marks`` the mark
    (``web.marks``) of a value; values without one get the marks of classes, the most frequent first, or in their own
    order where that means something (``ordered``: hours, days). ``groups`` puts several values into one class.
    """

    code: str
    label: str
    path: str
    choices: Callable[[], Iterable[tuple[str, str]]]
    marks: Mapping[str, str] = field(default_factory=dict)
    groups: Mapping[str, str] = field(default_factory=dict)
    ordered: bool = False


@dataclass(frozen=True)
class PointLayer:
    """
    A layer of the map: the records of a ``Located`` table as points.

    ``number`` names the column that people call a record by, ``themes`` the facts that it may be coloured by, the first
    at first; ``weights`` what a record of each value of the first theme counts on the weighted heat map, in words in
    ``weights_note``. ``ledger`` is the ledger whose list stands beside the map and ``item`` the line of the chapter
    一张图; a layer without a ledger has no map of its own and is offered on the maps of the others, its points told
    by ``facts`` and opened in the ledger ``record``. ``revision`` is the revision that every write touches. ``roads``
    divides its records by road, so that boards can colour the roads by what happened on them.
    """

    code: str
    label: str
    model: type[Record]
    permission: str
    ledger: str = ""
    item: str = ""
    filters: tuple[Filter, ...] = ()
    number: str = "number"
    themes: tuple[Theme, ...] = ()
    weights: Mapping[str, float] = field(default_factory=dict)
    weights_note: str = ""
    revision: str = ""
    facts: tuple[Column, ...] = ()
    record: str = ""
    roads: Callable[[], Dimension] | None = None

    def rows(self, viewer: Viewer | None, selection: Selection) -> QuerySet[Any]:
        """Located rows of the selection that ``viewer`` may see."""
        scoped = self.model.objects.visible_to(viewer, self.permission)
        return scoped.filter(selection.q(), cell_x__isnull=False).order_by()

    def points(self, viewer: Viewer, selection: Selection, mark: str = "") -> Points:
        """The same rows as points in memory; ``mark`` is the state of the data where the caller knows it."""
        rows = self.rows(viewer, selection)

        def keys() -> NDArray[np.int64] | None:
            pick = Picked.of(rows)
            return None if pick is None else pick.keys

        return points_of(
            rows,
            keys=keys,
            mark=mark or data_mark(self),
            scope=scope_digest(self, viewer),
            selection=selection.query_string() + repr(selection.problems),
        )

    def theme(self, code: str) -> Theme | None:
        """The theme with this code, else the first; None where the layer has none."""
        return next((one for one in self.themes if one.code == code), self.themes[0] if self.themes else None)


def scope_digest(layer: PointLayer, viewer: Viewer) -> str:
    """Whose rows: two people with the same digest see the same points."""
    return layer.model.scope_of(viewer, layer.permission).digest()


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


@dataclass(frozen=True)
class Look:
    """What a tile is wanted for: points told apart by a theme, or heat."""

    theme: Theme | None = None
    heat: bool = False

    @classmethod
    def read(cls, layer: PointLayer, values: Mapping[str, Any]) -> Look:
        """From the parameters ``by`` and ``as`` of an address."""
        return cls(layer.theme(str(values.get("by", ""))), values.get("as") == HEAT)

    @property
    def name(self) -> str:
        """Tells any two looks apart."""
        return f"{self.theme.code if self.theme else ''}:{self.heat}"


def features_of(layer: PointLayer, points: Points, tile: Tile, look: Look) -> list[Feature]:
    """Single points where they are few, counts per grid cell where they are many; weights for heat."""
    inside = points.in_tile(tile.z, tile.x, tile.y)
    if look.heat:
        return list(_heat(layer, inside, tile))
    if tile.z >= CLOSE_ZOOM and len(inside) <= POINTS_CLOSE:
        return list(_singles(layer, inside, tile, look))
    return list(_grid(layer, inside, tile, look))


def _singles(layer: PointLayer, inside: Points, tile: Tile, look: Look) -> Iterator[Feature]:
    known = carried_by(layer, inside.pk.tolist(), look.theme)
    for pk, x, y in zip(inside.pk.tolist(), inside.x.tolist(), inside.y.tolist(), strict=True):
        if pk in known:
            yield Feature(*tile.place(x, y), known[pk])


def _grid(layer: PointLayer, inside: Points, tile: Tile, look: Look) -> Iterator[Feature]:
    """Points of the cells that hold few, one count for each of the others."""
    runs = runs_of(inside.key >> 2 * max(0, tile.shift - GRID_BITS))
    crowded = runs.lengths > (ALONE_NEAR if tile.z >= NEAR_ZOOM else ALONE_FAR)
    means = (runs.means(inside.x)[crowded].tolist(), runs.means(inside.y)[crowded].tolist())
    for x, y, n in zip(*means, runs.lengths[crowded].tolist(), strict=True):
        yield Feature(*tile.place(x, y), {"n": n})
    yield from _singles(layer, inside.only(~np.repeat(crowded, runs.lengths)), tile, look)


def _heat(layer: PointLayer, inside: Points, tile: Tile) -> Iterator[Feature]:
    runs = runs_of(inside.key >> 2 * max(0, tile.shift - HEAT_BITS))
    weights = runs.sums(weights_of(layer, inside)).round(1)
    means = zip(runs.means(inside.x).tolist(), runs.means(inside.y).tolist(), strict=True)
    for (x, y), n, weight in zip(means, runs.lengths.tolist(), weights.tolist(), strict=True):
        yield Feature(*tile.place(x, y), {"n": n, "w": weight})


def weights_of(layer: PointLayer, points: Points) -> Any:
    """What each point (n,) counts on the weighted heat map; 1 where the layer knows no weights."""
    if not layer.weights or not layer.themes:
        return np.ones(len(points))
    values, codes = points.codes(layer.themes[0].path)
    return np.array([layer.weights.get(value, 1.0) for value in values])[codes]


def carried_by(layer: PointLayer, keys: Sequence[int], theme: Theme | None) -> dict[int, dict[str, Any]]:
    """What single points carry, by key. The keys come from rows that were scoped already."""
    names = {"number": layer.number, **({"value": theme.path} if theme else {})}
    paths = {name: path for name, path in names.items() if path}
    found = {}
    for first in range(0, len(keys), FETCHED):
        rows = layer.model._default_manager.filter(pk__in=keys[first : first + FETCHED])
        for key, uid, *values in rows.values_list("pk", "uid", *paths.values()):
            texts = ("" if value is None else str(value) for value in values)
            found[key] = {"uid": str(uid), **dict(zip(paths, texts, strict=True))}
    return found


def encoded(features: Sequence[Feature]) -> bytes:
    """The features as a Mapbox vector tile with one layer, ``points``."""
    points = shapely.points([(feature.x, feature.y) for feature in features]) if features else []
    drawn = [
        {"geometry": point, "properties": feature.properties}
        for point, feature in zip(points, features, strict=True)
    ]
    import mapbox_vector_tile

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
        written: Any = tokens(layer.revision, AREAS_REVISION, ROADS_REVISION)
    else:
        written = AuditEntry.objects.order_by("-pk").values_list("pk", flat=True).first() or 0
    batch = Batch.objects.order_by("-pk").values_list("pk", "state", "finished_at").first()
    hidden = Record.hidden_batches()
    return repr((written, batch, hidden))


def etag_of(
    layer: PointLayer, viewer: Viewer, selection: Selection, tile: Tile, *, mark: str, look: Look
) -> str:
    """Changes with the data, the selection, the scope, the tile and what it is wanted for."""
    parts = (layer.code, mark, selection.query_string(), scope_digest(layer, viewer), tile, look.name)
    return hashlib.blake2b(repr(parts).encode(), digest_size=16).hexdigest()


def answer_tile(
    request: HttpRequest, layer: PointLayer, tile: Tile, filters: Iterable[Filter]
) -> HttpResponse:
    """The tile, or 304 when the browser has it already."""
    if not tile.exists:
        raise Http404(layer.label)
    viewer = require_viewer(request)
    selection = Selection.read(filters, dict(request.GET.lists()))
    look, mark = Look.read(layer, request.GET), data_mark(layer)
    etag = f'W/"{etag_of(layer, viewer, selection, tile, mark=mark, look=look)}"'
    if etag in request.headers.get("If-None-Match", ""):
        answer = HttpResponse(status=304)
    else:
        body = encoded(features_of(layer, layer.points(viewer, selection, mark), tile, look))
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

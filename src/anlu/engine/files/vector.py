"""
Vector files: GeoPackage, GeoJSON, Shapefile, FlatGeobuf, through GDAL without a data-frame library.

Geometries stay well-known binary until somebody asks for shapes or points: a million points need no million
objects.
"""

import logging
import os
import warnings
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np
import pyogrio
import shapely
from numpy.typing import ArrayLike, NDArray
from pyogrio.errors import DataLayerError, DataSourceError, FieldError
from pyproj import CRS
from pyproj.exceptions import CRSError

from anlu.engine.errors import BadInput

from .placing import replacing
from .records import Place, missing_column
from .tables import write_table

DRIVERS = {
    ".gpkg": "GPKG",
    ".geojson": "GeoJSON",
    ".json": "GeoJSON",
    ".shp": "ESRI Shapefile",
    ".fgb": "FlatGeobuf",
}
WRITTEN = (".gpkg", ".geojson", ".shp", ".fgb", ".csv", ".csv.gz")
PLAIN_POINT = 21  # bytes of a two-dimensional point: byte order, type, x, y

# GDAL's remarks would be a second line on standard error.
logging.getLogger("pyogrio").addHandler(logging.NullHandler())
logging.getLogger("pyogrio").propagate = False


@dataclass(frozen=True, eq=False)
class Features:
    """
    One layer of a vector file.

    Attributes
    ----------
    file
        As the user named it.
    layer
        Name of the layer.
    crs
        Coordinate system, None when the file has none.
    fields
        Attributes that were kept, (n,) each.
    wkb : (n,)
        Geometries as well-known binary; None where a feature has none.
    kind
        Geometry type of the layer ("LineString", "Point", "Unknown", ...).
    """

    file: str
    layer: str
    crs: CRS | None
    fields: dict[str, NDArray[Any]]
    wkb: NDArray[np.object_]
    kind: str

    def __len__(self) -> int:
        return len(self.wkb)

    @property
    def is_bare(self) -> bool:
        """True without rows and attributes: GeoJSON keeps attributes with the features, and there are none."""
        return not len(self) and not self.fields

    def column(self, name: str) -> NDArray[Any]:
        if self.is_bare:
            return np.empty(0, object)
        if name not in self.fields:
            raise missing_column(self.file, name, list(self.fields))
        return self.fields[name]

    def place(self, row: int) -> Place:
        return {"feature": row}

    def shapes(self, *kinds: str) -> NDArray[np.object_]:
        """
        Geometries as shapely objects (n,), None where there is none or an empty one.

        Raises
        ------
        BadInput
            A geometry is damaged, has coordinates that are no numbers, or is none of ``kinds`` (if given).
        """
        try:
            shapes = np.asarray(shapely.from_wkb(self.wkb))
        except shapely.errors.GEOSException:
            raise self._damaged() from None
        shapes[shapely.is_empty(shapes)] = None
        self._check(shapes, kinds)
        return shapes

    def points(self) -> tuple[NDArray[np.float64], NDArray[np.float64]]:
        """
        Coordinates (n,) of a layer of points, NaN where there is none.

        Raises
        ------
        BadInput
            A geometry is no point (or holds several).
        """
        xy = np.full((len(self), 2), np.nan)
        present = np.array([g is not None for g in self.wkb], bool)
        sizes = np.array([len(g) for g in self.wkb[present]])
        if (sizes == PLAIN_POINT).all():
            packed = np.frombuffer(b"".join(self.wkb[present]), _POINT)
            if (packed["order"] == 1).all() and (packed["type"] == 1).all():
                xy[present, 0], xy[present, 1] = packed["x"], packed["y"]
                xy[np.isnan(xy).any(axis=1)] = np.nan  # an empty point
                if np.isinf(xy).any():
                    raise self._not_finite(int(np.flatnonzero(np.isinf(xy).any(axis=1))[0]))
                return xy[:, 0], xy[:, 1]
        parts = self._single_points()
        there = np.flatnonzero(shapely.is_geometry(parts))
        xy[there] = shapely.get_coordinates(parts[there])
        return xy[:, 0], xy[:, 1]

    def _single_points(self) -> NDArray[np.object_]:
        shapes = self.shapes("Point", "MultiPoint")
        several = np.flatnonzero(shapely.get_num_geometries(shapes) > 1)
        if several.size:
            raise BadInput("一个要素含多个点", file=self.file, feature=int(several[0]), expected="Point")
        return np.asarray(shapely.get_geometry(shapes, 0))

    def _check(self, shapes: NDArray[np.object_], kinds: Sequence[str]) -> None:
        names = np.array([None if s is None else s.geom_type for s in shapes], object)
        if kinds:
            wrong = np.flatnonzero((names != None) & ~np.isin(names.astype(str), kinds))  # noqa: E711
            if wrong.size:
                row = int(wrong[0])
                raise BadInput(
                    "几何类型不对", file=self.file, feature=row, found=names[row], expected="、".join(kinds)
                )
        xy, owner = shapely.get_coordinates(shapes, return_index=True)
        bad = ~np.isfinite(xy).all(axis=1)
        if bad.any():
            raise self._not_finite(int(owner[bad][0]))

    def _not_finite(self, row: int) -> BadInput:
        return BadInput("坐标不是有限的数", file=self.file, feature=row)

    def _damaged(self) -> BadInput:
        for row, wkb in enumerate(self.wkb):
            try:
                shapely.from_wkb(wkb)
            except shapely.errors.GEOSException:
                return BadInput("几何数据已损坏", file=self.file, feature=row)
        return BadInput("几何数据已损坏", file=self.file)


_POINT = np.dtype([("order", "u1"), ("type", "<u4"), ("x", "<f8"), ("y", "<f8")])


def read_features(
    path: str | os.PathLike[str], *, layer: str | None = None, columns: Iterable[str] | None = None
) -> Features:
    """
    Read one layer.

    Parameters
    ----------
    layer
        Which, when the file has several. A file with a single layer gives that one whatever its name.
    columns
        Attributes to keep; by default all.

    Raises
    ------
    BadInput
        The file is no vector file or damaged; it has several layers and ``layer`` names none of them; an
        attribute asked for does not exist.
    """
    file = os.fspath(path)
    open(file, "rb").close()  # says by itself that a file is missing or a folder
    chosen = _layer_of(file, layer)
    try:
        info = pyogrio.read_info(file, layer=chosen)
        names = [str(name) for name in info["fields"]]
        wanted = names if columns is None else list(dict.fromkeys(columns))
        if not names and not info["features"]:
            wanted = []  # nothing happened, so nobody could write down its attributes
        for name in wanted:
            if name not in names:
                raise missing_column(file, name, names)
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")
            meta, _, wkb, data = pyogrio.raw.read(file, layer=chosen, columns=wanted)
    except (DataSourceError, DataLayerError, FieldError, ValueError, UnicodeDecodeError):
        raise BadInput("读不出来, 文件不完整或已损坏", file=file) from None
    if wkb is None:
        raise BadInput("这个图层没有几何", file=file, found=chosen)
    fields = {str(name): values for name, values in zip(meta["fields"], data, strict=True)}
    return Features(file, chosen, _crs_of(meta["crs"], file), fields, wkb, str(meta["geometry_type"]))


def _layers_of(file: str) -> list[str]:
    try:
        return [str(name) for name, _ in pyogrio.list_layers(file)]
    except (DataSourceError, ValueError):
        known = "GeoPackage、GeoJSON、Shapefile 或 FlatGeobuf"
        raise BadInput("不是可读的矢量文件", file=file, expected=known) from None


def _layer_of(file: str, layer: str | None) -> str:
    layers = _layers_of(file)
    if layer in layers:
        return str(layer)
    if len(layers) == 1:
        return layers[0]
    found = layer if layer is not None else "" if layers else "没有图层"
    raise BadInput(file=file, field="--layer", found=found, expected=f"{'、'.join(layers) or '有图层的文件'}")


def check_layer(layer: str | None, *files: str) -> None:
    """
    Refuse a layer that none of the vector files of a command has.

    One name serves all files of a command, and a file with a single layer needs none (``read_features``): a
    name is mistyped only when it fits nowhere.

    Raises
    ------
    BadInput
        No file has such a layer; the message lists those that there are.
    """
    if layer is None or not files:
        return
    present = [name for file in files for name in _layers_of(file)]
    if layer not in present:
        raise BadInput(
            "没有这个图层",
            file=files[0],
            field="--layer",
            found=layer,
            expected="、".join(dict.fromkeys(present)),
        )


def _crs_of(text: str | None, file: str) -> CRS | None:
    if not text:
        return None
    try:
        return CRS.from_user_input(text)
    except CRSError:
        raise BadInput("坐标系读不出来", file=file, found=text) from None


def check_output(path: str | os.PathLike[str]) -> None:
    """
    Refuse an output that could not be written, before the work is done.

    Raises
    ------
    BadInput
        The extension is unknown or the folder does not exist.
    """
    name = os.fspath(path)
    if not name.lower().endswith(WRITTEN):
        raise BadInput(field="--out", found=name, expected=" ".join(WRITTEN))
    with replacing(Path(name)):
        pass


def write_features(
    path: str | os.PathLike[str],
    geometry: ArrayLike | None,
    columns: Mapping[str, NDArray[Any]],
    *,
    crs: CRS | None,
    kind: str = "Unknown",
    layer: str | None = None,
) -> None:
    """
    Write rows as the extension of the path says; CSV gets the columns without geometry.

    Parameters
    ----------
    geometry : (n,)
        Well-known binary or shapely objects, None where a row has none.
    columns
        (n,) each; NaN and None become null.

    Raises
    ------
    BadInput
        The extension is unknown, the folder does not exist, or the format cannot hold these rows.
    """
    target = Path(path)
    if target.name.lower().endswith((".csv", ".csv.gz")):
        return write_table(target, columns)
    driver = DRIVERS.get(target.suffix.lower())
    if driver is None:
        raise BadInput(field="--out", found=str(path), expected=" ".join(WRITTEN))
    shapes = np.asarray(geometry, object)
    wkb = np.array([_as_wkb(shape) for shape in shapes], object)
    with replacing(target) as part, warnings.catch_warnings():
        warnings.simplefilter("ignore")  # a Shapefile cuts long names: said in the documentation
        try:
            pyogrio.raw.write(
                str(part),
                wkb,
                [_writable(values) for values in columns.values()],
                list(columns),
                [_is_null(values) for values in columns.values()],
                layer=layer or target.name.split(".")[0],
                driver=driver,
                geometry_type=kind,
                crs=crs.to_wkt() if crs is not None else None,
                encoding="UTF-8" if driver == "ESRI Shapefile" else None,
                **({"SPATIAL_INDEX": "NO"} if driver == "FlatGeobuf" else {}),  # keeps the order of rows
            )
        except (DataSourceError, DataLayerError, FieldError, ValueError) as problem:
            raise BadInput(f"写不进这种格式: {problem}", file=str(path)) from None


def _as_wkb(shape: Any) -> bytes | None:
    return shape if shape is None or isinstance(shape, bytes) else bytes(shapely.to_wkb(shape))


def _is_null(values: NDArray[Any]) -> NDArray[np.bool_]:
    if values.dtype.kind == "f":
        return np.asarray(np.isnan(values))
    if values.dtype.kind == "M":
        return np.asarray(np.isnat(values))
    if values.dtype.kind == "O":
        return np.array([value is None or value != value for value in values], bool)
    return np.zeros(len(values), bool)


def _writable(values: NDArray[Any]) -> NDArray[Any]:
    if values.dtype.kind in "US":
        return values.astype(object)
    if values.dtype.kind == "M":
        return values.astype("datetime64[ms]") if values.dtype != np.dtype("datetime64[D]") else values
    return values

"""Road and crash files of the risk commands, read into the network's metres."""

from __future__ import annotations

import argparse
import math
import os
from dataclasses import dataclass
from typing import Any

import numpy as np
import shapely
from numpy.typing import NDArray
from pyproj import CRS
from pyproj.exceptions import CRSError

from anlu.engine.errors import BadInput
from anlu.engine.files.records import Records, numbers
from anlu.engine.files.tables import is_table, read_table
from anlu.engine.files.vector import Features, check_layer, read_features
from anlu.engine.roads.network import Floats, Network, build_network
from anlu.engine.roads.projection import Projection, length_true

DEGREES = 360.0  # coordinates all within this can hardly be metres


def number_of(field: str, text: str | None, *, positive: bool = False) -> float | None:
    """
    An argument as a finite number that is not negative.

    Raises
    ------
    BadInput
        It is not.
    """
    if text is None:
        return None
    try:
        value = float(text)
    except ValueError:
        value = math.nan
    if not math.isfinite(value) or value < 0 or (positive and value == 0):
        raise BadInput(field=field, found=text, expected="大于 0 的数" if positive else "不小于 0 的数")
    return value


@dataclass(frozen=True, eq=False)
class RoadFile:
    """
    A network and the file it came from.

    ``network.line`` numbers the features of the file; ``projection`` leads between its coordinates and
    metres.
    """

    features: Features
    network: Network
    projection: Projection | None

    def to_metres(self, crs: CRS | None, x: Floats, y: Floats) -> tuple[Floats, Floats]:
        """
        Points of another file in the network's metres; without a system they are taken to be in the
        network's.
        """
        if self.projection is None:
            return x, y
        if crs is None:
            return self.projection.to_metres(x, y)
        return self.projection.from_other(crs, x, y)


def read_network(path: str, layer: str | None, *, columns: list[str] | None = None) -> RoadFile:
    """
    Read a file of lines as a network in metres.

    Raises
    ------
    BadInput
        No line file, no usable line, or a coordinate system that cannot be right.
    """
    features = read_features(path, layer=layer, columns=columns)
    shapes = features.shapes("LineString", "MultiLineString")
    if not shapely.is_geometry(shapes).any():
        raise BadInput("路网里没有可用的线", file=path)
    projection = projection_of(features, shapes)
    if projection is not None and not projection.unchanged:
        shapes = in_metres(features, shapes, projection)
    network = build_network(shapes)
    if not network.edges:
        raise BadInput("路网里没有可用的线", file=path)
    return RoadFile(features, network, projection)


def projection_of(features: Features, shapes: NDArray[np.object_]) -> Projection | None:
    """
    Where the lengths of a file are true; None when it has no coordinate system and can only be in metres.

    Raises
    ------
    BadInput
        It has none, but its coordinates look like degrees; or they do not fit the system.
    """
    bounds = shapely.total_bounds(shapes)
    if features.crs is None:
        if np.isfinite(bounds).all() and np.abs(bounds).max() <= DEGREES:
            raise BadInput("没有坐标系, 而坐标像是经纬度", file=features.file, expected="带坐标系的文件")
        return None
    try:
        return length_true(features.crs, bounds[[0, 2]], bounds[[1, 3]])
    except ValueError:
        raise BadInput(
            "坐标与坐标系不符", file=features.file, found=features.crs.name, expected="地理或投影坐标系"
        ) from None


def in_metres(features: Features, shapes: NDArray[np.object_], projection: Projection) -> NDArray[np.object_]:
    """Shapes in the metric system."""
    xy, owner = shapely.get_coordinates(shapes, return_index=True)
    moved = np.stack(projection.to_metres(xy[:, 0], xy[:, 1]), axis=1)
    bad = np.isnan(moved).any(axis=1)
    if bad.any():
        where = int(owner[bad][0])
        raise BadInput("坐标不在坐标系的范围内", file=features.file, feature=where, found=xy[bad][0].tolist())
    return np.asarray(shapely.set_coordinates(shapely.force_2d(shapes), moved))


@dataclass(frozen=True, eq=False)
class CrashFile:
    """Crashes of a file: its columns, and x, y (n,) in its own coordinates, NaN where there are none."""

    records: Records
    x: Floats
    y: Floats
    crs: CRS | None


def read_crashes(args: argparse.Namespace, columns: list[str]) -> CrashFile:
    """
    Read the file of ``--events`` with the columns asked for.

    Raises
    ------
    BadInput
        No point file and no table; a table without ``--x`` and ``--y``; coordinates that are no numbers.
    """
    if not is_table(args.events):
        for option in ("x", "y", "crs"):
            if getattr(args, option) is not None:
                raise BadInput("只用于表格", field=f"--{option}", file=args.events)
        features = read_features(args.events, layer=args.layer, columns=columns)
        x, y = features.points()
        return CrashFile(features, x, y, features.crs)
    for option in ("x", "y"):
        if getattr(args, option) is None:
            raise BadInput("表格要用 --x 和 --y 指明坐标列", file=args.events, field=f"--{option}")
    crs = crs_of(args.crs)
    table = read_table(args.events, columns=[args.x, args.y, *columns])
    x, y = (numbers(table, name, missing=math.nan) for name in (args.x, args.y))
    return CrashFile(table, x, y, crs)


def crs_of(text: str | None) -> CRS | None:
    """
    A coordinate system by its name.

    Raises
    ------
    BadInput
        There is no such system.
    """
    if text is None:
        return None
    try:
        return CRS.from_user_input(text)
    except CRSError:
        raise BadInput(field="--crs", found=text, expected="EPSG:n, 如 EPSG:4490") from None


def check_files(*paths: str | None, layer: str | None = None, out: str | None = None) -> None:
    """
    Name a missing file or layer, or a result that would take the place of its source, before a long
    computation begins; tables have no layers.

    Raises
    ------
    FileNotFoundError
        A file is not there.
    BadInput
        No vector file among them has the layer, or ``out`` is one of the files.
    """
    present = [path for path in paths if path is not None]
    for path in present:
        if not os.path.exists(path):
            raise FileNotFoundError(2, "missing", path)
        if out is not None and os.path.exists(out) and os.path.samefile(out, path):
            raise BadInput("结果会盖掉输入的文件", field="--out", found=out, expected="另一个文件名")
    check_layer(layer, *(path for path in present if not is_table(path)))


def plain_columns(features: Features) -> dict[str, NDArray[Any]]:
    """All attributes of a layer, to be written out again."""
    return dict(features.fields)

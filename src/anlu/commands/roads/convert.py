"""``anlu roads convert``."""

from __future__ import annotations

import argparse
import math
import time
from typing import Any

import numpy as np
from numpy.typing import NDArray

from anlu.commands.output import print_json
from anlu.commands.roads.columns import with_results
from anlu.engine.errors import BadInput
from anlu.engine.files.records import numbers
from anlu.engine.files.tables import Table, read_table
from anlu.engine.files.vector import check_output, write_features
from anlu.engine.geo import CoordinateError, System, convert, convert_point

Floats = NDArray[np.float64]
EPSG = {"wgs84": 4326, "cgcs2000": 4490}  # GCJ-02 and BD-09 have no code: only a table can hold them


def run(args: argparse.Namespace) -> int:
    """Convert one place, or the places of a table."""
    if args.table is None:
        return _convert_place(args)
    return _convert_table(args)


def _convert_place(args: argparse.Namespace) -> int:
    for option in ("lon", "lat", "out"):
        if getattr(args, option) is not None:
            raise BadInput("只用于 --table", field=f"--{option}")
    if len(args.place) != 2:
        raise BadInput(field="经度 纬度", found=" ".join(args.place), expected="两个数, 或 --table")
    lon, lat = (_degrees(name, text) for name, text in zip(("经度", "纬度"), args.place, strict=True))
    try:
        lon, lat = convert_point(lon, lat, source=args.source, target=args.target)
    except CoordinateError:
        raise BadInput(
            "不在地球上", field="经度 纬度", found=" ".join(args.place), expected="经度 ±180, 纬度 ±90 之内"
        ) from None
    if args.json:
        print_json({"lon": lon, "lat": lat})
    else:
        print(f"{lon:.7f} {lat:.7f}")
    return 0


def _degrees(name: str, text: str) -> float:
    try:
        value = float(text)
    except ValueError:
        value = math.nan
    if not math.isfinite(value):
        raise BadInput(field=name, found=text, expected="以度为单位的数")
    return value


def _convert_table(args: argparse.Namespace) -> int:
    begun = time.perf_counter()
    if args.place:
        raise BadInput("给了 --table 就不要再给点", found=" ".join(args.place))
    for option in ("lon", "lat", "out"):
        if getattr(args, option) is None:
            raise BadInput("--table 还要有这个参数", field=f"--{option}")
    check_output(args.out)
    is_table = args.out.lower().endswith((".csv", ".csv.gz"))
    if not is_table and args.target not in EPSG:
        raise BadInput("这个坐标系没有标准代号", field="--out", found=args.out, expected=".csv .csv.gz")
    table = read_table(args.table)
    lon, lat = (numbers(table, name, missing=math.nan) for name in (args.lon, args.lat))
    lon, lat = _converted(table, args, lon, lat)
    columns = with_results(table.columns, {"lon": lon, "lat": lat})
    _write(args.out, columns, lon, lat, None if is_table else EPSG[args.target])
    done = int(np.isfinite(lon).sum())
    if args.json:
        print_json({"points": len(lon), "converted": done, "seconds": time.perf_counter() - begun})
    else:
        print(f"{len(lon)} 行, 转换 {done} 个点 → {args.out}")
    return 0


def _converted(table: Table, args: argparse.Namespace, lon: Floats, lat: Floats) -> tuple[Floats, Floats]:
    half = np.isnan(lon) | np.isnan(lat)
    lon, lat = np.where(half, np.nan, lon), np.where(half, np.nan, lat)
    for name, values, most in ((args.lon, lon, 180.0), (args.lat, lat, 90.0)):
        wrong = np.flatnonzero(np.abs(values) > most)
        if wrong.size:
            row = int(wrong[0])
            found, expected = table.column(name)[row], f"±{most:.0f} 之内的度数"
            raise BadInput(file=table.file, field=name, found=found, expected=expected, **table.place(row))
    source: System = args.source
    return convert(lon, lat, source=source, target=args.target)


def _write(out: str, columns: dict[str, Any], lon: Floats, lat: Floats, epsg: int | None) -> None:
    if epsg is None:
        return write_features(out, None, columns, crs=None)
    from pyproj import CRS  # 0.1 s that a table need not pay
    from shapely import points

    shapes = np.array(
        [None if math.isnan(x) else points(x, y) for x, y in zip(lon, lat, strict=True)], object
    )
    arrays = {name: np.asarray(values, object) for name, values in columns.items()}
    return write_features(
        out, shapes, {**arrays, "lon": lon, "lat": lat}, crs=CRS.from_epsg(epsg), kind="Point"
    )

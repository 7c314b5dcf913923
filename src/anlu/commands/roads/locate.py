"""``anlu roads locate``."""

from __future__ import annotations

import argparse
import math
import sys
import time
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
import shapely
from numpy.typing import NDArray
from pyproj import CRS

from anlu.commands.output import print_json
from anlu.commands.risk.inputs import RoadFile, check_files, crs_of, in_metres, number_of, projection_of
from anlu.commands.roads.columns import with_results
from anlu.engine.errors import BadInput
from anlu.engine.files.records import Records, chosen, numbers, texts
from anlu.engine.files.tables import Table, is_table, read_table
from anlu.engine.files.vector import check_output, read_features, write_features
from anlu.engine.roads.network import Floats, Ints, build_network
from anlu.engine.roads.referencing import (
    NO_ROAD,
    Roads,
    locate,
    places_of,
    reference_roads,
    side_codes,
    side_words,
)
from anlu.engine.roads.stakes import NotAStake, Side, Stake, format_stakes, parse_stake
from anlu.engine.roads.suspicion import suspected_reading

SIDES = {
    **dict.fromkeys(("左", "左幅", "左线", "下行", "left", "l", "z", "-1"), Side.LEFT),
    **dict.fromkeys(("右", "右幅", "右线", "上行", "right", "r", "y", "1"), Side.RIGHT),
    **dict.fromkeys(("", "0"), Side.NONE),
}


def run(args: argparse.Namespace) -> int:
    """Read, locate, write, and say how many and how long."""
    begun = time.perf_counter()
    max_offset_m = number_of("--max-offset", args.max_offset)
    check_output(args.out)
    check_files(args.network, args.points, args.stakes, layer=args.layer, out=args.out)
    file, roads = read_roads(args)
    work = _by_stakes if args.stakes is not None else _by_points
    points, located = work(args, file, roads, max_offset_m)
    seconds = time.perf_counter() - begun
    if args.json:
        print_json({"points": points, "located": located, "seconds": seconds})
    else:
        print(f"{points} 个点, 定位 {located} 个, 用时 {seconds:.2f} 秒 → {args.out}")
    return 0


# ------------------------------------------------------------ the roads


def read_roads(args: argparse.Namespace) -> tuple[RoadFile, Roads]:
    """
    The network of ``--network`` with the roads of ``--road``; lines without a road are left out.

    Raises
    ------
    BadInput
        No line file, no such column, no line with a road, a stake that is no number, an unknown carriageway.
    """
    columns = [name for name in (args.road, args.stake_start, args.carriageway) if name is not None]
    features = read_features(args.network, layer=args.layer, columns=columns)
    names = [road_name(value) for value in features.column(args.road)]
    shapes = features.shapes("LineString", "MultiLineString")
    shapes[[name is None for name in names]] = None
    if not shapely.is_geometry(shapes).any():
        raise BadInput("没有一条线有路线名", file=args.network, field=args.road)
    projection = projection_of(features, shapes)
    if projection is not None and not projection.unchanged:
        shapes = in_metres(features, shapes, projection)
    file = RoadFile(features, build_network(shapes), projection)
    if not file.network.edges:
        raise BadInput("路网里没有可用的线", file=args.network)
    stakes = None
    if args.stake_start is not None:
        stakes = numbers(features, args.stake_start, missing=math.nan)
    sides = None if args.carriageway is None else _sides(features, args.carriageway)
    return file, reference_roads(file.network, names, stake_start_m=stakes, side_of_line=sides)


def road_name(value: Any) -> str | None:
    """Name or number of a road as text; whole numbers without a decimal point; None where there is none."""
    if value is None or (isinstance(value, float | np.floating) and math.isnan(value)):
        return None
    if isinstance(value, float | np.floating) and float(value).is_integer():
        return str(int(value))
    return str(value).strip() or None


def _sides(records: Records, name: str) -> list[Side]:
    return chosen(records, name, lambda text: SIDES.get(text.lower()), "左、右、上行、下行或空")


# ------------------------------------------------------------ points to road and stake


@dataclass(frozen=True, eq=False)
class _Points:
    """Points of a file: its columns, and x, y (n,) in its own coordinates, NaN where there are none."""

    columns: Mapping[str, Any]
    x: Floats
    y: Floats
    crs: CRS | None


def _read_points(args: argparse.Namespace) -> _Points:
    if not is_table(args.points):
        for option in ("x", "y", "crs"):
            if getattr(args, option) is not None:
                raise BadInput("只用于表格", field=f"--{option}", file=args.points)
        features = read_features(args.points, layer=args.layer)
        return _Points(features.fields, *features.points(), features.crs)
    for option in ("x", "y"):
        if getattr(args, option) is None:
            raise BadInput("表格要用 --x 和 --y 指明坐标列", file=args.points, field=f"--{option}")
    crs = crs_of(args.crs)
    table = read_table(args.points)
    x, y = (numbers(table, name, missing=math.nan) for name in (args.x, args.y))
    return _Points(table.columns, x, y, crs)


def _by_points(
    args: argparse.Namespace, file: RoadFile, roads: Roads, max_offset_m: float | None
) -> tuple[int, int]:
    points = _read_points(args)
    _warn(file, points)
    x, y = file.to_metres(points.crs, points.x, points.y)
    found = locate(roads, x, y, max_offset_m)
    results = {
        "road": [None if number < 0 else roads.names[number] for number in found.road],
        "chainage_m": found.chainage_m,
        "stake": format_stakes(found.chainage_m),
        "offset_m": found.offset_m,
        "side": [side.value or None for side in side_words(found.side)],
        "feature": _features(roads, found.edge),
    }
    _write(args.out, file, with_results(points.columns, results), x, y)
    return len(x), int(found.found.sum())


def _features(roads: Roads, edge: Ints) -> Floats:
    """Feature of the network on which each point lies, NaN for none."""
    return np.where(edge >= 0, roads.network.line[np.maximum(edge, 0)], np.nan).astype(np.float64)


def _warn(file: RoadFile, points: _Points) -> None:
    """Say on standard error that geographic points would fit the roads better in another system."""
    crs = points.crs or file.features.crs
    if crs is None or not crs.is_geographic or file.projection is None:
        return
    suspicion = suspected_reading(file.network, file.projection, points.x, points.y)
    if suspicion is not None:
        print(f"注意: {suspicion.hint()}", file=sys.stderr)


# ------------------------------------------------------------ road and stake to points


def _by_stakes(
    args: argparse.Namespace, file: RoadFile, roads: Roads, max_offset_m: float | None
) -> tuple[int, int]:
    for option, value in (
        ("--max-offset", max_offset_m),
        ("--x", args.x),
        ("--y", args.y),
        ("--crs", args.crs),
    ):
        if value is not None:
            raise BadInput("只用于 --points", field=option)
    if file.projection is None:
        raise BadInput("没有坐标系, 求不出经纬度", file=args.network, expected="带坐标系的路网")
    table = read_table(args.stakes)
    at_m, stake_sides = _chainages(table)
    sides = _sides(table, "side") if "side" in table.columns else [Side.NONE] * len(table)
    wanted = side_codes([side or other for side, other in zip(sides, stake_sides, strict=True)])
    lines = np.full(len(table), -1, np.int64)
    if "feature" in table.columns:
        lines = np.clip(numbers(table, "feature", missing=-1.0), -1.0, 2.0**53).astype(np.int64)
    places = places_of(roads, _road_numbers(table, roads), at_m, side=wanted, line=lines)
    lon, lat = file.projection.to_lonlat(places.x, places.y)
    columns = with_results(table.columns, {"lon": lon, "lat": lat})
    _write(args.out, file, columns, places.x, places.y)
    return len(table), int(places.found.sum())


def _road_numbers(table: Table, roads: Roads) -> Ints:
    """Road of each row, -1 for those that the network does not have."""
    numbers_of = {name: roads.numbers.get(name, NO_ROAD) for name in set(texts(table, "road"))}
    for name, number in numbers_of.items():
        if number == NO_ROAD and name.endswith(".0"):  # a whole number that went through a spreadsheet
            numbers_of[name] = roads.numbers.get(name[:-2], NO_ROAD)
    return np.array([numbers_of[name] for name in texts(table, "road")], np.int64)


def _chainages(table: Table) -> tuple[Floats, list[Side]]:
    """Chainage of each row, from ``chainage_m`` where that is given, else from ``stake``; NaN for neither."""
    if "chainage_m" not in table.columns and "stake" not in table.columns:
        raise BadInput(
            file=table.file, field="chainage_m", found="没有这一列", expected="chainage_m 或 stake 列"
        )
    at_m, sides = np.full(len(table), np.nan), [Side.NONE] * len(table)
    if "chainage_m" in table.columns:
        at_m = numbers(table, "chainage_m", missing=math.nan)
    known: dict[str, Stake] = {}
    for row, text in enumerate(texts(table, "stake") if "stake" in table.columns else ()):
        if text:
            stake = known[text] = known.get(text) or _stake(table, row, text)
            sides[row] = stake.side
            at_m[row] = stake.chainage_m if math.isnan(at_m[row]) else at_m[row]
    return at_m, sides


def _stake(table: Table, row: int, text: str) -> Stake:
    try:
        return parse_stake(text)
    except NotAStake:
        raise BadInput(
            file=table.file, field="stake", found=text, expected="桩号, 如 K12+345", **table.place(row)
        ) from None


# ------------------------------------------------------------ the result


def _write(out: str, file: RoadFile, columns: Mapping[str, Any], x: Floats, y: Floats) -> None:
    """Rows with their results; in vector files with the point, in the coordinates of the network."""
    if out.lower().endswith((".csv", ".csv.gz")):
        plain = {name: _whole(name, values) for name, values in columns.items()}
        return write_features(out, None, plain, crs=None)
    if file.projection is not None:
        x, y = file.projection.from_metres(x, y)
    there = np.isfinite(x) & np.isfinite(y)
    shapes = np.full(len(x), None, object)
    shapes[there] = shapely.points(x[there], y[there])
    arrays = {name: _array(values) for name, values in columns.items()}
    return write_features(out, shapes, arrays, crs=file.features.crs, kind="Point")


def _whole(name: str, values: Any) -> Any:
    """Numbers of features without a decimal point."""
    if name != "feature" or not isinstance(values, np.ndarray):
        return values
    return [None if math.isnan(value) else int(value) for value in values.tolist()]


def _array(values: Sequence[Any] | NDArray[Any]) -> NDArray[Any]:
    return values if isinstance(values, np.ndarray) else np.array(values, object)

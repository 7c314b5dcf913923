"""``anlu risk density``."""

from __future__ import annotations

import argparse
import math
import resource
import sys
import time
from typing import Any

import numpy as np
import shapely
from numpy.typing import NDArray

from anlu.commands.output import print_json
from anlu.commands.risk.inputs import (
    CrashFile,
    RoadFile,
    check_files,
    number_of,
    read_crashes,
    read_network,
)
from anlu.engine.errors import BadInput
from anlu.engine.files.records import numbers
from anlu.engine.files.vector import Features, check_output, read_features, write_features
from anlu.engine.risk.bandwidth import choose_bandwidth
from anlu.engine.risk.density import Density, TooManyWalks, network_density
from anlu.engine.risk.positions import Positions, cut_lixels, lixel_lines, on_edges, place_crashes
from anlu.engine.roads.matching import snap
from anlu.engine.roads.network import Floats

AUTO = "auto"  # a bandwidth to be chosen by likelihood


def run(args: argparse.Namespace) -> int:
    """Read, compute, write, and say how many and how long."""
    begun = time.perf_counter()
    bandwidth_m = None
    if args.bandwidth != AUTO:
        bandwidth_m = number_of("--bandwidth", args.bandwidth, positive=True)
    tolerance_m = number_of("--junction-tolerance", args.junction_tolerance)
    max_snap_m = number_of("--max-snap", args.max_snap)
    lixel_m = number_of("--lixel", args.lixel, positive=True)
    check_output(args.out)
    check_files(args.network, args.events, args.at, layer=args.layer, out=args.out)
    roads = read_network(args.network, args.layer, columns=[])
    crashes = read_crashes(args, [] if args.weights is None else [args.weights])
    weights = None if args.weights is None else numbers(crashes.records, args.weights, least=0.0)
    placed, rows = _placed(roads, crashes, max_snap_m, tolerance_m)
    samples = _Cut(roads, lixel_m) if lixel_m is not None else _Given(roads, args.at, args.layer)
    used = None if weights is None else weights[rows]
    try:
        chosen_m = bandwidth_m or _chosen(args, roads, placed, used)
        found = _density(args, placed, samples, used, chosen_m)
    except TooManyWalks:
        raise BadInput(
            "带宽内的路径太多, 无法逐一相加", field="--bandwidth", found=args.bandwidth,
            expected="更短的带宽, 或 --method simple",
        ) from None  # fmt: skip
    samples.write(args.out, found.values)
    _tell(args, len(crashes.x), len(rows), len(samples.values_of(found.values)), begun, found, chosen_m)
    return 0


def _chosen(args: argparse.Namespace, roads: RoadFile, placed: Positions, weights: Floats | None) -> float:
    """The bandwidth that ``auto`` stands for."""
    used = len(placed) if weights is None else int((weights > 0).sum())
    if used < 2:
        raise BadInput(field="--bandwidth", found=AUTO, expected="米数; 自动选择至少要有两起落到路网的事故")
    options = {"kernel": args.kernel, "method": args.method, "weights": weights}
    return choose_bandwidth(roads.network, placed, **options).best_m


def _placed(
    roads: RoadFile, crashes: CrashFile, max_snap_m: float | None, tolerance_m: float | None
) -> tuple[Positions, NDArray[np.int64]]:
    x, y = roads.to_metres(crashes.crs, crashes.x, crashes.y)
    snapped = snap(roads.network, x, y, max_snap_m)
    return place_crashes(roads.network, snapped, tolerance_m or 0.0)


def _density(
    args: argparse.Namespace,
    placed: Positions,
    samples: Any,
    weights: Floats | None,
    bandwidth_m: float,
) -> Density:
    return network_density(
        samples.roads.network,
        placed,
        samples.positions,
        bandwidth_m,
        kernel=args.kernel,
        method=args.method,
        weights=weights,
    )


class _Cut:
    """Lixels cut from the network."""

    def __init__(self, roads: RoadFile, length_m: float) -> None:
        self.roads = roads
        try:
            self.lixels = cut_lixels(roads.network, length_m)
        except ValueError:
            raise BadInput("小段太多", field="--lixel", found=length_m, expected="更长的小段") from None
        self.positions = self.lixels.middles

    def values_of(self, values: Floats) -> Floats:
        return values

    def write(self, out: str, values: Floats) -> None:
        network, lixels = self.roads.network, self.lixels
        shapes = None if out.lower().endswith((".csv", ".csv.gz")) else self._shapes()
        begin = network.line_offset_m[lixels.edge] + lixels.begin_m
        columns = {
            "feature": network.line[lixels.edge],
            "from_m": begin,
            "to_m": begin + lixels.length_m,
            "length_m": lixels.length_m,
            "density": values,
        }
        write_features(out, shapes, columns, crs=self.roads.features.crs, kind="LineString")

    def _shapes(self) -> NDArray[np.object_]:
        shapes = lixel_lines(self.roads.network, self.lixels)
        projection = self.roads.projection
        if projection is None or projection.unchanged:
            return shapes
        xy = shapely.get_coordinates(shapes)
        moved = np.stack(projection.from_metres(xy[:, 0], xy[:, 1]), axis=1)
        return np.asarray(shapely.set_coordinates(shapes, moved))


class _Given:
    """Lines or points of a file: the middle of a line, each on its nearest edge."""

    def __init__(self, roads: RoadFile, path: str, layer: str | None) -> None:
        self.roads = roads
        self.features: Features = read_features(path, layer=layer)
        shapes = self.features.shapes("LineString", "MultiLineString", "Point")
        self.present = np.flatnonzero(shapely.is_geometry(shapes))
        x, y = self._middles(shapes[self.present])
        snapped = snap(roads.network, x, y)
        lost = np.flatnonzero(~snapped.found)
        if lost.size:
            raise BadInput("坐标不在坐标系的范围内", file=path, feature=int(self.present[lost[0]]))
        self.positions = on_edges(roads.network, snapped.edge, snapped.offset_m)

    def _middles(self, shapes: NDArray[np.object_]) -> tuple[Floats, Floats]:
        xy = shapely.get_coordinates(shapes)
        moved = np.stack(self.roads.to_metres(self.features.crs, xy[:, 0], xy[:, 1]), axis=1)
        shapes = shapely.set_coordinates(shapely.force_2d(shapes), moved)
        lines = shapely.get_dimensions(shapes) == 1
        shapes[lines] = shapely.line_interpolate_point(shapes[lines], 0.5, normalized=True)
        return shapely.get_x(shapes), shapely.get_y(shapes)

    def values_of(self, values: Floats) -> Floats:
        """Densities by feature; NaN where a feature has no geometry."""
        all_values = np.full(len(self.features), math.nan)
        all_values[self.present] = values
        return all_values

    def write(self, out: str, values: Floats) -> None:
        columns = {**self.features.fields, "density": self.values_of(values)}
        features = self.features
        write_features(out, features.wkb, columns, crs=features.crs, kind=features.kind, layer=features.layer)


def _tell(
    args: argparse.Namespace,
    events: int,
    snapped: int,
    lixels: int,
    begun: float,
    found: Density,
    bandwidth_m: float,
) -> None:
    seconds = time.perf_counter() - begun
    peak_mb = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024
    if found.merged_m > 0:
        print(f"注意: 路径太多, 行程相差 {found.merged_m:.3g} 米以内的已合并", file=sys.stderr)
    if args.json:
        result = {"events": events, "snapped": snapped, "lixels": lixels, "seconds": seconds}
        auto = {"bandwidth_m": bandwidth_m} if args.bandwidth == AUTO else {}
        print_json({**result, "peak_mb": peak_mb, **auto})
    else:
        if args.bandwidth == AUTO:
            print(f"自动选择的带宽: {bandwidth_m:g} 米")
        print(
            f"事故 {events} 起, 落到路网 {snapped} 起, 小段 {lixels} 个, 用时 {seconds:.2f} 秒 → {args.out}"
        )

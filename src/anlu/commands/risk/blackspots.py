"""``anlu risk blackspots``."""

from __future__ import annotations

import argparse
import time
from typing import Any

import numpy as np
import shapely
from numpy.typing import NDArray
from shapely.ops import substring

from anlu.commands.output import print_json
from anlu.commands.risk.inputs import RoadFile, check_files, read_network
from anlu.commands.risk.severities import PlacedCrashes, read_placed
from anlu.engine.errors import BadInput
from anlu.engine.files.vector import check_output, write_features
from anlu.engine.risk.blackspots import Crashes, Spot, find_by_rule
from anlu.engine.risk.coverage import TooMuchRoad
from anlu.engine.risk.rules import DEFAULT, Rule, read_rule
from anlu.engine.risk.severity import Severity
from anlu.engine.risk.spot_roads import SHORTEST_M, SpotRoad, spot_road
from anlu.engine.roads.network import edge_lines


def run(args: argparse.Namespace) -> int:
    """Read, find, write, and say why each is one."""
    begun = time.perf_counter()
    rule = read_rule(args.rule or DEFAULT)
    if rule.asks_killed and args.killed is None:
        raise BadInput("规则按死亡人数认定", field="--killed", expected="死亡人数列")
    check_output(args.out)
    check_files(args.network, args.events, layer=args.layer, out=args.out)
    roads = read_network(args.network, args.layer, columns=[])
    placed = read_placed(args, roads, args.killed)
    killed = (
        (placed.severities == Severity.FATAL).astype(np.int64) if placed.killed is None else placed.killed
    )
    crashes = Crashes(placed.positions, placed.severities, placed.dates, killed)
    try:
        spots = find_by_rule(roads.network, crashes, rule)
    except TooMuchRoad:
        raise BadInput(
            "规则的长度与事故数相乘太大", field="length_m", expected="较短的长度, 或只含这条路的路网和事故"
        ) from None
    drawn = [spot_road(roads.network, crashes.positions[s.rows], s.clause.length_m) for s in spots]
    lengths = [_length_m(road, spot.clause.length_m) for road, spot in zip(drawn, spots, strict=True)]
    _write(args.out, roads, spots, drawn, lengths, placed.killed is not None)
    _tell(args, rule, placed, spots, lengths, begun)
    return 0


def _length_m(road: SpotRoad, longest_m: float) -> float:
    """How far its crashes are apart along the road; a spot in one place has the 10 m that are drawn."""
    return max(road.extent_m, min(SHORTEST_M, longest_m))


def _write(
    out: str,
    roads: RoadFile,
    spots: list[Spot],
    drawn: list[SpotRoad],
    lengths: list[float],
    knows_killed: bool,
) -> None:
    killed = np.array([spot.killed for spot in spots], np.int64)
    columns = {
        "clause": np.array([spot.clause.name for spot in spots], object),
        "crashes": np.array([spot.crashes for spot in spots], np.int64),
        "injury": np.array([spot.injury for spot in spots], np.int64),
        "fatal": np.array([spot.fatal for spot in spots], np.int64),
        "killed": killed if knows_killed else np.full(len(spots), np.nan),
        "length_m": np.array(lengths, np.float64),
        "from_date": np.array([spot.from_date for spot in spots], "datetime64[D]"),
        "to_date": np.array([spot.to_date for spot in spots], "datetime64[D]"),
        "why": np.array([spot.why for spot in spots], object),
    }
    shapes = np.array([_shape(roads, road) for road in drawn], object)
    write_features(out, shapes, columns, crs=roads.features.crs, kind="MultiLineString")


def _shape(roads: RoadFile, road: SpotRoad) -> shapely.MultiLineString:
    edges = edge_lines(roads.network, road.parts.edge)
    ends = zip(edges, road.parts.begin_m.tolist(), road.parts.end_m.tolist(), strict=True)
    parts = [substring(edge, begin, end) for edge, begin, end in ends]
    merged = shapely.line_merge(shapely.multilinestrings(parts))
    whole = shapely.multilinestrings(shapely.get_parts(merged))
    projection = roads.projection
    if projection is None or projection.unchanged:
        return whole
    xy = shapely.get_coordinates(whole)
    return shapely.set_coordinates(whole, np.stack(projection.from_metres(xy[:, 0], xy[:, 1]), axis=1))


def _tell(
    args: argparse.Namespace,
    rule: Rule,
    placed: PlacedCrashes,
    spots: list[Spot],
    lengths: list[float],
    begun: float,
) -> None:
    if args.json:
        told = [
            _plain(spot, length, placed.rows, placed.killed is not None)
            for spot, length in zip(spots, lengths, strict=True)
        ]
        named = {"rule": rule.code, "title": rule.title, "as_of": rule.as_of}
        counts = {"events": placed.events, "snapped": len(placed.rows)}
        print_json({**named, **counts, "spots": told, "seconds": time.perf_counter() - begun})
        return
    print(
        f"{rule.title}: 事故 {placed.events} 起, 落到路网 {len(placed.rows)} 起, {len(spots)} 处 → {args.out}"
    )
    for spot in spots:
        print(f"  {spot.why}")


def _plain(spot: Spot, length_m: float, rows: NDArray[np.int64], knows_killed: bool) -> dict[str, Any]:
    return {
        "clause": spot.clause.name,
        "crashes": spot.crashes,
        "injury": spot.injury,
        "fatal": spot.fatal,
        "killed": spot.killed if knows_killed else None,
        "length_m": length_m,
        "from_date": str(spot.from_date),
        "to_date": str(spot.to_date),
        "rows": sorted(rows[spot.rows].tolist()),
        "why": spot.why,
        "source": spot.clause.source,
    }

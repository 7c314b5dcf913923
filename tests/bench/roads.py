"""
How fast points find their road: 1 M points on a network of county size, in bulk.

``python -m tests.bench.roads [rows]`` prints one JSON document. The network is the real one of ../shared/data where
that is present, else a made one of the same size; points lie within 50 m of a road, or anywhere in its box.
"""

import json
import sys
import time
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import numpy as np
import shapely

from anlu.engine.files.vector import read_features
from anlu.engine.roads.matching import snap
from anlu.engine.roads.network import Floats, Network, build_network
from anlu.engine.roads.referencing import locate, places_of, reference_roads

REAL = Path(__file__).resolve().parents[3] / "shared" / "data" / "spnetwork_main_network_mtl.gpkg"
PEER_SAMPLE = 50_000  # points given to the peer; its time is scaled up


def measures(rows: int = 1_000_000) -> Iterator[dict[str, Any]]:
    """One result after the other: name, value, unit, floor, ratio, peer."""
    name, shapes, roads_of_lines = _network()
    network, seconds = _timed(lambda: build_network(shapes))
    yield _result(f"roads.build.{name}", seconds, None, "")
    rng = np.random.default_rng(20230703)
    near = network.coords[rng.integers(0, len(network.coords), rows)] + rng.normal(0, 50, (rows, 2))
    anywhere = rng.uniform(network.coords.min(axis=0), network.coords.max(axis=0), (rows, 2))
    snap(network, near[:1, 0], near[:1, 1])  # compiled, or read from the cache
    for where, points in (("near", near), ("anywhere", anywhere)):
        found, seconds = _timed(lambda points=points: snap(network, points[:, 0], points[:, 1]))
        assert found.found.all()
        yield _result(f"roads.snap.{where}.{name}", seconds, _tree_seconds(shapes, points), "shapely STRtree")
    yield from _referencing(name, network, roads_of_lines, near)


def _referencing(
    name: str, network: Network, names: list[str | None], points: Floats
) -> Iterator[dict[str, Any]]:
    roads, seconds = _timed(lambda: reference_roads(network, names))
    yield _result(f"roads.reference.{name}", seconds, None, "")
    found, seconds = _timed(lambda: locate(roads, points[:, 0], points[:, 1]))
    yield _result(f"roads.locate.{name}", seconds, None, "")
    back, seconds = _timed(lambda: places_of(roads, found.road, found.chainage_m))
    yield _result(f"roads.places.{name}", seconds, None, "")
    on_road = found.found
    apart = np.hypot(back.x - found.x, back.y - found.y)[on_road].max()
    yield {**_result(f"roads.there_and_back.{name}", float(apart), 0.5, "bar"), "unit": "m"}


def _network() -> tuple[str, Any, list[str | None]]:
    if REAL.exists():
        features = read_features(REAL, columns=["TYPE"])
        return "montreal", features.shapes("LineString"), [value or None for value in features.fields["TYPE"]]
    lines = [
        shapely.LineString(
            [(x, y), (x + 40, y + 70), (x, y + 130)] if up else [(x, y), (x + 70, y + 30), (x + 130, y)]
        )
        for x in np.arange(0, 90 * 130, 130)
        for y in np.arange(0, 90 * 130, 130)
        for up in (True, False)
    ]
    return "made", np.array(lines, object), [f"X{i // 90}" for i in range(len(lines))]


def _tree_seconds(shapes: Any, points: Floats) -> float:
    sample = shapely.points(points[:PEER_SAMPLE])
    _, seconds = _timed(lambda: shapely.STRtree(shapes).query_nearest(sample, return_distance=True))
    return seconds * len(points) / len(sample)


def _timed(work: Callable[[], Any]) -> tuple[Any, float]:
    begun = time.perf_counter()
    result = work()
    return result, time.perf_counter() - begun


def _result(name: str, value: float, floor: float | None, peer: str) -> dict[str, Any]:
    ratio = value / floor if floor else None
    return {"name": name, "value": value, "unit": "s", "floor": floor, "ratio": ratio, "peer": peer or None}


if __name__ == "__main__":
    print(json.dumps(list(measures(*(int(word) for word in sys.argv[1:2]))), indent=2, ensure_ascii=False))

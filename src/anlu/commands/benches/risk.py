"""The risk engine: density on made networks of three sizes, start-up, memory, and what one pass saves."""

from __future__ import annotations

import json
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator
from functools import partial
from pathlib import Path

import numpy as np
import shapely
from pyproj import CRS

from anlu.commands.benches import Options, Peer, Result, against, least_seconds, least_spent
from anlu.commands.benches.risk_peers import RUNNERS, Work
from anlu.engine.files.vector import write_features
from anlu.engine.risk.density import Method, network_density
from anlu.engine.risk.positions import Positions, cut_lixels, on_edges, with_junctions
from anlu.engine.roads.network import Network, build_network, edge_lines, points_along

PEERS = tuple(RUNNERS)
BANDWIDTH_M, LIXEL_M = 500.0, 50.0
# side of the grid, events, bar in seconds, peer's seconds measured before (2 cores): see methods/density.md
SIMPLE = (
    (52, 10_000, 0.06, ("NKDV ADA", 1.10)),
    (52, 100_000, 0.06, ("NKDV ADA", 0.98)),
    (52, 1_000_000, 0.4, ("NKDV ADA", 1.22)),
    (162, 100_000, 0.5, ("NKDV ADA", 81.6)),
    (162, 1_000_000, 0.9, ("NKDV ADA", 162.3)),
    (230, 100_000, None, None),
    (230, 1_000_000, None, None),
)
EQUAL_SPLIT = (52, 10_000)  # side of the grid, events
ONE_PASS = (52, 100_000)
TWICE_AS_LARGE = 2.2  # most that 100,000 edges may take over 50,000
SPNETWORK_S = 111.1  # spNetwork 0.4.4.6, discontinuous, 5,035 edges, 10,000 events
COLD_START_S = 2.0
MEMORY_MB = 1024.0


def measure(options: Options) -> Iterator[Result]:
    """All measurements of the density engine."""
    yield from _simple(options)
    yield from _equal_split(options)
    yield from _one_pass(options)
    yield from _command(options)


def grid_network(side: int) -> Network:
    """A grid of 100 m blocks, nodes moved by up to 25 m either way, 5 % of the edges left out; seed 7."""
    rng = np.random.default_rng(7)
    x, y = np.meshgrid(np.arange(side) * 100.0, np.arange(side) * 100.0, indexing="ij")
    xy = np.stack([x.ravel(), y.ravel()], axis=1) + rng.uniform(-25.0, 25.0, (side * side, 2))
    node = np.arange(side * side).reshape(side, side)
    across = np.stack([node[:-1].ravel(), node[1:].ravel()], axis=1)
    along = np.stack([node[:, :-1].ravel(), node[:, 1:].ravel()], axis=1)
    ends = np.concatenate([across, along])
    ends = ends[rng.random(len(ends)) >= 0.05]
    return build_network((xy[ends].reshape(-1, 2), np.arange(0, 2 * len(ends) + 1, 2)))


def grid_events(network: Network, count: int) -> Positions:
    """Events on edges chosen by length times Gamma(0.5), anywhere along them; seed 11."""
    rng = np.random.default_rng(11)
    weight = network.lengths * rng.gamma(0.5, size=network.edges)
    edge = rng.choice(network.edges, count, p=weight / weight.sum())
    return with_junctions(network, on_edges(network, edge, rng.random(count) * network.lengths[edge]))


def made(side: int, events: int) -> tuple[Network, Positions, Positions]:
    """Network, events, and the middles of its lixels."""
    network = grid_network(side)
    return network, grid_events(network, events), cut_lixels(network, LIXEL_M).middles


def _simple(options: Options) -> Iterator[Result]:
    cpu: dict[tuple[int, int], float] = {}
    for side, events, bar, known in SIMPLE:
        network, crashes, samples = made(side, events)
        work = partial(network_density, network, crashes, samples, BANDWIDTH_M)
        wall, cpu[side, events] = least_spent(work, options.repeats)
        peer = _peer(options, "nkdv", Work(network, crashes, LIXEL_M, BANDWIDTH_M), known)
        name = f"risk.density.simple.{network.edges}_edges.{events}_events"
        yield against(name, wall, "s", bar, peer)
        yield Result(f"{name}.cpu", cpu[side, events], "s")
    large, larger = sorted({side for side, *_ in SIMPLE})[-2:]
    for events in sorted({n for side, n, *_ in SIMPLE if side == larger}):
        growth = cpu[larger, events] / cpu[large, events]  # of the clock's seconds others may take a share
        name = f"risk.density.simple.growth_to_twice_the_edges.{events}_events"
        yield against(name, growth, "x", TWICE_AS_LARGE, None)


def _peer(options: Options, name: str, work: Work, known: tuple[str, float] | None) -> Peer | None:
    if name in options.peers:
        return Peer(name, RUNNERS[name](options.peers[name], work), True)
    return None if known is None else Peer(known[0], known[1], False)


def _equal_split(options: Options) -> Iterator[Result]:
    network, crashes, samples = made(*EQUAL_SPLIT)
    methods: tuple[Method, ...] = ("discontinuous", "continuous")
    known = ("spNetwork", SPNETWORK_S)
    for method in methods:
        work = partial(network_density, network, crashes, samples, BANDWIDTH_M, method=method)
        peer = _peer(options, "spnetwork", Work(network, crashes, LIXEL_M, BANDWIDTH_M, method), known)
        name = f"risk.density.{method}.{network.edges}_edges.{len(crashes)}_events"
        yield against(name, least_seconds(work, options.repeats), "s", SPNETWORK_S / 100, peer)


def _one_pass(options: Options) -> Iterator[Result]:
    """Seconds of one pass over those of separate runs: below 1 is a gain."""
    network, crashes, samples = made(*ONE_PASS)
    bandwidths = [200.0, 300.0, 400.0, 500.0]
    hours = np.random.default_rng(1).integers(0, 6, len(crashes))
    windows = (hours[:, None] == np.arange(6)).astype(np.float64)

    def each_bandwidth() -> None:
        for bandwidth in bandwidths:
            network_density(network, crashes, samples, bandwidth)

    def each_window() -> None:
        for column in range(windows.shape[1]):
            rows = np.flatnonzero(windows[:, column])
            network_density(network, crashes[rows], samples, BANDWIDTH_M)

    separate = least_seconds(each_bandwidth, options.repeats)
    together = least_seconds(lambda: network_density(network, crashes, samples, bandwidths), options.repeats)
    yield Result("risk.density.four_bandwidths_in_one_pass", together / separate, "x", 1.0)
    separate = least_seconds(each_window, options.repeats)
    together = least_seconds(
        lambda: network_density(network, crashes, samples, BANDWIDTH_M, weights=windows), options.repeats
    )
    yield Result("risk.density.six_time_windows_in_one_pass", together / separate, "x", 1.0)


def _command(options: Options) -> Iterator[Result]:
    """The command itself on files: start-up with almost no data, memory with a million events on 50,000 edges."""
    with tempfile.TemporaryDirectory() as folder:
        seconds = min(_run_density(Path(folder), 3, 10)[0] for _ in range(options.repeats + 1))
        yield Result("risk.density.command.cold_start", seconds, "s", COLD_START_S, seconds / COLD_START_S)
        events = options.rows or 1_000_000
        seconds, peak_mb = _run_density(Path(folder), 162, events)
        yield Result(f"risk.density.command.{events}_events.seconds", seconds, "s")
        yield Result(
            f"risk.density.command.{events}_events.peak_memory", peak_mb, "MB", MEMORY_MB, peak_mb / MEMORY_MB
        )


def _run_density(folder: Path, side: int, events: int) -> tuple[float, float]:
    """Seconds and peak megabytes of one ``anlu risk density`` in a process of its own."""
    roads, crashes = folder / f"n{side}.gpkg", folder / f"e{side}_{events}.gpkg"
    if not crashes.exists():
        network = grid_network(side)
        placed = grid_events(network, events)
        metres = CRS.from_epsg(4548)
        away = np.array([500_000.0, 4_000_000.0])
        lines = shapely.transform(edge_lines(network), lambda xy: xy + away)
        write_features(roads, lines, {"id": np.arange(network.edges)}, crs=metres, kind="LineString")
        points = shapely.points(points_along(network, placed.edge, placed.offset_m) + away)
        write_features(crashes, points, {"id": np.arange(events)}, crs=metres, kind="Point")
    words = f"--network {roads.name} --events {crashes.name} --bandwidth {BANDWIDTH_M:g} --lixel {LIXEL_M:g}"
    command = [sys.executable, "-m", "anlu", "risk", "density", *words.split(), "--out", "out.csv", "--json"]
    begun = time.perf_counter()
    done = subprocess.run(command, capture_output=True, text=True, check=True, cwd=folder)
    seconds = time.perf_counter() - begun
    return seconds, float(json.loads(done.stdout)["peak_mb"])

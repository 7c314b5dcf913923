"""
Other programs for network density, run from where the user has installed them. None of their code is here.

- ``nkdv``: the executable built from the C++ code of Chan and others (PVLDB 2021); its ADA method, Epanechnikov kernel.
- ``spnetwork``: the ``Rscript`` of an R installation that has the package spNetwork.
"""

from __future__ import annotations

import re
import subprocess
import tempfile
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path

import numpy as np
import shapely
from pyproj import CRS

from anlu.engine.errors import BadInput
from anlu.engine.files.vector import write_features
from anlu.engine.risk.density import Method
from anlu.engine.risk.positions import Positions
from anlu.engine.roads.network import Network, edge_lines, points_along

NKDV_ADA, NKDV_EPANECHNIKOV = 3, 2


@dataclass(frozen=True, eq=False)
class Work:
    """What is to be computed."""

    network: Network
    crashes: Positions
    lixel_m: float
    bandwidth_m: float
    method: Method = "simple"


def nkdv_seconds(executable: str, work: Work) -> float:
    """Seconds that NKDV itself reports, without reading and writing."""
    with tempfile.TemporaryDirectory() as folder:
        roads, out = Path(folder) / "network", Path(folder) / "out"
        roads.write_text(nkdv_network(work.network, work.crashes))
        settings = (NKDV_ADA, f"{work.lixel_m:g}", NKDV_EPANECHNIKOV, f"{work.bandwidth_m:g}")
        said = _output([executable, str(roads), str(out), *map(str, settings)])
    found = re.search(r"method \d+:\s*([0-9.eE+-]+)", said)
    if not found:
        raise BadInput("没有报告用时", field="--peer nkdv", found=said[-200:], expected="method 3:秒数")
    return float(found.group(1))


def nkdv_network(network: Network, crashes: Positions) -> str:
    """Edges with their events in order, then the edges at each node, as the program reads them."""
    order = np.lexsort((crashes.offset_m, crashes.edge))
    offsets = crashes.offset_m[order].tolist()
    start = np.searchsorted(crashes.edge[order], np.arange(network.edges + 1)).tolist()
    lines = [str(network.edges)]
    ends = zip(network.tail.tolist(), network.head.tolist(), network.lengths.tolist(), strict=True)
    for e, (tail, head, length) in enumerate(ends):
        lines.append(f"{tail} {head} {length!r} {start[e + 1] - start[e]}")
        lines += [f"{t!r} {length - t!r}" for t in offsets[start[e] : start[e + 1]]]
    lines.append(str(network.nodes))
    for n in range(network.nodes):
        edges = network.adj_edge[network.adj_start[n] : network.adj_start[n + 1]].tolist()
        lines.append(" ".join(map(str, [len(edges), *edges])))
    return "\n".join(lines) + "\n"


def spnetwork_seconds(rscript: str, work: Work) -> float:
    """Seconds of spNetwork's ``nkde`` with a quartic kernel, without reading files."""
    script = """
        suppressMessages({library(sf); library(spNetwork)})
        a <- commandArgs(TRUE)
        lines <- st_read(a[1], quiet = TRUE); events <- st_read(a[2], quiet = TRUE)
        lixels <- lixelize_lines(lines, as.numeric(a[3]), mindist = as.numeric(a[3]) / 4)
        samples <- lines_center(lixels)
        begun <- Sys.time()
        invisible(nkde(lines, events, w = rep(1, nrow(events)), samples = samples, kernel_name = "quartic",
                       bw = as.numeric(a[4]), div = "none", method = a[5], digits = 3, tol = 1, agg = NULL,
                       max_depth = 15, grid_shape = c(4, 4), verbose = FALSE))
        cat("seconds:", as.numeric(Sys.time() - begun, units = "secs"), "\\n")
    """
    with tempfile.TemporaryDirectory() as folder:
        roads, events = Path(folder) / "n.gpkg", Path(folder) / "e.gpkg"
        metres = CRS.from_epsg(4548)
        lines, crashes = edge_lines(work.network), work.crashes
        write_features(roads, lines, {"id": np.arange(len(lines))}, crs=metres, kind="LineString")
        points = shapely.points(points_along(work.network, crashes.edge, crashes.offset_m))
        write_features(events, points, {"id": np.arange(len(points))}, crs=metres, kind="Point")
        words = [str(roads), str(events), f"{work.lixel_m:g}", f"{work.bandwidth_m:g}", work.method]
        said = _output([rscript, "-e", script, *words])
    found = re.search(r"seconds:\s*([0-9.eE+-]+)", said)
    if not found:
        raise BadInput("没有报告用时", field="--peer spnetwork", found=said[-200:], expected="seconds: 秒数")
    return float(found.group(1))


def _output(command: list[str]) -> str:
    try:
        return subprocess.run(command, capture_output=True, text=True, check=True).stdout
    except OSError:
        raise BadInput("不能运行", field="--peer", found=command[0], expected="可执行文件") from None
    except subprocess.CalledProcessError as failure:
        raise BadInput("运行失败", field="--peer", found=str(failure.stderr)[-200:]) from None


RUNNERS: dict[str, Callable[[str, Work], float]] = {"nkdv": nkdv_seconds, "spnetwork": spnetwork_seconds}

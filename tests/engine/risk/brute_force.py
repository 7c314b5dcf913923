"""
Network densities the long way: every pair, every walk, no sharing of work. Written apart from the engine.
"""

import math
from dataclasses import dataclass

import numpy as np

FORMULAS = {
    "quartic": lambda u: 15 / 16 * (1 - u * u) ** 2,
    "gaussian": lambda u: math.exp(-u * u / 2) / math.sqrt(2 * math.pi),
    "epanechnikov": lambda u: 3 / 4 * (1 - u * u),
    "triangle": lambda u: 1 - u,
    "uniform": lambda u: 1 / 2,
}


def kernel_value(name: str, distance: float, bandwidth: float) -> float:
    return FORMULAS[name](distance / bandwidth) / bandwidth if distance < bandwidth else 0.0


@dataclass
class Roads:
    """Edges (tail, head, length); places are (edge, offset)."""

    nodes: int
    edges: list[tuple[int, int, float]]

    def ends_at(self, node: int) -> list[tuple[int, int]]:
        """(edge, side) of every end at the node: a loop gives two."""
        ends = [(e, 0) for e, (tail, _, _) in enumerate(self.edges) if tail == node]
        return ends + [(e, 1) for e, (_, head, _) in enumerate(self.edges) if head == node]

    def node_distances(self) -> np.ndarray:
        d = np.full((self.nodes, self.nodes), np.inf)
        np.fill_diagonal(d, 0.0)
        for tail, head, length in self.edges:
            d[tail, head] = d[head, tail] = min(d[tail, head], length)
        for k in range(self.nodes):  # Floyd and Warshall
            d = np.minimum(d, d[:, k : k + 1] + d[k : k + 1, :])
        return d


def distance(roads: Roads, between: np.ndarray, a: tuple[int, float], b: tuple[int, float]) -> float:
    """Shortest way from place to place."""
    (e, s), (f, t) = a, b
    best = abs(s - t) if e == f else math.inf
    for from_node, start in ((roads.edges[e][0], s), (roads.edges[e][1], roads.edges[e][2] - s)):
        for to_node, rest in ((roads.edges[f][0], t), (roads.edges[f][1], roads.edges[f][2] - t)):
            best = min(best, start + between[from_node, to_node] + rest)
    return best


def shortest_path_density(
    roads: Roads,
    crashes: list[tuple[int, float]],
    weights: list[float],
    samples: list[tuple[int, float]],
    kernel: str,
    bandwidth: float,
) -> list[float]:
    between = roads.node_distances()
    return [
        sum(
            w * kernel_value(kernel, distance(roads, between, sample, crash), bandwidth)
            for crash, w in zip(crashes, weights, strict=True)
        )
        for sample in samples
    ]


def wave_density(
    roads: Roads,
    crash: tuple[int, float] | int,
    samples: list[tuple[int, float]],
    kernel: str,
    bandwidth: float,
    continuous: bool,
) -> list[float]:
    """One crash, on an edge or (an int) on a node: every walk is followed to its end."""
    found = [0.0] * len(samples)

    def enter(edge: int, side: int, travelled: float, factor: float) -> None:
        length = roads.edges[edge][2]
        for q, (e, s) in enumerate(samples):
            if e == edge:
                way = travelled + (s if side == 0 else length - s)
                found[q] += factor * kernel_value(kernel, way, bandwidth)
        arrive(edge, 1 - side, travelled + length, factor)

    def arrive(edge: int, side: int, travelled: float, factor: float) -> None:
        if travelled >= bandwidth:
            return
        ends = roads.ends_at(roads.edges[edge][side])
        n = len(ends)
        if n == 1:
            return
        for end in ends:
            if continuous:
                share = 2 / n - (1 if end == (edge, side) else 0)
            else:
                share = 0.0 if end == (edge, side) else 1 / (n - 1)
            if share:
                enter(*end, travelled, factor * share)

    if isinstance(crash, int):
        ends = roads.ends_at(crash)
        for end in ends:
            enter(*end, 0.0, 1.0 if len(ends) == 1 else 2 / len(ends))
    else:
        edge, t = crash
        for q, (e, s) in enumerate(samples):
            if e == edge:
                found[q] += kernel_value(kernel, abs(s - t), bandwidth)
        arrive(edge, 0, t, 1.0)
        arrive(edge, 1, roads.edges[edge][2] - t, 1.0)
    return found

"""Small random networks with parallel edges, loops, dead ends and separate parts, for property tests."""

from dataclasses import dataclass

import numpy as np
import shapely
from hypothesis import strategies as st

from anlu.engine.roads.network import Network, build_network
from tests.engine.risk.brute_force import Roads

corner = st.tuples(st.integers(0, 3), st.integers(0, 3)).map(lambda c: (100.0 * c[0], 100.0 * c[1]))
bend = st.tuples(st.floats(-50, 350), st.floats(-50, 350))
street = st.tuples(corner, st.lists(bend, max_size=2), corner).map(lambda s: [s[0], *s[1], s[2]])


def _long_enough(lines: list[list[tuple[float, float]]]) -> bool:
    return all(shapely.LineString(line).length > 20.0 for line in lines)


@dataclass
class Case:
    network: Network
    crashes: list[tuple[int, float]]
    weights: list[float]
    samples: list[tuple[int, float]]

    @property
    def roads(self) -> Roads:
        n = self.network
        return Roads(n.nodes, list(zip(n.tail.tolist(), n.head.tolist(), n.lengths.tolist(), strict=True)))


@st.composite
def cases(draw: st.DrawFn, most_streets: int = 7) -> Case:
    lines = draw(st.lists(street, min_size=1, max_size=most_streets).filter(_long_enough))
    if draw(st.booleans()):
        lines.append(lines[0])  # exactly parallel
    network = build_network([shapely.LineString(line) for line in lines])
    place = st.tuples(st.integers(0, network.edges - 1), st.sampled_from([0.0, 1.0, 0.5]) | st.floats(0, 1))
    crashes = draw(st.lists(place, min_size=1, max_size=6))
    samples = draw(st.lists(place, min_size=1, max_size=6))
    weights = draw(st.lists(st.floats(0, 5), min_size=len(crashes), max_size=len(crashes)))
    return Case(network, _offsets(network, crashes), weights, _offsets(network, samples))


def _offsets(network: Network, places: list[tuple[int, float]]) -> list[tuple[int, float]]:
    return [
        (edge, min(share * float(network.lengths[edge]), float(network.lengths[edge])))
        for edge, share in places
    ]


def arrays(places: list[tuple[int, float]]) -> tuple[np.ndarray, np.ndarray]:
    return np.array([p[0] for p in places], np.int64), np.array([p[1] for p in places], np.float64)

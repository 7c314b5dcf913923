"""Hot spots are declared where there are some, and rarely where there are none."""

import numpy as np
import pytest
from scipy.stats import binom, binomtest

from anlu.commands.benches.alarms import verdict
from anlu.engine.risk.clusters import _is_beyond_chance, at_junction, prepare_scan
from anlu.engine.risk.positions import cut_lixels
from anlu.engine.risk.simulation import EVEN, Danger, make_county

COUNTIES, LEVEL = 40, 0.05
SMALL = {"streets": 9, "simulations": 99}


@pytest.mark.parametrize("danger", [EVEN, Danger(junction_factor=3.0)])
def test_counties_without_hot_spots_show_one_no_oftener_than_promised(danger: Danger) -> None:
    declared = sum(verdict(danger, seed, **SMALL).declared > 0 for seed in range(COUNTIES))
    # a test that keeps its level exactly shows more than this in one run of a hundred
    assert declared <= binom.ppf(0.99, COUNTIES, LEVEL)


def test_planted_hot_spots_are_found() -> None:
    found = [verdict(Danger(hot_spots=3, hot_factor=12.0), seed, **SMALL) for seed in range(10)]
    assert sum(each.found for each in found) >= 0.7 * 30
    assert sum(each.false for each in found) <= 3


def test_lixels_at_junctions_are_a_class_of_their_own() -> None:
    county = make_county(EVEN, np.random.default_rng(1), streets=5)
    scan = prepare_scan(county.network, edge_stratum=county.main, junctions_apart=True)
    lixels = cut_lixels(county.network, 50.0)
    at = at_junction(county.network, lixels)
    assert (scan.stratum == 2 * county.main[lixels.edge] + at).all()
    degree = county.network.degree
    for i in range(len(lixels.edge)):
        edge = lixels.edge[i]
        ends = []
        if i == 0 or lixels.edge[i - 1] != edge:
            ends.append(county.network.tail[edge])
        if i + 1 == len(lixels.edge) or lixels.edge[i + 1] != edge:
            ends.append(county.network.head[edge])
        assert at[i] == any(degree[node] >= 3 for node in ends)


@pytest.mark.parametrize(
    ("larger", "simulations", "declared"),
    [(5, 199, True), (6, 199, False), (40, 999, True), (41, 999, False), (0, 19, False), (199, 199, False)],
)
def test_the_strongest_is_beyond_chance_when_the_limit_of_its_probability_is(
    larger: int, simulations: int, declared: bool
) -> None:
    p = np.array([1.0, (larger + 1) / (simulations + 1)])
    assert _is_beyond_chance(p, simulations, LEVEL) is declared
    limit = (
        binomtest(larger, simulations).proportion_ci(0.8, method="exact").high
    )  # two-sided 80 %: one-sided 90 %
    assert (limit <= LEVEL) is declared


def test_without_candidates_nothing_is_beyond_chance() -> None:
    assert not _is_beyond_chance(np.zeros(0), 199, LEVEL)

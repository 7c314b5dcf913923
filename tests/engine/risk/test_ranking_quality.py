"""On made counties with known danger the default ranking finds more of it than the methods in use."""

import math

import numpy as np
import pytest

from anlu.commands.benches.ranking import pais
from anlu.engine.risk.simulation import USUAL, Danger

COUNTIES = 5
STUDENT_T = 2.776  # 97.5 % with four degrees of freedom
KINDS = {
    "usual": (USUAL, 300.0, 18),
    "few crashes": (USUAL, 60.0, 18),
    "links differ": (Danger(links_vary=1.0), 300.0, 18),
    "parts differ": (Danger(parts_vary=0.9), 300.0, 18),
}


@pytest.fixture(scope="module", params=KINDS)
def found(request: pytest.FixtureRequest) -> dict[str, np.ndarray]:
    each = [pais(*KINDS[request.param], seed) for seed in range(COUNTIES)]
    return {name: np.array([one[name] for one in each]) for name in each[0]}


@pytest.mark.parametrize("other", ["count", "kde", "nkde", "eb", "count_per_km"])
def test_the_default_ranking_is_better_or_ties_within_the_interval(
    found: dict[str, np.ndarray], other: str
) -> None:
    gain = found["default"] - found[other]
    either_way = STUDENT_T * gain.std(axis=0, ddof=1) / math.sqrt(COUNTIES)
    assert (gain.mean(axis=0) + either_way >= 0).all()


def test_it_is_better_than_every_simple_method_on_average(found: dict[str, np.ndarray]) -> None:
    for other in ("count", "kde", "eb"):
        assert (found["default"] - found[other]).mean() > 0


def test_nothing_finds_more_than_there_is(found: dict[str, np.ndarray]) -> None:
    for pai in found.values():
        assert (pai <= found["truth"] + 1e-9).all()

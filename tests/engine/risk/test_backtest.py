"""What share of later crashes a ranking finds, by how much, and how sure that is."""

import numpy as np
import pytest
import shapely
from hypothesis import given
from hypothesis import strategies as st

from anlu.engine.risk.backtest import compare, evaluate, taken_fraction
from anlu.engine.risk.cells import Cells
from anlu.engine.risk.positions import on_edges
from anlu.engine.risk.scores import METHODS
from anlu.engine.risk.units import CellUnits, LinkUnits
from anlu.engine.roads.network import build_network

DAY0 = np.datetime64("2018-01-01", "D")
sized = st.lists(st.tuples(st.integers(0, 3), st.floats(0, 9)), min_size=1, max_size=12)


def rng() -> np.random.Generator:
    return np.random.default_rng(0)


def test_whole_units_are_taken_and_a_fraction_of_the_last() -> None:
    assert taken_fraction([1, 5, 3], [10.0, 4.0, 6.0], 0.35).tolist() == pytest.approx([0.0, 1.0, 0.5])


def test_equal_scores_are_taken_in_order_of_rows_and_unknown_ones_last() -> None:
    assert taken_fraction([2, 2, 2], [1.0, 1.0, 1.0], 0.5).tolist() == pytest.approx([1.0, 0.5, 0.0])
    assert taken_fraction([np.nan, -5, 0], [1.0, 1.0, 1.0], 2 / 3).tolist() == pytest.approx([0.0, 1.0, 1.0])


@given(sized, st.floats(0.01, 1.0))
def test_what_is_taken_adds_up_to_the_share(units: list[tuple[int, float]], share: float) -> None:
    score, size = np.array(units, float).T
    fraction = taken_fraction(score, size, share)
    assert ((fraction >= 0) & (fraction <= 1)).all()
    assert fraction @ size == pytest.approx(share * size.sum(), abs=1e-9)
    worst_taken = score[(fraction > 0) & (size > 0)].min(initial=np.inf)
    best_left = score[(fraction < 1) & (size > 0)].max(initial=-np.inf)
    assert worst_taken >= best_left


def test_hits_harm_and_accuracy_index_of_a_small_example() -> None:
    # 100 cells; the highest holds 3 of 10 crashes, the second 1, the third half of which is in the 2.5 % none
    score, later = -np.arange(100.0), [0, 0, 0, 1, 50, 60, 70, 80, 90, -1]
    harm = [10, 1, 1, 5, 0, 0, 0, 0, 0, 7]
    hits = evaluate(score, np.ones(100), later, harm, shares_pct=(1, 2, 5), rng=rng())
    assert (hits[1].events_share, hits[2].events_share, hits[5].events_share) == (0.3, 0.4, 0.4)
    assert hits[1].harm_share == pytest.approx(12 / 24)
    assert hits[2].harm_share == pytest.approx(17 / 24)
    assert (hits[1].pai, hits[5].pai) == (pytest.approx(30.0), pytest.approx(8.0))


def test_no_later_crashes_or_no_harm_give_nothing_rather_than_nonsense() -> None:
    hit = evaluate([1.0], [1.0], [], [], rng=rng())[1]
    assert (hit.events_share, hit.harm_share, hit.pai, hit.pai_ci95) == (None, None, None, None)
    assert evaluate([1.0], [1.0], [0], [0.0], rng=rng())[1].harm_share is None
    assert compare([1.0], [2.0], [1.0], [], rng=rng())[1].pai is None


def test_the_interval_is_that_of_a_binomial_share() -> None:
    later = np.repeat([0, 99], [300, 700])
    hit = evaluate(-np.arange(100.0), np.ones(100), later, draws=20_000, rng=rng())[1]
    spread = 1.96 * np.sqrt(0.3 * 0.7 / 1000) / 0.01
    assert hit.pai_ci95 == pytest.approx((30 - spread, 30 + spread), rel=0.01)


def test_a_difference_is_judged_on_the_same_crashes() -> None:
    size = np.ones(100)
    first, second = -np.arange(100.0), -np.arange(100.0)
    second[1] = 1.0  # the second ranking has its two highest the other way round
    later = np.repeat([0, 1, 50], [310, 290, 400])
    gain = compare(first, second, size, later, draws=20_000, rng=rng())
    spread = 1.96 * np.sqrt((0.6 - 0.02**2) / 1000) / 0.01
    assert gain[1].pai == pytest.approx(2.0)
    assert gain[1].ci95 == pytest.approx((2 - spread, 2 + spread), rel=0.05)
    assert (gain[2].pai, gain[2].ci95) == (0.0, (0.0, 0.0))


def test_the_same_seed_gives_the_same_intervals() -> None:
    later = np.repeat([0, 30], [40, 60])
    one, two = (evaluate(-np.arange(100.0), np.ones(100), later, rng=rng()) for _ in range(2))
    assert one == two


# ------------------------------------------------------------------ scores of the usual methods


def row_of_cells(cells: int, at: list[float], days: list[int]) -> CellUnits:
    grid = Cells(100.0, np.arange(cells), np.zeros(cells, np.int64))
    dates = DAY0 + np.array(days).astype("timedelta64[D]")
    return CellUnits(grid, np.array(at), np.full(len(at), 50.0), dates)


def test_count_and_empirical_bayes_order_cells_alike() -> None:
    at = [50.0] * 9 + [250.0] * 4 + [850.0] * 5 + [950.0]
    units = row_of_cells(10, at, list(range(0, 19 * 40, 40)))
    count = METHODS["count"](units, DAY0 + 1000).score
    assert count.tolist() == [9, 0, 4, 0, 0, 0, 0, 0, 5, 1]
    eb = METHODS["eb"](units, DAY0 + 1000).score
    assert (np.argsort(-eb, kind="stable") == np.argsort(-count, kind="stable")).all()
    assert eb.sum() == pytest.approx(19.0, rel=1e-6)
    assert eb[0] < 9


@pytest.mark.parametrize("method", METHODS)
def test_no_method_looks_at_what_happens_later(method: str) -> None:
    roads = [shapely.LineString([(100.0 * i, 0), (100.0 * i + 100, 0)]) for i in range(30)]
    network = build_network(roads)
    random = np.random.default_rng(2)
    edge = (30 * random.random(300) ** 2).astype(np.int64)
    crashes = on_edges(network, edge, random.random(300) * 100.0)
    dates = DAY0 + random.integers(0, 5 * 365, 300).astype("timedelta64[D]")
    until = DAY0 + 4 * 365
    everything = METHODS[method](LinkUnits(network, 30, crashes, dates), until)
    rows = dates < until
    known = METHODS[method](LinkUnits(network, 30, crashes[rows], dates[rows]), until)
    assert np.allclose(everything.score, known.score, rtol=1e-9)
    assert everything.bandwidth_m == known.bandwidth_m
    assert everything.score[:3].mean() > everything.score[-10:].mean()


def test_density_takes_the_bandwidth_that_found_most() -> None:
    near_the_old, far_from_it = [], []
    random = np.random.default_rng(3)
    for year in range(4):
        for at in random.choice(200, 12, replace=False) if year == 0 else []:
            near_the_old += [(100.0 * at + 50, y * 365 + 10) for y in range(4)]
        far_from_it += [(random.normal(10_000, 400), year * 365 + 20 + i) for i in range(40)]
    still = METHODS["kde"](row_of_cells(200, *map(list, zip(*near_the_old, strict=True))), DAY0 + 4 * 365)
    spread = METHODS["kde"](row_of_cells(200, *map(list, zip(*far_from_it, strict=True))), DAY0 + 4 * 365)
    assert still.bandwidth_m == 100.0
    assert spread.bandwidth_m > 300.0


def test_density_along_the_network_needs_one() -> None:
    with pytest.raises(ValueError, match="needs links"):
        METHODS["nkde"](row_of_cells(3, [50.0], [0]), DAY0 + 10)


@pytest.mark.parametrize("method", ["count", "kde", "eb", "default"])
def test_without_crashes_every_method_has_nothing_to_say(method: str) -> None:
    scored = METHODS[method](row_of_cells(4, [], []), DAY0)
    assert len(set(scored.score.tolist())) == 1

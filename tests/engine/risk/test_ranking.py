"""What the default ranking expects of a unit, and how it learns to weigh what it knows."""

from dataclasses import replace

import numpy as np
import pytest
import shapely
from hypothesis import given, settings
from scipy.optimize import approx_fprime

from anlu.engine.risk.blending import Known, _Period, learn_blend, mixed
from anlu.engine.risk.cells import cells_around
from anlu.engine.risk.density import network_density
from anlu.engine.risk.positions import on_edges
from anlu.engine.risk.ranking import BANDWIDTHS_M, faded, rank_units, validation_days
from anlu.engine.risk.units import CellUnits, LinkUnits, counts_of, groups_of
from anlu.engine.roads.network import Network, build_network
from tests.engine.risk.random_roads import Case, arrays, cases

DAY0 = np.datetime64("2018-01-01", "D")
FIVE_YEARS = 5 * 365


def grid(side: int) -> Network:
    across = [
        [(100.0 * i, 100.0 * j), (100.0 * i + 100, 100.0 * j)] for i in range(side) for j in range(side + 1)
    ]
    return build_network([shapely.LineString(a) for a in across + [[(y, x) for x, y in b] for b in across]])


def on_links(network: Network, links: np.ndarray, seed: int, group: np.ndarray | None = None) -> LinkUnits:
    """Crashes on the given links, anywhere along them and at any time of five years."""
    rng = np.random.default_rng(seed)
    crashes = on_edges(network, links, rng.random(len(links)) * network.lengths[links])
    dates = DAY0 + rng.integers(0, FIVE_YEARS, len(links)).astype("timedelta64[D]")
    return LinkUnits(network, network.edges, crashes, dates, group)


def in_cells(count: int, seed: int) -> CellUnits:
    rng = np.random.default_rng(seed)
    x, y = rng.normal(0, 900, (2, count)).round(1)
    dates = DAY0 + rng.integers(0, FIVE_YEARS, count).astype("timedelta64[D]")
    return CellUnits(cells_around(x, y, 250.0), x, y, dates)


# ------------------------------------------------------------------ what lies near


def test_near_a_cell_are_the_crashes_of_other_cells_only() -> None:
    units = in_cells(60, 1)
    weights = np.random.default_rng(2).random((60, 2))
    px, py = units.cells.centres
    near = units.near(weights, [150.0, 600.0])
    for b, bandwidth in enumerate([150.0, 600.0]):
        for cell in range(0, len(px), 7):
            u2 = ((units.x - px[cell]) ** 2 + (units.y - py[cell]) ** 2) / bandwidth**2
            kernel = 3 / (np.pi * bandwidth**2) * np.maximum(1 - u2, 0) ** 2
            expected = (kernel * (units.unit != cell)) @ weights * 250.0**2
            assert near[b, cell] == pytest.approx(expected, abs=1e-12)


@settings(deadline=None, max_examples=30)
@given(cases(most_streets=5))
def test_near_a_link_are_the_crashes_of_other_links_only(case: Case) -> None:
    network = case.network
    edge, offset = arrays(case.crashes)
    units = LinkUnits(network, network.edges, on_edges(network, edge, offset), np.full(len(edge), DAY0))
    weights = np.array(case.weights)[:, None]
    near = units.near(weights, [300.0])[0, :, 0]
    for link in range(network.edges):
        elsewhere = np.where(units.unit == link, 0.0, weights[:, 0])
        rows = np.flatnonzero(units.lixels.edge == link)
        density = network_density(
            network, units.crashes, units.lixels.middles[rows], 300.0, weights=elsewhere
        )
        wanted = (density.values * units.lixels.length_m[rows]).sum()
        # a way round that is shorter than the road itself leaves a little of the link's own crashes
        assert near[link] >= wanted - 1e-9
        straight = network.tail[link] != network.head[link] and network.lengths[link] < 150.0
        if straight and (network.lengths > network.lengths[link] - 1e-9).all():
            assert near[link] == pytest.approx(wanted, abs=1e-9)


def test_a_file_line_of_two_parts_is_one_link_and_an_unusable_one_has_no_score() -> None:
    two = shapely.MultiLineString([[(0, 0), (100, 0)], [(200, 0), (300, 0)]])
    network = build_network([two, None, shapely.LineString([(100, 0), (200, 0)])])
    crashes = on_edges(network, [0, 1, 2, 2], [50.0, 50.0, 10.0, 20.0])
    units = LinkUnits(network, 3, crashes, np.full(4, DAY0))
    assert units.size.tolist() == [200.0, 0.0, 100.0]
    assert counts_of(units).tolist() == [2.0, 0.0, 2.0]
    ranking = rank_units(units)
    assert np.isnan(ranking.score).tolist() == [False, True, False]
    assert ranking.expected[1] == 0.0


# ------------------------------------------------------------------ what is expected


@pytest.mark.parametrize("units", [in_cells(400, 3), on_links(grid(6), np.arange(60).repeat(5), 4)])
def test_the_parts_add_up_to_the_crashes_per_year(units: CellUnits | LinkUnits) -> None:
    ranking = rank_units(units, DAY0 + FIVE_YEARS)
    assert np.allclose(ranking.own + ranking.near + ranking.background, ranking.expected)
    per_year = (units.unit >= 0).sum() / float((DAY0 + FIVE_YEARS - units.dates.min()).astype(int)) * 365.25
    assert ranking.expected.sum() == pytest.approx(per_year)
    assert (ranking.score > 0).all()
    assert np.allclose(ranking.score * units.size, ranking.expected)
    blend = ranking.blend
    assert blend.near.sum() + blend.background.sum() == pytest.approx(1.0)
    assert blend.own.sum() == pytest.approx(1.0)


def test_order_of_crashes_does_not_matter() -> None:
    units = in_cells(300, 5)
    turn = np.random.default_rng(6).permutation(300)
    turned = CellUnits(units.cells, units.x[turn], units.y[turn], units.dates[turn])
    assert np.allclose(rank_units(units).score, rank_units(turned).score, rtol=1e-6)


def test_what_happens_later_is_not_looked_at() -> None:
    units = in_cells(300, 7)
    until = DAY0 + 4 * 365
    rows = units.dates < until
    before = CellUnits(units.cells, units.x[rows], units.y[rows], units.dates[rows])
    assert np.allclose(rank_units(units, until).score, rank_units(before, until).score, rtol=1e-12)


def test_more_crashes_on_a_link_move_it_up_and_its_neighbours_with_it() -> None:
    network = grid(6)
    links = np.arange(network.edges).repeat(2)
    before = rank_units(on_links(network, links, 8)).expected
    after = rank_units(on_links(network, np.concatenate([links, np.full(30, 20)]), 8)).expected
    touching = [
        e for e in range(network.edges)
        if e != 20 and {network.tail[e], network.head[e]} & {network.tail[20], network.head[20]}
    ]  # fmt: skip
    assert after.argmax() == 20
    elsewhere = np.setdiff1d(np.arange(network.edges), [20, *touching])
    gain = after / before
    assert gain[touching].mean() > gain[elsewhere].mean()


def test_a_quiet_link_of_a_dangerous_class_is_expected_to_have_more() -> None:
    network = grid(8)
    rng = np.random.default_rng(9)
    group = rng.permutation(np.arange(network.edges) % 2)
    main = np.flatnonzero(group == 1)
    links = np.concatenate([rng.choice(main[:-4], 900), rng.choice(np.flatnonzero(group == 0), 90)])
    ranking = rank_units(on_links(network, links, 10, group))
    count = np.bincount(links, minlength=network.edges)
    quiet_side = (group == 0) & (count == 0)
    assert (count[main[-4:]] == 0).all()
    assert ranking.expected[main[-4:]].mean() > 3 * ranking.expected[quiet_side].mean()
    assert ranking.blend.background[-1] > 0.3


def test_without_crashes_all_roads_are_alike() -> None:
    network = build_network(
        [shapely.LineString([(0, 0), (100, 0)]), shapely.LineString([(100, 0), (400, 0)])]
    )
    units = on_links(network, np.zeros(0, np.int64), 1)
    ranking = rank_units(units)
    assert ranking.expected.tolist() == [0.0, 0.0]
    assert ranking.score.tolist() == [0.0, 0.0]


@pytest.mark.parametrize("count", [1, 2, 5])
def test_a_handful_of_crashes_still_gives_a_ranking(count: int) -> None:
    ranking = rank_units(on_links(grid(3), np.arange(count), 11))
    assert np.isfinite(ranking.score).all()
    assert ranking.score.argmax() < count


def test_cells_without_a_place_for_a_crash_leave_it_out() -> None:
    units = in_cells(100, 12)
    lost = replace(units, x=np.where(np.arange(100) < 10, np.nan, units.x))
    assert np.isfinite(rank_units(lost).score).all()
    assert counts_of(lost).sum() == (units.unit[10:] >= 0).sum() > 0


# ------------------------------------------------------------------ what is learnt


def known_of(rng: np.random.Generator, units: int, columns: int) -> Known:
    around, own = rng.gamma(0.7, size=(units, columns)), rng.poisson(1.0, (units, 2)) + 0.0
    return Known(around / around.sum(axis=0), own / own.sum(axis=0), 80.0)


@pytest.mark.parametrize(("columns", "kinds"), [(5, 1), (6, 2)])
def test_the_slope_of_the_likelihood_is_that_of_its_values(columns: int, kinds: int) -> None:
    rng = np.random.default_rng(13)
    period = _Period(known_of(rng, 40, columns), rng.poisson(2.0, 40) + 0.0, kinds)
    p = rng.normal(0, 0.5, columns + 4)
    by_steps = approx_fprime(p, lambda q: period.unlikelihood(q)[0], 1e-7)
    assert period.unlikelihood(p)[1] == pytest.approx(by_steps, rel=1e-4, abs=1e-4)


def test_the_part_that_the_next_crashes_follow_gets_the_weight() -> None:
    rng = np.random.default_rng(14)
    known = known_of(rng, 500, 5)
    follows_near = rng.poisson(20_000 * known.around[:, 2]) + 0.0
    blend = learn_blend([known, known], [follows_near], 2)
    w = mixed(known.around @ np.eye(5)[2], known.own[:, 0], known.crashes, blend.trust)[1]
    assert blend.near[1, 0] > 0.95
    assert np.average(w, weights=known.around[:, 2]) > 0.95
    follows_own = rng.poisson(20_000 * known.own[:, 1]) + 0.0
    blend = learn_blend([known, known], [follows_own], 2)
    assert blend.own[1] > 0.95
    assert mixed(known.around @ np.eye(5)[2], known.own[:, 0], known.crashes, blend.trust)[1].mean() < 0.05


def test_plain_empirical_bayes_is_a_special_case() -> None:
    mu, own = np.array([0.2, 0.3, 0.5]), np.array([0.0, 0.6, 0.4])
    k, crashes = 0.7, 50.0
    s, w = mixed(mu, own, crashes, np.array([np.log(k), 1.0]))
    assert w == pytest.approx(1 / (1 + k * crashes * mu))
    assert s * crashes == pytest.approx(w * crashes * mu + (1 - w) * crashes * own)


def test_older_crashes_count_by_half_lives_and_later_ones_not_at_all() -> None:
    day = np.datetime64("2020-01-01", "D")
    dates = day - np.array([1, 731, 1462, 0, -5]).astype("timedelta64[D]")
    weights = faded(dates, day)
    assert weights[:, 0].tolist() == [1.0, 1.0, 1.0, 0.0, 0.0]
    assert weights[:, 1] == pytest.approx([1.0, 0.5, 0.25, 0.0, 0.0], abs=2e-3)


@pytest.mark.parametrize(
    ("first", "until", "expected"),
    [
        ("2014-01-01", "2019-01-01", ["2017-01-01", "2018-01-01"]),
        ("2017-01-01", "2019-01-01", ["2018-01-01"]),
        ("2018-07-01", "2019-01-01", ["2018-11-01"]),
        ("2018-12-31", "2019-01-01", []),
    ],
)
def test_it_learns_from_the_last_years(first: str, until: str, expected: list[str]) -> None:
    days = validation_days(np.datetime64(first, "D"), np.datetime64(until, "D"))
    assert [str(day) for day in days] == expected


def test_classes_are_numbered_by_name() -> None:
    assert groups_of(["b", "a", "b", 3]).tolist() == [2, 1, 2, 0]
    assert len(BANDWIDTHS_M) == 5

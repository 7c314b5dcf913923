"""Black spots: windows on the network against a search of every place, clauses, days, and the road of a spot."""

from itertools import pairwise

import numpy as np
import pytest
import shapely
from hypothesis import given, settings
from hypothesis import strategies as st

from anlu.engine.risk.blackspots import Crashes, Spot, find_black_spots, later_by
from anlu.engine.risk.coverage import TooMuchRoad, stretches_within
from anlu.engine.risk.positions import on_edges
from anlu.engine.risk.rules import Clause
from anlu.engine.risk.severity import EPDO
from anlu.engine.risk.spot_roads import spot_road
from anlu.engine.roads.network import Network, build_network
from tests.engine.risk.brute_force import Roads, distance
from tests.engine.risk.random_roads import Case, arrays, cases

DAY_ONE = np.datetime64("2020-01-01")


def road(*lengths: float) -> Network:
    """A straight road of several edges."""
    ends = np.concatenate(([0.0], np.cumsum(lengths)))
    return build_network([shapely.LineString([(a, 0), (b, 0)]) for a, b in pairwise(ends.tolist())])


def crashes_at(
    network: Network,
    places: list[tuple[int, float]],
    *,
    severities: list[int] | None = None,
    days: list[str] | None = None,
    killed: list[int] | None = None,
) -> Crashes:
    count = len(places)
    severity = np.array(severities or [3] * count, np.int64)
    return Crashes(
        on_edges(network, [p[0] for p in places], [p[1] for p in places]),
        severity,
        np.array(days or ["2020-01-01"] * count, "datetime64[D]"),
        np.array(killed or (severity == 1).astype(int), np.int64),
    )


def rows_of(spots: list[Spot]) -> list[list[int]]:
    return [sorted(spot.rows.tolist()) for spot in spots]


# ----------------------------------------------------------------------------------------------------- by hand


def test_crashes_no_farther_apart_than_the_length_make_a_spot_across_edges() -> None:
    network = road(300, 300, 300)
    crashes = crashes_at(network, [(0, 250.0), (1, 100.0), (2, 150.0), (2, 151.0)])
    spots = find_black_spots(network, crashes, Clause("c", 500.0, 3.0, min_crashes=3))
    assert rows_of(spots) == [[0, 1, 2]]  # 250 to 750; 751 is a metre too far
    assert spot_road(network, crashes.positions[spots[0].rows], 500.0).extent_m == pytest.approx(500.0)


def test_of_overlapping_windows_the_worst_is_taken_and_the_rest_may_still_be_one() -> None:
    network = road(2000)
    places = [(0, x) for x in (100.0, 200.0, 300.0, 400.0, 500.0, 560.0, 580.0, 900.0, 950.0)]
    crashes = crashes_at(network, places, severities=[3, 3, 1, 3, 3, 3, 3, 3, 3])
    spots = find_black_spots(network, crashes, Clause("c", 300.0, 3.0, min_crashes=2))
    assert rows_of(spots) == [[2, 3, 4, 5, 6], [0, 1], [7, 8]]
    assert [spot.fatal for spot in spots] == [1, 0, 0]


def test_every_threshold_given_must_be_met() -> None:
    network = road(1000)
    crashes = crashes_at(network, [(0, 10.0), (0, 20.0), (0, 30.0)], severities=[1, 3, 4], killed=[2, 0, 0])
    met = Clause("c", 100.0, 1.0, min_crashes=3, min_injury=1, min_fatal=1, min_killed=2)
    (spot,) = find_black_spots(network, crashes, met)
    assert (spot.crashes, spot.injury, spot.fatal, spot.killed) == (3, 1, 1, 2)
    for key, least in (("min_crashes", 4), ("min_injury", 2), ("min_fatal", 2), ("min_killed", 3)):
        assert not find_black_spots(network, crashes, Clause("c", 100.0, 1.0, **{key: least}))


def test_crashes_farther_apart_in_time_than_the_years_do_not_count_together() -> None:
    network = road(1000)
    days = ["2019-03-01", "2020-02-29", "2022-02-28", "2022-03-01", "2023-03-01"]
    crashes = crashes_at(network, [(0, 10.0)] * 5, days=days)
    spots = find_black_spots(network, crashes, Clause("c", 100.0, 3.0, min_crashes=3))
    assert rows_of(spots) == [[0, 1, 2]]  # from 1 March 2019 to before 1 March 2022
    assert (str(spots[0].from_date), str(spots[0].to_date)) == ("2019-03-01", "2022-02-28")


@pytest.mark.parametrize(
    ("day", "years", "later"),
    [
        ("2020-01-01", 1.0, "2021-01-01"),
        ("2020-02-29", 1.0, "2021-02-28"),
        ("2020-02-29", 4.0, "2024-02-29"),
        ("2020-11-30", 0.25, "2021-02-28"),
        ("2020-01-01", 0.02, "2020-01-08"),
        ("2021-12-31", 3.0, "2024-12-31"),
    ],
)
def test_years_are_counted_by_the_calendar(day: str, years: float, later: str) -> None:
    assert str(later_by(np.array([day], "datetime64[D]"), years)[0]) == later


def test_a_spot_says_rule_window_counts_and_days() -> None:
    network = road(1000)
    crashes = crashes_at(network, [(0, 10.0), (0, 20.0), (0, 30.0)], severities=[1, 1, 3])
    (spot,) = find_black_spots(network, crashes, Clause("多发", 500.0, 3.0, min_crashes=3, min_fatal=2))
    assert spot.why == (
        "多发: 500 米、3 年内事故 3 起(应不少于 3)、死亡事故 2 起(应不少于 2); 2020-01-01 至 2020-01-01"
    )


def test_no_crashes_and_no_windows_give_no_spots() -> None:
    network = road(1000)
    clause = Clause("c", 500.0, 3.0, min_crashes=2)
    assert find_black_spots(network, crashes_at(network, []), clause) == []
    assert find_black_spots(network, crashes_at(network, [(0, 1.0)]), clause) == []


def test_a_crossing_gathers_the_crashes_of_all_its_arms() -> None:
    arms = [shapely.LineString([(0, 0), end]) for end in ((500, 0), (-500, 0), (0, 500), (0, -500))]
    network = build_network(arms)
    crashes = crashes_at(network, [(arm, 40.0) for arm in range(4)])
    (spot,) = find_black_spots(network, crashes, Clause("c", 100.0, 3.0, min_crashes=4))
    places = crashes.positions[spot.rows]
    assert spot_road(network, places, 100.0).extent_m == pytest.approx(80.0)
    drawn = spot_road(network, places, 100.0).parts
    assert sorted(drawn.edge.tolist()) == [0, 1, 2, 3]
    assert drawn.length_m.tolist() == [40.0] * 4


def test_crashes_beyond_a_gap_in_the_network_do_not_count() -> None:
    lines = [shapely.LineString([(0, 0), (100, 0)]), shapely.LineString([(0, 5), (100, 5)])]
    network = build_network(lines)
    crashes = crashes_at(network, [(0, 50.0), (1, 50.0)])
    assert not find_black_spots(network, crashes, Clause("c", 500.0, 3.0, min_crashes=2))


def test_the_road_of_a_spot_reaches_from_its_first_to_its_last_crash() -> None:
    network = road(300, 300, 300)
    drawn = spot_road(network, on_edges(network, [0, 1, 2], [250.0, 100.0, 50.0]), 500.0).parts
    parts = list(zip(drawn.edge.tolist(), drawn.begin_m.tolist(), drawn.end_m.tolist(), strict=True))
    assert parts == [(0, 250.0, 300.0), (1, 0.0, 300.0), (2, 0.0, 50.0)]


def test_a_spot_in_one_place_is_drawn_ten_metres_long() -> None:
    network = road(300)
    places = on_edges(network, [0, 0], [100.0, 100.0])
    assert spot_road(network, places, 500.0).extent_m == 0.0
    assert spot_road(network, places, 500.0).parts.length_m.tolist() == [10.0]


def test_a_window_longer_than_the_network_holds_everything_that_is_connected() -> None:
    network = road(100, 100)
    crashes = crashes_at(network, [(0, 0.0), (1, 100.0)])
    (spot,) = find_black_spots(network, crashes, Clause("c", 1e5, 100.0, min_crashes=2))
    assert spot.crashes == 2


def test_more_road_than_memory_holds_is_refused(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("anlu.engine.risk.coverage.MOST_STRETCHES", 10)
    network = road(*[10.0] * 30)
    with pytest.raises(TooMuchRoad):
        stretches_within(network, on_edges(network, [3, 9, 20], [1.0, 1.0, 1.0]), 100.0)


# -------------------------------------------------------------------------------------------- against every place

clauses = st.builds(
    Clause,
    st.just("c"),
    st.sampled_from([40.0, 130.0, 260.0, 1000.0]),
    st.sampled_from([0.25, 1.0, 3.0]),
    st.integers(1, 3),
    st.none() | st.integers(1, 2),
    st.none() | st.integers(1, 2),
    st.none() | st.integers(1, 3),
)


@st.composite
def crash_sets(draw: st.DrawFn) -> tuple[Case, Crashes]:
    case = draw(cases())
    count = len(case.crashes)
    severities = draw(st.lists(st.integers(1, 4), min_size=count, max_size=count))
    days = draw(st.lists(st.integers(0, 1500), min_size=count, max_size=count))
    killed = [draw(st.integers(1, 3)) if severity == 1 else 0 for severity in severities]
    edge, offset = arrays(case.crashes)
    dates = DAY_ONE + np.array(days, "timedelta64[D]")
    positions = on_edges(case.network, edge, offset)
    return case, Crashes(positions, np.array(severities), dates, np.array(killed))


def far(roads: Roads, between: np.ndarray, a: tuple[int, float], b: tuple[int, float]) -> float:
    return distance(roads, between, a, b)


@given(cases(), st.floats(5, 600))
@settings(max_examples=150, deadline=None)
def test_a_place_is_covered_by_the_crashes_within_reach_and_no_others(case: Case, radius: float) -> None:
    between = case.roads.node_distances()
    edge, offset = arrays(case.crashes)
    found = stretches_within(case.network, on_edges(case.network, edge, offset), radius)
    for place in case.samples:
        here = (found.edge == place[0]) & (found.begin_m <= place[1]) & (place[1] <= found.end_m)
        covering = sorted(found.crash[here].tolist())
        away = [far(case.roads, between, place, crash) for crash in case.crashes]
        sure = [i for i, d in enumerate(away) if d < radius - 1e-6]
        maybe = [i for i, d in enumerate(away) if d < radius + 1e-6]
        assert set(sure) <= set(covering) <= set(maybe)
        assert len(covering) == len(set(covering))


def places_of(case: Case, reach: float, between: np.ndarray) -> list[tuple[int, float]]:
    """Places among which every set of crashes within reach of a place occurs: where reach begins or ends."""
    found = []
    for edge, (_, _, length) in enumerate(case.roads.edges):
        cuts = {0.0, length}
        for crash in case.crashes:
            cuts |= {reach - far(case.roads, between, (edge, 0.0), crash)}
            cuts |= {length - reach + far(case.roads, between, (edge, length), crash)}
            if crash[0] == edge:
                cuts |= {crash[1] - reach, crash[1] + reach}
        found += [(edge, cut) for cut in cuts if 0.0 <= cut <= length]
    return found


def score_of(crashes: Crashes, rows: list[int]) -> tuple[float, int, int]:
    return float(EPDO.of(crashes.severities[rows]).sum()), int(crashes.killed[rows].sum()), len(rows)


def is_met(crashes: Crashes, rows: list[int], clause: Clause) -> bool:
    severity = crashes.severities[rows]
    found = (
        len(rows),
        int(np.isin(severity, (2, 3)).sum()),
        int((severity == 1).sum()),
        score_of(crashes, rows)[1],
    )
    return all(least is None or n >= least for n, least in zip(found, clause.thresholds, strict=True))


def best_window(
    case: Case, crashes: Crashes, clause: Clause, free: set[int]
) -> tuple[float, int, int] | None:
    """Score of the worst window, by looking at every place and every run of days."""
    between, reach = case.roads.node_distances(), clause.length_m / 2
    late = later_by(crashes.dates, clause.years)
    best = None
    for place in places_of(case, reach, between):
        near = [i for i in free if far(case.roads, between, place, case.crashes[i]) <= reach + 1e-7]
        for first in near:
            run = [i for i in near if crashes.dates[first] <= crashes.dates[i] < late[first]]
            if is_met(crashes, run, clause) and (best is None or score_of(crashes, run) > best):
                best = score_of(crashes, run)
    return best


@given(crash_sets(), clauses)
@settings(max_examples=150, deadline=None)
def test_spots_are_the_worst_windows_that_any_place_has(drawn: tuple[Case, Crashes], clause: Clause) -> None:
    case, crashes = drawn
    free = set(range(len(crashes)))
    between = case.roads.node_distances()
    for spot in find_black_spots(case.network, crashes, clause):
        rows = spot.rows.tolist()
        assert set(rows) <= free
        assert is_met(crashes, rows, clause)
        assert score_of(crashes, rows) == best_window(case, crashes, clause, free)
        middle = (spot.edge, spot.offset_m)
        away = [far(case.roads, between, middle, case.crashes[i]) for i in rows]
        assert max(away) <= clause.length_m / 2 + 1e-6
        apart = [far(case.roads, between, case.crashes[i], case.crashes[j]) for i in rows for j in rows]
        places = crashes.positions[spot.rows]
        assert spot_road(case.network, places, clause.length_m).extent_m == pytest.approx(
            max(apart), abs=1e-6
        )
        assert spot_road(case.network, places, clause.length_m).parts.length_m.sum() >= max(apart) - 1e-6
        assert (crashes.dates[rows].max() < later_by(crashes.dates[rows], clause.years)).all()
        free -= set(rows)
    assert best_window(case, crashes, clause, free) is None


@given(crash_sets(), clauses, st.randoms(use_true_random=False))
@settings(max_examples=60, deadline=None)
def test_the_order_of_crashes_does_not_matter(
    drawn: tuple[Case, Crashes], clause: Clause, random: object
) -> None:
    case, crashes = drawn
    order = list(range(len(crashes)))
    random.shuffle(order)  # type: ignore[attr-defined]
    shuffled = Crashes(
        crashes.positions[order], crashes.severities[order], crashes.dates[order], crashes.killed[order]
    )
    one, other = (find_black_spots(case.network, each, clause) for each in (crashes, shuffled))
    scores = [score_of(c, s.rows.tolist()) for c, found in ((crashes, one), (shuffled, other)) for s in found]
    assert scores[: len(one)] == scores[len(one) :]

"""Sliding windows and peak searching along a road: by hand, by a published example, and against plain loops."""

import math

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from anlu.engine.risk.windows import apart, peak_search, sliding_windows, variation


def test_windows_move_by_the_step_and_the_last_ends_with_the_road() -> None:
    found = sliding_windows([0.0, 99.0, 150.0, 250.0], (0.0, 250.0), length_m=100.0, step_m=60.0)
    assert found.begin_m.tolist() == [0.0, 60.0, 120.0, 150.0]
    assert found.end_m.tolist() == [100.0, 160.0, 220.0, 250.0]
    assert found.total.tolist() == [
        2.0,
        2.0,
        1.0,
        2.0,
    ]  # a crash at 150 begins the last; one at 250 ends the road
    assert found.worst == 0


def test_a_short_road_is_one_window() -> None:
    found = sliding_windows([10.0, 20.0], (0.0, 30.0), length_m=1000.0)
    assert (found.begin_m.tolist(), found.end_m.tolist(), found.total.tolist()) == ([0.0], [30.0], [2.0])


def test_no_crashes_give_empty_windows() -> None:
    found = sliding_windows([], (0.0, 2000.0))
    assert len(found.begin_m) == 11
    assert found.total.sum() == 0.0
    assert len(apart(found, 1.0)) == 0


def test_of_overlapping_windows_only_the_worst_is_kept() -> None:
    found = sliding_windows([450.0, 460.0, 470.0, 1500.0], (0.0, 2000.0), length_m=200.0, step_m=100.0)
    chosen = apart(found, 1.0)
    assert [(found.begin_m[i], found.total[i]) for i in chosen] == [(300.0, 3.0), (1400.0, 1.0)]


def test_windows_of_the_published_peak_example() -> None:
    """AgileAssets manual, Peak Search: counts 0 0 3 0 0 1 0 0 0, sigma 1.014, variation 0.338 and 1.014."""
    at = [1.25, 1.26, 1.27, 1.55]
    counts = sliding_windows(at, (1.0, 1.9), length_m=0.1, step_m=0.1).total
    assert counts.tolist() == [0, 0, 3, 0, 0, 1, 0, 0, 0]
    deviation = counts.std(ddof=1)
    assert deviation == pytest.approx(1.014, abs=5e-4)
    cv = variation(counts, deviation)
    assert cv[[2, 5]] == pytest.approx([0.338, 1.014], abs=5e-4)
    assert np.isinf(np.delete(cv, [2, 5])).all()
    assert (np.flatnonzero(cv <= 0.35).tolist(), np.flatnonzero(cv <= 0.3).tolist()) == ([2], [])


def test_a_peak_is_as_short_as_its_precision_allows() -> None:
    at = [*np.full(12, 430.0), 50.0, 950.0]
    peak = peak_search(at, (0.0, 1000.0), 0.01, 50.0, limit=0.4)
    assert peak is not None
    assert (peak.begin_m, peak.end_m) == (400.0, 500.0)
    assert peak.mean == pytest.approx((1 / 1.5) * 1.0 + (0.5 / 1.5) * 12)  # mu 1, k 0.5
    assert peak.variation == pytest.approx(math.sqrt((0.5 / 1.5) / peak.mean))
    assert peak_search(at, (0.0, 1000.0), 0.01, 50.0, limit=1e-3) is None


def test_where_short_parts_say_too_little_longer_ones_are_looked_at() -> None:
    at = np.linspace(5.0, 995.0, 40)
    short, long = (peak_search(at, (0.0, 1000.0), 0.04, 1000.0, limit=limit) for limit in (0.5, 0.2))
    assert short is not None
    assert long is not None
    assert long.end_m - long.begin_m > short.end_m - short.begin_m
    assert long.variation <= 0.2


@pytest.mark.parametrize(
    ("road", "length", "step"),
    [((5.0, 5.0), 10.0, 1.0), ((5.0, 1.0), 10.0, 1.0), ((0.0, math.inf), 10.0, 1.0), ((0.0, 9.0), 0.0, 1.0),
     ((0.0, 9.0), 1.0, -1.0)],
)  # fmt: skip
def test_roads_and_windows_without_length_are_refused(
    road: tuple[float, float], length: float, step: float
) -> None:
    with pytest.raises(ValueError, match=r"length"):
        sliding_windows([1.0], road, length_m=length, step_m=step)


crashes = st.lists(st.tuples(st.floats(-10, 1100), st.integers(1, 10)), max_size=25)


@given(crashes, st.floats(10, 1000), st.floats(20, 500), st.floats(10, 300))
def test_totals_are_those_of_a_plain_loop(
    crashes: list[tuple[float, int]], end: float, length: float, step: float
) -> None:
    at, weights = [c[0] for c in crashes], [float(c[1]) for c in crashes]
    found = sliding_windows(at, (0.0, end), length_m=length, step_m=step, weights=weights)
    assert found.end_m[-1] == end
    assert (np.diff(found.begin_m) <= step + 1e-9).all()
    for begin, stop, total in zip(found.begin_m, found.end_m, found.total, strict=True):
        inside = [w for a, w in crashes if begin <= a < stop or (stop >= end and a == end and begin <= a)]
        assert total == pytest.approx(sum(inside))


@given(crashes, st.randoms(use_true_random=False))
def test_the_order_of_crashes_does_not_matter(crashes: list[tuple[float, int]], random: object) -> None:
    shuffled = crashes[:]
    random.shuffle(shuffled)  # type: ignore[attr-defined]
    one, other = (
        sliding_windows([c[0] for c in each], (0.0, 1000.0), weights=[c[1] for c in each])
        for each in (crashes, shuffled)
    )
    assert one.total.tolist() == other.total.tolist()
    assert apart(one, 1.0).tolist() == apart(other, 1.0).tolist()

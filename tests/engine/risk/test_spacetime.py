"""Density in space and time: windows of the week and the calendar, kernels around both, one pass for all."""

from datetime import datetime, timedelta

import numpy as np
import pytest
import shapely
from hypothesis import given
from hypothesis import strategies as st

from anlu.engine.risk.density import METHODS, Method, network_density
from anlu.engine.risk.kernels import KERNELS
from anlu.engine.risk.positions import on_edges
from anlu.engine.risk.spacetime import (
    Window,
    around_the_dates,
    around_the_week,
    density_over_time,
    hours_of_week,
    in_windows,
)
from anlu.engine.roads.network import build_network

moments = st.datetimes(datetime(1969, 1, 1), datetime(2030, 1, 1)).map(lambda t: t.replace(microsecond=0))


def times(*texts: str) -> np.ndarray:
    return np.array(texts, "datetime64[s]")


@given(moments, st.integers(0, 24), st.integers(0, 24), st.frozensets(st.integers(0, 6), min_size=1))
def test_a_window_holds_what_the_calendar_says(
    moment: datetime, a: int, b: int, days: frozenset[int]
) -> None:
    if a == b:
        return
    hour = moment.hour + moment.minute / 60 + moment.second / 3600
    inside = a <= hour < b if a < b else hour >= a or hour < b
    found = Window(a, b, days).holds(np.array([moment], "datetime64[s]"))
    assert found.tolist() == [inside and moment.weekday() in days]


@given(moments)
def test_hours_of_the_week_count_from_monday(moment: datetime) -> None:
    monday = datetime(moment.year, moment.month, moment.day) - timedelta(days=moment.weekday())
    expected = (moment - monday).total_seconds() / 3600
    assert hours_of_week(np.array([moment], "datetime64[s]"))[0] == pytest.approx(expected, abs=1e-9)


def test_first_and_last_day_are_included() -> None:
    window = Window(first_day=np.datetime64("2023-01-02"), last_day=np.datetime64("2023-06-30"))
    given_times = times(
        "2023-01-01T23:59:59", "2023-01-02T00:00", "2023-06-30T23:59:59", "2023-07-01T00:00", "NaT"
    )
    assert window.holds(given_times).tolist() == [False, True, True, False, False]


def test_windows_are_columns_of_ones_and_noughts() -> None:
    night, morning = Window(22, 6), Window(7, 9, frozenset(range(5)))
    given_times = times(
        "2023-07-03T07:30", "2023-07-02T23:00", "2023-07-02T08:00", "NaT"
    )  # Monday, Sunday, Sunday
    assert in_windows(given_times, [night, morning]).tolist() == [[0, 1], [1, 0], [0, 0], [0, 0]]


def test_sunday_midnight_joins_monday() -> None:
    given_times = times("2023-07-02T23:00", "2023-07-03T01:00", "NaT")
    found = around_the_week(given_times, [0.0, 84.0], 4.0)
    assert np.allclose(found, [[KERNELS["quartic"].value(1.0, 4.0), 0.0]] * 2 + [[0.0, 0.0]])


@pytest.mark.parametrize("kernel", sorted(KERNELS))
def test_the_weights_of_a_crash_sum_to_one_over_the_week(kernel: str) -> None:
    centres = np.arange(0.0, 168.0, 0.01)
    total = around_the_week(times("2023-07-02T22:17"), centres, 12.0, kernel=kernel).sum() * 0.01
    assert total == pytest.approx(0.682689 if kernel == "gaussian" else 1.0, abs=1e-3)


def test_weights_along_the_calendar_fade_with_the_days() -> None:
    found = around_the_dates(times("2023-07-03", "2023-07-13", "NaT"), ["2023-07-03", "2023-07-08"], 10.0)
    expected = KERNELS["quartic"].value([[0.0, 5.0], [10.0, 5.0]], 10.0)
    assert np.allclose(found, [*expected, [0.0, 0.0]])


@pytest.mark.parametrize("method", METHODS)
def test_all_windows_in_one_pass_are_each_alone(method: Method) -> None:
    network = build_network(
        [shapely.LineString([(0, 0), (300, 0), (300, 300)]), shapely.LineString([(300, 300), (0, 0)])]
    )
    crashes, samples = (
        on_edges(network, [0, 0, 1], [50.0, 350.0, 100.0]),
        on_edges(network, [0, 1], [80.0, 60.0]),
    )
    in_time = in_windows(
        times("2023-07-03T08:00", "2023-07-03T23:00", "2023-07-04T08:30"), [Window(7, 9), Window(22, 6)]
    )
    weights = np.array([1.0, 2.0, 3.0])
    found = density_over_time(network, crashes, in_time, samples, 200.0, method=method, weights=weights)
    for c, rows in enumerate(([0, 2], [1])):
        alone = network_density(network, crashes[rows], samples, 200.0, method=method, weights=weights[rows])
        assert np.allclose(found.values[c], alone.values, rtol=1e-12)


@pytest.mark.parametrize(
    ("wrong", "words"),
    [
        (lambda: Window(9, 9), "must differ"),
        (lambda: Window(-1, 9), r"0\.\.24"),
        (lambda: Window(weekdays=frozenset()), "0 to 6"),
        (lambda: Window(weekdays=frozenset({7})), "0 to 6"),
        (lambda: around_the_week(times("2023-07-03"), [0.0], 85.0), "half a week"),
        (lambda: around_the_week(times("2023-07-03"), [0.0], 5.0, kernel="cosine"), "unknown kernel"),
        (lambda: around_the_dates(times("2023-07-03"), ["2023-07-03"], 0.0), "positive"),
    ],
)
def test_wrong_arguments_are_named(wrong: object, words: str) -> None:
    with pytest.raises(ValueError, match=words):
        wrong()  # type: ignore[operator]

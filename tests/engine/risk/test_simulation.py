"""Made counties have the danger that they say they have."""

import numpy as np
import pytest
from scipy.stats import chisquare

from anlu.engine.risk.neighbours import places_within
from anlu.engine.risk.simulation import EVEN, USUAL, Danger, make_county, make_crashes


def test_the_same_seed_makes_the_same_county_and_crashes() -> None:
    one, two = (make_county(USUAL, np.random.default_rng(1), streets=8) for _ in range(2))
    assert (one.intensity == two.intensity).all()
    first, second = (make_crashes(one, 2, np.random.default_rng(2)) for _ in range(2))
    assert (first[0].offset_m == second[0].offset_m).all()
    assert (first[1] == second[1]).all()


def test_an_even_county_has_the_danger_of_its_classes_only() -> None:
    county = make_county(EVEN, np.random.default_rng(3), streets=10, crashes_per_year=250.0)
    per_metre = county.by_link / county.network.lengths
    assert county.intensity.sum() == pytest.approx(250.0)
    assert np.ptp(per_metre[county.main == 0]) < 1e-12
    assert per_metre[county.main == 1] == pytest.approx(4.0 * per_metre[county.main == 0][0])
    assert (county.hot == -1).all()
    assert 0.1 < county.main.mean() < 0.4


def test_crashes_fall_on_lixels_in_proportion_to_their_danger() -> None:
    rng = np.random.default_rng(4)
    county = make_county(Danger(links_vary=0.5, junction_factor=2.0), rng, streets=5, crashes_per_year=3000.0)
    crashes, dates = make_crashes(county, 5, rng)
    assert len(crashes) == pytest.approx(15_000, abs=4 * np.sqrt(15_000))
    counts = np.bincount(crashes.edge, minlength=county.network.edges)
    assert chisquare(counts, county.by_link / county.by_link.sum() * counts.sum()).pvalue > 0.001
    assert str(dates.min()) >= "2018-01-01"
    assert str(dates.max()) <= "2022-12-31"
    at_end = (crashes.offset_m < 20) | (crashes.offset_m > county.network.lengths[crashes.edge] - 20)
    assert at_end.mean() > 40 / county.network.lengths.mean()


def test_hot_spots_are_apart_as_long_and_as_hot_as_asked_for() -> None:
    danger = Danger(hot_spots=6, hot_radius_m=120.0, hot_factor=9.0)
    county = make_county(danger, np.random.default_rng(5), streets=12)
    per_metre = county.intensity / county.lixels.length_m
    usual = per_metre[county.hot < 0].min()
    assert sorted(set(county.hot.tolist())) == [-1, 0, 1, 2, 3, 4, 5]
    near = places_within(county.network, county.lixels.middles, 120.0)
    for spot in range(6):
        lixels = np.flatnonzero(county.hot == spot)
        assert per_metre[lixels] == pytest.approx(
            9.0 * usual * (1 + 3 * county.main[county.lixels.edge[lixels]])
        )
        middles = [i for i in lixels if set(near.place[near.start[i] : near.start[i + 1]]) == set(lixels)]
        assert middles


def test_danger_varies_between_links_and_parts_as_asked_for() -> None:
    rng = np.random.default_rng(6)
    links = make_county(Danger(main_factor=1.0, links_vary=0.8), rng, streets=20)
    per_metre = links.by_link / links.network.lengths
    assert per_metre.var() / per_metre.mean() ** 2 == pytest.approx(0.8, rel=0.3)
    parts = make_county(Danger(main_factor=1.0, parts_vary=0.8), rng, streets=20)
    per_metre = parts.intensity / parts.lixels.length_m
    assert per_metre.min() == pytest.approx(0.2 * per_metre.mean(), rel=0.3)
    assert per_metre.max() > 2 * per_metre.mean()


def test_a_county_needs_three_streets() -> None:
    with pytest.raises(ValueError, match="streets"):
        make_county(EVEN, np.random.default_rng(1), streets=2)

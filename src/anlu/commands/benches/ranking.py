"""The default ranking against the methods in use, on made counties whose true danger is known."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace

import numpy as np

from anlu.commands.benches import Options, Result, least_seconds
from anlu.engine.risk.backtest import expected_pai
from anlu.engine.risk.ranking import rank_units
from anlu.engine.risk.scores import METHODS
from anlu.engine.risk.simulation import EVEN, FIRST_DAY, USUAL, Danger, make_county, make_crashes
from anlu.engine.risk.units import LinkUnits

COUNTIES = 20
YEARS = 5
SHARES_PCT = (1, 2, 5)
# name → danger, crashes per year, streets either way
COUNTY_KINDS: dict[str, tuple[Danger, float, int]] = {
    "usual": (USUAL, 400.0, 30),
    "few_crashes": (USUAL, 100.0, 30),
    "many_crashes": (USUAL, 1500.0, 30),
    "large": (USUAL, 400.0, 60),
    "even": (EVEN, 400.0, 30),
    "links_differ": (Danger(links_vary=1.0), 400.0, 30),
    "parts_differ": (Danger(parts_vary=0.9), 400.0, 30),
}


def measure(options: Options) -> Iterator[Result]:
    """Differences of PAI, default minus the other, mean over counties; and how long a ranking takes."""
    counties = options.rows or COUNTIES
    for kind, (danger, crashes_per_year, streets) in COUNTY_KINDS.items():
        found = [pais(danger, crashes_per_year, streets, seed) for seed in range(counties)]
        for other in found[0]:
            yield from _differences(kind, other, found)
    yield _seconds(options)


def pais(danger: Danger, crashes_per_year: float, streets: int, seed: int) -> dict[str, list[float]]:
    """
    Expected PAI at each share by each method, in one made county; ``default_with_classes`` knows the class of roads.
    """
    rng = np.random.default_rng(seed)
    county = make_county(danger, rng, streets=streets, crashes_per_year=crashes_per_year)
    crashes, dates = make_crashes(county, YEARS, rng)
    units, until = (
        LinkUnits(county.network, county.network.edges, crashes, dates),
        FIRST_DAY + 365 * YEARS + 1,
    )
    scores = {name: score(units, until).score for name, score in METHODS.items()}
    scores["count_per_km"], scores["eb_per_km"] = scores["count"] / units.size, scores["eb"] / units.size
    scores["default_with_classes"] = rank_units(replace(units, group=county.main), until).score
    scores["truth"] = county.by_link / units.size
    return {
        name: [expected_pai(score, units.size, county.by_link, pct) for pct in SHARES_PCT]
        for name, score in scores.items()
    }


def _differences(kind: str, other: str, found: list[dict[str, list[float]]]) -> Iterator[Result]:
    if other == "default":
        means = np.mean([each["default"] for each in found], axis=0)
        for pct, mean in zip(SHARES_PCT, means.tolist(), strict=True):
            yield Result(f"ranking.{kind}.default.{pct}_pct", mean, "PAI")
        return
    gains = np.array([np.subtract(each["default"], each[other]) for each in found])
    spread = 1.96 * gains.std(axis=0, ddof=min(1, len(gains) - 1)) / np.sqrt(len(gains))
    for pct, gain, either_way in zip(SHARES_PCT, gains.mean(axis=0).tolist(), spread.tolist(), strict=True):
        yield Result(f"ranking.{kind}.default_minus_{other}.{pct}_pct", gain, f"PAI ± {either_way:.2f}")


def _seconds(options: Options) -> Result:
    rng = np.random.default_rng(0)
    county = make_county(USUAL, rng, streets=150, crashes_per_year=20_000.0)
    crashes, dates = make_crashes(county, YEARS, rng)
    units = LinkUnits(county.network, county.network.edges, crashes, dates)
    name = f"ranking.{county.network.edges}_links.{len(crashes)}_crashes"
    return Result(name, least_seconds(lambda: rank_units(units), options.repeats), "s")

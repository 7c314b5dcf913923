"""How often the cluster test declares a hot spot where there is none, and how often it finds one that is there."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, replace

import numpy as np

from anlu.commands.benches import Options, Result
from anlu.engine.risk.clusters import find_clusters, prepare_scan
from anlu.engine.risk.simulation import EVEN, Danger, make_county, make_crashes

COUNTIES = 200
LEVEL = 0.05
SIMULATIONS = 199
YEARS = 3
CRASHES_PER_YEAR = 100.0
STREETS = 12
HOT = replace(EVEN, hot_spots=3)
WITHOUT: dict[str, Danger] = {"even": EVEN, "busy_junctions": Danger(junction_factor=3.0)}
PLANTED: dict[str, Danger] = {
    f"{factor}_times": replace(HOT, hot_factor=float(factor)) for factor in (3, 6, 12)
}


@dataclass(frozen=True)
class Verdict:
    """
    What the test says of one county.

    Attributes
    ----------
    declared
        Hot spots.
    false
        Those of them where nothing was planted.
    planted, found
        Hot spots that there are, and those of them that a declared one touches.
    """

    declared: int
    false: int
    planted: int
    found: int


def measure(options: Options) -> Iterator[Result]:
    """Share of counties without hot spots where any is declared; share of planted ones that are found."""
    counties = range(options.rows or COUNTIES)
    for name, danger in WITHOUT.items():
        verdicts = [verdict(danger, seed) for seed in counties]
        share = float(np.mean([each.declared > 0 for each in verdicts]))
        yield Result(f"alarms.{name}.counties_with_false_alarm", share, "share", LEVEL, share / LEVEL)
    for name, danger in PLANTED.items():
        verdicts = [verdict(danger, seed) for seed in counties]
        found, planted = sum(each.found for each in verdicts), sum(each.planted for each in verdicts)
        yield Result(f"alarms.planted_{name}.found", found / planted, "share")
        false, declared = sum(each.false for each in verdicts), sum(each.declared for each in verdicts)
        yield Result(f"alarms.planted_{name}.declared_elsewhere", false / max(1, declared), "share")


def verdict(
    danger: Danger, seed: int, *, streets: int = STREETS, simulations: int = SIMULATIONS, level: float = LEVEL
) -> Verdict:
    """Make a county and let the test judge it; classes of road and junctions are known to it, nothing else."""
    rng = np.random.default_rng([seed, 7])
    county = make_county(danger, rng, streets=streets, crashes_per_year=CRASHES_PER_YEAR)
    crashes, _ = make_crashes(county, YEARS, rng)
    scan = prepare_scan(county.network, edge_stratum=county.main, junctions_apart=True)
    clusters = find_clusters(scan, crashes, simulations=simulations, level=level, rng=rng)
    touched = [set(county.hot[cluster.lixels].tolist()) - {-1} for cluster in clusters]
    return Verdict(
        declared=len(clusters),
        false=sum(not spots for spots in touched),
        planted=danger.hot_spots,
        found=len(set().union(*touched)),
    )

"""``anlu risk rank``."""

from __future__ import annotations

import argparse
import sys
import time
from dataclasses import dataclass, field
from typing import Any

import numpy as np

from anlu.commands.output import print_json
from anlu.commands.risk.inputs import RoadFile, check_files, number_of, plain_columns, read_network
from anlu.commands.risk.severities import PlacedCrashes, read_placed
from anlu.engine.errors import BadInput
from anlu.engine.files.records import numbers
from anlu.engine.files.vector import check_output, write_features
from anlu.engine.risk.ranking import DAYS_PER_YEAR, rank_units
from anlu.engine.risk.scores import score_by_network_density
from anlu.engine.risk.screening import fit_length_model, ranks_of
from anlu.engine.risk.severity import EPDO
from anlu.engine.risk.smoothing import empirical_bayes
from anlu.engine.risk.spf import NotFitted
from anlu.engine.risk.spf_file import SafetyFunction, read_safety_function
from anlu.engine.risk.units import LinkUnits
from anlu.engine.roads.network import Floats

RESULTS = ("rank", "score", "observed", "expected", "eb", "excess")


@dataclass(frozen=True, eq=False)
class _Found:
    """Score of each link, further columns, and what is told about how they came about."""

    score: Floats
    columns: dict[str, Floats] = field(default_factory=dict)
    told: dict[str, Any] = field(default_factory=dict)


def run(args: argparse.Namespace) -> int:
    """Read, rank, write, and say how."""
    begun = time.perf_counter()
    years = number_of("--years", args.years, positive=True)
    if args.spf is not None and args.method != "eb":
        raise BadInput("只用于 --method eb", field="--spf", found=args.spf)
    check_output(args.out)
    check_files(args.spf)
    check_files(args.network, args.events, layer=args.layer, out=args.out)
    spf = None if args.spf is None else read_safety_function(args.spf)
    roads = read_network(args.network, args.layer)
    crashes = read_placed(args, roads)
    units = LinkUnits(roads.network, len(roads.features), crashes.positions, crashes.dates)
    observed = np.bincount(units.unit, minlength=units.links).astype(np.int64)
    if years is None and len(crashes.dates):
        span = crashes.dates.max() - crashes.dates.min()
        years = float(span.astype(np.int64) + 1) / DAYS_PER_YEAR
    found = _scored(args, roads, crashes, units, observed.astype(np.float64), years, spf)
    _write(args.out, roads, found, observed)
    _tell(args, crashes, units, years, found, begun)
    return 0


def _scored(
    args: argparse.Namespace,
    roads: RoadFile,
    crashes: PlacedCrashes,
    units: LinkUnits,
    observed: Floats,
    years: float | None,
    spf: SafetyFunction | None,
) -> _Found:
    until = crashes.dates.max() + 1 if len(crashes.dates) else np.datetime64("1970-01-01", "D")
    if args.method == "eb":
        return _by_excess(args, roads, units, observed, years, spf)
    if args.method == "epdo":
        return _Found(np.bincount(units.unit, EPDO.of(crashes.severities), units.links))
    if args.method == "density":
        scored = score_by_network_density(units, until)
        return _Found(scored.score, told={"bandwidth_m": scored.bandwidth_m})
    if args.method == "default":
        return _Found(rank_units(units, until).score)
    return _Found(observed)


def _by_excess(
    args: argparse.Namespace,
    roads: RoadFile,
    units: LinkUnits,
    observed: Floats,
    years: float | None,
    spf: SafetyFunction | None,
) -> _Found:
    """Expected over the period, empirical Bayes estimate and excess, which is the score; links without length null."""
    if years is None:  # no crash, so no dates: nothing happened and nothing can be fitted
        expected, k, fitted = np.zeros(units.links), np.zeros(units.links), None
    elif spf is not None:
        columns = {name: numbers(roads.features, name, least=0.0) for name in spf.columns}
        expected, k = years * spf.yearly(units.size, columns), spf.k(units.size)
        fitted = None
        _check_finite(expected, roads)
    else:
        try:
            model = fit_length_model(observed, units.size, years)
        except NotFitted:
            raise BadInput(
                "只有一条线, 拟合不出函数", file=args.network, expected="至少两条线, 或用 --spf"
            ) from None
        expected, k = years * model.yearly(units.size), np.full(units.links, model.k)
        fitted = {
            name: getattr(model, name)
            for name in ("b0", "b1", "k", "b0_error", "b1_error", "log_likelihood", "links")
        }
    found = empirical_bayes(observed, expected, k)
    there = units.size > 0
    columns = {"expected": expected, "eb": found.eb, "excess": found.excess}
    shown = {name: np.where(there, values, np.nan) for name, values in columns.items()}
    return _Found(shown["excess"], shown, {"fitted": fitted, "spf": None if spf is None else spf.title})


def _check_finite(expected: Floats, roads: RoadFile) -> None:
    wrong = np.flatnonzero(~np.isfinite(expected))
    if wrong.size:
        raise BadInput(
            "函数算出的期望数不是有限的数", file=roads.features.file, feature=int(wrong[0]), field="--spf"
        )


def _write(out: str, roads: RoadFile, found: _Found, observed: Any) -> None:
    nothing = np.full(len(observed), np.nan)
    results = {name: found.columns.get(name, nothing) for name in RESULTS}
    results |= {"rank": ranks_of(found.score), "score": found.score, "observed": observed}
    given = plain_columns(roads.features)
    for name in RESULTS:
        if name in given:  # a result never hides what the file said
            given[f"{name}_given"] = given.pop(name)
    features = roads.features
    write_features(
        out, features.wkb, {**given, **results}, crs=features.crs, kind=features.kind, layer=features.layer
    )


def _tell(
    args: argparse.Namespace,
    crashes: PlacedCrashes,
    units: LinkUnits,
    years: float | None,
    found: _Found,
    begun: float,
) -> None:
    seconds = time.perf_counter() - begun
    if len(roads_unused := units.network.unused):
        print(f"注意: {len(roads_unused)} 条线没有形状或长度, 排在最后", file=sys.stderr)
    if args.json:
        counts = {"links": units.links, "events": crashes.events, "snapped": len(crashes.rows)}
        print_json({**counts, "method": args.method, "years": years, **found.told, "seconds": seconds})
        return
    print(f"路段 {units.links} 条, 事故 {crashes.events} 起, 落到路网 {len(crashes.rows)} 起 → {args.out}")
    if found.told.get("fitted"):
        fitted = found.told["fitted"]
        print(f"每年期望 exp({fitted['b0']:.4f}) × 米^{fitted['b1']:.4f}, 过离散 {fitted['k']:.4f}")

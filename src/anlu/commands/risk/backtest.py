"""``anlu risk backtest``."""

from __future__ import annotations

import argparse
from dataclasses import dataclass
from datetime import date
from typing import Any

import numpy as np
from numpy.typing import NDArray

from anlu.commands.output import print_json
from anlu.commands.risk.arguments import RANKINGS
from anlu.commands.risk.inputs import (
    DEGREES,
    CrashFile,
    RoadFile,
    check_files,
    number_of,
    read_crashes,
    read_network,
)
from anlu.engine.errors import BadInput
from anlu.engine.files.records import chosen, days, texts
from anlu.engine.risk.backtest import SHARES_PCT, Gain, Hit, compare, evaluate
from anlu.engine.risk.cells import cells_around
from anlu.engine.risk.positions import place_crashes
from anlu.engine.risk.scores import METHODS, Scored
from anlu.engine.risk.severity import EXPECTED_WORDS, HARM, Severity, severity_of
from anlu.engine.risk.units import CellUnits, LinkUnits, Units, groups_of
from anlu.engine.roads.matching import snap
from anlu.engine.roads.network import Floats, Ints
from anlu.engine.roads.projection import length_true

REFERENCE = "default"  # what the others are held against


@dataclass(frozen=True, eq=False)
class _Crashes:
    """Crashes up to the end of the test that have a place (m,): where, when, how bad; and how many have none."""

    x: Floats
    y: Floats
    dates: NDArray[np.datetime64]
    harm: Floats | None
    unlocated: int = 0

    def __getitem__(self, rows: NDArray[Any]) -> _Crashes:
        harm = None if self.harm is None else self.harm[rows]
        return _Crashes(self.x[rows], self.y[rows], self.dates[rows], harm, self.unlocated)


@dataclass(frozen=True, eq=False)
class _Trial:
    """Units with the crashes that are known, the unit of each later crash, and its harm."""

    units: Units
    later: Ints
    harm: Floats | None


def run(args: argparse.Namespace) -> int:
    """Rank by what was known, and count what came after."""
    train_end, test_end = _day("--train-end", args.train_end), _day("--test-end", args.test_end)
    if not test_end > train_end:
        raise BadInput(field="--test-end", found=args.test_end, expected=f"晚于 {args.train_end} 的日期")
    methods, seed = _methods(args), _seed(args.seed)
    size_m = number_of("--cells", args.cells, positive=True)
    check_files(args.network, args.events, layer=args.layer)
    roads = None if args.network is None else _roads(args)
    crashes = _read(args, roads, test_end)
    known = crashes.dates <= train_end
    if not known.any():
        raise BadInput(
            "训练期内没有可用的事故", file=args.events, field="--train-end", found=args.train_end
        )  # fmt: skip
    trial = (
        _on_cells(crashes, known, size_m or 0.0) if roads is None else _on_links(args, crashes, known, roads)
    )
    scores = {name: METHODS[name](trial.units, train_end + 1) for name in methods}
    counts = {"train": int(known.sum()), "test": len(trial.later), "unlocated": crashes.unlocated}
    _tell(args, counts, scores, trial, seed)
    return 0


def _day(field: str, text: str) -> np.datetime64:
    try:
        return np.datetime64(date.fromisoformat(text.strip()), "D")
    except ValueError:
        raise BadInput(field=field, found=text, expected="日期, 如 2023-06-30") from None


def _seed(text: str) -> int:
    if not (text.isascii() and text.isdigit()):
        raise BadInput(field="--seed", found=text, expected="不小于 0 的整数")
    return int(text)


def _methods(args: argparse.Namespace) -> list[str]:
    possible = [name for name in RANKINGS if args.network is not None or name != "nkde"]
    if args.methods is None:
        return possible
    names = [name.strip() for name in args.methods.split(",")]
    for name in names:
        if name not in possible:
            raise BadInput(field="--methods", found=name, expected="、".join(possible))
    return list(dict.fromkeys(names))


# ------------------------------------------------------------ crashes


def _roads(args: argparse.Namespace) -> RoadFile:
    return read_network(args.network, args.layer, columns=[args.road_class] if args.road_class else [])


def _read(args: argparse.Namespace, roads: RoadFile | None, test_end: np.datetime64) -> _Crashes:
    if args.only is not None and args.severity is None:
        raise BadInput("要与 --severity 同用", field="--only", found=args.only)
    file = read_crashes(args, [args.date] + ([args.severity] if args.severity else []))
    dates = days(file.records, args.date)
    used = dates <= test_end
    harm = None
    if args.severity is not None:
        severities = np.array(chosen(file.records, args.severity, severity_of, EXPECTED_WORDS), np.int64)
        used &= np.isin(severities, _only(args.only))
        harm = HARM.of(severities)
    x, y = _metres(file) if roads is None else roads.to_metres(file.crs, file.x, file.y)
    there = np.isfinite(x) & np.isfinite(y)
    return _Crashes(x, y, dates, harm, int((used & ~there).sum()))[used & there]


def _only(text: str | None) -> list[int]:
    if text is None:
        return [int(each) for each in Severity]
    found = {word: severity_of(word) for word in text.split(",")}
    for word, severity in found.items():
        if severity is None:
            raise BadInput(field="--only", found=word, expected=EXPECTED_WORDS)
    return [int(severity) for severity in found.values() if severity is not None]


def _metres(file: CrashFile) -> tuple[Floats, Floats]:
    """Crashes without a network: their own metres where those are true to length, else the local UTM zone."""
    there = np.isfinite(file.x) & np.isfinite(file.y)
    x, y = file.x[there], file.y[there]
    if not x.size:
        return file.x, file.y
    if file.crs is None:
        if max(np.abs(x).max(), np.abs(y).max()) <= DEGREES:
            raise BadInput("没有坐标系, 而坐标像是经纬度", file=file.records.file, field="--crs")
        return file.x, file.y
    try:
        projection = length_true(file.crs, [x.min(), x.max()], [y.min(), y.max()])
    except ValueError:
        raise BadInput(
            "坐标与坐标系不符", file=file.records.file, found=file.crs.name, expected="地理或投影坐标系"
        ) from None
    return projection.to_metres(file.x, file.y)


# ------------------------------------------------------------ units


def _on_cells(crashes: _Crashes, known: NDArray[np.bool_], size_m: float) -> _Trial:
    before, after = crashes[known], crashes[~known]
    try:
        cells = cells_around(before.x, before.y, size_m)
    except ValueError:
        raise BadInput("方格太多", field="--cells", found=f"{size_m:g}", expected="更大的方格") from None
    units = CellUnits(cells, before.x, before.y, before.dates)
    return _Trial(units, cells.index_of(after.x, after.y), after.harm)


def _on_links(
    args: argparse.Namespace, crashes: _Crashes, known: NDArray[np.bool_], roads: RoadFile
) -> _Trial:
    network = roads.network
    positions, rows = place_crashes(network, snap(network, crashes.x, crashes.y))
    crashes, known = crashes[rows], known[rows]
    group = groups_of(texts(roads.features, args.road_class)) if args.road_class else None
    units = LinkUnits(network, len(roads.features), positions[known], crashes.dates[known], group)
    later = network.line[positions[~known].edge]
    return _Trial(units, later, crashes[~known].harm)


# ------------------------------------------------------------ telling


def _tell(
    args: argparse.Namespace, counts: dict[str, int], scores: dict[str, Scored], trial: _Trial, seed: int
) -> None:
    size = trial.units.size
    hits = {
        name: evaluate(scored.score, size, trial.later, trial.harm, rng=np.random.default_rng(seed))
        for name, scored in scores.items()
    }
    gains = {
        name: compare(
            scores[REFERENCE].score, scored.score, size, trial.later, rng=np.random.default_rng(seed)
        )
        for name, scored in scores.items()
        if REFERENCE in scores and name != REFERENCE
    }
    if args.json:
        bandwidths = {name: s.bandwidth_m for name, s in scores.items() if s.bandwidth_m is not None}
        methods = {name: {pct: _plain(hit) for pct, hit in each.items()} for name, each in hits.items()}
        more = {"units": len(size), "bandwidths_m": bandwidths}
        print_json({**counts, "methods": methods, f"{REFERENCE}_minus": gains, **more})
    else:
        _print_table(counts, hits, gains)


def _plain(hit: Hit) -> dict[str, Any]:
    return {
        "events_share": hit.events_share,
        "harm_share": hit.harm_share,
        "pai": hit.pai,
        "pai_ci95": hit.pai_ci95,
    }


def _print_table(
    counts: dict[str, int], hits: dict[str, dict[int, Hit]], gains: dict[str, dict[int, Gain]]
) -> None:
    print(f"已知 {counts['train']} 起, 后来 {counts['test']} 起, 没有位置 {counts['unlocated']} 起")
    print("PAI(找到的份额 ÷ 路的份额)及 95 % 区间; 差 = default 减该方法, 同一批事故成对抽样")
    for name, by_share in hits.items():
        print(f"{name}:")
        for pct in SHARES_PCT:
            print(f"  {pct:>2} %: {_words(by_share[pct])}{_gain_words(gains.get(name), pct)}")


def _words(hit: Hit) -> str:
    if hit.pai is None or hit.pai_ci95 is None or hit.events_share is None:
        return "没有后来的事故"
    return f"{hit.pai:.2f} ({hit.pai_ci95[0]:.2f} 至 {hit.pai_ci95[1]:.2f}), 找到 {hit.events_share:.1%}"


def _gain_words(gains: dict[int, Gain] | None, pct: int) -> str:
    gain = None if gains is None else gains[pct]
    if gain is None or gain.pai is None or gain.ci95 is None:
        return ""
    return f", 差 {gain.pai:+.2f} ({gain.ci95[0]:+.2f} 至 {gain.ci95[1]:+.2f})"

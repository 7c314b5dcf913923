"""
Made-up files of crashes and their parties, of any size, the same for the same seed.

One row in twenty is bad, each in one of the ways that real files are: no number, no time, a day that no calendar has, a
number that was there before, a cell too many.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Final

import numpy as np
import polars as pl
from numpy.typing import NDArray

AT_ONCE: Final = 100_000
BAD_SHARE: Final = 0.05
FIRST_YEAR, YEARS = 2018, 5
WEST, SOUTH, WIDTH, HEIGHT = 115.60, 36.55, 0.45, 0.40  # degrees
ROADS = ("G309", "S254", "S315", "X021", "X033", "振兴路", "云桥街", "柳亭大街", "滨河路", "人民路")
PLACES = ("村口", "路口", "桥头", "学校门前", "集市东头", "加油站旁")
Words = NDArray[np.str_]


@dataclass(frozen=True)
class Files:
    """Where the two files are, and how many rows are good and bad in the file of crashes."""

    crashes: Path
    parties: Path
    rows: int
    bad: int
    people: int


def write_files(folder: Path, rows: int, *, seed: int = 0) -> Files:
    """``rows`` crashes with none to three parties each; the parties stand in an order of their own."""
    crashes, parties = folder / "crashes.csv", folder / "casualties.csv"
    rng = np.random.default_rng(seed)
    bad = people = 0
    with crashes.open("wb") as main, parties.open("wb") as others:
        for start in range(0, rows, AT_ONCE):
            count = min(AT_ONCE, rows - start)
            numbers = np.arange(start, start + count)
            frame, wrong = _crashes(numbers, rng)
            children = _parties(numbers, rng)
            frame.write_csv(main, include_header=start == 0)
            children.write_csv(others, include_header=start == 0)
            bad, people = bad + wrong, people + children.height
    return Files(crashes, parties, rows, bad, people)


def _numbers(places: NDArray[np.int64]) -> list[str]:
    return [f"3715{FIRST_YEAR + n % YEARS}{n:08d}" for n in places.tolist()]


def _crashes(places: NDArray[np.int64], rng: np.random.Generator) -> tuple[pl.DataFrame, int]:
    count = len(places)
    minutes = rng.integers(0, YEARS * 365 * 24 * 60, count)
    when = np.datetime64(f"{FIRST_YEAR}-01-01T00:00") + minutes.astype("timedelta64[m]")
    fatal, serious = rng.random(count) < 0.015, rng.random(count) < 0.06
    frame = pl.DataFrame(
        {
            "number": _numbers(places),
            "occurred_at": pl.Series(when.astype("datetime64[us]")).dt.strftime("%Y-%m-%d %H:%M"),
            "road": _some(rng, ROADS, count),
            "stake": [f"K{m // 1000}+{m % 1000:03d}" for m in rng.integers(0, 60_000, count).tolist()],
            "place_text": _some(rng, PLACES, count),
            "lon": np.round(WEST + WIDTH * rng.random(count), 6),
            "lat": np.round(SOUTH + HEIGHT * rng.random(count), 6),
            "severity": np.select([fatal, serious], ["死亡", "重伤"], "财产损失"),
            "procedure": _some(rng, ("简易程序", "一般程序"), count),
            "form": _some(rng, ("11", "12", "13", "21", "22", "31"), count),
            "weather": _some(rng, ("晴", "阴", "雨", "雾", "雪"), count),
            "light": _some(rng, ("1", "2", "3", "4"), count),
            "surface": _some(rng, ("1", "2", "3"), count),
            "hit_and_run": _some(rng, ("否", "否", "否", "是"), count),
            "loss_cny": np.round(rng.gamma(1.2, 3000, count), 2),
            "接警员备注": _some(rng, ("", "", "", "双方自行撤离", "已拍照"), count),
        }
    )
    return _spoilt(frame, rng)


def _spoilt(frame: pl.DataFrame, rng: np.random.Generator) -> tuple[pl.DataFrame, int]:
    """One row in twenty with something that it cannot be taken with."""
    bad = rng.choice(frame.height, int(frame.height * BAD_SHARE), replace=False)
    ways = np.full(frame.height, -1)
    ways[bad] = np.arange(len(bad)) % 4
    ways[0] = -1  # so that there is a number to be doubled
    way = pl.Series("way", ways)
    number, time = pl.col("number"), pl.col("occurred_at")
    spoilt = frame.with_columns(way).with_columns(
        number=pl.when(way == 0).then(pl.lit("")).when(way == 1).then(number.first()).otherwise(number),
        occurred_at=pl.when(way == 2)
        .then(pl.lit("2023-02-30 08:15"))
        .when(way == 3)
        .then(pl.lit(""))
        .otherwise(time),
    )
    return spoilt.drop("way"), int((ways >= 0).sum())


def _parties(places: NDArray[np.int64], rng: np.random.Generator) -> pl.DataFrame:
    parents = np.repeat(places, rng.integers(0, 4, len(places)))
    rng.shuffle(parents)
    count = len(parents)
    stated, phone = rng.random(count) < 0.5, rng.random(count) < 0.3
    ids = [f"3715{y}{n:010d}" for y, n in _pairs(rng, count)]
    phones = [f"139{n:08d}" for n in rng.integers(0, 10**8, count).tolist()]
    return pl.DataFrame(
        {
            "number": _numbers(parents),
            "name": _some(rng, ("张某", "李某", "王某", "赵某", ""), count),
            "id_number": pl.select(pl.when(pl.Series(stated)).then(pl.Series(ids)))[:, 0],
            "phone": pl.select(pl.when(pl.Series(phone)).then(pl.Series(phones)))[:, 0],
            "sex": _some(rng, ("男", "女"), count),
            "age": rng.integers(5, 90, count),
            "role": _some(rng, ("驾驶人", "乘车人", "行人"), count),
            "injury": _some(rng, ("无伤害", "无伤害", "无伤害", "轻微伤", "轻伤", "重伤"), count),
        }
    )


def _pairs(rng: np.random.Generator, count: int) -> Iterator[tuple[int, int]]:
    years, rest = rng.integers(1950, 2005, count), rng.integers(0, 10**10, count)
    return zip(years.tolist(), rest.tolist(), strict=True)


def _some(rng: np.random.Generator, words: tuple[str, ...], count: int) -> Any:
    return np.array(words)[rng.integers(0, len(words), count)]

"""Where crashes are to be expected: weights of short pieces of road, of junctions, and of hot spots on top."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Final

import numpy as np
from numpy.typing import NDArray

from .dice import Dice, Floats, Ints
from .hot_spots import HOT_PLANS, JUNCTION_RADIUS_M, HotPlan
from .noding import Spot
from .patterns import SETTINGS, Setting
from .where import Where

PROCEDURES: Final = ("ordinary", "summary", "self")
_BIN_M = 50.0
# Crashes a year and kilometre, all procedures, before chance plays on them.
_PER_KM = {"1": 4.6, "2": 3.0, "3": 1.05, "4": 0.30, "5": 0.07, "": 1.0}
_PER_KM_URBAN = {"1": 10.0, "2": 8.0, "": 5.4}
# Crashes a year at a junction, by the two greatest of the roads that meet: T trunk, X county, L lesser.
_PER_JUNCTION_URBAN = 3.1
_PER_JUNCTION = {"TT": 2.3, "TX": 1.8, "XX": 1.0, "TL": 0.65, "XL": 0.32, "LL": 0.07}
_LETTER = {"1": "T", "2": "T", "3": "X"}
_FOURTH_LEG = 1.35
_SIGNALS = 0.8
# Share of each procedure by setting.
_MIX: Final[dict[Setting, tuple[float, float, float]]] = {
    "urban": (0.13, 0.57, 0.30),
    "trunk": (0.42, 0.46, 0.12),
    "county": (0.38, 0.50, 0.12),
    "lane": (0.36, 0.54, 0.10),
}
_JUNCTION_SHAPE = 7.0
_LINE_SHAPE = 5.0  # gamma: how unlike each other lines of one kind are, and pieces of one line
_BIN_SHAPE = 5.0


@dataclass
class Exposure:
    """
    All places where a crash may happen (n): pieces of line, then junctions, then the top of each hot spot.

    Attributes
    ----------
    line, from_m, to_m
        The piece of line; line -1 for junctions and hot spots.
    spot
        Number of the junction's node in ``spots``, -1 elsewhere.
    hot
        Number of the hot spot whose top it is, -1 elsewhere.
    setting
        Row in ``SETTINGS``.
    weight : (n, 3)
        Expected crashes a year of each procedure.
    """

    line: Ints
    from_m: Floats
    to_m: Floats
    spot: Ints
    hot: Ints
    setting: Ints
    weight: Floats
    spots: list[Spot]
    members: list[Ints]

    def ordinary_weight(self, number: int) -> Floats:
        """What a hot spot would have if it were like its kind, by procedure (3,)."""
        return np.asarray(self.weight[self.members[number]].sum(axis=0))

    def top_weight(self, number: int) -> Floats:
        """What comes on top at a hot spot, by procedure (3,)."""
        return np.asarray(self.weight[self.hot == number].sum(axis=0))


def expose(where: Where, seed: int) -> Exposure:
    """Weights of all places."""
    line, from_m, to_m, piece_setting, piece_weight = _pieces(where, Dice(seed, "exposure lines"))
    spots, spot_setting, spot_weight = _junctions(where, Dice(seed, "exposure junctions"))
    setting = np.concatenate([piece_setting, spot_setting])
    yearly = np.concatenate([piece_weight, spot_weight])
    mix = np.array([_MIX[name] for name in SETTINGS])
    weight = yearly[:, None] * mix[setting]
    count = len(line)
    spot = np.concatenate([np.full(count, -1), np.arange(len(spots))])
    members = [_members(where, plan, line, from_m, to_m, spots, count) for plan in HOT_PLANS]
    tops = np.array(
        [
            (plan.multiplier - 1) * weight[rows].sum(axis=0)
            for plan, rows in zip(HOT_PLANS, members, strict=True)
        ]
    )
    hot_setting = np.array([setting[rows[-1]] for rows in members])
    blank = np.full(len(spots) + len(HOT_PLANS), -1)
    nothing = np.zeros(len(spots) + len(HOT_PLANS))
    return Exposure(
        line=np.concatenate([line, blank]).astype(np.int64),
        from_m=np.concatenate([from_m, nothing]),
        to_m=np.concatenate([to_m, nothing]),
        spot=np.concatenate([spot, np.full(len(HOT_PLANS), -1)]).astype(np.int64),
        hot=np.concatenate([np.full(len(spot), -1), np.arange(len(HOT_PLANS))]).astype(np.int64),
        setting=np.concatenate([setting, hot_setting]).astype(np.int64),
        weight=np.vstack([weight, tops]),
        spots=spots,
        members=members,
    )


def setting_of(administrative_class: str, urban: bool) -> Setting:
    """The setting of a line."""
    if urban or administrative_class == "":
        return "urban"
    return {"1": "trunk", "2": "trunk", "3": "county"}.get(administrative_class, "lane")  # type: ignore[return-value]


def _pieces(where: Where, dice: Dice) -> tuple[Ints, Floats, Floats, Ints, Floats]:
    lines, starts, ends, settings, weights = [], [], [], [], []
    by_line = dice.gammas(len(where.lengths), _LINE_SHAPE)
    for number, length in enumerate(where.lengths):
        record, drawn = where.made.lines[number], where.made.drawn[number]
        rank = drawn.administrative_class
        per_km = (_PER_KM_URBAN if record.urban else _PER_KM).get(rank, _PER_KM[rank])
        count = max(1, round(length / _BIN_M))
        bounds = np.linspace(0.0, length, count + 1)
        lines.append(np.full(count, number))
        starts.append(bounds[:-1])
        ends.append(bounds[1:])
        settings.append(np.full(count, SETTINGS.index(setting_of(rank, record.urban))))
        weights.append(per_km / 1000.0 * np.diff(bounds) * by_line[number] * dice.gammas(count, _BIN_SHAPE))
    return (
        np.concatenate(lines).astype(np.int64),
        np.concatenate(starts),
        np.concatenate(ends),
        np.concatenate(settings).astype(np.int64),
        np.concatenate(weights),
    )


def _junctions(where: Where, dice: Dice) -> tuple[list[Spot], Ints, Floats]:
    spots, made = where.made.spots, where.made
    settings, weights = [], []
    chance = dice.gammas(len(spots), _JUNCTION_SHAPE)
    for number, (spot, junction) in enumerate(zip(spots, made.junctions, strict=True)):
        legs = [line for line, _ in where.legs[spot]]
        ranks = sorted(
            {made.drawn[line].code: made.drawn[line].administrative_class for line in legs}.values()
        )
        urban = sum(made.lines[line].urban for line in legs) * 2 > len(legs)
        letters = sorted((_LETTER.get(rank, "L") for rank in ranks), key="TXL".index)
        weight = _PER_JUNCTION_URBAN if urban else _PER_JUNCTION["".join([*letters, "L"][:2])]
        weight *= (_FOURTH_LEG if junction.legs > 3 else 1.0) * (_SIGNALS if junction.signals else 1.0)
        first = min(ranks, key=lambda rank: {"1": 0, "2": 1, "3": 2, "": 3}.get(rank, 4))
        settings.append(SETTINGS.index(setting_of(first, urban)))
        weights.append(weight * chance[number])
    return list(spots), np.array(settings, np.int64), np.array(weights)


def _members(
    where: Where, plan: HotPlan, line: Ints, from_m: Floats, to_m: Floats, spots: list[Spot], count: int
) -> Ints:
    """Places that belong to a hot spot; for a junction the junction itself is the last."""
    if plan.is_junction:
        spot = where.meeting(*plan.roads)
        legs = dict(where.legs[spot])
        near = np.array([_is_near(legs, where, n, a, b) for n, a, b in zip(line, from_m, to_m, strict=True)])
        return np.append(np.flatnonzero(near), count + spots.index(spot))
    return np.flatnonzero(_between(where, plan, line, from_m, to_m))


def _is_near(legs: dict[int, bool], where: Where, line: int, from_m: float, to_m: float) -> bool:
    """Whether the middle of a piece of a leg lies within the radius of the junction."""
    if line not in legs:
        return False
    middle = (from_m + to_m) / 2
    return bool((middle if legs[line] else where.lengths[line] - middle) < JUNCTION_RADIUS_M)


def _between(where: Where, plan: HotPlan, line: Ints, from_m: Floats, to_m: Floats) -> NDArray[np.bool_]:
    road = where.code_of[plan.roads[0]]
    own = np.isin(line, where.by_road[road])
    start = np.array([record.stake_start_m for record in where.made.lines])[line]
    end = np.array([record.stake_end_m for record in where.made.lines])[line]
    middle = start + np.sign(end - start) * (from_m + to_m) / 2
    return np.asarray(own & (plan.from_m <= middle) & (middle <= plan.to_m))


def place_of_stretch(where: Where, plan: HotPlan) -> Floats:
    """The middle of a stretch in metres."""
    return where.at(plan.roads[0], (plan.from_m + plan.to_m) / 2).xy

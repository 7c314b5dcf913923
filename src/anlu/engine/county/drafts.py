"""Where and when crashes happen, and how they come about."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import date
from typing import Final

import numpy as np

from .days import FIRST_DAY, Day
from .dice import Dice, Floats, Ints
from .exposure import PROCEDURES, Exposure
from .hot_spots import HOT_PLANS, HotPlan, When
from .parties import Body, Machine
from .patterns import PATTERNS, SETTINGS, Pattern, Setting, weight_of
from .periods import PERIODS, Period
from .where import OnLine, Where

_JUNCTION_SPREAD_M = 22.0
_TRIES = 40

# Crashes by hour of the day, midnight first: working days and days of rest, towns and countryside, main roads.
_WORK: Final = (3, 2, 2, 2, 3, 8, 22, 48, 50, 42, 42, 40, 32, 30, 38, 42, 48, 60, 56, 40, 28, 18, 11, 6)
_REST: Final = (6, 4, 3, 3, 4, 7, 16, 30, 40, 46, 50, 48, 40, 38, 42, 46, 50, 56, 52, 42, 34, 26, 17, 10)
_ROAD: Final = (9, 8, 7, 8, 12, 18, 28, 40, 42, 42, 40, 36, 30, 30, 36, 40, 46, 58, 64, 48, 34, 24, 17, 12)
_HOURS_OF: Final[dict[When, tuple[tuple[float, float], ...]]] = {
    "any": ((0, 24),),
    "night": ((19, 24), (0, 5)),
    "evening": ((17.6, 21.6),),
    "fair": ((6, 11.2),),
    "school": ((7, 8), (11.5, 12.3), (16.2, 18.2)),
    "summer": ((6, 20),),
    "peak": ((6.4, 8.6), (17, 19.3)),
    "daytime": ((6.5, 18.5),),
}


@dataclass
class Draft:
    """
    A crash while it is being made.

    ``hot`` is the number of the hot spot that it comes on top of, -1 elsewhere; ``spot`` the number of a junction's
    node, -1 elsewhere; ``hour`` in hours after local midnight.
    """

    procedure: str
    period: int
    place: OnLine
    spot: int
    setting: Setting
    hot: int
    day: Day
    hour: float
    pattern: Pattern
    vehicles: list[Machine] = field(default_factory=list)
    people: list[Body] = field(default_factory=list)
    first_at_fault: bool = True
    cause: str = ""
    drunk: bool = False
    hit_and_run: bool = False
    loss_cny: int = 0
    scripted: str = ""

    @property
    def at_junction(self) -> bool:
        """At the node of a junction."""
        return self.spot >= 0


class Drawer:
    """Draws the places, times and patterns of all crashes."""

    def __init__(self, where: Where, exposure: Exposure, days: Sequence[Day], seed: int) -> None:
        self.where, self.exposure, self.days = where, exposure, days
        self.dice = Dice(seed, "crashes")
        self.weight = np.array([day.weight for day in days])
        self.hot_days = [np.array([_fits_day(plan, day) for day in days]) for plan in HOT_PLANS]

    def draw_all(self) -> list[Draft]:
        """All crashes, period by period."""
        drafts: list[Draft] = []
        for number, period in enumerate(PERIODS):
            for column, (procedure, count) in enumerate(
                zip(PROCEDURES, (period.ordinary, period.summary, period.self_settled), strict=True)
            ):
                places = self.dice.pick(self.exposure.weight[:, column], count)
                drafts += [self._draft(procedure, number, int(place)) for place in places]
        return drafts

    def _draft(self, procedure: str, period: int, place: int) -> Draft:
        hot = int(self.exposure.hot[place])
        setting = SETTINGS[int(self.exposure.setting[place])]
        if hot >= 0:
            place = self._place_of_top(hot, PROCEDURES.index(procedure))
        spot = int(self.exposure.spot[place])
        on_line = self._at_node(spot) if spot >= 0 else self._on_piece(place)
        pure = hot >= 0 and self.dice.happens(HOT_PLANS[hot].purity)
        when: When = HOT_PLANS[hot].when if pure else "any"
        day = self._day(PERIODS[period], self.hot_days[hot] if pure else None)
        hour = self._hour(day, setting, when)
        lit = self.where.made.lines[on_line.line].lit
        pattern = (
            PATTERNS[HOT_PLANS[hot].pattern]
            if pure
            else self._pattern(setting, procedure, spot >= 0, day.is_dark(hour) and not lit)
        )
        if (
            procedure == "self"
            and weight_of(pattern, setting, procedure, at_junction=True, dark=False) == 0.0
        ):
            pattern = self._pattern(setting, procedure, spot >= 0, day.is_dark(hour) and not lit)
        return Draft(procedure, period, on_line, spot, setting, hot, day, hour, pattern)

    # ------------------------------------------------------------ where

    def _place_of_top(self, hot: int, procedure: int) -> int:
        """One of the places of a hot spot, as likely as it is without the top."""
        members = self.exposure.members[hot]
        return int(members[self.dice.pick(self.exposure.weight[members, procedure], 1)[0]])

    def _on_piece(self, place: int) -> OnLine:
        exposure = self.exposure
        offset = self.dice.between(float(exposure.from_m[place]), float(exposure.to_m[place]))
        return self.where.on(int(exposure.line[place]), offset)

    def _at_node(self, spot: int) -> OnLine:
        """A little way into one of the legs."""
        line, starts = self.dice.one_of(self.where.legs[self.exposure.spots[spot]])
        away = min(
            abs(self.dice.normal(0.0, _JUNCTION_SPREAD_M / 2)),
            _JUNCTION_SPREAD_M,
            0.45 * self.where.lengths[line],
        )
        return self.where.on(line, away if starts else float(self.where.lengths[line]) - away)

    # ------------------------------------------------------------ when

    def _day(self, period: Period, allowed: np.ndarray | None) -> Day:
        first, last = (_row(day) for day in (period.first, period.last))
        weight = self.weight[first : last + 1]
        if allowed is not None and (fits := weight * allowed[first : last + 1]).any():
            weight = fits
        return self.days[first + int(self.dice.pick(weight, 1)[0])]

    def _hour(self, day: Day, setting: Setting, when: When) -> float:
        profile: tuple[float, ...] = _REST if day.rest else _WORK
        if setting in ("trunk", "county"):
            profile = tuple((a + 2 * b) / 3 for a, b in zip(profile, _ROAD, strict=True))
        weight = np.array(profile, float)
        hour = 12.0
        for _ in range(_TRIES):
            hour = int(self.dice.pick(weight, 1)[0]) + self.dice.share()
            if _fits_hour(when, day, hour):
                return hour
        low, high = _HOURS_OF[when][0]
        return self.dice.between(low, min(high, 23.9))

    # ------------------------------------------------------------ how

    def _pattern(self, setting: Setting, procedure: str, at_junction: bool, dark: bool) -> Pattern:
        patterns: Ints | Floats = np.array(
            [
                weight_of(one, setting, procedure, at_junction=at_junction, dark=dark)
                for one in PATTERNS.values()
            ]
        )
        return list(PATTERNS.values())[int(self.dice.pick(patterns, 1)[0])]


def _row(day: date) -> int:
    return (day - FIRST_DAY).days


def _fits_day(plan: HotPlan, day: Day) -> bool:
    match plan.when:
        case "fair":
            return (day.lunar_day % 10 or 10) in plan.fair_days
        case "school":
            return day.school
        case "summer":
            return 7 <= day.day.month <= 9
        case "peak":
            return not day.rest
    return True


def _fits_hour(when: When, day: Day, hour: float) -> bool:
    if when in ("night", "evening") and not day.is_dark(hour):
        return False
    return any(low <= hour < high for low, high in _HOURS_OF[when])


def moment_minutes(draft: Draft) -> int:
    """Minutes since the first day, for putting crashes in order."""
    return _row(draft.day.day) * 1_440 + int(draft.hour * 60)

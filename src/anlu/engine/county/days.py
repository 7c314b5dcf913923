"""Days of the county: season, holidays, weather, sun."""

from __future__ import annotations

import math
from dataclasses import dataclass
from datetime import date, timedelta
from functools import cache
from typing import Final

from anlu.engine.lunar import lunar_day

from .dice import Dice
from .plan import MIDDLE

FIRST_DAY: Final = date(2019, 1, 1)
LAST_DAY: Final = date(2023, 7, 2)

# By month, January first: days with precipitation; share of days with morning fog; traffic of the season.
_WET_DAYS: Final = (2, 3, 4, 5, 6, 8, 12, 11, 7, 5, 4, 2)
_FOG: Final = (0.12, 0.08, 0.04, 0.02, 0.01, 0.01, 0.01, 0.02, 0.04, 0.07, 0.12, 0.13)
_SEASON: Final = (0.90, 0.86, 0.96, 1.00, 1.08, 1.06, 1.00, 1.00, 1.06, 1.08, 1.04, 0.96)
_WEEKDAYS: Final = (1.00, 0.97, 0.98, 1.00, 1.08, 1.04, 0.95)
_SNOW: Final = {12: 0.7, 1: 0.75, 2: 0.6, 3: 0.15, 11: 0.2}
_QUIET: Final = ((date(2020, 1, 25), date(2020, 3, 25), 0.45), (date(2022, 12, 8), date(2023, 1, 8), 0.75))
_TWILIGHT_H: Final = 0.55  # hours between sunrise or sunset and full light or dark


@dataclass(frozen=True, slots=True)
class Day:
    """
    A day with what matters to traffic.

    Attributes
    ----------
    rest
        No working day for most: weekend, Spring Festival, Labour Day, National Day.
    school
        Schools are open.
    weight
        How many crashes to expect, 1 on an ordinary day.
    sunrise_h, sunset_h
        Hours after local midnight.
    """

    day: date
    rest: bool
    school: bool
    lunar_day: int
    weight: float
    sky: str
    wet_from_h: float
    wet_to_h: float
    snow: bool
    fog_to_h: float
    sunrise_h: float
    sunset_h: float

    def weather(self, hour: float) -> str:
        """Code of the list ``crash.weather`` at an hour."""
        if self.wet_from_h <= hour < self.wet_to_h:
            return "4" if self.snow else "3"
        return "5" if hour < self.fog_to_h else self.sky

    def surface(self, hour: float) -> str:
        """Code of ``crash.surface``: wet while it rains and two hours longer, icy through a day of snow."""
        if self.snow and hour >= self.wet_from_h:
            return "5"
        return "2" if self.wet_from_h <= hour < self.wet_to_h + 2 and self.wet_to_h > 0 else "1"

    def visibility(self, hour: float) -> str:
        """Code of ``crash.visibility``."""
        weather = self.weather(hour)
        return {"5": "2", "3": "3", "4": "3"}.get(weather, "4")

    def is_dark(self, hour: float) -> bool:
        """Between dusk and dawn."""
        return not self.sunrise_h - _TWILIGHT_H < hour < self.sunset_h + _TWILIGHT_H

    def light(self, hour: float, *, lit: bool) -> str:
        """Code of ``crash.light``: day, night with or without lamps, dawn, dusk."""
        if self.is_dark(hour):
            return "2" if lit else "3"
        if hour < self.sunrise_h:
            return "4"
        return "5" if hour > self.sunset_h else "1"


def all_days(seed: int) -> list[Day]:
    """Every day of the period with its weather."""
    dice = Dice(seed, "weather")
    count = (LAST_DAY - FIRST_DAY).days + 1
    days, wet_before = [], False
    for n in range(count):
        made = _day(FIRST_DAY + timedelta(days=n), dice, wet_before)
        wet_before = made.wet_to_h > 0
        days.append(made)
    return days


def _day(day: date, dice: Dice, wet_before: bool) -> Day:
    month, moon = day.month, lunar_day(day)
    rest = day.weekday() >= 5 or _is_holiday(day)
    share = _WET_DAYS[month - 1] / 30.4
    wet = dice.happens(min(0.9, share * (1.7 if wet_before else 0.85)))
    start, lasts = dice.between(0, 22), dice.between(2, 9)
    snow = dice.happens(_SNOW.get(month, 0.0))
    fog = dice.happens(_FOG[month - 1])
    sky = dice.weighted(
        {"1": 0.62, "2": 0.33, "6": 0.05 if 2 <= month <= 5 else 0.02, "7": 0.02 if 3 <= month <= 5 else 0}
    )
    wet_to = min(24.0, start + lasts) if wet else 0.0
    quiet = math.prod(share for first, last, share in _QUIET if first <= day <= last)
    weather = (1.32 if snow else 1.14) if wet else (1.06 if fog else 1.0)
    rise, fall = sun_hours(day)
    return Day(
        day=day,
        rest=rest,
        school=not rest
        and month not in (7, 8)
        and not (month == 1 and day.day > 15)
        and not (month == 2 and day.day < 14),
        lunar_day=moon,
        weight=_SEASON[month - 1] * _WEEKDAYS[day.weekday()] * quiet * weather,
        sky="2" if wet else sky,
        wet_from_h=start if wet else 0.0,
        wet_to_h=wet_to,
        snow=wet and snow,
        fog_to_h=dice.between(7.5, 10.0) if fog and not wet else 0.0,
        sunrise_h=rise,
        sunset_h=fall,
    )


def _is_holiday(day: date) -> bool:
    """Spring Festival (eve to 初六), the first days of May, National Day; the rest of the year is not worth it."""
    from_new_year = (day - spring_festival(day.year)).days
    return -1 <= from_new_year <= 5 or (day.month == 10 and day.day <= 7) or (day.month == 5 and day.day <= 3)


@cache
def spring_festival(year: int) -> date:
    """The first new moon from 21 January on."""
    day = date(year, 1, 21)
    while lunar_day(day) != 1:
        day += timedelta(days=1)
    return day


def sun_hours(day: date) -> tuple[float, float]:
    """
    Sunrise and sunset in hours of Beijing time at the county's middle, to some two minutes.

    Declination and equation of time after Spencer (1971), horizon at -0.833 degrees.
    """
    lon, lat = MIDDLE
    turn = 2 * math.pi * (day.timetuple().tm_yday - 1) / 365
    declination = (
        0.006918
        - 0.399912 * math.cos(turn)
        + 0.070257 * math.sin(turn)
        - 0.006758 * math.cos(2 * turn)
        + 0.000907 * math.sin(2 * turn)
    )
    equation_min = 229.18 * (
        0.000075
        + 0.001868 * math.cos(turn)
        - 0.032077 * math.sin(turn)
        - 0.014615 * math.cos(2 * turn)
        - 0.040849 * math.sin(2 * turn)
    )
    phi = math.radians(lat)
    cosine = (math.sin(math.radians(-0.833)) - math.sin(phi) * math.sin(declination)) / (
        math.cos(phi) * math.cos(declination)
    )
    half_day_h = math.degrees(math.acos(cosine)) / 15
    noon_h = 12 - (4 * (lon - 120) + equation_min) / 60
    return noon_h - half_day_h, noon_h + half_day_h

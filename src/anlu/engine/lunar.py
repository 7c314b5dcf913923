"""
The day of the Chinese lunar month: the day with the new moon, by Beijing time, is 初一.

Markets are held by it (逢一、六 = on lunar days 1, 6, 11, 16, 21, 26). Mean new moon and the periodic terms of
Meeus, *Astronomical Algorithms* (2nd ed.), chapter 49, good to about a minute here; GB/T 33661-2017 defines the
calendar. A new moon within a minute of midnight could be dated wrongly: the only one from 1990 to 2060 is that of
September 2057.
"""

from __future__ import annotations

import math
from datetime import date
from functools import cache
from typing import Final

_BEIJING_DAYS: Final = 8 / 24
_JULIAN_OF_ORDINAL: Final = 1_721_424.5  # Julian day at the start (UT) of ordinal 0
_MONTH_DAYS: Final = 29.530588861
_FIRST_NEW_MOON: Final = 2_451_550.09766  # Julian ephemeris day of number 0, 2000-01-06

# Amplitude in days, power of the eccentricity term, multiples of M (sun), M' (moon), F and the node.
_TERMS: Final = (
    (-0.40720, 0, 0, 1, 0, 0),
    (0.17241, 1, 1, 0, 0, 0),
    (0.01608, 0, 0, 2, 0, 0),
    (0.01039, 0, 0, 0, 2, 0),
    (0.00739, 1, -1, 1, 0, 0),
    (-0.00514, 1, 1, 1, 0, 0),
    (0.00208, 2, 2, 0, 0, 0),
    (-0.00111, 0, 0, 1, -2, 0),
    (-0.00057, 0, 0, 1, 2, 0),
    (0.00056, 1, 1, 2, 0, 0),
    (-0.00042, 0, 0, 3, 0, 0),
    (0.00042, 1, 1, 0, 2, 0),
    (0.00038, 1, 1, 0, -2, 0),
    (-0.00024, 1, -1, 2, 0, 0),
    (-0.00017, 0, 0, 0, 0, 1),
)


def lunar_day(day: date) -> int:
    """
    Day of the lunar month, 1 to 30.

    >>> lunar_day(date(2023, 1, 22))  # Spring Festival
    1
    >>> lunar_day(date(2023, 7, 3))  # 五月十六
    16
    """
    number = round((day.toordinal() + _JULIAN_OF_ORDINAL - _FIRST_NEW_MOON) / _MONTH_DAYS)
    first = next(
        start for n in (number + 1, number, number - 1) if (start := _first_day(n)) <= day.toordinal()
    )
    return day.toordinal() - first + 1


@cache
def _first_day(number: int) -> int:
    """Ordinal of the Beijing day on which new moon ``number`` falls."""
    return math.floor(_new_moon(number) + _BEIJING_DAYS - _JULIAN_OF_ORDINAL)


def _new_moon(number: int) -> float:
    """Julian day (UT) of a new moon; the largest planetary terms, under 20 seconds each, are left out."""
    t = number / 1236.85
    mean = _FIRST_NEW_MOON + _MONTH_DAYS * number + 0.00015437 * t**2
    eccentricity = 1 - 0.002516 * t - 0.0000074 * t**2
    angles = (
        math.radians(2.5534 + 29.10535670 * number - 0.0000014 * t**2),
        math.radians(201.5643 + 385.81693528 * number + 0.0107582 * t**2),
        math.radians(160.7108 + 390.67050284 * number - 0.0016118 * t**2),
        math.radians(124.7746 - 1.56375588 * number + 0.0020672 * t**2),
    )
    moved = sum(
        size * eccentricity**power * math.sin(sum(n * angle for n, angle in zip(by, angles, strict=True)))
        for size, power, *by in _TERMS
    )
    planets = 0.000325 * math.sin(math.radians(299.77 + 0.107408 * number - 0.009173 * t**2))
    return mean + moved + planets - _delta_t_days(2000 + 100 * t)


def _delta_t_days(year: float) -> float:
    """Ephemeris time minus universal time (Espenak and Meeus, for 1986 to 2150 simplified)."""
    return (62.92 + 0.32217 * (year - 2000) + 0.005589 * (year - 2000) ** 2) / 86_400


def lunar_words(day: date) -> str:
    """The day of the lunar month as people say it: 初一, 初十, 十六, 二十, 廿三, 三十."""
    number = lunar_day(day)
    if number % 10 == 0:
        return ("初十", "二十", "三十")[number // 10 - 1]
    return f"{'初十廿'[number // 10]}{'一二三四五六七八九'[number % 10 - 1]}"

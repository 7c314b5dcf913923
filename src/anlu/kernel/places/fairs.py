"""Market days in words: 逢一、六 is held on lunar days that end in 1 or 6; 十 are the 10th, 20th and 30th."""

from __future__ import annotations

import re
from collections.abc import Iterable
from datetime import date
from typing import Final

from anlu.engine.lunar import lunar_day
from anlu.kernel.core.errors import AnluError

DIGITS: Final = "一二三四五六七八九十"
_GIVEN: Final = re.compile(r"逢?\s*([一二三四五六七八九十\d、,，\s]+)\s*(?:日|的日子)?")


class NotFairDays(AnluError):
    """A text names no market days."""


def fair_words(days: Iterable[int]) -> str:
    """``逢一、六`` for (1, 6), "" for none."""
    words = "、".join(DIGITS[day - 1] for day in sorted(set(days)))
    return f"逢{words}" if words else ""


def read_fair_days(text: str) -> list[int]:
    """
    Days of ``逢一、六``, ``一六``, ``逢1、6`` or ``1,6``; none of an empty text.

    Raises
    ------
    NotFairDays
    """
    if not text.strip():
        return []
    match = _GIVEN.fullmatch(text.strip())
    found = re.findall(r"10|\d|[一二三四五六七八九十]", match[1]) if match else []
    days = {int(sign) if sign.isdigit() else DIGITS.index(sign) + 1 for sign in found}
    if not days or 0 in days:
        raise NotFairDays(f"「{text}」不是逢集日，应如 逢一、六")
    return sorted(days)


def is_fair_day(days: Iterable[int], day: date, *, calendar: str = "lunar") -> bool:
    """
    Whether a market is held on a day.

    Parameters
    ----------
    days
        Last digits, 10 for 十 (the 10th, 20th, 30th).
    calendar
        ``lunar`` or ``solar``: which day of the month is meant; ``daily``: every day, whatever ``days`` says.
    """
    if calendar == "daily":
        return True
    number = lunar_day(day) if calendar == "lunar" else day.day
    return (number % 10 or 10) in set(days)


def fair_digit(day: date) -> int:
    """The digit by which markets go on a day: the last of its lunar day, 10 for 初十, 二十, 三十."""
    return lunar_day(day) % 10 or 10

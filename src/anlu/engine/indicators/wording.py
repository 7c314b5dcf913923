"""
Numbers as official texts say them: 200余, 280多, 近300, 200以上, 2.4万余, 11.7%, 第四次; and back again.

余 and 多 stand for strictly more than the round number, 近 for slightly less, 以上 includes the number. The
exact count is what is stored; words are made from it here and nowhere else. Tables for superiors always carry
the exact number (``docs/methods/wording.md``).
"""

from __future__ import annotations

import re
from decimal import Decimal
from fractions import Fraction
from typing import Final

from anlu.engine.indicators.rounding import round_down, round_half_up

Number = int | float | Decimal | Fraction

TEN_THOUSAND: Final = 10_000
NEAR_SHARE: Final = Fraction(1, 10)  # how far below the round number 近 may be said
MINUS: Final = "\N{MINUS SIGN}"
_DIGITS: Final = "零一二三四五六七八九"
_PLACES: Final = ("", "十", "百", "千")


def with_more(count: int, step: int, word: str = "余") -> str:
    """
    ``count`` rounded down to a multiple of ``step`` with 余 or 多: 236 by hundreds is ``200余``.

    Exactly the round number is said without the word; less than one step, as it is.

    Raises
    ------
    ValueError
        ``count`` is negative or ``step`` is not positive.
    """
    _check(count, step)
    rounded = count - count % step
    if rounded == 0 or rounded == count:
        return str(count)
    return f"{rounded}{word}"


def at_least(count: int, step: int) -> str:
    """``count`` rounded down to a multiple of ``step`` with 以上, which includes the number: ``200以上``."""
    _check(count, step)
    rounded = count - count % step
    return f"{rounded or count}以上"


def near(count: int, step: int) -> str:
    """
    ``count`` rounded up to a multiple of ``step`` with 近: 293 by hundreds is ``近300``.

    Exactly the round number is said without the word.

    Raises
    ------
    ValueError
        ``count`` lies more than a tenth of the round number below it: 近 would mislead.
    """
    _check(count, step)
    rounded = count + -count % step
    if rounded == count:
        return str(count)
    if Fraction(rounded - count, rounded) > NEAR_SHARE:
        raise ValueError(f"{count} is not near {rounded}")
    return f"近{rounded}"


def _check(count: int, step: int) -> None:
    if count < 0 or step <= 0:
        raise ValueError(f"count must not be negative and step must be positive, got {count} and {step}")


def ten_thousands(amount: Number, digits: int = 0) -> str:
    """``amount`` in 万, rounded half up: 3 310 000 is ``331万``. Trailing zeros stay."""
    return f"{round_half_up(_exact(amount) / TEN_THOUSAND, digits):f}万"


def ten_thousands_more(count: int, digits: int = 1, word: str = "余") -> str:
    """``count`` in 万, rounded down, with 余 when there is more: 24 310 is ``2.4万余``, 24 000 ``2.4万``.

    Raises
    ------
    ValueError
        ``count`` is negative.
    """
    _check(count, 1)
    rounded = round_down(Fraction(count, TEN_THOUSAND), digits)
    if rounded == 0:
        return str(count)
    text = f"{rounded:f}".rstrip("0").rstrip(".") if digits else f"{rounded:f}"
    return f"{text}万{word}" if Fraction(rounded) * TEN_THOUSAND < count else f"{text}万"


def percent(share: Number, digits: int = 2) -> str:
    """A share (0–1) as a percentage, rounded half up: 0.117 with one digit is ``11.7%``."""
    return f"{round_half_up(100 * _exact(share), digits):f}%".replace("-", MINUS)


def signed_percent(points: Number, digits: int = 0) -> str:
    """A percentage (not a share) with its sign: ``−51%``, ``+11%``, ``0%``."""
    rounded = round_half_up(points, digits)
    sign = "+" if rounded > 0 else MINUS if rounded < 0 else ""
    return f"{sign}{abs(rounded):f}%"


def _exact(value: Number) -> Fraction:
    return Fraction(repr(value)) if isinstance(value, float) else Fraction(value)


def chinese_number(number: int) -> str:
    """
    A whole number up to 9999 in Chinese digits: 4 is 四, 12 十二, 105 一百零五.

    Raises
    ------
    ValueError
        ``number`` lies outside 0–9999.
    """
    if not 0 <= number <= 9999:
        raise ValueError(f"number must lie between 0 and 9999, got {number}")
    if number == 0:
        return _DIGITS[0]
    places = [(int(digit), place) for place, digit in enumerate(reversed(str(number)))][::-1]
    spoken = "".join(_DIGITS[digit] + (_PLACES[place] if digit else "") for digit, place in places)
    spoken = re.sub("零+", "零", spoken).rstrip("零")
    return spoken.removeprefix("一") if 10 <= number < 20 else spoken


def ordinal(number: int, counter: str = "次") -> str:
    """``第四次``."""
    return f"第{chinese_number(number)}{counter}"


def wording_holds(words: str, value: Number) -> bool:
    """
    Whether the stated ``words`` are true of ``value``.

    Reads a number with 余, 多, 近, 以上, 万 or %; ``value`` is the count, or the share for a percentage. A
    plain number must agree exactly; one in 万 or % to the digits stated, rounded half up.

    Raises
    ------
    ValueError
        The words are not one of these forms.
    """
    match = _WORDS.fullmatch(words.strip())
    if match is None or (match["more"] and match["near"]):
        raise ValueError(f"not a number in words: {words!r}")
    stated = Fraction(match["number"]) * _UNITS[match["unit"]]
    exact = _exact(value)
    if match["more"] == "以上":
        return exact >= stated
    if match["more"]:
        return stated < exact < stated + _last_place(match["number"]) * _UNITS[match["unit"]]
    if match["near"]:
        return stated * (1 - NEAR_SHARE) <= exact < stated
    if match["unit"]:
        digits = len(match["number"].partition(".")[2])
        return Fraction(round_half_up(exact / _UNITS[match["unit"]], digits)) == Fraction(match["number"])
    return exact == stated


_WORDS: Final = re.compile(
    r"(?P<near>近?)(?P<number>[0-9]+(?:\.[0-9]+)?)(?P<unit>万|%|)(?P<more>余|多|以上|)"
)
_UNITS: Final = {"": Fraction(1), "万": Fraction(TEN_THOUSAND), "%": Fraction(1, 100)}


def _last_place(number: str) -> Fraction:
    """Value of the last place that is said: 100 for 200, 10 for 280, 1/10 for 2.4."""
    whole, _, decimals = number.partition(".")
    if decimals:
        return Fraction(1, 10 ** len(decimals))
    return Fraction(10 ** (len(whole) - len(whole.rstrip("0"))))

"""What an English text may do with a value that it is given: ``{month:month}`` makes Jun of 6."""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping
from decimal import Decimal, InvalidOperation
from typing import Final

MONTHS: Final = ("Jan", "Feb", "Mar", "Apr", "May", "Jun", "Jul", "Aug", "Sep", "Oct", "Nov", "Dec")
WEEKDAYS: Final = ("Sun", "Mon", "Tue", "Wed", "Thu", "Fri", "Sat")
DIGITS: Final = "零一二三四五六七八九日"
ENDINGS: Final = {1: "st", 2: "nd", 3: "rd"}


def single(way: str) -> bool:
    """Whether a way asks for the form for one."""
    return way in ("one", "one_upper")


def as_it_came(way: str) -> bool:
    """Whether a way takes the Chinese value itself."""
    return way in ("digit", "digits", "lunar", "weekday", "thousands", "month")


def fits(value: str, way: str) -> bool:
    """Whether a value can be what the way takes it for; a sentence about days is not one about amounts."""
    return way not in SHAPES or SHAPES[way].fullmatch(value) is not None


def converted(value: str, way: str | None) -> str:
    """``value`` in the way that the text asks for; what does not fit stays as it is."""
    if way is None or way not in WAYS:
        return value
    try:
        return WAYS[way](value)
    except (ValueError, IndexError, InvalidOperation):
        return value


def month(value: str) -> str:
    """6 → Jun."""
    number = int(value)
    return MONTHS[number - 1] if number > 0 else value


def ordinal(value: str) -> str:
    """4 → 4th."""
    number = int(value)
    teens = number % 100 in (11, 12, 13)
    return f"{number}{'th' if teens else ENDINGS.get(number % 10, 'th')}"


def thousands(value: str) -> str:
    """An amount in 万 as thousands: 46.80 → 468.0."""
    return f"{Decimal(value.replace(',', '')) * 10:,.1f}"


def lower(value: str) -> str:
    """With a small first letter, within a sentence; abbreviations stay."""
    return value if value[1:2].isupper() else value[:1].lower() + value[1:]


def one(value: str) -> str:
    """One of it, within a sentence; the lookup has given the form for one already."""
    return lower(value)


def one_upper(value: str) -> str:
    """One of it, at the beginning."""
    return upper(value)


def digit(value: str) -> str:
    """二 → 2."""
    return str(DIGITS.index(value))


def digits(value: str) -> str:
    """一、六 → 1, 6."""
    numbers = {sign: str(number) for number, sign in enumerate("零一二三四五六七八九十")}
    return "".join(numbers.get(sign, ", " if sign == "、" else sign) for sign in value)


def lunar(value: str) -> str:
    """廿三 → 23, 初十 → 10, 三十 → 30."""
    ones = "一二三四五六七八九十"
    first, last = value[0], value[1]
    if first in "二三":
        return f"{ones.index(first) + 1}0"
    return str(10 * "初十廿".index(first) + ones.index(last) + 1)


def weekday(value: str) -> str:
    """六 → Sat; 日 is Sunday."""
    return WEEKDAYS[DIGITS.index(value) % 7] if value != "日" else WEEKDAYS[0]


def upper(value: str) -> str:
    """With a capital first letter, at the beginning of a sentence."""
    return value[:1].upper() + value[1:]


SHAPES: Final = {
    "date": re.compile(r"\d{4}-\d\d-\d\d.*|\d{1,2} [A-Z][a-z]{2} \d{4}.*"),
    "month": re.compile(r"\d{1,2}"),
    "digit": re.compile(f"[{DIGITS}]"),
    "digits": re.compile("[一二三四五六七八九十、]+"),
    "lunar": re.compile("初[一二三四五六七八九十]|[十廿][一二三四五六七八九]|[二三]十"),
    "weekday": re.compile(f"[{DIGITS}]"),
    "words": re.compile(r"\D*[A-Za-z\u3400-\u9fff]\D*"),
    "number": re.compile(r"[\d.,]+"),
}
WAYS: Final[Mapping[str, Callable[[str], str]]] = {
    "month": month,
    "ordinal": ordinal,
    "thousands": thousands,
    "lower": lower,
    "upper": upper,
    "one": one,
    "one_upper": one_upper,
    "digit": digit,
    "weekday": weekday,
    "digits": digits,
    "lunar": lunar,
}

"""Days, times, counts and amounts as the reader writes them; times are local."""

from __future__ import annotations

from datetime import date, datetime
from decimal import Decimal
from typing import Any, Final, NamedTuple

from django.utils import timezone

from anlu.kernel.core.language.places import MONTHS
from anlu.kernel.core.language.words import in_english

NOTHING: Final = ""


def day(value: Any, form: str = "full") -> str:
    """2023-06-30 or 30 Jun 2023; ``short``: 6月30日 or 30 Jun; "" for None."""
    if value is None:
        return NOTHING
    if not isinstance(value, date):
        return str(value)
    local = _local(value)
    if form == "short":
        return f"{local.day} {MONTHS[local.month - 1]}" if in_english() else f"{local.month}月{local.day}日"
    return f"{local.day} {MONTHS[local.month - 1]} {local.year}" if in_english() else f"{local:%Y-%m-%d}"


def day_and_weekday(value: date) -> str:
    """2023年7月3日 星期一 or Monday, 3 Jul 2023."""
    if in_english():
        return f"{value:%A}, {day(value)}"
    return f"{value.year}年{value.month}月{value.day}日 星期{'一二三四五六日'[value.weekday()]}"


def moment(value: datetime | None, form: str = "full") -> str:
    """2023-06-30 07:15 or 30 Jun 2023, 07:15; ``short`` without the year: 06-30 07:15 or 30 Jun, 07:15."""
    if not isinstance(value, datetime):
        return day(value, form)
    local = _local(value)
    if in_english():
        return f"{day(value, form)}, {local:%H:%M}"
    return f"{local:%m-%d %H:%M}" if form == "short" else f"{local:%Y-%m-%d %H:%M}"


def day_and_time(on: date, hour: int, minute: str) -> str:
    """A local time as exactly as it is known: 2023-06-30 07:15, 2023-06-30 07时; or 30 Jun 2023, 07:15, ... 07 h."""
    if in_english():
        return f"{day(on)}, {hour:02d}{f':{minute}' if minute else ' h'}"
    return f"{on:%Y-%m-%d} {hour:02d}{f':{minute}' if minute else '时'}"


def _local(value: Any) -> Any:
    aware = isinstance(value, datetime) and timezone.is_aware(value)
    return timezone.localtime(value) if aware else value


class Money(NamedTuple):
    """How large amounts are given: in units of so many yuan, with so many digits."""

    yuan: int
    digits: int
    unit: str


CHINESE_MONEY: Final = Money(10_000, 2, "万元")
ENGLISH_MONEY: Final = Money(1_000, 1, "thousand CNY")


def large_money() -> Money:
    """Ten thousands of yuan for readers of Chinese, thousands for readers of English."""
    return ENGLISH_MONEY if in_english() else CHINESE_MONEY


def yuan(amount: Decimal | float) -> str:
    """A small amount with its currency: 12,500 元 or CNY 12,500."""
    text = f"{amount:,.2f}".rstrip("0").rstrip(".")
    return f"CNY {text}" if in_english() else f"{text} 元"

"""Numbers of headings: 一、（一）1.（1）."""

from __future__ import annotations

from typing import Final

DIGITS: Final = "零一二三四五六七八九"


def chinese_number(number: int) -> str:
    """1–99 in Chinese: 一, 十, 十二, 二十三."""
    if not 1 <= number <= 99:
        raise ValueError(f"headings are counted from 1 to 99, got {number}")
    tens, ones = divmod(number, 10)
    head = "" if tens == 0 else "十" if tens == 1 else f"{DIGITS[tens]}十"
    return head + (DIGITS[ones] if ones else "")


class HeadingCounter:
    """Counts headings, anew under each higher one."""

    def __init__(self) -> None:
        self._counts = [0, 0, 0, 0]

    def next(self, level: int) -> str:
        """The number of the next heading of a level from 1 to 4, with its punctuation."""
        self._counts[level - 1] += 1
        self._counts[level:] = [0] * (4 - level)
        number = self._counts[level - 1]
        if level <= 2:
            name = chinese_number(number)
            return f"{name}、" if level == 1 else f"（{name}）"
        return f"{number}." if level == 3 else f"（{number}）"

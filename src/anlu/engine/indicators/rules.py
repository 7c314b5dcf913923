"""
Rules of wording by name, as sections of reports and the list of figures state them: ``more:100``, ``percent:1``.

========== ============================ =========================
rule        of the value                  words
========== ============================ =========================
plain       23562                         23562
more:100    236                           200余
much:10     286                           280多
atleast:100 300                           300以上
near:100    293                           近300
wan:0       3310000                       331万
wanmore:1   24310                         2.4万余
percent:1   0.117                         11.7%
ordinal:次  4                             第四次
cn          4                             四
each:月     1 (a share)                   每月
all         1 (a share)                   全部
every       1 (a share)                   逐一
everyone:.. 1 (a share)                   what stands behind the colon
fixed:2     46.798                        46.80
========== ============================ =========================
"""

from __future__ import annotations

from collections.abc import Callable
from fractions import Fraction
from typing import Final

from anlu.engine.indicators.rounding import round_half_up
from anlu.engine.indicators.wording import (
    Number,
    at_least,
    chinese_number,
    near,
    ordinal,
    percent,
    ten_thousands,
    ten_thousands_more,
    with_more,
)


class RuleProblem(ValueError):
    """No such rule, or it cannot be applied to the value."""


def worded(value: Number, rule: str = "plain") -> str:
    """
    ``value`` in the words of a rule.

    Raises
    ------
    RuleProblem
        There is no such rule, or the value is not of its kind (a share for 余).
    """
    name, _, argument = rule.partition(":")
    try:
        return _RULES[name](value, argument)
    except KeyError:
        raise RuleProblem(f"no rule of wording is called {rule!r}, known are {', '.join(_RULES)}") from None
    except ValueError as problem:
        raise RuleProblem(f"{rule}: {problem}") from None


def _whole(value: Number) -> int:
    exact = Fraction(repr(value)) if isinstance(value, float) else Fraction(value)
    if exact.denominator != 1:
        raise ValueError(f"{value} is no whole number")
    return exact.numerator


def _plain(value: Number, argument: str) -> str:
    exact = Fraction(repr(value)) if isinstance(value, float) else Fraction(value)
    if exact.denominator == 1:
        return str(exact.numerator)
    return f"{round_half_up(value, 2):f}".rstrip("0").rstrip(".")


def _whole_share(word: str) -> Callable[[Number, str], str]:
    def say(value: Number, argument: str) -> str:
        words = word + argument
        if value != 1:
            raise ValueError(f"{words} is said of all of them only, found the share {value}")
        return words

    return say


_RULES: Final[dict[str, Callable[[Number, str], str]]] = {
    "plain": _plain,
    "more": lambda value, step: with_more(_whole(value), int(step)),
    "much": lambda value, step: with_more(_whole(value), int(step), "多"),
    "atleast": lambda value, step: at_least(_whole(value), int(step)),
    "near": lambda value, step: near(_whole(value), int(step)),
    "wan": lambda value, digits: ten_thousands(value, int(digits or 0)),
    "wanmore": lambda value, digits: ten_thousands_more(_whole(value), int(digits or 1)),
    "percent": lambda value, digits: percent(value, int(digits or 2)),
    "ordinal": lambda value, counter: ordinal(_whole(value), counter or "次"),
    "cn": lambda value, argument: chinese_number(_whole(value)),
    "each": _whole_share("每"),
    "all": _whole_share("全部"),
    "every": _whole_share("逐一"),
    "everyone": _whole_share(""),
    "fixed": lambda value, digits: f"{round_half_up(value, int(digits or 2)):f}",
}

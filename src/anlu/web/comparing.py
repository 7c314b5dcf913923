"""With what a page compares: the like span of last year (同比), the period before (环比), the year so far (累计)."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Final

from anlu.engine.periods import Period, PeriodError
from anlu.kernel.indicators.window import Window
from anlu.web.windows import Asked, Switch

LAST_YEAR, BEFORE, SO_FAR = "year", "before", "total"
COMPARE: Final = Switch(
    "compare", "比较", ((LAST_YEAR, "同比"), (BEFORE, "环比"), (SO_FAR, "累计")), LAST_YEAR
)


@dataclass(frozen=True)
class Comparison:
    """
    The window of the figures, what they are compared with (None: last year), and what that is called.

    ``choice`` is that of the switch, for addresses of pages that compare in the same way; "" = the usual one.
    """

    window: Window
    previous: Period | None
    before: str
    note: str
    choice: str = ""


def comparison_of(asked: Asked) -> Comparison:
    """
    What an address with the switch asks for.

    累计 is from 1 January to the end of the period, against the same days of last year; 环比 has nothing to compare
    with before the first year there is, and then is 同比.
    """
    window, choice = asked.window, asked.chosen.get(COMPARE.name)
    if choice == BEFORE and (previous := _before(window.period)) is not None:
        return Comparison(window, previous, "上期", "变化是与前一期的同样长短相比", BEFORE)
    if choice == SO_FAR:
        end = window.period.end
        year = Period.containing(end, "year").to_date(end)
        note = "本期为年初至期末的累计，变化是与上年同样起止日期的一段相比"
        return Comparison(window.at(year), None, "上年同期", note, SO_FAR)
    return Comparison(window, None, "上年同期", "变化是与上年同样起止日期的一段相比")


def _before(period: Period) -> Period | None:
    try:
        return period.previous()
    except (PeriodError, ValueError):
        return None

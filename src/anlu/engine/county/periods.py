"""
How many crashes each period has: what the brigade's figures are made of.

H1 2022 and H1 2023 give the published changes from records: 280 → 187 crashes (−33.21 %), 242 → 164 injured
(−32.23 %), 53 → 39 killed (−26.42 %), and 61.35 → 46.80 万元 of loss, all of the ordinary procedure. The other half
years are in line with them; the first half of 2020 is quiet.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from typing import Final


@dataclass(frozen=True, slots=True)
class Period:
    """
    Totals of a span of days, both ends included.

    ``killed`` (within 7 days), ``injured`` and ``loss_cny`` are those of the ordinary procedure; ``slight`` is the
    number of persons slightly hurt in crashes of the summary procedure, None where it is left to chance.
    """

    first: date
    last: date
    ordinary: int
    killed: int
    injured: int
    loss_cny: Decimal
    summary: int
    self_settled: int
    slight: int | None = None


def _half(year: int, half: int, *numbers: int) -> Period:
    ordinary, killed, injured, loss_cny, summary, self_settled = numbers
    first, last = ((1, 1), (6, 30)) if half == 1 else ((7, 1), (12, 31))
    return Period(
        date(year, *first),
        date(year, *last),
        ordinary,
        killed,
        injured,
        Decimal(loss_cny),
        summary,
        self_settled,
    )


PERIODS: Final = (
    _half(2019, 1, 301, 61, 262, 669_000, 590, 190),
    _half(2019, 2, 324, 66, 281, 724_000, 660, 215),
    _half(2020, 1, 272, 52, 233, 587_000, 505, 165),
    _half(2020, 2, 318, 63, 274, 701_500, 668, 225),
    _half(2021, 1, 294, 57, 254, 643_000, 640, 235),
    _half(2021, 2, 311, 60, 268, 682_000, 690, 255),
    _half(2022, 1, 280, 53, 242, 613_500, 618, 240),
    _half(2022, 2, 286, 55, 246, 629_000, 662, 262),
    _half(2023, 1, 187, 39, 164, 468_000, 625, 268),
    Period(date(2023, 7, 1), date(2023, 7, 1), 2, 0, 2, Decimal(4_100), 9, 4, 1),
    Period(date(2023, 7, 2), date(2023, 7, 2), 1, 0, 1, Decimal(1_900), 14, 8, 1),
)

"""
What is counted: crashes, deaths, injured, loss; of the ordinary procedure (一般程序) or of all.

The measures are the registered indicators themselves, so that a page, the catalogue, the command line and a
report cannot differ.
"""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum

from anlu.kernel.core.language.words import word
from anlu.kernel.indicators.define import Indicator, Leaf, indicators


class Handling(StrEnum):
    """Which crashes count."""

    ORDINARY = "ordinary"
    ALL = "all"


HANDLING_LABELS = {Handling.ORDINARY: "一般程序", Handling.ALL: "全部程序"}


@dataclass(frozen=True)
class Measure:
    """One of the four figures, under both ways of counting."""

    code: str
    label: str
    ordinary: str  # codes of the indicators
    everything: str

    def indicator(self, handling: Handling) -> Indicator:
        """The registered indicator."""
        return indicators.get(self.ordinary if handling is Handling.ORDINARY else self.everything)

    def leaf(self, handling: Handling) -> Leaf:
        """What it adds up."""
        return self.indicator(handling).main


MEASURES: tuple[Measure, ...] = (
    Measure("crashes", "起数", "crash.count", "crash.all"),
    Measure("killed", "死亡", "crash.killed", "crash.all_killed"),
    Measure("injured", "受伤", "crash.injured", "crash.all_injured"),
    Measure("loss", "财产损失", "crash.loss", "crash.all_loss"),
)
CRASHES = MEASURES[0]


def short_label(indicator: Indicator) -> str:
    """What an indicator is called on a page that says already which procedures count."""
    return word(indicator.label).removesuffix(word("(全部程序)"))


def measure_of(code: str) -> Measure:
    """The measure with this code; the number of crashes for any other."""
    return next((one for one in MEASURES if one.code == code), CRASHES)

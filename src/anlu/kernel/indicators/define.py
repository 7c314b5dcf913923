"""
Indicators are declared as expressions over rows, never computed by hand.

An author writes *what* is counted and by which day and unit it goes; period, scope and filters are applied by
``evaluate``, so that a value, its rows, its comparison and its explanation cannot disagree
(``foundations`` 2.5).
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from datetime import date
from enum import StrEnum
from typing import Any

from django.db.models import Q

from anlu.kernel.core.registry import Registry
from anlu.kernel.core.scope import Viewer
from anlu.kernel.indicators.leaves import (
    Amount,
    Count,
    Distinct,
    IndicatorProblem,
    Leaf,
    Parameters,
    Stock,
    Sum,
)
from anlu.kernel.indicators.middle import MedianDays
from anlu.kernel.indicators.occasions import Latest, Ordinal, Present, Regular

__all__ = [
    "Amount",
    "Better",
    "Count",
    "Coverage",
    "Distinct",
    "Expression",
    "Indicator",
    "IndicatorProblem",
    "Latest",
    "Leaf",
    "MedianDays",
    "Nature",
    "Ordinal",
    "Parameters",
    "Present",
    "Ratio",
    "Regular",
    "Rhythm",
    "Share",
    "Stock",
    "Sum",
    "indicator",
    "indicators",
]


class Better(StrEnum):
    """Which way is good."""

    DOWN = "down"
    UP = "up"
    NEITHER = ""


class Nature(StrEnum):
    """What kind of figure it is; enforcement counts take no target, light or ranking (``practice`` 2)."""

    RESULT = "result"
    PROCESS = "process"
    ENFORCEMENT = "enforcement"


@dataclass(frozen=True)
class Share:
    """``part`` of ``whole``, 0-1. The part must be rows of the whole."""

    part: Leaf
    whole: Leaf


@dataclass(frozen=True)
class Coverage:
    """
    How many of ``whole`` are reached, 0-1, where what reaches them is another table.

    Branches that held their meeting, of all branches:
    ``Coverage(Distinct(Meeting.objects.all(), column="branch_id"), Stock(Branch.objects.all()))``.
    """

    part: Leaf
    whole: Leaf


@dataclass(frozen=True)
class Rhythm:
    """
    Months (weeks, quarters) in which it was held, of those in which it was due, 0-1.

    Due is every month that is over, and the one that is running as soon as it was held in it.

    Parameters
    ----------
    from_first
        Nothing was due before it was held for the first time (a weekly meeting that began in March).
    since
        Gives the day from which a rule requires it, None where none says one; then ``from_first`` decides.
    """

    held: Regular
    from_first: bool = False
    since: Callable[[], date | None] | None = None


@dataclass(frozen=True)
class Ratio:
    """``top`` per ``scale`` of ``base`` (deaths per 100 crashes, deaths per 10,000 vehicles)."""

    top: Leaf
    base: Leaf
    scale: int = 1


Expression = Leaf | Share | Coverage | Rhythm | Ratio


@dataclass(frozen=True, eq=False)
class Indicator:
    """
    A declared figure.

    Parameters
    ----------
    measure
        Unit of the value in Chinese: 起, 人, 元, 人/万车; "" for shares.
    method
        Page under ``docs`` that explains it.
    figures
        Identifiers of the half-year report that it answers (F13 ...).
    ledger
        Code of the ledger in which its rows open.
    proof
        Rows of the main leaf that carry their evidence (a photograph, a sign-in list, a document); None: none is asked.
    targeted
        It may be given a prevention target for the brigade.
    """

    code: str
    label: str
    expression: Expression
    measure: str = ""
    better: Better = Better.NEITHER
    nature: Nature = Nature.RESULT
    method: str = ""
    definition: str = ""
    figures: tuple[str, ...] = ()
    ledger: str = ""
    targeted: bool = False
    proof: Q | None = None
    order: int = 100

    def __post_init__(self) -> None:
        if self.nature == Nature.ENFORCEMENT and (self.targeted or self.better != Better.NEITHER):
            raise IndicatorProblem(f"{self.code}: enforcement counts take neither target nor direction")
        if self.targeted and self.better == Better.NEITHER:
            raise IndicatorProblem(f"{self.code}: a target needs a direction")

    @property
    def main(self) -> Leaf:
        """The leaf whose rows stand behind the number: numerator of shares and ratios."""
        match self.expression:
            case Share(part=leaf) | Coverage(part=leaf) | Ratio(top=leaf) | (Leaf() as leaf):
                return leaf
            case Rhythm(held=leaf):
                return leaf

    @property
    def base(self) -> Leaf | None:
        """The leaf below the line; None for plain counts and sums."""
        match self.expression:
            case Share(whole=leaf) | Coverage(whole=leaf) | Ratio(base=leaf):
                return leaf
            case _:
                return None

    @property
    def is_share(self) -> bool:
        """True when the value is a share 0-1; such values change by percentage points."""
        return isinstance(self.expression, Share | Coverage | Rhythm)

    @property
    def leaves(self) -> tuple[Leaf, ...]:
        """What stands above and, where there is one, below the line."""
        return (self.main,) if self.base is None else (self.main, self.base)

    def is_whole_to(self, viewer: Viewer) -> bool:
        """True when ``viewer`` may see every row that stands above and below the line."""
        return all(leaf.is_whole_to(viewer) for leaf in self.leaves)


indicators: Registry[Indicator] = Registry("indicator")


def indicator(
    code: str, *, label: str, better: str = "", nature: str = "result", **rest: Any
) -> Callable[[Callable[[], Expression]], Indicator]:
    """
    Declare the function below as an indicator: it returns the expression.

    Raises
    ------
    DuplicateCode, IndicatorProblem
        The code is taken, or the declaration contradicts itself.
    """

    def declare(make: Callable[[], Expression]) -> Indicator:
        rest.setdefault("definition", (make.__doc__ or "").strip())
        found = Indicator(
            code=code, label=label, better=Better(better), nature=Nature(nature), expression=make(), **rest
        )
        return indicators.add(found)

    return declare

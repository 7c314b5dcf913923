"""
Indicators are declared as expressions over rows, never computed by hand.

An author writes *what* is counted and by which day and unit it goes; period, scope and filters are applied by
``evaluate``, so that a value, its rows, its comparison and its explanation cannot disagree
(``foundations`` 2.5).
"""

from __future__ import annotations

from abc import ABC, abstractmethod
from collections.abc import Callable
from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from enum import StrEnum
from typing import Any

from django.db.models import Count as CountOf
from django.db.models import DecimalField, Q, QuerySet
from django.db.models import Sum as SumOf

from anlu.kernel.core.errors import AnluError
from anlu.kernel.core.registry import Registry

Amount = int | Decimal
Parameters = tuple[tuple[str, str], ...]


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


class IndicatorProblem(AnluError):
    """A declaration that contradicts itself."""


@dataclass(frozen=True, eq=False)
class Leaf(ABC):
    """
    Something added up over rows.

    Parameters
    ----------
    rows
        The rows that can count, as an unevaluated queryset of a ``Record``; no period, no scope, no batches.
    on
        Path of the day that the figure goes by (发生, 接报, 立案, 销号 ...).
    unit, area
        Paths of the unit and area, frozen at the event, that it is attributed to; "" = not attributed.
    parameters
        Address parameters by which the ledger of the indicator lists exactly the rows that contribute,
        whenever and wherever; None = it has no filters for that, only the page of the indicator lists them.
    """

    rows: QuerySet[Any]
    on: str = "occurred_on"
    unit: str = "unit"
    area: str = "town"
    parameters: Parameters | None = None

    def during(self, start: date, end: date) -> Q:
        """The condition that keeps what belongs to a period, both days included."""
        return Q(**{f"{self.on}__gte": start, f"{self.on}__lte": end})

    @property
    def additive(self) -> bool:
        """True when the values of the parts of a county add up to the county's."""
        return True

    @abstractmethod
    def aggregate(self) -> Any:
        """The database expression that adds up a group of rows."""

    @abstractmethod
    def contributing(self) -> Q:
        """Rows that make a difference; only these are listed behind a number."""

    def total(self, chosen: QuerySet[Any]) -> Amount:
        """The sum over exactly these rows; 0 over none."""
        found: Amount | None = chosen.order_by().aggregate(total=self.aggregate())["total"]
        return self.exact(found)

    def exact(self, found: Amount | None) -> Amount:
        """What the database added up, as the exact number it stands for; 0 for nothing."""
        return 0 if found is None else found

    @abstractmethod
    def adds(self, row: Any) -> Amount:
        """What one row adds (for ``Distinct``: what the first row of a group adds)."""


@dataclass(frozen=True, eq=False)
class Count(Leaf):
    """How many rows."""

    def aggregate(self) -> Any:
        return CountOf("pk")

    def contributing(self) -> Q:
        return Q()

    def adds(self, row: Any) -> Amount:
        return 1


@dataclass(frozen=True, eq=False)
class Sum(Leaf):
    """The sum of a column."""

    column: str = ""

    def __post_init__(self) -> None:
        if not self.column:
            raise IndicatorProblem("Sum needs the column that it adds up")

    def aggregate(self) -> Any:
        return SumOf(self.column)

    def contributing(self) -> Q:
        return Q(**{f"{self.column}__isnull": False}) & ~Q(**{self.column: 0})

    @property
    def is_amount(self) -> bool:
        """True for money and measures (a decimal column), False for whole things that are counted."""
        return isinstance(self.rows.model._meta.get_field(self.column), DecimalField)

    def exact(self, found: Amount | None) -> Amount:
        if not isinstance(found, Decimal):
            return 0 if found is None else found
        # SQLite adds decimals as binary fractions: the sum is within half a unit of the last place stored.
        field = self.rows.model._meta.get_field(self.column)
        return found.quantize(Decimal(1).scaleb(-field.decimal_places))

    def adds(self, row: Any) -> Amount:
        found: Amount = getattr(row, self.column)
        return found


@dataclass(frozen=True, eq=False)
class Distinct(Leaf):
    """How many different values of a column."""

    column: str = ""

    @property
    def additive(self) -> bool:
        return False  # the same owner may stand in two towns

    def aggregate(self) -> Any:
        return CountOf(self.column, distinct=True)

    def contributing(self) -> Q:
        return Q(**{f"{self.column}__isnull": False})

    def adds(self, row: Any) -> Amount:
        return 1


@dataclass(frozen=True, eq=False)
class Stock(Leaf):
    """How many there are at the end of a period: begun by then (``on``) and not yet over (``until``)."""

    until: str = "valid_to"

    def during(self, start: date, end: date) -> Q:
        not_over = Q(**{f"{self.until}__isnull": True}) | Q(**{f"{self.until}__gt": end})
        return Q(**{f"{self.on}__lte": end}) & not_over

    def aggregate(self) -> Any:
        return CountOf("pk")

    def contributing(self) -> Q:
        return Q()

    def adds(self, row: Any) -> Amount:
        return 1


@dataclass(frozen=True)
class Share:
    """``part`` of ``whole``, 0-1. The part must be rows of the whole."""

    part: Leaf
    whole: Leaf


@dataclass(frozen=True)
class Ratio:
    """``top`` per ``scale`` of ``base`` (deaths per 100 crashes)."""

    top: Leaf
    base: Leaf
    scale: int = 1


Expression = Leaf | Share | Ratio


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
    order: int = 100

    def __post_init__(self) -> None:
        if self.nature == Nature.ENFORCEMENT and (self.targeted or self.better != Better.NEITHER):
            raise IndicatorProblem(f"{self.code}: enforcement counts take neither target nor direction")

    @property
    def main(self) -> Leaf:
        """The leaf whose rows stand behind the number: numerator of shares and ratios."""
        match self.expression:
            case Share(part=leaf) | Ratio(top=leaf) | (Leaf() as leaf):
                return leaf

    @property
    def base(self) -> Leaf | None:
        """The leaf below the line; None for plain counts and sums."""
        match self.expression:
            case Share(whole=leaf) | Ratio(base=leaf):
                return leaf
            case _:
                return None


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

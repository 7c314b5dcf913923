"""Leaves about occasions: was it held, for which time, in how many months, and what is said by the latest one."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date, datetime
from decimal import Decimal
from typing import Any, Literal

from django.db.models import Case, DecimalField, F, Max, Q, QuerySet, Value, When
from django.db.models import Count as CountOf
from django.db.models.functions import TruncMonth, TruncQuarter, TruncWeek
from django.utils import timezone

from anlu.engine.periods import Period
from anlu.kernel.indicators.leaves import Amount, IndicatorProblem, Leaf

Every = Literal["week", "month", "quarter"]
_TRUNCATED = {"week": TruncWeek, "month": TruncMonth, "quarter": TruncQuarter}


@dataclass(frozen=True, eq=False)
class Present(Leaf):
    """1 when there is any row, else 0: was it held at all? All rows stand behind it."""

    @property
    def additive(self) -> bool:
        return False

    @property
    def comparable(self) -> bool:
        return False

    def aggregate(self) -> Any:
        return Max(Case(When(pk__isnull=False, then=Value(1)), default=Value(0)))

    def contributing(self) -> Q:
        return Q()

    def adds(self, row: Any) -> Amount:
        return 1

    def group_of(self, row: Any) -> Any:
        return "any"


@dataclass(frozen=True, eq=False)
class Ordinal(Leaf):
    """
    For which time: the number of rows up to the latest one in the period, from the very first; 0 without one in it.

    A plate awarded on 16 June for the fourth time stands on four rows, three of them of earlier years.

    Parameters
    ----------
    each
        Path of the column of those who are counted apart: only rows of whoever the latest row names; "" = all count.
    """

    each: str = ""

    @property
    def additive(self) -> bool:
        return False

    @property
    def comparable(self) -> bool:
        return False

    def during(self, start: date, end: date) -> Q:
        return Q(**{f"{self.on}__lte": end})

    def narrowed(self, rows: QuerySet[Any], start: date, end: date) -> QuerySet[Any]:
        latest = rows.filter(**{f"{self.on}__gte": start}).order_by(f"-{self.on}", "-pk")
        if not self.each:
            return rows if latest.exists() else rows.none()
        whose = list(latest.values_list(self.each, flat=True)[:1])
        if not whose:
            return rows.none()
        return rows.filter(**({f"{self.each}__isnull": True} if whose[0] is None else {self.each: whose[0]}))

    def aggregate(self) -> Any:
        return CountOf("pk")

    def contributing(self) -> Q:
        return Q()

    def adds(self, row: Any) -> Amount:
        return 1


@dataclass(frozen=True, eq=False)
class Regular(Leaf):
    """
    In how many months (weeks, quarters) there is a row.

    Parameters
    ----------
    every
        ``month``, ``week`` (from Monday) or ``quarter``.
    """

    every: Every = "month"

    @property
    def additive(self) -> bool:
        return False

    def aggregate(self) -> Any:
        return CountOf(_TRUNCATED[self.every](self.on), distinct=True)

    def contributing(self) -> Q:
        return Q(**{f"{self.on}__isnull": False})

    def adds(self, row: Any) -> Amount:
        return 1

    def group_of(self, row: Any) -> Any:
        return self.part_of(_value_at(row, self.on))

    def part_of(self, day: date) -> date:
        """The first day of the month (week, quarter) in which a day lies."""
        return Period.containing(day, self.every).start

    def parts_in(self, rows: QuerySet[Any]) -> set[date]:
        """First days of the months (weeks, quarters) that have a row."""
        days: Iterable[Any] = rows.order_by().values_list(_TRUNCATED[self.every](self.on), flat=True)
        return {_day(one) for one in days.distinct() if one is not None}  # type: ignore[attr-defined]


@dataclass(frozen=True, eq=False)
class Latest(Leaf):
    """
    What the latest row by the end of the period states: a population, the number of a plan.

    Parameters
    ----------
    column
        A number, or a text of digits.
    until
        Path of the day from which a row is no longer in force; "" = it holds until the next one.
    named
        The number is a name (10104): it is not compared with other periods.
    """

    column: str = ""
    until: str = ""
    named: bool = False

    def __post_init__(self) -> None:
        if not self.column:
            raise IndicatorProblem(f"{type(self).__name__} needs the column that it states")

    @property
    def additive(self) -> bool:
        return False

    @property
    def comparable(self) -> bool:
        return not self.named

    @property
    def is_amount(self) -> bool:
        """True for a decimal column."""
        return isinstance(self.rows.model._meta.get_field(self.column), DecimalField)

    def during(self, start: date, end: date) -> Q:
        begun = Q(**{f"{self.on}__lte": end})
        if not self.until:
            return begun
        return begun & (Q(**{f"{self.until}__isnull": True}) | Q(**{f"{self.until}__gt": end}))

    def narrowed(self, rows: QuerySet[Any], start: date, end: date) -> QuerySet[Any]:
        latest = rows.order_by(F(self.on).desc(), "-pk").values("pk")[:1]
        return rows.filter(pk__in=latest)

    def aggregate(self) -> Any:
        return Max(self.column)

    def contributing(self) -> Q:
        return Q(**{f"{self.column}__isnull": False})

    def exact(self, found: Any) -> Amount:
        if found is None:
            return 0
        if isinstance(found, str):
            return int(found) if found.isdigit() else 0
        if not isinstance(found, Decimal):
            return found  # type: ignore[no-any-return]
        field = self.rows.model._meta.get_field(self.column)
        amount = found.quantize(Decimal(1).scaleb(-field.decimal_places))
        return int(amount) if amount == amount.to_integral_value() else amount

    def adds(self, row: Any) -> Amount:
        return self.exact(_value_at(row, self.column))


def _value_at(row: Any, path: str) -> Any:
    """The value at the end of a path of foreign keys."""
    for part in path.split("__"):
        row = None if row is None else getattr(row, part)
    return row


def _day(value: Any) -> date:
    return timezone.localtime(value).date() if isinstance(value, datetime) else value


# ------------------------------------------------------------------------------------------------ rhythm


def parts_due(period: Period, every: Every, *, held: set[date], first: date | None = None) -> list[Period]:
    """
    The months (weeks, quarters) in which something was due: those that are over, and those in which it was held.

    Parameters
    ----------
    held
        First days of the parts that have a row.
    first
        Nothing was due before the part in which this day lies.
    """
    start = Period.containing(period.start, every)
    found = []
    while start.start <= period.end:
        inside = period.covers(start) and (first is None or start.end >= first)
        if inside or start.start in held:
            found.append(start)
        start = start.next()
    return found

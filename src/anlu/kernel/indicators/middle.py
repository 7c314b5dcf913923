"""How long it usually takes: the median of days, worked out by the database."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from decimal import Decimal
from statistics import median
from typing import Any

from django.db.backends.signals import connection_created
from django.db.models import Aggregate, F, FloatField, Func, IntegerField, Q
from django.dispatch import receiver

from anlu.kernel.indicators.leaves import Amount, IndicatorProblem, Leaf


class _Julian(Func):
    """A day as a number that can be subtracted: SQLite keeps days as text."""

    function = "JULIANDAY"
    output_field = FloatField()

    def as_postgresql(self, compiler: Any, connection: Any, **extra: Any) -> Any:
        return self.as_sql(compiler, connection, template="%(expressions)s", **extra)


class _Difference(Func):
    """The first less the second."""

    template = "(%(expressions)s)"
    arg_joiner = " - "
    output_field = IntegerField()


class _Median(Aggregate):
    """The middle value; of an even number of values the mean of the two in the middle."""

    function = "ANLU_MEDIAN"
    output_field = FloatField()

    def as_postgresql(self, compiler: Any, connection: Any, **extra: Any) -> Any:
        template = "PERCENTILE_CONT(0.5) WITHIN GROUP (ORDER BY %(expressions)s)"
        return self.as_sql(compiler, connection, template=template, **extra)


class _MedianInSqlite:
    """The aggregate that SQLite lacks."""

    def __init__(self) -> None:
        self.values: list[float] = []

    def step(self, value: float | None) -> None:
        """One more row."""
        if value is not None:
            self.values.append(value)

    def finalize(self) -> float | None:
        """The median; None without a value."""
        return median(self.values) if self.values else None


@receiver(connection_created, dispatch_uid="anlu.median")
def teach_median(connection: Any, **_: Any) -> None:
    """Every new connection of SQLite learns the aggregate."""
    if connection.vendor == "sqlite":
        connection.connection.create_aggregate("ANLU_MEDIAN", 1, _MedianInSqlite)


@dataclass(frozen=True, eq=False)
class MedianDays(Leaf):
    """
    The median of the days from ``since`` to ``on``; all rows stand behind it, and there is none without rows.

    Parameters
    ----------
    since
        Name of the column of the day on which it began.
    """

    since: str = ""

    def __post_init__(self) -> None:
        if not self.since:
            raise IndicatorProblem("MedianDays needs the column of the day on which it began")

    @property
    def additive(self) -> bool:
        return False

    def aggregate(self) -> Any:
        return _Median(_Difference(_Julian(F(self.on)), _Julian(F(self.since))))

    def contributing(self) -> Q:
        return Q(**{f"{self.on}__isnull": False, f"{self.since}__isnull": False})

    def exact(self, found: Any) -> Amount:
        half = Decimal(str(found or 0)).quantize(Decimal("0.5"))
        return int(half) if half == half.to_integral_value() else half

    def adds(self, row: Any) -> Amount:
        days: int = (getattr(row, self.on) - getattr(row, self.since)).days
        return days

    def added_up(self, rows: Iterable[Any]) -> Amount:
        days = [int(self.adds(row)) for row in rows]
        return self.exact(median(days)) if days else 0

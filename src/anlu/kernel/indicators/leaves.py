"""
What figures are made of: something added up over rows, of which a period, a unit and an area keep a part.

The leaves here add up; those of ``occasions`` say whether, how regularly or for which time something happened.
"""

from __future__ import annotations

from abc import ABC, abstractmethod
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from typing import Any

from django.db.models import Count as CountOf
from django.db.models import DecimalField, Q, QuerySet
from django.db.models import Sum as SumOf

from anlu.kernel.core.errors import AnluError
from anlu.kernel.core.scope import Scope, Viewer

Amount = int | Decimal
Parameters = tuple[tuple[str, str], ...]


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
    permission
        Under which its rows are seen where the table does not say it (a family of cases); "" = the table's own.
    """

    rows: QuerySet[Any]
    on: str = "occurred_on"
    unit: str = "unit"
    area: str = "town"
    parameters: Parameters | None = None
    permission: str = ""

    @property
    def seen_under(self) -> str:
        """The permission under which its rows are seen."""
        model: Any = self.rows.model
        return self.permission or str(model.view_permission)

    def scope_of(self, viewer: Viewer) -> Scope:
        """What of its rows ``viewer`` may see."""
        model: Any = self.rows.model
        found: Scope = model.scope_of(viewer, self.seen_under)
        return found

    def is_whole_to(self, viewer: Viewer) -> bool:
        """True when ``viewer`` may see all of its rows, so that its value is the whole installation's."""
        model: Any = self.rows.model
        return bool(model.scope_condition(self.scope_of(viewer)) == Q())

    def during(self, start: date, end: date) -> Q:
        """The condition that keeps what belongs to a period, both days included."""
        return Q(**{f"{self.on}__gte": start, f"{self.on}__lte": end})

    @property
    def additive(self) -> bool:
        """True when the values of the parts of a county add up to the county's."""
        return True

    @property
    def exact_place(self) -> bool:
        """True when a row stands for its unit and area only, not for those above (the vehicles of a county)."""
        return False

    @property
    def daily(self) -> bool:
        """True when its value is the sum of the values of its days: a flow, not a stock or a number of things."""
        return False

    @property
    def comparable(self) -> bool:
        """True when its value may be set against that of another period."""
        return True

    @property
    def by_chance(self) -> bool:
        """True for events of which more or fewer might have happened by chance: only these have an interval."""
        return False

    def narrowed(self, rows: QuerySet[Any], start: date, end: date) -> QuerySet[Any]:
        """The rows, already in period and scope, that count when they depend on each other (the latest one)."""
        return rows

    @abstractmethod
    def aggregate(self) -> Any:
        """The database expression that adds up a group of rows."""

    @abstractmethod
    def contributing(self) -> Q:
        """Rows that make a difference; only these are listed behind a number."""

    def exact(self, found: Any) -> Amount:
        """What the database added up, as the exact number it stands for; 0 for nothing."""
        return 0 if found is None else found

    @abstractmethod
    def adds(self, row: Any) -> Amount:
        """What one row adds; where rows stand in groups (``group_of``), what the first of its group adds."""

    def group_of(self, row: Any) -> Any:
        """Rows with the same group count once; None: every row counts."""
        return None

    def added_up(self, rows: Iterable[Any]) -> Amount:
        """The value from the rows themselves, one by one: what the database says, worked out a second time."""
        total: Amount = 0
        seen: set[Any] = set()
        for row in rows:
            group = self.group_of(row)
            if group is None or group not in seen:
                total += self.adds(row)
                seen.add(group)
        return total


@dataclass(frozen=True, eq=False)
class Count(Leaf):
    """How many rows."""

    @property
    def daily(self) -> bool:
        return True

    @property
    def by_chance(self) -> bool:
        return True

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

    @property
    def daily(self) -> bool:
        return True

    @property
    def by_chance(self) -> bool:
        return True

    def aggregate(self) -> Any:
        return SumOf(self.column)

    def contributing(self) -> Q:
        return Q(**{f"{self.column}__isnull": False}) & ~Q(**{self.column: 0})

    @property
    def is_amount(self) -> bool:
        """True for money and measures (a decimal column), False for whole things that are counted."""
        return isinstance(self.rows.model._meta.get_field(self.column), DecimalField)

    def exact(self, found: Any) -> Amount:
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

    @property
    def by_chance(self) -> bool:
        return True

    def group_of(self, row: Any) -> Any:
        return getattr(row, self.column)

    def aggregate(self) -> Any:
        return CountOf(self.column, distinct=True)

    def contributing(self) -> Q:
        return Q(**{f"{self.column}__isnull": False})

    def adds(self, row: Any) -> Amount:
        return 1


@dataclass(frozen=True, eq=False)
class Stock(Leaf):
    """
    How many there are at the end of a period: begun by then (``on``) and not yet over (``until``).

    Parameters
    ----------
    due
        Only those whose day here lies before the end of the period: what is overdue; "" = all.
    until_included
        The day of ``until`` is the last on which it is there, not the first on which it is over.
    """

    until: str = "valid_to"
    due: str = ""
    until_included: bool = False

    def during(self, start: date, end: date) -> Q:
        later = "gte" if self.until_included else "gt"
        not_over = Q(**{f"{self.until}__isnull": True}) | Q(**{f"{self.until}__{later}": end})
        late = Q(**{f"{self.due}__lt": end}) if self.due else Q()
        return Q(**{f"{self.on}__lte": end}) & not_over & late

    def aggregate(self) -> Any:
        return CountOf("pk")

    def contributing(self) -> Q:
        return Q()

    def adds(self, row: Any) -> Amount:
        return 1

"""
Filters: one declaration that reads a value from an address, becomes a condition on rows, and can be written back.

Ledgers, exports, map tiles, statistics and the rows behind a number all use the same ``Selection``, so that they
cannot disagree. (The mask over columnar snapshots joins here: ``foundations`` 2.4.)
"""

from __future__ import annotations

import hashlib
from abc import ABC, abstractmethod
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date, datetime, time, timedelta
from typing import Any
from urllib.parse import urlencode

from django.db.models import Q
from django.utils import timezone

Parameters = Mapping[str, Sequence[str]]


class FilterProblem(ValueError):
    """A filter value that cannot be read; the message says what would be right."""


@dataclass(frozen=True)
class Filter(ABC):
    """Base: ``name`` in the address, ``label`` on screen, ``column`` (lookup path) in the table."""

    name: str
    label: str
    column: str = ""
    common: bool = False  # among the few shown without opening 更多筛选

    @property
    def path(self) -> str:
        """The column, which defaults to the name."""
        return self.column or self.name

    @property
    def names(self) -> tuple[str, ...]:
        """Parameters of the address that this filter reads."""
        return (self.name,)

    @abstractmethod
    def parse(self, values: Parameters) -> Any:
        """The value in canonical form, None when the filter is not set; raises ``FilterProblem``."""

    @abstractmethod
    def q(self, value: Any) -> Q:
        """The condition."""

    @abstractmethod
    def parameters(self, value: Any) -> list[tuple[str, str]]:
        """The address parameters that give this value again."""

    @abstractmethod
    def words(self, value: Any) -> str:
        """The value as a chip shows it (without the label)."""


def _stated(values: Parameters, name: str) -> list[str]:
    return [v.strip() for v in values.get(name, ()) if v.strip()]


def _day_of(label: str, stated: str) -> date:
    try:
        return date.fromisoformat(stated)
    except ValueError:
        raise FilterProblem(f"{label}：「{stated[:40]}」不是日期，应写成 2023-06-30") from None


Choices = Callable[[], Iterable[tuple[str, str]]]


@dataclass(frozen=True)
class ChoiceFilter(Filter):
    """One or more codes; ``choices`` gives (code, label). The code "-" stands for "not stated"."""

    choices: Choices = field(default=lambda: ())
    blank_is_null: bool = False

    MISSING = "-"

    def parse(self, values: Parameters) -> tuple[str, ...] | None:
        stated = _stated(values, self.name)
        if not stated:
            return None
        known = {code for code, _ in self.choices()} | {self.MISSING}
        unknown = [code for code in stated if code not in known]
        if unknown:
            raise FilterProblem(f"{self.label}：没有「{unknown[0]}」这一项")
        return tuple(sorted(set(stated)))

    def q(self, value: tuple[str, ...]) -> Q:
        stated = [code for code in value if code != self.MISSING]
        condition = Q(**{f"{self.path}__in": stated}) if stated else Q(pk__in=[])
        if self.MISSING in value:
            condition |= Q(**{f"{self.path}__isnull": True}) if self.blank_is_null else Q(**{self.path: ""})
        return condition

    def parameters(self, value: tuple[str, ...]) -> list[tuple[str, str]]:
        return [(self.name, code) for code in value]

    def words(self, value: tuple[str, ...]) -> str:
        labels = dict(self.choices()) | {self.MISSING: "未填"}
        return "、".join(labels.get(code, code) for code in value)


@dataclass(frozen=True)
class DateFilter(Filter):
    """Days from … to … (both included): ``name_from`` and ``name_to``."""

    @property
    def names(self) -> tuple[str, ...]:
        return (f"{self.name}_from", f"{self.name}_to")

    def parse(self, values: Parameters) -> tuple[date | None, date | None] | None:
        start, end = (self._day(values, name) for name in self.names)
        if start is None and end is None:
            return None
        if start and end and start > end:
            raise FilterProblem(f"{self.label}：起始日期 {start} 晚于截止日期 {end}")
        return start, end

    def _day(self, values: Parameters, name: str) -> date | None:
        stated = _stated(values, name)
        return _day_of(self.label, stated[-1]) if stated else None

    def q(self, value: tuple[date | None, date | None]) -> Q:
        start, end = value
        condition = Q()
        if start:
            condition &= Q(**{f"{self.path}__gte": start})
        if end:
            condition &= Q(**{f"{self.path}__lte": end})
        return condition

    def parameters(self, value: tuple[date | None, date | None]) -> list[tuple[str, str]]:
        pairs = zip(self.names, value, strict=True)
        return [(name, day.isoformat()) for name, day in pairs if day]

    def words(self, value: tuple[date | None, date | None]) -> str:
        start, end = value
        if start and end:
            return f"{start} 至 {end}"
        return f"{start} 起" if start else f"{end} 止"


@dataclass(frozen=True)
class StandingFilter(Filter):
    """
    What stood at the end of a day: begun by then (``on``), not over (``until``). Numbers lead to it, no form offers it.

    Parameters
    ----------
    due
        Only what was past its day here; "" = all.
    """

    on: str = ""
    until: str = ""
    due: str = ""
    offered: bool = False

    def parse(self, values: Parameters) -> date | None:
        stated = _stated(values, self.name)
        return _day_of(self.label, stated[-1]) if stated else None

    def q(self, value: date) -> Q:
        not_over = Q(**{f"{self.until}__isnull": True}) | Q(**{f"{self.until}__gt": value})
        late = Q(**{f"{self.due}__lt": value}) if self.due else Q()
        return Q(**{f"{self.on}__lte": value}) & not_over & late

    def parameters(self, value: date) -> list[tuple[str, str]]:
        return [(self.name, value.isoformat())]

    def words(self, value: date) -> str:
        return value.isoformat()


@dataclass(frozen=True)
class TimeFilter(DateFilter):
    """Days from … to … for a column that holds aware times: local days, both included."""

    def q(self, value: tuple[date | None, date | None]) -> Q:
        start, end = value
        condition = Q()
        if start:
            condition &= Q(**{f"{self.path}__gte": _midnight(start)})
        if end and end < date.max:
            condition &= Q(**{f"{self.path}__lt": _midnight(end + timedelta(days=1))})
        return condition


def _midnight(day: date) -> datetime:
    return timezone.make_aware(datetime.combine(day, time()))


@dataclass(frozen=True)
class NumberFilter(Filter):
    """Whole numbers from … to … (both included): ``name_min`` and ``name_max``."""

    @property
    def names(self) -> tuple[str, ...]:
        return (f"{self.name}_min", f"{self.name}_max")

    def parse(self, values: Parameters) -> tuple[int | None, int | None] | None:
        low, high = (self._number(values, name) for name in self.names)
        return None if low is None and high is None else (low, high)

    def _number(self, values: Parameters, name: str) -> int | None:
        stated = _stated(values, name)
        if not stated:
            return None
        try:
            number = int(stated[-1])
        except ValueError:
            raise FilterProblem(f"{self.label}：「{stated[-1]}」不是整数") from None
        if abs(number) > 2**31:
            raise FilterProblem(f"{self.label}:{number} 超出范围")
        return number

    def q(self, value: tuple[int | None, int | None]) -> Q:
        low, high = value
        condition = Q()
        if low is not None:
            condition &= Q(**{f"{self.path}__gte": low})
        if high is not None:
            condition &= Q(**{f"{self.path}__lte": high})
        return condition

    def parameters(self, value: tuple[int | None, int | None]) -> list[tuple[str, str]]:
        pairs = zip(self.names, value, strict=True)
        return [(name, str(number)) for name, number in pairs if number is not None]

    def words(self, value: tuple[int | None, int | None]) -> str:
        low, high = value
        if low is not None and high is not None:
            return str(low) if low == high else f"{low} 至 {high}"
        return f"≥ {low}" if low is not None else f"≤ {high}"


@dataclass(frozen=True)
class FlagFilter(Filter):
    """Yes or no, for a condition given as ``Q``; as a function of nothing where it depends on the day."""

    yes: Q | Callable[[], Q] = field(default_factory=Q)

    def parse(self, values: Parameters) -> bool | None:
        stated = _stated(values, self.name)
        if not stated:
            return None
        if stated[-1] not in ("1", "0"):
            raise FilterProblem(f"{self.label}：应为 1(是)或 0(否)")
        return stated[-1] == "1"

    def q(self, value: bool) -> Q:
        yes = self.yes() if callable(self.yes) else self.yes
        return yes if value else ~yes

    def parameters(self, value: bool) -> list[tuple[str, str]]:
        return [(self.name, "1" if value else "0")]

    def words(self, value: bool) -> str:
        return "是" if value else "否"


@dataclass(frozen=True)
class TextFilter(Filter):
    """Words found in any of a few columns of a small table; large tables search by grams (``core.search``)."""

    columns: tuple[str, ...] = ()
    placeholder: str = ""

    LONGEST = 60

    def parse(self, values: Parameters) -> str | None:
        stated = " ".join(" ".join(_stated(values, self.name)).split())
        if "\x00" in stated:
            raise FilterProblem(f"{self.label}：含有不能查找的字符")
        if len(stated) > self.LONGEST:
            raise FilterProblem(f"{self.label}：最多 {self.LONGEST} 个字")
        return stated or None

    def q(self, value: str) -> Q:
        condition = Q()
        for word in value.split():
            found = Q(pk__in=[])
            for column in self.columns or (self.path,):
                found |= Q(**{f"{column}__icontains": word})
            condition &= found
        return condition

    def parameters(self, value: str) -> list[tuple[str, str]]:
        return [(self.name, value)]

    def words(self, value: str) -> str:
        return value


@dataclass(frozen=True)
class Selection:
    """Filters with the values they were given; empty = everything."""

    chosen: tuple[tuple[Filter, Any], ...] = ()
    problems: tuple[str, ...] = ()

    @classmethod
    def read(cls, filters: Iterable[Filter], values: Parameters) -> Selection:
        """Read all filters from address parameters. A value that cannot be read is a problem, and selects nothing."""
        chosen: list[tuple[Filter, Any]] = []
        problems: list[str] = []
        for one in filters:
            try:
                value = one.parse(values)
            except FilterProblem as problem:
                problems.append(str(problem))
                continue
            if value is not None:
                chosen.append((one, value))
        return cls(tuple(chosen), tuple(problems))

    def q(self) -> Q:
        """All conditions together; a selection with problems selects nothing (never a silent guess)."""
        if self.problems:
            return Q(pk__in=[])
        condition = Q()
        for one, value in self.chosen:
            condition &= one.q(value)
        return condition

    def value(self, name: str) -> Any:
        """The value of the filter with this name, None when not set."""
        return next((value for one, value in self.chosen if one.name == name), None)

    def parameters(self, *, without: str = "") -> list[tuple[str, str]]:
        """Address parameters in canonical order, optionally leaving one filter out."""
        return [pair for one, value in self.chosen if one.name != without for pair in one.parameters(value)]

    def query_string(self, *, without: str = "") -> str:
        """The parameters as they stand in an address."""
        return urlencode(self.parameters(without=without))

    def chips(self) -> list[tuple[str, str, str]]:
        """(label, words, address parameters without it) for each set filter."""
        return [
            (one.label, one.words(value), self.query_string(without=one.name)) for one, value in self.chosen
        ]

    def digest(self) -> str:
        """Short stable text for cache keys."""
        return hashlib.blake2b(self.query_string().encode(), digest_size=8).hexdigest()

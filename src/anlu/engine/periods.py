"""
Reporting periods: month, quarter, half-year, year, ISO week, day and any span of days.

A period knows the like period of last year (同比) and the one before it (环比). A period that has not ended
is cut at today and then compared with the like span, 1–23 November with 1–23 November, never the whole month.

Rules and worked examples: ``docs/methods/periods.md``.
"""

from __future__ import annotations

import re
from calendar import monthrange
from collections.abc import Callable, Iterator
from dataclasses import dataclass, replace
from datetime import date, timedelta
from typing import Final, Literal, get_args

Kind = Literal["month", "quarter", "half", "year", "span", "day", "week"]

FIRST_YEAR: Final = 1900
LAST_YEAR: Final = 2999
MONTHS: Final[dict[str, int]] = {"month": 1, "quarter": 3, "half": 6, "year": 12}
FORMS: Final = "2023、2023H1、2023Q2、2023-06、2023W05、2023-06-30、2023-01-01..2023-06-30"
_ONE_DAY: Final = timedelta(days=1)
_ORDINALS: Final = "一二三四"


class PeriodError(ValueError):
    """What was given is not a period, or the period asked for does not exist."""


@dataclass(frozen=True, slots=True)
class Period:
    """
    Days ``start`` to ``end``, both included.

    ``end`` of a calendar kind (month … year, week) may lie before its natural end: such a period is *cut*,
    stands for "so far", and is compared with the equally cut period before it. Periods sort by time.

    Raises
    ------
    PeriodError
        ``start`` is not the first day of such a period, or ``end`` lies outside it.
    """

    kind: Kind
    start: date
    end: date

    def __post_init__(self) -> None:
        if self.kind not in get_args(Kind):
            raise PeriodError(f"期间种类应为 {'、'.join(get_args(Kind))}, 发现 {self.kind!r}")
        if self.start > self.end:
            raise PeriodError(f"期间的开始 {self.start} 晚于结束 {self.end}")
        if self.start.year < FIRST_YEAR or self.end.year > LAST_YEAR:
            raise PeriodError(f"年份应在 {FIRST_YEAR} 至 {LAST_YEAR} 之间, 发现 {self.start} 至 {self.end}")
        if self.kind != "span":
            self._check_calendar()

    def _check_calendar(self) -> None:
        if self.start != _natural_start(self.kind, self.start):
            raise PeriodError(f"{self.start} 不是{_KIND_WORDS[self.kind]}的第一天")
        if self.end > self.natural_end:
            raise PeriodError(f"{self.end} 超出从 {self.start} 开始的{_KIND_WORDS[self.kind]}")

    # --- making

    @classmethod
    def parse(cls, text: str) -> Period:
        """
        The period written as ``2023``, ``2023H1``, ``2023Q2``, ``2023-06``, ``2023W05``, ``2023-06-30`` or
        ``2023-01-01..2023-06-30``; a cut one as ``2023H1@2023-05-20``.

        Raises
        ------
        PeriodError
            The text is none of these, or names a day, week or month that does not exist.
        """
        stripped = text.strip()
        for pattern, make in _FORMS:
            match = pattern.fullmatch(stripped)
            if match:
                try:
                    return make(*match.groups())
                except PeriodError:
                    raise
                except ValueError:
                    raise PeriodError(f"没有这样的日期: {stripped!r}") from None
        raise PeriodError(f"看不懂的期间 {text!r}, 应写成 {FORMS}")

    @classmethod
    def containing(cls, day: date, kind: Kind) -> Period:
        """The whole period of this kind in which ``day`` lies; for ``span`` the day itself."""
        start = _natural_start(kind, day)
        return cls(kind, start, _natural_end(kind, start))

    # --- what it is

    @property
    def natural_end(self) -> date:
        """The last day if it were not cut."""
        return self.end if self.kind == "span" else _natural_end(self.kind, self.start)

    @property
    def is_cut(self) -> bool:
        """Whether it stops before its natural end."""
        return self.end < self.natural_end

    @property
    def day_count(self) -> int:
        """Number of days, both ends included."""
        return (self.end - self.start).days + 1

    @property
    def code(self) -> str:
        """The canonical text, which :meth:`parse` reads back."""
        whole = _code(self.kind, self.start, self.end)
        return f"{whole}@{self.end}" if self.is_cut else whole

    def __str__(self) -> str:
        return self.code

    @property
    def label(self) -> str:
        """As people write it: 2023年上半年; cut: 2023年上半年(截至5月20日)."""
        whole = _label(self.kind, self.start, self.end)
        return f"{whole}(截至{_month_day(self.end)})" if self.is_cut else whole

    def __lt__(self, other: Period) -> bool:
        return (self.start, self.end) < (other.start, other.end)

    def __contains__(self, day: date) -> bool:
        return self.start <= day <= self.end

    def covers(self, other: Period) -> bool:
        """Whether every day of ``other`` lies in this period."""
        return self.start <= other.start and other.end <= self.end

    def __iter__(self) -> Iterator[date]:
        return (self.start + timedelta(days=n) for n in range(self.day_count))

    # --- its neighbours

    def to_date(self, today: date) -> Period:
        """
        The period as far as it has come: itself when over, else cut after ``today``.

        Raises
        ------
        PeriodError
            It has not begun yet.
        """
        if today < self.start:
            raise PeriodError(f"{self.label}还没有开始 (今天 {today})")
        return self if today >= self.end else replace(self, end=today)

    def previous_year(self) -> Period:
        """
        The like period one year earlier (同比).

        Whole calendar periods give whole ones, so February has the leap day in leap years; dates of spans and
        of cut periods stay the same dates, 29 February becoming 28 February. A week gives the week of that
        number (week 53 the last one).
        """
        if self.kind == "week":
            return self._week_a_year_ago()
        start = _years_later(self.start, -1)
        end = _years_later(self.end, -1)
        if self.kind in MONTHS and not self.is_cut:
            end = _natural_end(self.kind, start)
        return Period(self.kind, start, end)

    def _week_a_year_ago(self) -> Period:
        year, week, _ = self.start.isocalendar()
        start = date.fromisocalendar(year - 1, min(week, _weeks_of(year - 1)), 1)
        return Period(self.kind, start, start + (self.end - self.start))

    def previous(self) -> Period:
        """
        The period before it (环比): of the same kind, cut at the like day when this one is cut (the last day
        of a month stays the last day of a month); for a span the equally long one that ends the day before.
        """
        if self.kind not in MONTHS:
            step = timedelta(days=7 if self.kind == "week" else self.day_count)
            return Period(self.kind, self.start - step, self.end - step)
        start = _months_later(self.start, -MONTHS[self.kind])
        end = _months_later(self.end, -MONTHS[self.kind])
        closes_month = self.end.day == _month_length(self.end)
        return Period(self.kind, start, end.replace(day=_month_length(end)) if closes_month else end)

    def next(self) -> Period:
        """The whole period after it; for a span the equally long span that begins the day after."""
        if self.kind == "span":
            return Period(self.kind, self.end + _ONE_DAY, self.end + timedelta(days=self.day_count))
        return Period.containing(self.natural_end + _ONE_DAY, self.kind)

    # --- its parts

    def split(self, kind: Kind) -> tuple[Period, ...]:
        """
        The parts of this kind, which together are exactly the period.

        A first part that does not begin at its natural start is a span; a last one may be cut.
        """
        return tuple(self._parts(kind))

    def _parts(self, kind: Kind) -> Iterator[Period]:
        start = self.start
        while start <= self.end:
            whole = Period.containing(start, kind)
            end = min(whole.end, self.end)
            yield Period(kind if start == whole.start else "span", start, end)
            start = end + _ONE_DAY

    def months(self) -> tuple[Period, ...]:
        """The months of the period: :meth:`split` by month."""
        return self.split("month")


# --- calendar arithmetic

_KIND_WORDS: Final[dict[str, str]] = {
    "month": "月",
    "quarter": "季度",
    "half": "半年",
    "year": "年",
    "week": "周",
    "day": "日",
    "span": "时段",
}


def _natural_start(kind: Kind, day: date) -> date:
    if kind in MONTHS:
        length = MONTHS[kind]
        return date(day.year, (day.month - 1) // length * length + 1, 1)
    return day - timedelta(days=day.weekday()) if kind == "week" else day


def _natural_end(kind: Kind, start: date) -> date:
    if kind in MONTHS:
        last_month = _months_later(start, MONTHS[kind] - 1)
        return last_month.replace(day=_month_length(last_month))
    return start + timedelta(days=6 if kind == "week" else 0)


def _month_length(day: date) -> int:
    return monthrange(day.year, day.month)[1]


def _months_later(day: date, months: int) -> date:
    """The same day of another month, or its last day where that month is shorter."""
    count = day.year * 12 + day.month - 1 + months
    first = date(count // 12, count % 12 + 1, 1)
    return first.replace(day=min(day.day, _month_length(first)))


def _years_later(day: date, years: int) -> date:
    return _months_later(day, 12 * years)


def _weeks_of(year: int) -> int:
    return date(year, 12, 28).isocalendar().week  # 28 December always lies in the last ISO week


# --- reading and writing


def _half(year: str, number: str) -> Period:
    return Period.containing(date(int(year), 6 * int(number) - 5, 1), "half")


def _quarter(year: str, number: str) -> Period:
    return Period.containing(date(int(year), 3 * int(number) - 2, 1), "quarter")


def _week(year: str, number: str) -> Period:
    return Period.containing(date.fromisocalendar(int(year), int(number), 1), "week")


def _month(year: str, number: str) -> Period:
    return Period.containing(date(int(year), int(number), 1), "month")


def _span(start: str, end: str) -> Period:
    return Period("span", date.fromisoformat(start), date.fromisoformat(end))


def _cut(whole: str, end: str) -> Period:
    return replace(Period.parse(whole), end=date.fromisoformat(end))


_DAY: Final = r"[0-9]{4}-[0-9]{2}-[0-9]{2}"
_FORMS: Final[tuple[tuple[re.Pattern[str], Callable[..., Period]], ...]] = tuple(
    (re.compile(pattern, re.IGNORECASE), make)
    for pattern, make in (
        (r"([0-9]{4})", lambda year: Period.containing(date(int(year), 1, 1), "year")),
        (r"([0-9]{4})-?H([12])", _half),
        (r"([0-9]{4})-?Q([1-4])", _quarter),
        (r"([0-9]{4})-?W([0-9]{2})", _week),
        (r"([0-9]{4})-([0-9]{2})", _month),
        (rf"({_DAY})", lambda day: Period.containing(date.fromisoformat(day), "day")),
        (rf"({_DAY})\.\.({_DAY})", _span),
        (rf"([^@.]+)@({_DAY})", _cut),
    )
)


def _code(kind: Kind, start: date, end: date) -> str:
    match kind:
        case "year":
            return f"{start.year:04}"
        case "half":
            return f"{start.year:04}H{(start.month + 5) // 6}"
        case "quarter":
            return f"{start.year:04}Q{(start.month + 2) // 3}"
        case "month":
            return f"{start:%Y-%m}"
        case "week":
            year, week, _ = start.isocalendar()
            return f"{year:04}W{week:02}"
        case "day":
            return start.isoformat()
        case "span":
            return f"{start}..{end}"


def _label(kind: Kind, start: date, end: date) -> str:
    match kind:
        case "year":
            return f"{start.year}年"
        case "half":
            return f"{start.year}年{'上' if start.month == 1 else '下'}半年"
        case "quarter":
            return f"{start.year}年第{_ORDINALS[start.month // 3]}季度"
        case "month":
            return f"{start.year}年{start.month}月"
        case "week":
            year, week, _ = start.isocalendar()
            return f"{year}年第{week}周"
        case "day":
            return _full_date(start)
        case "span":
            last = _month_day(end) if start.year == end.year else _full_date(end)
            return f"{_full_date(start)}至{last}"


def _full_date(day: date) -> str:
    return f"{day.year}年{_month_day(day)}"


def _month_day(day: date) -> str:
    return f"{day.month}月{day.day}日"

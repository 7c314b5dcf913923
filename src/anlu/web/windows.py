"""
Through which window a page of figures looks: period, unit and area as its address asks for them, and pickers.

Only what lies in the viewer's scope is offered; what an address asks beyond that is a problem that the page
shows, never silently something else. A period that has not ended is cut at the business date
(``methods/periods``).
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass, field, replace
from datetime import date
from functools import cached_property
from typing import Final
from urllib.parse import urlencode

from django.http import QueryDict

from anlu.engine.periods import Kind, Period, PeriodError
from anlu.kernel.core.clock import today
from anlu.kernel.core.filters import Filter, Selection
from anlu.kernel.core.scope import NOTHING, Scope, Viewer
from anlu.kernel.indicators.window import Window
from anlu.kernel.people.models import POLICE, Responsibility, Unit
from anlu.kernel.places.models import Area, AreaKind
from anlu.web.pages.fields import Chip, FilterField, chips_of, filter_fields

KINDS: Final[tuple[tuple[Kind, str], ...]] = (
    ("year", "年"),
    ("half", "半年"),
    ("quarter", "季度"),
    ("month", "月"),
)


@dataclass(frozen=True)
class Choice:
    """One of several; leads to the page with it chosen."""

    label: str
    url: str
    active: bool = False


@dataclass(frozen=True)
class Option:
    """One line of a drop-down."""

    value: str
    label: str
    selected: bool = False


@dataclass(frozen=True)
class Switch:
    """A choice that a page adds to the pickers: name in the address, what it is called, codes with labels."""

    name: str
    label: str
    options: tuple[tuple[str, str], ...]
    default: str


@dataclass(frozen=True)
class Asked:
    """
    What an address asks for.

    ``period`` as people name it (2023H1), the window's own cut at the business date; ``chosen`` the values of
    the page's switches; ``problems`` what could not be read, in which case no figures are shown.
    """

    window: Window
    period: Period
    scope: Scope
    switches: tuple[Switch, ...] = ()
    chosen: Mapping[str, str] = field(default_factory=dict)
    problems: tuple[str, ...] = ()
    usual: str = ""  # what the page's own period is called, where that is none of the calendar's
    usual_period: Period | None = None
    filters: tuple[Filter, ...] = ()
    stated: Mapping[str, list[str]] = field(default_factory=dict, repr=False)

    @classmethod
    def read(
        cls,
        values: QueryDict,
        viewer: Viewer,
        *,
        permissions: Iterable[str],
        default: Callable[[], Period],
        switches: Iterable[Switch] = (),
        with_as_of: bool = False,
        usual: str = "",
        filters: Iterable[Filter] = (),
    ) -> Asked:
        """
        Read an address.

        Parameters
        ----------
        permissions
            What the figures of the page are read under; the places offered lie in the scope of any of them.
        default
            The period of an address without one.
        with_as_of
            Whether the page can look back to what was known on a day.
        usual
            What the period of an address without one is called among the kinds (历年).
        filters
            By which the rows can be narrowed beyond period and place, as in their ledger.
        """
        scope = NOTHING
        for permission in permissions:
            scope = scope | viewer.scope_for(permission)
        switches = tuple(switches)
        chosen = {one.name: _chosen(values, one) for one in switches}
        reader = _Reader(values)
        period = reader.period(default)
        unit, area = reader.unit(scope), reader.area(scope)
        as_of = reader.day("as_of") if with_as_of else None
        stated = dict(values.lists())
        selection = Selection.read(filters, stated)
        window = Window(reader.so_far(period, as_of), unit, area, selection, as_of)
        own = default() if usual else None
        problems = (*reader.problems, *selection.problems)
        return cls(window, period, scope, switches, chosen, problems, usual, own, tuple(filters), stated)

    # --- addresses

    def parameters(self) -> dict[str, str]:
        """What the address says, in canonical order."""
        unit, area, as_of = self.window.unit, self.window.area, self.window.as_of
        stated = {
            "period": self.period.code,
            "unit": unit.code if unit else "",
            "area": area.code if area else "",
            "as_of": as_of.isoformat() if as_of else "",
            **{one.name: self.chosen[one.name] for one in self.switches},
        }
        usual = {one.name: one.default for one in self.switches}
        return {name: value for name, value in stated.items() if value and value != usual.get(name)}

    def pairs(self, **changes: str) -> list[tuple[str, str]]:
        """The address with something else chosen, and its filters; "" takes a choice away."""
        joined = {**self.parameters(), **changes}
        own = [(name, value) for name, value in joined.items() if value]
        return own + self.window.selection.parameters()

    def url(self, **changes: str) -> str:
        """The same page with something else chosen; "" takes a choice away."""
        return "?" + urlencode(self.pairs(**changes))

    # --- filters

    @property
    def filter_fields(self) -> list[FilterField]:
        """The fields of the filters, all behind 更多筛选."""
        fields = filter_fields(self.filters, self.window.selection, dict(self.stated))
        return [replace(one, more=True) for one in fields]

    @property
    def chips(self) -> list[Chip]:
        """The filters that are set, each with the page without it."""
        return chips_of(self.window.selection, urlencode(self.parameters()))

    @property
    def kept_by_filters(self) -> list[FilterField]:
        """Hidden fields of the form with the filters."""
        return [FilterField(name, "", "hidden", value) for name, value in self.parameters().items()]

    @property
    def without_filters(self) -> str:
        """The page without any filter."""
        return "?" + urlencode(self.parameters())

    # --- pickers

    @property
    def kinds(self) -> list[Choice]:
        """Year, half-year, quarter, month around the end of the period; before them the page's own."""
        around = self.window.period.end
        is_own = self.period == self.usual_period
        own = [Choice(self.usual, self.url(period=""), is_own)] if self.usual else []
        return own + [
            Choice(label, self.url(period=Period.containing(around, kind).code), self.period.kind == kind)
            for kind, label in KINDS
        ]

    @property
    def is_custom(self) -> bool:
        """Whether the period is none of the calendar's."""
        return self.period.kind not in {kind for kind, _ in KINDS}

    @property
    def earlier(self) -> str:
        """Address of the period before, "" before the first year there is."""
        try:
            return self.url(period=self.period.previous().code)
        except (PeriodError, ValueError):
            return ""

    @property
    def later(self) -> str:
        """Address of the period after, "" while that has not begun."""
        try:
            following = self.period.next()
        except (PeriodError, ValueError):
            return ""
        return self.url(period=following.code) if following.start <= today() else ""

    @cached_property
    def units(self) -> list[Option]:
        """Units that may be chosen; none where there is nothing to choose."""
        chosen = self.window.unit.code if self.window.unit else ""
        found = [Option(one.code, _name(one), one.code == chosen) for one in units_in(self.scope)]
        return found if len(found) > 1 else []

    @cached_property
    def areas(self) -> list[Option]:
        """Areas that may be chosen; none where there is nothing to choose."""
        chosen = self.window.area.code if self.window.area else ""
        found = [Option(one.code, _name(one), one.code == chosen) for one in areas_in(self.scope)]
        return found if len(found) > 1 else []

    @property
    def choices(self) -> list[tuple[str, list[Choice]]]:
        """The switches of the page: label and what can be chosen."""
        return [
            (
                one.label,
                [
                    Choice(label, self.url(**{one.name: "" if code == one.default else code}), code == now)
                    for code, label in one.options
                ],
            )
            for one in self.switches
            for now in [self.chosen[one.name]]
        ]

    def kept(self, *without: str) -> list[tuple[str, str]]:
        """Hidden fields of a picker's form."""
        own = [(name, value) for name, value in self.parameters().items() if name not in without]
        return own + self.window.selection.parameters()

    @property
    def kept_by_places(self) -> list[tuple[str, str]]:
        """Hidden fields of the form with units and areas."""
        return self.kept("unit", "area", "as_of")

    @property
    def kept_by_days(self) -> list[tuple[str, str]]:
        """Hidden fields of the form with a span of days."""
        return self.kept("period")

    @property
    def period_words(self) -> str:
        """The period as far as it has come, whole years short."""
        return words_of_period(self.window.period)

    @property
    def place_words(self) -> str:
        """Which unit and area, "" for everything that the person sees."""
        return " ".join(one.name for one in (self.window.unit, self.window.area) if one is not None)

    def words(self) -> str:
        """The whole window in words, for heads of pages and files."""
        known = f"{self.window.as_of} 时已入账" if self.window.as_of else ""
        chosen = [dict(one.options)[self.chosen[one.name]] for one in self.switches]
        narrowed = [f"{label} {words}" for label, words, _ in self.window.selection.chips()]
        parts = (self.period_words, self.place_words, *chosen, *narrowed, known)
        return " · ".join(part for part in parts if part)


def _chosen(values: QueryDict, switch: Switch) -> str:
    stated = values.get(switch.name, "")
    return stated if stated in dict(switch.options) else switch.default


class _Reader:
    """Reads the parts of an address and collects what is wrong with them."""

    def __init__(self, values: QueryDict) -> None:
        self.values = values
        self.problems: list[str] = []

    def _stated(self, name: str) -> str:
        return (self.values.get(name) or "").strip()[:80]

    def period(self, default: Callable[[], Period]) -> Period:
        """``period=2023H1``, or ``from`` and ``to``; otherwise the page's own."""
        start, end, code = self._stated("from"), self._stated("to"), self._stated("period")
        try:
            if start or end:
                return Period.parse(f"{start or end}..{end or start}")
            return Period.parse(code) if code else default()
        except PeriodError as problem:
            self.problems.append(str(problem))
            return default()

    def so_far(self, period: Period, as_of: date | None) -> Period:
        """The period cut at the business date, or at the day of knowledge where that lies in it."""
        last = min(today(), as_of) if as_of and as_of >= period.start else today()
        try:
            return period.to_date(last)
        except PeriodError as problem:
            self.problems.append(str(problem))
            return replace(period, end=period.start) if period.kind == "span" else period

    def day(self, name: str) -> date | None:
        """A day, None when not stated."""
        stated = self._stated(name)
        try:
            return date.fromisoformat(stated) if stated else None
        except ValueError:
            self.problems.append(f"「{stated}」不是日期，应写成 2023-06-30")
            return None

    def unit(self, scope: Scope) -> Unit | None:
        """The unit of this code, when it is among those offered."""
        stated = self._stated("unit")
        if not stated:
            return None
        found = next((one for one in units_in(scope) if one.code == stated), None)
        if found is None:
            self.problems.append(f"没有代码为「{stated}」的单位，或不在您的范围内")
        return found

    def area(self, scope: Scope) -> Area | None:
        """The area of this code, when it is among those offered."""
        stated = self._stated("area")
        if not stated:
            return None
        found = next((one for one in areas_in(scope) if one.code == stated), None)
        if found is None:
            self.problems.append(f"没有代码为「{stated}」的辖区，或不在您的范围内")
        return found


def units_in(scope: Scope) -> list[Unit]:
    """Police units inside a scope, closed ones last: their figures stay with them."""
    if not (scope.everything or scope.units):
        return []
    units = Unit.objects.live().filter(kind__in=POLICE)
    if not scope.everything:
        units = units.filter(pk__in=scope.units)
    return sorted(units.order_by("sort_key", "code"), key=lambda one: one.valid_to is not None)


def areas_in(scope: Scope) -> list[Area]:
    """Areas inside a scope: those it names, those that its units answer for. Villages only where named."""
    areas = Area.objects.live().defer("boundary").order_by("sort_key", "code")
    if scope.everything:
        return list(areas.exclude(kind=AreaKind.VILLAGE))
    wanted = set(scope.areas)
    if scope.units:
        duties = Responsibility.objects.filter(unit__in=scope.units)
        wanted |= set(duties.values_list("area", flat=True))
    return list(areas.filter(pk__in=wanted)) if wanted else []


def _name(one: Unit | Area) -> str:
    return one.name + ("(已撤销)" if one.valid_to is not None else "")


def words_of_period(period: Period) -> str:
    """2023年上半年; years in a row as 2019–2023年(截至7月3日)."""
    start, end = period.start, period.end
    if period.kind != "span" or (start.month, start.day) != (1, 1) or start.year == end.year:
        return period.label
    whole = (end.month, end.day) == (12, 31)
    if not whole and end != today():
        return period.label
    return f"{start.year}–{end.year}年" + ("" if whole else f"(截至{end.month}月{end.day}日)")


def latest_year(last: date | None) -> Period:
    """The year to look at first: this one, or the last one of which there is anything."""
    return Period.containing(min(today(), last) if last else today(), "year")

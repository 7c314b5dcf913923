"""Filters of case ledgers: how far it is, how near the deadline, and the facts of the kinds."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, replace
from datetime import date, timedelta
from typing import Any, Final
from uuid import UUID

from django.db.models import Q

from anlu.kernel.cases.kinds import FactField, Family, kinds_of
from anlu.kernel.cases.models import CaseEvent, CaseFact, Outcome
from anlu.kernel.core.clock import today
from anlu.kernel.core.dictionaries import choices
from anlu.kernel.core.filters import (
    ChoiceFilter,
    DateFilter,
    Filter,
    FilterProblem,
    NumberFilter,
    Parameters,
    StandingFilter,
    TextFilter,
)

STAGES: Final = (("open", "未办结"), ("resolved", "已办结"), ("dropped", "不予受理"), ("merged", "已并入"))
DUE: Final = (("overdue", "逾期"), ("today", "今天到期"), ("week", "本周到期"), ("none", "没有期限"))
PREFIX: Final = "fact_"


@dataclass(frozen=True)
class StageFilter(ChoiceFilter):
    """Open, or how it ended."""

    def q(self, value: tuple[str, ...]) -> Q:
        ended = [code for code in value if code in Outcome.values]
        condition = Q(outcome__in=ended) if ended else Q(pk__in=[])
        return condition | Q(closed_on__isnull=True) if "open" in value else condition


@dataclass(frozen=True)
class DueFilter(ChoiceFilter):
    """Open cases by their deadline, seen from the business date."""

    def q(self, value: tuple[str, ...]) -> Q:
        on = today()
        found = Q(pk__in=[])
        for code in value:
            found |= Q(closed_on__isnull=True) & self._one(code, on)
        return found

    @staticmethod
    def _one(code: str, on: date) -> Q:
        match code:
            case "overdue":
                return Q(due_on__lt=on)
            case "today":
                return Q(due_on=on)
            case "week":
                return Q(due_on__gte=on, due_on__lte=on + timedelta(days=6 - on.weekday()))
            case "none" | "-":
                return Q(due_on__isnull=True)
            case _:
                return Q(pk__in=[])


@dataclass(frozen=True)
class ReturnedFilter(DateFilter):
    """Sent back by a move between two days; ``moves`` says which moves of which kind send back."""

    moves: tuple[tuple[str, tuple[str, ...]], ...] = ()

    def q(self, value: tuple[date | None, date | None]) -> Q:
        sent_back = Q(pk__in=[])
        for kind, codes in self.moves:
            sent_back |= Q(case__kind=kind, code__in=codes)
        within = replace(self, column="on")._range(value)
        return Q(pk__in=CaseEvent.objects.filter(within & sent_back, is_move=True).values("case"))

    def _range(self, value: tuple[date | None, date | None]) -> Q:
        return DateFilter.q(self, value)


@dataclass(frozen=True)
class AnswerableFilter(DateFilter):
    """What had to be done within a period: put right in it with a deadline, or overdue at its end (应办结)."""

    def q(self, value: tuple[date | None, date | None]) -> Q:
        start, end = value[0] or date.min, value[1] or today()
        right = Q(closed_on__gte=start, closed_on__lte=end, outcome=Outcome.RESOLVED, on_time__isnull=False)
        still = Q(found_on__lte=end, due_on__lt=end) & (Q(closed_on__isnull=True) | Q(closed_on__gt=end))
        return right | (still & ~Q(outcome=Outcome.MERGED))


def standing_filters() -> tuple[StandingFilter, StandingFilter]:
    """The filters by what was open, and what was overdue, at the end of a day."""
    return (
        StandingFilter("open_at", "当日未办结", on="found_on", until="closed_on"),
        StandingFilter("overdue_at", "当日逾期", on="found_on", until="closed_on", due="due_on"),
    )


def returned_filter(family: Family) -> ReturnedFilter:
    """The filter by the day on which cases of a family were sent back."""
    moves = tuple(
        (kind.code, tuple(move.code for move in kind.lifecycle.moves if move.returns))
        for kind in kinds_of(family.code)
    )
    return ReturnedFilter("sent_back", "退回日期", moves=moves)


@dataclass(frozen=True)
class AboutFilter(Filter):
    """Cases about one thing, named by its uid: numbers lead to it, no form offers it."""

    offered: bool = False

    def parse(self, values: Parameters) -> UUID | None:
        stated = [text for text in values.get(self.name, ()) if text.strip()]
        if not stated:
            return None
        try:
            return UUID(stated[-1])
        except ValueError:
            raise FilterProblem(f"{self.label}：「{stated[-1][:40]}」不是编码") from None

    def q(self, value: UUID) -> Q:
        return Q(about_uid=value)

    def parameters(self, value: UUID) -> list[tuple[str, str]]:
        return [(self.name, str(value))]

    def words(self, value: UUID) -> str:
        return "同一项"


@dataclass(frozen=True)
class _OfFact:
    """Mix-in: the condition holds for a row of the fact."""

    fact: str = ""

    def holding(self, condition: Q) -> Q:
        """Cases with such a row."""
        return Q(pk__in=CaseFact.objects.filter(condition, code=self.fact).values("case"))


@dataclass(frozen=True)
class FactChoiceFilter(_OfFact, ChoiceFilter):
    """A fact with a code."""

    def q(self, value: tuple[str, ...]) -> Q:
        stated = [code for code in value if code != self.MISSING]
        found = self.holding(Q(text__in=stated))
        return found | ~self.holding(Q()) if self.MISSING in value else found


@dataclass(frozen=True)
class FactNumberFilter(_OfFact, NumberFilter):
    """A fact with a number."""

    def q(self, value: tuple[int | None, int | None]) -> Q:
        return self.holding(replace(self, column="number")._range(value))

    def _range(self, value: tuple[int | None, int | None]) -> Q:
        return NumberFilter.q(self, value)


@dataclass(frozen=True)
class FactDateFilter(_OfFact, DateFilter):
    """A fact with a day."""

    def q(self, value: tuple[date | None, date | None]) -> Q:
        return self.holding(replace(self, column="day")._range(value))

    def _range(self, value: tuple[date | None, date | None]) -> Q:
        return DateFilter.q(self, value)


@dataclass(frozen=True)
class FactTextFilter(_OfFact, TextFilter):
    """A fact with words."""

    def q(self, value: str) -> Q:
        return self.holding(Q(text__icontains=value))


def fact_filters(family: Family) -> Iterable[Filter]:
    """A filter for each fact of the family's kinds that is declared ``filter=True``; same names share one."""
    seen: set[str] = set()
    for kind in kinds_of(family.code):
        for one in kind.facts:
            if one.fact.filter and one.name not in seen:
                seen.add(one.name)
                yield fact_filter(family, one)


def fact_filter(family: Family, one: FactField) -> Filter:
    """The filter of one fact."""
    facts: dict[str, Any] = {"fact": f"{family.code}.{one.name}"}
    name = PREFIX + one.name
    if one.fact.choices:
        return FactChoiceFilter(name=name, label=one.fact.label, choices=choices(one.fact.choices), **facts)
    if one.type is bool:
        return FactNumberFilter(name=name, label=one.fact.label, **facts)
    if one.type in (int, float):
        return FactNumberFilter(name=name, label=one.label, **facts)
    if one.type is date:
        return FactDateFilter(name=name, label=one.fact.label, **facts)
    return FactTextFilter(name=name, label=one.fact.label, **facts)


def states_of(family: Family) -> list[tuple[str, str]]:
    """(state, what it is called) of all kinds of a family, in the order of their lifecycles."""
    found: dict[str, str] = {}
    for kind in kinds_of(family.code):
        for state in kind.lifecycle.states:
            label = kind.lifecycle.label(state)
            known = found.get(state)
            found[state] = label if known in (None, label) else f"{known}、{label}"
    return list(found.items())


def colours_of(family: Family) -> dict[str, str]:
    """What a state is called: its colour, over all kinds of a family."""
    found: dict[str, str] = {}
    for kind in kinds_of(family.code):
        for state in kind.lifecycle.states:
            found.setdefault(kind.lifecycle.label(state), kind.lifecycle.colour(state))
    return found

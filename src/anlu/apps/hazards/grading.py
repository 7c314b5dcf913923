"""
How grave a hazard is, by rules that are data, with the reason in words.

Crashes near a hazard are known to another app: it counts them for us through ``crash_counter`` (a flow sets it).
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass
from datetime import date
from typing import Final

from anlu.apps.hazards import terms
from anlu.kernel.cases.models import Case
from anlu.kernel.core.registry import Registry

NEAR_M: Final = 200.0  # crashes within this distance are those of the place [I]
MONTHS: Final = 12
DEFAULT_WHY: Final = "没有触发重大隐患的规则"


@dataclass(frozen=True)
class Rule:
    """``grade`` when the fact is ``at_least`` so much; ``words`` with ``{n}`` says why."""

    fact: str
    at_least: float
    grade: str
    words: str


@dataclass(frozen=True)
class Grade:
    """A grade with its reason."""

    code: str
    why: str


@dataclass(frozen=True)
class Crashes:
    """Crashes near a place in the twelve months before a day."""

    fatal: int
    injury: int
    until: date


@dataclass(frozen=True)
class Counter:
    """Counts the crashes near a place; None where nothing is known."""

    code: str
    count: Callable[[Case, date], Crashes | None]


counters: Registry[Counter] = Registry("counter of crashes near a place")


def crashes_near(case: Case, until: date) -> Crashes | None:
    """Crashes near a hazard in the twelve months up to a day; None without a position or without a crash ledger."""
    for one in counters:
        found = one.count(case, until)
        if found is not None:
            return found
    return None


def grade_of(facts: Mapping[str, float | None], rules: Iterable[Rule]) -> Grade:
    """
    The grade by the first rule that holds, else general.

    Parameters
    ----------
    facts
        Names of ``hazards.rule_fact`` to numbers (yes = 1); what is unknown is None and triggers nothing.
    rules
        In order; the reasons of further rules for the same grade are added.
    """
    reasons: dict[str, list[str]] = {}
    first = ""
    for rule in rules:
        value = facts.get(rule.fact)
        if value is None or value < rule.at_least:
            continue
        first = first or rule.grade
        reasons.setdefault(rule.grade, []).append(rule.words.replace("{n}", f"{value:.0f}"))
    if not first:
        return Grade(terms.GENERAL, DEFAULT_WHY)
    return Grade(first, "；".join(dict.fromkeys(reasons[first])))

"""
How grave a crash is: by its casualties, by the production-safety grades, and by the grades of 1991.

Rules, sources and worked examples: ``docs/methods/severity.md``. "以上" includes the number and "以下" does
not (生产安全事故报告和调查处理条例 art. 45).
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime, tzinfo
from decimal import Decimal
from typing import Final, Literal

from anlu.engine.crashes.deaths import WITHIN_7_DAYS, WITHIN_30_DAYS, DeathRule, death_counts
from anlu.engine.crashes.records import INJURED, PartyFacts, Severity

Money = int | float | Decimal
SafetyGrade = Literal["一般", "较大", "重大", "特别重大"]
Grade1991 = Literal["轻微", "一般", "重大", "特大"]


@dataclass(frozen=True, slots=True)
class Casualties:
    """
    Persons by outcome at the cut-off of the death rule.

    Who dies after the cut-off was alive at it and counts as seriously injured. ``slight`` holds 轻伤 and
    轻微伤.
    """

    killed: int = 0
    killed_30d: int = 0
    serious: int = 0
    slight: int = 0

    @property
    def injured(self) -> int:
        """Injured and alive at the cut-off."""
        return self.serious + self.slight

    @property
    def severity(self) -> Severity:
        """The worst outcome as a code."""
        return severity_of(killed=self.killed, serious=self.serious, slight=self.slight)


def severity_of(*, killed: int = 0, serious: int = 0, slight: int = 0) -> Severity:
    """The worst outcome as a code (处理程序规定 art. 3, with injury split by degree)."""
    if killed:
        return "fatal"
    if serious:
        return "serious"
    return "slight" if slight else "damage"


def casualties(
    parties: Iterable[PartyFacts],
    occurred_at: datetime,
    *,
    zone: tzinfo,
    rule: DeathRule = WITHIN_7_DAYS,
    long_rule: DeathRule = WITHIN_30_DAYS,
) -> Casualties:
    """
    Count the persons of one crash by outcome.

    Raises
    ------
    ValueError
        A time has no zone.
    """
    killed = killed_30d = serious = slight = 0
    for party in parties:
        dead = death_counts(party.injury, party.died_at, occurred_at, rule=rule, zone=zone)
        killed += dead
        killed_30d += death_counts(party.injury, party.died_at, occurred_at, rule=long_rule, zone=zone)
        if not dead:
            late = party.injury == "killed" or party.died_at is not None
            serious += late or party.injury == "serious"
            slight += not late and party.injury in INJURED - {"serious"}
    return Casualties(killed, killed_30d, serious, slight)


# (grade, deaths, serious injuries, direct loss in CNY) from which the grade is reached; 条例 art. 3
_SAFETY_GRADES: Final[tuple[tuple[SafetyGrade, int, int, int], ...]] = (
    ("特别重大", 30, 100, 100_000_000),
    ("重大", 10, 50, 50_000_000),
    ("较大", 3, 10, 10_000_000),
)


def safety_grade(*, killed: int = 0, serious: int = 0, loss_cny: Money = 0) -> SafetyGrade:
    """
    Production-safety grade, the highest that any of the three criteria reaches; what 较大事故 means in
    reports.

    Raises
    ------
    ValueError
        A number is negative.
    """
    _check(killed, serious, loss_cny)
    for grade, deaths, injuries, loss in _SAFETY_GRADES:
        if killed >= deaths or serious >= injuries or loss_cny >= loss:
            return grade
    return "一般"


def grade_1991(
    *, killed: int = 0, serious: int = 0, slight: int = 0, loss_cny: Money = 0, motor: bool = True
) -> Grade1991:
    """
    Grade of the 1991 notice, still quoted though no longer the statutory basis.

    ``motor`` says whether a motor vehicle was involved: it decides from which loss a crash is more than 轻微.

    Raises
    ------
    ValueError
        A number is negative.
    """
    _check(killed, serious, slight, loss_cny)
    if killed >= 3 or serious >= 11 or loss_cny >= 60_000 or _many_hurt_beside(killed, serious):
        return "特大"
    if killed >= 1 or serious >= 3 or loss_cny >= 30_000:
        return "重大"
    if serious >= 1 or slight >= 3 or loss_cny >= (1_000 if motor else 200):
        return "一般"
    return "轻微"


def _many_hurt_beside(killed: int, serious: int) -> bool:
    return (killed >= 1 and serious >= 8) or (killed >= 2 and serious >= 5)


def _check(*numbers: Money) -> None:
    if any(number < 0 for number in numbers):
        raise ValueError(f"casualties and loss must not be negative, got {numbers}")

"""
Prevention targets (预防目标) of a year: how each stands, and how likely it is to be reached.

They exist for the brigade as a whole: a window with a unit, an area or filters has none, and neither has somebody who
sees only a part of the rows: the brigade's light says nothing about their part, and the brigade's course is not theirs
to see. Figures of enforcement never have one (``define.Nature``).
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from typing import Any, Final
from uuid import UUID

from anlu.engine.indicators.targets import Light, light_of, light_so_far
from anlu.engine.periods import Period
from anlu.engine.risk.targets import target_outlook
from anlu.kernel.core.clock import today
from anlu.kernel.core.errors import AnluError
from anlu.kernel.core.scope import Viewer
from anlu.kernel.core.services import add_record, change_record, restore_record, void_record
from anlu.kernel.indicators.define import Better, Indicator, indicators
from anlu.kernel.indicators.evaluate import in_parts, tallies_by_day, value_of
from anlu.kernel.indicators.models import Target
from anlu.kernel.indicators.permissions import TARGET_CHANGE
from anlu.kernel.indicators.window import Window

HISTORY_YEARS: Final = 5


class TakesNoTarget(AnluError):
    """The indicator takes no target."""


@dataclass(frozen=True)
class Standing:
    """
    How a target stands.

    ``value`` is the year so far; ``probability`` that the year ends within the goal (counts only), ``expected`` with
    ``low`` and ``high`` what the year will probably come to.
    """

    target: Target
    indicator: Indicator
    value: Any
    light: Light
    probability: float | None = None
    expected: float | None = None
    low: int | None = None
    high: int | None = None


def targetable() -> list[Indicator]:
    """Indicators that declare to take one, in the order of the catalogue."""
    return sorted((one for one in indicators if one.targeted), key=lambda one: (one.order, one.code))


def target_of(indicator: Indicator, window: Window) -> Target | None:
    """The target that applies to a window: the year's, of the whole brigade."""
    if not indicator.targeted or window.unit or window.area or window.selection.parameters():
        return None
    if window.period.start.year != window.period.end.year:
        return None
    found: Target | None = (
        Target.objects.live().filter(indicator=indicator.code, year=window.period.end.year).first()
    )
    return found


def standing_of(indicator: Indicator, window: Window, viewer: Viewer) -> Standing | None:
    """
    How the target of the window's year stands at the end of the window.

    None when there is none, and for a viewer who sees only a part of what it is about.
    """
    target = target_of(indicator, window) if indicator.is_whole_to(viewer) else None
    if target is None:
        return None
    year = Period.parse(str(target.year))
    so_far = year.to_date(min(max(window.period.end, year.start), max(today(), year.start)))
    if indicator.main.daily and indicator.base is None and indicator.better is Better.DOWN:
        found = _foretold(target, indicator, window.at(so_far), viewer)
        if found is not None:
            return found
    value = value_of(indicator, window.at(so_far), viewer)
    if value.value is None:
        return Standing(target, indicator, None, Light.AT_RISK)
    goal = float(target.goal)
    over = so_far.end >= year.end
    light = light_so_far(float(value.value), goal, better=indicator.better, over=over)
    return Standing(target, indicator, value.value, light)


def _foretold(target: Target, indicator: Indicator, window: Window, viewer: Viewer) -> Standing | None:
    """From the months of the years before and of this year; None without a whole year before."""
    first = date(target.year - HISTORY_YEARS, 1, 1)
    by_day = tallies_by_day([indicator.main], window.at(Period("span", first, window.period.end)), viewer)[
        indicator.main
    ]
    years = [Period.parse(str(year)) for year in range(first.year, target.year)]
    history = [months for year in years if sum(months := _months(by_day, year))]
    if not history:
        return None
    whole = [part for part in window.period.months() if not part.is_cut]
    months_so_far = _months(by_day, window.period)
    this_year, so_far = months_so_far[: len(whole)], sum(months_so_far)
    goal = int(target.goal)
    found = target_outlook(history, this_year, goal)
    if so_far > goal:  # the month that is running has already gone beyond it
        return Standing(target, indicator, so_far, Light.MISSED, 0.0, found.expected, found.low, found.high)
    return Standing(
        target,
        indicator,
        so_far,
        light_of(found.probability),
        found.probability,
        found.expected,
        found.low,
        found.high,
    )


def _months(by_day: Mapping[date, Any], period: Period) -> list[int]:
    return [int(amount) for _, amount in in_parts(by_day, period.split("month"))]


# ------------------------------------------------------------------------------------------------ services


def add_target(values: Mapping[str, Any], *, by: Viewer) -> Target:
    """Set a target.

    Raises
    ------
    TakesNoTarget
        The indicator takes none: figures of enforcement never do.
    """
    _check(values)
    return add_record(Target(**values), by=by, permission=TARGET_CHANGE)


def change_target(uid: UUID, values: Mapping[str, Any], *, version: int, by: Viewer) -> Target:
    """Change a target; what it was stays in its history."""
    _check(values)
    return change_record(Target, uid, values, version=version, by=by, permission=TARGET_CHANGE)


def void_target(uid: UUID, *, why: str, by: Viewer) -> Target:
    """Take a target back."""
    return void_record(Target, uid, why=why, by=by, permission=TARGET_CHANGE)


def restore_target(uid: UUID, *, by: Viewer) -> Target:
    """Set it again."""
    return restore_record(Target, uid, by=by, permission=TARGET_CHANGE)


def _check(values: Mapping[str, Any]) -> None:
    code = str(values.get("indicator", ""))
    if code not in indicators or not indicators.get(code).targeted:
        raise TakesNoTarget("这个指标不设目标：执法量和过程指标只作统计")
    goal = values.get("goal")
    if goal is not None and (Decimal(goal) < 0 or (indicators.get(code).is_share and Decimal(goal) > 1)):
        raise TakesNoTarget("目标值不能为负，比例应在 0 与 1 之间")

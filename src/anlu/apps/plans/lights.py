"""
How a measure stands: on course, at risk, missed, done; and what an attached indicator says.

A measure is judged by its days and by what people report. Indicators are shown with their value and, where the brigade
has set a target, the light of the target; an enforcement count never has a light.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date
from typing import Any, Final

from anlu.apps.plans.models import Measure, MeasureState
from anlu.engine.indicators.targets import Light
from anlu.engine.periods import Period
from anlu.kernel.core.scope import Viewer
from anlu.kernel.indicators.define import Indicator, indicators
from anlu.kernel.indicators.evaluate import Value, values_of
from anlu.kernel.indicators.targets import standing_of
from anlu.kernel.indicators.window import Window

LAST_FIFTH: Final = 0.8  # of the time of a measure: not begun by then is a risk [I]
COLOURS: Final = {
    "done": "green",
    "on_course": "blue",
    "at_risk": "amber",
    "missed": "red",
    "stopped": "grey",
}
WORDS: Final = {
    "done": "已完成",
    "on_course": "正常推进",
    "at_risk": "有风险",
    "missed": "已超期",
    "stopped": "已停止",
}


def light_of(measure: Measure, on: date) -> str:
    """``done``, ``on_course``, ``at_risk``, ``missed`` or ``stopped`` on a day."""
    if measure.state == MeasureState.STOPPED:
        return "stopped"
    if measure.state == MeasureState.DONE and measure.done_on is not None and measure.done_on <= on:
        return "done"
    if measure.due_on is None:
        return "on_course"
    if on > measure.due_on:
        return "missed"
    if measure.state == MeasureState.PLANNED and _passed(measure, on) >= LAST_FIFTH:
        return "at_risk"
    return "on_course"


def _passed(measure: Measure, on: date) -> float:
    """Which share of its time has passed."""
    if measure.due_on is None or measure.starts_on is None:
        return 0.0
    whole = (measure.due_on - measure.starts_on).days or 1
    return (on - measure.starts_on).days / whole


@dataclass(frozen=True)
class Judged:
    """An indicator as a measure shows it; ``light`` is "" where there is no target or none may be."""

    indicator: Indicator
    value: Value
    light: str


def judged(codes: list[str], year: int, on: date, viewer: Viewer) -> list[Judged]:
    """Attached indicators of a year so far."""
    known = [indicators.get(code) for code in codes if code in indicators]
    period = Period.parse(str(year))
    if not known or on < period.start:
        return []
    window = Window(period.to_date(on))
    return [
        Judged(value.indicator, value, _light(value.indicator, window, viewer))
        for value in values_of(known, window, viewer)
    ]


def _light(indicator: Indicator, window: Window, viewer: Viewer) -> str:
    """Of its target; of what can have none (an enforcement count) ``standing_of`` knows no standing."""
    found: Any = standing_of(indicator, window, viewer)
    return "" if found is None else str(Light(found.light).value)

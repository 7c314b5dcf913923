"""The light of a target: on course, at risk or missed. Method: ``docs/methods/targets.md``."""

from __future__ import annotations

from enum import StrEnum
from typing import Final

from anlu.engine.indicators.wording import Number

LIKELY: Final = 0.8  # on course from this probability
UNLIKELY: Final = 0.05  # missed below this one


class Light(StrEnum):
    """How a target stands."""

    ON_COURSE = "on_course"
    AT_RISK = "at_risk"
    MISSED = "missed"


LIGHT_WORDS: Final = {Light.ON_COURSE: "进度正常", Light.AT_RISK: "有风险", Light.MISSED: "难以完成"}


def meets(value: Number, goal: Number, *, better: str) -> bool:
    """
    Whether a value is on the good side of its goal; the goal itself is.

    Raises
    ------
    ValueError
        ``better`` is neither ``up`` nor ``down``.
    """
    if better not in ("up", "down"):
        raise ValueError(f"a target needs a direction, got {better!r}")
    return value >= goal if better == "up" else value <= goal


def light_of(probability: float) -> Light:
    """
    The light of a target that is reached with this probability.

    Raises
    ------
    ValueError
        It does not lie between 0 and 1.
    """
    if not 0 <= probability <= 1:
        raise ValueError(f"a probability lies between 0 and 1, got {probability}")
    if probability >= LIKELY:
        return Light.ON_COURSE
    return Light.AT_RISK if probability >= UNLIKELY else Light.MISSED


def light_so_far(value: Number, goal: Number, *, better: str, over: bool) -> Light:
    """The light of a figure whose course nobody can foretell (a share): met so far or not; once over, for good."""
    if meets(value, goal, better=better):
        return Light.ON_COURSE
    return Light.MISSED if over else Light.AT_RISK

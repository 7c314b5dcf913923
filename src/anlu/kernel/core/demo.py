"""The demonstration installation: steps declared by the apps, run in order by ``anlu init --demo``, each only once."""

from __future__ import annotations

import os
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import date
from typing import Final

from anlu.kernel.core.clock import VARIABLE
from anlu.kernel.core.registry import Registry

Make = Callable[[], str]
DAY: Final = "2023-07-03"  # today in the demonstration county


@dataclass(frozen=True)
class DemoStep:
    """``make`` creates its part unless it is already there, and says in a few words what it made."""

    order: int
    code: str
    label: str
    make: Make


demo_steps: Registry[DemoStep] = Registry("demonstration step")


def demo_step(order: int, code: str, label: str) -> Callable[[Make], Make]:
    """Declare a step; lower ``order`` comes first (people 10, places 20, crashes 50 ...)."""

    def declare(make: Make) -> Make:
        demo_steps.add(DemoStep(order, code, label, make))
        return make

    return declare


def in_order() -> list[DemoStep]:
    """All steps, first things first."""
    return sorted(demo_steps, key=lambda step: (step.order, step.code))


@contextmanager
def on_day(day: date | str) -> Iterator[None]:
    """The business date of a day in the county's own time."""
    before = os.environ.get(VARIABLE)
    os.environ[VARIABLE] = str(day)
    try:
        yield
    finally:
        if before is None:
            os.environ.pop(VARIABLE, None)
        else:
            os.environ[VARIABLE] = before

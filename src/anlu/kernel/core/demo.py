"""The demonstration installation: steps declared by the apps, run in order by ``anlu init --demo``, each only once."""

from __future__ import annotations

import csv
import os
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import date, datetime, time
from importlib.resources import files
from typing import Final

from django.utils import timezone

from anlu.kernel.core.clock import VARIABLE
from anlu.kernel.core.discover import discover_demonstration
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
    """All steps of all apps, first things first."""
    discover_demonstration()
    return sorted(demo_steps, key=lambda step: (step.order, step.code))


def step_of(code: str) -> DemoStep:
    """One step by itself."""
    discover_demonstration()
    return demo_steps.get(code)


def table(app: str, name: str) -> list[dict[str, str]]:
    """Rows of a CSV file in the folder ``demonstration`` of an app."""
    text = files(app).joinpath("demonstration", name).read_text(encoding="utf-8")
    return list(csv.DictReader(text.splitlines()))


def entered_on(day: date, *, hour: int = 18) -> datetime:
    """When a record of that day was entered in the county's own time, not when the demonstration is made."""
    return timezone.make_aware(datetime.combine(day, time(hour)))


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

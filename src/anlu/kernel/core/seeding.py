"""Data that come with the platform and that an installation may edit: seeded by ``anlu init``, again without harm."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

from anlu.kernel.core.registry import Registry

Fill = Callable[[], int]


@dataclass(frozen=True)
class Seed:
    """``fill`` adds what is missing, never changes what somebody edited, and gives how many rows it added."""

    code: str
    label: str
    fill: Fill


seeds: Registry[Seed] = Registry("seed")


def seed(code: str, label: str) -> Callable[[Fill], Fill]:
    """Declare a function that seeds a table (in an app's ``seeding.py``)."""

    def declare(fill: Fill) -> Fill:
        seeds.add(Seed(code, label, fill))
        return fill

    return declare

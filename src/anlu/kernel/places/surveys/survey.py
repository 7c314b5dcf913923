"""What a survey brought, and what of it could not be used."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Final

from django.db import transaction


@dataclass(frozen=True, slots=True)
class Unusable:
    """A row of a survey that was left out, and why."""

    row: int
    found: str
    reason: str


@dataclass
class Survey:
    """What a survey brought; ``names`` are what is new and what changed, as far as there is room to show it."""

    added: int = 0
    changed: int = 0
    unchanged: int = 0
    lines: int = 0
    km: float = 0.0
    unusable: list[Unusable] = field(default_factory=list)
    names: list[tuple[str, str]] = field(default_factory=list)

    def count(self, name: str, what: str) -> None:
        """Count a thing that is new or that changed."""
        if what == ADDED:
            self.added += 1
        else:
            self.changed += 1
        if len(self.names) < NAMES_KEPT:
            self.names.append((name, what))


ADDED: Final = "新增"
CHANGED: Final = "更新"
NAMES_KEPT: Final = 200


def look(bring: Callable[[], Survey]) -> Survey:
    """What an import would bring: it is done, and taken back."""
    with transaction.atomic():
        found = bring()
        transaction.set_rollback(True)
    return found

"""
Who may see what, decided in one place.

A *viewer* (an officer, or the system itself) answers ``scope_for(permission)``: the part of the county in
which it holds that permission. ``RecordQuerySet.visible_to(viewer)`` turns the answer into a condition.
"""

from __future__ import annotations

import hashlib
from dataclasses import dataclass, field
from enum import StrEnum
from typing import Protocol
from uuid import UUID


class Width(StrEnum):
    """The five widths of a role, as users know them."""

    ALL = "all"  # 全部
    CHOSEN = "chosen"  # 指定单位或辖区
    BELOW = "below"  # 本单位及下级
    OWN = "own"  # 本单位
    MINE = "mine"  # 本人


WIDTH_LABELS = {
    Width.ALL: "全部",
    Width.CHOSEN: "指定单位或辖区",
    Width.BELOW: "本单位及下级",
    Width.OWN: "本单位",
    Width.MINE: "仅本人",
}


@dataclass(frozen=True)
class Scope:
    """Where a permission holds: everything, or the union of units, areas (primary keys) and own records."""

    everything: bool = False
    units: frozenset[int] = field(default_factory=frozenset)
    areas: frozenset[int] = field(default_factory=frozenset)
    person: UUID | None = None

    @property
    def nothing(self) -> bool:
        """True when no record at all can be inside."""
        return not (self.everything or self.units or self.areas or self.person)

    def __or__(self, other: Scope) -> Scope:
        return Scope(
            self.everything or other.everything,
            self.units | other.units,
            self.areas | other.areas,
            self.person or other.person,
        )

    def __and__(self, other: Scope) -> Scope:
        """What both name: units and areas one by one, the person where it is the same."""
        if self.everything or other.everything:
            return other if self.everything else self
        person = self.person if self.person == other.person else None
        return Scope(units=self.units & other.units, areas=self.areas & other.areas, person=person)

    def digest(self) -> str:
        """Short stable text that differs whenever the scope differs (for cache keys and ETags)."""
        if self.everything:
            return "all"
        parts = (sorted(self.units), sorted(self.areas), str(self.person or ""))
        return hashlib.blake2b(repr(parts).encode(), digest_size=8).hexdigest()


EVERYTHING = Scope(everything=True)
NOTHING = Scope()


class Viewer(Protocol):
    """Somebody on whose behalf records are read or written."""

    @property
    def uid(self) -> UUID: ...

    @property
    def name(self) -> str: ...

    def may(self, permission: str) -> bool:
        """True when the permission is held anywhere."""
        ...

    def scope_for(self, permission: str) -> Scope:
        """Where the permission is held; ``NOTHING`` when it is not."""
        ...


@dataclass(frozen=True)
class SystemViewer:
    """The platform itself: command line, worker. Sees everything; its acts are recorded under its name."""

    name: str = "系统"
    uid: UUID = UUID(int=0)

    def may(self, permission: str) -> bool:
        """Always true."""
        return True

    def scope_for(self, permission: str) -> Scope:
        """Everything."""
        return EVERYTHING


SYSTEM = SystemViewer()

"""
Kinds of activity and groups of bearers: declared by the apps, one file each in their ``kinds/``.

    add_kind(ActivityKind("team.first_topic", "第一议题", family="study", prefix="XX", topics="team.topic"))

A kind says what is asked beyond the common facts; list, form, calendar, sign-in, rhythm and figures come from
being registered.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable
from dataclasses import dataclass
from datetime import date
from uuid import UUID

from anlu.kernel.core.registry import Registry


@dataclass(frozen=True)
class Fact:
    """A fact that only this kind has; kept in ``Activity.details`` and asked for in its form."""

    name: str
    label: str
    required: bool = False  # before it can count as held
    help: str = ""


@dataclass(frozen=True)
class ActivityKind:
    """
    A kind of activity.

    Parameters
    ----------
    family
        Kinds of one family stand in one ledger (``study``, ``warning`` ...).
    prefix
        Two letters that begin its numbers.
    topics, programmes
        Dictionaries of its topic and of the action (五大行动) that it belongs to; "" = it has none.
    speaker
        Whether somebody speaks, who is then named with the office they speak in.
    facts
        What is asked beyond the common facts.
    needs
        Names of common facts without which it cannot be written down as held.
    routine
        Goes on every day, like duty: it has a panel of its own and stands in the calendar only where it is chosen.
    """

    code: str
    label: str
    family: str
    prefix: str
    topics: str = ""
    programmes: str = ""
    speaker: bool = False
    facts: tuple[Fact, ...] = ()
    needs: tuple[str, ...] = ()
    routine: bool = False
    order: int = 50


kinds: Registry[ActivityKind] = Registry("kind of activity")


def add_kind(kind: ActivityKind) -> ActivityKind:
    """Register a kind and give it back.

    Raises
    ------
    DuplicateCode
        Another kind has its code.
    """
    return kinds.add(kind)


def kinds_of(*families: str) -> list[ActivityKind]:
    """Kinds of these families (none stated: all), in their order."""
    found = [one for one in kinds if not families or one.family in families]
    return sorted(found, key=lambda one: (one.order, one.code))


def routine_kinds() -> list[str]:
    """Codes of the kinds that go on every day."""
    return [one.code for one in kinds if one.routine]


def kind_choices(*families: str) -> Callable[[], list[tuple[str, str]]]:
    """A function giving (code, label) of the kinds of these families, for forms and filters."""
    return lambda: [(one.code, one.label) for one in kinds_of(*families)]


def label_of(code: str) -> str:
    """What a kind is called; a code that nobody declares any more stands for itself."""
    return kinds.get(code).label if code in kinds else code


# ------------------------------------------------------------------------------------------------ bearers


@dataclass(frozen=True)
class Bearer:
    """Somebody who holds activities and may owe them: a unit, a party branch."""

    group: str
    uid: UUID
    name: str
    unit_id: int | None = None
    valid_from: date | None = None
    valid_to: date | None = None

    @property
    def key(self) -> str:
        """Group and uid in one text, as forms carry it."""
        return f"{self.group}:{self.uid}"


@dataclass(frozen=True)
class BearerGroup:
    """
    A group of bearers, like the squadrons or the party branches.

    ``find`` gives those that existed on any day between two days.
    """

    code: str
    label: str
    find: Callable[[date, date], Iterable[Bearer]]
    order: int = 50


bearer_groups: Registry[BearerGroup] = Registry("group of bearers")


def groups_in_order() -> list[BearerGroup]:
    """All groups, in the order in which they are offered."""
    return sorted(bearer_groups, key=lambda one: (one.order, one.code))


def group_choices() -> list[tuple[str, str]]:
    """(code, label) of all groups."""
    return [(one.code, one.label) for one in groups_in_order()]


def bearers_on(day: date) -> dict[str, Bearer]:
    """Everybody who can hold an activity on a day, by key."""
    return {one.key: one for group in groups_in_order() for one in group.find(day, day)}

"""
Panels: what the morning page, the leader's view and the big screen are put together from.

An app declares its panels in its module ``panels``; the boards show those that a person may see, in the order of
``rank``. A panel says what stands in it, never how it looks: the same one is a card on a desk and large type on a
wall. Its numbers come from indicators or from the very queries of the lists that they open. How to add one:
``docs/develop/add-a-panel.md``.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from enum import StrEnum

from anlu.kernel.core.registry import Registry
from anlu.kernel.people.models import Officer
from anlu.web.tables import NumberTable


class Board(StrEnum):
    """Where a panel can stand."""

    MORNING = "morning"
    LEADER = "leader"
    SCREEN = "screen"


@dataclass(frozen=True)
class Sight:
    """Who looks, and at which day."""

    viewer: Officer
    on: date

    @property
    def yesterday(self) -> date:
        """The day before."""
        return self.on - timedelta(days=1)

    @property
    def week(self) -> tuple[date, date]:
        """Monday and Sunday of the day's week."""
        monday = self.on - timedelta(days=self.on.weekday())
        return monday, monday + timedelta(days=6)


@dataclass(frozen=True)
class Tally:
    """A number with its name; ``url`` opens its rows, ``colour`` is red or amber where the number is a warning."""

    label: str
    number: int | str
    unit: str = ""
    url: str = ""
    colour: str = ""


@dataclass(frozen=True)
class Entry:
    """One line: a state with its colour, what it is about, a remark; ``url`` opens it."""

    what: str
    url: str = ""
    state: str = ""
    colour: str = "grey"
    note: str = ""


@dataclass(frozen=True)
class Contents:
    """
    What stands in a panel.

    ``more`` says how many lines are left out, ``url`` opens all of them; ``empty`` is said where there is nothing at
    all.
    """

    note: str = ""
    tallies: Sequence[Tally] = ()
    table: NumberTable | None = None
    entries: Sequence[Entry] = ()
    more: int = 0
    url: str = ""
    empty: str = ""

    @property
    def is_empty(self) -> bool:
        """Whether there is nothing but the remark."""
        return not (self.tallies or self.entries or (self.table and self.table.lines))


Build = Callable[[Sight], Contents]


@dataclass(frozen=True)
class Panel:
    """
    A declared panel.

    ``permission`` decides who sees it at all; what it holds follows from the scope of that person. ``screen`` names
    the page of the big screen that it stands on.
    """

    code: str
    label: str
    build: Build
    permission: str
    boards: tuple[Board, ...]
    rank: int = 50
    screen: str = ""


class Panels(Registry[Panel]):
    """All declared panels."""

    def on(self, board: Board, viewer: Officer) -> list[Panel]:
        """Those of a board that a person may see, in order."""
        mine = [one for one in self if board in one.boards and viewer.may(one.permission)]
        return sorted(mine, key=lambda one: (one.rank, one.code))


panels = Panels("panel")


def panel(
    code: str, label: str, *, permission: str, boards: Sequence[Board], rank: int = 50, screen: str = ""
) -> Callable[[Build], Build]:
    """Declare what a function builds as a panel: ``@panel("crashes.yesterday", "昨日事故", ...)``."""

    def declare(build: Build) -> Build:
        panels.add(Panel(code, label, build, permission, tuple(boards), rank, screen))
        return build

    return declare


@dataclass(frozen=True)
class Shown:
    """A panel as one person sees it on one day."""

    panel: Panel
    contents: Contents

    @property
    def label(self) -> str:
        """Its heading."""
        return self.panel.label


def shown_on(board: Board, sight: Sight) -> Iterator[Shown]:
    """The panels of a board with their contents."""
    for one in panels.on(board, sight.viewer):
        yield Shown(one, one.build(sight))

"""What is told: kind, class of road, day, fate. Invented; the figures of the half year follow from it."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from functools import cache

from anlu.apps.hazards.demonstration import table

Works = tuple[tuple[str, str, str], ...]


@dataclass(frozen=True)
class Plot:
    """
    A hazard of the demonstration, a line of ``plots.csv``.

    Parameters
    ----------
    road
        Administrative class of its road: 1 national ... 5 village.
    fate
        new, verified, rejected, sent, interim, overdue, signed, fixed, returned, returned_closed, closed, rebound,
        rebound_closed.
    works
        (measure, item of work, quantity) of the rectification.
    """

    number: int
    kind: str
    road: str
    found: str
    fate: str
    town: str
    source: str
    title: str
    words: str
    demand: str
    works: Works
    facts: Mapping[str, str]


@cache
def plots() -> tuple[Plot, ...]:
    """All of them, in the order in which they are told."""
    rows = table("plots.csv")
    return tuple(_plot(number, row) for number, row in enumerate(rows))


def _plot(number: int, row: dict[str, str]) -> Plot:
    works = tuple(_work(one) for one in row.pop("works").split())
    facts = dict(one.split("=", 1) for one in row.pop("facts").split())
    return Plot(number=number, works=works, facts=facts, **row)


def _work(text: str) -> tuple[str, str, str]:
    measure, item, quantity = text.split(":")
    return measure, item, quantity

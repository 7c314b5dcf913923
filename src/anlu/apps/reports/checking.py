"""
文章对照: the figures and statements of a half-year report as it should come out, against what the records give.

What is expected (F01-F41, Q01-Q30) is acceptance data in ``acceptance/*.csv``; every value and word here is made from
records by an indicator that names the figure (``figures=("F13",)``), or by the evidence that an app declares. What has
no records yet is listed as missing.
"""

from __future__ import annotations

import csv
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from functools import cache
from itertools import groupby
from pathlib import Path
from typing import Any, Final

from anlu.apps.reports.writing import Lacking, said_of
from anlu.engine.indicators.rules import worded
from anlu.kernel.core.scope import Viewer
from anlu.kernel.documents.sections import Side
from anlu.kernel.indicators.define import Indicator, indicators
from anlu.kernel.indicators.evaluate import Value
from anlu.kernel.indicators.evidence import Found, evidence
from anlu.kernel.indicators.remembering import remembered_values_of
from anlu.kernel.indicators.window import Window

FOLDER: Final = Path(__file__).parent / "acceptance"
NO_EVIDENCE: Final = Found(False, "还没有登记", ("平台还没有这项台账",))


@dataclass(frozen=True)
class Expected:
    """A part of a figure as it should come out."""

    id: str
    part: str
    label: str
    expected: float
    words: str
    side: Side
    rule: str

    @property
    def name(self) -> str:
        """As indicators name it: F13, F05.2."""
        return f"{self.id}.{self.part}" if self.part else self.id


@dataclass(frozen=True)
class CheckedPart:
    """A part of a figure against its records; ``found`` is None when no indicator answers it."""

    expected: Expected
    found: Value | None
    value: Any
    words: str
    why: str

    @property
    def holds(self) -> bool:
        """Whether the words made from the records are the expected ones."""
        return self.found is not None and self.words == self.expected.words


@dataclass(frozen=True)
class CheckedFigure:
    """A figure of the report: one part, or several that all have to hold."""

    id: str
    parts: tuple[CheckedPart, ...]

    @property
    def holds(self) -> bool:
        """Whether all of it holds."""
        return all(one.holds for one in self.parts)

    @property
    def label(self) -> str:
        """What it counts."""
        return self.parts[0].expected.label

    @property
    def words(self) -> str:
        """What the records say, in the words of the report."""
        return "、".join(one.words for one in self.parts if one.words)

    @property
    def rows(self) -> int:
        """How many rows stand behind it."""
        return self.parts[0].found.rows if self.parts[0].found else 0

    @property
    def missing(self) -> tuple[str, ...]:
        """What each part that does not hold lacks."""
        return tuple(one.why for one in self.parts if not one.holds)


@dataclass(frozen=True)
class CheckedStatement:
    """A statement without a figure: what it needs, and what there is."""

    id: str
    statement: str
    needs: str
    found: Found

    @property
    def holds(self) -> bool:
        """Whether the records carry it."""
        return self.found.holds


@cache
def expected_figures() -> tuple[Expected, ...]:
    """All parts in their order."""
    return tuple(
        Expected(
            row["id"],
            row["part"],
            row["label"],
            float(row["expected"]),
            row["words"],
            Side(row["side"]),
            row["rule"],
        )
        for row in _rows("figures.csv")
    )


@cache
def statements() -> tuple[Mapping[str, str], ...]:
    """Statements with what each needs."""
    return tuple(_rows("statements.csv"))


def _rows(name: str) -> Iterator[Mapping[str, str]]:
    with (FOLDER / name).open(encoding="utf-8", newline="") as opened:
        yield from csv.DictReader(opened)


def indicator_for(name: str) -> Indicator | None:
    """The indicator that answers a figure; None when none does yet."""
    return next((one for one in indicators if name in one.figures), None)


def known_figures() -> list[Indicator]:
    """The indicators that answer figures of the report, each once."""
    found = [one for expected in expected_figures() if (one := indicator_for(expected.name)) is not None]
    return list({one.code: one for one in found}.values())


def check_figures(window: Window, viewer: Viewer) -> list[CheckedFigure]:
    """All figures, in order."""
    wanted = {one.name: indicator_for(one.name) for one in expected_figures()}
    values = {one.indicator.code: one for one in remembered_values_of(known_figures(), window, viewer)}
    parts = [
        _part(one, values[found.code] if (found := wanted[one.name]) else None, viewer)
        for one in expected_figures()
    ]
    return [
        CheckedFigure(id, tuple(members)) for id, members in groupby(parts, key=lambda one: one.expected.id)
    ]


def _part(expected: Expected, found: Value | None, viewer: Viewer) -> CheckedPart:
    if found is None:
        return CheckedPart(expected, None, None, "", f"{expected.label}：还没有这项台账")
    if not found.rows:
        return CheckedPart(expected, found, None, "", f"{expected.label}：没有记录")
    value: Any = found.value
    try:
        words, said = said_of(found, expected.side, expected.rule, viewer)
    except Lacking as lack:
        plain = "" if found.value is None or expected.side is not Side.VALUE else worded(found.value)
        return CheckedPart(expected, found, value, plain, f"{expected.label}：{lack}")
    value = said if expected.side is Side.CHANGE else value
    why = "" if words == expected.words else f"{expected.label}：应为 {expected.words}，记录得出 {words}"
    return CheckedPart(expected, found, value, words, why)


def check_statements(window: Window, viewer: Viewer) -> list[CheckedStatement]:
    """All statements, in order."""
    return [
        CheckedStatement(
            row["id"],
            row["statement"],
            row["needs"],
            evidence.get(row["id"]).check(window, viewer) if row["id"] in evidence else NO_EVIDENCE,
        )
        for row in statements()
    ]

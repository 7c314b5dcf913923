"""
Sections of reports: each app declares what a report may say about its data; the reports only arrange them.

A section holds sentences with data and slots for wording, kept apart. A number can stand in a sentence only as a
reference to an indicator by its code, with the rule by which it becomes words; wording that is no fact is chosen by
people from the phrase library. Nothing is worked out here: that is done where the report is made.

``docs/develop/add-a-section.md`` walks through one.
"""

from __future__ import annotations

import string
from collections.abc import Mapping
from dataclasses import dataclass, field
from enum import StrEnum
from typing import Final

from anlu.kernel.core.errors import AnluError
from anlu.kernel.core.registry import Registry

CHAPTERS: Final = ("队伍建设", "综合治理", "路面管控", "源头管控", "服务发展", "宣传教育")
"""Chapters in the order of the half-year report."""
PERIOD: Final = "期间"
"""Stands in any template for what the text calls its period: 上半年, 今年以来, 3月份, 本周."""


class SectionProblem(AnluError):
    """A declaration that contradicts itself."""


class Side(StrEnum):
    """Which number of an indicator stands in the sentence."""

    VALUE = "value"
    PREVIOUS = "previous"  # of the like span a year before
    CHANGE = "change"  # against it, with 上升 or 下降
    TOP = "top"  # above the line
    BASE = "base"  # below it
    DAY = "day"  # the day of the latest row: 6月16日; by the rule ``month``: 3月份


@dataclass(frozen=True)
class Figure:
    """
    A number in a sentence.

    Parameters
    ----------
    indicator
        Its code. The section's sentence is left out where no app declares it.
    rule
        How it becomes words: ``plain``, ``more:100``, ``wan``, ``percent:1`` ... (``engine.indicators.rules``).
    """

    indicator: str
    side: Side = Side.VALUE
    rule: str = "plain"


@dataclass(frozen=True)
class Changes:
    """Changes of several indicators told together and in this order: 分别下降33.21%、32.23%、26.42%."""

    indicators: tuple[str, ...]
    digits: int = 2

    def __post_init__(self) -> None:
        if len(self.indicators) < 2:
            raise SectionProblem("changes are told together of two indicators or more")


@dataclass(frozen=True)
class When:
    """The sentence is true only then: ``When("closed", "=", 1)`` for 全部整改."""

    figure: str
    test: str  # one of = < <= > >=
    than: float

    def __post_init__(self) -> None:
        if self.test not in ("=", "<", "<=", ">", ">="):
            raise SectionProblem(f"no such comparison: {self.test}")


def names_in(template: str) -> set[str]:
    """
    Names of the figures in a template.

    Raises
    ------
    SectionProblem
        A brace is left open.
    """
    try:
        parts = list(string.Formatter().parse(template))
    except ValueError:
        raise SectionProblem("花括号没有成对，数字要写成 {名称}") from None
    return {name for _, name, _, _ in parts if name is not None and name != PERIOD}


def require_no_digits(template: str) -> None:
    """
    Refuse a number that was typed in.

    Raises
    ------
    SectionProblem
        There is one.
    """
    names_in(template)
    plain = "".join(text for text, _, _, _ in string.Formatter().parse(template))
    if any(letter.isdigit() for letter in plain):
        raise SectionProblem(f"数字只能来自指标，不能手写：{template[:80]}")


@dataclass(frozen=True)
class Sentence:
    """
    A sentence of facts.

    It is written only when every figure has evidence (rows) and all of ``when`` hold; of a change, the year before
    needs evidence as well.

    Parameters
    ----------
    code
        Its name within the section.
    template
        Text with ``{name}`` for each of ``figures``; no digit may stand in it.
    when
        What must hold besides. The figures it names need not stand in the text.
    optional
        Names of figures of which 0 is worth saying (未发生 ...): they need no rows.
    """

    code: str
    template: str
    figures: Mapping[str, Figure | Changes]
    when: tuple[When, ...] = ()
    optional: frozenset[str] = frozenset()

    def __post_init__(self) -> None:
        used = names_in(self.template)
        known = set(self.figures)
        asked = {one.figure for one in self.when}
        if not used <= known or not asked <= known or known - used - asked:
            raise SectionProblem(
                f"{self.code}: the template names {sorted(used)}, declared are {sorted(known)}"
            )
        require_no_digits(self.template)

    def reworded(self, template: str) -> str:
        """
        Other words around the same numbers.

        Raises
        ------
        SectionProblem
            A number is missing, is unknown, or was typed in.
        """
        require_no_digits(template)
        before, after = names_in(self.template), names_in(template)
        if missing := sorted(before - after):
            raise SectionProblem(f"少了数字 {'、'.join(f'{{{one}}}' for one in missing)}，数字不能删改")
        if unknown := sorted(after - before):
            raise SectionProblem(f"没有这样的数字 {'、'.join(f'{{{one}}}' for one in unknown)}")
        return template

    @property
    def indicators(self) -> tuple[str, ...]:
        """Codes of all indicators that it refers to."""
        found: dict[str, None] = {}
        for one in self.figures.values():
            codes = one.indicators if isinstance(one, Changes) else (one.indicator,)
            found.update(dict.fromkeys(codes))
        return tuple(found)


@dataclass(frozen=True)
class Phrase:
    """
    A place for wording, which people choose from the phrase library or write; empty when they do not.

    Parameters
    ----------
    topic
        Topic of the phrase library from which phrases are offered.
    label
        What belongs here, in Chinese.
    """

    code: str
    label: str
    topic: str = ""


Part = Sentence | Phrase


@dataclass(frozen=True)
class Section:
    """
    What a report may say about one subject: the paragraph 事故预防 of the chapter 源头管控.

    Parameters
    ----------
    code
        ``<app>.<name>``.
    order
        Place within the chapter.
    kinds
        Codes of the report kinds that take it; empty = all.
    """

    code: str
    label: str
    chapter: str
    parts: tuple[Part, ...]
    order: int = 100
    kinds: frozenset[str] = field(default_factory=frozenset)

    def __post_init__(self) -> None:
        if self.chapter not in CHAPTERS:
            raise SectionProblem(f"{self.code}: 没有这一章「{self.chapter}」，应为 {'、'.join(CHAPTERS)}")
        names = [one.code for one in self.parts]
        if len(set(names)) != len(names):
            raise SectionProblem(f"{self.code}: two parts share a code")

    @property
    def sentences(self) -> tuple[Sentence, ...]:
        """The parts with data."""
        return tuple(one for one in self.parts if isinstance(one, Sentence))


sections: Registry[Section] = Registry("report section")


def in_order() -> list[Section]:
    """All sections, chapter by chapter."""
    return sorted(sections, key=lambda one: (CHAPTERS.index(one.chapter), one.order, one.code))

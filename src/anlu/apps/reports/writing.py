"""
Writing a report: sections become text in which every number knows its indicator, its rows and its words.

A sentence is written only when every number in it has evidence; what is left out is listed with what it lacks.
"""

from __future__ import annotations

import operator
import string
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from datetime import date
from typing import Any, Final

from anlu.engine.documents.paper import official_date
from anlu.engine.indicators.compare import change_words, points_words
from anlu.engine.indicators.rules import RuleProblem, worded
from anlu.engine.periods import Period
from anlu.kernel.core.scope import Viewer
from anlu.kernel.documents.sections import (
    PERIOD,
    Changes,
    Figure,
    Phrase,
    Section,
    Sentence,
    Side,
    When,
)
from anlu.kernel.indicators.define import Indicator, indicators
from anlu.kernel.indicators.evaluate import Value, rows_behind
from anlu.kernel.indicators.remembering import remembered_values_of
from anlu.kernel.indicators.window import Window

TESTS: Final = {"=": operator.eq, "<": operator.lt, "<=": operator.le, ">": operator.gt, ">=": operator.ge}
VERBS: Final = ("下降", "上升")
PART_NOTE: Final = "仅含您管辖范围内的记录"


@dataclass(frozen=True)
class Said:
    """
    A number as it stands in the text.

    Parameters
    ----------
    key
        Its place: section, sentence, name of the figure, and its position among changes told together.
    value
        What the words were made from: the exact number, the change in percent or points, or a day.
    """

    key: str
    indicator: Indicator
    side: Side
    words: str
    value: Any
    found: Value

    @property
    def rows(self) -> int:
        """How many rows stand behind it."""
        return self.found.rows


Piece = str | Said


@dataclass(frozen=True)
class Written:
    """A part of a section as text; ``template`` the words it was made from, ``edited`` whether people changed them."""

    key: str
    part: Sentence | Phrase
    pieces: tuple[Piece, ...]
    template: str
    edited: bool = False

    @property
    def text(self) -> str:
        """The words alone."""
        return "".join(one if isinstance(one, str) else one.words for one in self.pieces)

    @property
    def numbers(self) -> tuple[Said, ...]:
        """The numbers in it."""
        return tuple(one for one in self.pieces if isinstance(one, Said))


@dataclass(frozen=True)
class Paragraph:
    """A section as it is written; its parts may be empty."""

    section: Section
    parts: tuple[Written, ...]

    @property
    def text(self) -> str:
        """The words alone."""
        return "".join(one.text for one in self.parts)

    @property
    def numbers(self) -> tuple[Said, ...]:
        """The numbers in it."""
        return tuple(number for one in self.parts for number in one.numbers)


@dataclass(frozen=True)
class LeftOut:
    """A sentence that was not written, and what it lacks."""

    section: Section
    sentence: Sentence
    why: str


@dataclass(frozen=True)
class Text:
    """The whole report, as ``viewer`` reads it."""

    paragraphs: tuple[Paragraph, ...]
    left_out: tuple[LeftOut, ...]
    viewer: Viewer
    narrow: frozenset[str] = frozenset()  # indicators of which the reader sees only a part of the rows
    unread: frozenset[str] = frozenset()  # indicators that its sections tell and the reader may not read

    @property
    def is_whole(self) -> bool:
        """True when the reader sees every row of every figure that its sections tell, written or not."""
        return not self.narrow and not self.unread

    def scope_note(self, figures: Iterable[Value] = ()) -> str:
        """What must stand beside its numbers and the ``figures`` with it, "" where they are of everything."""
        whole = self.is_whole and all(one.indicator.is_whole_to(self.viewer) for one in figures)
        return "" if whole else PART_NOTE

    @property
    def numbers(self) -> tuple[Said, ...]:
        """All numbers in their order."""
        return tuple(number for one in self.paragraphs for number in one.numbers)


class Lacking(Exception):
    """A sentence cannot be written; the message says what it lacks."""


def write(
    sections: Iterable[Section],
    window: Window,
    viewer: Viewer,
    *,
    edits: Mapping[str, Mapping[str, Any]] | None = None,
) -> Text:
    """
    Write sections for a window.

    Parameters
    ----------
    edits
        Words of people by part: ``{"crashes.fall.sentence": {"template": "..."}}``, for phrases ``{"text": "..."}``.
    """
    listed = list(sections)
    wanted = {code for one in listed for sentence in one.sentences for code in sentence.indicators}
    told = [one for one in indicators if one.code in wanted]
    known = [one for one in told if viewer.may(permission_of(one))]
    values = {one.indicator.code: one for one in remembered_values_of(known, window, viewer)}
    writer = _Writer(values, window, viewer, edits or {})
    paragraphs = tuple(writer.paragraph(one) for one in listed)
    narrow = frozenset(one.code for one in known if not one.is_whole_to(viewer))
    unread = frozenset(one.code for one in told if one not in known)
    return Text(paragraphs, tuple(writer.left_out), viewer, narrow, unread)


def permission_of(indicator: Indicator) -> str:
    """Under which the rows of a figure are read."""
    permission: str = indicator.main.seen_under
    return permission


class _Writer:
    """Writes the parts of sections from values that are known."""

    def __init__(
        self,
        values: Mapping[str, Value],
        window: Window,
        viewer: Viewer,
        edits: Mapping[str, Mapping[str, Any]],
    ) -> None:
        self.values, self.window, self.viewer, self.edits = values, window, viewer, edits
        self.left_out: list[LeftOut] = []

    def paragraph(self, section: Section) -> Paragraph:
        parts = []
        for one in section.parts:
            key = f"{section.code}.{one.code}"
            if isinstance(one, Phrase):
                text = str(self.edits.get(key, {}).get("text", ""))
                parts.append(Written(key, one, (text,) if text else (), text, bool(text)))
                continue
            template = str(self.edits.get(key, {}).get("template", "")) or one.template
            try:
                pieces = tuple(self._pieces(key, one, template))
            except Lacking as lack:
                self.left_out.append(LeftOut(section, one, str(lack)))
            else:
                parts.append(Written(key, one, pieces, template, template != one.template))
        return Paragraph(section, tuple(parts))

    def _pieces(self, key: str, sentence: Sentence, template: str) -> Iterator[Piece]:
        for name, figure in sentence.figures.items():
            self._require(figure, optional=name in sentence.optional)
        for one in sentence.when:
            self._check(one, sentence)
        for text, name, _, _ in string.Formatter().parse(template):
            if text:
                yield text
            if name == PERIOD:
                yield period_words(self.window.period)
            elif name is not None:
                yield from self._figure(f"{key}.{name}", sentence.figures[name])

    def _require(self, figure: Figure | Changes, *, optional: bool) -> None:
        codes = figure.indicators if isinstance(figure, Changes) else (figure.indicator,)
        for code in codes:
            found = self.values.get(code)
            if found is None:
                raise Lacking(
                    f"还没有指标「{code}」" if code not in indicators else f"无权查看「{code}」的记录"
                )
            changes = isinstance(figure, Changes) or figure.side in (Side.CHANGE, Side.PREVIOUS)
            if not found.rows and not optional:
                raise Lacking(f"「{found.indicator.label}」本期没有记录")
            if changes and not found.previous:
                raise Lacking(f"「{found.indicator.label}」上年同期没有记录")

    def _check(self, when: When, sentence: Sentence) -> None:
        figure = sentence.figures[when.figure]
        assert isinstance(figure, Figure)
        value = number_of(self.values[figure.indicator], figure.side)
        label = self.values[figure.indicator].indicator.label
        if value is None or not TESTS[when.test](float(value), when.than):
            raise Lacking(f"「{label}」为 {_plain(value)}，这句话要求{_words(when)}")

    def _figure(self, key: str, figure: Figure | Changes) -> Iterator[Piece]:
        if isinstance(figure, Changes):
            yield from self._changes(key, figure)
            return
        found = self.values[figure.indicator]
        words, value = said_of(found, figure.side, figure.rule, self.viewer)
        yield Said(key, found.indicator, figure.side, words, value, found)

    def _changes(self, key: str, changes: Changes) -> Iterator[Piece]:
        """分别下降33.21%、32.23%、26.42% where all go the same way; else each with its own word."""
        rule = f"change:{changes.digits}"
        told = [
            (self.values[code], *said_of(self.values[code], Side.CHANGE, rule, self.viewer))
            for code in changes.indicators
        ]
        verb = next((one for one in VERBS if all(words.startswith(one) for _, words, _ in told)), "")
        yield f"分别{verb}"
        for place, (found, words, value) in enumerate(told):
            if place:
                yield "、"
            shown = words.removeprefix(verb) if verb else words
            yield Said(f"{key}.{place + 1}", found.indicator, Side.CHANGE, shown, value, found)


def number_of(found: Value, side: Side) -> Any:
    """The exact number of a side; None where there is none."""
    match side:
        case Side.VALUE:
            return found.value
        case Side.PREVIOUS:
            return found.previous
        case Side.TOP:
            return found.numerator
        case Side.BASE:
            return found.denominator
        case Side.CHANGE:
            return found.change_points if found.indicator.is_share else found.change_pct
        case Side.DAY:
            return None
    raise ValueError(side)


def said_of(found: Value, side: Side, rule: str, viewer: Viewer) -> tuple[str, Any]:
    """
    A number in words, and the exact number.

    Raises
    ------
    Lacking
        There is no number, or the rule cannot say it.
    """
    label = found.indicator.label
    if side is Side.DAY:
        day = latest_day(found, viewer)
        if day is None:
            raise Lacking(f"「{label}」本期没有记录")
        return (f"{day.month}月份" if rule == "month" else _day_words(day, found.window.period)), day
    value = number_of(found, side)
    if value is None:
        raise Lacking(f"「{label}」没有数")
    if side is Side.CHANGE:
        return _change(found, int(rule.partition(":")[2] or 2)), value
    try:
        return worded(value, rule), value
    except RuleProblem as problem:
        raise Lacking(f"「{label}」{problem}") from None


def _change(found: Value, digits: int) -> str:
    assert found.value is not None
    assert found.previous is not None
    words = points_words if found.indicator.is_share else change_words
    return words(found.value, found.previous, digits)


def latest_day(found: Value, viewer: Viewer) -> date | None:
    """The day of the latest row behind a figure."""
    leaf = found.indicator.main
    rows = rows_behind(found.indicator, found.window, viewer)
    day: date | None = rows.order_by(f"-{leaf.on}").values_list(leaf.on, flat=True).first()
    return day


def _day_words(day: date, period: Period) -> str:
    """6月16日; with the year where the report is of another one."""
    return f"{day.month}月{day.day}日" if day.year == period.end.year else official_date(day)


def period_words(period: Period) -> str:
    """How a text of this period calls it: 上半年, 今年以来, 本月, 本周, 全年."""
    if period.kind == "half":
        return "上半年" if period.start.month == 1 else "下半年"
    if period.kind == "year":
        return "今年以来" if period.is_cut else "全年"
    if period.kind == "month":
        return f"{period.start.month}月份"
    if period.kind == "quarter":
        return f"{'一二三四'[(period.start.month - 1) // 3]}季度"
    return "本周" if period.kind == "week" else period.label


def _plain(value: Any) -> str:
    return "空" if value is None else f"{float(value):g}"


def _words(when: When) -> str:
    named = {"=": "等于", "<": "小于", "<=": "不超过", ">": "大于", ">=": "不少于"}
    return f"{named[when.test]} {when.than:g}"

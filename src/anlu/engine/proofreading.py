"""
校对: wording that is wrong or out of date, and numbers that disagree inside one document.

It points out and never corrects. Rules, limits and a worked example: ``docs/methods/proofreading.md``.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from decimal import Decimal
from typing import Final

# 分句: a quantity belongs to its clause, 去年死亡53人 is another one than 死亡39人.
CLAUSE: Final = re.compile(r"[，。；！？：、\n]")
SENTENCE: Final = re.compile(r"[。；！？\n]")
UNITS: Final = "起|人次|人|辆次|辆|处|个|件|场次|场|条|份|次|项|名|家|户|公里|万元|亿元|元|米|天|%|个百分点"
QUANTITY: Final = re.compile(rf"(?P<label>[^\d,.\s]*?)(?P<number>\d+(?:\.\d+)?)(?P<unit>{UNITS})")
FILLERS: Final = re.compile(
    r"(共计|总计|合计|累计|一共|共|发生|达到|达|计|为|有|了|全县|今年|现|均|各|约|其中|由|从|至)"
)
OTHER: Final = re.compile(
    r"(去年|上年|同期|上半年|下半年|同比|环比|下降|上升|增长|减少|增加|[一二三四五六七八九十\d]+月)"
)
TOTAL: Final = re.compile(r"(?:共计|总计|合计)[^\d，。；]*?(?P<number>\d+(?:\.\d+)?)(?P<unit>" + UNITS + ")")
TOTAL_ROWS: Final = frozenset({"合计", "总计", "共计"})
SUBTOTAL: Final = "小计"


@dataclass(frozen=True)
class Phrase:
    """
    A wording of the library.

    Parameters
    ----------
    current
        False when it is no longer in force.
    instead
        What replaces it.
    wrong_forms
        Writings that are known to be wrong.
    """

    text: str
    current: bool = True
    instead: str = ""
    wrong_forms: tuple[str, ...] = ()


@dataclass(frozen=True)
class Remark:
    """Something to look at: ``kind`` is outdated, wrong, differs, sum or typed; ``words`` stands in the text."""

    kind: str
    words: str
    message: str


def wording_remarks(text: str, phrases: Iterable[Phrase]) -> list[Remark]:
    """Outdated wording with what replaces it, and wrong writings with the right one, in order of their place."""
    current = [one.text for one in phrases if one.current]
    found: list[tuple[int, Remark]] = []
    for phrase in phrases:
        if not phrase.current:
            for place in _places(text, phrase.text, inside=current):
                instead = f"，现行表述为「{phrase.instead}」" if phrase.instead else ""
                message = f"「{phrase.text}」已不再使用{instead}"
                found.append((place, Remark("outdated", phrase.text, message)))
        for wrong in phrase.wrong_forms:
            for place in _places(text, wrong, inside=[phrase.text]):
                message = f"「{wrong}」应为「{phrase.text}」"
                found.append((place, Remark("wrong", wrong, message)))
    return [remark for _, remark in sorted(found, key=lambda one: one[0])]


def _places(text: str, words: str, *, inside: Sequence[str]) -> Iterator[int]:
    """Where ``words`` stand, but not as a part of one of the longer wordings ``inside``."""
    covered = [
        (found.start(), found.end())
        for longer in inside
        if words in longer and words != longer
        for found in re.finditer(re.escape(longer), text)
    ]
    for found in re.finditer(re.escape(words), text) if words else ():
        if not any(start <= found.start() and found.end() <= end for start, end in covered):
            yield found.start()


def number_remarks(text: str) -> list[Remark]:
    """The same quantity with two values, and parts that do not make up their stated total."""
    return [*_differing(text), *_wrong_sums(text)]


@dataclass(frozen=True)
class _Quantity:
    label: str
    number: Decimal
    unit: str

    @property
    def words(self) -> str:
        return f"{self.label}{self.number}{self.unit}"


def _quantities(clause: str) -> Iterator[_Quantity]:
    for found in QUANTITY.finditer(clause):
        yield _Quantity(found["label"], Decimal(found["number"]), found["unit"])


def _differing(text: str) -> Iterator[Remark]:
    first: dict[tuple[str, str], _Quantity] = {}
    told: set[tuple[str, str, Decimal]] = set()
    for clause in CLAUSE.split(text):
        if OTHER.search(clause):
            continue
        for one in _quantities(clause):
            label = FILLERS.sub("", one.label).strip("（）()《》“”\"' ")
            if len(label) < 2:
                continue
            before = first.setdefault((label, one.unit), one)
            key = (label, one.unit, one.number)
            if before.number != one.number and key not in told:
                told.add(key)
                yield Remark(
                    "differs",
                    one.words,
                    f"「{label}」前文为 {before.number}{one.unit}，这里为 {one.number}{one.unit}",
                )


def _wrong_sums(text: str) -> Iterator[Remark]:
    for sentence in SENTENCE.split(text):
        head, among, parts_text = sentence.partition("其中")
        if among:
            yield from _parts_of(head, parts_text)
            continue
        total = TOTAL.search(sentence)
        if total is None:
            continue
        parts = [one for one in _quantities(sentence[: total.start()]) if one.unit == total["unit"]]
        whole = Decimal(total["number"])
        if len(parts) > 1 and (added := sum((one.number for one in parts), Decimal())) != whole:
            yield Remark(
                "sum", total.group(), f"各项之和为 {added}{total['unit']}，写的是 {whole}{total['unit']}"
            )


def _parts_of(head: str, parts_text: str) -> Iterator[Remark]:
    """其中: parts may leave something out, but never exceed the whole."""
    wholes = list(_quantities(head))
    if not wholes:
        return
    whole = wholes[-1]
    parts = [one for one in _quantities(parts_text) if one.unit == whole.unit]
    added = sum((one.number for one in parts), Decimal())
    if added > whole.number:
        yield Remark(
            "sum", whole.words, f"其中各项之和 {added}{whole.unit} 大于总数 {whole.number}{whole.unit}"
        )


def table_remarks(head: Sequence[str], rows: Sequence[Sequence[str]]) -> list[Remark]:
    """
    Columns of a table whose row 合计 is not the sum of the rows above it, or 小计 of those since the last 小计.

    What a 小计 adds up is not added a second time by the 合计 below it.
    """
    found: list[Remark] = []
    plain: list[Sequence[str]] = []
    begun = 0
    for row in rows:
        label = row[0].strip() if row else ""
        if label == SUBTOTAL:
            found += _wrong_columns(head, plain[begun:], row)
            begun = len(plain)
        elif label in TOTAL_ROWS:
            found += _wrong_columns(head, plain, row)
        else:
            plain.append(row)
    return found


def _wrong_columns(
    head: Sequence[str], above: Sequence[Sequence[str]], row: Sequence[str]
) -> Iterator[Remark]:
    """Columns in which ``row`` is not the sum of the rows above it."""
    for column in range(1, len(row)):
        stated = _number(row[column])
        numbers = [one for other in above if (one := _number(other[column])) is not None]
        added = sum(numbers, Decimal())
        if stated is not None and numbers and added != stated:
            message = f"「{head[column]}」各行之和为 {added}，{row[0].strip()}写的是 {stated}"
            yield Remark("sum", row[column], message)


def _number(text: str) -> Decimal | None:
    plain = text.strip().replace(",", "")
    return Decimal(plain) if re.fullmatch(r"\d+(?:\.\d+)?", plain) else None


def typed_numbers(text: str, known: Iterable[str]) -> list[Remark]:
    """
    Counts in stated text that stand in none of the numbers of the document.

    ``known`` are the numbers with their units (39人) that have an origin.
    """
    allowed = set(known)
    found = dict.fromkeys(
        f"{one.number}{one.unit}" for clause in CLAUSE.split(text) for one in _quantities(clause)
    )
    return [
        Remark("typed", words, f"「{words}」是填写的，没有数据出处，请核对")
        for words in found
        if words not in allowed
    ]

"""The catalogue of figures by chapter of the menu, and the words by which one is found in it."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Final

from django.http import HttpRequest

from anlu.kernel.indicators.define import Indicator
from anlu.kernel.indicators.evaluate import Value
from anlu.web.ledgers import ledgers
from anlu.web.nav import CHAPTERS
from anlu.web.windows import Switch

CHAPTER_CHOICE: Final = "chapter"
ALL: Final = ""
OTHER: Final = "其他"
LONGEST_WORDS: Final = 60


def chapter_of(indicator: Indicator) -> str:
    """The chapter of the menu under which its rows are kept."""
    return ledgers.get(indicator.ledger).chapter if indicator.ledger in ledgers else OTHER


def chapters_of(known: Sequence[Indicator]) -> Switch:
    """The choice of a chapter, in the order of the menu."""
    there = {chapter_of(one) for one in known}
    order = [one.label for one in CHAPTERS if one.label in there]
    options = ((ALL, "全部板块"), *((one, one) for one in (*order, *sorted(there.difference(order)))))
    return Switch(CHAPTER_CHOICE, "板块", options, ALL)


def words_of(request: HttpRequest) -> str:
    """What is looked for."""
    return request.GET.get("q", "").strip()[:LONGEST_WORDS]


def chosen(known: Sequence[Indicator], chapter: str, words: str) -> list[Indicator]:
    """Those of a chapter in whose name, code, definition or figure of the article every word is found."""
    wanted = words.casefold().split()
    found = []
    for one in known:
        texts = " ".join((one.label, one.code, one.definition, *one.figures)).casefold()
        if chapter in (ALL, chapter_of(one)) and all(word in texts for word in wanted):
            found.append(one)
    return found


def by_chapter(values: Sequence[Value]) -> list[tuple[str, list[Value]]]:
    """The figures under their chapters, each in the place of its first figure."""
    groups: dict[str, list[Value]] = {}
    for value in values:
        groups.setdefault(chapter_of(value.indicator), []).append(value)
    return list(groups.items())

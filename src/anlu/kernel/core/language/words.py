"""Texts in the language of the reader. Chinese stays as it is; only English is looked up."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from functools import lru_cache
from typing import Any, Final

from django.utils import translation

from anlu.kernel.core.language.catalogue import CHINESE, Shown, largest_number, the_catalogue
from anlu.kernel.core.language.places import upper

CHINESE_CODE: Final = "zh-hans"
ENGLISH_CODE: Final = "en"
LANGUAGES: Final = {CHINESE_CODE: "中文", ENGLISH_CODE: "English"}


class Verbatim(str):
    """Text as somebody wrote it, or a name: shown as it is in every language."""

    __slots__ = ()


def in_english() -> bool:
    """Whether the reader reads English."""
    return (translation.get_language() or "").startswith("en")


def word(text: str, *, number: float | None = None) -> str:
    """
    A text of the platform in the language of the reader; data and what is not known stay as they are.

    ``number`` says whether one or several are meant where the English differs.
    """
    if isinstance(text, Verbatim) or not in_english() or not CHINESE.search(text):
        return text
    return _english(text, number)


@lru_cache(maxsize=20_000)
def _english(text: str, number: float | None) -> str:
    found = the_catalogue().english(text, number=number)
    if found is None:
        return text
    before = text[: len(text) - len(text.lstrip())]
    after = text[len(text.rstrip()) :]
    return f"{before}{found}{after}"


def alone(text: str) -> str:
    """A text that stands by itself: as ``word``, with a capital letter unless it is what a number counts."""
    said = word(text)
    return said if said == text or the_catalogue().counts(text) else upper(said)


def sentence(
    chinese: str, values: Mapping[str, str], *, shown: Shown = lambda place, text: text
) -> str | None:
    """
    A text with places in English, filled with ``values``; None when it is to be Chinese or is unknown.

    ``shown`` gives the form of each part, as ``Catalogue.filled`` says.
    """
    if not in_english():
        return None
    number = largest_number(values.values())
    return the_catalogue().filled(chinese, values, number=number, say=_said, shown=shown)


def _said(value: str, number: float | None) -> str:
    return word(value, number=number)


def worded(value: Any) -> Any:
    """A structure (options of a chart, rows of a table) with every text in it in the language of the reader."""
    if not in_english():
        return value
    if isinstance(value, str):
        return word(value)
    if isinstance(value, Mapping):
        return {key: worded(one) for key, one in value.items()}
    if isinstance(value, Sequence) and not isinstance(value, bytes):
        return [worded(one) for one in value]
    return value

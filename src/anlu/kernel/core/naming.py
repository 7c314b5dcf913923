"""Sort keys: both databases sort by code point, people sort Chinese names by pinyin."""

from __future__ import annotations

from functools import cache
from typing import Any

from anlu.kernel.core.readiness import before_work


@before_work
@cache
def _pinyin() -> Any:
    """The library, loaded when work begins or the first name is given: a third of a second that commands are spared."""
    import pypinyin

    return pypinyin


def sort_key_of(name: str) -> str:
    """Pinyin with tone digits, syllables apart, lower case: 青澜县 → "qing1 lan2 xian4"; Latin stays as it
    is.
    """
    library = _pinyin()
    syllables = library.lazy_pinyin(name.strip(), style=library.Style.TONE3, neutral_tone_with_five=True)
    return " ".join(syllables).lower()[:200]

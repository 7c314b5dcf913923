"""Sort keys: both databases sort by code point, people sort Chinese names by pinyin."""

from __future__ import annotations

from pypinyin import Style, lazy_pinyin


def sort_key_of(name: str) -> str:
    """Pinyin with tone digits, syllables apart, lower case: 青澜县 → "qing1 lan2 xian4"; Latin stays as it is."""
    syllables = lazy_pinyin(name.strip(), style=Style.TONE3, neutral_tone_with_five=True)
    return " ".join(syllables).lower()[:200]

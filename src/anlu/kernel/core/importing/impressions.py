"""
Does a text read like one? What bytes say in a wrong encoding is often valid, and never makes sense.

A text is judged by its characters beyond ASCII: nearly all that people write are among the few thousand that the
encodings of the mainland and of Taiwan list as common, while bytes of another encoding give any character there is.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from functools import cache
from typing import Final

LOOKED_AT: Final = 20_000  # characters of each block
FEWEST: Final = 8  # characters beyond ASCII below which nothing can be said
COMMON_SHARE: Final = (
    0.6  # a text has 0.97 and more, a list of odd place names less; Big5 read as GB18030 has 0.4
)
LOST_SHARE: Final = 0.2
LOST: Final = "\ufffd"  # what another program writes for a character that it could not read
LOST_AGAIN: Final = (LOST * 2).encode().decode("gb18030")  # two of them, read as GB18030
MARKS: Final = ((0x2000, 0x206F), (0x3000, 0x303F), (0xFF00, 0xFFEF))  # dashes, brackets, wide forms


@dataclass
class Impression:
    """What was seen of a text so far."""

    beyond_ascii: int = 0
    common: int = 0
    lost: int = 0
    sample: str = ""

    def add(self, text: str) -> None:
        """Look at one more piece."""
        self.lost += text.count(LOST) + 2 * text.count(LOST_AGAIN)
        if text.isascii():
            return
        seen = [one for one in text[:LOOKED_AT] if one > "\x7f" and not _is_mark(one)]
        known = common_characters()
        self.beyond_ascii += len(seen)
        self.common += sum(one in known for one in seen)
        self.sample = self.sample or "".join(filter(str.isprintable, _first_beyond_ascii(text)))[:24]

    @property
    def mostly_lost(self) -> bool:
        """True when another program could not read what it saved."""
        return self.lost > LOST_SHARE * self.beyond_ascii

    @property
    def reads_well(self) -> bool:
        """True unless too many characters are ones that hardly anybody writes; other scripts are such."""
        return not self.mostly_lost and (
            self.beyond_ascii < FEWEST or self.common >= COMMON_SHARE * self.beyond_ascii
        )


def recoded(text: str) -> bool:
    """True when UTF-8 was taken for Latin letters once and saved so: read back it is Chinese again."""
    try:
        back = b"".join(_western(one) for one in _first_beyond_ascii(text)).decode("utf-8")
    except UnicodeError:
        return False
    return any(0x4E00 <= ord(one) <= 0x9FFF for one in back)


def _first_beyond_ascii(text: str) -> str:
    return next((line for line in text.split("\n") if not line.isascii()), "")


def _western(one: str) -> bytes:
    """The byte that Windows or Latin-1 has for a character."""
    return bytes([ord(one)]) if ord(one) < 0x100 else one.encode("cp1252")


def _is_mark(one: str) -> bool:
    return any(first <= ord(one) <= last for first, last in MARKS)


@cache
def common_characters() -> frozenset[str]:
    """The 3,755 common characters of GB/T 2312 and the 5,401 of Big5."""
    mainland = _characters("gb2312", range(0xB0, 0xD8), range(0xA1, 0xFF))
    taiwan = _characters("big5", range(0xA4, 0xC7), (*range(0x40, 0x7F), *range(0xA1, 0xFF)))
    return frozenset(mainland) | frozenset(taiwan)


def _characters(encoding: str, first: Iterable[int], second: Iterable[int]) -> Iterable[str]:
    second = tuple(second)
    return (bytes((one, two)).decode(encoding, "ignore") for one in first for two in second)

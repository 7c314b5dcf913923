"""Two versions of a text beside each other: which lines are the same, and within a changed line which characters."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from difflib import SequenceMatcher
from itertools import zip_longest
from typing import Literal

Kind = Literal["same", "changed", "added", "removed"]


@dataclass(frozen=True)
class Piece:
    """Some characters of a line; ``changed`` when the other version has not got them at this place."""

    text: str
    changed: bool = False


@dataclass(frozen=True)
class LinePair:
    """A line of the earlier version and what stands in its place in the later one; () where there is none."""

    kind: Kind
    before: tuple[Piece, ...] = ()
    after: tuple[Piece, ...] = ()


def compared_lines(before: str, after: str) -> list[LinePair]:
    """The lines of both texts side by side, in order; joined again each side gives its text."""
    old, new = before.splitlines(), after.splitlines()
    found: list[LinePair] = []
    for tag, i, j, k, m in SequenceMatcher(None, old, new, autojunk=False).get_opcodes():
        if tag == "equal":
            found += [LinePair("same", (Piece(line),), (Piece(line),)) for line in old[i:j]]
        else:
            found += [_pair(one, other) for one, other in zip_longest(old[i:j], new[k:m])]
    return found


def _pair(old: str | None, new: str | None) -> LinePair:
    if old is None:
        return LinePair("added", after=(Piece(new or "", changed=True),))
    if new is None:
        return LinePair("removed", before=(Piece(old, changed=True),))
    codes = SequenceMatcher(None, old, new, autojunk=False).get_opcodes()
    return LinePair(
        "changed",
        tuple(_pieces((tag, old[i:j]) for tag, i, j, _, _ in codes)),
        tuple(_pieces((tag, new[k:m]) for tag, _, _, k, m in codes)),
    )


def _pieces(parts: Iterator[tuple[str, str]]) -> Iterator[Piece]:
    return (Piece(text, changed=tag != "equal") for tag, text in parts if text)

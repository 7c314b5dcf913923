"""
Stakes as people write them: 12,345 m from the start of a road is K12+345.

The side is that of a person who looks the way stakes rise. Traffic keeps right, so the right carriageway
(右幅) is the one that runs with rising stakes (上行), the left one (左幅) runs against them (下行).
"""

import math
import re
import unicodedata
from collections.abc import Iterable
from dataclasses import dataclass
from enum import StrEnum
from typing import Final


class Side(StrEnum):
    """Side of a road, seen the way stakes rise; NONE where it does not matter or is not known."""

    NONE = ""
    RIGHT = "右"
    LEFT = "左"


class NotAStake(ValueError):
    """A text is not a stake; the message quotes it and says what would be one."""

    def __init__(self, text: str) -> None:
        super().__init__(f"{text!r} 不是桩号, 应如 K12+345")


@dataclass(frozen=True)
class Stake:
    """A place on a road: metres from its start, and the side where the text named one."""

    chainage_m: float
    side: Side = Side.NONE

    def __str__(self) -> str:
        return format_stake(self.chainage_m) + self.side.value


_SIDES: Final = {
    "Z": Side.LEFT,  # design drawings: ZK left line, YK right line
    "Y": Side.RIGHT,
    "左": Side.LEFT,
    "右": Side.RIGHT,
    "下行": Side.LEFT,
    "上行": Side.RIGHT,
}
_DASHES: Final = str.maketrans("—–−", "---")
_SPACE: Final = re.compile(r"\s+")
_STAKE: Final = re.compile(
    r"""
    (?P<line>[ZY])? (?P<minus>-)? (?P<k>桩号K?|K)? (?P<minus_inside>-)?
    (?: (?P<km>\d{1,5}) (?:KM|公里|千米)? (?:\+|(?<=[M里米])) (?P<m>\d{1,4}(?:\.\d+)?) (?:M|米)?
      | (?P<km_alone>\d{1,5}(?:\.\d+)?) (?P<unit>KM|公里|千米)?
    )
    处? \(? (?: (?P<side>左|右|上行|下行) (?:侧|幅|线|半幅|方向|车道)? )? \)?
    """,
    re.VERBOSE,
)
_BETWEEN: Final = re.compile(r"至|到|~|〜|(?<=[\dM米左右])-+(?=[ZY]?K|\d+\+)")


def format_stake(chainage_m: float, *, decimals: int = 0) -> str:
    """
    ``K12+345`` for 12,345 m; a half metre is rounded up, a place before the start of the road is ``K-0+345``.

    Raises
    ------
    ValueError
        ``chainage_m`` is not finite.
    """
    if not math.isfinite(chainage_m):
        raise ValueError(f"chainage_m must be finite, got {chainage_m}")
    steps = 10**decimals
    count = math.floor(chainage_m * steps + 0.5)
    km, rest = divmod(abs(count), 1000 * steps)
    width = 3 if decimals == 0 else 4 + decimals
    return f"K{'-' if count < 0 else ''}{km}+{rest / steps:0{width}.{decimals}f}"


def format_stakes(chainages_m: Iterable[float]) -> list[str | None]:
    """:func:`format_stake` of each; None where there is no chainage (NaN)."""
    return [format_stake(value) if math.isfinite(value) else None for value in map(float, chainages_m)]


def parse_stake(text: str) -> Stake:
    """
    A stake in any of the forms in use.

    ``K12+345``, ``k12+345.6``, ``12+345``, ``Ｋ12＋345``, ``12公里345米``, ``12.345公里``, ``K12``,
    ``K-0+345``; with a side ``ZK12+345``, ``K12+345左``, ``K12+345(下行)``. A bare number is refused: it may
    be kilometres or metres.

    Raises
    ------
    NotAStake
    """
    match = _STAKE.fullmatch(_plain(text))
    if not match or not _names_its_unit(match):
        raise NotAStake(text)
    if match["km"] is not None:
        metres = 1000.0 * int(match["km"]) + float(match["m"])
    else:
        metres = round(1000.0 * float(match["km_alone"]), 6)
    if match["minus"] or match["minus_inside"]:
        metres = -metres
    sides = {_SIDES[word] for word in (match["line"], match["side"]) if word}
    if len(sides) > 1:
        raise NotAStake(text)
    return Stake(metres, *sides)


def parse_stake_range(text: str) -> tuple[Stake, Stake]:
    """
    Both ends of ``K12+345—K13+000``, ``K12+345至K13+000`` or ``K12+345~K13+000``, the lower first.

    Raises
    ------
    NotAStake
        Either end is none, or there are not two.
    """
    ends = _BETWEEN.split(_plain(text))
    if len(ends) != 2:
        raise NotAStake(text)
    first, second = (parse_stake(end) for end in ends)
    return (first, second) if first.chainage_m <= second.chainage_m else (second, first)


def _plain(text: str) -> str:
    """Without spaces, wide characters and small letters."""
    return _SPACE.sub("", unicodedata.normalize("NFKC", text).translate(_DASHES).upper())


def _names_its_unit(match: re.Match[str]) -> bool:
    if match["minus"] and match["minus_inside"]:
        return False
    return match["km"] is not None or bool(match["k"]) or bool(match["unit"])

"""
A place on a road in words: 国道105线K12+345处右侧, 青临路与东环路交叉口以北50米处东侧.

The elements and their order are those of GA/T 1980-2022 (道路交通事故与违法地点表述规范, clauses 4.2–4.6):
road, reference point, bearing, distance, roadside. The words that join them are ours; what is written can
be read again.
"""

import math
import re
import unicodedata
from collections.abc import Iterable
from dataclasses import dataclass
from typing import Final

from .stakes import Stake, parse_stake

BEARINGS: Final = ("北", "东北", "东", "东南", "南", "西南", "西", "西北")  # every 45°, clockwise from north

_WINDS: Final = "东北|东南|西北|西南|东|南|西|北"
_SIDE: Final = f"(?:{_WINDS}|左|右)侧|(?:左|右)幅|路中|中央分隔带"
_HEADING: Final = f"由(?:{_WINDS})向(?:{_WINDS})|上行|下行"
_AWAY: Final = rf"(?:以|向|往)?(?:{_WINDS})(?:面|边|方向)?约?\d+(?:\.\d+)?(?:公里|千米|km|米|m)"
_STAKE: Final = r"[ZY]?K-?\d+(?:\+\d{1,4}(?:\.\d+)?)?|\d+\+\d{1,4}(?:\.\d+)?|\d+(?:公里|km)(?:\d{1,4}米)?"
# Offices whose name ends in 处 (办事处, 管理处): there it is no 处 of place.
_OFFICE: Final = "(?<!办事)(?<!管理)(?<!工程)"
_AFTER_ROAD: Final = re.compile(
    rf"(?P<stake>(?:{_STAKE})(?:[左右](?=处|\(|$))?)?"
    rf"(?:\((?P<inside>[^()]*?)(?P<inside_away>{_AWAY})?\)|距?(?P<reference>[^()]*?)(?P<away>{_AWAY})?)"
    rf"(?:{_OFFICE}处)?(?:(?P<heading>{_HEADING})(?:方向)?)?(?:道?路(?=.))?(?P<side>{_SIDE}|(?<=路)[东南西北左右])?",
    re.IGNORECASE,
)
_AWAY_PARTS: Final = re.compile(rf"\D*?(?P<bearing>{_WINDS})\D*(?P<number>[\d.]+)(?P<unit>\D+)")
_CROSSING: Final = re.compile(r"[与和同](?P<other>.+?)(?:平面|平)?(?:交叉|十字|丁字|交)?(?:路口|口|处|汇处)")
_ANY_ROAD: Final = re.compile(
    r"[GSXYCZ]\d{1,4}(?:国道|省道|县道|乡道|村道|高速公路|高速|线)?"
    r"|(?:国道|省道|县道|乡道|村道)[GSXYC]?\d{1,4}线?"
    r"|[^\d省市县区镇乡村]{1,10}?(?:高速公路|高速|快速路|大道|大街|公路|路|街|道|线|巷)"
)


class NotAPlace(ValueError):
    """A text names no road; the message quotes it."""

    def __init__(self, text: str) -> None:
        super().__init__(f"{text!r} 中没有道路, 应如 国道105线K12+345处右侧")


@dataclass(frozen=True)
class RoadPlace:
    """
    The elements of a place on a road; empty where they are not said.

    Attributes
    ----------
    road
        Name or number as people say it.
    stake
    reference
        Reference point on the road: 东关桥, or 与东环路交叉口 for a junction.
    bearing, distance_m
        Of the place, from the reference point along the road; both or neither. One of ``BEARINGS``.
    heading
        Way of travel: 由南向北, 上行, 下行.
    roadside
        东侧 (by compass), 左侧 or 右侧 (as stakes rise), 左幅, 右幅, 路中, 中央分隔带.

    Raises
    ------
    ValueError
        An element is none, or would be read as another one.
    """

    road: str
    stake: Stake | None = None
    reference: str = ""
    bearing: str = ""
    distance_m: float | None = None
    heading: str = ""
    roadside: str = ""

    def __post_init__(self) -> None:
        if not self.road:
            raise ValueError("a place needs a road")
        if bool(self.bearing) != (self.distance_m is not None) or (self.bearing and not self.reference):
            raise ValueError("bearing and distance go together, from a reference point")
        _must_be(self.bearing, _WINDS, "bearing")
        _must_be(self.heading, _HEADING, "heading")
        _must_be(self.roadside, _SIDE, "roadside")
        if self.reference and not _stands_alone(self.reference):
            raise ValueError(f"{self.reference!r} would not be read as a reference point")

    @property
    def crossing(self) -> str:
        """The other road, where the reference point is a junction: 东环路 of 与东环路交叉口."""
        match = _CROSSING.fullmatch(self.reference)
        return match["other"] if match else ""


def write_place(place: RoadPlace) -> str:
    """The place in one phrase; distances to the decimetre."""
    reference = place.reference
    if place.distance_m is not None:
        reference += f"以{place.bearing}{round(place.distance_m, 1):f}".rstrip("0").rstrip(".") + "米"
    if place.stake:
        where = str(place.stake) + (f"({reference})" if reference else "") + "处"
    else:
        where = f"{reference}处" if reference else ""
    heading = f"{place.heading}方向" if place.heading else ""
    return f"{place.road}{where}{heading}{place.roadside}"


def read_place(text: str, *, roads: Iterable[str] = ()) -> RoadPlace:
    """
    The elements of a place that a person or :func:`write_place` wrote.

    Parameters
    ----------
    roads
        Names of roads that may be meant. The first to occur is taken, of several there the longest; only if
        none occurs is a road guessed by its ending (路, 街, 线 …). What stands before the road (town,
        village) is left out.

    Raises
    ------
    NotAPlace
        No road is named.
    """
    plain = re.sub(r"[\s,;。]", "", unicodedata.normalize("NFKC", text))
    road, rest = _road_first(plain, roads)
    if not road:
        raise NotAPlace(text)
    match = _AFTER_ROAD.fullmatch(rest) or _AFTER_ROAD.fullmatch(re.sub(r"[()]", "", rest))
    assert match is not None  # without brackets everything can be a reference point
    bearing, distance_m = _away(match["away"] or match["inside_away"])
    reference = match["inside"] or match["reference"] or ""
    side = match["side"] or ""
    return RoadPlace(
        road=road,
        stake=parse_stake(match["stake"]) if match["stake"] else None,
        reference=reference if _stands_alone(reference) else "",
        bearing=bearing if reference else "",
        distance_m=distance_m if reference else None,
        heading=match["heading"] or "",
        roadside=f"{side}侧" if len(side) == 1 else side,
    )


def bearing_of(east_m: float, north_m: float) -> str:
    """Which of the eight winds a displacement points to."""
    octant = round(math.degrees(math.atan2(east_m, north_m)) / 45.0)
    return BEARINGS[octant % 8]


def _road_first(text: str, roads: Iterable[str]) -> tuple[str, str]:
    """The road that is named first, and the text after it."""
    known = [(text.find(name), -len(name), name) for name in roads if name and name in text]
    if known:
        begin, _, name = min(known)
        return name, text[begin + len(name) :]
    match = _ANY_ROAD.search(text)
    return (match[0], text[match.end() :]) if match else ("", text)


def _away(text: str | None) -> tuple[str, float | None]:
    """Bearing and distance of ``以北约50米``."""
    match = _AWAY_PARTS.fullmatch(text) if text else None
    if match is None:
        return "", None
    scale = 1000.0 if match["unit"].lower() in ("公里", "千米", "km") else 1.0
    return match["bearing"], float(match["number"]) * scale


def _must_be(text: str, pattern: str, what: str) -> None:
    if text and not re.fullmatch(pattern, text):
        raise ValueError(f"{text!r} is no {what}")


def _stands_alone(reference: str) -> bool:
    """Whether a reference point is read as one when 处 follows."""
    match = _AFTER_ROAD.fullmatch(f"{reference}处")
    return match is not None and match["reference"] == reference and not match["away"]

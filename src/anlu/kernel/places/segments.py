"""
Segments of roads (路段): which one a place lies on, what lies on one, and where they may not be.

The segment of a record is worked out from its road, its stake and its day, never stored: a register made later finds
earlier records, and one that is ended keeps those of its time.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from datetime import date
from functools import lru_cache
from itertools import islice
from typing import Any, Final

from django.db.models import DateField, OuterRef, Q, Value
from django.db.models.functions import Coalesce

from anlu.engine.roads.stakes import format_stake
from anlu.kernel.core.filters import Filter, FilterProblem, Parameters
from anlu.kernel.core.revisions import token
from anlu.kernel.places.locating import Locator
from anlu.kernel.places.models import Located, Segment

SEGMENTS_REVISION: Final = "places.segment"
LIMITS: Final = {
    "width_m": (1, 200),
    "lanes": (1, 20),
    "limit_kmh": (5, 120),
}  # least and most of what is stated
BEYOND_M: Final = 0.5  # a stake rounded to the metre may lie so far beyond the end of its road


# ------------------------------------------------------------------------------------------------ which segment
@dataclass(frozen=True)
class Stretch:
    """What decides whether a place lies on a segment; ``begins`` and ``ends`` are days, both included."""

    pk: int
    begin_m: float
    end_m: float
    begins: date
    ends: date

    def holds(self, chainage_m: float, on: date) -> bool:
        """A common end of two segments belongs to the one that begins there."""
        return self.begin_m <= chainage_m < self.end_m and self.begins <= on <= self.ends


def segment_of(thing: Located, on: date) -> Segment | None:
    """
    The segment that a located record lies on.

    Parameters
    ----------
    on
        The day of the record: a segment counts from the day on which it was set up to the day on which it was ended.
    """
    if thing.road_id is None or thing.chainage_m is None:
        return None
    stretches, segments = _register(token(SEGMENTS_REVISION))
    for stretch in stretches.get(thing.road_id, ()):
        if stretch.holds(thing.chainage_m, on):
            return segments[stretch.pk]
    return None


@lru_cache(maxsize=1)
def _register(state: int) -> tuple[dict[int, list[Stretch]], dict[int, Segment]]:
    """Live segments by road, the shortest first: where an import left two over each other, the closer one counts."""
    segments = {one.pk: one for one in placed_segments()}
    stretches: dict[int, list[Stretch]] = {}
    for one in sorted(segments.values(), key=lambda one: (one.end_m - one.begin_m, one.pk)):
        stretch = Stretch(
            one.pk, one.begin_m, one.end_m, one.valid_from or date.min, one.valid_to or date.max
        )
        stretches.setdefault(one.road_id, []).append(stretch)
    return stretches, segments


def placed_segments() -> Any:
    """Live segments whose road and stakes are known."""
    return Segment.objects.live().filter(road__isnull=False, begin_m__isnull=False, end_m__isnull=False)


# ------------------------------------------------------------------------------------------------ what lies on it
def lying_on(segment: Segment, day: str = "") -> Q:
    """
    The condition that a located record lies on a segment.

    Parameters
    ----------
    day
        Column of the record's day, "" where it has none.
    """
    if segment.stretch is None:
        return Q(pk__in=[])
    road, begin_m, end_m = segment.stretch
    found = Q(road=road, chainage_m__gte=begin_m, chainage_m__lt=end_m)
    if day and segment.valid_from:
        found &= Q(**{f"{day}__gte": segment.valid_from})
    if day and segment.valid_to:
        found &= Q(**{f"{day}__lte": segment.valid_to})
    return found


def lying_on_outer(day: str = "") -> Q:
    """The same as ``lying_on`` for a subquery: records on the segment of the outer row."""
    within = Q(road=OuterRef("road"), chainage_m__gte=OuterRef("begin_m"), chainage_m__lt=OuterRef("end_m"))
    if not day:
        return within
    begins, ends = (
        Coalesce(OuterRef(column), Value(limit, output_field=DateField()))
        for column, limit in (("valid_from", date.min), ("valid_to", date.max))
    )
    return within & Q(**{f"{day}__gte": begins, f"{day}__lte": ends})


@dataclass(frozen=True)
class SegmentFilter(Filter):
    """
    Records on one or more segments of the register, by number or exact name; ``column`` is the record's day.

    A name that several segments share means all of them.
    """

    placeholder: str = "编号或名称"

    def parse(self, values: Parameters) -> tuple[str, ...] | None:
        stated = {text.strip() for text in values.get(self.name, ()) if text.strip()}
        if not stated:
            return None
        called = list(_called(stated))
        unknown = sorted(stated - {word for one in called for word in (one.name, one.number)})
        if unknown:
            raise FilterProblem(f"{self.label}：没有「{unknown[0][:20]}」这个路段")
        return tuple(sorted({one.number for one in called}))

    def q(self, value: tuple[str, ...]) -> Q:
        found = Q(pk__in=[])
        for segment in Segment.objects.live().filter(number__in=value):
            found |= lying_on(segment, self.column)
        return found

    def parameters(self, value: tuple[str, ...]) -> list[tuple[str, str]]:
        return [(self.name, number) for number in value]

    def words(self, value: tuple[str, ...]) -> str:
        names = dict(Segment.objects.live().filter(number__in=value).values_list("number", "name"))
        return "、".join(names.get(number, number) for number in value)


def _called(words: set[str]) -> Any:
    clean = [word for word in words if "\x00" not in word]
    return Segment.objects.live().filter(Q(number__in=clean) | Q(name__in=clean))


# ------------------------------------------------------------------------------------------------ where it may be
def stakes_of(road: int, locator: Locator | None = None) -> tuple[float, float] | None:
    """Lowest and highest stake of a road in metres; None for a road without lines."""
    roads = (locator or Locator.current()).roads
    number = roads.numbers.get(road) if roads is not None else None
    if roads is None or number is None:
        return None
    spans = roads.roads.spans[0]
    return float(spans.low_m[number]), float(spans.high_m[number])


def misfit(segment: Segment) -> str:
    """Why the stakes of an unsaved segment cannot be: off its road, or over another segment; "" when they can."""
    if segment.stretch is None:
        return ""
    ends = stakes_of(segment.stretch[0])
    if ends and is_beyond(segment.stretch, ends):
        return f"{segment.road}的桩号是 {format_stake(ends[0])} 至 {format_stake(ends[1])}"
    others = placed_segments().exclude(pk=segment.pk).filter(road=segment.road_id).order_by("begin_m", "pk")
    other = next((one for one in others if is_over(segment, one)), None)
    if other is None:
        return ""
    return f"与「{other}」({format_stake(other.begin_m)} 至 {format_stake(other.end_m)})重叠；请先改它的桩号或停用日期"


def is_beyond(stretch: tuple[int, float, float], ends: tuple[float, float]) -> bool:
    """True for stakes off the ends of their road, by more than rounding."""
    _, begin_m, end_m = stretch
    return begin_m < ends[0] - BEYOND_M or end_m > ends[1] + BEYOND_M


def is_over(one: Segment, other: Segment) -> bool:
    """Whether two segments hold part of the same stakes of a road on any of the same days."""
    if one.stretch is None or other.stretch is None:
        return False
    (road, begin_m, end_m), (other_road, other_begin_m, other_end_m) = one.stretch, other.stretch
    return (
        road == other_road
        and begin_m < other_end_m
        and other_begin_m < end_m
        and (one.valid_from or date.min) <= (other.valid_to or date.max)
        and (other.valid_from or date.min) <= (one.valid_to or date.max)
    )


def pairs_over(segments: Iterable[Segment]) -> Iterator[tuple[Segment, Segment]]:
    """Pairs of segments that lie over each other."""
    stretches = [(stretch, one) for one in segments if (stretch := one.stretch) is not None]
    placed = sorted(stretches, key=lambda pair: pair[0])
    for place, ((road, _, end_m), one) in enumerate(placed):
        for (other_road, other_begin_m, _), other in islice(placed, place + 1, None):
            if other_road != road or other_begin_m >= end_m:
                break
            if is_over(one, other):
                yield one, other


def town_of(segments: Iterable[Segment]) -> list[int | None]:
    """Keys of the towns in which the middles of segments lie; None where that is not known."""
    locator, rows = Locator.current(), list(segments)
    found: list[int | None] = [None] * len(rows)
    known = [(place, row.stretch) for place, row in enumerate(rows) if row.stretch is not None]
    if locator.roads is None or not known:
        return found
    middles = [(begin_m + end_m) / 2 for _, (_, begin_m, end_m) in known]
    lon, lat = locator.roads.positions_of([road for _, (road, _, _) in known], middles)
    for (place, _), town in zip(known, locator.boundaries.towns_at(lon, lat).tolist(), strict=True):
        found[place] = town or None
    return found

"""Segments of roads can be imported from tables, an Excel sheet of the road office among them."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from functools import cache
from importlib.resources import files
from typing import Any, Final

from anlu.engine.roads.stakes import NotAStake, parse_stake
from anlu.kernel.core.importing.fields import MAIN, ImportField, Kind, Sheet
from anlu.kernel.core.importing.frames import pl
from anlu.kernel.core.importing.nouns import Composed, Context, Importer, importers
from anlu.kernel.core.importing.parsing import MARKS
from anlu.kernel.core.naming import sort_key_of
from anlu.kernel.places import permissions
from anlu.kernel.places.dictionaries import (
    ROAD_SAFETY,
    SEGMENT_FORM,
    SEGMENT_MARK,
    SEPARATION,
    TECHNICAL_CLASS,
)
from anlu.kernel.places.locating import Locator
from anlu.kernel.places.models import Area, Segment
from anlu.kernel.places.naming import road_names
from anlu.kernel.places.segments import (
    LIMITS,
    SEGMENTS_REVISION,
    is_beyond,
    pairs_over,
    placed_segments,
    stakes_of,
    town_of,
)


def _measured(name: str, label: str, kind: Kind) -> ImportField:
    least, most = LIMITS[name]
    return ImportField(name, label, kind, least=least, most=most)


FIELDS: Final = (
    ImportField("number", "编号", help="唯一", required=True, longest=30),
    ImportField("name", "名称", longest=80),
    ImportField("road", "道路", help="编号或名称", longest=120),
    ImportField("begin", "起点桩号", help="写作 K12+345", longest=30),
    ImportField("end", "止点桩号", help="写作 K15+200，大于起点", longest=30),
    ImportField("town", "辖区", help="乡镇街道的代码或名称；空则由桩号得出", longest=60),
    ImportField("unit_name", "负责单位", longest=80),
    ImportField("form", "路段类型", Kind.CODE, dictionary=SEGMENT_FORM),
    ImportField("technical_class", "技术等级", Kind.CODE, dictionary=TECHNICAL_CLASS),
    _measured("width_m", "路面宽(米)", Kind.DECIMAL),
    _measured("lanes", "车道数", Kind.INTEGER),
    _measured("limit_kmh", "限速(公里/小时)", Kind.INTEGER),
    ImportField("separation", "物理隔离", Kind.CODE, dictionary=SEPARATION),
    ImportField("safety", "道路安全属性", Kind.CODE, dictionary=ROAD_SAFETY),
    ImportField("dangers", "隐患提示", longest=300),
    ImportField("valid_from", "启用", Kind.DAY),
    ImportField("valid_to", "停用", Kind.DAY),
)
TEXTS: Final = ("name", "unit_name", "form", "technical_class", "separation", "safety", "dangers")
PLAIN: Final = ("width_m", "lanes", "limit_kmh", "valid_from", "valid_to")


class SegmentComposer:
    """
    Makes segments of parsed rows.

    What cannot be read is marked and left empty, the row is kept: a segment without road or stakes holds no records.
    """

    def __init__(self, context: Context) -> None:
        self.roads = road_names()
        rows = (
            Area.objects.live().filter(valid_to__isnull=True).order_by("pk").values_list("code", "name", "pk")
        )
        self.towns = {word: pk for code, name, pk in rows for word in (name, code)}
        written = (
            Segment.objects.filter(batch=context.batch) if context.batch else ()
        )  # before it was interrupted
        self.brought = {one.number: one for one in written}

    def prepare(self) -> None:
        """Segments refer to nothing that an import would have to write first."""

    def compose(self, main: pl.DataFrame, children: Mapping[str, pl.DataFrame]) -> Composed:
        """Segments of a chunk."""
        rows = list(main.iter_rows(named=True))
        locator = Locator.current()
        segments = [self._segment(row, locator) for row in rows]
        self._mark_overlaps(segments)
        for segment, town in zip(segments, town_of(segments), strict=True):
            segment.town_id = segment.town_id or town
        types = _types()
        columns = [field.attname for field in Segment._meta.concrete_fields if field.attname in types]
        made = pl.DataFrame(
            [{name: getattr(one, name) for name in columns} for one in segments], schema=types
        )
        return Composed(made, texts=[[one.number, one.name] for one in segments])

    def notes(self) -> Sequence[str]:
        """Nothing is odd about a whole file that its rows do not say."""
        return ()

    def _segment(self, row: Mapping[str, Any], locator: Locator) -> Segment:
        texts = {name: row.get(name) or "" for name in TEXTS}
        road = (row.get("road") or "").strip()
        segment = Segment(number=row["number"], road_name=road, road_id=self.roads.get(road), **texts)
        for name in PLAIN:
            setattr(segment, name, row.get(name))
        segment.name = segment.name or segment.number
        segment.sort_key = sort_key_of(segment.name)
        town = (row.get("town") or "").strip()
        segment.town_id = self.towns.get(town)
        marks = set(row[MARKS])
        marks |= {"road_unknown"} if segment.road_id is None else set()
        marks |= {"town_unknown"} if town and segment.town_id is None else set()
        marks |= self._stakes(segment, row, locator)
        segment.marks, segment.marked = sorted(marks), bool(marks)
        return segment

    def _stakes(self, segment: Segment, row: Mapping[str, Any], locator: Locator) -> set[str]:
        """Set the stakes of a segment; what is doubtful about them."""
        try:
            begin_m, end_m = (parse_stake(row.get(name) or "").chainage_m for name in ("begin", "end"))
        except NotAStake:
            return {"stakes_unreadable"}
        if end_m <= begin_m:
            return {"stakes_reversed"}
        segment.begin_m, segment.end_m = begin_m, end_m
        if segment.road_id is None:
            return set()
        ends = stakes_of(segment.road_id, locator)
        return {"off_road"} if ends and is_beyond((segment.road_id, begin_m, end_m), ends) else set()

    def _mark_overlaps(self, segments: Sequence[Segment]) -> None:
        """
        Compare with the register as it will be: what the file brings stands for what is there of its number.

        Of two that lie over each other the later one is marked: one of the file, and there the lower row.
        """
        self.brought |= {one.number: one for one in segments}
        roads = {one.road_id for one in segments if one.stretch}
        kept = {one.number: one for one in placed_segments().filter(road__in=roads)}
        known = {number: one for number, one in kept.items() if number not in self.brought} | self.brought
        order = {number: place for place, number in enumerate(known)}
        for pair in pairs_over(known.values()):
            later = max(pair, key=lambda one: order[one.number])
            later.marks, later.marked = sorted({*later.marks, "overlaps"}), True


@cache
def _types() -> Mapping[str, Any]:
    """Types of the columns that are written."""
    return {
        "number": pl.String,
        "name": pl.String,
        "road_id": pl.Int64,
        "road_name": pl.String,
        "begin_m": pl.Float64,
        "end_m": pl.Float64,
        "town_id": pl.Int64,
        "unit_name": pl.String,
        "form": pl.String,
        "technical_class": pl.String,
        "width_m": pl.Float64,
        "lanes": pl.Int64,
        "limit_kmh": pl.Int64,
        "separation": pl.String,
        "safety": pl.String,
        "dangers": pl.String,
        "valid_from": pl.Date,
        "valid_to": pl.Date,
        "sort_key": pl.String,
        "marks": pl.List(pl.String),
        "marked": pl.Boolean,
    }


def texts_of(segment: Segment) -> list[str]:
    """What the search finds a segment by."""
    return [segment.number, segment.name]


segments = importers.add(
    Importer(
        code="segments",
        label="路段",
        unit="个",
        marks=SEGMENT_MARK,
        permission=permissions.ROAD_CHANGE,
        model=Segment,
        sheets=(Sheet(MAIN, "路段", FIELDS),),
        models={MAIN: Segment},
        parent="",
        profiles=files("anlu.kernel.places").joinpath("profiles"),
        compose=SegmentComposer,
        texts=texts_of,
        follows=lambda read: {},
        revision=SEGMENTS_REVISION,
    )
)

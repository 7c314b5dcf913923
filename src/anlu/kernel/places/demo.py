"""The demonstration county's places: areas, villages, roads, segments, junctions, sites; all invented."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator
from datetime import date
from itertools import groupby
from typing import Final

import shapely
from django.db import transaction

from anlu.engine.county import County, make_county
from anlu.engine.county.records import HotSpot
from anlu.kernel.core.audit import record
from anlu.kernel.core.demo import demo_step
from anlu.kernel.core.naming import sort_key_of
from anlu.kernel.core.revisions import touch
from anlu.kernel.core.scope import SYSTEM
from anlu.kernel.places.models import Area, AreaKind, Road, Segment, Site
from anlu.kernel.places.segments import SEGMENTS_REVISION
from anlu.kernel.places.services import add_area
from anlu.kernel.places.surveys.boundaries import SurveyedArea, import_boundaries
from anlu.kernel.places.surveys.gazetteer import (
    SurveyedJunction,
    SurveyedSite,
    import_junctions,
    import_sites,
)
from anlu.kernel.places.surveys.roads import SurveyedLine, import_roads

SOURCE: Final = "demo"
BEGUN: Final = date(2018, 1, 1)


@demo_step(10, "places.areas", "县、镇街与村")
@transaction.atomic
def make_areas() -> str:
    """青澜县 with its 16 towns and sub-districts, their boundaries, and 116 villages."""
    if Area.objects.filter(kind=AreaKind.COUNTY, source=SOURCE).exists():
        return "已有"
    county = make_county()
    top = add_area(
        county.code,
        county.name,
        AreaKind.COUNTY,
        by=SYSTEM,
        valid_from=BEGUN,
        lon=county.lon,
        lat=county.lat,
        source=SOURCE,
    )
    towns = _add_towns(county, top)
    for village in county.villages:
        add_area(
            village.code,
            village.name,
            AreaKind.VILLAGE,
            by=SYSTEM,
            parent=towns[village.town],
            valid_from=BEGUN,
            lon=village.lon,
            lat=village.lat,
            source=SOURCE,
        )
    shapes: list[tuple[str, shapely.Geometry]] = [(county.code, county.boundary)]
    shapes += [(town.code, town.boundary) for town in county.towns]
    import_boundaries([SurveyedArea(code, shape) for code, shape in shapes], by=SYSTEM, source=SOURCE)
    return f"1 县 {len(towns)} 镇街 {len(county.villages)} 村"


def _add_towns(county: County, top: Area) -> dict[str, Area]:
    return {
        town.code: add_area(
            town.code,
            town.name,
            AreaKind.TOWN,
            by=SYSTEM,
            parent=top,
            valid_from=BEGUN,
            lon=town.lon,
            lat=town.lat,
            source=SOURCE,
        )
        for town in county.towns
    }


@demo_step(12, "places.roads", "道路")
@transaction.atomic
def make_roads() -> str:
    """All roads by class, with stakes."""
    if Road.objects.filter(source=SOURCE).exists():
        return "已有"
    county = make_county()
    lines = [
        SurveyedLine(
            road=line.road,
            coords=line.coords,
            name=county.road_by_code[line.road].name,
            technical_class=county.road_by_code[line.road].technical_class,
            administrative_class=county.road_by_code[line.road].administrative_class,
            owner=county.road_by_code[line.road].owner,
            stake_start_m=line.stake_start_m,
            stake_end_m=line.stake_end_m,
            town=line.town,
            local_name=line.local_name,
            urban=line.urban,
            lit=line.lit,
            limit_kmh=line.limit_kmh,
        )
        for line in county.lines
    ]
    survey = import_roads(lines, by=SYSTEM, source=SOURCE)
    return f"{survey.added} 条 {survey.km:.0f} 公里"


@demo_step(13, "places.segments", "路段")
@transaction.atomic
def make_segments() -> str:
    """
    National, provincial and county roads cut where they pass from one town to the next; stretches that the generator
    knows to be hot say what happens there.
    """
    if Segment.objects.filter(source=SOURCE).exists():
        return "已有"
    hot = [spot for spot in make_county().hot_spots if spot.kind == "segment"]
    roads = Road.objects.filter(source=SOURCE, administrative_class__in=CUT).order_by("code")
    made = []
    for road in roads:
        for segment in _cut(road):
            words = [spot.words for spot in hot if _holds(segment, road.code, spot)]
            segment.dangers, segment.safety = "；".join(words), "4" if words else "1"
            segment.sort_key = sort_key_of(segment.name)
            made.append(segment)
    Segment.objects.bulk_create(made)
    note = f"路段 {len(made)} 个"
    record("survey", None, by=SYSTEM, kind="places.segment", label=SOURCE, note=note)
    touch(SEGMENTS_REVISION)
    return note


CUT: Final = ("1", "2", "3")  # national, provincial and county roads
# Lanes and metres of pavement that are usual for a technical class (JTG B01: lanes of 3.75, 3.5 and 3.25 m, shoulders).
BUILT: Final = {"10": (4, 23.5), "11": (4, 18.0), "12": (2, 12.0), "13": (2, 7.5), "14": (2, 6.0)}


def _cut(road: Road) -> Iterator[Segment]:
    """Segments of a road by rising stakes, one for each run of lines in the same town."""
    lines = road.lines.filter(town__isnull=False, stake_start_m__isnull=False, stake_end_m__isnull=False)
    ordered = sorted(lines.select_related("town"), key=lambda line: min(line.stake_start_m, line.stake_end_m))
    lanes, width_m = BUILT.get(road.technical_class, (2, 6.0))
    passed: Counter[str] = Counter()
    for number, (town, run) in enumerate(groupby(ordered, key=lambda line: line.town), 1):
        parts = list(run)
        stakes = [stake for line in parts for stake in (line.stake_start_m, line.stake_end_m)]
        passed[town.name] += 1
        again = f"{passed[town.name]}段" if passed[town.name] > 1 else "段"
        yield Segment(
            number=f"{road.code}-{number:02d}",
            name=f"{road.name}{town.name}{again}",
            road=road,
            begin_m=min(stakes),
            end_m=max(stakes),
            town=town,
            technical_class=road.technical_class,
            form="21",
            lanes=lanes,
            width_m=width_m,
            separation="2" if lanes > 2 else "1",
            limit_kmh=Counter(line.limit_kmh for line in parts if line.limit_kmh).most_common(1)[0][0],
            valid_from=BEGUN,
            source=SOURCE,
        )


def _holds(segment: Segment, code: str, spot: HotSpot) -> bool:
    """The middle of a hot stretch lies on a segment of the road with this code."""
    if segment.stretch is None or code != spot.road:
        return False
    _, begin_m, end_m = segment.stretch
    return begin_m <= (spot.from_m + spot.to_m) / 2 < end_m


@demo_step(14, "places.points", "路口与点位")
@transaction.atomic
def make_points() -> str:
    """Junctions, schools, markets with their fair days, hospitals, petrol stations."""
    if Site.objects.filter(source=SOURCE).exists():
        return "已有"
    county = make_county()
    junctions = [
        SurveyedJunction(
            one.code, one.name, one.lon, one.lat, one.roads, one.form, one.legs, one.signals, one.town
        )
        for one in county.junctions
    ]
    sites = [
        SurveyedSite(
            one.code,
            one.name,
            one.kind,
            one.lon,
            one.lat,
            one.road,
            one.chainage_m,
            one.town,
            one.fair_days,
            one.opens,
            one.closes,
        )
        for one in county.sites
    ]
    made = import_junctions(junctions, by=SYSTEM, source=SOURCE)
    found = import_sites(sites, by=SYSTEM, source=SOURCE)
    return f"路口 {made.added} 个, 点位 {found.added} 个"

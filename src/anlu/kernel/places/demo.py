"""The demonstration county's places: areas with boundaries, villages, roads, junctions, sites; all invented."""

from __future__ import annotations

from datetime import date
from typing import Final

import shapely
from django.db import transaction

from anlu.engine.county import County, make_county
from anlu.kernel.core.demo import demo_step
from anlu.kernel.core.scope import SYSTEM
from anlu.kernel.places.models import Area, AreaKind, Road, Site
from anlu.kernel.places.services import add_area
from anlu.kernel.places.surveys import (
    SurveyedArea,
    SurveyedJunction,
    SurveyedLine,
    SurveyedSite,
    import_boundaries,
    import_junctions,
    import_roads,
    import_sites,
)

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


@demo_step(14, "places.points", "路口与点位")
@transaction.atomic
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

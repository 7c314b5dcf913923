"""Junctions and sites."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from typing import Any, Final

from django.db import transaction

from anlu.kernel.core.audit import record
from anlu.kernel.core.bulk import insert_rows
from anlu.kernel.core.clock import now
from anlu.kernel.core.naming import sort_key_of
from anlu.kernel.core.scope import Viewer
from anlu.kernel.places.locating import Locator
from anlu.kernel.places.models import (
    Area,
    Junction,
    JunctionArm,
    Located,
    Road,
    Site,
    SiteKind,
)
from anlu.kernel.places.services import place_at
from anlu.kernel.places.surveys.survey import Survey, Unusable


@dataclass(frozen=True, slots=True)
class SurveyedJunction:
    """A junction with the roads that meet there, the greatest first: number and chainage of each."""

    code: str
    name: str
    lon: float
    lat: float
    roads: tuple[tuple[str, float | None], ...] = ()
    form: str = ""
    legs: int = 0
    signals: bool | None = None
    town: str = ""


@dataclass(frozen=True, slots=True)
class SurveyedSite:
    """A site; ``kind`` is one of ``SiteKind``."""

    code: str
    name: str
    kind: str
    lon: float
    lat: float
    road: str = ""
    chainage_m: float | None = None
    town: str = ""
    fair_days: tuple[int, ...] = ()
    opens: str = ""
    closes: str = ""


@transaction.atomic
def import_junctions(junctions: Iterable[SurveyedJunction], *, by: Viewer, source: str = "") -> Survey:
    """Add junctions, or bring those of the same number up to date; others stay as they are."""
    rows = list(junctions)
    gazetteer = _Gazetteer()
    things = [
        Junction(
            code=surveyed.code,
            name=surveyed.name,
            form=surveyed.form,
            legs=surveyed.legs,
            signals=surveyed.signals,
            road_id=gazetteer.roads.get(surveyed.roads[0][0]) if surveyed.roads else None,
            chainage_m=surveyed.roads[0][1] if surveyed.roads else None,
            **gazetteer.common(surveyed, by=by, source=source),
        )
        for surveyed in rows
    ]
    gazetteer.place(things, rows)
    survey = _stored(Junction, things)
    keys = dict(Junction.objects.live().filter(code__in=[one.code for one in rows]).values_list("code", "pk"))
    JunctionArm.objects.filter(junction__in=list(keys.values())).delete()
    arms = [
        (keys[surveyed.code], gazetteer.roads[code], chainage_m)
        for surveyed in rows
        for code, chainage_m in surveyed.roads
        if code in gazetteer.roads
    ]
    insert_rows(JunctionArm, ("junction_id", "road_id", "chainage_m"), arms)
    record(
        "survey", None, by=by, kind="places.junction", label=source or "路口数据", note=f"路口 {len(rows)} 个"
    )
    return survey


@transaction.atomic
def import_sites(sites: Iterable[SurveyedSite], *, by: Viewer, source: str = "") -> Survey:
    """Add sites, or bring those of the same number up to date; one of an unknown kind is given back."""
    rows = list(sites)
    usable = [surveyed for surveyed in rows if surveyed.kind in SiteKind.values]
    gazetteer = _Gazetteer()
    things = [
        Site(
            code=surveyed.code,
            name=surveyed.name,
            kind=surveyed.kind,
            fair_days=list(surveyed.fair_days),
            opens=surveyed.opens,
            closes=surveyed.closes,
            road_id=gazetteer.roads.get(surveyed.road),
            chainage_m=surveyed.chainage_m,
            **gazetteer.common(surveyed, by=by, source=source),
        )
        for surveyed in usable
    ]
    gazetteer.place(things, usable)
    survey = _stored(Site, things)
    expected = f"类别应为 {'、'.join(SiteKind.values)}"
    survey.unusable = [
        Unusable(number, one.code, expected)
        for number, one in enumerate(rows)
        if one.kind not in SiteKind.values
    ]
    record(
        "survey", None, by=by, kind="places.site", label=source or "点位数据", note=f"点位 {len(things)} 个"
    )
    return survey


class _Gazetteer:
    """Roads and towns by number, and the locator: what every surveyed place needs."""

    def __init__(self) -> None:
        self.roads = dict(Road.objects.live().values_list("code", "pk"))
        self.towns = dict(Area.objects.live().filter(valid_to__isnull=True).values_list("code", "pk"))

    def common(self, surveyed: SurveyedJunction | SurveyedSite, *, by: Viewer, source: str) -> dict[str, Any]:
        """Columns that junctions and sites share."""
        return {
            "sort_key": sort_key_of(surveyed.name),
            "town_id": self.towns.get(surveyed.town),
            "source": source,
            "created_by": by.uid,
        }

    def place(self, things: Sequence[Located], rows: Sequence[SurveyedJunction | SurveyedSite]) -> None:
        """Positions, and what follows from them."""
        locator = Locator.current()
        for thing, surveyed in zip(things, rows, strict=True):
            place_at(thing, surveyed.lon, surveyed.lat)
            locator.complete(thing)


_KEPT: Final = frozenset({"id", "uid", "created_at", "created_by", "changed_at", "recorded_at", "version"})


def _stored(model: type[Junction] | type[Site], things: Sequence[Any]) -> Survey:
    """Add what is new by its number; what is there keeps its identity."""
    there = {
        thing.code: thing for thing in model.objects.live().filter(code__in=[one.code for one in things])
    }
    names = [one.name for one in model._meta.concrete_fields if one.name not in _KEPT]
    new, old = [], []
    for thing in things:
        known = there.get(thing.code)
        if known is None:
            new.append(thing)
            continue
        for name in names:
            setattr(known, name, getattr(thing, name))
        known.version += 1
        known.changed_at = now()  # an update of many does not set it
        old.append(known)
    model.objects.bulk_create(new, batch_size=500)
    if old:
        model.objects.bulk_update(old, [*names, "version", "changed_at"], batch_size=200)
    return Survey(added=len(new), changed=len(old))

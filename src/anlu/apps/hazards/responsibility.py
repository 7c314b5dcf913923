"""Who answers for a hazard: the matrix of road class and aspect, in force on the day it was found."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date
from typing import Final

from anlu.apps.hazards.models import Responsibility
from anlu.apps.hazards.terms import ASPECT, ROAD_CLASS
from anlu.kernel.cases.models import Case
from anlu.kernel.core.dictionaries import label_of
from anlu.kernel.people.access import valid_on
from anlu.kernel.people.models import Unit, UnitKind
from anlu.kernel.places.models import Road

ANY: Final = "any"
CITY: Final = "city"
MOTORWAY: Final = "motorway"
MOTORWAY_CLASS: Final = "10"  # technical class
URBAN_CLASSES: Final = frozenset({"21", "22"})  # technical classes of urban roads
PUBLIC_CLASSES: Final = frozenset("12345")
BY_PLACE: Final = {"镇街": UnitKind.TOWN_OFFICE, "中队": UnitKind.SQUADRON}
PARTNERS: Final = (UnitKind.DEPARTMENT, UnitKind.GOVERNMENT, UnitKind.COMMITTEE, UnitKind.BRIGADE)


@dataclass(frozen=True)
class Answer:
    """Who leads and who helps, and why."""

    lead: Unit | None
    helpers: tuple[Unit, ...]
    why: str


def road_class_of(road: Road | None) -> str:
    """``motorway``, 1-5 for national to village roads, ``city`` for urban ones, "" where it is not known."""
    if road is None:
        return ""
    if road.technical_class == MOTORWAY_CLASS:
        return MOTORWAY
    if road.administrative_class in PUBLIC_CLASSES:
        return road.administrative_class
    return CITY if road.technical_class in URBAN_CLASSES or not road.administrative_class else ""


def answer_for(case: Case, aspect: str) -> Answer:
    """The unit that answers for an aspect of the road at the place of a case."""
    road_class = road_class_of(case.road)
    row = _row(road_class, aspect, case.found_on)
    if row is None:
        return Answer(None, (), "")
    lead = row.unit if row.unit is not None else _unit(row.words, case)
    helpers = _distinct((_unit(words, case) for words in row.helpers.split()), but=lead)
    if lead is None:
        return Answer(None, helpers, f"「{row.words}」还没有登记为单位")
    road = label_of(ROAD_CLASS, row.road_class)
    return Answer(lead, helpers, f"按「{label_of(ASPECT, aspect)}」自动带出（{road}）")


def _row(road_class: str, aspect: str, on: date) -> Responsibility | None:
    rows = Responsibility.objects.live().filter(valid_on(on), aspect=aspect, road_class__in=(road_class, ANY))
    found = sorted(rows.select_related("unit"), key=lambda row: (row.road_class == ANY, -row.pk))
    return found[0] if found else None


def _unit(words: str, case: Case) -> Unit | None:
    units = Unit.objects.live().filter(valid_to__isnull=True)
    if words == "中队" and case.unit is not None:
        return case.unit
    if words in BY_PLACE:
        return (
            units.filter(kind=BY_PLACE[words], area=case.town_id).order_by("pk").first()
            if case.town_id
            else None
        )
    named = units.filter(kind__in=PARTNERS, name__contains=words)
    return named.order_by("sort_key", "pk").first()


def _distinct(units: Iterable[Unit | None], *, but: Unit | None) -> tuple[Unit, ...]:
    found = {one.pk: one for one in units if one is not None}
    if but is not None:
        found.pop(but.pk, None)
    return tuple(found.values())

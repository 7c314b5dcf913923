"""Who acts in the tests of hazards: a squadron with its town, a gardener, a committee office, an inspector."""

from __future__ import annotations

import io
from collections.abc import Iterator
from copy import deepcopy
from dataclasses import dataclass
from datetime import date

import pytest
from PIL import Image
from pytest_django import DjangoDbBlocker

from anlu.apps.hazards.models import GradeRule, Responsibility
from anlu.apps.hazards.seeding import seed_grade_rules, seed_responsibilities
from anlu.kernel.cases.kinds import VERBS
from anlu.kernel.core.scope import SYSTEM, Width
from anlu.kernel.people.models import Officer, Unit, UnitKind
from anlu.kernel.people.services import assign_area
from anlu.kernel.places.models import Area, Road
from anlu.kernel.places.services import add_road
from tests.factories import make_area, make_officer, make_unit
from tests.lasting import handed_out, lasting

FAMILY = "hazards.hazard"
DAY = date(2023, 6, 20)


def allowed(*verbs: str) -> list[str]:
    """Permissions of hazards."""
    return [f"{FAMILY}.{verb}" for verb in verbs]


@dataclass
class Stage:
    """A small county."""

    town: Area
    squadron: Unit
    highway: Unit
    garden: Unit
    office: Unit
    national: Road
    street: Road
    finder: Officer
    chief: Officer
    liaison: Officer
    inspector: Officer
    stranger: Officer


@pytest.fixture
def stage(county: Stage, db: None, monkeypatch: pytest.MonkeyPatch) -> Stage:
    """On Tuesday 2023-06-20; what a test changes of it is its own."""
    monkeypatch.setenv("ANLU_TODAY", DAY.isoformat())
    return deepcopy(county)


@pytest.fixture(scope="module")
def county(django_db_setup: None, django_db_blocker: DjangoDbBlocker) -> Iterator[Stage]:
    """The county as all tests of a module find it."""
    with pytest.MonkeyPatch.context() as patch, lasting(django_db_blocker):
        patch.setenv("ANLU_TODAY", DAY.isoformat())
        made = make_stage()
        with handed_out(django_db_blocker):
            yield made


def make_stage() -> Stage:
    """Make it, with the rules that come with the platform."""
    town = make_area("柳镇")
    brigade = make_unit("大队", UnitKind.BRIGADE)
    squadron = make_unit("柳镇中队", parent=brigade, area=town)
    assign_area(squadron, town, by=SYSTEM)
    highway = make_unit("测试县公路事业发展中心", UnitKind.DEPARTMENT)
    garden = make_unit("测试县园林服务中心", UnitKind.DEPARTMENT)
    office = make_unit("柳镇安全办", UnitKind.TOWN_OFFICE, area=town)
    assert seed_responsibilities() == Responsibility.objects.count() > 40
    assert seed_grade_rules() == GradeRule.objects.count()
    handles = allowed("view", "add", "change", "handle", "reply")
    return Stage(
        town=town,
        squadron=squadron,
        highway=highway,
        garden=garden,
        office=office,
        national=add_road("G999", "测试国道", by=SYSTEM, administrative_class="1", technical_class="12"),
        street=add_road("S-1", "测试路", by=SYSTEM, technical_class="22"),
        finder=make_officer(squadron, *handles, width=Width.OWN),
        chief=make_officer(brigade, *allowed(*[verb for verb, _, _ in VERBS]), width=Width.ALL),
        liaison=make_officer(highway, *allowed("view", "reply"), width=Width.OWN),
        inspector=make_officer(make_unit("督查室"), *allowed("view", "inspect"), width=Width.ALL),
        stranger=make_officer(make_unit("别处中队"), *handles, width=Width.OWN),
    )


def photo(shade: int = 90) -> bytes:
    """A small picture."""
    out = io.BytesIO()
    Image.new("RGB", (64, 48), (shade, 120, 90)).save(out, "JPEG")
    return out.getvalue()

"""Filters by what stands in the sheet of a hazard: the rows that a look at each sheet finds."""

from __future__ import annotations

from collections.abc import Callable
from datetime import date
from typing import Any

import pytest

from anlu.apps.hazards.models import Hazard
from anlu.kernel.cases.models import Case
from anlu.web.ledgers import ledgers
from anlu.web.pages.listing import filters_of

pytestmark = pytest.mark.django_db


@pytest.fixture
def junctions(db: None) -> list[Case]:
    """One without a sheet, one with an empty one, and one for each of some classes, grades and deficits."""
    made = []
    for number, (road_class, grade, deficit) in enumerate(
        [("", "", None), ("", "", None), ("1", "major", 60.0), ("1", "general", 50.0), ("2", "major", 12.5)]
    ):
        case = Case.objects.create(
            kind="hazards.junction_sight",
            family="hazards.hazard",
            number=f"J-{number}",
            title="路口",
            state="sent",
            found_on=date(2023, 6, 1),
        )
        if number:
            Hazard.objects.create(case=case, road_class=road_class, grade=grade, deficit_m=deficit)
        made.append(case)
    return made


@pytest.mark.parametrize(
    ("ledger", "name", "value", "is_wanted"),
    [
        ("hazards.hazard", "road_class", ("1",), lambda one: one.road_class == "1"),
        ("hazards.hazard", "road_class", ("1", "2"), lambda one: one.road_class != ""),
        ("hazards.hazard", "road_class", ("-",), lambda one: one.road_class == ""),
        ("hazards.hazard", "road_class", ("-", "2"), lambda one: one.road_class != "1"),
        ("hazards.hazard", "suggested", ("major",), lambda one: one.grade == "major"),
        ("hazards.sight", "deficit", (50, None), lambda one: (one.deficit_m or 0) >= 50),
        ("hazards.sight", "deficit", (10, 50), lambda one: one.deficit_m in (50, 12.5)),
    ],
)
def test_a_filter_finds_what_stands_in_the_sheet(
    junctions: list[Case], ledger: str, name: str, value: Any, is_wanted: Callable[[Hazard], bool]
) -> None:
    chosen = next(one for one in filters_of(ledgers.get(ledger)) if one.name == name)
    wanted = {one.case_id for one in Hazard.objects.all() if is_wanted(one)}
    assert set(Case.objects.filter(chosen.q(value)).values_list("pk", flat=True)) == wanted
    assert 0 < len(wanted) < len(junctions)

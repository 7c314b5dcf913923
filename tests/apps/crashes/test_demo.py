"""The demonstration county's crashes: the article's three figures follow from records, and nobody in them is real."""

from __future__ import annotations

from datetime import date

import pytest
from django.db.models import Count, Sum

from anlu.apps.crashes.demo import make_crashes
from anlu.apps.crashes.demonstration.county import HALVES
from anlu.apps.crashes.demonstration.making import Town, make
from anlu.apps.crashes.models import Crash, CrashParty, CrashVehicle, ProcedureChange
from anlu.engine.indicators.compare import compare_counts
from anlu.kernel.core.dictionaries import seed_all
from anlu.kernel.people.demo import make_areas, make_units

TOWNS = [Town(f"99012110{n}", 115.8, 36.7) for n in range(3)]


@pytest.fixture
def county(db: None) -> str:
    seed_all()
    make_areas()
    make_units()
    return make_crashes()


def test_the_same_seed_makes_the_same_county() -> None:
    first, second, other = make(TOWNS), make(TOWNS), make(TOWNS, seed=1)
    assert first == second
    assert first != other


@pytest.mark.parametrize("seed", range(5))
def test_every_half_year_adds_up_to_its_numbers_whatever_the_seed(seed: int) -> None:
    made = make(TOWNS, seed=seed)
    by_number = {row["number"]: row for row in made.crashes}
    for half in HALVES:
        span = {
            number
            for number, row in by_number.items()
            if half.start <= date.fromisoformat(row["occurred_at"][:10]) <= half.end
        }
        ordinary = {n for n in span if by_number[n]["procedure"] == "ordinary" or n in made.raised}
        assert len(ordinary) == half.crashes
        assert len(span - ordinary) == half.summary


def test_the_three_figures_of_the_article_follow_from_the_records(county: str) -> None:
    def totals(year: int) -> tuple[int, int, int]:
        span = (date(year, 1, 1), date(year, 6, 30))
        rows = Crash.objects.live().filter(procedure="ordinary", occurred_on__range=span)
        found = rows.aggregate(crashes=Count("pk"), injured=Sum("injured"), killed=Sum("killed"))
        return found["crashes"], found["injured"], found["killed"]

    assert (totals(2022), totals(2023)) == ((280, 242, 53), (187, 164, 39))
    changes = [
        compare_counts(now, then).change_pct for now, then in zip(totals(2023), totals(2022), strict=True)
    ]
    assert [round(change, 2) for change in changes if change is not None] == [-33.21, -32.23, -26.42]


def test_every_crash_lies_in_a_town_and_belongs_to_the_squadron_that_answers_for_it(county: str) -> None:
    assert not Crash.objects.filter(town=None).exists()
    assert not Crash.objects.filter(unit=None).exists()
    assert Crash.objects.values("town").distinct().count() == 16
    for crash in Crash.objects.select_related("town", "unit")[:50]:
        assert crash.unit is not None
        assert crash.unit.area_id == crash.town_id


def test_nobody_is_real(county: str) -> None:
    assert all(name.endswith("某") for name in CrashParty.objects.values_list("name", flat=True))
    assert all(
        plate in ("",) or plate.startswith("演")
        for plate in CrashVehicle.objects.values_list("plate", flat=True)
    )
    assert set(Crash.objects.values_list("source", flat=True)) == {"demo"}


def test_changes_of_procedure_are_on_record(county: str) -> None:
    changes = ProcedureChange.objects.all()
    assert changes.count() > 10
    assert all((one.from_procedure, one.to_procedure) == ("summary", "ordinary") for one in changes)


def test_making_it_twice_changes_nothing(county: str) -> None:
    count = Crash.objects.count()
    assert make_crashes() == "已有"
    assert Crash.objects.count() == count == len(make(TOWNS).crashes)

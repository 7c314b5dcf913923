"""The real file (Hong Kong 2014-2019): taken whole, unchanged the second time, and every official total comes out."""

from __future__ import annotations

import csv
import random
from collections.abc import Iterator
from pathlib import Path

import pytest
from django.core.management import call_command
from django.db import connection
from pytest_django.plugin import DjangoDbBlocker

from anlu.apps.crashes.filters import FILTERS
from anlu.apps.crashes.models import Crash, CrashParty, CrashVehicle, Severity
from anlu.apps.crashes.statistics.dimensions import by_severity, by_year
from anlu.apps.crashes.statistics.tables import (
    by_year_and,
    divided,
    persons,
    regions_by_severity,
    towns_by_year,
    weekday_by_hour,
)
from anlu.engine.periods import Period
from anlu.kernel.core.filters import Selection
from anlu.kernel.core.importing.lifecycle import Result
from anlu.kernel.core.scope import SYSTEM
from anlu.kernel.indicators.tables import Cell, Table
from anlu.kernel.indicators.window import Window
from tests.apps.crashes.files import import_file, numbers
from tests.factories import seed_dictionaries

pytestmark = [pytest.mark.shared_data, pytest.mark.django_db]

YEARS = range(2014, 2020)
# From the notes of the data: fatal, serious, slight crashes, all; killed, seriously and slightly injured persons.
YEARLY = {
    2014: (99, 2_508, 13_183, 15_790, 100, 2_615, 17_139),
    2015: (117, 2_510, 13_543, 16_170, 122, 2_703, 17_556),
    2016: (129, 2_379, 13_591, 16_099, 132, 2_492, 17_508),
    2017: (104, 2_070, 13_551, 15_725, 108, 2_214, 17_566),
    2018: (107, 1_682, 14_146, 15_935, 135, 1_840, 17_662),
    2019: (107, 1_831, 14_164, 16_102, 113, 1_996, 18_109),
}
REGIONS = {"Hong Kong Island": "HKI", "Kowloon": "KLN", "New Territories": "NT"}


@pytest.fixture(scope="module")
def imported(
    shared_data: Path, django_db_setup: None, django_db_blocker: DjangoDbBlocker
) -> Iterator[tuple[Result, Result]]:
    """The real file imported twice, once for the whole module; the database is emptied afterwards."""
    files = {
        "main": shared_data / "hk_crashes_2014_2019.csv.gz",
        "casualties": shared_data / "hk_casualties_2014_2019.csv.gz",
        "vehicles": shared_data / "hk_vehicles_2014_2019.csv.gz",
    }
    with django_db_blocker.unblock():
        seed_dictionaries()
        first, second = import_file(**files), import_file(**files)
    yield first, second
    # With the links switched on SQLite would go through each row.
    with django_db_blocker.unblock(), connection.constraint_checks_disabled():
        call_command("flush", interactive=False, verbosity=0)


@pytest.fixture
def whole(imported: object) -> Window:
    """All six years."""
    return Window(Period.parse("2014-01-01..2019-12-31"))


def test_every_row_is_taken(imported: tuple[Result, Result]) -> None:
    first, _ = imported
    assert first.counts.rows == 95_821
    assert first.counts.refused < 100
    assert all(one.reason for one in first.refused.first)
    assert first.batch.profile == "hk_td"
    assert first.orphans == {"vehicles": 2}  # two rows of year 0
    assert (CrashParty.objects.live().count(), CrashVehicle.objects.live().count()) == (120_110, 153_060)


def test_the_second_time_every_row_is_unchanged(imported: tuple[Result, Result]) -> None:
    _, second = imported
    assert numbers(second) == (95_821, 0, 0, 95_821, 0)


def test_rows_without_position_are_kept_and_marked(imported: object) -> None:
    without = Crash.objects.live().filter(cell_x__isnull=True)
    assert without.count() == 5_993
    assert all("no_position" in crash.marks for crash in without[:50])
    assert not Crash.objects.live().filter(town__isnull=True).exists()


def test_mojibake_is_kept_as_it_came(imported: object) -> None:
    assert Crash.objects.live().filter(place_text__contains="ï¬").exists()


def test_the_yearly_table_comes_out(whole: Window) -> None:
    severities = divided(by_year(whole), by_severity(), whole, SYSTEM)
    people = persons(by_year(whole), whole, SYSTEM)
    for year in YEARS:
        key = str(year)
        *crashes, everything, killed, serious, slight = YEARLY[year]
        found = [
            severities.cells[key][code].value for code in (Severity.FATAL, Severity.SERIOUS, Severity.SLIGHT)
        ]
        assert found == crashes
        assert severities.row_totals[key].value == everything
        counted = [
            people.cells[key][name].value for name in ("killed", "seriously_injured", "slightly_injured")
        ]
        assert counted == [killed, serious, slight]
        assert people.cells[key]["injured"].value == serious + slight


def official(shared_data: Path) -> list[dict[str, str]]:
    with (shared_data / "hk_official_totals_2014_2019.csv").open(encoding="utf-8") as opened:
        return list(csv.DictReader(opened))


def test_all_162_cells_of_the_official_tables_come_out(shared_data: Path, whole: Window) -> None:
    rows = official(shared_data)
    assert len(rows) == 162
    districts = by_code(towns_by_year(whole, SYSTEM))
    regions = {}
    for year in YEARS:
        table = regions_by_severity(whole.at(Period.parse(str(year))), SYSTEM)
        assert table is not None
        regions[str(year)] = by_code(table)
    for row in rows:
        if row["level"] == "district":
            found = districts[row["code"]][row["year"]]
        else:
            found = regions[row["year"]][REGIONS[row["region"]]][row["severity"].lower()]
        assert found.value == int(row["crashes"]), row


def by_code(table: Table) -> dict[str, dict[str, Cell]]:
    """Cells by the code of the area that the ledger is asked for."""
    found = {}
    for heading in table.rows:
        code = dict(heading.parameters).get("town", "").removeprefix("=")
        found[code] = {str(column.key): table.cells[heading.key][column.key] for column in table.columns}
    return found


@pytest.mark.parametrize("seed", range(3))
def test_every_number_opens_exactly_its_rows(whole: Window, seed: int) -> None:
    rng = random.Random(seed)
    year = whole.at(Period.parse(str(rng.choice(YEARS))))
    tables = [
        towns_by_year(whole, SYSTEM),
        by_year_and(by_severity(), whole, SYSTEM),
        weekday_by_hour(year, SYSTEM),
    ]
    for table in tables:
        for row in rng.sample(table.rows, 2):
            for column in rng.sample(table.columns, 2):
                assert_opens(table.cells[row.key][column.key])
            assert_opens(table.row_totals[row.key])
        assert_opens(table.total)


def assert_opens(cell: Cell) -> None:
    asked: dict[str, list[str]] = {}
    for name, value in cell.parameters:
        asked.setdefault(name, []).append(value)
    selection = Selection.read(FILTERS, asked)
    assert not selection.problems
    assert Crash.objects.visible_to(SYSTEM).filter(selection.q()).count() == cell.value, cell.query

"""The crashes of the demonstration county, brought in by the import like any other file."""

from __future__ import annotations

import csv
import tempfile
from collections.abc import Iterable
from datetime import timedelta
from itertools import groupby
from pathlib import Path
from typing import Final

from django.db.models import F, QuerySet
from django.db.models.functions import Coalesce

from anlu.apps.crashes import services
from anlu.apps.crashes.demonstration.rows import Row, Sheets, rows_of, spoiled
from anlu.apps.crashes.importing.fields import CASUALTIES, VEHICLES
from anlu.apps.crashes.imports import REVISION, crashes
from anlu.apps.crashes.models import Crash, CrashParty, CrashVehicle, Procedure
from anlu.engine.county import make_county
from anlu.engine.county.periods import PERIODS
from anlu.kernel.core.demo import demo_step
from anlu.kernel.core.importing.fields import MAIN
from anlu.kernel.core.importing.lifecycle import run_import
from anlu.kernel.core.importing.planning import make_plan
from anlu.kernel.core.revisions import touch
from anlu.kernel.core.scope import SYSTEM, Viewer
from anlu.kernel.people.models import Officer

SOURCE: Final = "demo"
YEARS: Final = sorted({period.first.year for period in PERIODS})
CLERK: Final = "crash"  # login of the crash clerk, whose imports these are
MAPPING: Final = """
[profile]
code = "demo"
label = "演示数据"
[options]
source = "demo"
[columns]
{columns}
"""


@demo_step(50, "crashes.records", "事故")
def make_crashes() -> str:
    """Four and a half years of crashes with vehicles and parties, a file a year; F13-F15 follow from them."""
    clerk: Viewer = Officer.objects.filter(login=CLERK).first() or SYSTEM
    missing = [year for year in YEARS if not _ours().filter(occurred_on__year=year).exists()]
    if not missing:
        return "已有"
    county = make_county()
    for year, found in groupby(county.crashes, key=lambda crash: crash.occurred_at.year):
        if year in missing:
            _import(year, rows_of(found, county.road_by_code), last=year == YEARS[-1], by=clerk)
    # In the county's own time a crash is entered when its file is opened, not when the demonstration is made.
    entered = Coalesce(F("filed_at"), F("occurred_at") + timedelta(days=1))
    _ours().update(recorded_at=entered)
    touch(REVISION)
    vehicles, parties = CrashVehicle.objects.count(), CrashParty.objects.count()
    return f"{_ours().count()} 起, 车辆 {vehicles}, 当事人 {parties}"


def _ours() -> QuerySet[Crash]:
    return Crash.objects.filter(source=SOURCE)


def _import(year: int, sheets: Sheets, *, last: bool, by: Viewer) -> None:
    """One year's file; at the end of the last one stand rows that no import takes, as in any real file."""
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        mapping = folder / "demo.toml"
        columns = "\n".join(f'{name} = "{name}"' for name in sheets.crashes[0])
        mapping.write_text(MAPPING.format(columns=columns), encoding="utf-8")
        rows = [*sheets.crashes, *(spoiled(sheets.crashes) if last else ())]
        files = {
            MAIN: _written(folder / f"演示事故{year}.csv", rows),
            VEHICLES: _written(folder / f"演示车辆{year}.csv", sheets.vehicles),
            CASUALTIES: _written(folder / f"演示当事人{year}.csv", sheets.parties),
        }
        run_import(make_plan(crashes, files, mapping=mapping), by=by)
    _raise(sheets.raised)


def _written(path: Path, rows: list[Row]) -> Path:
    with path.open("w", encoding="utf-8", newline="") as opened:
        writer = csv.DictWriter(opened, list(rows[0]))
        writer.writeheader()
        writer.writerows(rows)
    return path


def _raise(numbers: Iterable[str]) -> None:
    """Crashes that began in the summary procedure and were moved to the ordinary one."""
    for crash in _ours().filter(number__in=numbers).order_by("number"):
        services.change_procedure(
            crash.uid,
            Procedure.ORDINARY,
            why="当事人伤情加重,不再适用简易程序(演示)",
            on=crash.occurred_on + timedelta(days=2),
            by=SYSTEM,
        )

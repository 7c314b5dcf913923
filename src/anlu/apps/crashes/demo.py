"""The crashes of the demonstration county, brought in by the import like any other file."""

from __future__ import annotations

import csv
import tempfile
from datetime import timedelta
from pathlib import Path
from typing import Final

from django.db.models import F
from django.db.models.functions import Coalesce

from anlu.apps.crashes import services
from anlu.apps.crashes.demonstration.making import Made, Row, Town, make
from anlu.apps.crashes.importing.fields import CASUALTIES, VEHICLES
from anlu.apps.crashes.imports import crashes
from anlu.apps.crashes.models import Crash, Procedure
from anlu.kernel.core.demo import demo_step
from anlu.kernel.core.importing.fields import MAIN
from anlu.kernel.core.importing.lifecycle import run_import
from anlu.kernel.core.importing.planning import make_plan
from anlu.kernel.core.scope import SYSTEM
from anlu.kernel.places.models import Area, AreaKind

SOURCE: Final = "demo"
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
    """Two and a half years of crashes with vehicles and parties; figures F13-F15 follow from them."""
    if Crash.objects.filter(source=SOURCE).exists():
        return "已有"
    rows = Area.objects.filter(kind=AreaKind.TOWN, source=SOURCE, voided_at__isnull=True).order_by("code")
    made = make([Town(area.code, area.lon or 0.0, area.lat or 0.0) for area in rows])
    with tempfile.TemporaryDirectory() as folder:
        _import(made, Path(folder))
    _raise(made.raised)
    # In the county's own time a crash is entered when its file is opened, not when the demonstration is made.
    entered = Coalesce(F("filed_at"), F("occurred_at") + timedelta(days=1))
    Crash.objects.filter(source=SOURCE).update(recorded_at=entered)
    return f"{len(made.crashes)} 起, 车辆 {len(made.vehicles)}, 当事人 {len(made.parties)}"


def _import(made: Made, folder: Path) -> None:
    mapping = folder / "demo.toml"
    names = "\n".join(f'{name} = "{name}"' for name in made.crashes[0])
    mapping.write_text(MAPPING.format(columns=names), encoding="utf-8")
    files = {
        MAIN: _written(folder / "演示事故.csv", made.crashes),
        VEHICLES: _written(folder / "演示车辆.csv", made.vehicles),
        CASUALTIES: _written(folder / "演示当事人.csv", made.parties),
    }
    run_import(make_plan(crashes, files, mapping=mapping), by=SYSTEM)


def _written(path: Path, rows: list[Row]) -> Path:
    with path.open("w", encoding="utf-8", newline="") as opened:
        writer = csv.DictWriter(opened, list(rows[0]))
        writer.writeheader()
        writer.writerows(rows)
    return path


def _raise(numbers: list[str]) -> None:
    """Crashes that began in the summary procedure and were moved to the ordinary one."""
    for crash in Crash.objects.filter(source=SOURCE, number__in=numbers).order_by("number"):
        services.change_procedure(
            crash.uid,
            Procedure.ORDINARY,
            why="当事人伤情加重,不再适用简易程序(演示)",
            on=crash.occurred_on + timedelta(days=2),
            by=SYSTEM,
        )

"""Made-up crash files: our own template with columns by name, crashes, casualties and vehicles."""

from __future__ import annotations

import csv
import io
import random
from collections.abc import Mapping, Sequence
from datetime import datetime, timedelta
from pathlib import Path

from openpyxl import Workbook

from anlu.kernel.core.importing.fields import MAIN
from anlu.kernel.core.importing.lifecycle import Result, run_import
from anlu.kernel.core.importing.nouns import importers
from anlu.kernel.core.importing.planning import Plan, make_plan
from anlu.kernel.core.scope import SYSTEM, Viewer

Rows = Sequence[Mapping[str, str]]
CASUALTIES, VEHICLES = "casualties", "vehicles"


def crash_rows(count: int, *, seed: int = 1, prefix: str = "S") -> list[dict[str, str]]:
    """``count`` good crashes, the same for the same seed."""
    rng = random.Random(seed)
    start = datetime(2021, 1, 1, 6, 30)
    return [
        {
            "number": f"{prefix}{n:05d}",
            "occurred_at": (start + timedelta(minutes=rng.randrange(900_000))).strftime("%Y-%m-%d %H:%M"),
            "severity": rng.choice(["fatal", "重伤", "轻伤", "财产损失"]),
            "weather": rng.choice(["晴", "雨", "阴"]),
            "place_text": rng.choice(["柳亭镇东头", "云桥路口,北", 'Near "K2"']),
            "lon": f"{115.7 + rng.random() / 4:.6f}",
            "lat": f"{36.6 + rng.random() / 4:.6f}",
            "loss_cny": f"{rng.randrange(100_000) / 100:.2f}",
            "note": rng.choice(["", "甲", "乙"]),
        }
        for n in range(count)
    ]


def party_rows(crashes: Rows, *, seed: int = 2) -> list[dict[str, str]]:
    """None to three parties for each crash, in an order of their own."""
    rng = random.Random(seed)
    rows = [
        {
            "number": crash["number"],
            "name": rng.choice(["张某", "李某", ""]),
            "id_number": f"37152519{rng.randrange(10**10):010d}" if rng.random() < 0.5 else "",
            "age": str(rng.randrange(5, 90)),
            "role": rng.choice(["驾驶人", "乘车人", "行人"]),
            "injury": rng.choice(["死亡", "重伤", "轻伤", "轻微伤", "无伤害"]),
        }
        for crash in crashes
        for _ in range(rng.randrange(4))
    ]
    rng.shuffle(rows)
    return rows


def vehicle_rows(crashes: Rows, *, seed: int = 3) -> list[dict[str, str]]:
    """One or two vehicles for each crash."""
    rng = random.Random(seed)
    return [
        {
            "number": crash["number"],
            "vehicle_class": rng.choice(["K3", "H1", "电动自行车"]),
            "plate": f"鲁P{n:05d}",
        }
        for n, crash in enumerate(crashes)
        for _ in range(rng.randrange(1, 3))
    ]


def as_text(rows: Rows, *, delimiter: str = ",", end: str = "\n", columns: Sequence[str] = ()) -> str:
    """Rows as CSV; columns as in the first row unless named."""
    out = io.StringIO(newline="")
    writer = csv.DictWriter(out, columns or list(rows[0]), delimiter=delimiter, lineterminator=end)
    writer.writeheader()
    writer.writerows(rows)
    return out.getvalue()


def csv_file(path: Path, rows: Rows, *, encoding: str = "utf-8", **how: str) -> Path:
    """Rows written as a CSV file."""
    path.write_bytes(as_text(rows, **how).encode(encoding))  # type: ignore[arg-type]
    return path


def excel_file(path: Path, rows: Rows) -> Path:
    """Rows written as text cells of a workbook, under a title."""
    book = Workbook()
    sheet = book.active
    assert sheet is not None
    sheet.append(["事故登记表"])
    sheet.append(list(rows[0]))
    for row in rows:
        sheet.append(list(row.values()))
    book.save(path)
    return path


def plan_for(main: Path, *, map: Path | None = None, profile: str = "", **children: Path) -> Plan:
    """The plan of an import of crashes."""
    return make_plan(importers.get("crashes"), {MAIN: main, **children}, mapping=map, profile=profile)


def import_file(main: Path, *, by: Viewer = SYSTEM, **rest: Path) -> Result:
    """Import crashes and give back what was done."""
    return run_import(plan_for(main, **rest), by=by)  # type: ignore[arg-type]


def numbers(result: Result) -> tuple[int, int, int, int, int]:
    """rows, accepted, updated, unchanged, refused."""
    found = result.counts
    return found.rows, found.accepted, found.updated, found.unchanged, found.refused

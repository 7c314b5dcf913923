"""
Reports keep words and numbers by the part of the section that they stand in; some parts moved or were split.

The columns have a section of their own, and 工程量 is told in a sentence for each kind of work: words that people put
for the one sentence before fit none of them and are dropped, the kept numbers go with their sentences.
"""

from __future__ import annotations

from typing import Any, Final

from django.db import migrations

COLUMNS: Final = ("team.study.columns", "publicity.columns.columns")
COLUMNS_SECTION: Final = "publicity.columns"
WORKS: Final = "hazards.hazards.works"
NUMBERS: Final = {
    f"{WORKS}.{name}": f"hazards.hazards.{part}.{name}"
    for name, part in (("树木", "trees"), ("绿篱", "hedge"), ("障碍", "obstacles"))
}


def new_key(key: str) -> str:
    """The key of a part, or of a number in it, as it is called now; "" for what is told no more."""
    old, new = COLUMNS
    if key == old or key.startswith(f"{old}."):
        return new + key.removeprefix(old)
    if key == WORKS or key.startswith(f"{WORKS}."):
        return NUMBERS.get(key, "")
    return key


def renamed(kept: dict[str, Any]) -> dict[str, Any]:
    """What a report keeps, under the keys of today."""
    return {new: value for key, value in kept.items() if (new := new_key(key))}


def rename(apps: Any, schema_editor: Any) -> None:
    """Rename the parts of all reports; a free report that told of the columns chooses their section too."""
    for report in apps.get_model("reports", "Report").objects.all():
        edits, numbers = renamed(report.edits), renamed(report.numbers)
        chosen = list(report.chosen.get("sections", ()))
        told = any(key.startswith(COLUMNS[1]) for key in (*edits, *numbers))
        if chosen and told and COLUMNS_SECTION not in chosen:
            report.chosen = {**report.chosen, "sections": [*chosen, COLUMNS_SECTION]}
        if (edits, numbers) != (report.edits, report.numbers):
            report.edits, report.numbers = edits, numbers
            report.save(update_fields=["edits", "numbers", "chosen"])


class Migration(migrations.Migration):
    dependencies = [("reports", "0001_initial")]
    operations = [migrations.RunPython(rename, migrations.RunPython.noop)]

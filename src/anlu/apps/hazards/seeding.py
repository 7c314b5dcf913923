"""The matrix of responsibility and the rules of grading: data that the brigade edits."""

from __future__ import annotations

import csv
from importlib.resources import files
from typing import Any

from django.db import transaction

from anlu.apps.hazards.models import GradeRule, Responsibility
from anlu.kernel.cases.ladder import seed_ladder
from anlu.kernel.core.audit import record
from anlu.kernel.core.models import Record
from anlu.kernel.core.scope import SYSTEM
from anlu.kernel.core.seeding import seed


def _rows(name: str) -> list[dict[str, str]]:
    text = files("anlu.apps.hazards").joinpath("data", name).read_text(encoding="utf-8")
    return list(csv.DictReader(text.splitlines()))


@seed("hazards.responsibilities", "隐患责任矩阵")
@transaction.atomic
def seed_responsibilities() -> int:
    """One row for each class of road and aspect; rows that somebody edited or voided stay as they are."""
    return sum(_seed(Responsibility, row, ("road_class", "aspect")) for row in _rows("responsibilities.csv"))


@seed("hazards.grade_rules", "隐患分级规则")
@transaction.atomic
def seed_grade_rules() -> int:
    """Rules by code."""
    return sum(
        _seed(GradeRule, row | {"order": int(row["order"]), "at_least": float(row["at_least"])}, ("code",))
        for row in _rows("grade_rules.csv")
    )


@seed("hazards.ladder", "隐患督办层级")
def seed_rungs() -> int:
    """抄告, which only hazards have."""
    return seed_ladder(files("anlu.apps.hazards").joinpath("data", "ladder.csv"))


def _seed(model: type[Record], row: dict[str, Any], key: tuple[str, ...]) -> int:
    """1 when the row was added; untouched ones follow the file."""
    there = model.objects.filter(**{name: row[name] for name in key})
    if not there.exists():
        record("seed", model.objects.create(**row), by=SYSTEM)
        return 1
    there.filter(edited=False, voided_at__isnull=True).update(**row)
    return 0

"""Task forces, their members, people who were seconded (Q12, Q13): of last year, over, at work."""

from __future__ import annotations

from datetime import date
from typing import Any

from anlu.apps.governance import forces
from anlu.apps.governance.demonstration import table
from anlu.apps.governance.models import ForceMember, Secondment, TaskForce
from anlu.kernel.core.demo import entered_on
from anlu.kernel.core.scope import SYSTEM
from anlu.kernel.people.models import Officer, Unit
from anlu.kernel.places.models import Area


def _day(stated: str) -> date | None:
    return date.fromisoformat(stated) if stated else None


def make_forces() -> str:
    """Every record is entered on the evening of its first day; nothing where there are task forces already."""
    if TaskForce.objects.exists():
        return "已有"
    units = {one.code: one for one in Unit.objects.live()}
    people = {one.login: one for one in Officer.objects.all()}
    areas = {one.code: one for one in Area.objects.live()}
    made: dict[str, TaskForce] = {}
    for row in table("task_forces.csv"):
        values: dict[str, Any] = {name: row[name] for name in ("name", "task", "leader", "basis")}
        values |= {"unit": units[row["unit"]], "area": areas.get(row["area"])}
        values |= {"valid_from": _day(row["from"]), "valid_to": _day(row["to"])}
        made[row["code"]] = forces.forces.add(values, by=SYSTEM)
    for row in table("force_members.csv"):
        values = {
            "force": made[row["force"]],
            "unit": units[row["unit"]],
            "officer": people.get(row["login"]),
        }
        values |= {"name": row["name"], "duty": row["duty"]}
        values |= {"valid_from": _day(row["from"]), "valid_to": _day(row["to"])}
        forces.members.add(values, by=SYSTEM)
    for row in table("secondments.csv"):
        values = {"purpose": row["purpose"], "work": row["work"], "unit": units[row["unit"]]}
        values |= {"head_count": int(row["people"]), "to_unit": units.get(row["lent_to"])}
        values |= {"force": made.get(row["force"])}
        values |= {"valid_from": _day(row["from"]), "valid_to": _day(row["to"])}
        forces.secondments.add(values, by=SYSTEM)
    for model in (TaskForce, ForceMember, Secondment):
        for one in model.objects.all():
            model.objects.filter(pk=one.pk).update(recorded_at=entered_on(one.valid_from))
    return f"专班 {len(made)} 个，成员 {ForceMember.objects.count()} 人，抽调 {Secondment.objects.count()} 批"

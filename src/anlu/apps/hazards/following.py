"""What follows from every write of a hazard: who answers for it, how grave it is, what its lists are ordered by."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any, Final

from anlu.apps.hazards.grading import Crashes, Grade, Rule, crashes_near, grade_of
from anlu.apps.hazards.models import GradeRule, Hazard, InterimMeasure, WorkDone
from anlu.apps.hazards.responsibility import answer_for, road_class_of
from anlu.engine.lifecycle import Move
from anlu.kernel.cases.history import made_by
from anlu.kernel.cases.kinds import Suggestion
from anlu.kernel.cases.models import Case
from anlu.kernel.core.scope import SYSTEM, Viewer
from anlu.kernel.people.access import valid_on

AspectOf = Callable[[Mapping[str, Any]], str]
WORKED_OUT: Final = ("open", "change", "verify")  # later the crashes that the rectification is about are over


def suggest(case: Case, *, aspect: AspectOf) -> Mapping[str, Suggestion]:
    """Lead and helpers by the matrix of responsibility, the grade by the rules; each with its reason."""
    found: dict[str, Suggestion] = {}
    answer = answer_for(case, aspect(case.details))
    if answer.lead is not None:
        found["lead"] = Suggestion(answer.lead, answer.why)
        if answer.helpers:
            found["helpers"] = Suggestion(list(answer.helpers), answer.why)
    sheet = Hazard.objects.filter(case=case).first() if case.pk else None
    if sheet is not None and sheet.grade:
        found["grade"] = Suggestion(sheet.grade, sheet.grade_why)
    return found


def follow(case: Case, what: str, by: Viewer, *, aspect: AspectOf) -> None:
    """Bring the sheet of a hazard up to the case, in the transaction of the write; it keeps what a double had."""
    if what == "merge":
        for beside in (WorkDone, InterimMeasure):
            beside.objects.filter(case__merged_into=case).update(case=case)
    sheet = Hazard.objects.filter(case=case).first() or Hazard(case=case, created_by=by.uid)
    if what not in WORKED_OUT and sheet.pk is not None:
        return
    answer = answer_for(case, aspect(case.details))
    sheet.responsible, sheet.responsible_why = answer.lead, answer.why
    sheet.road_class = road_class_of(case.road)
    sheet.sight_m, sheet.needed_m = _number(case, "sight_m"), _number(case, "needed_m")
    known = sheet.sight_m is not None and sheet.needed_m is not None
    sheet.deficit_m = max(0.0, sheet.needed_m - sheet.sight_m) if known else None  # type: ignore[operator]
    crashes = crashes_near(case, case.found_on)
    if crashes is not None:
        sheet.fatal_crashes, sheet.injury_crashes = crashes.fatal, crashes.injury
        sheet.counted_on = crashes.until
    graded = graded_by_rules(case, crashes)
    sheet.grade, sheet.grade_why = graded.code, graded.why
    sheet.save()


def graded_by_rules(case: Case, crashes: Crashes | None) -> Grade:
    """The grade that the rules in force on the day of finding give."""
    sight, needed = _number(case, "sight_m"), _number(case, "needed_m")
    facts: dict[str, float | None] = {
        "fatal_crashes": crashes.fatal if crashes else None,
        "injury_crashes": crashes.injury if crashes else None,
        "deficit": 100 * (needed - sight) / needed if sight is not None and needed else None,
        "school_route": float(bool(case.details.get("school_route"))),
        "national": float(road_class_of(case.road) == "1"),
    }
    rows = GradeRule.objects.live().filter(valid_on(case.found_on)).order_by("order", "pk")
    return grade_of(facts, [Rule(row.fact, row.at_least, row.grade, row.words) for row in rows])


def why_not(case: Case, move: Move, by: Viewer) -> str:
    """Measures before 整改完成; another person, and enough sight, before 销号."""
    if move.code == "fix" and not _worked(case):
        return "先登记整改措施和工程量"
    if move.code == "close":
        if by.uid != SYSTEM.uid and made_by(case, "fix") == by.uid:
            return "验收人不能是报整改完成的人"
        needed, now = _number(case, "needed_m"), _number(case, "sight_after_m")
        if needed is not None and (now is None or now < needed):
            measured = "还没有复测" if now is None else f"复测 {now:g} 米"
            return f"整改后实测视距须不小于 {needed:g} 米（{measured}，在“更正”中填写）"
    return ""


def _worked(case: Case) -> bool:
    rows = WorkDone.objects.live().filter(case=case)
    return (rows.filter(done_on__gte=case.reopened_on) if case.reopened_on else rows).exists()


def _number(case: Case, name: str) -> float | None:
    value = case.details.get(name)
    return float(value) if isinstance(value, int | float) else None

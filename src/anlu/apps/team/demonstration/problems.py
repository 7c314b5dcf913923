"""Problems of the demonstration county: nineteen of the great discussion, all put right (F05); three of March (Q08)."""

from __future__ import annotations

from datetime import date
from typing import Any, Final

from django.db import transaction

from anlu.apps.team.demonstration import table
from anlu.apps.team.models import Discussion
from anlu.kernel.cases.models import Case
from anlu.kernel.cases.services import About, move_case, open_case
from anlu.kernel.core.demo import demo_step, entered_on, on_day
from anlu.kernel.people.models import Officer, Unit

KIND: Final = "team.problem"
# found at the organisation-life meetings of March: day, unit, title, cause, measure, fixed, closed
OF_MARCH: Final = (
    (
        "2023-03-24",
        "QL",
        "调查研究不够深入",
        "到基层时间少",
        "班子成员每月到中队一次",
        "2023-04-18",
        "2023-04-20",
    ),
    ("2023-03-24", "QL-ZH", "会议材料偏长", "沿用旧格式", "材料不超过三页", "2023-04-03", "2023-04-06"),
    ("2023-03-15", "QL-CG", "业务学习不系统", "学习内容零散", "制定季度学习安排", "2023-04-11", "2023-04-12"),
)


@demo_step(67, "team.problems", "问题清单")
@transaction.atomic
def make_problems() -> str:
    """Entered by the party clerk, put right by the units, closed by the commissar; all of it on its day."""
    discussion = Discussion.objects.live().order_by("pk").first()
    if discussion is None or Case.objects.filter(family=KIND).exists():
        return "已有"
    people = {one.login: one for one in Officer.objects.all()}
    units = {one.code: one for one in Unit.objects.live()}
    for row in table("problems.csv"):
        _story(row, units, people, About("team.discussion", discussion.uid))
    names = ("on", "lead", "title", "cause", "measure", "fixed", "closed")
    for line in OF_MARCH:
        row = dict(zip(names, line, strict=True)) | {"source": "organisation_life", "at_once": "0"}
        _story(row, units, people, None)
    for case in Case.objects.filter(family=KIND):
        Case.objects.filter(pk=case.pk).update(recorded_at=entered_on(case.found_on))
    return f"{Case.objects.filter(family=KIND).count()} 个"


def _story(
    row: dict[str, str], units: dict[str, Unit], people: dict[str, Officer], about: About | None
) -> None:
    details = {"source": row["source"], "cause": row["cause"], "measure": row["measure"]}
    details |= {"at_once": row["at_once"]}
    values: dict[str, Any] = {"title": row["title"], "unit": units["QL"], "lead": units[row["lead"]]}
    values |= {"due_on": date(2023, 6, 16)} if row["source"] == "superior" else {}
    with on_day(row["on"]):
        case = open_case(KIND, values, details=details, by=people["party"], about=about)
    with on_day(row["fixed"]):
        move_case(case.uid, "fix", by=people["party"], note=f"已整改：{row['measure']}。")
    with on_day(row["closed"]):
        move_case(case.uid, "close", by=people["commissar"])

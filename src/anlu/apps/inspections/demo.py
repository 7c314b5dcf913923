"""Inspections of the demonstration county: five bulletins and thirteen findings, all put right (F06, F07)."""

from __future__ import annotations

from datetime import date, timedelta
from typing import Any, Final

from django.db import transaction

from anlu.apps.inspections.models import Round, Team, Verdict
from anlu.apps.inspections.queries import items_of
from anlu.apps.inspections.services import Answer, draft_bulletin, fill_round, rounds, teams
from anlu.kernel.cases.models import Case
from anlu.kernel.cases.services import move_case, recheck_case
from anlu.kernel.core.demo import demo_step, entered_on, on_day
from anlu.kernel.core.scope import SYSTEM
from anlu.kernel.documents import services as documents
from anlu.kernel.documents.models import Document, Letterhead
from anlu.kernel.people.models import Officer, Unit

# day, categories, units, what is wrong: (unit, category, item, words)
ROUNDS: Final[tuple[tuple[str, str, str, tuple[tuple[str, str, str, str], ...]], ...]] = (
    ("2023-01-11", "interior appearance", "QL-Z01 QL-Z02 QL-SG", (
        ("QL-Z02", "interior", "dormitory", "备勤室两张床铺被褥未叠"),
        ("QL-SG", "interior", "storage", "涉案物品柜内混放单警装备"),
        ("QL-Z01", "appearance", "vest", "早高峰一处执勤岗未戴白手套"))),
    ("2023-02-15", "procedure", "QL-Z03 QL-Z05", (
        ("QL-Z03", "procedure", "papers", "两份简易程序处罚决定书送达栏未填"),
        ("QL-Z05", "procedure", "files", "一月份案卷未按期归档"))),
    ("2023-03-22", "interior appearance", "QL-Z04 QL-Z07 QL-Z11", (
        ("QL-Z04", "interior", "office", "办公室文件堆放杂乱"),
        ("QL-Z07", "appearance", "uniform", "值班室一处警衔标志缺失"),
        ("QL-Z11", "interior", "canteen", "食堂操作台未清理"))),
    ("2023-04-26", "procedure appearance", "QL-Z09 QL-Z12 QL-Z14", (
        ("QL-Z09", "procedure", "cones", "查车点来车方向锥桶间距不足"),
        ("QL-Z12", "procedure", "two", "夜查时未主动出示证件"),
        ("QL-Z14", "appearance", "manners", "窗口用语不规范"))),
    ("2023-06-07", "interior procedure", "QL-Z06 QL-Z16", (
        ("QL-Z06", "interior", "dormitory", "备勤室物品摆放不齐"),
        ("QL-Z16", "procedure", "papers", "一份强制措施凭证签收时间漏填"))),
)  # fmt: skip
DEMANDS: Final = "各单位要对照通报举一反三，按期整改到位；督查组将适时回头看。"
LEADERS: Final = {"QL-Z03": "liuting", "QL-Z04": "yunqiao"}  # whose account the demonstration has
MARK: Final = ("QL", "青澜县公安局交通管理大队", "青公交")


@demo_step(74, "inspections.rounds", "督查")
@transaction.atomic
def make_inspections() -> str:
    """A team, five rounds with their bulletins, one of today and one that nobody else knows of yet."""
    if Team.objects.exists():
        return "已有"
    people = {one.login: one for one in Officer.objects.all()}
    units = {one.code: one for one in Unit.objects.live()}
    code, name, mark = MARK
    if not Letterhead.objects.live().filter(unit=units[code]).exists():
        Letterhead.objects.create(unit=units[code], name=name, mark=mark, created_by=SYSTEM.uid)
    inspector = people["inspector"]
    values = {
        "name": "督查小分队",
        "leader": inspector,
        "members": [people["legal"]],
        "valid_from": date(2023, 1, 3),
    }
    with on_day("2023-01-03"):
        team = teams.add(values, by=inspector)
    for day, categories, codes, wrong in ROUNDS:
        _round(team, day, categories, [units[one] for one in codes.split()], wrong, people)
    _later(team, units, inspector)
    _enter_in_time()
    found = Case.objects.filter(family="inspections.finding").count()
    bulletins = Document.objects.filter(kind="inspection_bulletin").count()
    return f"督查 {Round.objects.count()} 次, 问题 {found} 处, 通报 {bulletins} 期"


def _round(
    team: Team,
    day: str,
    categories: str,
    inspected: list[Unit],
    wrong: tuple[tuple[str, str, str, str], ...],
    people: dict[str, Officer],
) -> None:
    """Filled in on its day, told of two days later, put right within the week, looked at again a month later."""
    inspector, begun = people["inspector"], date.fromisoformat(day)
    plan = {"team": team, "planned_on": begun, "categories": categories.split(), "units": inspected}
    with on_day(day):
        one = rounds.add(plan, by=inspector)
        seen = {(unit, category, item): words for unit, category, item, words in wrong}
        cases = []
        for unit in inspected:
            answers = {
                (category, item): Answer(Verdict.WRONG, seen[unit.code, category, item])
                if (unit.code, category, item) in seen
                else Answer(Verdict.FINE)
                for category, item in items_of(one)
            }
            cases += fill_round(one.uid, unit, answers, by=inspector)
    with on_day(f"{begun + timedelta(days=2)}"):
        document = draft_bulletin(begun, begun, demands=DEMANDS, by=inspector)
        documents.check(document, by=people["office"])
        documents.sign(document, by=people["commissar"])
        documents.issue(document, by=people["office"])
    for n, case in enumerate(cases):
        assert case.lead is not None
        with on_day(f"{begun + timedelta(days=5 + n % 2)}"):
            by: Any = people.get(LEADERS.get(case.lead.code, ""), SYSTEM)
            move_case(case.uid, "fix", by=by, note="已整改，并在全队通报提醒。")
        with on_day(f"{begun + timedelta(days=7)}"):
            move_case(case.uid, "close", by=inspector)
    if begun < date(2023, 4, 1):
        with on_day(f"{begun + timedelta(days=42)}"):
            for case in cases:
                recheck_case(case.uid, "回头看：保持较好。", by=inspector)


def _later(team: Team, units: dict[str, Unit], inspector: Officer) -> None:
    """Today's round, to be filled in, and one of Thursday that stays with the team until then."""
    with on_day("2023-06-30"):
        for day, categories, codes in (
            ("2023-07-03", "appearance recorder", "QL-Z03 QL-Z04"),
            ("2023-07-06", "duty interior", "QL-Z08 QL-Z13 QL-ZHS"),
        ):
            plan = {"categories": categories.split(), "units": [units[one] for one in codes.split()]}
            rounds.add({"team": team, "planned_on": date.fromisoformat(day), **plan}, by=inspector)


def _enter_in_time() -> None:
    """In the county's own time findings and bulletins are entered on their day."""
    for case in Case.objects.filter(family="inspections.finding"):
        Case.objects.filter(pk=case.pk).update(recorded_at=entered_on(case.found_on))
    for one in Document.objects.filter(kind="inspection_bulletin", issued_on__isnull=False):
        assert one.issued_on is not None
        Document.objects.filter(pk=one.pk).update(recorded_at=entered_on(one.issued_on))

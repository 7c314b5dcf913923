"""Governance of the demonstration county: the committee, a dispatch meeting every week from March (F10), tasks."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import date, time, timedelta
from typing import Any, Final

from django.db import transaction

from anlu.apps.governance.demonstration import table
from anlu.apps.governance.demonstration.forces import make_forces
from anlu.apps.governance.demonstration.notices import make_notices
from anlu.apps.governance.models import AgendaItem, Body, Decision
from anlu.apps.governance.services import bodies, decide, draft_minutes, members
from anlu.kernel.activities.models import Activity, Rhythm
from anlu.kernel.activities.rhythms import change_rhythm
from anlu.kernel.activities.services import add_activity
from anlu.kernel.cases.files import keep_files, move_with_files
from anlu.kernel.cases.models import Case
from anlu.kernel.cases.services import About, move_case, open_case
from anlu.kernel.core.demo import demo_step, entered_on, on_day
from anlu.kernel.core.scope import SYSTEM
from anlu.kernel.documents import services as documents
from anlu.kernel.documents.models import Document, Letterhead
from anlu.kernel.people.models import Officer, Unit

OFFICE: Final = "AWB"
HEAD: Final = ("青澜县道路交通安全综合治理委员会办公室", "青交安办")
BEGUN: Final = date(2021, 3, 1)
FIRST, LAST = date(2023, 3, 1), date(2023, 6, 28)
MOVED: Final = {date(2023, 4, 5): 1, date(2023, 5, 3): 1}  # on holidays: the day after
ATTENDING: Final = (
    "公安局、交通运输局、公路事业发展中心、综合行政执法局、园林服务中心、教育和体育局、应急管理局、各镇街"
)
ROOM: Final = "县公安局交通管理大队三楼会议室"
# kind, day, title, unit, chair, how many came of how many
MEETINGS: Final = (
    ("government", "2023-02-22", "全县道路交通安全工作专题会", OFFICE, "分管副县长", 42, 44),
    ("committee", "2023-03-10", "交安委2023年第一次全体会议", OFFICE, "交安委主任", 36, 37),
    ("government", "2023-04-12", "平交路口视距提升专题会", OFFICE, "分管副县长", 28, 28),
    ("joint", "2023-04-20", "马路市场整治成员单位联席会", OFFICE, "安委办主任", 14, 15),
    ("site", "2023-05-18", "柳亭镇平交路口整治现场会", OFFICE, "安委办主任", 33, 34),
    ("committee", "2023-05-25", "交安委2023年第二次全体会议", OFFICE, "交安委主任", 37, 37),
    ("government", "2023-06-09", "暑期道路交通安全专题会", OFFICE, "分管副县长", 40, 44),
    ("joint", "2023-06-15", "校车安全成员单位联席会", OFFICE, "安委办副主任", 9, 9),
    ("brigade", "2023-03-06", "大队三月份工作例会", "QL", "大队长", 31, 33),
    ("brigade", "2023-06-05", "大队六月份工作例会", "QL", "大队长", 32, 33),
    ("squadron", "2023-06-26", "柳亭中队周例会", "QL-Z03", "中队长", 13, 14),
)
PDF: Final = (
    b"%PDF-1.4\n1 0 obj<</Type/Catalog/Pages 2 0 R>>endobj\n2 0 obj<</Type/Pages/Kids[3 0 R]/Count 1>>endobj\n"
    b"3 0 obj<</Type/Page/Parent 2 0 R/MediaBox[0 0 595 842]>>endobj\ntrailer<</Root 1 0 R>>\n%%EOF\n"
)


def _people() -> dict[str, Officer]:
    return {one.login: one for one in Officer.objects.all()}


def _units() -> dict[str, Unit]:
    return {one.code: one for one in Unit.objects.live()}


# ------------------------------------------------------------------------------------------------ committee


@demo_step(75, "governance.committee", "交安委与成员单位")
@transaction.atomic
def make_committee() -> str:
    """The committee with its members and their duties; one joined later, one left."""
    if Body.objects.exists():
        return "已有"
    units, people = _units(), _people()
    if not Letterhead.objects.live().filter(unit=units[OFFICE]).exists():
        name, mark = HEAD
        Letterhead.objects.create(unit=units[OFFICE], name=name, mark=mark, created_by=SYSTEM.uid)
    committee = bodies.add(
        {
            "name": "青澜县道路交通安全综合治理委员会",
            "unit": units[OFFICE],
            "basis": "青政办字〔2021〕12号（演示）",
            "duty": "统筹协调全县道路交通安全综合治理，定期研判、部署、督促、考核。",
            "valid_from": BEGUN,
        },
        by=SYSTEM,
    )
    for row in table("members.csv"):
        values = {
            "body": committee,
            "unit": units[row["unit"]],
            "office": row["office"],
            "duty": row["duty"],
            "liaison": people.get(row["liaison"]),
            "valid_from": date.fromisoformat(row["from"]),
            "valid_to": date.fromisoformat(row["to"]) if row["to"] else None,
        }
        members.add(values, by=SYSTEM)
    towns = sorted(code for code in units if code.startswith("AWB-T") and "-V" not in code)
    for code in towns:
        values = {"body": committee, "unit": units[code], "duty": "落实属地管理责任。", "valid_from": BEGUN}
        members.add(values, by=SYSTEM)
    return f"成员单位 {committee.members.count()} 个"


# ------------------------------------------------------------------------------------------------ meetings


def dispatch_days() -> Iterator[date]:
    """Wednesdays from the first of March on; on holidays the day after."""
    day = FIRST
    while day <= LAST:
        yield day + timedelta(days=MOVED.get(day, 0))
        day += timedelta(days=7)


@demo_step(76, "governance.meetings", "会议")
@transaction.atomic
def make_meetings() -> str:
    """Meetings of all levels; eighteen dispatch meetings in eighteen weeks; the next one is planned."""
    if Activity.objects.filter(kind__startswith="governance.").exists():
        return "已有"
    _require_weekly()
    units = _units()
    for kind, day, title, unit, chair, came, due in MEETINGS:
        _held(kind, date.fromisoformat(day), title, units[unit], chair, came, due)
    for n, day in enumerate(dispatch_days(), start=1):
        title = f"安委办第{n}次周调度会"
        _held("dispatch", day, title, units[OFFICE], "安委办主任", 22 + n % 4, 26)
    planned = {
        "kind": "governance.dispatch",
        "title": "安委办第19次周调度会",
        "planned_on": date(2023, 7, 5),
        "begins": time(15, 0),
        "unit": units[OFFICE],
        "place": ROOM,
    }
    add_activity(planned, by=SYSTEM, permission="governance.meeting.add")
    for one in Activity.objects.filter(kind__startswith="governance.", held_on__isnull=False):
        assert one.held_on is not None
        Activity.objects.filter(pk=one.pk).update(recorded_at=entered_on(one.held_on))
    return f"{Activity.objects.filter(kind__startswith='governance.').count()} 次"


def _require_weekly() -> None:
    """From the first of March on a dispatch meeting is due every week (F10)."""
    for one in Rhythm.objects.live().filter(kind="governance.dispatch", valid_from__isnull=True):
        change_rhythm(one.uid, {"valid_from": FIRST}, version=one.version, by=SYSTEM)


def _held(kind: str, day: date, title: str, unit: Unit, chair: str, came: int, due: int) -> Activity:
    details = {"chair": chair, "present": ATTENDING if unit.code == OFFICE else "各股室、中队负责人"}
    values = {
        "kind": f"governance.{kind}",
        "title": title,
        "planned_on": day,
        "held_on": day,
        "state": "held",
        "begins": time(15, 0) if kind == "dispatch" else time(9, 0),
        "unit": unit,
        "place": ROOM if kind != "site" else "柳亭镇国道平交路口",
        "head_count": came,
        "due_count": due,
        "details": details,
        "outcome": "通报上周整治进度，研究逾期和退回事项。" if kind == "dispatch" else "",
    }
    return add_activity(values, by=SYSTEM, permission="governance.meeting.add")


# ------------------------------------------------------------------------------------------------ decisions and tasks


@demo_step(77, "governance.decisions", "议定事项")
@transaction.atomic
def make_decisions() -> str:
    """What the meetings decided: done, late, sent back, new; the minutes of the last meeting are out."""
    if Decision.objects.exists():
        return "已有"
    units, people = _units(), _people()
    by_day = {one.day: one for one in Activity.objects.filter(kind="governance.dispatch")}
    office = people["committee"]
    for n, row in enumerate(table("decisions.csv")):
        meeting = by_day[date.fromisoformat(row["on"])]
        with on_day(row["on"]):
            values: dict[str, Any] = {
                "title": row["title"],
                "lead": units[row["lead"]],
                "demand": row["demand"],
            }
            values |= {"due_on": date.fromisoformat(row["due"])} if row["due"] else {}
            case = decide(meeting.uid, f"demo-{n}", values, by=office)
        _walk(case, row, office)
    last = by_day[LAST]
    with on_day(f"{LAST}"):
        document = draft_minutes(last.uid, by=office)
    with on_day(f"{LAST + timedelta(days=1)}"):
        documents.check(document, by=people["office"])
        documents.sign(document, by=people["chief"])
        documents.issue(document, by=people["office"])
    Document.objects.filter(pk=document.pk).update(recorded_at=entered_on(LAST))
    AgendaItem.objects.filter(meeting=last).update(recorded_at=entered_on(LAST))
    _enter("governance.decision")
    return f"{Decision.objects.count()} 项"


def _walk(case: Case, row: dict[str, str], office: Officer) -> None:
    """Answered, perhaps sent back, perhaps closed, each on its day."""
    if row["replied"]:
        with on_day(row["replied"]):
            move_case(case.uid, "reply", by=SYSTEM, note="已按要求办理。")
    if row["returned"]:
        with on_day(row["returned"]):
            move_case(case.uid, "return", by=office, note="未附完成情况，请补报。")
    if row["closed"]:
        with on_day(row["closed"]):
            if row["returned"]:
                move_case(case.uid, "reply", by=SYSTEM, note="已补报完成情况。")
            move_case(case.uid, "close", by=office)


def _enter(family: str) -> None:
    """In the county's own time cases are entered on the day they were found."""
    for case in Case.objects.filter(family=family):
        Case.objects.filter(pk=case.pk).update(recorded_at=entered_on(case.found_on))


@demo_step(78, "governance.tasks", "来文交办")
@transaction.atomic
def make_tasks() -> str:
    """Tasks of superiors: of last year, done, under way with parts, and one of Friday."""
    if Case.objects.filter(family="governance.task").exists():
        return "已有"
    units, people = _units(), _people()
    for row in table("tasks.csv"):
        _task(row, units, people["office"])
    _enter("governance.task")
    return f"{Case.objects.filter(kind='governance.superior').count()} 件"


def _task(row: dict[str, str], units: dict[str, Unit], office: Officer) -> None:
    details = {"issuer": row["issuer"], "document_number": row["number"], "demand": row["demand"]}
    values = {"title": row["title"], "due_on": date.fromisoformat(row["due"]), "unit": units["QL"]}
    with on_day(row["on"]):
        case = open_case("governance.superior", values, details=details, by=office)
    if not row["taken"]:
        return
    with on_day(row["taken"]):
        move_case(case.uid, "take", by=office, values={"lead": units["QL-ZH"]})
        parts = [_part(case, text, units, office) for text in row["parts"].split("；") if text]
    if not row["replied"]:
        return
    with on_day(row["replied"]):
        for part in parts:
            move_case(part.uid, "reply", by=SYSTEM, note="已完成，情况附后。")
            move_case(part.uid, "close", by=office)
        kept = keep_files([(PDF, "回复件.pdf", "document")], by=office)
        move_with_files(case.uid, "reply", kept, by=office, note="已回复来文单位。")
        move_case(case.uid, "close", by=office)


def _part(case: Case, text: str, units: dict[str, Unit], office: Officer) -> Case:
    """``QL-Z03:...:2023-06-20``: who, what, by when."""
    code, title, due = text.split(":")
    values = {"title": title, "lead": units[code], "unit": units["QL"], "due_on": date.fromisoformat(due)}
    about = About("governance.task", case.uid)
    return open_case("governance.part", values, details={"demand": title}, by=office, about=about)


# ------------------------------------------------------------------------------------------------ forces and notices


@demo_step(79, "governance.forces", "专班与抽调")
@transaction.atomic
def make_task_forces() -> str:
    """Task forces, their members, people who were seconded."""
    return make_forces()


@demo_step(79, "governance.notices", "整改通知书与约谈通知书")
@transaction.atomic
def make_papers() -> str:
    """Notices of the committee's office."""
    return make_notices()

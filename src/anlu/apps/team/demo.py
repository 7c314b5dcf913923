"""The team of the demonstration county: F01, F02, F04, F08, F09 follow from these records."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import date, datetime, time, timedelta
from typing import Any, Final

from django.db import transaction

from anlu.apps.team import services
from anlu.apps.team.demonstration import (
    problems,  # noqa: F401 - declares the step of the problem lists
    table,
)
from anlu.apps.team.models import PartyBody, PartyOffice, TrainingResult, Writing
from anlu.kernel.activities.models import Activity, ActivityBearer
from anlu.kernel.activities.services import add_activity
from anlu.kernel.core.demo import demo_step, entered_on
from anlu.kernel.core.scope import SYSTEM
from anlu.kernel.people.models import Officer, Unit

BEGUN: Final = date(2020, 1, 1)
COMMITTEE: Final = "DZ"
SURNAMES: Final = "赵钱孙李周吴郑王冯陈褚卫蒋沈韩杨朱秦尤许何吕施张孔曹严华金魏陶姜戚谢邹喻柏水窦章"
WARNINGS: Final = (
    ("2023-01-18", "一起酒后驾车案例", "严守纪律规定", "醉驾入刑的法律后果", "家风与品行", "单位管理责任"),
    ("2023-02-15", "一起违规收受礼品案例", "廉洁纪律", "受贿与违纪的界限", "交往有度", "一岗双责"),
    ("2023-03-15", "一起执法不规范案例", "工作纪律", "执法程序的法定要求", "尊重当事人", "审核把关责任"),
    ("2023-04-19", "一起泄露信息案例", "保密纪律", "个人信息保护法的规定", "职业操守", "账号管理责任"),
    ("2023-05-17", "一起值班脱岗案例", "值班备勤纪律", "玩忽职守的法律后果", "敬业", "带班领导责任"),
    ("2023-06-14", "一起公车私用案例", "车辆管理规定", "国有资产管理规定", "公私分明", "派车审批责任"),
)
MEETINGS: Final = (
    ("DZ", "2023-03-24"),
    ("DZ-1", "2023-03-08"),
    ("DZ-2", "2023-03-09"),
    ("DZ-3", "2023-03-10"),
    ("DZ-4", "2023-03-14"),
    ("DZ-5", "2023-03-15"),
)
TRAININGS: Final = (
    ("2023-03-22", "signals", "第一季度实战大练兵：交通指挥手势与现场防护", ("signals", "protection")),
    ("2023-06-21", "fitness", "第二季度实战大练兵：体能与急救", ("fitness", "first_aid")),
)
TRAINED: Final = (("QL-Z01", 14), ("QL-Z02", 13), ("QL-Z03", 9), ("QL-Z04", 8), ("QL-SG", 11), ("QL-CG", 15))


def _named(code: str) -> PartyBody:
    body: PartyBody = PartyBody.objects.live().get(code=code)
    return body


def _key(body: PartyBody) -> str:
    return f"party.{body.kind}:{body.uid}"


@demo_step(60, "team.party", "党组织")
@transaction.atomic
def make_party() -> str:
    """A committee, five branches, four groups, and who holds which office."""
    if PartyBody.objects.filter(code=COMMITTEE).exists():
        return "已有"
    for row in table("party.csv"):
        values = {
            "code": row["code"],
            "name": row["name"],
            "kind": row["kind"],
            "parent": _named(row["parent"]) if row["parent"] else None,
            "unit": Unit.objects.get(code=row["unit"]),
            "valid_from": BEGUN,
        }
        body = services.bodies.add(values, by=SYSTEM)
        stated = [f"secretary:{row['secretary']}"] if row["secretary"] else []
        for office, login in (one.split(":") for one in [*stated, *row["others"].split()]):
            officer = Officer.objects.get(login=login)
            held = {"body": body, "office": office, "officer": officer, "valid_from": BEGUN}
            services.offices.add(held, by=SYSTEM)
    return f"{PartyBody.objects.count()} 个, 职务 {PartyOffice.objects.count()}"


@demo_step(62, "team.activities", "学习、组织生活、警示教育与练兵")
@transaction.atomic
def make_activities() -> str:
    """Twenty study sessions in the first half of 2023, among them the lecture of 30 May; and what else was held."""
    if Activity.objects.filter(kind__startswith="team.").exists():
        return "已有"
    for row in table("sessions.csv"):
        _hold(row["kind"], row["day"], row["title"], _study_facts(row))
    for day, *four in WARNINGS:
        _hold("warning", day, f"以案四说、以案促改：{four[0]}", _warning_facts(four))
    for code, day in MEETINGS:
        body = _named(code)
        facts = {
            "bearers": [_key(body)],
            "form": "meeting",
            "audience": "party",
            "details": {"year": "2022 年度"},
        }
        _hold("organisation_life", day, f"{body.name}年度组织生活会", facts)
    for day, topic, title, subjects in TRAININGS:
        _train(day, topic, title, subjects)
    _plan_ahead()
    _enter_in_time()
    return f"{Activity.objects.filter(kind__startswith='team.').count()} 次"


def _study_facts(row: dict[str, str]) -> dict[str, Any]:
    facts: dict[str, Any] = {
        "bearers": [_key(_named(row["body"]))],
        "topic": row["topic"],
        "programme": row["action"],
        "audience": row["audience"],
        "form": row["form"],
        "due_count": int(row["due"]),
        "head_count": int(row["head"]),
        "begins": time.fromisoformat(row["begins"]),
        "place": "大队会议室",
    }
    if row["speaker"]:
        facts |= {"speaker": Officer.objects.get(login=row["speaker"]).name, "speaker_office": row["office"]}
    elif row["office"] == "outside":
        facts |= {"host": "省公安厅", "speaker_office": "outside", "place": "各单位视频会场"}
    return facts


def _warning_facts(four: list[str]) -> dict[str, Any]:
    case, discipline, law, morals, duty = four
    return {
        "unit": Unit.objects.get(code="QL"),
        "audience": "all",
        "form": "meeting",
        "due_count": 176,
        "head_count": 169,
        "details": {
            "case": case,
            "discipline": discipline,
            "law": law,
            "morals": morals,
            "duty": duty,
            "reform": "逐单位自查，列出问题和措施，次月通报整改情况（演示）",
        },
    }


def _hold(kind: str, day: str, title: str, facts: dict[str, Any]) -> Activity:
    held = date.fromisoformat(day)
    values = {
        "kind": f"team.{kind}",
        "title": title,
        "planned_on": held,
        "held_on": held,
        "state": "held",
        **facts,
    }
    return add_activity(values, by=SYSTEM, permission="team.study.add")


def _train(day: str, topic: str, title: str, subjects: tuple[str, ...]) -> None:
    facts = {"unit": Unit.objects.get(code="QL"), "topic": topic, "audience": "all", "form": "visit"}
    activity = _hold("training", day, title, {**facts, "due_count": 140, "head_count": 134})
    for place, (code, tested) in enumerate(TRAINED):
        for subject in subjects:
            values = {
                "activity": activity,
                "subject": subject,
                "unit": Unit.objects.get(code=code),
                "tested_on": activity.held_on,
                "tested": tested,
                "passed": tested - (place + len(subject)) % 3,
            }
            services.results.add(values, by=SYSTEM)


def _plan_ahead() -> None:
    """What the week of the demonstration still holds."""
    body = _named(COMMITTEE)
    for day, kind, title in (
        ("2023-07-05", "first_topic", "第一议题：学习基层党建工作要求"),
        ("2023-07-07", "theme_day", "主题党日：护航暑期安全"),
        ("2023-07-19", "warning", "以案四说、以案促改：七月专题"),
    ):
        values = {
            "kind": f"team.{kind}",
            "title": title,
            "planned_on": date.fromisoformat(day),
            "bearers": [_key(body)] if kind != "warning" else [],
            "unit": Unit.objects.get(code="QL"),
            "begins": time(15, 0),
            "place": "大队会议室",
        }
        add_activity(values, by=SYSTEM, permission="team.study.add")


def _enter_in_time() -> None:
    """In the county's own time an activity is entered the day after it was held."""
    for one in Activity.objects.filter(kind__startswith="team.", held_on__isnull=False):
        entered = _day_after(one.held_on)
        Activity.objects.filter(pk=one.pk).update(recorded_at=entered)
        ActivityBearer.objects.filter(activity=one).update(recorded_at=entered)
    for result in TrainingResult.objects.all():
        TrainingResult.objects.filter(pk=result.pk).update(recorded_at=_day_after(result.tested_on))


def _day_after(day: date | None) -> datetime:
    assert day is not None
    return entered_on(day + timedelta(days=1), hour=9)


@demo_step(64, "team.writing", "心得与笔记")
@transaction.atomic
def make_writing() -> str:
    """Tasks with what was due from each branch, all of it handed in; 201 reflections in the first half of 2023."""
    if Writing.objects.exists():
        return "已有"
    branches = [_named(f"DZ-{n}") for n in range(1, 6)]
    for row in table("tasks.csv"):
        shares = [int(number) for number in row["shares"].split()]
        values = {name: row[name] for name in ("kind", "title", "topic")}
        days = {name: date.fromisoformat(row[name]) for name in ("set_on", "due_on")}
        task = services.tasks.add({**values, **days, "unit": Unit.objects.get(code="QL")}, by=SYSTEM)
        services.state_due(
            task.uid, {one.pk: number for one, number in zip(branches, shares, strict=True)}, by=SYSTEM
        )
        for body, number in zip(branches, shares, strict=True):
            for author, kind, day in _pieces(number, days["set_on"], days["due_on"]):
                piece = {"task": task, "kind": row["kind"], "body": body, "handed_in_on": day}
                services.writings.add({**piece, "author": author, "author_kind": kind}, by=SYSTEM)
    for one in Writing.objects.all():
        Writing.objects.filter(pk=one.pk).update(recorded_at=_day_after(one.handed_in_on))
    return f"{Writing.objects.count()} 篇"


def _pieces(number: int, first: date, last: date) -> Iterator[tuple[str, str, date]]:
    """Invented authors, by family name and kind; handed in over the second half of the time there was."""
    half = (last - first).days // 2
    for n in range(number):
        kind = "sworn" if n % 5 < 3 else "auxiliary"
        author = f"{SURNAMES[n % len(SURNAMES)]}{'民警' if kind == 'sworn' else '辅警'}"
        yield author, kind, first + timedelta(days=half + (n * 7) % (half + 1))


@demo_step(66, "team.discussion", "大讨论")
@transaction.atomic
def make_discussion() -> str:
    """五抓四比, with its plan, its four themes and its two meetings."""
    values = {
        "title": "“五抓四比”大讨论",
        "slogan": "三提三敢",
        "themes": ["duty", "drive", "image", "results"],
        "plan_title": "“五抓四比”大讨论活动实施方案",
        "plan_number": "青公交〔2023〕18号",
        "plan_on": date(2023, 4, 10),
        "unit": Unit.objects.get(code="QL"),
        "started_on": date(2023, 4, 10),
        "ended_on": date(2023, 5, 31),
        "result": "两次集中讨论，逐单位列出问题清单并整改（演示）。",
    }
    from_before = services.Discussion.objects.filter(title=values["title"]).exists()
    if from_before:
        return "已有"
    discussion = services.discussions.add(values, by=SYSTEM)
    held = list(Activity.objects.live().filter(kind="team.discussion_meeting", held_on__year=2023))
    services.link_activities(discussion.uid, held, by=SYSTEM)
    return f"1 项, 活动 {len(held)} 次"

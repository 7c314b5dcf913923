"""Plans and honours of the demonstration county: F22, F23 and F37 follow from them."""

from __future__ import annotations

import io
from datetime import date, timedelta
from typing import Any, Final

from django.db import transaction
from PIL import Image, ImageDraw

from anlu.apps.plans import services
from anlu.apps.plans.demonstration import table
from anlu.apps.plans.models import Honour, Measure, PlanGroup, WorkPlan
from anlu.kernel.activities.models import Activity
from anlu.kernel.core.attachments import attach, keep_files
from anlu.kernel.core.demo import demo_step, entered_on
from anlu.kernel.core.scope import SYSTEM
from anlu.kernel.indicators.define import indicators
from anlu.kernel.people.models import Unit

YEAR: Final = 2023  # the year of the demonstration
TO_CONFIRM: Final = "分组名称和含义为演示数据，请按本单位文件修改。"
PLANS: Final = (
    ("10104", "2023年工作计划", "annual", "2023-01-10", "2023-12-31", "青公交〔2023〕2号"),
    ("四优", "车管所创优做法", "practice", "2022-09-01", "", ""),
    ("四拓", "治理与服务拓展做法", "practice", "2023-01-01", "", ""),
)


def plaque() -> bytes:
    """A drawn plaque, in place of a photograph: a golden field in a wooden frame, without any words."""
    picture = Image.new("RGB", (640, 480), "#6b4a2b")
    draw = ImageDraw.Draw(picture)
    draw.rectangle((40, 40, 600, 440), fill="#e3c15a", outline="#b8912f", width=6)
    for top in (150, 220, 290):
        draw.rectangle((140, top, 500, top + 26), fill="#b3261e")
    draw.ellipse((290, 70, 350, 130), fill="#b3261e")
    sink = io.BytesIO()
    picture.save(sink, "PNG")
    return sink.getvalue()


def _day(text: str) -> date | None:
    return date.fromisoformat(text) if text else None


@demo_step(80, "plans.plans", "工作计划与措施")
@transaction.atomic
def make_plans() -> str:
    """The theme of 2023, the plan 10104 with its groups, 四优 and 四拓, and the measures of all of them."""
    if WorkPlan.objects.exists():
        return "已有"
    basis = "2023年道路交通安全隐患大排查大整治部署（演示）"
    theme = services.themes.add({"year": 2023, "name": "巩固深化年", "basis": basis}, by=SYSTEM)
    plans = {}
    for code, name, kind, start, end, document in PLANS:
        values: dict[str, Any] = {
            "code": code,
            "name": name,
            "kind": kind,
            "theme": theme,
            "unit": Unit.objects.get(code="QL"),
            "starts_on": _day(start),
            "ends_on": _day(end),
            "document_number": document,
            "meaning": TO_CONFIRM,
        }
        plans[code] = services.plans.add(values, by=SYSTEM)
    groups: dict[tuple[str, str], PlanGroup] = {}
    for place, row in enumerate(table("groups.csv"), start=1):
        plan = plans[row["plan"]]
        facts = {"plan": plan, "place": place, "valid_from": plan.starts_on}
        stated = {name: row[name] for name in ("label", "family", "meaning")}
        groups[row["plan"], row["label"]] = services.groups.add({**facts, **stated}, by=SYSTEM)
    for row in table("measures.csv"):
        _add_measure(row, groups[row["plan"], row["group"]])
    return f"计划 {len(plans)} 项, 分组 {len(groups)} 个, 措施 {Measure.objects.count()} 项"


def _add_measure(row: dict[str, str], group: PlanGroup) -> None:
    values: dict[str, Any] = {
        "group": group,
        "number": row["number"],
        "title": row["title"],
        "unit": Unit.objects.get(code=row["unit"]),
        "starts_on": _day(row["starts"]),
        "due_on": _day(row["due"]),
        "done_on": _day(row["done"]),
        "state": row["state"],
        "is_reform": row["reform"] == "1",
        "document_number": row["document"],
        "enabled_on": _day(row["enabled"]),
    }
    measure = services.measures.add(values, by=SYSTEM)
    known = [code for code in row["indicators"].split() if code in indicators]
    if known:
        services.attach_indicators(measure.uid, known, by=SYSTEM)
    if row["title"].startswith("学习教育"):
        held = Activity.objects.live().filter(state="held", kind="team.training")
        services.add_evidence(measure.uid, [(one, one.held_on) for one in held], by=SYSTEM)


@demo_step(82, "plans.honours", "荣誉与经验推广")
@transaction.atomic
def make_honours() -> str:
    """The plaque of the vehicle office for the fourth time, two commendations of the county, and others."""
    if Honour.objects.exists():
        return "已有"
    for row in table("honours.csv"):
        values = {name: row[name] for name in ("title", "kind", "level", "granted_by", "source", "basis")}
        granted = date.fromisoformat(row["granted_on"])
        facts = {
            "granted_on": granted,
            "document_number": row["document"],
            "unit": Unit.objects.get(code=row["unit"]),
        }
        honour = services.honours.add({**values, **facts}, by=SYSTEM)
        entered = entered_on(granted + timedelta(days=1), hour=9)
        Honour.objects.filter(pk=honour.pk).update(recorded_at=entered)
        if row["kind"] in ("commendation", "plaque") and granted.year == YEAR:
            kept = keep_files([(plaque(), "plaque.png")], by=SYSTEM)
            attach(honour, kept, by=SYSTEM, caption="奖牌照片（演示图）")
    return f"{Honour.objects.count()} 项"

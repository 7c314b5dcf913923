"""The demonstration county: two offices that issue, and a handful of documents in several states."""

from __future__ import annotations

from datetime import date, timedelta
from typing import Any, Final

from django.db import transaction

from anlu.kernel.core.clock import today
from anlu.kernel.core.demo import demo_step, on_day
from anlu.kernel.core.scope import SYSTEM
from anlu.kernel.documents import services
from anlu.kernel.documents.models import Document, Letterhead
from anlu.kernel.people.models import Officer, Unit

BRIGADE, COMMITTEE = "QL", "AWB"
ISSUED: Final = date(2023, 6, 26)  # a week before the day on which the demonstration lives
ANSWERED: Final = date(2023, 6, 30)
HEADS: Final = (
    (BRIGADE, "青澜县公安局交通管理大队", "青公交"),
    (COMMITTEE, "青澜县道路交通安全综合治理委员会办公室", "青交安办"),
)
HEDGE: Final = {
    "位置": "国道105 K18+620 平交口",
    "隐患类型": "视距遮挡",
    "隐患情况": "西北象限行道树和绿篱遮挡视线，支路车辆驶入主路时看不到左侧来车。",
    "整改建议": "修剪行道树，移除路口绿篱。\n整改完成前设置注意横向来车标志。",
}


@demo_step(60, "documents.documents", "公文")
@transaction.atomic
def make_documents() -> str:
    """Offices and documents; every name is invented."""
    if Letterhead.objects.exists():
        return "已有"
    units = {unit.code: unit for unit in Unit.objects.live()}
    for code, name, mark in HEADS:
        Letterhead.objects.create(unit=units[code], name=name, mark=mark, created_by=SYSTEM.uid)
    people = {officer.login: officer for officer in Officer.objects.filter(voided_at__isnull=True)}
    for make in (_answered, _delivered, _refused, _waiting_for_signature, _draft_of_summary, _withdrawn):
        with on_day(ISSUED):
            make(units, people)
    return f"{Document.objects.count()} 份"


Units = dict[str, Unit]
People = dict[str, Officer]


def _out(kind: str, facts: dict[str, Any], units: Units, people: People, **more: Any) -> Document:
    """Drafted by the hazard officer, checked by the legal officer, signed and issued by the deputy."""
    stated: dict[str, Any] = {"unit": units[BRIGADE], "by": people["hazard"]} | more
    document = services.draft_document(kind, facts, **stated)
    services.check(document, by=people["legal"])
    services.sign(document, by=people["deputy"])
    return services.issue(document, by=people["deputy"])


def _answered(units: Units, people: People) -> None:
    document = _out("referral", HEDGE, units, people, addressee=units["AWB-D06"])
    services.deliver(document, by=people["hazard"], receiver="柏联络", place="青澜县园林服务中心")
    with on_day(ANSWERED):
        services.reply(document, "已安排绿化养护人员修剪，移除绿篱，整改后照片附后。", by=people["garden"])


def _delivered(units: Units, people: People) -> None:
    facts = {
        "事项": "完善省道316东岭段照明设施",
        "基本情况": "该路段沿线村庄集中，夜间行人横过公路频繁，照明设施缺失。",
        "建议": "在村庄出入口增设路灯和人行横道标志。",
    }
    document = _out("advice", facts, units, people, addressee=units["AWB-D02"])
    services.deliver(document, by=people["hazard"], receiver="收发室", place="青澜县交通运输局")


def _refused(units: Units, people: People) -> None:
    facts = {
        "责任人": "测试乙",
        "妨碍物": "广告牌",
        "地点": "县道021与乡道Y021路口",
        "妨碍情形": "遮挡让行标志，妨碍安全视距。",
        "排除期限": today() + timedelta(days=7),
    }
    document = _out("clearance", facts, units, people)
    services.deliver(
        document,
        by=people["hazard"],
        method="left",
        refused=True,
        refused_why="称广告牌由他人设置",
        witnesses="云劝导",
        place="现场",
    )


def _waiting_for_signature(units: Units, people: People) -> None:
    facts = {
        "位置": "国道105 K18+620 平交口",
        "隐患情况": "行道树遮挡视线，抄告后逾期未整改。",
        "前期办理": "大队已书面抄告并催办，逾期未整改",
        "整改要求": "修剪行道树。\n移除路口绿篱。",
        "整改期限": today() + timedelta(days=14),
    }
    document = services.draft_document(
        "rectification", facts, unit=units[COMMITTEE], by=SYSTEM, addressee=units["AWB-D06"]
    )
    services.check(document, by=people["legal"])


def _draft_of_summary(units: Units, people: People) -> None:
    facts = {
        "标题句": "扎实推进预防道路交通事故减量控大工作",
        "导语": "今年以来，大队坚持安全第一、预防为主、综合治理，压实责任，堵塞漏洞。",
        "主要工作": "（一）抓源头。逐车逐人清零隐患。\n（二）抓路面。高峰守路口，平峰巡公路。",
    }
    services.draft_document("summary", facts, unit=units[BRIGADE], by=people["office"], period="2023H1")


def _withdrawn(units: Units, people: People) -> None:
    document = _out("referral", HEDGE | {"位置": "县道021 K3+100"}, units, people, addressee=units["AWB-D02"])
    services.withdraw(document, why="位置核对有误，另行抄告", by=people["deputy"])

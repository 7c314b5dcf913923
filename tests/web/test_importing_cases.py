"""Cases from a table, as the browser goes through it: hazards, findings of inspections, the problem list."""

from __future__ import annotations

import csv
import io
from datetime import date
from pathlib import Path
from typing import Any

import openpyxl
import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.test import Client
from django.urls import reverse

from anlu.apps.hazards.models import Hazard
from anlu.apps.inspections.terms import CATEGORIES
from anlu.apps.team.terms import SOURCES
from anlu.kernel.cases import imports
from anlu.kernel.cases.history import tell
from anlu.kernel.cases.models import Case, CaseEvent, Part
from anlu.kernel.cases.services import comment_case, open_case
from anlu.kernel.core.clock import now
from anlu.kernel.core.dictionaries import terms
from anlu.kernel.core.importing.fields import MAIN
from anlu.kernel.core.importing.lifecycle import run_import
from anlu.kernel.core.importing.nouns import importers
from anlu.kernel.core.importing.planning import make_plan
from anlu.kernel.core.models import AuditEntry, Batch, Notice, SearchEntry
from anlu.kernel.core.scope import SYSTEM, Width
from anlu.kernel.indicators.models import PeriodClose
from anlu.kernel.people.models import Officer, Unit
from anlu.kernel.people.services import assign_area
from anlu.kernel.places.models import Area
from tests.apps.hazards.conftest import Stage, county, stage
from tests.factories import make_area, make_officer, make_unit, seed_dictionaries

__all__ = ["county", "stage"]  # fixtures
pytestmark = pytest.mark.django_db
HAZARDS = "hazards.hazard"
HEADER = (
    "类型",
    "事项",
    "情况说明",
    "发现日期",
    "镇街",
    "道路",
    "桩号",
    "发现来源",
    "实测视距(米)",
    "办理期限",
)
GOOD = [
    ("平交路口视距不足", "路口看不见来车", "绿篱高", "2023-06-19", "柳镇", "G999", "K12+300", "民警巡查", "45", ""),
    ("马路市场占道经营", "集市占道", "", "2023-06-18", "柳镇", "", "", "", "", "2023-07-31"),
]  # fmt: skip


def employ(stage: Stage, *more: str, width: Width = Width.OWN, unit: Unit | None = None) -> Officer:
    """Somebody who imports hazards, findings and problems."""
    verbs = ("view", "add", "import")
    codes = [
        f"{family}.{verb}" for family in (HAZARDS, "inspections.finding", "team.problem") for verb in verbs
    ]
    return make_officer(unit or stage.squadron, *codes, *more, width=width)


@pytest.fixture
def clerk(stage: Stage, client: Client) -> Officer:
    """The clerk of the squadron of 柳镇."""
    seed_dictionaries()
    officer = employ(stage, "core.batch.withdraw", "core.batch.view")
    client.force_login(officer)
    return officer


def table(*rows: tuple[str, ...], header: tuple[str, ...] = HEADER) -> SimpleUploadedFile:
    """An Excel file in our own headings."""
    book = openpyxl.Workbook()
    assert book.active is not None
    for row in (header, *rows):
        book.active.append(row)
    file = io.BytesIO()
    book.save(file)
    return SimpleUploadedFile("清单.xlsx", file.getvalue())


def look(client: Client, file: SimpleUploadedFile, family: str = HAZARDS) -> Any:
    """Upload a file and look at what would happen."""
    return client.post(reverse(f"{family}.import"), {"main": file}, follow=True)


def bring(client: Client, file: SimpleUploadedFile, family: str = HAZARDS) -> Batch:
    """Upload a file and confirm."""
    client.post(look(client, file, family).redirect_chain[-1][0])
    return Batch.objects.latest("pk")


def reasons(answer: Any) -> dict[int, str]:
    """Row number of each refused row with its reason."""
    return {row["row"]: row["reason"] for row in answer.context["table"]["rows"]}


# ------------------------------------------------------------------------------------------------ the wizard
@pytest.mark.parametrize("family", [HAZARDS, "inspections.finding", "team.problem"])
def test_the_template_is_recognised_and_explains_itself(client: Client, clerk: Officer, family: str) -> None:
    answer = client.get(reverse(f"{family}.import.template"))
    book = openpyxl.load_workbook(io.BytesIO(b"".join(answer.streaming_content)))
    headings = [str(cell.value) for cell in book.worksheets[0][1]]
    assert len(headings) == len(set(headings)) > 5
    found = look(
        client, table(tuple("" for _ in headings), ("x",) * len(headings), header=tuple(headings)), family
    )
    assert found.context["found"]["profile_code"] == "template"
    assert found.context["counts"]["accepted"] == 0


def test_a_row_becomes_what_a_person_would_have_opened(client: Client, clerk: Officer, stage: Stage) -> None:
    given = {
        "title": "路口看不见来车", "description": "绿篱高", "found_on": date(2023, 6, 19), "town": stage.town,
        "road": stage.national, "chainage_m": 12_300.0, "reporter_name": clerk.name,
    }  # fmt: skip
    facts = {"source": "patrol", "sight_m": 45.0}
    by_hand = open_case("hazards.junction_sight", given, details=facts, by=clerk)
    batch = bring(client, table(*GOOD))
    assert (batch.state, batch.accepted, batch.refused) == ("live", 2, 0)
    first, second = Case.objects.filter(batch=batch).order_by("pk")
    same = ("kind", "family", "state", "title", "description", "details", "found_on", "due_on", "unit", "town",
            "road", "chainage_m", "reporter_name", "created_by", "location_state")  # fmt: skip
    assert {name: getattr(first, name) for name in same} == {name: getattr(by_hand, name) for name in same}
    assert [by_hand.number, first.number, second.number] == [f"YH-2023-0000{n}" for n in (1, 2, 3)]
    assert second.due_on == date(2023, 7, 31)  # stated
    assert (first.source, first.source_key != "") == ("表格导入", True)
    assert list(CaseEvent.objects.filter(case=first).values_list("code", flat=True)) == ["open"]
    assert first.parts.get().part == Part.FOUND
    assert Hazard.objects.filter(case=first).exists()
    assert AuditEntry.objects.filter(action="add", thing_uid=first.uid, actor=clerk.uid).exists()
    page = client.get(reverse(f"{HAZARDS}.detail", args=[first.uid])).content.decode()
    assert reverse("web.batch", args=[batch.uid]) in page


def test_each_refused_row_comes_back_with_its_reason_last(
    client: Client, clerk: Officer, stage: Stage
) -> None:
    def row(**changed: str) -> tuple[str, ...]:
        other = {"事项": f"别的 {changed}"}
        return tuple((dict(zip(HEADER, GOOD[0], strict=True)) | other | changed).values())

    answer = look(client, table(
        GOOD[0],
        row(类型="井盖"),
        row(发现日期="昨天"),
        row(发现日期="2023-06-21"),
        row(发现来源="梦见"),
        row(**{"实测视距(米)": "很短"}),
        row(桩号="十二公里"),
        row(镇街="无此镇"),
        row(类型="马路市场占道经营"),  # has no 实测视距
        row(办理期限="下月"),
        GOOD[0],
    ))  # fmt: skip
    found = reasons(answer)
    said = {
        3: "井盖", 4: "昨天", 5: "今天以后", 6: "发现来源「梦见」不在可选的范围内", 7: "不是数", 8: "K12+345",
        9: "没有镇街「无此镇」", 10: "没有「实测视距(米)」这一项", 11: "办理期限「下月」", 12: "与前面一行是同一件",
    }  # fmt: skip
    assert set(found) == set(said)
    for number, words in said.items():
        assert words in found[number], number
    assert answer.context["counts"]["accepted"] == 1
    given = client.get(answer.context["refused_url"])
    sheet = openpyxl.load_workbook(io.BytesIO(b"".join(given.streaming_content))).worksheets[0]
    titles, first = ([cell.value for cell in line] for line in sheet.iter_rows(max_row=2))
    assert titles[-1] == "退回原因"
    assert "井盖" in str(first[-1])
    assert not Case.objects.exists()
    assert not Batch.objects.exists()


def test_the_same_table_again_opens_nothing_and_a_changed_row_is_refused(
    client: Client, clerk: Officer
) -> None:
    bring(client, table(*GOOD))
    again = look(client, table(*GOOD))
    assert {name: again.context["counts"][name] for name in ("accepted", "unchanged", "refused")} == {
        "accepted": 0,
        "unchanged": 2,
        "refused": 0,
    }
    assert "没有需要写入的内容" in again.content.decode()
    narrow = (
        "发现日期",
        "类型",
        "事项",
        "镇街",
        "情况说明",
        "道路",
        "桩号",
        "发现来源",
        "实测视距(米)",
        "办理期限",
        "序号",
    )
    moved = [dict(zip(HEADER, row, strict=True)) | {"序号": f"{n}"} for n, row in enumerate(GOOD, 7)]
    other = look(client, table(*(tuple(row[name] for name in narrow) for row in moved), header=narrow))
    assert other.context["counts"]["unchanged"] == 2  # another order of columns, one more that is not ours
    changed = look(client, table((*GOOD[0][:-1], "2023-08-01"), GOOD[1]))
    number = Case.objects.get(title="路口看不见来车").number
    assert reasons(changed) == {2: f"已登记为 {number}，这一行与那时不同；请在那一件里更正"}
    assert changed.context["counts"]["unchanged"] == 1


@pytest.mark.parametrize(
    ("family", "fact", "dictionary", "prefix"),
    [("inspections.finding", "督查类别", CATEGORIES, "DC"), ("team.problem", "问题来源", SOURCES, "WT")],
)
def test_findings_and_problems_come_in_with_their_lead_unit(
    client: Client, clerk: Officer, stage: Stage, family: str, fact: str, dictionary: str, prefix: str
) -> None:
    label = terms(dictionary)[0].label
    rows = [("台账不全", "2023-06-19", "柳镇中队", label), ("无人值守", "2023-06-19", "没有的单位", label),
            ("灯坏了", "2023-06-19", "柳镇中队", "")]  # fmt: skip
    header = ("事项", "发现日期", "牵头单位", fact)
    assert {
        number: "没有" in why or "须填写" in why
        for number, why in reasons(look(client, table(*rows, header=header), family)).items()
    } == {
        3: True,
        4: True,
    }
    batch = bring(client, table(*rows, header=header), family)
    assert (batch.accepted, batch.refused) == (1, 2)
    case = Case.objects.get()
    assert (case.family, case.number[:2], case.lead, case.state) == (family, prefix, stage.squadron, "found")


# ------------------------------------------------------------------------------------------------ scope
def test_a_squadron_imports_only_its_own(client: Client, clerk: Officer, stage: Stage) -> None:
    assign_area(make_unit("远镇中队"), make_area("远镇"), by=SYSTEM)
    far = (*GOOD[1][:4], "远镇", *GOOD[1][5:])
    answer = look(client, table(GOOD[0], far))
    assert reasons(answer) == {3: "远镇不在您的管辖范围内，不能导入"}
    stranger = employ(stage, unit=make_unit("别处中队"))
    client.force_login(stranger)
    refused = look(client, table(GOOD[0]))
    assert "不在您的管辖范围内" in reasons(refused)[2]
    client.force_login(employ(stage, width=Width.ALL, unit=make_unit("大队机关")))
    assert look(client, table(GOOD[0])).context["counts"]["accepted"] == 1


def test_a_row_of_a_closed_period_is_refused(client: Client, clerk: Officer) -> None:
    PeriodClose.objects.create(
        period="2023-05",
        starts_on=date(2023, 5, 1),
        ends_on=date(2023, 5, 31),
        closed_by_name="测试员",
        closed_at=now(),
    )
    early = (*GOOD[1][:3], "2023-05-30", *GOOD[1][4:])
    answer = look(client, table(early, GOOD[0]))
    assert "已经关账" in reasons(answer)[2]
    batch = bring(client, table(early, GOOD[0]))
    assert (batch.state, batch.accepted, batch.refused) == ("live", 1, 1)


def test_without_the_permission_there_is_no_import(client: Client, stage: Stage) -> None:
    client.force_login(stage.finder)  # may add by hand
    assert client.get(reverse(f"{HAZARDS}.import")).status_code == 403
    assert reverse(f"{HAZARDS}.import") not in client.get(reverse(HAZARDS)).content.decode()


# ------------------------------------------------------------------------------------------------ taking back
def test_a_batch_is_withdrawn_until_somebody_worked_on_it(client: Client, clerk: Officer) -> None:
    batch = bring(client, table(*GOOD))
    client.post(reverse("web.batch.withdraw", args=[batch.uid]))
    batch.refresh_from_db()
    assert batch.state == "withdrawn"
    assert not Case.objects.exists()
    assert not SearchEntry.objects.filter(kind="cases.case").exists()
    second = bring(client, table(*GOOD))  # may come again
    assert second.accepted == 2
    comment_case(Case.objects.latest("pk").uid, "去看过了", by=clerk)
    answer = client.post(reverse("web.batch.withdraw", args=[second.uid]), follow=True)
    assert "1 条记录导入后已被修改，不能撤回".replace("，", ",") in answer.content.decode()
    assert Case.objects.count() == 2


def test_whoever_was_told_of_a_withdrawn_case_is_told_that_and_no_notice_leads_nowhere(
    client: Client, clerk: Officer, stage: Stage
) -> None:
    batch = bring(client, table(*GOOD))
    reader, sleeper = stage.liaison.uid, stage.chief.uid
    for case in Case.objects.all():
        tell(case, [reader, sleeper], f"{case.number} 由贵单位牵头", key=f"{case.pk}", by=SYSTEM)
    other = tell_of_another(stage)
    Notice.objects.filter(to=reader).update(read_at=now())
    client.post(reverse("web.batch.withdraw", args=[batch.uid]))
    assert not Notice.objects.filter(to=sleeper).exclude(pk=other.pk).exists()
    titles = {
        (one.title.partition("：")[0], one.url, one.read_at) for one in Notice.objects.filter(to=reader)
    }
    assert titles == {("导入已撤回", "", None)}
    other.refresh_from_db()
    assert other.url


def tell_of_another(stage: Stage) -> Notice:
    """Somebody was told of a case that is not of the batch."""
    case = open_case(
        "hazards.vegetation", {"title": "另一处", "town": stage.town}, details={"plant": "tree"}, by=SYSTEM
    )
    tell(case, [stage.chief.uid], "另一处", key="other", by=SYSTEM)
    return Notice.objects.get(to=stage.chief.uid, key="case.other")


def test_an_import_that_breaks_off_goes_on_and_opens_each_row_once(
    clerk: Officer, stage: Stage, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    path = tmp_path / "清单.csv"
    with path.open("w", encoding="utf-8", newline="") as opened:
        rows = [("马路市场占道经营", f"集市 {n}", "2023-06-18", "柳镇") for n in range(60)]
        csv.writer(opened).writerows([("类型", "事项", "发现日期", "镇街"), *rows])
    whole, made = imports.CaseOpener.add, 0

    def dying(self: Any, *given: Any) -> None:
        nonlocal made
        made += 1
        if made == 50:
            raise KeyboardInterrupt
        whole(self, *given)

    monkeypatch.setattr(imports.CaseOpener, "add", dying)
    with pytest.raises(KeyboardInterrupt):
        run_import(make_plan(importers.get(HAZARDS), {MAIN: path}), by=clerk)
    assert 0 < Case.objects.count() < 60
    assert not Case.objects.visible_to(clerk).exists()  # nothing of it is seen yet
    Batch.objects.update(lease_until=None, lease_holder="")
    result = run_import(make_plan(importers.get(HAZARDS), {MAIN: path}), by=clerk)
    assert result.counts.accepted == 60
    assert sorted(Case.objects.visible_to(clerk).values_list("title", flat=True)) == sorted(
        row[1] for row in rows
    )
    numbers = list(Case.objects.order_by("number").values_list("number", flat=True))
    assert numbers == [f"YH-2023-{n:05d}" for n in range(1, 61)]


def test_the_command_line_brings_cases_too(clerk: Officer, stage: Stage, tmp_path: Path) -> None:
    path = tmp_path / "清单.csv"
    path.write_text("类型,发现日期,镇街\n马路市场占道经营,2023-06-18,柳镇\n", encoding="utf-8")
    assert run_import(make_plan(importers.get(HAZARDS), {MAIN: path}), by=SYSTEM).counts.accepted == 1
    assert Case.objects.get().title == "马路市场占道经营"
    assert Area.objects.get(name="柳镇") == Case.objects.get().town

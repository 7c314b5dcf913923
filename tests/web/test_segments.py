"""The register of segments as people keep it: the form, the figures of each segment, the sheet from the road office."""

from __future__ import annotations

import io
from datetime import UTC, date, datetime
from typing import Any

import openpyxl
import polars as pl
import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.urls import reverse

from anlu.apps.crashes.services import add_crash
from anlu.kernel.core.importing.nouns import Context, importers
from anlu.kernel.core.importing.parsing import MARKS
from anlu.kernel.core.models import Batch
from anlu.kernel.core.permissions import permissions
from anlu.kernel.core.scope import SYSTEM, Width
from anlu.kernel.people.services import assign_area
from anlu.kernel.places.imports import SegmentComposer
from anlu.kernel.places.models import Segment
from anlu.kernel.places.registers import add_segment
from tests.factories import make_officer, make_unit, seed_dictionaries
from tests.kernel.places.ground import BEGIN_M, make_ground

pytestmark = pytest.mark.django_db
HEADER = (
    "编号",
    "名称",
    "道路",
    "起点桩号",
    "止点桩号",
    "负责单位",
    "车道数",
    "限速(公里/小时)",
    "道路安全属性",
    "隐患提示",
    "启用",
)
GOOD = (
    "D1",
    "北段",
    "国道105",
    "K10+000",
    "K12+000",
    "西镇中队",
    "2",
    "60",
    "尚未治理",
    "弯急",
    "2022-01-01",
)


@pytest.fixture
def keeper(db: None, client: Client) -> Any:
    """Somebody of the squadron of the western town who may do everything there, signed in."""
    seed_dictionaries()
    ground = make_ground()
    unit = make_unit("西镇中队", area=ground["west"])
    assign_area(unit, ground["west"], by=SYSTEM)
    officer = make_officer(unit, *permissions.codes(), width=Width.OWN)
    client.force_login(officer)
    officer.ground = ground
    return officer


def part(keeper: Any, number: str, begin_m: float, end_m: float, **facts: Any) -> Segment:
    """A segment of G105, stakes from the beginning of the road."""
    stakes = {"begin_m": BEGIN_M + begin_m, "end_m": BEGIN_M + end_m}
    road = keeper.ground["G105"]
    return add_segment({"number": number, "name": f"{number}段", "road": road, **stakes, **facts}, by=SYSTEM)


def crash(keeper: Any, number: str, metres: float, on: date = date(2023, 3, 1), **facts: Any) -> Any:
    """A crash at a stake of G105."""
    moment = datetime(on.year, on.month, on.day, 2, tzinfo=UTC)
    where = {"road": keeper.ground["G105"], "chainage_m": BEGIN_M + metres}
    return add_crash(
        {
            "number": number,
            "occurred_at": moment,
            "severity": "damage",
            "unit": keeper.unit,
            **where,
            **facts,
        },
        by=SYSTEM,
    )


def sheet(*rows: tuple[str, ...]) -> SimpleUploadedFile:
    """An Excel file with our headings."""
    book = openpyxl.Workbook()
    assert book.active is not None
    for row in (HEADER, *rows):
        book.active.append(row)
    file = io.BytesIO()
    book.save(file)
    return SimpleUploadedFile("路段.xlsx", file.getvalue())


def test_a_segment_is_registered_with_what_follows_from_its_stakes(keeper: Any, client: Client) -> None:
    facts = {
        "number": "D1",
        "name": "一段",
        "road": keeper.ground["G105"].pk,
        "begin_m": "K10+000",
        "end_m": "k12+500",
    }
    answer = client.post(
        reverse("places.segment.new"), facts | {"limit_kmh": "60", "safety": "4"}, follow=True
    )
    assert answer.status_code == 200
    made = Segment.objects.get()
    assert (made.begin_m, made.end_m, made.unit_name) == (10_000, 12_500, "西镇中队")
    assert made.town == keeper.ground["west"]
    page = answer.content.decode()
    assert [word for word in ("K10+000", "K12+500", "尚未治理", "西镇中队") if word not in page] == []


@pytest.mark.parametrize(
    ("wrong", "words"),
    [
        ({"begin_m": "12.5"}, "不是桩号"),
        ({"end_m": "K10+000"}, "止点桩号应大于起点桩号"),
        ({"end_m": "K99+000"}, "国道105线的桩号是 K10+000 至 K21+"),
        ({"end_m": "K13+000"}, "与「有段」(K12+500 至 K14+000)重叠"),
        ({"number": "有"}, "这个编号已经有了"),
        ({"road": ""}, "请选择"),
        ({"valid_from": "2023-01-02", "valid_to": "2023-01-01"}, "停用不能早于启用"),
        ({"limit_kmh": "600"}, "120"),
    ],
)
def test_what_cannot_be_is_told_at_its_field_and_nothing_is_written(
    keeper: Any, client: Client, wrong: dict[str, str], words: str
) -> None:
    part(keeper, "有", 2_500, 4_000)
    facts = {
        "number": "D1",
        "name": "一段",
        "road": keeper.ground["G105"].pk,
        "begin_m": "K10+000",
        "end_m": "K12+500",
    }
    answer = client.post(reverse("places.segment.new"), facts | wrong)
    told = [str(one) for errors in answer.context["form"].errors.values() for one in errors]
    assert any(words in one for one in told), told
    assert Segment.objects.count() == 1


def test_crashes_are_counted_by_segment_and_day_as_far_as_one_may_see_them(
    keeper: Any, client: Client
) -> None:
    part(keeper, "旧", 0, 3_000, valid_to=date(2022, 12, 31))
    part(keeper, "新", 0, 2_000, valid_from=date(2023, 1, 1))
    inside = [crash(keeper, f"A{metres}", metres) for metres in (0, 1_000, 1_999)]
    crash(keeper, "B", 2_000)
    crash(keeper, "C", 1_000, date(2022, 5, 1))
    crash(keeper, "D", 1_000, unit=make_unit("别处中队"), town=keeper.ground["east"])
    page = client.get(reverse("places.segment"), {"sort": "number"})
    cells = {row.cells[1].value: row.cells[10] for row in page.context["rows"]}
    assert {number: cell.value for number, cell in cells.items()} == {"新": "事故 3 起", "旧": "事故 1 起"}
    rows = client.get(cells["新"].url).context["rows"]
    assert {row.uid for row in rows} == {str(one.uid) for one in inside}
    detail = client.get(reverse("crashes.crash.detail", args=[inside[0].uid])).content.decode()
    assert reverse("places.segment.detail", args=[Segment.objects.get(number="新").uid]) in detail


def test_a_sheet_of_the_road_office_is_taken_and_what_is_doubtful_is_kept_and_marked(
    keeper: Any, client: Client
) -> None:
    doubtful = {
        "D2": (("D2", "西段", "国道105", "K11+000", "K13+000"), {"overlaps"}),
        "D3": (("D3", "", "无名路", "K1+000", "K2+000"), {"road_unknown"}),
        "D4": (("D4", "丁", "G105", "一公里", "K2+000"), {"stakes_unreadable"}),
        "D5": (("D5", "戊", "G105", "K15+000", "K14+000"), {"stakes_reversed"}),
        "D6": (("D6", "己", "G105", "K20+000", "K90+000"), {"off_road"}),
    }
    rows = [(*row, *[""] * (len(HEADER) - len(row))) for row, _ in doubtful.values()]
    preview = client.post(reverse("places.segment.import"), {"main": sheet(GOOD, *rows)}, follow=True)
    assert preview.context["counts"]["accepted"] == 6
    assert not Segment.objects.exists()
    client.post(preview.redirect_chain[-1][0], follow=True)
    assert Batch.objects.get().state == "live"
    good = Segment.objects.get(number="D1")
    assert (good.road, good.begin_m, good.end_m, good.lanes) == (keeper.ground["G105"], 10_000, 12_000, 2)
    assert (good.safety, good.dangers, good.valid_from) == ("4", "弯急", date(2022, 1, 1))
    assert (good.town, good.marks, good.marked) == (keeper.ground["west"], [], False)
    for number, (_, marks) in doubtful.items():
        assert set(Segment.objects.get(number=number).marks) == marks, number
    assert Segment.objects.get(number="D5").begin_m is None


def test_a_row_that_takes_what_another_row_gives_up_is_not_said_to_overlap(
    keeper: Any, client: Client
) -> None:
    def bring(*rows: tuple[str, ...]) -> dict[str, list[str]]:
        whole = [(*row, *[""] * (len(HEADER) - len(row))) for row in rows]
        preview = client.post(reverse("places.segment.import"), {"main": sheet(*whole)}, follow=True)
        foreseen = sum(one["number"] for one in preview.context["marks"])
        client.post(preview.redirect_chain[-1][0], follow=True)
        marks = dict(Segment.objects.values_list("number", "marks"))
        assert foreseen == sum(len(marks[row[0]]) for row in rows)
        return marks

    part(keeper, "D0", 5_000, 7_000)  # K15 to K17
    whole, half = (
        ("D1", "北段", "国道105", "K10+000", "K14+000"),
        ("D2", "南段", "国道105", "K12+000", "K14+000"),
    )
    assert bring(whole) == {"D0": [], "D1": []}
    assert bring((*whole[:4], "K12+000"), half) == {"D0": [], "D1": [], "D2": []}
    assert bring(half, (*whole[:4], "K12+500"))["D1"] == ["overlaps"]  # D2 is as it was, D1 grows over it
    assert bring(("D3", "东段", "国道105", "K16+000", "K18+000"))["D3"] == ["overlaps"]
    earlier = (*half[:3], "K16+000", "K18+000", *[""] * 5, "2020-01-01")
    assert bring(earlier)["D2"] == ["overlaps"]


def test_the_register_is_asked_once_for_all_rows_of_a_file(keeper: Any) -> None:
    frame = [
        {"number": f"D{n}", "road": "国道105", "begin": f"K10+{n:03}", "end": f"K10+{n + 1:03}", MARKS: []}
        for n in range(50)
    ]
    composer = SegmentComposer(Context(SYSTEM, importers.get("segments").shipped_profiles()[-1], {}))
    composer.compose(pl.DataFrame(frame), {})  # reads the roads
    with CaptureQueriesContext(connection) as asked:
        made = composer.compose(pl.DataFrame(frame), {})
    assert made.main["marked"].sum() == 0
    assert len(asked) <= 4, [one["sql"] for one in asked]  # revisions twice, hidden batches, the register


def test_the_same_sheet_again_changes_nothing_and_a_changed_one_moves_the_records(
    keeper: Any, client: Client
) -> None:
    crash(keeper, "A", 1_500)

    def bring(row: tuple[str, ...]) -> Batch:
        preview = client.post(reverse("places.segment.import"), {"main": sheet(row)}, follow=True)
        client.post(preview.redirect_chain[-1][0], follow=True)
        return Batch.objects.latest("pk")

    def found() -> int:
        return len(client.get(reverse("crashes.crash"), {"segment": "D1"}).context["rows"])

    assert bring(GOOD).accepted == 1
    assert found() == 1
    assert bring(GOOD).unchanged == 1
    assert bring((*GOOD[:4], "K11+000", *GOOD[5:])).updated == 1
    assert found() == 0

"""How values are shown, masked and written to files."""

from __future__ import annotations

import io
from datetime import UTC, date, datetime
from decimal import Decimal
from itertools import product
from typing import Any

import openpyxl
import pytest
from django.template.loader import render_to_string
from hypothesis import given
from hypothesis import strategies as st

from anlu.kernel.core.language.words import Verbatim
from anlu.kernel.places.models import Area
from anlu.web.cells import SHOWN_AS, Cell, Renderer, words_of
from anlu.web.ledgers import Column, Kind, Personal, joins_of
from anlu.web.masking import masked
from anlu.web.pages.export import Table, csv_lines, harmless, write_excel
from tests.factories import make_area


@pytest.mark.parametrize(
    ("value", "kind", "words"),
    [
        (None, Kind.AUTO, ""),
        (True, Kind.FLAG, "是"),
        (False, Kind.FLAG, "否"),
        (12500, Kind.NUMBER, "12,500"),
        (2023, Kind.TEXT, "2023"),
        (Decimal("12500.50"), Kind.MONEY, "12,500.5"),
        (115.860001, Kind.NUMBER, "115.860001"),
        (date(2023, 6, 30), Kind.DAY, "2023-06-30"),
        (datetime(2023, 6, 29, 23, 15, tzinfo=UTC), Kind.TIME, "2023-06-30 07:15"),
        (datetime(2023, 6, 29, 23, 15, tzinfo=UTC), Kind.DAY, "2023-06-30"),
    ],
)
def test_values_are_written_as_people_read_them(value: object, kind: Kind, words: str) -> None:
    assert words_of(value, kind) == words


@pytest.mark.parametrize(
    ("value", "kind", "shown"),
    [
        ("张三丰", Personal.NAME, "张*"),
        ("11010519491231002X", Personal.IDENTITY, "1101**********002X"),
        ("13800000001", Personal.PHONE, "138****0001"),
        ("鲁P12345", Personal.PLATE, "鲁P***5"),
        ("鲁P1", Personal.PLATE, "***"),
        ("住在某处", Personal.TEXT, "***"),
        ("", Personal.IDENTITY, ""),
    ],
)
def test_personal_data_are_masked(value: str, kind: Personal, shown: str) -> None:
    assert masked(value, kind) == shown


@given(st.text(min_size=5, max_size=30), st.sampled_from([Personal.IDENTITY, Personal.PLATE, Personal.TEXT]))
def test_a_masked_value_is_never_the_value(value: str, kind: Personal) -> None:
    if value.strip(" .-*") and "*" not in value:
        assert masked(value, kind) != value.strip()


@given(st.text(max_size=20))
def test_no_text_of_a_csv_file_begins_like_a_formula(text: str) -> None:
    assert not harmless(text).startswith(("=", "+", "-", "@", "\t", "\r", "\n"))


@given(st.floats(allow_nan=False, allow_infinity=False) | st.integers())
def test_numbers_of_a_csv_file_stay_numbers(number: float) -> None:
    assert float(harmless(number)) == float(number)


def test_csv_begins_with_the_mark_that_excel_needs() -> None:
    text = "".join(csv_lines(Table("表", [["甲"]], ["列"], [["=1+1", 2, None]])))  # type: ignore[list-item]
    assert text == "\ufeff甲\r\n列\r\n'=1+1,2,\r\n"


def test_excel_holds_formulas_as_text_and_numbers_as_numbers() -> None:
    file = io.BytesIO()
    rows = [["=1+1", 2, date(2023, 6, 30), None, "平常\x00\x0b"], ["@x", 2.5, None, "-1", "+2"]]
    write_excel(Table("表", [["甲", "乙"]], list("一二三四五"), rows), file)  # type: ignore[arg-type]
    sheet = openpyxl.load_workbook(file).active
    assert sheet is not None
    first = sheet[3]
    assert first[0].value == "=1+1"
    assert first[0].data_type == "s"
    assert first[0].quotePrefix
    assert first[1].value == 2
    assert first[2].value == datetime(2023, 6, 30)
    assert first[4].value == "平常"
    assert [cell.data_type for cell in sheet[4]] == ["s", "n", "n", "s", "s"]
    assert sheet.freeze_panes == "A3"


def test_an_empty_table_still_has_its_head() -> None:
    file = io.BytesIO()
    write_excel(Table("表", [["甲"]], ["列"], []), file)
    sheet = openpyxl.load_workbook(file).active
    assert sheet is not None
    assert [cell.value for cell in sheet[2]] == ["列"]


@pytest.mark.django_db
def test_showing_columns_asks_nothing_more_than_the_rows(django_assert_num_queries) -> None:  # type: ignore[no-untyped-def]
    county = make_area("某县")
    for _ in range(3):
        make_area(parent=county)
    columns = (Column("name", "名称"), Column("parent", "上级", value="parent.name"), Column("kind", "级别"))
    renderer = Renderer(Area, columns)
    rows = Area.objects.select_related(*joins_of(Area, columns))
    with django_assert_num_queries(1):
        shown = [renderer.cells(one) for one in rows]
    assert [cell.value for cell in shown[1]][1:] == ["某县", "乡镇街道"]


@pytest.mark.django_db
def test_a_missing_step_on_a_path_shows_nothing() -> None:
    renderer = Renderer(Area, [Column("parent", "上级", value="parent.parent.name")])
    assert renderer.cells(make_area())[0].value == ""


VALUES = ["", "0", "短", "比十二个字还要长的一句话在这里", Verbatim("<b>&"), "2023-06-30"]
MORE: list[dict[str, Any]] = [
    {},
    {"colour": "red"},
    {"url": "/x/"},
    {"note": "另记"},
    {"note": "另记", "note_colour": "amber"},
    {"title": "全文"},
    {"strong": True},
    {"hollow": True},
    {"reveal": "phone"},
]


@pytest.mark.parametrize("kind", ["text", "link", "wrong", "reason", *sorted(set(SHOWN_AS.values()))])
def test_the_short_way_to_draw_a_cell_ends_like_the_long_one(
    kind: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    def drawn() -> list[str]:
        return [
            render_to_string(
                "web/components/cell.html",
                {"cell": Cell(value, kind, **more), "first": first, "row": {"url": "/row/"}},
            )
            for value, more, first in product(VALUES, MORE, (True, False))
        ]

    short = drawn()
    monkeypatch.setattr(Cell, "bare", "")
    assert short == drawn()

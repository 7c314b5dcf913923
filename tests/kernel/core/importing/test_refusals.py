"""Refused rows go back as they came, the reason last, nothing of them dangerous or private."""

from __future__ import annotations

import csv
from pathlib import Path

from openpyxl import load_workbook

from anlu.kernel.core.importing.refusals import MASKED, REASON, ROW_TITLE, RefusedRows


def collected() -> RefusedRows:
    rows = RefusedRows(("编号", "证件", "备注"), frozenset({"证件"}))
    rows.add(3, ["A1", "371525199001010011", '=HYPERLINK("http://x")'], "缺少时间")
    rows.add(9, ["A2", "", None], "重复")
    rows.add(12, ["A3"], "这一行有 1 列,表头有 3 列")
    rows.add(13, ["A4", "5", "6", "7"], "这一行有 4 列,表头有 3 列")
    return rows


def test_an_excel_file_holds_the_cells_as_text_with_the_reason_last(tmp_path: Path) -> None:
    book = load_workbook(collected().save(tmp_path / "out.xlsx"))
    rows = [[cell.value for cell in row] for row in book["退回"].iter_rows()]
    assert rows[0] == [ROW_TITLE, "编号", "证件", "备注", REASON]
    assert rows[1] == [3, "A1", MASKED, '=HYPERLINK("http://x")', "缺少时间"]
    assert rows[2][-1] == "重复"
    assert rows[3][:2] == [12, "A3"]
    assert rows[4] == [13, "A4", MASKED, "6 | 7", "这一行有 4 列,表头有 3 列"]
    assert all(cell.data_type != "f" for row in book["退回"].iter_rows() for cell in row)


def test_a_csv_file_starts_no_formula(tmp_path: Path) -> None:
    path = collected().save(tmp_path / "out.csv")
    rows = list(csv.reader(path.read_text(encoding="utf-8-sig").splitlines()))
    assert rows[1][3] == '\'=HYPERLINK("http://x")'


def test_rows_of_children_without_a_record_stand_on_a_sheet_of_their_own(tmp_path: Path) -> None:
    rows = collected()
    rows.orphans = {"vehicles": [7, 8]}
    book = load_workbook(rows.save(tmp_path / "out.xlsx"))
    assert [[cell.value for cell in row][:2] for row in book["找不到记录的明细"].iter_rows(min_row=2)] == [
        ["vehicles", 7],
        ["vehicles", 8],
    ]


def test_only_the_first_rows_stay_in_memory() -> None:
    rows = RefusedRows(("a",))
    for number in range(1000):
        rows.add(number, ["x"], "y")
    assert (rows.count, len(rows.first), sum(1 for _ in rows.rows())) == (1000, 50, 1000)

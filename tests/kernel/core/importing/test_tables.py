"""Files that people really send: every shape of a good one is read, every bad one is named."""

from __future__ import annotations

import csv
import gzip
import io
import re
import struct
import zipfile
from collections.abc import Callable
from datetime import date, datetime
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st
from openpyxl import Workbook

from anlu.engine.errors import BadInput
from anlu.kernel.core.importing import packages, sources, tables
from anlu.kernel.core.importing.sources import look_at
from anlu.kernel.core.importing.tables import ROW, Table, named, open_table

HEADER = ["编号", "地点", "备注"]
ROWS = [["A1", "柳亭镇,东头", ""], ["A2", '他说"停"', "两行\n的备注"], ["A3", "云桥镇", "末"]]


def write(path: Path, text: str, encoding: str = "utf-8") -> Path:
    path.write_bytes(text.encode(encoding))
    return path


def as_csv(rows: list[list[str]], *, delimiter: str = ",", end: str = "\r\n") -> str:
    out = io.StringIO(newline="")
    csv.writer(out, delimiter=delimiter, lineterminator=end).writerows(rows)
    return out.getvalue()


def cells_of(table: Table) -> list[list[str]]:
    return [["" if cell is None else cell for cell in row] for row in raw_rows(table)]


def raw_rows(table: Table) -> list[tuple[str | None, ...]]:
    return [row for block in table.blocks() for row in block.frame.select(table.header).iter_rows()]


def numbers_of(table: Table) -> list[int]:
    return [number for block in table.blocks() for number in block.frame[ROW]]


def misshapen_of(table: Table) -> list[tuple[int, str]]:
    return [(one.row, one.reason) for block in table.blocks() for one in block.misshapen]


@pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig", "gb18030", "utf-16"])
@pytest.mark.parametrize("delimiter", [",", ";", "\t", "|"])
@pytest.mark.parametrize("end", ["\n", "\r\n"])
def test_every_usual_encoding_and_separator_gives_the_same_cells(
    tmp_path: Path, encoding: str, delimiter: str, end: str
) -> None:
    path = write(tmp_path / "a.csv", as_csv([HEADER, *ROWS], delimiter=delimiter, end=end), encoding)
    table = open_table(look_at(path))
    assert table.header == tuple(HEADER)
    assert [[cell.replace("\r\n", "\n") for cell in row] for row in cells_of(table)] == ROWS


def test_a_packed_file_is_read_whatever_its_name(tmp_path: Path) -> None:
    path = tmp_path / "packed.csv"
    path.write_bytes(gzip.compress(as_csv([HEADER, *ROWS]).encode()))
    assert len(cells_of(open_table(look_at(path)))) == 3


@given(
    st.lists(
        st.lists(st.text(st.characters(exclude_categories=("C",)), max_size=8), min_size=3, max_size=3),
        min_size=1,
        max_size=20,
    )
)
def test_any_table_comes_back_as_it_was_written(
    tmp_path_factory: pytest.TempPathFactory, rows: list[list[str]]
) -> None:
    path = write(tmp_path_factory.mktemp("t") / "a.csv", as_csv([HEADER, *rows], end="\n"))
    table = open_table(look_at(path), delimiter=",")
    assert cells_of(table) == [row for row in rows if any(cell.strip() for cell in row)]


def test_rows_are_numbered_as_a_spreadsheet_shows_them(tmp_path: Path) -> None:
    path = write(tmp_path / "a.csv", 'a,b\n1,x\n\n2,"y\nz"\n3,w\n')
    table = open_table(look_at(path))
    assert numbers_of(table) == [2, 4, 5]


def test_a_stray_quote_inside_a_cell_costs_nothing(tmp_path: Path) -> None:
    path = write(tmp_path / "a.csv", 'a,b\n1,5" pipe\n2,plain\n3,"quoted"\n')
    assert cells_of(open_table(look_at(path))) == [["1", '5" pipe'], ["2", "plain"], ["3", "quoted"]]


def test_blocks_of_any_size_give_the_same_rows(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    rows = [[f"A{n}", f"地点{n}", "多\n行" if n % 7 == 0 else f"备注,{n}"] for n in range(200)]
    path = write(tmp_path / "a.csv", as_csv([HEADER, *rows], end="\n"))
    for size in (7, 64, 1000, 1 << 20):
        monkeypatch.setattr(sources, "BLOCK_BYTES", size)
        table = open_table(look_at(path))
        assert cells_of(table) == rows
        assert numbers_of(table) == list(range(2, 202))


def test_rows_with_too_few_or_too_many_cells_are_set_apart(tmp_path: Path) -> None:
    path = write(tmp_path / "a.csv", "a,b,c\n1,2,3\n1,2\n1,2,3,4\n1,2,3,\n1,,\n")
    table = open_table(look_at(path))
    assert cells_of(table) == [["1", "2", "3"], ["1", "2", "3"], ["1", "", ""]]
    assert misshapen_of(table) == [(3, "这一行有 2 列,表头有 3 列"), (4, "这一行有 4 列,表头有 3 列")]


def test_a_separator_line_and_blank_lines_above_the_header_are_passed_over(tmp_path: Path) -> None:
    path = write(tmp_path / "a.csv", "sep=;\na;b\n1,5;2\n")
    table = open_table(look_at(path))
    assert (table.header, cells_of(table), numbers_of(table)) == (("a", "b"), [["1,5", "2"]], [3])


def test_doubled_headers_are_told_apart_and_known(tmp_path: Path) -> None:
    table = open_table(look_at(write(tmp_path / "a.csv", "a,b,a,\n1,2,3,4\n")))
    assert table.header == ("a", "b", "a#2", "第4列")
    assert table.doubled() == {"a"}


def test_names_of_columns_are_trimmed() -> None:
    assert named([" 事故 编号 ", "", "x"]) == ("事故 编号", "第2列", "x")


# --- Excel


def workbook(path: Path, rows: list[list[object]], title: str = "") -> Path:
    book = Workbook()
    sheet = book.active
    assert sheet is not None
    if title:
        sheet.append([title])
        sheet.merge_cells("A1:C1")
        sheet.append([])
    for row in rows:
        sheet.append(row)
    book.save(path)
    return path


def test_a_sheet_gives_the_text_that_a_csv_would_have(tmp_path: Path) -> None:
    row = ["A1", 12, 3.5, True, date(2023, 1, 2), datetime(2023, 1, 2, 3, 4), None]
    path = workbook(tmp_path / "a.xlsx", [["a", "b", "c", "d", "e", "f", "g"], row])
    table = open_table(look_at(path))
    assert cells_of(table) == [["A1", "12", "3.5", "TRUE", "2023-01-02", "2023-01-02 03:04:00", ""]]


def test_the_header_is_found_below_a_merged_title(tmp_path: Path) -> None:
    path = workbook(tmp_path / "a.xlsx", [HEADER, ["A1", "x", "y"]], title="二〇二三年事故登记表")
    table = open_table(look_at(path), known=HEADER)
    assert (table.header, numbers_of(table)) == (tuple(HEADER), [4])


def test_formulas_give_nothing_but_text(tmp_path: Path) -> None:
    path = write(tmp_path / "a.csv", 'a,b\n1,"=HYPERLINK(""http://x"")"\n')
    assert cells_of(open_table(look_at(path))) == [["1", '=HYPERLINK("http://x")']]


# --- bad files


def refusal(path: Path, **options: str) -> str:
    def read_all() -> None:
        for _ in open_table(look_at(path, **options)).blocks():
            pass

    with pytest.raises(BadInput) as caught:
        read_all()
    message = str(caught.value)
    assert str(path) in message
    assert "\n" not in message
    return message


def test_an_empty_file_is_named(tmp_path: Path) -> None:
    assert "文件是空的" in refusal(write(tmp_path / "a.csv", ""))


def test_a_file_of_blank_lines_has_no_header(tmp_path: Path) -> None:
    assert "没有表头" in refusal(write(tmp_path / "a.csv", "\n\n\n"))


def test_zeros_are_no_table(tmp_path: Path) -> None:
    path = tmp_path / "a.csv"
    path.write_bytes(b"\0" * 1000)
    assert "空字节" in refusal(path)
    path.write_bytes(gzip.compress(b"\0" * 10_000_000))
    assert "空字节" in refusal(path)


def test_an_unknown_encoding_names_the_line(tmp_path: Path) -> None:
    path = tmp_path / "a.csv"
    path.write_bytes(b"a,b\n1,2\n3,\xff\xff\xff\n")
    assert "第 3 行" in refusal(path)


def test_a_stated_encoding_that_is_wrong_names_the_line(tmp_path: Path) -> None:
    path = write(tmp_path / "a.csv", "a,b\n1,事故\n", "gb18030")
    assert "第 2 行" in refusal(path, encoding="utf-8")
    assert "utf-9" in refusal(path, encoding="utf-9")


def test_gb18030_is_recognised_even_when_the_first_megabytes_are_plain(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(sources, "BLOCK_BYTES", 16)
    path = write(tmp_path / "a.csv", "a,b\n" + "1,2\n" * 20 + "3,事故\n", "gb18030")
    assert cells_of(open_table(look_at(path)))[-1] == ["3", "事故"]


def test_a_line_of_megabytes_is_no_row(tmp_path: Path) -> None:
    path = write(tmp_path / "a.csv", "a,b\n1," + "x" * (10 << 20) + "\n")
    assert "第 2 行" in refusal(path)


def test_a_quote_without_partner_names_its_row(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(tables, "LONGEST_RECORD", 1000)
    before = csv.field_size_limit(1000)
    try:
        assert "引号没有配对" in refusal(write(tmp_path / "a.csv", 'a,b\n1,2\n3,"open\n' + "4,5\n" * 1000))
    finally:
        csv.field_size_limit(before)


def test_a_packed_file_that_ends_early_is_incomplete(tmp_path: Path) -> None:
    path = tmp_path / "a.csv.gz"
    whole = gzip.compress(as_csv([HEADER, *ROWS * 1000]).encode())
    path.write_bytes(whole[: len(whole) // 2])
    assert "不完整" in refusal(path)


def test_an_archive_is_no_workbook(tmp_path: Path) -> None:
    path = tmp_path / "a.xlsx"
    with zipfile.ZipFile(path, "w") as archive:
        archive.writestr("readme.txt", "no workbook")
    assert "不是 Excel" in refusal(path)


def test_a_zip_bomb_is_not_unpacked(tmp_path: Path) -> None:
    path = tmp_path / "a.xlsx"
    with zipfile.ZipFile(path, "w", zipfile.ZIP_DEFLATED) as archive:
        archive.writestr("xl/worksheets/sheet1.xml", b"\0" * (30 << 20))
    assert "过大" in refusal(path)


def test_a_broken_workbook_is_said_to_be_broken(tmp_path: Path) -> None:
    good = workbook(tmp_path / "good.xlsx", [HEADER, ["A1", "x", "y"]]).read_bytes()
    path = tmp_path / "a.xlsx"
    path.write_bytes(good[: len(good) // 2])
    assert "损坏" in refusal(path)


def test_an_empty_workbook_has_no_data(tmp_path: Path) -> None:
    assert "没有数据" in refusal(workbook(tmp_path / "a.xlsx", []))


def test_lower_parts_of_merged_cells_are_said_to_be_such(tmp_path: Path) -> None:
    path = tmp_path / "a.xlsx"
    book = Workbook()
    sheet = book.active
    assert sheet is not None
    sheet.append(["一月"])
    for row in (HEADER, ["A1", "x", "y"], ["A2", None, "z"], ["A3", "u", None], [None] * 3, ["A4", "v", "w"]):
        sheet.append(row)
    for cells in ("A1:C1", "B3:B4", "B5:C5"):  # a title, two rows, two columns of one row
        sheet.merge_cells(cells)
    book.save(path)
    blocks = list(open_table(look_at(path), known=HEADER).blocks())
    assert [row for block in blocks for row in block.frame[ROW]] == [3, 5, 7]
    (bad,) = [one for block in blocks for one in block.misshapen]
    assert (bad.row, bad.cells[0]) == (4, "A2")
    assert "B 列" in bad.reason
    assert "合并单元格" in bad.reason


@pytest.mark.parametrize(("column", "name"), [(0, "A"), (25, "Z"), (26, "AA"), (701, "ZZ"), (702, "AAA")])
def test_columns_are_named_as_a_spreadsheet_does(column: int, name: str) -> None:
    assert tables._letters(column) == name


def test_a_file_that_grows_while_it_is_read_is_refused(tmp_path: Path) -> None:
    path = write(tmp_path / "a.csv", "a,b\n1,2\n")
    table = open_table(look_at(path))
    with path.open("a", encoding="utf-8") as opened:
        opened.write("3,")
    with pytest.raises(BadInput) as caught:
        list(table.blocks())
    assert "被改动" in str(caught.value)


def test_a_megabyte_line_of_zeros_is_no_table(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(sources, "LONGEST_RECORD", 1 << 20)
    assert "不是表格" in refusal(write(tmp_path / "a.csv", "0" * (3 << 20)))


# --- workbooks that are not what they seem


def rewritten(path: Path, part: str, change: Callable[[bytes], bytes]) -> Path:
    """The same workbook with one part changed."""
    with zipfile.ZipFile(path) as archive:
        parts = {name: archive.read(name) for name in archive.namelist()}
    parts[part] = change(parts.get(part, b""))
    with zipfile.ZipFile(path, "w", zipfile.ZIP_DEFLATED) as archive:
        for name, content in parts.items():
            archive.writestr(name, content)
    return path


def test_a_text_that_stands_in_very_many_cells_is_counted_in_each(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    path = workbook(tmp_path / "a.xlsx", [HEADER, *[[f"A{n}", "text", "y"] for n in range(200)]])
    shared = re.compile(rb't="inlineStr"><is><t[^>]*>text</t></is>')
    rewritten(path, "xl/worksheets/sheet1.xml", lambda xml: shared.sub(b't="s"><v>0</v>', xml))
    rewritten(path, packages.TEXTS, lambda _: b"<sst><si><t>" + b"x" * 30_000 + b"</t></si></sst>")
    packages.check_workbook(path, "a.xlsx")
    monkeypatch.setattr(packages, "LARGEST_BOOK", 5 << 20)  # of texts alone; unpacked it has some kilobytes
    assert "过大" in refusal(path)


def test_a_part_that_says_it_is_smaller_than_it_is_makes_the_workbook_a_broken_one(tmp_path: Path) -> None:
    path = workbook(tmp_path / "a.xlsx", [HEADER, *[[f"A{n}", "x", "y"] for n in range(500)]])
    with zipfile.ZipFile(path) as archive:
        size = archive.getinfo("xl/worksheets/sheet1.xml").file_size
    whole = path.read_bytes()
    assert whole.count(struct.pack("<I", size)) >= 2
    path.write_bytes(whole.replace(struct.pack("<I", size), struct.pack("<I", 100)))
    assert "损坏" in refusal(path)


def test_a_packed_table_that_swells_beyond_measure_is_not_read_to_its_end(tmp_path: Path) -> None:
    path = tmp_path / "a.csv.gz"
    with gzip.open(path, "wb") as packed:
        for _ in range(20):
            packed.write(b"a,b\n" * (1 << 18))
    assert "展开后" in refusal(path)


@pytest.mark.parametrize("prefix", ["", "x:"])
def test_formulas_without_a_result_and_errors_are_counted(tmp_path: Path, prefix: str) -> None:
    book = Workbook()
    sheet = book.active
    assert sheet is not None
    sheet.title = "一季度 & 二季度"
    for row in (HEADER, ["A1", "=1+1", "=NOW()"], ["A2", "#REF!", "x"], ["A3", "7", "=A1"]):
        sheet.append(row)
    sheet["B3"].data_type = "e"
    book.create_sheet("other").append(["=1", "=2", "=3", "=4"])
    book.save(tmp_path / "a.xlsx")

    def named(xml: bytes) -> bytes:
        worked_out = re.sub(rb"<f>A1</f><v ?/?>(</v>)?", b"<f>A1</f><v>5</v>", xml)
        return re.sub(rb"<(/?)(c|f|v|row)\b", rb"<\1" + prefix.encode() + rb"\2", worked_out)

    path = rewritten(tmp_path / "a.xlsx", "xl/worksheets/sheet1.xml", named)
    formulas, errors = packages.notes_on(path, "一季度 & 二季度")
    assert "有 2 个公式" in formulas
    assert "有 1 个单元格是错误值" in errors

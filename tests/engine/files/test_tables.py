"""Tables in and out: encodings, delimiters, packed files, Excel, and what is said about a broken one."""

import gzip
from datetime import datetime
from pathlib import Path

import numpy as np
import openpyxl
import pytest

from anlu.engine.errors import BadInput
from anlu.engine.files.records import chosen, days, numbers, texts
from anlu.engine.files.tables import Table, delimiter_of, read_table, write_table


def written(folder: Path, content: str | bytes, name: str = "t.csv") -> Path:
    path = folder / name
    path.write_bytes(content.encode() if isinstance(content, str) else content)
    return path


def test_a_table_keeps_the_line_on_which_each_row_begins(tmp_path: Path) -> None:
    table = read_table(written(tmp_path, 'a,b\n1,"two\nlines"\n\n2,x\n'))
    assert table.columns == {"a": ["1", "2"], "b": ["two\nlines", "x"]}
    assert [table.place(row) for row in range(2)] == [{"line": 2}, {"line": 5}]


@pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig", "gb18030", "utf-16"])
@pytest.mark.parametrize("delimiter", [",", ";", "\t", "|"])
@pytest.mark.parametrize("packed", [False, True])
def test_encoding_delimiter_and_packing_are_found(
    tmp_path: Path, encoding: str, delimiter: str, packed: bool
) -> None:
    content = f"道路{delimiter}经度\r\n国道105{delimiter}115.7\r\n".encode(encoding)
    path = written(tmp_path, gzip.compress(content) if packed else content, "t.csv.gz" if packed else "t.csv")
    assert read_table(path).columns == {"道路": ["国道105"], "经度": ["115.7"]}


def test_a_delimiter_inside_quotes_does_not_mislead() -> None:
    assert delimiter_of(['a;"x,y,z"', 'b;"1,2,3"']) == ";"
    assert delimiter_of(["only", "one"]) == ","


def test_only_the_columns_asked_for_are_kept_in_their_order(tmp_path: Path) -> None:
    table = read_table(written(tmp_path, "a,b,c\n1,2,3\n"), columns=["c", "a"])
    assert list(table.columns) == ["c", "a"]
    assert table.header == ["a", "b", "c"]


def test_short_rows_are_filled_and_trailing_empty_cells_forgiven(tmp_path: Path) -> None:
    assert read_table(written(tmp_path, "a,b\n1\n2,3,,\n")).columns == {"a": ["1", "2"], "b": ["", "3"]}


@pytest.mark.parametrize(
    ("content", "words"),
    [
        (b"", "文件是空的"),
        (b"\n\n", "没有表头"),
        (b"a,a\n1,2\n", "重名"),
        (b"a,b\n1,2,3\n", "第 2 行"),
        (b'a,b\n1,"2\n', "第 2 行"),
        (b"a\0b\n", "不是文本表格"),
        (b"\xff\xff\xff\xff", "不是文本表格"),
        (gzip.compress(b"a,b\n" + b"1,2\n" * 10_000, mtime=0)[:60], "压缩文件不完整"),
    ],
)
def test_a_broken_table_is_refused_with_its_place(tmp_path: Path, content: bytes, words: str) -> None:
    path = written(tmp_path, content)
    with pytest.raises(BadInput, match=words) as refused:
        read_table(path)
    assert str(path) in str(refused.value)


def test_a_missing_column_is_named_with_those_that_exist(tmp_path: Path) -> None:
    with pytest.raises(BadInput, match=r"字段 z.*应为 a、b"):
        read_table(written(tmp_path, "a,b\n1,2\n"), columns=["z"])


def test_excel_gives_the_same_text_as_csv(tmp_path: Path) -> None:
    book = openpyxl.Workbook()
    for row in (
        ["编号", "时间", "经度"],
        [1, datetime(2023, 6, 30, 8, 5), 115.5],
        [None, None, None],
        ["x", None, 2.0],
    ):
        book.active.append(row)
    book.save(tmp_path / "t.xlsx")
    table = read_table(tmp_path / "t.xlsx")
    assert table.columns == {"编号": ["1", "x"], "时间": ["2023-06-30 08:05:00", ""], "经度": ["115.5", "2"]}
    assert table.lines.tolist() == [2, 4]


def test_a_file_that_only_calls_itself_excel_is_refused(tmp_path: Path) -> None:
    with pytest.raises(BadInput, match="Excel 文件不完整"):
        read_table(written(tmp_path, "a,b\n", "t.xlsx"))


def table_of(**columns: list[object]) -> Table:
    rows = len(next(iter(columns.values())))
    return Table("t.csv", list(columns), dict(columns), np.arange(2, rows + 2))


def test_numbers_are_read_from_text_and_an_empty_cell_may_have_a_meaning() -> None:
    table = table_of(x=["1", " 2.5 ", "", "1e3"])
    assert numbers(table, "x", missing=0.0).tolist() == [1.0, 2.5, 0.0, 1000.0]
    assert np.isnan(numbers(table, "x", missing=float("nan"))[2])


@pytest.mark.parametrize("found", ["", "abc", "nan", "inf", "-1", "1,5"])
def test_a_value_that_is_no_fitting_number_is_named_by_its_line(found: str) -> None:
    with pytest.raises(BadInput, match=r"文件 t.csv, 第 3 行, 字段 x: 发现") as refused:
        numbers(table_of(x=["1", found]), "x", least=0.0)
    assert found in str(refused.value)


@pytest.mark.parametrize(
    "text",
    [
        "2023-06-30",
        "2023/6/30",
        "2023-06-30 23:59:59",
        "2023-06-30T01:00:00+08:00",
        "20230630",
        "2023年6月30日",
    ],
)
def test_a_date_is_taken_as_written(text: str) -> None:
    assert days(table_of(d=[text]), "d").tolist() == [datetime(2023, 6, 30).date()]


@pytest.mark.parametrize("text", ["", "2023-02-30", "30.6.2023", "yesterday", "202306301"])
def test_what_is_no_date_is_refused(text: str) -> None:
    with pytest.raises(BadInput, match=r"第 2 行, 字段 d"):
        days(table_of(d=[text]), "d")


def test_words_are_translated_or_refused_with_what_was_expected() -> None:
    meaning = {"死亡": 1, "受伤": 2}.get
    assert chosen(table_of(s=["死亡", "受伤 "]), "s", meaning, "死亡 或 受伤") == [1, 2]
    with pytest.raises(BadInput, match='发现 "轻微", 应为 死亡 或 受伤'):
        chosen(table_of(s=["轻微"]), "s", meaning, "死亡 或 受伤")
    assert texts(table_of(s=[" a ", None, 3]), "s") == ["a", "", "3"]


@pytest.mark.parametrize("name", ["o.csv", "o.csv.gz"])
def test_a_table_comes_back_as_it_was_written(tmp_path: Path, name: str) -> None:
    x = np.array([0.1, np.nan, 1e-17])
    write_table(tmp_path / name, {"x": x, "名": ["甲", None, "乙,丙"], "n": np.array([1, 2, 3])})
    back = read_table(tmp_path / name)
    assert numbers(back, "x", missing=float("nan")).tolist()[::2] == [0.1, 1e-17]
    assert back.columns["x"][1] == ""
    assert back.columns["名"] == ["甲", "", "乙,丙"]
    assert [each.name for each in tmp_path.iterdir()] == [name]


def test_nothing_is_left_of_a_table_that_could_not_be_written(tmp_path: Path) -> None:
    (tmp_path / "o.csv").write_text("old")
    with pytest.raises(ValueError, match=r"argument"):
        write_table(tmp_path / "o.csv", {"a": [1, 2], "b": [1]})
    assert [each.name for each in tmp_path.iterdir()] == ["o.csv"]
    assert (tmp_path / "o.csv").read_text() == "old"


def test_an_output_folder_that_does_not_exist_is_named(tmp_path: Path) -> None:
    with pytest.raises(BadInput, match="输出文件夹不存在"):
        write_table(tmp_path / "no" / "o.csv", {"a": [1]})

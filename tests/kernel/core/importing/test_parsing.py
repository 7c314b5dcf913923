"""Cells to values: codes by word or code, numbers in any writing, doubts marked, nothing thrown away."""

from __future__ import annotations

import json
from pathlib import Path

import polars as pl
import pytest

from anlu.engine.errors import BadInput
from anlu.kernel.core.importing.fields import MAIN, ImportField, Kind, Sheet
from anlu.kernel.core.importing.parsing import FACTS, LINK, MARKS, REFUSAL, Parser
from anlu.kernel.core.importing.profiles import Options, SheetMap
from anlu.kernel.core.importing.sources import look_at
from anlu.kernel.core.importing.tables import open_table

WORDS = {
    "w": {"1": "1", "晴": "1", "clear": "1", "2": "2", "雨": "2"},
    "s": {"1": "1", "2": "2", "信号灯": "1", "标线": "2"},
}
FIELDS = (
    ImportField("number", "事故编号", required=True, longest=10),
    ImportField("at", "发生时间", Kind.MOMENT, required=True),
    ImportField("weather", "天气", Kind.CODE, dictionary="w"),
    ImportField("signals", "信号", Kind.CODES, dictionary="s"),
    ImportField("age", "年龄", Kind.INTEGER, least=0, most=120, out_of_bounds="age_impossible"),
    ImportField("loss", "损失", Kind.DECIMAL),
    ImportField("fled", "逃逸", Kind.FLAG),
    ImportField("text", "说明", longest=5),
    ImportField("died", "死亡时间", Kind.MOMENT),
    ImportField("id_number", "证件号码", Kind.PERSONAL),
    ImportField("name", "姓名", private=True),
)
SHEET = Sheet(MAIN, "事故", FIELDS)
DEFAULT = {"number": "n", "at": "t"}


def parse(
    tmp_path: Path,
    text: str,
    columns: dict[str, str | tuple[str, ...]] | None = None,
    values: dict[str, dict[str, str]] | None = None,
    *,
    keep: tuple[str, ...] = (),
    strict: bool = True,
    **options: object,
) -> pl.DataFrame:
    path = tmp_path / "a.csv"
    path.write_text(text, encoding="utf-8")
    stated = {
        name: (names,) if isinstance(names, str) else names for name, names in (columns or DEFAULT).items()
    }
    table = open_table(look_at(path))
    parser = Parser(
        table,
        SHEET,
        SheetMap(stated, values or {}, keep),
        Options(**options),  # type: ignore[arg-type]
        words=WORDS,
        seal={"id_number": lambda plain: (b"sealed", plain[-1:].encode())},
        strict=strict,
    )
    return pl.concat([parser.parse(block.frame) for block in table.blocks()])


def one(
    tmp_path: Path, cell: str, field: str, values: dict[str, str] | None = None, **options: object
) -> dict[str, object]:
    text = f'n;t;x\nA;2023-01-02;"{cell}"\n'
    columns: dict[str, str | tuple[str, ...]] = {**DEFAULT, field: "x"}
    frame = parse(tmp_path, text, columns, {field: values} if values else None, **options)
    return frame.row(0, named=True)


@pytest.mark.parametrize(
    ("cell", "code", "marks"),
    [
        ("晴", "1", []),
        ("1", "1", []),
        ("CLEAR", "1", []),
        (" 雨 ", "2", []),
        ("", "", []),
        ("冰雹", "", ["unknown_code"]),
    ],
)
def test_codes_are_known_by_code_and_by_word(tmp_path: Path, cell: str, code: str, marks: list[str]) -> None:
    found = one(tmp_path, cell, "weather")
    assert (found["weather"], found[MARKS]) == (code, marks)


def test_an_unknown_word_is_kept_word_for_word(tmp_path: Path) -> None:
    assert json.loads(str(one(tmp_path, "冰雹", "weather")[FACTS])) == {"x": "冰雹"}


def test_words_of_the_mapping_come_before_the_dictionary_and_may_say_nothing(tmp_path: Path) -> None:
    values = {"Fine day": "1", "晴": "2", "n/a": ""}
    assert one(tmp_path, "fine day", "weather", values)["weather"] == "1"
    assert one(tmp_path, "晴", "weather", values)["weather"] == "2"
    nothing = one(tmp_path, "N/A", "weather", values)
    assert (nothing["weather"], nothing[MARKS]) == ("", [])


def test_of_several_columns_the_first_that_says_something_counts(tmp_path: Path) -> None:
    text = "n,t,rain,sky\n1,2023-01-02,no,晴\n2,2023-01-02,雨,晴\n3,2023-01-02,,\n"
    frame = parse(tmp_path, text, {**DEFAULT, "weather": ("rain", "sky")}, {"weather": {"no": ""}})
    assert frame["weather"].to_list() == ["1", "2", ""]


def test_several_codes_in_one_cell(tmp_path: Path) -> None:
    assert one(tmp_path, "标线、信号灯,2", "signals")["signals"] == "1,2"
    partly = one(tmp_path, "信号灯、乙", "signals")
    assert (partly["signals"], partly[MARKS]) == ("1", ["unknown_code"])


@pytest.mark.parametrize(
    ("cell", "decimal", "value"),
    [
        ("12.5", ".", 12.5),
        ("1,234.50", ".", 1234.5),
        ("1.234,5", ",", 1234.5),
        ("¥ 300 元", ".", 300.0),
        ("-2", ".", -2.0),
        ("1e3", ".", 1000.0),
    ],
)
def test_numbers_are_read_as_people_write_them(tmp_path: Path, cell: str, decimal: str, value: float) -> None:
    found = one(tmp_path, cell, "loss", decimal=decimal)
    assert (found["loss"], found[MARKS]) == (value, [])


@pytest.mark.parametrize(
    ("cell", "mark"),
    [
        *((cell, "unreadable_number") for cell in ("many", "nan", "inf", "1.5")),
        *((cell, "age_impossible") for cell in ("121", "-1")),
    ],
)
def test_a_number_that_cannot_be_is_kept_in_words_and_marked(tmp_path: Path, cell: str, mark: str) -> None:
    found = one(tmp_path, cell, "age")
    assert (found["age"], found[MARKS]) == (None, [mark])
    assert json.loads(str(found[FACTS])) == {"x": cell}


@pytest.mark.parametrize(
    ("cell", "value", "marks"),
    [
        ("是", True, []),
        ("TRUE", True, []),
        ("0", False, []),
        ("", False, []),
        ("maybe", False, ["unknown_code"]),
    ],
)
def test_yes_and_no(tmp_path: Path, cell: str, value: bool, marks: list[str]) -> None:
    found = one(tmp_path, cell, "fled")
    assert (found["fled"], found[MARKS]) == (value, marks)


def test_a_long_text_is_cut_marked_and_kept_whole_beside(tmp_path: Path) -> None:
    found = one(tmp_path, "一二三四五六七", "text")
    assert (found["text"], found[MARKS]) == ("一二三四五", ["text_cut"])
    assert json.loads(str(found[FACTS])) == {"x": "一二三四五六七"}


def test_an_unreadable_time_of_an_optional_field_is_marked(tmp_path: Path) -> None:
    found = one(tmp_path, "不详", "died")
    assert (found["died"], found[MARKS], found[REFUSAL]) == (None, ["unreadable_time"], None)


@pytest.mark.parametrize(
    ("row", "reason"),
    [
        (",2023-01-02", "缺少事故编号"),
        ("A,", "缺少发生时间"),
        ("A,2023-02-30", "发生时间「2023-02-30」不是日期,应写成 2023-06-30 08:15"),
        ("A,45000", "发生时间「45000」是表格内部的日期数字(约 2023-03-15),请设成日期格式"),
        ("12345678901,2023-01-02", "事故编号超过 10 个字"),
        ("A,2023-01-02", None),
    ],
)
def test_rows_that_cannot_be_taken_say_why(tmp_path: Path, row: str, reason: str | None) -> None:
    assert parse(tmp_path, f"n,t\n{row}\n")[REFUSAL].to_list() == [reason]


def test_a_key_of_several_columns_makes_the_number(tmp_path: Path) -> None:
    text = "year,no,t\n2014,7,2014-01-01\n2014,,2014-01-01\n"
    frame = parse(tmp_path, text, {"at": "t"}, key=("year", "no"))
    assert frame[LINK].to_list() == ["2014-7", None]
    assert frame[REFUSAL].to_list() == [None, "缺少事故编号"]


def test_date_and_time_may_stand_in_two_columns(tmp_path: Path) -> None:
    frame = parse(tmp_path, "n,d,c\n1,2023-01-02,08:15\n2,2023-01-02,\n", {"number": "n", "at": ("d", "c")})
    assert frame["at_precision"].to_list() == ["minute", "day"]


def test_what_no_field_takes_is_kept_in_order_of_its_names(tmp_path: Path) -> None:
    text = 'n,t,b,a,c\n1,2023-01-02,"x ""y"" \\ z",,末\n'
    facts = parse(tmp_path, text)[FACTS][0]
    assert facts == '{"b":"x \\"y\\" \\\\ z","c":"末"}'
    assert json.loads(facts) == {"b": 'x "y" \\ z', "c": "末"}


def test_a_kept_column_is_read_and_kept(tmp_path: Path) -> None:
    text = "n,t,w\n1,2023-01-02,晴\n"
    frame = parse(tmp_path, text, {**DEFAULT, "weather": "w"}, keep=("w",))
    assert (frame["weather"][0], frame[FACTS][0]) == ("1", '{"w":"晴"}')


def test_personal_columns_and_numbers_are_never_kept_in_plain(tmp_path: Path) -> None:
    text = (
        "n,t,身份证号,联系电话,备注,证\n"
        "1,2023-01-02,371525199001010011,13800000000,本人371525199001010011,12345X\n"
    )
    frame = parse(tmp_path, text, {**DEFAULT, "id_number": "证"})
    assert frame[FACTS][0] == '{"备注":"本人***"}'
    assert (frame["id_number"][0], frame["id_number_index"][0]) == (b"sealed", b"X")
    assert "12345X" not in repr(frame.rows())


def test_cells_that_stand_for_nothing_are_empty(tmp_path: Path) -> None:
    frame = parse(tmp_path, "n,t,w\n1,2023-01-02,NA\n", {**DEFAULT, "weather": "w"}, null=("NA",))
    assert (frame["weather"][0], frame[MARKS].to_list()) == ("", [[]])


def test_a_column_that_the_mapping_names_must_be_there(tmp_path: Path) -> None:
    with pytest.raises(BadInput, match="天气"):
        parse(tmp_path, "n,t\n1,2023-01-02\n", {**DEFAULT, "weather": "w"})
    assert (
        "weather"
        not in parse(tmp_path, "n,t\n1,2023-01-02\n", {**DEFAULT, "weather": "w"}, strict=False).columns
    )


def test_a_required_column_must_be_there_for_a_profile_too(tmp_path: Path) -> None:
    with pytest.raises(BadInput, match="发生时间"):
        parse(tmp_path, "n,u\n1,2\n", DEFAULT, strict=False)
    with pytest.raises(BadInput, match="发生时间"):
        parse(tmp_path, "n,u\n1,2\n", {"number": "n"}, strict=False)


def test_a_doubled_column_is_not_guessed_at(tmp_path: Path) -> None:
    with pytest.raises(BadInput, match="不止一次"):
        parse(tmp_path, "n,t,t\n1,2023-01-02,x\n")
    assert len(parse(tmp_path, "n,t,u,u\n1,2023-01-02,x,y\n")) == 1

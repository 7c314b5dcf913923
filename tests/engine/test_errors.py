"""A bad input is described in one deterministic line."""

from pathlib import Path

from hypothesis import given
from hypothesis import strategies as st

from anlu.engine.errors import BadInput, quoted


def test_the_line_names_file_line_field_found_and_expected():
    error = BadInput(file="crashes.csv", line=3, field="severity", found="bad", expected="fatal 或 slight")
    assert (
        str(error) == '输入有误: 文件 crashes.csv, 第 3 行, 字段 severity: 发现 "bad", 应为 fatal 或 slight'
    )


def test_a_feature_stands_where_a_file_has_no_lines():
    error = BadInput("几何为空", file=Path("roads.gpkg"), feature=0)
    assert str(error) == "输入有误: 文件 roads.gpkg, 要素 0: 几何为空"


def test_an_empty_value_is_shown_and_an_absent_one_is_not():
    assert str(BadInput(field="x", found="")) == '输入有误: 字段 x: 发现 ""'
    assert str(BadInput(field="x", found=0)) == '输入有误: 字段 x: 发现 "0"'
    assert str(BadInput("缺少一列", field="x")) == "输入有误: 字段 x: 缺少一列"


def test_a_long_value_is_cut():
    assert quoted("9" * 1000) == f'"{"9" * 80}…"'


@given(st.text(), st.text(), st.text())
def test_whatever_is_found_the_message_stays_on_one_line(problem, field, found):
    message = str(BadInput(problem, file=problem, field=field, found=found, expected=field))
    assert len(message.splitlines()) == 1
    assert "\x1b" not in message

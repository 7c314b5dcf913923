"""Proofreading: what it points out, and what it leaves alone."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from anlu.engine.proofreading import Phrase, number_remarks, table_remarks, typed_numbers, wording_remarks

OLD = Phrase("五进", current=False, instead="七进")
SAFETY = Phrase("安全第一、预防为主、综合治理", wrong_forms=("预防为主、安全第一、综合治理",))


def kinds(remarks):
    return [one.kind for one in remarks]


def test_an_outdated_wording_is_pointed_out_with_what_replaces_it():
    (remark,) = wording_remarks("开展宣传五进活动。", [OLD])
    assert (remark.kind, remark.words) == ("outdated", "五进")
    assert "七进" in remark.message


def test_an_old_wording_inside_a_current_one_is_left_alone():
    longer = Phrase("五进五出")
    assert wording_remarks("落实五进五出。", [OLD, longer]) == []


def test_a_known_wrong_writing_is_pointed_out_with_the_right_one():
    (remark,) = wording_remarks("坚持预防为主、安全第一、综合治理方针。", [SAFETY])
    assert remark.kind == "wrong"
    assert wording_remarks(f"坚持{SAFETY.text}方针。", [SAFETY]) == []


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("死亡39人。死亡38人。", ["differs"]),
        ("共死亡39人，经核实死亡39人。", []),
        ("死亡39人，去年死亡53人。", []),
        ("死亡39人，受伤38人。", []),
        ("查处酒驾12起，查处醉驾3起。", []),
        ("县道20处、乡道12处，合计30处。", ["sum"]),
        ("县道20处、乡道10处，合计30处。", []),
        ("排查30处，其中县道20处、乡道12处。", ["sum"]),
        ("排查30处，其中县道20处、乡道5处。", []),
        ("死亡39人、死亡38人、死亡38人。", ["differs"]),
        ("", []),
    ],
)
def test_numbers_that_disagree_are_pointed_out(text, expected):
    assert kinds(number_remarks(text)) == expected


@given(st.lists(st.integers(0, 10_000), min_size=2, max_size=8), st.integers(-3, 3))
def test_a_stated_total_is_right_exactly_when_it_is_the_sum(parts, off):
    names = "甲乙丙丁戊己庚辛"
    total = sum(parts) + off
    if total < 0:
        return
    text = "、".join(f"{name}路段{n}处" for name, n in zip(names, parts, strict=False)) + f"，合计{total}处。"
    assert ("sum" in kinds(number_remarks(text))) == (off != 0)


def test_the_sum_row_of_a_table_is_checked_column_by_column():
    head = ("单位", "检查", "查处")
    rows = [("甲中队", "1,200", "3"), ("乙中队", "800", "4"), ("合计", "2000", "8")]
    (remark,) = table_remarks(head, rows)
    assert "查处" in remark.message


def test_a_count_without_an_origin_is_pointed_out_once():
    (remark,) = typed_numbers("发生事故39起，死亡3人，又死亡3人。", ["39起"])
    assert remark.words == "3人"


SUBTOTALS = [
    ("甲", "20"),
    ("乙", "10"),
    ("小计", "30"),
    ("丙", "5"),
    ("丁", "7"),
    ("小计", "12"),
    ("合计", "42"),
]


def test_a_subtotal_adds_up_its_own_rows_and_is_not_counted_twice():
    assert table_remarks(("单位", "处"), SUBTOTALS) == []


@pytest.mark.parametrize("place", [2, 5, 6])
def test_a_wrong_subtotal_or_total_is_pointed_out_by_itself(place):
    rows = list(SUBTOTALS)
    rows[place] = (rows[place][0], "41")
    (remark,) = table_remarks(("单位", "处"), rows)
    assert remark.message == f"「处」各行之和为 {SUBTOTALS[place][1]}，{rows[place][0]}写的是 41"

"""Headings are counted 一、（一）1.（1）."""

import pytest

from anlu.engine.documents.headings import HeadingCounter, chinese_number


def test_numbers_are_written_as_documents_write_them():
    assert [chinese_number(n) for n in (1, 10, 11, 20, 23, 99)] == [
        "一",
        "十",
        "十一",
        "二十",
        "二十三",
        "九十九",
    ]
    with pytest.raises(ValueError, match="got 100"):
        chinese_number(100)


def test_a_lower_level_is_counted_anew_under_each_higher_one():
    counter = HeadingCounter()
    levels = [1, 2, 2, 3, 4, 4, 1, 2, 3]
    assert [counter.next(level) for level in levels] == [
        "一、",
        "（一）",
        "（二）",
        "1.",
        "（1）",
        "（2）",
        "二、",
        "（一）",
        "1.",
    ]

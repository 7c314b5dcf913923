"""Long titles are broken by meaning into a trapezoid or rhombus."""

import itertools

import pytest
from hypothesis import given
from hypothesis import strategies as st

from anlu.engine.documents.titles import CAPACITY, NOT_FIRST, title_lines, width


def test_a_short_title_stays_on_one_line():
    assert title_lines("关于开展夏季交通安全整治行动的通知") == ("关于开展夏季交通安全整治行动的通知",)


def test_line_breaks_that_somebody_set_are_kept():
    assert title_lines("青澜县公安局\n关于印发工作方案的通知") == ("青澜县公安局", "关于印发工作方案的通知")


@pytest.mark.parametrize(
    ("title", "lines"),
    [
        (
            "关于进一步加强全县农村地区平交路口交通安全隐患排查治理工作的通知",
            ("关于进一步加强全县农村地区平交路口", "交通安全隐患排查治理工作的通知"),
        ),
        (
            "关于印发全县道路交通安全百日攻坚专项行动工作方案的通知",
            ("关于印发全县道路交通安全", "百日攻坚专项行动工作方案的通知"),
        ),
        (
            "青澜县公安局交通警察大队关于2023年上半年道路交通事故预防工作情况的报告",
            ("青澜县公安局交通警察大队", "关于2023年上半年道路交通事故", "预防工作情况的报告"),
        ),
    ],
)
def test_words_of_the_trade_are_not_torn(title, lines):
    assert title_lines(title) == lines


@pytest.mark.parametrize(
    "title",
    [
        "青澜县道路交通安全委员会办公室关于对青澜县交通运输局等单位道路交通安全隐患整治工作开展情况的督查通报",
        "关于对城关镇人民政府农村道路交通安全劝导站建设管理工作责任落实不到位问题的约谈通知书",
    ],
)
def test_more_lines_make_a_trapezoid_or_rhombus_and_no_waist(title):
    lengths = [len(line) for line in title_lines(title)]
    assert len(lengths) >= 3
    assert all(
        not mid < min(one, other) for one, mid, other in zip(lengths, lengths[1:], lengths[2:], strict=False)
    )
    assert len(set(lengths)) > 1


@given(st.text("关于加强全县道路交通安全隐患排查的通知、2023年和《》（）", min_size=1, max_size=70))
def test_no_character_is_lost_and_no_line_is_too_long(title):
    lines = title_lines(title)
    assert "".join(lines) == title
    assert all(width(line) <= CAPACITY for line in lines)


def test_no_line_begins_with_a_particle():
    titles = [
        "".join(each)
        for each in itertools.product(
            ("关于全县道路交通安全隐患排查",), ("的", "和", "、"), ("专项治理工作通报",)
        )
    ]
    for title in titles:
        assert not any(line[0] in NOT_FIRST for line in title_lines(title))

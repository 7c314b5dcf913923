"""Numbers in official wording, and whether a stated wording is true of a count."""

from fractions import Fraction

import pytest
from hypothesis import assume, given
from hypothesis import strategies as st

from anlu.engine.indicators import wording as w


@pytest.mark.parametrize(
    ("words", "expected"),
    [
        (w.with_more(236, 100), "200余"),  # F02
        (w.with_more(201, 100), "200余"),
        (w.with_more(200, 100), "200"),
        (w.with_more(286, 10, "多"), "280多"),  # F28
        (w.with_more(280, 10, "多"), "280"),
        (w.with_more(6731, 100, "多"), "6700多"),  # F31
        (w.with_more(7, 100), "7"),
        (w.ten_thousands_more(24_310), "2.4万余"),  # F35
        (w.ten_thousands_more(24_000), "2.4万"),
        (w.ten_thousands_more(20_001), "2万余"),
        (w.ten_thousands_more(999), "999"),
        (w.ten_thousands(3_310_000), "331万"),  # F12
        (w.ten_thousands(3_314_999.99), "331万"),
        (w.ten_thousands(3_315_000), "332万"),
        (w.ten_thousands(Fraction(3_310_000, 48), 4), "6.8958万"),  # F12, mean of a case
        (w.near(293, 100), "近300"),
        (w.near(300, 100), "300"),
        (w.at_least(300, 100), "300以上"),
        (w.at_least(345, 100), "300以上"),
        (w.percent(Fraction(117, 1000), 1), "11.7%"),  # F18
        (w.percent(1), "100.00%"),  # F24
        (w.percent(-0.2642), "−26.42%"),
        (w.signed_percent(-51.34), "−51%"),
        (w.signed_percent(11.27), "+11%"),
        (w.signed_percent(-0.2), "0%"),
        (w.ordinal(4), "第四次"),  # F22
    ],
)
def test_a_number_is_worded(words, expected):
    assert words == expected


@pytest.mark.parametrize(
    ("number", "expected"),
    [(0, "零"), (2, "二"), (10, "十"), (12, "十二"), (20, "二十"), (78, "七十八"), (105, "一百零五"),
     (110, "一百一十"), (600, "六百"), (1003, "一千零三"), (1010, "一千零一十"), (9999, "九千九百九十九")],
)  # fmt: skip
def test_numbers_are_said_in_chinese(number, expected):
    assert w.chinese_number(number) == expected


def test_near_is_not_said_of_what_is_far():
    with pytest.raises(ValueError, match="not near"):
        w.near(230, 100)


@pytest.mark.parametrize(
    ("words", "true_of", "false_of"),
    [
        ("200余", [201, 299], [199, 200, 300]),
        ("280多", [281, 289], [280, 290, 300]),
        ("6700多", [6701, 6799], [6700, 6800]),
        ("2.4万余", [24_001, 24_999], [24_000, 25_000]),
        ("近300", [270, 299], [300, 301, 260]),
        ("3以上", [3, 4], [2]),
        ("331万", [3_310_000, 3_305_000, 3_314_999], [3_304_999, 3_315_000]),
        ("11.7%", [0.117, Fraction(1165, 10_000)], [0.1175, 0.1164]),
        ("23562", [23_562], [23_561]),
    ],
)
def test_stated_words_hold_for_the_right_counts_only(words, true_of, false_of):
    assert [value for value in true_of if not w.wording_holds(words, value)] == []
    assert [value for value in false_of if w.wording_holds(words, value)] == []


@pytest.mark.parametrize("words", ["", "若干", "近200余", "200+", "-5", "1.2.3万"])
def test_words_that_say_no_number_are_refused(words):
    with pytest.raises(ValueError, match="not a number in words"):
        w.wording_holds(words, 1)


@given(st.integers(1, 10_000_000), st.sampled_from([10, 100, 1000]), st.sampled_from(["余", "多"]))
def test_what_we_say_is_true(count, step, word):
    assert w.wording_holds(w.with_more(count, step, word), count)
    assert w.wording_holds(w.at_least(count, step), count)


@given(st.integers(0, 10**9), st.integers(0, 2))
def test_what_we_say_in_ten_thousands_is_true(count, digits):
    assert w.wording_holds(w.ten_thousands_more(count, digits), count)
    assert w.wording_holds(w.ten_thousands(count, digits), count)


@given(st.integers(1, 100_000), st.sampled_from([10, 100]))
def test_near_is_only_said_when_true(count, step):
    try:
        words = w.near(count, step)
    except ValueError:
        assume(False)
    assert w.wording_holds(words, count)

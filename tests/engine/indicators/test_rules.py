"""Rules of wording by name."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from anlu.engine.indicators.rules import RuleProblem, worded
from anlu.engine.indicators.wording import wording_holds

ARTICLE = [  # domain/seed-figures
    (20, "plain", "20"),
    (236, "more:100", "200余"),
    (286, "much:10", "280多"),
    (6731, "much:100", "6700多"),
    (3_310_000, "wan", "331万"),
    (24_310, "wanmore:1", "2.4万余"),
    (0.117, "percent:1", "11.7%"),
    (4, "ordinal:次", "第四次"),
    (4, "cn", "四"),
    (1, "each:月", "每月"),
    (1, "every", "逐一"),
    (1, "everyone:总支和各支部", "总支和各支部"),
    (1.0, "all", "全部"),
    (293, "near:100", "近300"),
    (300, "atleast:100", "300以上"),
    (23562, "plain", "23562"),
    (46.798, "fixed:2", "46.80"),
    (2.6, "plain", "2.6"),
]


@pytest.mark.parametrize(("value", "rule", "words"), ARTICLE)
def test_a_rule_says_the_number_as_the_article_does(value: float, rule: str, words: str) -> None:
    assert worded(value, rule) == words


@given(st.integers(0, 10**6), st.sampled_from(["plain", "more:100", "much:10", "wanmore:1", "atleast:100"]))
def test_what_a_rule_says_is_true_of_the_number(value: int, rule: str) -> None:
    assert wording_holds(worded(value, rule), value)


@pytest.mark.parametrize(
    ("value", "rule"), [(0.5, "more:100"), (0.99, "all"), (1, "loud"), (250, "near:100"), (1, "more:")]
)
def test_what_cannot_be_said_by_a_rule_is_refused(value: float, rule: str) -> None:
    with pytest.raises(RuleProblem):
        worded(value, rule)

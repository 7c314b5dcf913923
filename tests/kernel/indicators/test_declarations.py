"""Indicators as they are declared: what contradicts itself is refused."""

from __future__ import annotations

import pytest

from anlu.apps.crashes.models import Crash
from anlu.kernel.core.errors import DuplicateCode
from anlu.kernel.indicators.define import (
    Better,
    Count,
    Indicator,
    IndicatorProblem,
    Nature,
    Ratio,
    Share,
    Sum,
    indicator,
    indicators,
)


def every() -> Count:
    """All crashes."""
    return Count(Crash.objects.all())


@pytest.mark.parametrize("more", [{"targeted": True}, {"better": Better.DOWN}, {"better": Better.UP}])
def test_enforcement_takes_neither_target_nor_direction(more: dict[str, object]) -> None:
    with pytest.raises(IndicatorProblem, match=r"test\.enforcement"):
        Indicator("test.enforcement", "查处", every(), nature=Nature.ENFORCEMENT, **more)  # type: ignore[arg-type]


@pytest.mark.parametrize("nature", [Nature.RESULT, Nature.PROCESS])
def test_results_and_processes_may_have_both(nature: Nature) -> None:
    one = Indicator("test.result", "起数", every(), nature=nature, better=Better.DOWN, targeted=True)
    assert (one.better, one.targeted) == (Better.DOWN, True)


def test_a_sum_needs_its_column() -> None:
    with pytest.raises(IndicatorProblem):
        Sum(Crash.objects.all())


def test_a_code_is_declared_once() -> None:
    code = indicators.codes()[0]
    with pytest.raises(DuplicateCode, match=code):
        indicator(code, label="又一个")(every)


def test_the_words_below_a_declaration_are_its_definition() -> None:
    one = indicators.get("crash.count")
    assert one.definition.startswith("按一般程序处理")


def test_above_and_below_the_line() -> None:
    above, below = every(), every()
    assert Indicator("t", "数", above).main is above
    assert Indicator("t", "数", above).base is None
    for expression in (Share(above, below), Ratio(above, below, scale=100)):
        one = Indicator("t", "数", expression)
        assert (one.main, one.base) == (above, below)

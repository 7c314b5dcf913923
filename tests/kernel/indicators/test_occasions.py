"""Leaves about occasions, judged by the rows behind them, through many windows and by known answers."""

from __future__ import annotations

import random
from datetime import date
from typing import Any

import pytest

from anlu.apps.crashes.models import Crash, Severity
from anlu.engine.periods import Period
from anlu.kernel.core.scope import SYSTEM
from anlu.kernel.indicators.define import (
    Count,
    Coverage,
    Distinct,
    Indicator,
    Latest,
    Ordinal,
    Present,
    Regular,
    Rhythm,
    Stock,
)
from anlu.kernel.indicators.evaluate import Value, gaps_of, rows_behind, value_of, values_of
from anlu.kernel.indicators.window import Window
from anlu.kernel.places.models import Area, AreaKind
from tests.apps.crashes.records import add_crash, make_scene, random_window
from tests.factories import make_area

pytestmark = pytest.mark.django_db
FATAL = Crash.objects.filter(severity=Severity.FATAL)
ALL = Crash.objects.all()
KINDS = {
    "present": Present(FATAL),
    "ordinal": Ordinal(FATAL),
    "months": Regular(FATAL),
    "weeks": Regular(ALL, every="week"),
    "quarters": Regular(ALL, every="quarter"),
    "latest": Latest(FATAL, column="killed"),
    "rhythm": Rhythm(Regular(FATAL)),
    "coverage": Coverage(Distinct(FATAL, column="town_id"), Count(ALL)),
}
H1 = Window(Period.parse("2023H1"))


def figure(expression: Any, **facts: Any) -> Indicator:
    """An indicator that nobody registered."""
    return Indicator(code="test.one", label="测试", expression=expression, **facts)


def seen(expression: Any, window: Window = H1) -> Value:
    """Its value for everybody."""
    return value_of(figure(expression), window, SYSTEM)


def fatal(number: str, on: date, **facts: Any) -> None:
    """A crash that counts."""
    add_crash(number, on, severity=Severity.FATAL, killed=1, **facts)


@pytest.mark.parametrize("kind", list(KINDS))
def test_the_rows_behind_it_add_up_to_the_number(kind: str) -> None:
    scene = make_scene(120)
    rng = random.Random(kind)
    one = figure(KINDS[kind])
    people = [SYSTEM, *scene.viewers.values()]
    anything = 0
    for _ in range(25):
        window, viewer = random_window(rng, scene.county), rng.choice(people)
        value = value_of(one, window, viewer)
        rows = list(rows_behind(one, window, viewer))
        assert one.main.added_up(rows) == value.numerator
        assert len(rows) == value.rows
        anything += value.rows
    assert anything, "nothing was tested"


def test_an_event_is_there_or_not_however_often_it_was_held() -> None:
    assert seen(Present(FATAL)).value == 0
    fatal("A", date(2023, 5, 30))
    fatal("B", date(2023, 5, 31))
    value = seen(Present(FATAL))
    assert (value.value, value.rows, value.words, value.interval) == (1, 2, "", None)


def test_the_fourth_time_stands_on_four_rows_and_only_when_it_was_this_year() -> None:
    for number, year in enumerate((2015, 2018, 2021)):
        fatal(f"A{number}", date(year, 6, 1))
    assert seen(Ordinal(FATAL)).value is None
    fatal("B", date(2023, 6, 16))
    value = seen(Ordinal(FATAL))
    assert (value.value, value.rows, value.words) == (4, 4, "")
    assert seen(Ordinal(FATAL), Window(Period.parse("2023H2"))).value is None


def test_months_with_a_row_are_counted_once_each_and_compared_with_those_that_are_over() -> None:
    for number, day in enumerate([(1, 5), (1, 20), (2, 1), (4, 30), (6, 30)]):
        fatal(f"A{number}", date(2023, *day))
    assert seen(Regular(FATAL)).value == 4
    rhythm = figure(Rhythm(Regular(FATAL)))
    value = value_of(rhythm, H1, SYSTEM)
    assert (value.value, value.numerator, value.denominator) == (4 / 6, 4, 6)
    assert [one.code for one in gaps_of(rhythm, H1, SYSTEM)] == ["2023-03", "2023-05"]


def test_a_month_that_is_running_is_due_only_once_it_was_held() -> None:
    fatal("A", date(2023, 1, 5))
    so_far = Window(Period.parse("2023H1").to_date(date(2023, 2, 20)))
    assert seen(Rhythm(Regular(FATAL)), so_far).denominator == 1
    fatal("B", date(2023, 2, 19))
    assert seen(Rhythm(Regular(FATAL)), so_far).denominator == 2


def test_what_began_in_march_was_not_due_before() -> None:
    fatal("A", date(2023, 3, 8))
    fatal("B", date(2023, 3, 16))
    weekly = Rhythm(Regular(FATAL, every="week"), from_first=True)
    until = Window(Period.parse("2023-01-01..2023-03-26"))
    value = seen(weekly, until)
    assert (value.numerator, value.denominator) == (2, 3)  # weeks from 6, 13 and 20 March
    assert [one.start for one in gaps_of(figure(weekly), until, SYSTEM)] == [date(2023, 3, 20)]


def test_branches_that_held_it_are_set_against_all_branches() -> None:
    towns = [make_area(name) for name in ("东镇", "西镇", "南镇")]
    Area.objects.filter(kind=AreaKind.TOWN).update(valid_from=date(2000, 1, 1))
    fatal("A", date(2023, 1, 5), town=towns[0])
    fatal("B", date(2023, 1, 6), town=towns[0])
    fatal("C", date(2023, 1, 7), town=towns[2])
    stock = Stock(Area.objects.filter(kind=AreaKind.TOWN), on="valid_from", unit="", area="")
    value = seen(Coverage(Distinct(FATAL, column="town_id"), stock))
    assert (value.value, value.numerator, value.denominator) == (2 / 3, 2, 3)
    assert (value.rows, value.base_rows) == (3, 3)


def test_the_latest_row_says_the_number_and_a_name_is_not_compared() -> None:
    add_crash("A", date(2021, 1, 1), killed=7)
    add_crash("B", date(2022, 12, 31), killed=10104)
    value = seen(Latest(ALL, column="killed", named=True))
    assert (value.value, value.rows, value.words) == (10104, 1, "")
    assert seen(Latest(ALL, column="killed")).change_pct == pytest.approx((10104 - 7) / 7 * 100)
    assert seen(Latest(ALL, column="killed"), Window(Period.parse("2020"))).value is None


def test_several_at_once_are_the_same_as_one_by_one() -> None:
    scene = make_scene(60)
    rng = random.Random(3)
    for _ in range(6):
        window = random_window(rng, scene.county)
        each = [figure(one) for one in KINDS.values()]
        assert values_of(each, window, SYSTEM) == [value_of(one, window, SYSTEM) for one in each]

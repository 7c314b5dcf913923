"""Values of figures: what counts, when, for whom, and what it is compared with."""

from __future__ import annotations

from datetime import UTC, date, datetime
from decimal import Decimal
from typing import Any

import pytest

from anlu.apps.crashes.models import Crash, CrashParty
from anlu.engine.periods import Period
from anlu.kernel.core.models import Revision
from anlu.kernel.core.models.batches import BatchState
from anlu.kernel.core.scope import SYSTEM
from anlu.kernel.indicators.define import Better, Count, Distinct, Indicator, Ratio, Share, Stock, Sum
from anlu.kernel.indicators.evaluate import (
    rows_behind,
    series_of,
    tallies,
    tallies_by_day,
    value_of,
    values_of,
)
from anlu.kernel.indicators.tables import Dimension, Heading, cross_table
from anlu.kernel.indicators.window import Window
from anlu.kernel.places.models import Area
from tests.apps.crashes.records import add_crash, make_batch
from tests.factories import make_area, make_unit

pytestmark = pytest.mark.django_db

ALL = Crash.objects.all()
CRASHES = Indicator("test.crashes", "起数", Count(ALL), better=Better.DOWN)
KILLED = Indicator("test.killed", "死亡", Sum(ALL, column="killed"), better=Better.DOWN)
LOSS = Indicator("test.loss", "损失", Sum(ALL, column="loss_cny"))
FATAL = Indicator("test.fatal", "亡人比例", Share(Count(ALL.filter(killed__gt=0)), Count(ALL)))
RATE = Indicator("test.rate", "百起死亡", Ratio(Sum(ALL, column="killed"), Count(ALL), scale=100))
TOWNS = Indicator("test.towns", "有事故的辖区", Distinct(ALL, column="town_id"))
H1 = Window(Period.parse("2023H1"))


def crashes(count: int, on: date, **facts: Any) -> None:
    """Some crashes of one day."""
    for n in range(count):
        add_crash(f"{on}-{n}-{facts.get('killed', 0)}", on, **facts)


# ------------------------------------------------------------------------------------------------ comparing


def test_a_count_says_what_the_published_oracle_says() -> None:
    crashes(1, date(2023, 6, 30), killed=39)
    crashes(1, date(2022, 1, 1), killed=53)
    value = value_of(KILLED, H1, SYSTEM)
    assert (value.value, value.previous, value.words) == (39, 53, "下降26.42%")
    assert value.range_words == "数量较小,波动范围 −51%~+11%"
    assert value.interval is not None
    assert [round(bound, 2) for bound in value.interval] == [27.73, 53.31]
    assert value.change_interval is not None
    assert [round(bound, 2) for bound in value.change_interval] == [-51.34, 11.27]
    assert (value.direction, value.good, value.rows) == ("down", True, 1)


def test_a_rise_is_not_good_where_less_is_better() -> None:
    crashes(2, date(2023, 3, 1))
    crashes(1, date(2022, 3, 1))
    value = value_of(CRASHES, H1, SYSTEM)
    assert (value.direction, value.good, value.change_pct) == ("up", False, 100.0)


def test_where_no_way_is_better_a_change_is_neither_good_nor_bad() -> None:
    crashes(1, date(2023, 3, 1), loss_cny=Decimal(5))
    value = value_of(LOSS, H1, SYSTEM)
    assert (value.value, value.direction, value.good, value.interval) == (Decimal(5), "up", None, None)


def test_a_share_is_parts_over_wholes_and_changes_in_points() -> None:
    crashes(1, date(2023, 3, 1), killed=1)
    crashes(3, date(2023, 3, 1))
    crashes(1, date(2022, 3, 1), killed=1)
    crashes(1, date(2022, 3, 1))
    value = value_of(FATAL, H1, SYSTEM)
    assert (value.value, value.numerator, value.denominator, value.previous) == (0.25, 1, 4, 0.5)
    assert (value.change_points, value.change_pct, value.words) == (-25.0, None, "下降25.00个百分点")
    assert value.interval is not None
    assert 0 < value.interval[0] < 0.25 < value.interval[1] < 1
    assert (value.rows, value.base_rows) == (1, 4)


def test_a_rate_is_scaled_and_a_share_of_nothing_is_none() -> None:
    crashes(4, date(2023, 3, 1), killed=1)
    assert value_of(RATE, H1, SYSTEM).value == 100.0
    assert value_of(RATE, H1, SYSTEM).previous is None
    empty = value_of(FATAL, Window(Period.parse("2019")), SYSTEM)
    assert (empty.value, empty.previous, empty.change_points, empty.direction) == (None, None, None, "")


def test_the_period_before_can_be_asked_for_instead() -> None:
    crashes(3, date(2023, 5, 31))
    crashes(1, date(2023, 6, 1))
    june = Period.parse("2023-06")
    assert value_of(CRASHES, Window(june), SYSTEM, previous=june.previous()).previous == 3


def test_different_values_are_counted_once() -> None:
    town = make_area()
    crashes(3, date(2023, 3, 1), town=town)
    crashes(2, date(2023, 3, 2), town=make_area())
    crashes(1, date(2023, 3, 3))
    assert value_of(TOWNS, H1, SYSTEM).value == 2
    assert rows_behind(TOWNS, H1, SYSTEM).count() == 5  # those without a town say nothing


def test_only_rows_that_make_a_difference_stand_behind_a_sum() -> None:
    crashes(3, date(2023, 3, 1), killed=0)
    crashes(1, date(2023, 3, 1), killed=2)
    assert [row.killed for row in rows_behind(KILLED, H1, SYSTEM)] == [2]
    with pytest.raises(ValueError, match="denominator"):
        rows_behind(KILLED, H1, SYSTEM, base=True)


# ------------------------------------------------------------------------------------------------ what counts


def test_both_ends_of_a_period_belong_to_it() -> None:
    for day in (date(2022, 12, 31), date(2023, 1, 1), date(2023, 6, 30), date(2023, 7, 1)):
        crashes(1, day)
    assert value_of(CRASHES, H1, SYSTEM).value == 2


@pytest.mark.parametrize("state", BatchState)
def test_rows_of_a_batch_count_when_it_is_live(state: BatchState) -> None:
    crashes(1, date(2023, 3, 1), batch=make_batch(state))
    shown = state in (BatchState.LIVE, BatchState.PUBLISHING)
    assert value_of(CRASHES, H1, SYSTEM).value == int(shown)
    assert tallies_by_day([CRASHES.main], H1, SYSTEM)[CRASHES.main] == (
        {date(2023, 3, 1): 1} if shown else {}
    )


@pytest.mark.parametrize(
    ("as_of", "count"), [("2023-03-01", 0), ("2023-03-02", 1), ("2023-03-31", 1), ("2023-04-01", 0)]
)
def test_as_of_a_day_counts_what_was_recorded_and_not_yet_voided(as_of: str, count: int) -> None:
    facts = {
        "recorded_at": datetime(2023, 3, 2, 15, 59, tzinfo=UTC),  # 23:59 local time
        "voided_at": datetime(2023, 3, 31, 16, 0, tzinfo=UTC),  # midnight to 1 April
    }
    crashes(1, date(2023, 3, 1), **facts)
    assert value_of(CRASHES, Window(H1.period, as_of=date.fromisoformat(as_of)), SYSTEM).value == count
    assert value_of(CRASHES, H1, SYSTEM).value == 0


def test_a_person_in_a_voided_crash_counts_no_more_than_the_crash() -> None:
    people = Count(CrashParty.objects.all(), on="crash__occurred_on", unit="crash__unit", area="crash__town")
    crash = add_crash("A", date(2023, 3, 1))
    CrashParty.objects.create(crash=crash, seq=1)
    assert tallies([people], H1, SYSTEM)[people].amount == 1
    Crash.objects.filter(pk=crash.pk).update(voided_at=datetime(2023, 4, 1, tzinfo=UTC))
    assert tallies([people], H1, SYSTEM)[people].amount == 0


def test_a_stock_is_what_there_is_at_the_end_of_the_period() -> None:
    for start, end in (
        ("2023-01-01", None),
        ("2023-02-01", "2023-06-30"),
        ("2023-02-01", "2023-07-01"),
        ("2023-07-01", None),
    ):
        area = make_area()
        Area.objects.filter(pk=area.pk).update(valid_from=start, valid_to=end)
    stock = Stock(Area.objects.all(), on="valid_from", unit="", area="")
    assert tallies([stock], H1, SYSTEM)[stock].amount == 2
    with pytest.raises(ValueError, match="Stock"):
        tallies_by_day([stock], H1, SYSTEM)


def test_a_unit_includes_what_is_below_it_unless_it_is_asked_for_alone() -> None:
    squadron = make_unit()
    post = make_unit(parent=squadron)
    crashes(2, date(2023, 3, 1), unit=squadron)
    crashes(3, date(2023, 3, 2), unit=post)
    crashes(4, date(2023, 3, 3))
    assert value_of(CRASHES, Window(H1.period, unit=squadron), SYSTEM).value == 5
    assert value_of(CRASHES, Window(H1.period, unit=squadron, alone=True), SYSTEM).value == 2
    assert value_of(CRASHES, Window(H1.period, unit=post), SYSTEM).value == 3


def test_a_figure_that_goes_by_no_unit_is_the_same_for_every_unit() -> None:
    nowhere = Indicator("test.nowhere", "起数", Count(ALL, unit="", area=""))
    crashes(2, date(2023, 3, 1))
    window = Window(H1.period, unit=make_unit(), area=make_area())
    assert value_of(nowhere, window, SYSTEM).value == 2


# ------------------------------------------------------------------------------------------------ parts and queries


def test_a_series_is_the_period_part_by_part() -> None:
    crashes(1, date(2023, 1, 31))
    crashes(2, date(2023, 3, 1))
    found = series_of(CRASHES, H1, SYSTEM, "month")
    assert [(part.code, amount) for part, amount in found] == [
        ("2023-01", 1),
        ("2023-02", 0),
        ("2023-03", 2),
        ("2023-04", 0),
        ("2023-05", 0),
        ("2023-06", 0),
    ]


def test_figures_over_the_same_rows_share_their_queries(django_assert_num_queries: Any) -> None:
    crashes(2, date(2023, 3, 1), killed=1)
    Revision.objects.all().delete()  # without one the database is asked
    with django_assert_num_queries(6):  # for each year: hidden batches, the revision of the data, one sum
        values = values_of([CRASHES, KILLED, LOSS, RATE], H1, SYSTEM)
    assert [value.numerator for value in values] == [2, 2, 0, 2]


def test_what_does_not_add_up_makes_no_table() -> None:
    one = Dimension("severity", "后果", "severity", (Heading("fatal", "死亡"),))
    with pytest.raises(ValueError, match="Distinct"):
        cross_table(TOWNS.main, one, one, H1, SYSTEM)


def test_a_window_says_itself_as_parameters_of_a_ledger() -> None:
    unit, area = make_unit(), make_area()
    names = {"from": "day_from", "to": "day_to", "unit": "unit", "area": "town"}
    stated = [("day_from", "2023-01-01"), ("day_to", "2023-06-30")]
    assert H1.parameters(names) == stated
    window = Window(H1.period, unit=unit, area=area)
    assert window.parameters(names) == [*stated, ("unit", unit.code), ("town", area.code)]
    alone = Window(H1.period, unit=unit, area=area, alone=True)
    assert alone.parameters(names) == [*stated, ("unit", f"={unit.code}"), ("town", f"={area.code}")]

"""Targets of the brigade, rates per an external base, evidence and delay of the rows behind a figure."""

from __future__ import annotations

from datetime import UTC, date, datetime
from decimal import Decimal
from typing import Any

import pytest
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext

from anlu.apps.crashes.models import Crash, Procedure
from anlu.engine.indicators.intervals import rate_interval
from anlu.engine.indicators.targets import Light
from anlu.engine.periods import Period
from anlu.kernel.core.scope import SYSTEM, Width
from anlu.kernel.indicators import targets
from anlu.kernel.indicators.define import (
    Indicator,
    IndicatorProblem,
    Nature,
    Ratio,
    Sum,
    indicators,
)
from anlu.kernel.indicators.evaluate import rows_behind, value_of
from anlu.kernel.indicators.external import Base, NoSuchPeriod, add_external
from anlu.kernel.indicators.models import Target
from anlu.kernel.indicators.quality import quality_of
from anlu.kernel.indicators.targets import TakesNoTarget, add_target, standing_of, targetable
from anlu.kernel.indicators.window import Window
from tests.apps.crashes.records import add_crash
from tests.factories import make_area, make_officer, make_unit

pytestmark = pytest.mark.django_db
H1 = Window(Period.parse("2023H1"))
KILLED = indicators.get("crash.killed")


@pytest.fixture(autouse=True)
def july(monkeypatch: pytest.MonkeyPatch) -> None:
    """The business date."""
    monkeypatch.setenv("ANLU_TODAY", "2023-07-03")


def vehicles(value: int, day: date, **facts: Any) -> None:
    """The fleet on a day, as somebody states it."""
    stated = {"document_number": "测统1号", "issuer": "测试", "document_on": day}
    add_external({"kind": "vehicles", "value": Decimal(value), "day": day, **stated, **facts}, by=SYSTEM)


def per_10k() -> Indicator:
    """Deaths per 10,000 vehicles."""
    top = Sum(Crash.objects.all(), column="killed")
    return Indicator("test.rate", "万车死亡率", Ratio(top, Base("vehicles"), scale=10_000), "人/万车")


def test_a_rate_is_taken_per_the_latest_figure_of_the_place() -> None:
    town = make_area()
    add_crash("A", date(2023, 2, 1), killed=4, town=town)
    add_crash("B", date(2023, 3, 1), killed=2)
    vehicles(150_000, date(2021, 12, 31))
    vehicles(200_000, date(2022, 12, 31))
    vehicles(999_999, date(2023, 7, 1))  # after the period
    vehicles(10_000, date(2022, 12, 31), area=town)
    whole, there = value_of(per_10k(), H1, SYSTEM), value_of(per_10k(), Window(H1.period, area=town), SYSTEM)
    assert (whole.value, whole.denominator, whole.base_rows) == (0.3, 200_000, 1)
    assert whole.interval == rate_interval(6, 200_000, scale=10_000)
    assert (there.value, there.denominator) == (4.0, 10_000)
    assert [one.value for one in rows_behind(per_10k(), H1, SYSTEM, base=True)] == [200_000]


def test_without_a_figure_for_the_place_there_is_no_rate() -> None:
    vehicles(200_000, date(2022, 12, 31))
    assert value_of(per_10k(), Window(H1.period, unit=make_unit()), SYSTEM).value is None
    assert value_of(per_10k(), Window(H1.period, area=make_area()), SYSTEM).value is None


def test_the_day_of_an_external_figure_lies_in_its_period() -> None:
    with pytest.raises(NoSuchPeriod):
        vehicles(1, date(2023, 1, 1), period="2022")


# ------------------------------------------------------------------------------------------------ targets


def deaths(year: int, monthly: int, months: int = 12) -> None:
    """So many deaths in each month of a year."""
    for month in range(1, months + 1):
        add_crash(f"{year}-{month}", date(year, month, 5), killed=monthly, procedure=Procedure.ORDINARY)


def target(goal: int, year: int = 2023) -> None:
    """At most so many deaths in the year."""
    values = {"year": year, "indicator": KILLED.code, "goal": Decimal(goal), "basis": "测试"}
    add_target(values, by=SYSTEM)


@pytest.mark.parametrize(
    ("goal", "light"), [(200, Light.ON_COURSE), (96, Light.AT_RISK), (55, Light.MISSED), (10, Light.MISSED)]
)
def test_the_light_follows_from_the_probability_of_reaching_it(goal: int, light: Light) -> None:
    for year in (2020, 2021, 2022):
        deaths(year, 8)
    deaths(2023, 8, months=6)
    target(goal)
    found = standing_of(KILLED, H1, SYSTEM)
    assert found is not None
    assert found.light is light
    assert found.value == 48
    assert found.probability is not None
    assert (found.probability == 0) == (goal < 48)


def test_more_room_makes_a_target_no_less_likely() -> None:
    deaths(2022, 8)
    deaths(2023, 8, months=6)
    chances = []
    for goal in (60, 80, 96, 120):
        target(goal)
        found = standing_of(KILLED, H1, SYSTEM)
        assert found is not None
        assert found.probability is not None
        chances.append(found.probability)
        found.target.voided_at = found.target.created_at
        found.target.save()
    assert chances == sorted(chances)


def test_the_years_before_and_this_one_are_read_at_once() -> None:
    deaths(2021, 8)
    deaths(2023, 8, months=6)
    target(96)
    standing_of(KILLED, H1, SYSTEM)  # snapshots are made
    with CaptureQueriesContext(connection) as asked:
        assert standing_of(KILLED, H1, SYSTEM) is not None
    assert len(asked) <= 5, [one["sql"] for one in asked]


def test_a_part_of_the_brigade_has_no_target() -> None:
    deaths(2022, 8)
    target(80)
    assert standing_of(KILLED, H1, SYSTEM) is not None
    assert standing_of(KILLED, Window(H1.period, unit=make_unit()), SYSTEM) is None
    assert standing_of(KILLED, Window(H1.period, area=make_area()), SYSTEM) is None


def test_the_light_of_the_brigade_is_for_those_who_see_all_of_it() -> None:
    ours, seen = make_unit(), "crashes.crash.view"
    deaths(2022, 8)
    target(80)
    assert standing_of(KILLED, H1, make_officer(ours, seen)) is not None
    for width in (Width.OWN, Width.BELOW, Width.MINE):
        assert standing_of(KILLED, H1, make_officer(ours, seen, width=width)) is None
    assert standing_of(KILLED, H1, make_officer(ours, "indicators.target.view")) is None


def test_the_page_of_a_target_works_out_its_course_once_and_only_for_those_who_see_it(
    client: Client, monkeypatch: pytest.MonkeyPatch
) -> None:
    deaths(2022, 8)
    target(80)
    asked: list[Any] = []
    monkeypatch.setattr(targets, "standing_of", lambda *given: asked.append(given) or standing_of(*given))
    may = ("indicators.target.view", "crashes.crash.view")
    seen = {}
    for width in (Width.ALL, Width.OWN):
        client.force_login(make_officer(make_unit(), *may, width=width))
        seen[width] = client.get(f"/targets/{Target.objects.get().uid}/").content.decode()
    assert "完成可能性" in seen[Width.ALL]
    assert "目标值" in seen[Width.OWN]
    assert "完成可能性" not in seen[Width.OWN]
    assert len(asked) == 2


@pytest.mark.parametrize("code", [*[one.code for one in indicators if not one.targeted][:3], "no.such"])
def test_what_takes_no_target_is_refused_one(code: str) -> None:
    with pytest.raises(TakesNoTarget):
        add_target({"year": 2023, "indicator": code, "goal": Decimal(1), "basis": "测试"}, by=SYSTEM)


def test_enforcement_never_takes_a_target_nor_a_direction() -> None:
    for wrong in ({"targeted": True}, {"better": "down"}):
        with pytest.raises(IndicatorProblem):
            Indicator("t", "查处", KILLED.main, nature=Nature.ENFORCEMENT, **wrong)  # type: ignore[arg-type]
    assert all(one.nature != Nature.ENFORCEMENT for one in targetable())


# ------------------------------------------------------------------------------------------------ quality


def test_evidence_and_delay_are_told_of_the_rows_behind_the_figure() -> None:
    for n, (days, case) in enumerate([(1, "案1"), (3, ""), (40, "案3")]):
        on = date(2023, 3, 1)
        recorded = datetime(2023, 3, 1, 4, tzinfo=UTC).toordinal() + days
        at = datetime.fromordinal(recorded).replace(hour=5, tzinfo=UTC)
        add_crash(
            f"A{n}", on, killed=1, procedure=Procedure.ORDINARY, case_number=case, recorded_at=at, source=""
        )
    add_crash("B", date(2023, 3, 1), procedure=Procedure.SUMMARY)  # not behind it
    found = quality_of(KILLED, H1, SYSTEM)
    assert (found.rows, found.proven, found.late, found.delay_days) == (3, 2, 1, 3.0)
    assert found.proven_share == 2 / 3
    nothing = quality_of(KILLED, Window(Period.parse("2019")), SYSTEM)
    assert (nothing.rows, nothing.proven_share, nothing.delay_days) == (0, None, None)


def test_the_delay_of_entry_is_counted_in_local_days() -> None:
    """At 23:00 in the evening, entered at 7:00 in the morning: eight hours, and one day later."""
    for number in range(3):
        add_crash(f"N{number}", date(2023, 3, 1), 23, killed=1, procedure=Procedure.ORDINARY,
                  recorded_at=datetime(2023, 3, 1, 23, tzinfo=UTC))  # fmt: skip
    assert quality_of(KILLED, H1, SYSTEM).delay_days == 1.0

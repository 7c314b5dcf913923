"""`anlu indicators`: the contract of its arguments, its answer and its refusals."""

from __future__ import annotations

import json
from datetime import UTC, date, datetime
from decimal import Decimal
from typing import Any

import pytest

from anlu.__main__ import main
from anlu.apps.crashes.models import Procedure, Severity
from anlu.kernel.core.installation import register_installation
from anlu.kernel.indicators.define import indicators
from anlu.kernel.people.models import Unit
from anlu.kernel.places.models import Area
from tests.apps.crashes.records import add_crash
from tests.commands.installations import Place
from tests.factories import make_area, make_unit

FIELDS = [
    *("code", "label", "unit", "nature", "value", "numerator", "denominator", "previous"),
    *("change_pct", "change_points", "ci95", "target", "rows", "denominator_rows", "figures"),
]


@pytest.fixture
def places(db: None, monkeypatch: pytest.MonkeyPatch) -> tuple[Unit, Area]:
    """An installation with a unit and a town, in July 2023."""
    monkeypatch.setenv("ANLU_TODAY", "2023-07-03")
    register_installation(name="测试大队")
    return make_unit(), make_area()


def answer(capsys: pytest.CaptureFixture[str], *words: str) -> dict[str, Any]:
    """What the command says when all goes well."""
    code = main(["indicators", *words, "--json"])
    said = capsys.readouterr()
    assert (code, said.err) == (0, "")
    found: dict[str, Any] = json.loads(said.out)
    return found


def figures(found: dict[str, Any]) -> dict[str, dict[str, Any]]:
    """The figures by code."""
    return {one["code"]: one for one in found["indicators"]}


def refusal(capsys: pytest.CaptureFixture[str], *words: str) -> str:
    """The one line that it says on bad input."""
    code = main(["indicators", *words, "--json"])
    said = capsys.readouterr()
    assert (code, said.out) == (2, "")
    assert said.err.count("\n") == 1
    return said.err


def ordinary(number: str, on: date, **facts: Any) -> None:
    """A crash handled by the ordinary procedure."""
    add_crash(number, on, procedure=Procedure.ORDINARY, **facts)


def test_it_answers_with_the_fields_of_the_contract(
    places: tuple[Unit, Area], capsys: pytest.CaptureFixture[str]
) -> None:
    found = answer(capsys, "--period", "2023H1")
    assert list(found) == ["period", "unit", "as_of", "indicators"]
    assert (found["period"], found["unit"], found["as_of"]) == ("2023H1", None, None)
    assert sorted(figures(found)) == sorted(indicators.codes())
    assert all(list(one) == FIELDS for one in found["indicators"])


def test_counts_sums_and_shares_are_compared_with_the_year_before(
    places: tuple[Unit, Area], capsys: pytest.CaptureFixture[str]
) -> None:
    for n in range(3):
        ordinary(f"A{n}", date(2023, 1, 1 + n), severity=Severity.FATAL, killed=2, loss_cny=Decimal("10.10"))
    for n in range(4):
        ordinary(f"B{n}", date(2022, 6, 27 + n), severity=Severity.SLIGHT, injured=1)
    add_crash("C", date(2023, 6, 30), procedure=Procedure.SUMMARY, severity=Severity.SLIGHT)
    add_crash("D", date(2023, 7, 1), procedure=Procedure.ORDINARY)  # after the period
    found = figures(answer(capsys, "--period", "2023H1"))
    count = found["crash.count"]
    assert (count["value"], count["previous"], count["change_pct"], count["rows"]) == (3, 4, -25.0, 3)
    assert (count["numerator"], count["denominator"], count["figures"]) == (3, None, ["F13"])
    assert [round(bound, 3) for bound in count["ci95"]] == [0.619, 8.767]
    killed = found["crash.killed"]
    assert (killed["value"], killed["previous"], killed["change_pct"], killed["rows"]) == (6, 0, None, 3)
    assert found["crash.loss"]["value"] == 30.3
    assert found["crash.loss"]["ci95"] is None
    share = found["crash.ordinary_share"]
    assert (share["value"], share["numerator"], share["denominator"]) == (0.75, 3, 4)
    assert (share["previous"], share["change_pct"], share["change_points"]) == (1.0, None, -25.0)
    assert (share["rows"], share["denominator_rows"], share["target"]) == (3, 4, None)


def test_nothing_below_the_line_is_null_and_never_a_number(
    places: tuple[Unit, Area], capsys: pytest.CaptureFixture[str]
) -> None:
    share = figures(answer(capsys, "--period", "2023H1"))["crash.fatal_share"]
    assert (share["value"], share["previous"], share["change_points"], share["ci95"]) == (None,) * 4


def test_unit_takes_the_code_of_a_unit_or_of_an_area(
    places: tuple[Unit, Area], capsys: pytest.CaptureFixture[str]
) -> None:
    unit, town = places
    ordinary("A", date(2023, 2, 1), unit=unit)
    ordinary("B", date(2023, 2, 1), town=town)
    ordinary("C", date(2023, 2, 1))
    for code, count in ((unit.code, 1), (town.code, 1)):
        found = answer(capsys, "--period", "2023H1", "--unit", code)
        assert found["unit"] == code
        assert figures(found)["crash.count"]["value"] == count
    assert figures(answer(capsys, "--period", "2023H1"))["crash.count"]["value"] == 3


def test_as_of_leaves_out_what_came_later_and_keeps_what_was_voided_later(
    places: tuple[Unit, Area], capsys: pytest.CaptureFixture[str]
) -> None:
    ordinary("late", date(2023, 1, 5), recorded_at=datetime(2023, 5, 1, tzinfo=UTC))
    gone = datetime(2023, 4, 1, tzinfo=UTC)
    ordinary("voided", date(2023, 1, 5), recorded_at=datetime(2023, 1, 6, tzinfo=UTC), voided_at=gone)

    def count(*words: str) -> int:
        value = figures(answer(capsys, "--period", "2023Q1", *words))["crash.count"]["value"]
        assert isinstance(value, int)
        return value

    assert [count("--as-of", day) for day in ("2023-01-05", "2023-03-31", "2023-04-15", "2023-05-02")] == [
        0,
        1,
        0,
        1,
    ]
    assert count() == 1


def test_an_unfinished_period_is_compared_with_the_like_span(
    places: tuple[Unit, Area], capsys: pytest.CaptureFixture[str]
) -> None:
    ordinary("A", date(2023, 7, 3))
    ordinary("B", date(2022, 7, 3))
    ordinary("C", date(2022, 7, 4))  # not yet reached this year
    found = answer(capsys, "--period", "2023H2")
    assert found["period"] == "2023H2@2023-07-03"
    count = figures(found)["crash.count"]
    assert (count["value"], count["previous"]) == (1, 1)


@pytest.mark.parametrize(
    ("words", "named"),
    [
        (["--period", "2023H3"], "--period"),
        (["--period", "2024"], "--period"),
        (["--period", "2023-02-30"], "--period"),
        (["--period", ""], "--period"),
        (["--period", "2023H1", "--unit", "no such"], "--unit"),
        (["--period", "2023H1", "--unit", "\x00"], "--unit"),
        (["--period", "2023H1", "--as-of", "2023-02-30"], "--as-of"),
        (["--period", "2023H1", "--as-of", "yesterday"], "--as-of"),
        (["--unit", "X"], "--period"),
    ],
)
def test_what_cannot_be_read_is_named(
    words: list[str], named: str, places: tuple[Unit, Area], capsys: pytest.CaptureFixture[str]
) -> None:
    assert named in refusal(capsys, *words)


def test_a_wrong_business_date_is_named(
    places: tuple[Unit, Area], capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("ANLU_TODAY", "tomorrow")
    assert "ANLU_TODAY" in refusal(capsys, "--period", "2023H1")


def test_without_json_it_says_the_same_in_words(
    places: tuple[Unit, Area], capsys: pytest.CaptureFixture[str]
) -> None:
    ordinary("A", date(2023, 2, 1))
    assert main(["indicators", "--period", "2023H1"]) == 0
    assert "一般事故起数 1起 (上年同期 0, 上年同期为0(新增1); 1 条记录)" in capsys.readouterr().out


def test_an_installation_answers_from_its_own_database(made: Place) -> None:
    ran = made.anlu("indicators", "--period", "2023H1", "--json", ANLU_TODAY="2023-07-03")
    assert (ran.code, ran.err) == (0, "")
    assert {one["code"] for one in json.loads(ran.out)["indicators"]} == set(indicators.codes())


def test_without_an_installation_it_says_what_to_do(nowhere: Place) -> None:
    ran = nowhere.anlu("indicators", "--period", "2023H1", "--json")
    assert (ran.code, ran.out) == (2, "")
    assert ran.err.count("\n") == 1

"""A piece of a signed column is taken only from somebody who holds the office on the day of publication."""

from __future__ import annotations

from datetime import date
from typing import Any

import pytest

from anlu.apps.publicity import services as publicity
from anlu.apps.publicity.models import Column, Piece
from anlu.apps.team import services as team
from anlu.kernel.core.scope import SYSTEM
from anlu.kernel.people.models import Officer
from tests.factories import make_officer, make_unit, seed_dictionaries

pytestmark = pytest.mark.django_db


@pytest.fixture
def secretary(monkeypatch: pytest.MonkeyPatch) -> Officer:
    """Somebody who was secretary from February to May 2023."""
    monkeypatch.setenv("ANLU_TODAY", "2023-07-03")
    seed_dictionaries()
    unit = make_unit()
    officer = make_officer(unit)
    body = team.bodies.add(
        {"code": "A", "name": "党总支", "kind": "committee", "unit": unit, "valid_from": date(2020, 1, 1)},
        by=SYSTEM,
    )
    held = {"body": body, "office": "secretary", "officer": officer}
    team.offices.add(held | {"valid_from": date(2023, 2, 1), "valid_to": date(2023, 5, 31)}, by=SYSTEM)
    return officer


def column(office: str) -> Column:
    """A column that began with the year."""
    begun = {"started_on": date(2023, 1, 1)}
    series = publicity.series.add({"name": "大讨论", "channel": "wechat", **begun}, by=SYSTEM)
    return publicity.columns.add({"series": series, "name": "书记说", "office": office, **begun}, by=SYSTEM)


def publish(of: Column, on: date, **author: Any) -> Piece:
    """A piece of that day."""
    values = {"column": of, "title": "学报告", "published_on": on, **author}
    return publicity.pieces.add(values, by=SYSTEM)


def test_the_secretary_signs_while_in_office(secretary: Officer) -> None:
    signed = column("secretary")
    for day in (date(2023, 2, 1), date(2023, 5, 31)):
        assert publish(signed, day, officer=secretary).author == secretary.name


@pytest.mark.parametrize("day", [date(2023, 1, 31), date(2023, 6, 1)])
def test_nobody_signs_before_or_after_their_time(secretary: Officer, day: date) -> None:
    with pytest.raises(publicity.PublicityProblem, match="没有登记为书记"):
        publish(column("secretary"), day, officer=secretary)
    assert not Piece.objects.exists()


def test_somebody_without_the_office_does_not_sign(secretary: Officer) -> None:
    signed = column("secretary")
    with pytest.raises(publicity.PublicityProblem):
        publish(signed, date(2023, 3, 1), officer=make_officer())
    with pytest.raises(publicity.PublicityProblem):
        publish(signed, date(2023, 3, 1), author="某人")


def test_an_author_without_an_account_is_known_by_name(secretary: Officer) -> None:
    assert publish(column("secretary"), date(2023, 3, 1), author=secretary.name).author == secretary.name


def test_a_column_that_asks_for_no_office_takes_everybody(secretary: Officer) -> None:
    assert publish(column(""), date(2023, 3, 1), author="某人")


def test_changing_the_author_is_checked_as_well(secretary: Officer) -> None:
    piece = publish(column("secretary"), date(2023, 3, 1), officer=secretary)
    values = {"officer": make_officer(), "author": ""}
    with pytest.raises(publicity.PublicityProblem):
        publicity.pieces.change(piece.uid, values, version=piece.version, by=SYSTEM)
    piece.refresh_from_db()
    assert piece.officer == secretary
